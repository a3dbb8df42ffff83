"""The experiments as a list shows them: what each proves, what recording there is, how it ended last here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assistant.demos.catalogue import DEMOS
from assistant.journal import Journal, PastRun
from assistant.lab import recording
from assistant.lab.demo import Demo, Text
from assistant.lab.recording import RecordingInfo
from assistant.settings import Settings


@dataclass(frozen=True, slots=True)
class Entry:
    """A demo with its recording (None: none yet) and its last run that reached a verdict (None: never)."""

    demo: Demo
    recording: RecordingInfo | None
    last: PastRun | None

    def to_json(self) -> dict[str, Any]:
        """The form `kubenote demos --json` prints."""
        demo, kept, last = self.demo, self.recording, self.last
        return {
            "slug": demo.slug,
            "title": _both(demo.title),
            "proves": list(demo.proves),
            "question": _both(demo.question),
            "choices": [{"id": choice.id, **_both(choice.text)} for choice in demo.choices],
            "budget_seconds": demo.budget_seconds,
            "recording": kept
            and {"date": kept.date, "kubernetes": kept.kubernetes, "platform": kept.platform, "current": kept.current},
            "last": last and {"run": last.id, "outcome": last.outcome, "date": last.begun},
        }


def _both(text: Text) -> dict[str, str]:
    return {"ko": text.ko, "en": text.en}


def shelf(settings: Settings, journal: Journal | None = None) -> tuple[Entry, ...]:
    """All demos in the catalogue's order."""
    book = journal or Journal(settings.journal_file)
    try:
        last: dict[str, PastRun] = {}
        if settings.journal_file.exists():
            for run in book.runs():
                if run.outcome is not None:
                    last.setdefault(run.demo, run)
        return tuple(Entry(demo, recording.info(demo, settings), last.get(demo.slug)) for demo in DEMOS.values())
    finally:
        if journal is None:
            book.close()

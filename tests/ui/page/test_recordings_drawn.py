"""Every recording that comes with Kubenote can be drawn, in both languages, from its first moment to its last."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.demos.catalogue import DEMOS
from assistant.lab import recording
from assistant.lab.progress import fold
from assistant.lab.views import Progress
from knowledge.errors import StudyError
from knowledge.passages import LANGUAGES
from ui import words
from ui.components.picture import scene
from ui.evidence import card, observations
from ui.verdicts import NOT_MEASURED, measured_text

FILES = sorted(recording.PACKAGED.glob("*.jsonl"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_recording(path: Path) -> None:
    """Each moment folds into a view whose picture is plain data; the end has a verdict in whole words and an evidence card."""
    moments = recording.read(path)
    demo = DEMOS[path.stem]
    view = Progress(recorded="2026-11-30")
    for moment in moments:
        view = fold(view, moment)
        json.dumps(scene(view, demo, "ko"))
    assert view.over
    assert view.verdict is not None
    assert 0 <= view.share <= 1
    for language in LANGUAGES:
        text = measured_text(demo.verdicts[view.verdict.outcome].in_language(language), view.verdict.measured)
        assert NOT_MEASURED not in text
        assert text in card(view, demo, None, language) or view.verdict.outcome == "inconclusive"
        for one in view.adjusted:
            assert words.say(f"adjusted.{one.code}", language, **one.facts)
        if view.verdict.odds is not None:
            assert words.say(f"odds.{view.verdict.odds.assumption}", language)
        for failure in view.failures:
            assert words.explain(StudyError(failure.code, **failure.facts), language)[1]
        for lane in view.lanes:
            assert words.say(f"run.lane.{lane}", language)
    assert observations(moments).count("\n") > len(moments)


def test_there_are_recordings() -> None:
    """What was looked at above is not nothing."""
    assert FILES

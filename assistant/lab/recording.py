"""Recordings: moments to and from JSON lines. A recording is the live iterator, teed; playing it is the same iterator again.

The fingerprint of a demo covers verbs, arguments, thresholds and the event schema, no texts: a recording is `current` while it
equals that of the demo as declared now. Words are never recorded.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from assistant.lab.demo import Demo, Text, predicted_right
from assistant.lab.events import SCHEMA, DemoFinished, DemoStarted, Moment, from_line, to_line
from assistant.settings import Settings
from knowledge.errors import StudyError

PACKAGED = Path(__file__).parent.parent / "recordings"
SPEEDS = (0.5, 8.0)


@dataclass(frozen=True, slots=True)
class RecordingInfo:
    """What a recording says of itself; `current` is whether its demo is still declared as it was."""

    path: Path
    date: str
    kubernetes: str
    platform: str
    current: bool


def _plain(value: object) -> Any:
    """The value as JSON without any text for people."""
    if is_dataclass(value) and not isinstance(value, type):
        told = {f.name: _plain(getattr(value, f.name)) for f in fields(value) if not isinstance(getattr(value, f.name), Text)}
        return {"verb": getattr(value, "verb", type(value).__name__), **told}
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(each) for each in value]
    return value


def fingerprint(demo: Demo) -> str:
    """16 hex digits over what the demo does and how it decides."""
    form = {
        "schema": SCHEMA,
        "demo": demo.slug,
        "proves": demo.proves[0],
        "steps": _plain(demo.steps),
        "expects": _plain(demo.expects),
        "choices": {choice.id: _plain(choice.when) for choice in demo.choices},
    }
    return hashlib.sha256(json.dumps(form, sort_keys=True).encode()).hexdigest()[:16]


def tee(moments: Iterator[Moment], path: Path) -> Iterator[Moment]:
    """Write what passes by to `path`; the file appears when the run finished with a verdict, else not at all.

    It begins with DemoStarted: who plays it need not wait in the queue again.

    StudyError `recording-not-written` at the end where the disk said no: the run itself goes on undisturbed.
    """
    draft = path.with_name(path.name + ".new")
    lines: list[str] = []
    first: Moment | None = None
    done = False
    for moment in moments:
        if first is None and isinstance(moment.event, DemoStarted):
            first = moment
        if first is not None:
            lines.append(to_line(replace(moment, n=moment.n - first.n, t=moment.t - first.t)))
        event = moment.event
        done = isinstance(event, DemoFinished) and event.ending == "finished" and event.verdict is not None
        yield moment
    if not done:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text("\n".join(lines) + "\n", "utf-8")
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise StudyError("recording-not-written", path=str(path), reason=error.strerror or str(error)) from error


def read(path: Path) -> tuple[Moment, ...]:
    """All moments of a file; StudyError `recording-broken` where a line is none of ours or the end is missing."""
    try:
        moments = tuple(from_line(line) for line in path.read_text("utf-8").splitlines() if line.strip())
    except (OSError, ValueError) as error:
        raise StudyError("recording-broken", path=str(path)) from error
    if not moments or not isinstance(moments[-1].event, DemoFinished):
        raise StudyError("recording-broken", path=str(path))
    return moments


def find(slug: str, settings: Settings) -> Path | None:
    """The learner's own recording of this demo, else the one that comes with Kubenote, else None."""
    for folder in (settings.recordings_folder, PACKAGED):
        if (path := folder / f"{slug}.jsonl").is_file():
            return path
    return None


def info(demo: Demo, settings: Settings) -> RecordingInfo | None:
    """What would be played for this demo; None where there is none or it cannot be read."""
    path = find(demo.slug, settings)
    if path is None:
        return None
    try:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                event = from_line(line).event
                if isinstance(event, DemoStarted):
                    current = event.fingerprint == fingerprint(demo)
                    return RecordingInfo(path, event.date, event.kubernetes, event.platform, current)
    except (OSError, ValueError):
        pass
    return None


def play(
    path: Path, demo: Demo, *, speed: float = 1.0, predicted: str | None = None, stopping: threading.Event | None = None
) -> Iterator[Moment]:
    """The moments of a recording at their times divided by `speed` (0.5 to 8), the prediction judged by what it measured."""
    if not SPEEDS[0] <= speed <= SPEEDS[1]:
        raise StudyError("speed-range", speed=speed, lowest=SPEEDS[0], highest=SPEEDS[1])
    return _played(read(path), demo, speed, predicted, stopping or threading.Event())


def _played(
    moments: tuple[Moment, ...], demo: Demo, speed: float, predicted: str | None, stopping: threading.Event
) -> Iterator[Moment]:
    began, first = time.monotonic(), moments[0].t
    for moment in moments:
        due = began + (moment.t - first) / speed - time.monotonic()
        if due > 0 and stopping.wait(due):
            return
        event = moment.event
        if isinstance(event, DemoFinished):
            right = predicted_right(demo, predicted, event.verdict.measured) if event.verdict else None
            moment = replace(moment, event=replace(event, predicted_right=right))
        yield moment

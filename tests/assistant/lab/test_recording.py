"""Recordings: what the fingerprint covers, how they play, and a disk that is full."""

from __future__ import annotations

import errno
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.demos.catalogue import DEMOS
from assistant.lab import recording, running
from assistant.lab.demo import Demo, Expect, Text, Verdict
from assistant.lab.events import DemoFinished, DemoStarted, Event, Measured, Moment, Queued, StepFailed, to_line
from assistant.settings import Settings
from knowledge.errors import StudyError

DEMO = DEMOS["replicaset-self-healing"]


def moments(*events: Event, ending: str = "finished", gap: float = 0.0) -> tuple[Moment, ...]:
    verdict = Verdict("replicaset/what", {"after_ready": 3, "new_uid": True}, ("after_ready == 3",), None, "proven")
    start = DemoStarted(
        DEMO.slug, recording.fingerprint(DEMO), "2026-01-01T00:00:00Z", "v1.36.2", "test", "minikube", "ns", 6, 20
    )
    last = DemoFinished(ending, verdict if ending == "finished" else None, None)  # type: ignore[arg-type]
    return tuple(Moment("r", n, n * gap, event) for n, event in enumerate((start, *events, last)))


def written(folder: Path, all_moments: tuple[Moment, ...]) -> Path:
    path = folder / f"{DEMO.slug}.jsonl"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(map(to_line, all_moments)) + "\n", "utf-8")
    return path


def reworded(demo: Demo) -> Demo:
    return replace(demo, title=Text("다른", "other"), steps=tuple(replace(step, say=Text("", "")) for step in demo.steps))  # type: ignore[type-var]


def test_words_do_not_count() -> None:
    """Other texts, the same fingerprint: a recording replays in any words."""
    assert recording.fingerprint(reworded(DEMO)) == recording.fingerprint(DEMO)


@pytest.mark.parametrize(
    "changed",
    [
        replace(DEMO, steps=DEMO.steps[1:]),
        replace(DEMO, expects=(*DEMO.expects[1:], Expect("after_ready", "==", 4))),
        replace(DEMO, steps=tuple(replace(s, count=4) if s.verb == "wait" else s for s in DEMO.steps)),  # type: ignore[type-var]
        replace(DEMO, choices=DEMO.choices[1:]),
    ],
)
def test_what_the_demo_does_counts(changed: Demo) -> None:
    """Other steps, arguments, thresholds or predictions: another fingerprint."""
    assert recording.fingerprint(changed) != recording.fingerprint(DEMO)


def test_a_run_is_recorded_and_played(tmp_path: Path) -> None:
    """What is played is what was recorded, but for the prediction, which is judged anew."""
    path = tmp_path / "r" / "demo.jsonl"
    recorded = tuple(recording.tee(iter(moments(Measured("after_ready", 3))), path))
    played = tuple(recording.play(path, DEMO, speed=8, predicted="new"))
    assert played[:-1] == recorded[:-1]
    last = played[-1].event
    assert isinstance(last, DemoFinished)
    assert last.predicted_right is True
    wrong = tuple(recording.play(path, DEMO, predicted="two"))[-1].event
    assert isinstance(wrong, DemoFinished)
    assert wrong.predicted_right is False


def test_a_run_that_waited_for_its_turn(tmp_path: Path) -> None:
    """Recorded from where it began: nobody who plays it waits in the queue again."""
    began = [replace(moment, n=moment.n + 1, t=moment.t + 30) for moment in moments(Measured("after_ready", 3), gap=1.0)]
    passed = tuple(recording.tee(iter([Moment("r", 0, 0.1, Queued(1)), *began]), tmp_path / "demo.jsonl"))
    assert passed[0].event == Queued(1)
    assert recording.read(tmp_path / "demo.jsonl") == moments(Measured("after_ready", 3), gap=1.0)


def test_a_run_that_failed_is_not_kept(tmp_path: Path) -> None:
    """No file, and no draft of one."""
    path = tmp_path / "demo.jsonl"
    tuple(recording.tee(iter(moments(StepFailed(0, "lab-broken"), ending="failed")), path))
    assert list(tmp_path.iterdir()) == []


def test_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run goes on to its end; then it is said that there is no recording, and no half one is left."""

    def full(self: Path, text: str, encoding: str) -> int:
        self.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    passing: Iterator[Moment] = recording.tee(iter(moments()), tmp_path / "demo.jsonl")
    assert [next(passing).n, next(passing).n] == [0, 1]
    with pytest.raises(StudyError, match="recording-not-written"):
        next(passing)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("speed", [0.4, 8.1, 0, -1])
def test_a_speed_out_of_range(tmp_path: Path, speed: float) -> None:
    """Refused before anything is played."""
    with pytest.raises(StudyError, match="speed-range"):
        recording.play(written(tmp_path, moments()), DEMO, speed=speed)


@pytest.mark.parametrize("text", ["", "{}", "nonsense", to_line(moments()[0])])
def test_a_broken_recording(tmp_path: Path, text: str) -> None:
    """Empty, none of ours, or without its end."""
    path = tmp_path / "broken.jsonl"
    path.write_text(text, "utf-8")
    with pytest.raises(StudyError, match="recording-broken"):
        recording.read(path)


def test_ones_own_recording_comes_first(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The learner's recording is played rather than the one that comes with Kubenote."""
    monkeypatch.setattr(recording, "PACKAGED", tmp_path / "packaged")
    settings = Settings(home=home)
    assert recording.find(DEMO.slug, settings) is None
    packaged = written(tmp_path / "packaged", moments())
    assert recording.find(DEMO.slug, settings) == packaged
    own = written(settings.recordings_folder, moments())
    assert recording.find(DEMO.slug, settings) == own
    told = recording.info(DEMO, settings)
    assert told is not None
    assert (told.current, told.platform, told.kubernetes) == (True, "test", "v1.36.2")
    other = recording.info(replace(DEMO, expects=()), settings)
    assert other is not None
    assert other.current is False


def test_a_recorded_run_can_be_followed_and_stopped(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is a run like any other, found by its id, and a stop ends it between two moments."""
    monkeypatch.setattr(recording, "PACKAGED", tmp_path / "packaged")
    written(tmp_path / "packaged", moments(Measured("x", 1), gap=300.0))
    run = running.start(DEMO, settings=Settings(home=home), live=False, predicted="new")
    assert running.find(run.id) is run
    assert running.current() is None
    first = next(run.follow())
    assert isinstance(first.event, DemoStarted)
    run.stop()
    assert run.wait(10)
    assert len(run.moments()) == 1


def test_what_cannot_be_started(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No recording, or a prediction nobody offers: an error at once, no run."""
    monkeypatch.setattr(recording, "PACKAGED", tmp_path)
    with pytest.raises(StudyError, match="recording-missing"):
        running.start(DEMO, settings=Settings(home=home), live=False)
    with pytest.raises(StudyError, match="prediction-unknown"):
        running.start(DEMO, settings=Settings(home=home), live=False, predicted="seven")


def test_moments_are_append_only(home: Path) -> None:
    """A reader that comes back reads on where it was, also while others write."""
    run = running.Run(DEMO, live=False)
    writer = threading.Thread(target=lambda: [run.emit(Measured("x", n)) for n in range(500)] and run.end())
    writer.start()
    followed = list(run.follow())
    writer.join()
    assert [moment.n for moment in followed] == list(range(500))
    assert run.moments(498) == tuple(followed[498:])

"""Runs: worker threads, the registry that survives a page reload, stopping. A view starts a run and reads its moments, no more.

A run is an append-only list of moments. Live or recorded, what draws it reads the same list; whoever stops reading a live run
for `UNWATCHED` seconds has left, and the run is stopped and cleaned up. Nothing here knows a screen.
"""

from __future__ import annotations

import atexit
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from assistant.lab import recording
from assistant.lab.demo import Demo
from assistant.lab.events import Event, Moment
from assistant.settings import Settings
from knowledge.errors import StudyError

UNWATCHED = 60.0
"""Seconds without a reader after which a live run is stopped."""


class Ledger(Protocol):
    """What the lab needs of the journal: consent by the cluster's kube-system UID, and every write of a run."""

    def agreed(self, uid: str) -> bool: ...
    def record_write(self, run: str, context: str, namespace: str, verb: str, kind: str, name: str) -> None: ...


class Run:
    """One run of a demo. Thread-safe. `live` is False for a recording; `ended` once its last moment stands."""

    def __init__(self, demo: Demo, *, live: bool, predicted: str | None = None) -> None:
        self.id = uuid.uuid4().hex[:8]
        self.demo = demo
        self.live = live
        self.predicted = predicted
        self.stopped_by = ""
        self.stopping = threading.Event()
        self.deleted = threading.Event()
        """Set once the cluster has been told to delete what the run made (or there was nothing): the process may end."""
        self._moments: list[Moment] = []
        self._news = threading.Condition()
        self._ended = False
        self._began = time.monotonic()
        self._watched = self._began

    @property
    def ended(self) -> bool:
        return self._ended

    def moments(self, since: int = 0) -> tuple[Moment, ...]:
        """The moments from number `since` on, at once; reading counts as watching."""
        with self._news:
            self._watched = time.monotonic()
            return tuple(self._moments[since:])

    def follow(self) -> Iterator[Moment]:
        """Every moment as it comes, until the run has ended."""
        n = 0
        while True:
            with self._news:
                while len(self._moments) == n and not self._ended:
                    self._watched = time.monotonic()
                    self._news.wait(1.0)
                self._watched = time.monotonic()
                fresh = self._moments[n:]
            yield from fresh
            n += len(fresh)
            if not fresh:
                return

    def stop(self, by: str = "learner") -> None:
        """No further change within 2 seconds; the cleanup follows and is shown. Safe to repeat and from any thread."""
        with self._news:
            if not self._ended and not self.stopping.is_set():
                self.stopped_by = by
                self.stopping.set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end; True if it has ended. Counts as watching."""
        until = None if seconds is None else time.monotonic() + seconds
        with self._news:
            while not self._ended:
                left = 1.0 if until is None else min(1.0, until - time.monotonic())
                if left <= 0:
                    break
                self._watched = time.monotonic()
                self._news.wait(left)
            return self._ended

    def unwatched_for(self) -> float:
        """Seconds since somebody last read this run."""
        return time.monotonic() - self._watched

    def emit(self, event: Event) -> None:
        """Append an event with its place and time; for the worker of this run."""
        with self._news:
            self._moments.append(Moment(self.id, len(self._moments), time.monotonic() - self._began, event))
            self._news.notify_all()

    def append(self, moment: Moment) -> None:
        """Append a moment of a recording as it is."""
        with self._news:
            self._moments.append(moment)
            self._news.notify_all()

    def end(self) -> None:
        with self._news:
            self._ended = True
            self.deleted.set()
            self._news.notify_all()


_RUNS: dict[str, Run] = {}
_LOCK = threading.Lock()
KEPT = 20
"""Ended runs that stay findable."""


def find(run_id: str) -> Run | None:
    """The run with this id, running or ended a while ago; None where this process knows none."""
    return _RUNS.get(run_id)


def current() -> Run | None:
    """The live run that has not ended, the newest where several wait; else None."""
    with _LOCK:
        return next((run for run in reversed(_RUNS.values()) if run.live and not run.ended), None)


def start(
    demo: Demo,
    *,
    settings: Settings,
    ledger: Ledger | None = None,
    predicted: str | None = None,
    live: bool = True,
    speed: float = 1.0,
    typed: bool = False,
) -> Run:
    """Start a run in a worker thread and give it at once.

    Live takes a `ledger`; what the guard says comes as a `Refused` moment, the last one then. Recorded plays the newest
    recording of this demo, own ones first, at `speed` 0.5 to 8. StudyError at once: `prediction-unknown`, `recording-missing`,
    `recording-broken`, `speed-range`. `typed`: changing steps wait for the learner's own kubectl instead of doing it.
    """
    if predicted is not None and predicted not in (choice.id for choice in demo.choices):
        allowed = ", ".join(choice.id for choice in demo.choices)
        raise StudyError("prediction-unknown", slug=demo.slug, prediction=predicted, allowed=allowed)
    run = Run(demo, live=live, predicted=predicted)
    work: Callable[[], None]
    if live:
        from assistant.lab.performing import perform_live

        if ledger is None:
            raise ValueError("a live run takes a ledger")
        book = ledger

        def work() -> None:
            perform_live(run, settings, book, typed=typed)
    else:
        path = recording.find(demo.slug, settings)
        if path is None:
            raise StudyError("recording-missing", slug=demo.slug)
        moments = recording.play(path, demo, speed=speed, predicted=predicted, stopping=run.stopping)

        def work() -> None:
            for moment in moments:
                run.append(moment)

    def worker() -> None:
        try:
            work()
        finally:
            run.end()

    with _LOCK:
        _RUNS[run.id] = run
        for old in [known.id for known in _RUNS.values() if known.ended][:-KEPT]:
            del _RUNS[old]
    threading.Thread(target=worker, name=f"run-{run.id}", daemon=True).start()
    return run


def perform(
    demo: Demo, *, settings: Settings, ledger: Ledger, predicted: str | None = None, typed: bool = False
) -> Iterator[Moment]:
    """A live run as a plain iterator. Closing it early stops the run and waits until the DELETE has been sent."""
    run = start(demo, settings=settings, ledger=ledger, predicted=predicted, typed=typed)
    try:
        yield from run.follow()
    finally:
        if not run.ended:
            run.stop("signal")
            run.deleted.wait(10)


def play_recording(recorded: Path, demo: Demo, *, speed: float = 1.0, predicted: str | None = None) -> Iterator[Moment]:
    """A recording file as a plain iterator; see `recording.play`."""
    return recording.play(recorded, demo, speed=speed, predicted=predicted)


def leave(seconds: float = 10.0) -> None:
    """Stop every live run and wait until each has sent its DELETE: call it before the process ends (Ctrl-C, SIGTERM, exit)."""
    with _LOCK:
        going = [run for run in _RUNS.values() if run.live and not run.ended]
    for run in going:
        run.stop("signal")
    until = time.monotonic() + seconds
    for run in going:
        run.deleted.wait(max(0.0, until - time.monotonic()))


atexit.register(leave)

"""Runs as the page holds them: started once, folded as they are looked at, kept in the journal when they end.

Only a page that shows a run reads its moments, so a live run that nobody looks at ends by itself; the thread that waits here
for the end of a run asks whether it has ended and reads nothing before.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import replace

from assistant.journal import Journal
from assistant.lab import recording, running
from assistant.lab.demo import Demo
from assistant.lab.events import Moment
from assistant.lab.progress import folded
from assistant.lab.running import Run
from assistant.lab.views import Progress
from assistant.settings import Settings
from knowledge.errors import StudyError

logger = logging.getLogger(__name__)

SAME_WITHIN = 1.0
"""Seconds within which a second start of the same demo is the same click."""
LOOK_EVERY = 0.5
KEPT = 20
KEEPING_SECONDS = 2.0
"""So long the end of the server waits for a run's end to be kept."""


class Bench:
    """Starts runs and gives what is to be seen of them. Thread-safe; one a server."""

    def __init__(self, settings: Settings, journal: Journal) -> None:
        self.settings = settings
        self._journal = journal
        self._lock = threading.Lock()
        self._views: dict[str, Progress] = {}
        self._last: tuple[str, float, Run] | None = None
        self._closing = threading.Event()
        self._keeping: list[threading.Thread] = []

    def start(self, demo: Demo, *, predicted: str | None, live: bool, speed: float = 1.0, typed: bool = False) -> Run:
        """Start a run; the same demo twice within a second is one click. StudyError as `running.start` raises it."""
        with self._lock:
            now = time.monotonic()
            if self._last and self._last[0] == demo.slug and now - self._last[1] < SAME_WITHIN:
                return self._last[2]
            run = running.start(
                demo,
                settings=self.settings,
                ledger=self._journal,
                predicted=predicted,
                live=live,
                speed=speed,
                typed=typed,
            )
            kept = None if live else recording.info(demo, self.settings)
            self._views = dict(list(self._views.items())[-KEPT:])
            self._views[run.id] = Progress(recorded=kept.date if kept else None)
            self._last = (demo.slug, now, run)
        self._journal.begin_run(run.id, demo.slug, live=live, predicted=predicted)
        keeper = threading.Thread(target=self._keep, args=(run,), name=f"keeping-{run.id}", daemon=True)
        with self._lock:
            keeper.start()
            self._keeping = [*(one for one in self._keeping if one.is_alive()), keeper]
        return run

    def run(self, run_id: str) -> Run | None:
        """The run of this id, where this server has it."""
        return running.find(run_id)

    def view(self, run_id: str) -> Progress | None:
        """What is to be seen of a run now; of one of an earlier server what the journal kept; None where there is nothing."""
        run = running.find(run_id)
        with self._lock:
            before = self._views.get(run_id)
            if run is not None and before is not None:
                view = folded(run.moments(before.moments), before)
                self._views[run_id] = view
                return view
        past = next((one for one in self._journal.runs() if one.id == run_id), None)
        moments = self._journal.moments(run_id) if past else ()
        if past is None or not moments:
            return None
        view = folded(moments)
        return view if past.live or view.started is None else replace(view, recorded=view.started.date)

    def moments(self, run_id: str) -> tuple[Moment, ...]:
        """Everything that happened in a run so far."""
        run = running.find(run_id)
        return run.moments() if run is not None else self._journal.moments(run_id)

    def close(self) -> None:
        """Stop live runs (each sends its DELETE) and end recordings; what has ended is kept before the journal closes."""
        running.leave()
        self._closing.set()
        with self._lock:
            keeping = list(self._keeping)
        for keeper in keeping:
            keeper.join(KEEPING_SECONDS)

    def _keep(self, run: Run) -> None:
        while not run.ended and not self._closing.wait(LOOK_EVERY):
            pass
        if not run.ended:
            run.stop("signal")
            if not run.wait(KEEPING_SECONDS / 2):
                return
        try:
            self._journal.finish_run(run.id, run.moments())
        except StudyError:
            logger.exception("a run was not kept")

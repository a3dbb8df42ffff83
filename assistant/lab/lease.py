"""Whose turn it is on a cluster: one Lease in the namespace `default` is the lock and carries the queue, on the server's clock.

The holder renews every 10 s; after 60 s without it is dead, and at once where it is a run of this home whose lock file nobody
holds. `judge` is pure; `Turn` reads and writes, each write bound to the version it read.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from assistant.lab.cluster import Cluster
from assistant.lab.surface import KINDS, LABEL, OURS
from knowledge.errors import StudyError

Form: TypeAlias = dict[str, Any]
Dead: TypeAlias = Callable[[str], bool]

NAME, PLACE = "kubenote", "default"
RENEWED, LAPSED = 10.0, 60.0
"""Seconds between renewals, and without one until the holder is dead."""
QUEUE = "kubenote.dev/queue"


@dataclass(frozen=True, slots=True)
class Standing:
    """Who holds the lease ("" nobody alive), who waits, in order, and when each last said so."""

    holder: str
    queue: tuple[tuple[str, str], ...]

    def place(self, run: str) -> int:
        """0: this run's turn has come or is taken by it; else its place among those who wait, from 1."""
        waiting = [name for name, _ in self.queue if name != self.holder]
        if run == self.holder:
            return 0
        ahead = waiting.index(run) if run in waiting else len(waiting)
        return ahead if not self.holder else ahead + 1


def judge(lease: Form | None, now: datetime, dead: Dead) -> Standing:
    """What a Lease says at this time of the server; whoever lapsed or is known dead does not count."""

    def alive(run: str, renewed: str) -> bool:
        return bool(run and renewed) and not dead(run) and abs((now - _time(renewed)).total_seconds()) <= LAPSED

    if lease is None:
        return Standing("", ())
    spec = lease.get("spec") or {}
    holder = str(spec.get("holderIdentity") or "")
    try:
        listed = json.loads((lease["metadata"].get("annotations") or {}).get(QUEUE, "[]"))
        queue = tuple((str(run), str(renewed)) for run, renewed in listed if alive(str(run), str(renewed)))
    except (ValueError, TypeError):
        queue = ()
    return Standing(holder if alive(holder, str(spec.get("renewTime") or "")) else "", queue)


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=UTC)


def _stamp(now: datetime) -> str:
    return now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Turn:
    """The turn of one run. `dead(run)`: certainly dead, though it may not have lapsed."""

    def __init__(self, cluster: Cluster, run: str, dead: Dead) -> None:
        self._cluster, self._run, self._dead = cluster, run, dead

    def standing(self) -> tuple[Standing, Form | None, datetime]:
        """How it stands now, the Lease, and the server's time."""
        reply = self._cluster.call("GET", KINDS["Lease"].path(PLACE, NAME), allow=(404,))
        now = reply.date or datetime.now(UTC)
        lease = None if reply.status == 404 else reply.form
        return judge(lease, now, self._dead), lease, now

    def take(self, on_place: Callable[[int], None], stopping: threading.Event) -> bool:
        """Wait for the turn; `on_place` hears each new place in the queue. False where stopped before it came."""
        told = 0
        while not stopping.is_set():
            standing, lease, now = self.standing()
            place = standing.place(self._run)
            queue = [(run, at) for run, at in standing.queue if run != self._run]
            if place == 0:
                if self._write(lease, self._run, queue, now):
                    return True
                continue
            waiting = [run for run, _ in standing.queue]
            mine = waiting.index(self._run) if self._run in waiting else len(queue)
            queue.insert(mine, (self._run, _stamp(now)))
            old = next((_time(at) for run, at in standing.queue if run == self._run), None)
            if old is None or (now - old).total_seconds() >= RENEWED:
                self._write(lease, None, queue, now)
            if place != told:
                on_place(place)
                told = place
            stopping.wait(0.5)
        self.leave()
        return False

    def renew(self) -> None:
        """Say that the holder lives. StudyError `lease-lost` where another run holds it by now."""
        for _ in range(5):
            standing, lease, now = self.standing()
            holder = str(((lease or {}).get("spec") or {}).get("holderIdentity") or "")
            if holder not in ("", self._run):
                raise StudyError("lease-lost", holder=standing.holder or holder)
            if self._write(lease, self._run, list(standing.queue), now):
                return

    def leave(self) -> None:
        """Give the turn, or the place in the queue, back. Removes the Lease where nobody waits."""
        for _ in range(5):
            standing, lease, now = self.standing()
            if lease is None:
                return
            queue = [(run, at) for run, at in standing.queue if run != self._run]
            holder = "" if standing.holder == self._run else standing.holder
            if holder or queue:
                if self._write(lease, holder, queue, now):
                    return
                continue
            options = {"preconditions": {"resourceVersion": lease["metadata"]["resourceVersion"]}}
            gone = self._cluster.call("DELETE", KINDS["Lease"].path(PLACE, NAME), options, allow=(404, 409))
            if gone.status != 409:
                return

    def _write(self, lease: Form | None, holder: str | None, queue: list[tuple[str, str]], now: datetime) -> bool:
        """Write the Lease; `holder` None leaves it as it is. False where somebody else was faster."""
        form: Form = lease or {
            "apiVersion": KINDS["Lease"].api_version,
            "kind": "Lease",
            "metadata": {"name": NAME, "namespace": PLACE, "labels": {LABEL: OURS}},
            "spec": {},
        }
        form["metadata"].setdefault("annotations", {})[QUEUE] = json.dumps(queue)
        spec = form.setdefault("spec", {})
        if holder is not None:
            if holder == self._run:
                if spec.get("holderIdentity") != holder:
                    spec["acquireTime"] = _stamp(now)
                spec["renewTime"] = _stamp(now)
            spec["holderIdentity"] = holder
            spec["leaseDurationSeconds"] = int(LAPSED)
        if lease is None:
            path = KINDS["Lease"].path(PLACE)
            return self._cluster.call("POST", path, form, allow=(409,)).status < 300
        return self._cluster.call("PUT", KINDS["Lease"].path(PLACE, NAME), form, allow=(404, 409)).status < 300

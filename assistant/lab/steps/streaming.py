"""Steady requests from inside the cluster while something changes: each answer with its time, until they are stopped.

One curl in the client pod prints a line an answer: it costs the node less than one curl each. What is asked is an address, not
a name, so that what is counted is the Service and not DNS.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from assistant.lab.commands import Leashed
from assistant.lab.demo import Text
from assistant.lab.events import Event, Measured, TrafficSeen
from assistant.lab.sandbox import Sandbox
from assistant.lab.seen import version
from assistant.lab.steps.inside import CLIENT, address, curl, parse
from assistant.lab.steps.lanes import tally
from assistant.lab.steps.verb import Verb
from knowledge.errors import StudyError

FAILED = "!"
STEADY = 20
"""Requests a second below which a gap could go unnoticed."""
LONGEST = 180
"""Seconds after which a loop ends by itself, whatever became of us."""


def loop(url: str, every: float) -> tuple[str, ...]:
    """The curl that asks `url` again and again, each time on a connection of its own."""
    return curl(url, round(LONGEST / every), rate=round(1 / every))


class Traffic:
    """Steady requests in the background: each answer with its time, told as TrafficSeen five times a second."""

    def __init__(self, sandbox: Sandbox, lane: str) -> None:
        self.lane = lane
        self.answers: list[tuple[float, str]] = []
        self._sandbox = sandbox
        self._fresh: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._told = time.monotonic()
        self.first = threading.Event()

    def on_line(self, line: str) -> None:
        """Take one line of curl."""
        found = parse(line)
        if found is None:
            return
        name = found[0] or FAILED
        with self._lock:
            self.answers.append((time.monotonic(), name))
            self._fresh[name] += 1
            self.first.set()
        if time.monotonic() - self._told > 0.2:
            self.tell()

    def tell(self) -> None:
        with self._lock:
            fresh, self._fresh, self._told = self._fresh, Counter(), time.monotonic()
        failed = fresh.pop(FAILED, 0)
        if fresh or failed:
            self._sandbox.emit(TrafficSeen(self.lane, dict(fresh), failed))

    def counted(self) -> tuple[Counter[str], int]:
        """Answers by pod, and failures."""
        with self._lock:
            found = Counter(name for _, name in self.answers)
        return found, found.pop(FAILED, 0)


@dataclass(frozen=True, slots=True)
class StartTraffic(Verb):
    """Begin steady requests from the client pod to a Service, a new connection each, until StopTraffic."""

    say: Text
    service: str = "web"
    every: float = 0.02
    verb: ClassVar[str] = "start-traffic"

    def arguments(self) -> tuple[str, ...]:
        return ("exec", CLIENT, "--", *loop(f"http://{self.service}", self.every))

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        traffic = Traffic(sandbox, "service")
        line = loop(address(sandbox, self.service), self.every)
        held = sandbox.hold("exec", CLIENT, "--", *line, on_line=traffic.on_line)
        sandbox.kept["traffic"], sandbox.kept["traffic-process"] = traffic, held
        until = time.monotonic() + 15.0
        while not traffic.first.wait(0.1):
            sandbox.check()
            if time.monotonic() > until:
                raise StudyError("no-traffic", reason="")
        yield from ()


@dataclass(frozen=True, slots=True)
class StopTraffic(Verb):
    """End the steady requests after `after` more seconds.

    Measures as `lanes.tally` has it, prefixed with `name`, besides `{name}_rate` (requests a second), `{name}_steady` (only
    where these were enough to notice a gap), `{name}_last` (the version that answered last) and `{name}_both_seconds`, from
    the first answer of the newer version to the last of the older.
    """

    say: Text
    name: str
    after: float = 1.0
    verb: ClassVar[str] = "stop-traffic"

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        traffic, held = sandbox.kept.get("traffic"), sandbox.kept.get("traffic-process")
        if not isinstance(traffic, Traffic) or not isinstance(held, Leashed):
            raise StudyError("no-traffic", reason="")
        sandbox.sleep(self.after)
        held.end()
        traffic.tell()
        answers, failed = traffic.counted()
        yield from tally(traffic.lane, answers, failed, self.name)
        times = traffic.answers
        if len(times) > 1:
            rate = len(times) / max(0.1, times[-1][0] - times[0][0])
            yield Measured(f"{self.name}_rate", round(rate))
            if rate >= STEADY:
                yield Measured(f"{self.name}_steady", True)
        versions = {one.name: version(one.form) for one in sandbox.seen.since(0) if one.kind == "Pod"}
        by = [(at, versions.get(name, "")) for at, name in times if name != FAILED]
        if by:
            older, newer = min(by, key=lambda one: one[0])[1], max(by, key=lambda one: one[0])[1]
            yield Measured(f"{self.name}_last", newer)
            if older != newer:
                began = min(at for at, which in by if which == newer)
                ended = max(at for at, which in by if which == older)
                yield Measured(f"{self.name}_both_seconds", round(max(0.0, ended - began), 1))

"""Sending requests down one or more lanes from this computer, on one clock, and counting which pod answered."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from assistant.lab.demo import Text
from assistant.lab.events import Event, TrafficSeen
from assistant.lab.sandbox import Sandbox
from assistant.lab.steps.forwarding import Forward, forward_of
from assistant.lab.steps.lanes import SHORT, ask_proxy, http_get, tally
from assistant.lab.steps.verb import Verb
from knowledge.errors import StudyError

SHOWN_EVERY = 0.2
"""Seconds between two TrafficSeen of a lane."""


class Tally:
    """The answers of the lanes, told as TrafficSeen every `SHOWN_EVERY` seconds."""

    def __init__(self, lanes: tuple[str, ...]) -> None:
        self.answers: dict[str, Counter[str]] = {lane: Counter() for lane in lanes}
        self.failed: Counter[str] = Counter()
        self._fresh: dict[str, Counter[str]] = {lane: Counter() for lane in lanes}
        self._fresh_failed: Counter[str] = Counter()
        self._told = time.monotonic()

    def add(self, lane: str, pod: str | None) -> None:
        if pod is None:
            self.failed[lane] += 1
            self._fresh_failed[lane] += 1
        else:
            self.answers[lane][pod] += 1
            self._fresh[lane][pod] += 1

    def told(self, *, now: bool = False) -> Iterator[Event]:
        """What came since it was last told, if that is long enough ago or `now`."""
        if not now and time.monotonic() - self._told < SHOWN_EVERY:
            return
        self._told = time.monotonic()
        for lane, fresh in self._fresh.items():
            if fresh or self._fresh_failed[lane]:
                yield TrafficSeen(lane, dict(fresh), self._fresh_failed[lane])
                fresh.clear()
        self._fresh_failed.clear()

    def measured(self, name: str) -> Iterator[Event]:
        for lane, answers in self.answers.items():
            yield from tally(lane, answers, self.failed[lane], name)


def asker(sandbox: Sandbox, lane: str, service: str) -> Callable[[], str | None]:
    """How to send one request down this lane."""
    if lane == "api-proxy":
        return lambda: ask_proxy(sandbox, f"{service}:80")
    if lane == "port-forward":
        return lambda: http_get("127.0.0.1", forward_of(sandbox).port)
    if lane == "node-port":
        return lambda: http_get(*_place(sandbox, lane))
    raise ValueError(f"no lane from this computer: {lane}")


def _place(sandbox: Sandbox, lane: str) -> tuple[str, int]:
    """Where an earlier step found the way in."""
    found = sandbox.kept.get(lane)
    if not isinstance(found, tuple):
        raise StudyError("no-way-in", lane=lane)
    return str(found[0]), int(found[1])


@dataclass(frozen=True, slots=True)
class Send(Verb):
    """`count` requests down each lane in turn, one every `every` seconds.

    Measures per lane as `lanes.tally` has it, prefixed with `name`; remembers the pod that answered most as `{lane}_pod`,
    and all that answered as `{lane}_names`.
    """

    say: Text
    lanes: tuple[str, ...]
    service: str = "web"
    count: int = 60
    every: float = 0.03
    name: str = ""
    verb: ClassVar[str] = "send"

    def arguments(self) -> tuple[str, ...]:
        if "api-proxy" in self.lanes:
            return ("get", "--raw", "/api/v1/namespaces/{namespace}/services/" + self.service + ":80/proxy/hostname")
        return ()

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        ask = {lane: asker(sandbox, lane, self.service) for lane in self.lanes}
        seen = Tally(self.lanes)
        for _ in range(self.count):
            for lane in self.lanes:
                seen.add(lane, ask[lane]())
            yield from seen.told()
            sandbox.sleep(self.every)
        yield from seen.told(now=True)
        yield from seen.measured(self.name)
        for lane, answers in seen.answers.items():
            key = f"{self.name}_{SHORT[lane]}" if self.name else SHORT[lane]
            sandbox.memory[f"{key}_names"] = ",".join(sorted(answers))
            if answers:
                sandbox.memory[f"{SHORT[lane]}_pod"] = answers.most_common(1)[0][0]


@dataclass(frozen=True, slots=True)
class SendUntilBroken(Verb):
    """Go on down the lanes until the port-forward has ended, at most `seconds`, and a little longer.

    Measures as Send does, besides `forward_broke`, `forward_broke_seconds`, `forward_exit` and `forward_lost` (kubectl said
    "lost connection to pod").
    """

    say: Text
    service: str = "web"
    every: float = 0.05
    seconds: float = 20.0
    after: float = 1.0
    name: str = "then"
    lanes: tuple[str, ...] = ("api-proxy", "port-forward")
    verb: ClassVar[str] = "send-until-broken"

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        ask = {lane: asker(sandbox, lane, self.service) for lane in self.lanes}
        forward: Forward = forward_of(sandbox)
        seen = Tally(self.lanes)
        began = time.monotonic()
        broke: float | None = None
        while time.monotonic() - began < self.seconds and (broke is None or time.monotonic() - broke < self.after):
            if "api-proxy" in self.lanes:
                seen.add("api-proxy", ask["api-proxy"]())
            if broke is None:
                answer = ask["port-forward"]()
                seen.add("port-forward", answer)
                if answer is None:
                    broke = time.monotonic()
            yield from seen.told()
            sandbox.sleep(self.every)
        yield from seen.told(now=True)
        yield from seen.measured(self.name)
        yield from forward.measured(None if broke is None else broke - began)

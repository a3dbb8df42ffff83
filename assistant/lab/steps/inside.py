"""Requests from inside the cluster, by curl in a client pod: each on a connection of its own, or all on one that is kept.

What is asked is an address, not a name, so that what is counted is the Service and not DNS.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from assistant.lab.demo import Text
from assistant.lab.events import Event, Measured, TrafficSeen
from assistant.lab.sandbox import Sandbox
from assistant.lab.steps.lanes import SHORT, tally
from assistant.lab.steps.objects import PAUSE, pod, pod_spec
from assistant.lab.steps.streaming import ASKER, FAILED, address
from assistant.lab.steps.verb import Verb
from knowledge.errors import StudyError

CLIENT: dict[str, Any] = pod(ASKER, pod_spec(PAUSE))
"""The pod that requests are sent from."""


def _curl(url: str, count: int, *, kept: bool) -> tuple[str, ...]:
    """curl that prints "POD CONNECTIONS" a line, where CONNECTIONS is how many it opened for this request."""
    told = "' %{num_connects}\\n'"
    if kept:  # one curl asks its whole list down one connection
        return ("curl", "-s", "-m", "30", "-w", told.strip("'"), f"{url}/hostname?[1-{count}]")
    ask = f"curl -s -m 3 -w {told} {url}/hostname || echo '{FAILED} 0'"
    return ("sh", "-c", f"i=0; while [ $i -lt {count} ]; do {ask}; i=$((i+1)); done")


@dataclass(frozen=True, slots=True)
class SendInside(Verb):
    """`count` requests from the client pod to a Service's ClusterIP: each on a new connection, or all on one.

    Lane `service` or, with `keep_alive`, `keep-alive`. Measures as `lanes.tally` has it, prefixed with `name`, besides
    `{lane}_connections`: how many connections curl opened.
    """

    say: Text
    service: str = "web"
    count: int = 60
    keep_alive: bool = False
    name: str = ""
    verb: ClassVar[str] = "send-inside"

    def arguments(self) -> tuple[str, ...]:
        return ("exec", ASKER, "--", *_curl(f"http://{self.service}", self.count, kept=self.keep_alive))

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        lane = "keep-alive" if self.keep_alive else "service"
        line = _curl(address(sandbox, self.service), self.count, kept=self.keep_alive)
        done = sandbox.exec(ASKER, *line, seconds=self.count * 3.5)
        told = [parts for one in done.output.splitlines() if len(parts := one.split()) == 2]
        answers = Counter(name for name, _ in told)
        failed = answers.pop(FAILED, 0)
        if not told:
            raise StudyError("no-traffic", reason=done.errors.strip()[:200])
        yield TrafficSeen(lane, dict(answers), failed)
        yield from tally(lane, answers, failed, self.name)
        key = (f"{self.name}_" if self.name else "") + SHORT[lane]
        yield Measured(f"{key}_connections", sum(int(opened) for name, opened in told if name != FAILED and opened.isdecimal()))


@dataclass(frozen=True, slots=True)
class WaitAnswering(Verb):
    """Ask a Service's ClusterIP from inside until it answers: after it is made or changed, it refuses for a moment.

    With `pods`, until 12 new connections in a row met at most so many pods. StudyError `no-traffic` after `seconds`.
    """

    say: Text
    service: str = "web"
    pods: int = 0
    seconds: float = 20.0
    verb: ClassVar[str] = "wait-answering"

    def arguments(self) -> tuple[str, ...]:
        return ("exec", ASKER, "--", "curl", "-s", "-m", "3", f"http://{self.service}/hostname")

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        url = address(sandbox, self.service)
        until = time.monotonic() + self.seconds
        while True:
            done = sandbox.exec(ASKER, *_curl(url, 12 if self.pods else 2, kept=False), seconds=40.0)
            names = {one.split()[0] for one in done.output.splitlines() if one.split()}
            if names and FAILED not in names and (not self.pods or len(names) <= self.pods):
                return
            if time.monotonic() > until:
                raise StudyError("no-traffic", reason=done.errors.strip()[:200])
            sandbox.sleep(0.2)
            yield from ()

"""Requests from inside the cluster, by curl in a client pod: each on a connection of its own, or all on one that is kept.

Connections are counted, not assumed: curl says with each answer how many it opened. A Service is asked by its address, not by
its name, so that what is counted is the Service and not DNS.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from assistant.lab.demo import Text
from assistant.lab.events import Event, Measured
from assistant.lab.sandbox import Sandbox
from assistant.lab.seen import named, ready
from assistant.lab.steps.lanes import SHORT
from assistant.lab.steps.objects import PAUSE, pod, pod_spec
from assistant.lab.steps.sending import Tally
from assistant.lab.steps.verb import Verb
from knowledge.errors import StudyError

CLIENT = "client"
"""The name of the pod that requests are sent from."""

_ANSWER = re.compile(r"^(.*) (\d{3}) (\d+)$")


def client() -> dict[str, Any]:
    """The pod that requests are sent from."""
    return pod(CLIENT, pod_spec(PAUSE))


def address(sandbox: Sandbox, service: str) -> str:
    """http://CLUSTER-IP:PORT of a Service, as the watch has it."""
    found = sandbox.wait(lambda: sandbox.seen.get("Service", service), 10.0, "no-traffic", reason=service)
    assert found is not None
    return f"http://{found['spec']['clusterIP']}:{found['spec']['ports'][0]['port']}"


def curl(url: str, count: int, *, keep_alive: bool = False, rate: int = 0) -> tuple[str, ...]:
    """One curl for `count` GETs, 2 s each at most, at most `rate` a second; it prints "POD STATUS CONNECTIONS" a line."""
    new = () if keep_alive else ("-H", "Connection: close")
    told = ("-w", r" %{http_code} %{num_connects}\n")
    pace = ("--rate", f"{rate}/s") if rate else ()
    return ("curl", "-sN", "-m", "2", *pace, *new, *told, f"{url}/hostname?[1-{count}]")


def parse(line: str) -> tuple[str | None, int] | None:
    """Who answered (None: nobody) and how many connections it took; None where the line is none of curl's."""
    found = _ANSWER.match(line)
    if found is None:
        return None
    name = found.group(1).strip()
    return (name if found.group(2) == "200" and name else None), int(found.group(3))


def ask(sandbox: Sandbox, url: str, count: int, *, keep_alive: bool = False) -> list[tuple[str | None, int]]:
    """The answers to `count` requests, in order; StudyError `no-traffic` where curl did not run at all."""
    done = sandbox.exec(CLIENT, *curl(url, count, keep_alive=keep_alive), seconds=30.0 + 2.0 * count)
    found = [each for each in map(parse, done.output.splitlines()) if each is not None]
    if not found:
        raise StudyError("no-traffic", reason=done.errors.strip()[:200])
    return found


@dataclass(frozen=True, slots=True)
class SendInside(Verb):
    """`count` requests from the client pod to a Service's ClusterIP, or to `url`: each on a new connection, or all on one.

    Measures on `lane` (`keep-alive` with `keep_alive`) as `lanes.tally` has it, prefixed with `name`, besides
    `{lane}_connections`: how many connections curl opened.
    """

    say: Text
    service: str = "web"
    count: int = 60
    keep_alive: bool = False
    name: str = ""
    url: str = ""
    lane: str = "service"
    verb: ClassVar[str] = "send-inside"

    def arguments(self) -> tuple[str, ...]:
        return ("exec", CLIENT, "--", *curl(self.url or f"http://{self.service}", self.count, keep_alive=self.keep_alive))

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        lane = "keep-alive" if self.keep_alive else self.lane
        url = sandbox.known(self.url) or address(sandbox, self.service)
        answers = ask(sandbox, url, self.count, keep_alive=self.keep_alive)
        seen = Tally((lane,))
        for who, _ in answers:
            seen.add(lane, who)
        yield from seen.told(now=True)
        yield from seen.measured(self.name)
        key = (f"{self.name}_" if self.name else "") + SHORT[lane]
        yield Measured(f"{key}_connections", sum(opened for _, opened in answers))


@dataclass(frozen=True, slots=True)
class WaitAnswering(Verb):
    """Ask a Service, or `url`, from inside until each ready pod has answered: after a change it refuses for a moment.

    With `pods`, until 20 new connections in a row met so many pods. After `seconds` it goes on: the counting decides.
    These requests are not counted. StudyError `no-traffic` where nobody answered.
    """

    say: Text
    service: str = "web"
    pods: int = 0
    seconds: float = 8.0
    url: str = ""
    verb: ClassVar[str] = "wait-answering"

    def arguments(self) -> tuple[str, ...]:
        return ("exec", CLIENT, "--", *curl(self.url or f"http://{self.service}", 10))

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        url = sandbox.known(self.url) or address(sandbox, self.service)
        until = time.monotonic() + self.seconds
        who: list[str | None] = []
        while time.monotonic() < until and not self._settled(sandbox, who):
            who += [name for name, _ in ask(sandbox, url, 10)]
            sandbox.sleep(0.05)
        if not any(who):
            raise StudyError("no-traffic", reason=url)
        yield from ()

    def _settled(self, sandbox: Sandbox, who: list[str | None]) -> bool:
        if self.pods:
            return len(who) >= 20 and None not in who[-20:] and len({*who[-20:]}) == self.pods
        wanted = {*named(tuple(filter(ready, sandbox.seen.pods(self.service))))}
        return bool(who) and None not in who[-10:] and wanted <= {*who}

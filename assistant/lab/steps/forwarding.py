"""kubectl port-forward, the real one, held for the run: opened, asked through, and seen to break."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from assistant.lab.commands import Leashed
from assistant.lab.demo import Text
from assistant.lab.events import Event, Measured
from assistant.lab.sandbox import Sandbox
from assistant.lab.steps.verb import Verb
from knowledge.errors import StudyError

_LISTENS = re.compile(r"Forwarding from 127\.0\.0\.1:(\d+) -> \d+")
LOST = "lost connection to pod"


class Forward:
    """A port-forward that runs, or ran: its local port (0 until it listens) and whether kubectl lost its pod."""

    def __init__(self) -> None:
        self.port = 0
        self.lost = False
        self.listens = threading.Event()
        self.process: Leashed | None = None

    def on_line(self, line: str) -> None:
        """Take a line that kubectl printed. Only the chosen port and the loss are recognised: the lines between vary."""
        if found := _LISTENS.search(line):
            self.port = int(found.group(1))
            self.listens.set()
        if LOST in line:
            self.lost = True

    def measured(self, broke_seconds: float | None) -> Iterator[Event]:
        """Whether and when it broke, kubectl's exit code (-1: still running) and its last words."""
        code = self.process.wait(3.0) if self.process and broke_seconds is not None else None
        yield Measured("forward_broke", broke_seconds is not None)
        if broke_seconds is not None:
            yield Measured("forward_broke_seconds", round(broke_seconds, 1))
        yield Measured("forward_exit", -1 if code is None else code)
        yield Measured("forward_lost", self.lost)


def forward_of(sandbox: Sandbox) -> Forward:
    """The port-forward of this run."""
    forward = sandbox.kept.get("forward")
    if not isinstance(forward, Forward):
        raise StudyError("forward-not-open")
    return forward


@dataclass(frozen=True, slots=True)
class OpenForward(Verb):
    """Open a port-forward to a Service on a free local port, and wait until it listens."""

    say: Text
    service: str = "web"
    seconds: float = 15.0
    verb: ClassVar[str] = "port-forward"

    def arguments(self) -> tuple[str, ...]:
        return ("port-forward", "--address", "127.0.0.1", f"svc/{self.service}", ":80")

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        forward = Forward()
        forward.process = sandbox.hold(*self.arguments(), on_line=forward.on_line, source="kubectl port-forward")
        sandbox.kept["forward"] = forward
        until = self.seconds
        while not forward.listens.wait(0.1):
            until -= 0.1
            sandbox.check()
            if until <= 0 or forward.process.code is not None:
                raise StudyError("forward-not-open", service=self.service)
        yield from ()

"""Waiting for a state that the watch shows, and measuring how long it took."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from assistant.lab.demo import Text
from assistant.lab.events import Event, Measured
from assistant.lab.sandbox import Sandbox
from assistant.lab.seen import deleting, ready
from assistant.lab.steps.verb import Verb


@dataclass(frozen=True, slots=True)
class WaitReady(Verb):
    """Wait until exactly `count` pods with label app are there, none on its way out, all ready.

    Measures `{name}_ready` (how many in the end), `{name}_seconds`, and `{name}_kept`: how many of them were there the first
    time this app was waited for. With `must` a time-out is a failure, else a measurement.
    """

    say: Text
    app: str
    count: int
    name: str = "pods"
    seconds: float = 60.0
    must: bool = True
    verb: ClassVar[str] = "wait"

    def arguments(self) -> tuple[str, ...]:
        return ("wait", "--for=condition=Ready", "pod", "-l", f"app={self.app}", f"--timeout={self.seconds:.0f}s")

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        def enough() -> bool | None:
            staying = [pod for pod in sandbox.seen.pods(self.app) if not deleting(pod)]
            return True if len(staying) == self.count and all(map(ready, staying)) else None

        code = "pods-not-ready" if self.must else ""
        found = sandbox.wait(enough, self.seconds, code, app=self.app, count=self.count)
        yield Measured(f"{self.name}_ready", sum(map(ready, sandbox.seen.pods(self.app))))
        uids = {str(pod["metadata"]["uid"]) for pod in sandbox.seen.pods(self.app) if not deleting(pod)}
        first = sandbox.memory.setdefault(f"{self.app}-uids", " ".join(sorted(uids)))
        yield Measured(f"{self.name}_kept", len(uids & set(first.split())))
        if found:
            yield Measured(f"{self.name}_seconds", round(time.monotonic() - sandbox.changed_at, 1))

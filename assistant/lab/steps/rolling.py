"""Rolling a Deployment to another version, and measuring on the watch what was there meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from assistant.lab.demo import Text
from assistant.lab.events import Event, Measured
from assistant.lab.sandbox import Sandbox
from assistant.lab.seen import deleting, labels, ready, version
from assistant.lab.steps.verb import Verb


@dataclass(frozen=True, slots=True)
class SetVersion(Verb):
    """Give the pods of a Deployment another VERSION: its template changes, so it rolls."""

    say: Text
    deployment: str
    version: str
    verb: ClassVar[str] = "set-version"

    def arguments(self) -> tuple[str, ...]:
        return ("set", "env", f"deployment/{self.deployment}", f"VERSION={self.version}")

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        sandbox.memory["mark"] = str(sandbox.seen.mark())
        container = {"name": "main", "env": [{"name": "VERSION", "value": self.version}]}
        change = {"spec": {"template": {"spec": {"containers": [container]}}}}
        sandbox.patch("Deployment", self.deployment, change, style="strategic-merge", verb="set env")
        yield from ()

    def took_effect(self, sandbox: Sandbox) -> bool:
        found = sandbox.seen.get("Deployment", self.deployment)
        return found is not None and version(found["spec"]["template"]) == self.version


@dataclass(frozen=True, slots=True)
class WaitRolled(Verb):
    """Wait until only ready pods of the new version are left of an app, none on its way out.

    Measures over the whole roll-out `min_ready` and `max_pods` (those not on their way out), and `rolled_seconds`,
    `rolled` (True in time), `old_left` (pods of another version at the end).
    """

    say: Text
    app: str
    version: str
    count: int = 3
    seconds: float = 90.0
    verb: ClassVar[str] = "rollout-status"

    def arguments(self) -> tuple[str, ...]:
        return ("rollout", "status", f"deployment/{self.app}", f"--timeout={self.seconds:.0f}s")

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        began = time.monotonic()

        def rolled() -> bool | None:
            pods = sandbox.seen.pods(self.app)
            new = [pod for pod in pods if version(pod) == self.version and ready(pod)]
            return (len(pods) == len(new) == self.count) or None

        done = sandbox.wait(rolled, self.seconds)
        yield Measured("rolled", bool(done))
        yield Measured("rolled_seconds", round(time.monotonic() - began, 1))
        yield Measured("old_left", sum(version(pod) != self.version for pod in sandbox.seen.pods(self.app)))
        lowest, highest = extremes(sandbox, self.app, int(sandbox.memory.get("mark", "0")))
        yield Measured("min_ready", lowest)
        yield Measured("max_pods", highest)


def extremes(sandbox: Sandbox, app: str, mark: int) -> tuple[int, int]:
    """The fewest ready pods of an app and the most that were not on their way out, at any change since the mark."""
    now: dict[str, dict[str, Any]] = {}
    lowest, highest = 10**6, 0
    for number, one in enumerate(sandbox.seen.since(0)):
        if one.kind != "Pod" or labels(one.form).get("app") != app:
            continue
        if one.change == "deleted":
            now.pop(one.uid, None)
        else:
            now[one.uid] = one.form
        if number >= mark:
            lowest = min(lowest, sum(map(ready, now.values())))
            highest = max(highest, sum(not deleting(pod) for pod in now.values()))
    return (0 if lowest == 10**6 else lowest), highest

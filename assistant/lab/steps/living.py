"""The life of single pods on the watch: being made, crashing, being gone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from assistant.lab.demo import Text
from assistant.lab.events import Event, LogLine, Measured
from assistant.lab.sandbox import Sandbox
from assistant.lab.seen import ready, restarts
from assistant.lab.steps.verb import Verb
from knowledge.errors import StudyError


def _pod(sandbox: Sandbox, name: str) -> dict[str, Any]:
    found = sandbox.seen.get("Pod", name)
    if found is None:
        raise StudyError("no-such-pod", app=name)
    return found


def _ip(pod: dict[str, Any]) -> str:
    return str((pod.get("status") or {}).get("podIP") or "")


@dataclass(frozen=True, slots=True)
class SeeLife(Verb):
    """Read a pod's life off the watch until it is ready, at most `seconds`.

    Measures `added` and `modified` (how often the API server told of it), `changes` (both), `in_order` (resourceVersion rises),
    `scheduled_first` (the event Scheduled stands before Started), `events` in their order, `ready_seconds`.
    """

    say: Text
    pod: str
    seconds: float = 60.0
    verb: ClassVar[str] = "see-life"

    def arguments(self) -> tuple[str, ...]:
        return ("get", "pod", self.pod, "--watch", "--output-watch-events")

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        def there() -> bool | None:
            return ((pod := sandbox.seen.get("Pod", self.pod)) is not None and ready(pod)) or None

        def told() -> list[str] | None:
            of_pod = [one for one in sandbox.seen.all("Event") if one["involvedObject"]["name"] == self.pod]
            of_pod.sort(key=lambda one: int(one["metadata"]["resourceVersion"]))
            reasons = [str(one.get("reason", "")) for one in of_pod]
            return reasons if "Started" in reasons and "Scheduled" in reasons else None

        came = sandbox.wait(there, self.seconds)
        reasons = sandbox.wait(told, 5.0) if came else None
        seen = [one for one in sandbox.seen.since(0) if one.kind == "Pod" and one.name == self.pod]
        versions = [int(one.form["metadata"]["resourceVersion"]) for one in seen]
        for one in seen:
            yield LogLine("watch", f"{one.change.upper()} {one.form['metadata']['resourceVersion']}")
        yield Measured("added", sum(one.change == "added" for one in seen))
        yield Measured("modified", sum(one.change == "modified" for one in seen))
        yield Measured("changes", len(seen))
        yield Measured("in_order", versions == sorted(set(versions)))
        if came:
            yield Measured("ready_seconds", round(seen[-1].at - seen[0].at, 1))
        if reasons is not None:
            yield Measured("events", " → ".join(reasons))
            yield Measured("scheduled_first", reasons.index("Scheduled") < reasons.index("Started"))


@dataclass(frozen=True, slots=True)
class Crash(Verb):
    """Make the program in a pod's container exit, once, and remember what the pod was."""

    say: Text
    pod: str
    code: int = 1
    verb: ClassVar[str] = "crash"

    def arguments(self) -> tuple[str, ...]:
        return ("exec", self.pod, "--", "curl", "-s", f"http://127.0.0.1:8080/exit?code={self.code}")

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        before = _pod(sandbox, self.pod)
        sandbox.memory[f"{self.pod}_uid"] = str(before["metadata"]["uid"])
        sandbox.memory[f"{self.pod}_ip"] = _ip(before)
        sandbox.exec(self.pod, *self.arguments()[3:])
        yield from ()

    def took_effect(self, sandbox: Sandbox) -> bool:
        pod = _pod(sandbox, self.pod)
        if not restarts(pod):
            sandbox.memory[f"{self.pod}_uid"] = str(pod["metadata"]["uid"])
            sandbox.memory[f"{self.pod}_ip"] = _ip(pod)
        return restarts(pod) > 0


@dataclass(frozen=True, slots=True)
class WaitRestarts(Verb):
    """Wait until a pod's container has been restarted and is ready again, at most `seconds`.

    Measures `{name}_restarts`, `{name}_seconds`, and `{name}_same_uid`, `{name}_same_ip` against what Crash remembered, or
    what the watch saw first. Without a restart in time `{name}_restarts` is 0.
    """

    say: Text
    pod: str
    name: str
    seconds: float = 30.0
    back: bool = True
    verb: ClassVar[str] = "wait-restarts"

    def arguments(self) -> tuple[str, ...]:
        return ("get", "pod", self.pod, "--watch")

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        began = time.monotonic()

        def back() -> bool | None:
            pod = sandbox.seen.get("Pod", self.pod)
            return (pod is not None and restarts(pod) > 0 and (ready(pod) or not self.back)) or None

        sandbox.wait(back, self.seconds)
        pod = _pod(sandbox, self.pod)
        first = next((one for one in sandbox.seen.since(0) if one.kind == "Pod" and one.name == self.pod), None)
        uid = sandbox.memory.get(f"{self.pod}_uid") or (first.uid if first else "")
        yield Measured(f"{self.name}_restarts", restarts(pod))
        yield Measured(f"{self.name}_seconds", round(time.monotonic() - began, 1))
        yield Measured(f"{self.name}_same_uid", uid == pod["metadata"]["uid"])
        if address := sandbox.memory.get(f"{self.pod}_ip"):
            yield Measured(f"{self.name}_same_ip", address == _ip(pod))


@dataclass(frozen=True, slots=True)
class LookAtPod(Verb):
    """Measure a pod as it is now: `{name}_restarts`, `{name}_is_ready`."""

    say: Text
    pod: str
    name: str
    verb: ClassVar[str] = "look-at-pod"

    def arguments(self) -> tuple[str, ...]:
        return ("get", "pod", self.pod)

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        pod = _pod(sandbox, self.pod)
        yield Measured(f"{self.name}_restarts", restarts(pod))
        yield Measured(f"{self.name}_is_ready", ready(pod))


@dataclass(frozen=True, slots=True)
class StaysGone(Verb):
    """Wait until no pod of the app is left, at most `patience` seconds, then watch for `seconds` whether one comes.

    Measures `came_back`: how many pods the API server has in the end, and `watched_seconds`. What the watch does not show may
    only not have been told: the last word has a list.
    """

    say: Text
    app: str
    seconds: float = 10.0
    patience: float = 20.0
    verb: ClassVar[str] = "stays-gone"

    def arguments(self) -> tuple[str, ...]:
        return ("get", "pods", "-l", f"app={self.app}", "--watch")

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        sandbox.wait(lambda: not sandbox.seen.pods(self.app) or None, self.patience)
        mark = sandbox.seen.mark()
        began = time.monotonic()

        def came() -> bool | None:
            return any(one.kind == "Pod" and one.change == "added" for one in sandbox.seen.since(mark)) or None

        sandbox.wait(came, self.seconds)
        yield Measured("came_back", len(sandbox.select(f"app={self.app}")))
        yield Measured("watched_seconds", round(time.monotonic() - began))

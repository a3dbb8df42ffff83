"""A roll-out that cannot finish, and the way back: the report of the deadline, undo, and what the watch shows of both."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from assistant.lab.demo import Text
from assistant.lab.events import Event, LogLine, Measured
from assistant.lab.sandbox import Sandbox
from assistant.lab.seen import Form, owner, ready
from assistant.lab.steps.verb import Verb
from knowledge.errors import StudyError

REVISION = "deployment.kubernetes.io/revision"
HASH = "pod-template-hash"


def revision(form: Form) -> int:
    """The revision of a Deployment or ReplicaSet, 0 where it has none yet."""
    return int((form["metadata"].get("annotations") or {}).get(REVISION, 0))


def replicasets(sandbox: Sandbox, deployment: str) -> list[Form]:
    """The ReplicaSets of a Deployment, the newest revision first."""
    return sorted((one for one in sandbox.seen.all("ReplicaSet") if owner(one) == deployment), key=revision, reverse=True)


def template_of(replicaset: Form) -> dict[str, Any]:
    """The pod template of a ReplicaSet as a Deployment has it: without the hash."""
    template: dict[str, Any] = replicaset["spec"]["template"]
    kept = {key: value for key, value in template["metadata"].get("labels", {}).items() if key != HASH}
    return {**template, "metadata": {**template["metadata"], "labels": kept}}


def _images(form: Form) -> list[str]:
    return [str(one["image"]) for one in form["spec"]["template"]["spec"]["containers"]]


@dataclass(frozen=True, slots=True)
class WaitDeadline(Verb):
    """Wait until the Deployment reports that its roll-out is past its deadline, then `after` seconds more for a way back.

    Measures `deadline_reported`, `deadline_seconds`, `went_back` (the template or the ReplicaSets were turned back by
    themselves), `old_ready` and `new_ready` (pods of the older and the newest ReplicaSet), `revision_before`.
    """

    say: Text
    deployment: str
    seconds: float = 30.0
    after: float = 2.0
    verb: ClassVar[str] = "wait-deadline"

    def arguments(self) -> tuple[str, ...]:
        return ("rollout", "status", f"deployment/{self.deployment}", f"--timeout={self.seconds:.0f}s")

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        began = time.monotonic()
        told = sandbox.wait(lambda: self._told(sandbox), self.seconds)
        yield Measured("deadline_reported", told is not None)
        if told is not None:
            yield Measured("deadline_seconds", round(time.monotonic() - began, 1))
            yield LogLine(self.deployment, told)
        before = sandbox.seen.get("Deployment", self.deployment)
        sandbox.sleep(self.after)
        now = sandbox.seen.get("Deployment", self.deployment)
        sets = replicasets(sandbox, self.deployment)
        if before is None or now is None or not sets:
            raise StudyError("no-such-pod", app=self.deployment)
        counts = [sum(ready(pod) and owner(pod) == one["metadata"]["name"] for pod in sandbox.seen.pods()) for one in sets]
        yield Measured("went_back", _images(now) != _images(before))
        yield Measured("new_ready", counts[0])
        yield Measured("old_ready", sum(counts[1:]))
        yield Measured("revision_before", revision(now))

    def _told(self, sandbox: Sandbox) -> str | None:
        form = sandbox.seen.get("Deployment", self.deployment) or {}
        for one in (form.get("status") or {}).get("conditions") or []:
            if one["type"] == "Progressing" and one.get("reason") == "ProgressDeadlineExceeded":
                return str(one.get("message", ""))
        return None


@dataclass(frozen=True, slots=True)
class Undo(Verb):
    """Go back to the revision before the newest, as `kubectl rollout undo` does: its template is written into the Deployment.

    There is no such verb in the API. StudyError `rollout-paused` where the Deployment is paused, `nothing-to-undo` without one.
    """

    say: Text
    deployment: str
    verb: ClassVar[str] = "undo"

    def arguments(self) -> tuple[str, ...]:
        return ("rollout", "undo", f"deployment/{self.deployment}")

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        sandbox.memory["mark"] = str(sandbox.seen.mark())
        form = sandbox.seen.get("Deployment", self.deployment)
        earlier = replicasets(sandbox, self.deployment)[1:]
        if form is None or not earlier:
            raise StudyError("nothing-to-undo", deployment=self.deployment)
        if form["spec"].get("paused"):
            raise StudyError("rollout-paused", deployment=self.deployment)
        change = [{"op": "replace", "path": "/spec/template", "value": template_of(earlier[0])}]
        sandbox.patch("Deployment", self.deployment, change, style="json", verb="rollout undo")
        yield from ()

    def took_effect(self, sandbox: Sandbox) -> bool:
        """The Deployment's revision is above what it was at the mark."""
        mark = int(sandbox.memory.get("mark", "0"))
        seen = [one.form for one in sandbox.seen.since(0)[:mark] if one.kind == "Deployment" and one.name == self.deployment]
        now = sandbox.seen.get("Deployment", self.deployment)
        return bool(seen) and now is not None and revision(now) > revision(seen[-1])


@dataclass(frozen=True, slots=True)
class SeeUndone(Verb):
    """See on the watch which ReplicaSet runs after the undo, and when all its pods are ready and no others are left.

    Measures `undone`, `undo_seconds`, `same_replicaset` (its UID is from before the undo), `revision_after`,
    `revision_rose` and `replicasets`.
    """

    say: Text
    deployment: str
    count: int = 3
    seconds: float = 20.0
    verb: ClassVar[str] = "see-undone"

    def arguments(self) -> tuple[str, ...]:
        return ("rollout", "history", f"deployment/{self.deployment}")

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        mark = int(sandbox.memory.get("mark", "0"))
        began = time.monotonic()
        old = {one.uid: revision(one.form) for one in sandbox.seen.since(0)[:mark] if one.kind == "ReplicaSet"}

        def running() -> Form | None:
            sets = replicasets(sandbox, self.deployment)
            others = [one for one in sets[1:] if (one.get("status") or {}).get("replicas")]
            newest = sets[0] if sets else None
            risen = newest is not None and revision(newest) > max(old.values(), default=0)
            full = newest is not None and (newest.get("status") or {}).get("readyReplicas") == self.count
            return newest if risen and full and not others else None

        found = sandbox.wait(running, self.seconds)
        yield Measured("undone", found is not None)
        yield Measured("replicasets", len(replicasets(sandbox, self.deployment)))
        if found is not None:
            yield Measured("undo_seconds", round(time.monotonic() - began, 1))
            yield Measured("same_replicaset", found["metadata"]["uid"] in old)
            yield Measured("revision_after", revision(found))
            yield Measured("revision_rose", revision(found) > max(old.values(), default=0))

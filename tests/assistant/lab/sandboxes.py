"""A sandbox over a cluster that is only a list of objects: writes are remembered, what its watch shows a test says."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from assistant.lab.commands import Done
from assistant.lab.demo import Step, Value
from assistant.lab.events import Event, Measured
from assistant.lab.sandbox import Sandbox
from assistant.lab.surveying import Survey

Form = dict[str, Any]


class FakeCluster:
    """The calls that a step makes, and answers that a test gives."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, ...]] = []
        self.selected: dict[str, tuple[str, ...]] = {}
        self.answer: Any = {}

    def create(self, namespace: str, form: Form) -> Form:
        self.calls.append(("create", form["kind"], form["metadata"]["name"]))
        return form

    def patch(self, kind: str, namespace: str, name: str, change: object, *, part: str = "", style: str = "merge") -> Form:
        self.calls.append(("patch", kind, name, part, style, str(change)))
        return {}

    def delete(self, kind: str, namespace: str, name: str, *, grace: int | None = None) -> bool:
        self.calls.append(("delete", kind, name))
        return True

    def list(self, kind: str, namespace: str = "", *, labels: str = "") -> list[Form]:
        return [{"metadata": {"name": name}} for name in self.selected.get(labels, ())]


class Watched(Sandbox):
    """A sandbox without kubectl and without a network; `told` are the events of its writes and its watch."""

    def __init__(self, survey: Survey | None = None) -> None:
        self.told: list[Event] = []
        self.cluster = FakeCluster()
        self.outputs: list[Done] = []
        super().__init__(
            context="minikube",
            namespace="ns",
            image="image:1",
            cluster=self.cluster,  # type: ignore[arg-type]
            kubeconfig=Path("none"),
            emit=self.told.append,
            gate=lambda: None,
            record=lambda verb, kind, name: None,
            survey=lambda: survey or Survey((), ()),
            stopping=threading.Event(),
        )

    def kubectl(self, *arguments: str, seconds: float = 30.0) -> Done:
        self.cluster.calls.append(("kubectl", *arguments))
        return self.outputs.pop(0) if self.outputs else Done(0, "", "")

    def show(self, *forms: Form, change: str = "added") -> None:
        """The watch shows these objects."""
        for form in forms:
            self.seen.on(change, form.get("kind", "Pod"), form)  # type: ignore[arg-type]


_NUMBERS = itertools.count(1)


def pod(
    name: str,
    *,
    app: str = "web",
    uid: str = "",
    ready: bool = True,
    deleting: bool = False,
    restarts: int = 0,
    owner: str = "",
    version: str = "",
    phase: str = "Running",
    waiting: str = "",
    terminated: str = "",
    scheduled: bool = True,
    created: str = "2026-01-01T00:00:00Z",
    **labels: str,
) -> Form:
    """A pod as a watch shows it."""
    meta: Form = {
        "name": name,
        "uid": uid or f"uid-{name}",
        "labels": {"app": app, **labels},
        "resourceVersion": str(next(_NUMBERS)),
        "creationTimestamp": created,
    }
    if deleting:
        meta["deletionTimestamp"] = "2026-01-01T00:00:01Z"
    if owner:
        meta["ownerReferences"] = [{"kind": "ReplicaSet", "name": owner, "controller": True}]
    state: Form = {"waiting": {"reason": waiting}} if waiting else {"terminated": {"reason": terminated}} if terminated else {}
    conditions = [{"type": "Ready", "status": str(ready)}]
    if not scheduled:
        conditions.append({"type": "PodScheduled", "status": "False", "reason": "Unschedulable"})
    env = [{"name": "VERSION", "value": version}] if version else []
    return {
        "kind": "Pod",
        "metadata": meta,
        "spec": {"containers": [{"name": "main", "env": env}], "nodeName": "minikube" if scheduled else ""},
        "status": {
            "phase": phase,
            "podIP": "10.0.0.1",
            "conditions": conditions,
            "containerStatuses": [{"ready": ready, "restartCount": restarts, "state": state}],
        },
    }


def event(of: str, reason: str, kind: str = "Normal") -> Form:
    """A Kubernetes event of a pod."""
    number = str(next(_NUMBERS))
    meta = {"name": f"{of}.{number}", "uid": f"event-{number}", "resourceVersion": number}
    return {"kind": "Event", "metadata": meta, "involvedObject": {"name": of}, "reason": reason, "type": kind, "message": ""}


def slice_(service: str, ready: Iterable[str], unready: Iterable[str] = ()) -> Form:
    """An EndpointSlice."""
    listed = [(name, True) for name in ready] + [(name, False) for name in unready]
    return {
        "kind": "EndpointSlice",
        "metadata": {"name": f"{service}-x", "uid": f"slice-{service}", "labels": {"kubernetes.io/service-name": service}},
        "endpoints": [{"conditions": {"ready": state}, "targetRef": {"name": name}} for name, state in listed],
    }


def measured(step: Step, sandbox: Sandbox) -> dict[str, Value]:
    """What a step measures."""
    return {one.name: one.value for one in step.perform(sandbox) if isinstance(one, Measured)}

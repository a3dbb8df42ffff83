"""Labels: asking by selector, changing a label, and seeing what followed it: endpoints and owners."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from assistant.lab.demo import Text
from assistant.lab.events import Event, LogLine, Measured
from assistant.lab.sandbox import Sandbox
from assistant.lab.seen import deleting, endpoints, labels, owner, ready
from assistant.lab.steps.verb import Verb
from knowledge.errors import StudyError


@dataclass(frozen=True, slots=True)
class Select(Verb):
    """Ask the API server for the pods that match each selector, and compare with the predicted names.

    Measures `selectors` (how many) and `selected` (how many gave exactly the predicted pods).
    """

    say: Text
    predicted: tuple[tuple[str, tuple[str, ...]], ...]
    verb: ClassVar[str] = "select"

    def arguments(self) -> tuple[str, ...]:
        return ("get", "pods", "-l", self.predicted[0][0])

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        exact = 0
        for selector, names in self.predicted:
            found = sandbox.select(selector)
            exact += found == tuple(sorted(names))
            yield LogLine(f"-l {selector}", " ".join(found) or "-")
        yield Measured("selectors", len(self.predicted))
        yield Measured("selected", exact)


@dataclass(frozen=True, slots=True)
class Relabel(Verb):
    """Set a label of a pod; `pod` is its name, or `{victim}`: what an earlier step remembered under it."""

    say: Text
    pod: str
    key: str
    value: str
    verb: ClassVar[str] = "label"

    def arguments(self) -> tuple[str, ...]:
        return ("label", "pod", self.pod, f"{self.key}={self.value}", "--overwrite")

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        sandbox.patch("Pod", sandbox.known(self.pod), {"metadata": {"labels": {self.key: self.value}}}, verb="label")
        yield from ()

    def took_effect(self, sandbox: Sandbox) -> bool:
        pod = sandbox.seen.get("Pod", sandbox.known(self.pod))
        return pod is not None and labels(pod).get(self.key) == self.value


@dataclass(frozen=True, slots=True)
class WaitEndpoints(Verb):
    """Wait until a Service's EndpointSlices list exactly these pods as ready, and besides the `unready` ones as not ready.

    Measures `{name}_exact`, `{name}_endpoints` (ready ones), `{name}_unready` (listed but not ready), `{name}_seconds`.
    """

    say: Text
    service: str
    pods: tuple[str, ...]
    name: str
    seconds: float = 30.0
    unready: tuple[str, ...] = ()
    verb: ClassVar[str] = "wait-endpoints"

    def arguments(self) -> tuple[str, ...]:
        return ("get", "endpointslices", "-l", f"kubernetes.io/service-name={self.service}", "-o", "yaml")

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        def listed(*, are_ready: bool) -> tuple[str, ...]:
            mine = [
                one
                for one in sandbox.seen.all("EndpointSlice")
                if labels(one).get("kubernetes.io/service-name") == self.service
            ]
            return tuple(sorted(name for one in mine for name in endpoints(one, are_ready=are_ready)))

        def exact() -> bool:
            return listed(are_ready=True) == tuple(sorted(self.pods))

        sandbox.wait(lambda: (exact() and {*self.unready} <= {*listed(are_ready=False)}) or None, self.seconds)
        yield Measured(f"{self.name}_exact", exact())
        yield Measured(f"{self.name}_endpoints", len(listed(are_ready=True)))
        yield Measured(f"{self.name}_unready", len(listed(are_ready=False)))
        yield Measured(f"{self.name}_seconds", round(time.monotonic() - sandbox.changed_at, 1))


@dataclass(frozen=True, slots=True)
class SeeOwner(Verb):
    """Wait until the remembered pod has an owner, or none, and `total` pods that are not on their way out are ready.

    Measures `{name}_owned`, `{name}_total`, `{name}_alive` (the pod is there), `{name}_seconds`.
    """

    say: Text
    pod: str
    owned: bool
    total: int
    name: str
    seconds: float = 30.0
    verb: ClassVar[str] = "see-owner"

    def arguments(self) -> tuple[str, ...]:
        columns = "NAME:.metadata.name,OWNER:.metadata.ownerReferences[0].name,APP:.metadata.labels.app"
        return ("get", "pods", "-o", f"custom-columns={columns}")

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        name = sandbox.memory.get(self.pod)
        if name is None:
            raise StudyError("no-such-pod", app=self.pod)

        def staying() -> int:
            return sum(not deleting(pod) and ready(pod) for pod in sandbox.seen.pods())

        def settled() -> bool | None:
            pod = sandbox.seen.get("Pod", name)
            return (pod is not None and bool(owner(pod)) is self.owned and staying() == self.total) or None

        sandbox.wait(settled, self.seconds)
        pod = sandbox.seen.get("Pod", name)
        yield Measured(f"{self.name}_owned", pod is not None and bool(owner(pod)))
        yield Measured(f"{self.name}_alive", pod is not None and not deleting(pod))
        yield Measured(f"{self.name}_total", staying())
        yield Measured(f"{self.name}_seconds", round(time.monotonic() - sandbox.changed_at, 1))

"""Looking around: the nodes and the system's own pods, told apart by who owns them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from assistant.lab.demo import Text
from assistant.lab.events import Adjusted, Event, LogLine, Measured
from assistant.lab.sandbox import Sandbox
from assistant.lab.steps.verb import Verb

CONTROL_PLANE = "node-role.kubernetes.io/control-plane"


@dataclass(frozen=True, slots=True)
class LookAround(Verb):
    """List nodes and kube-system's pods, with the learner's own rights and reading only.

    Measures `nodes`, `control_planes`, `system_pods`, `containers` (those that run in a container of the runtime), `runtime`,
    `static_pods`, `daemonset_pods`, `deployment_pods`, and `static_expected`: 1, or 0 where the platform shows none (Adjusted).
    """

    say: Text
    verb: ClassVar[str] = "look-around"

    def arguments(self) -> tuple[str, ...]:
        return ("get", "pods", "-A", "-o", "wide")

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        around = sandbox.survey()
        owners = Counter(pod.owner for pod in around.system)
        for node in around.nodes:
            role = "control-plane" if CONTROL_PLANE in node.labels else "worker"
            yield LogLine("node", f"{node.name} {role} {'Ready' if node.ready else 'NotReady'}")
        for pod in around.system:
            yield LogLine(pod.owner or "-", f"{pod.name} {pod.phase} {pod.runtime}")
        yield Measured("nodes", len(around.nodes))
        yield Measured("control_planes", sum(CONTROL_PLANE in node.labels for node in around.nodes))
        yield Measured("system_pods", len(around.system))
        yield Measured("containers", sum(pod.containers > 0 for pod in around.system))
        yield Measured("runtime", next((pod.runtime for pod in around.system if pod.runtime), ""))
        yield Measured("static_pods", owners["Node"])
        yield Measured("daemonset_pods", owners["DaemonSet"])
        yield Measured("deployment_pods", owners["ReplicaSet"])
        yield Measured("static_expected", 1 if owners["Node"] else 0)
        if not owners["Node"]:
            yield Adjusted("no-static-pods")

"""A read-only look at what lies outside the sandbox: the nodes, the pods of kube-system, how kube-proxy works, a tunnel.

Read with the learner's own rights; nothing here can change anything. What was not found stays empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from assistant.lab.cluster import Cluster, node_fact
from assistant.lab.guard import NodeFact

Form: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SystemPod:
    """A pod of kube-system and the kind of its owner: Node (a static pod), DaemonSet, ReplicaSet (of a Deployment), ...."""

    name: str
    owner: str
    phase: str
    containers: int
    runtime: str
    """The scheme of its container ids, e.g. containerd or docker."""


@dataclass(frozen=True, slots=True)
class Survey:
    """The cluster around the sandbox."""

    nodes: tuple[NodeFact, ...]
    system: tuple[SystemPod, ...]
    routes: Mapping[str, str] = field(default_factory=dict)
    """node name -> pod CIDR"""


def _system_pod(pod: Form) -> SystemPod:
    owners = pod["metadata"].get("ownerReferences") or []
    statuses = (pod.get("status") or {}).get("containerStatuses") or []
    ids = [str(one.get("containerID") or "") for one in statuses]
    return SystemPod(
        str(pod["metadata"]["name"]),
        str(owners[0]["kind"]) if owners else "",
        str((pod.get("status") or {}).get("phase", "")),
        len([one for one in ids if one]),
        next((one.split("://")[0] for one in ids if one), ""),
    )


def survey(cluster: Cluster) -> Survey:
    """Look, now."""
    nodes = cluster.list("Node")
    pods = cluster.list("Pod", "kube-system")
    routes = {str(node["metadata"]["name"]): str((node.get("spec") or {}).get("podCIDR") or "") for node in nodes}
    return Survey(tuple(map(node_fact, nodes)), tuple(map(_system_pod, pods)), routes)

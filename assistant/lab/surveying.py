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
    proxy_mode: str = ""
    """How kube-proxy works: iptables, nftables, ipvs; "" where there is no kube-proxy to ask."""
    overlay: str = ""
    """How the CNI says it encapsulates packets between nodes, e.g. vxlan; "" where it announces nothing."""


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


def proxy_mode(config: Form | None) -> str:
    """The mode in the ConfigMap kube-proxy; left empty it is iptables."""
    import yaml

    if config is None:
        return ""
    try:
        told = yaml.safe_load((config.get("data") or {}).get("config.conf") or "")
        return str((told or {}).get("mode") or "iptables")
    except (yaml.YAMLError, AttributeError):
        return ""


def overlay(node: Form) -> str:
    """What flannel or Calico notes on its node about encapsulation."""
    notes = node["metadata"].get("annotations") or {}
    if notes.get("flannel.alpha.coreos.com/backend-type") in ("vxlan", "ipip", "wireguard"):
        return str(notes["flannel.alpha.coreos.com/backend-type"])
    if notes.get("projectcalico.org/IPv4VXLANTunnelAddr"):
        return "vxlan"
    return "ipip" if notes.get("projectcalico.org/IPv4IPIPTunnelAddr") else ""


def survey(cluster: Cluster) -> Survey:
    """Look, now."""
    nodes = cluster.list("Node")
    pods = cluster.list("Pod", "kube-system")
    routes = {str(node["metadata"]["name"]): str((node.get("spec") or {}).get("podCIDR") or "") for node in nodes}
    mode = proxy_mode(cluster.get("ConfigMap", "kube-system", "kube-proxy"))
    around = next(filter(None, map(overlay, nodes)), "")
    return Survey(tuple(map(node_fact, nodes)), tuple(map(_system_pod, pods)), routes, mode, around)

"""The whole API surface the lab can reach, in one place: which kinds, by which verbs, with whose rights. Pure; a test holds it.

The owner (the learner's own kubeconfig) reads facts, makes and removes the sandbox, holds the lease. The steps, kubectl
included, act as a ServiceAccount of the sandbox's namespace and can do what `STEP_RULES` say there, and nothing anywhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LABEL = "app.kubernetes.io/managed-by"
OURS = "kubenote"
RUN_LABEL = "kubenote.dev/run"
DEMO_LABEL = "kubenote.dev/demo"
HOME_LABEL = "kubenote.dev/home"
EXPIRES = "kubenote.dev/expires"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of object and where the API has it."""

    name: str
    group: str
    version: str
    plural: str
    namespaced: bool = True

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    def path(self, namespace: str = "", name: str = "", part: str = "") -> str:
        """The API path of the collection, of one object, or of a part (subresource) of it."""
        root = f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"
        place = f"/namespaces/{namespace}" if self.namespaced else ""
        return "/".join([root + place, self.plural, *(bit for bit in (name, part) if bit)])


KINDS = {
    kind.name: kind
    for kind in (
        Kind("Namespace", "", "v1", "namespaces", namespaced=False),
        Kind("Node", "", "v1", "nodes", namespaced=False),
        Kind("Pod", "", "v1", "pods"),
        Kind("Service", "", "v1", "services"),
        Kind("Event", "", "v1", "events"),
        Kind("ConfigMap", "", "v1", "configmaps"),
        Kind("ServiceAccount", "", "v1", "serviceaccounts"),
        Kind("ResourceQuota", "", "v1", "resourcequotas"),
        Kind("LimitRange", "", "v1", "limitranges"),
        Kind("Deployment", "apps", "v1", "deployments"),
        Kind("ReplicaSet", "apps", "v1", "replicasets"),
        Kind("DaemonSet", "apps", "v1", "daemonsets"),
        Kind("EndpointSlice", "discovery.k8s.io", "v1", "endpointslices"),
        Kind("Role", "rbac.authorization.k8s.io", "v1", "roles"),
        Kind("RoleBinding", "rbac.authorization.k8s.io", "v1", "rolebindings"),
        Kind("Lease", "coordination.k8s.io", "v1", "leases"),
    )
}

WATCHED = ("Pod", "Deployment", "ReplicaSet", "Service", "EndpointSlice", "Event")
"""What a run watches in its namespace."""

STEP_RULES: tuple[dict[str, list[str]], ...] = (
    {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch", "create", "delete", "patch"]},
    {"apiGroups": [""], "resources": ["pods/exec", "pods/portforward"], "verbs": ["get", "create"]},
    {"apiGroups": [""], "resources": ["pods/log", "services/proxy"], "verbs": ["get"]},
    {"apiGroups": [""], "resources": ["services"], "verbs": ["get", "list", "watch", "create", "delete", "patch"]},
    {"apiGroups": [""], "resources": ["events"], "verbs": ["list", "watch"]},
    {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get", "list", "watch", "create", "delete", "patch"]},
    {"apiGroups": ["apps"], "resources": ["deployments/scale"], "verbs": ["patch"]},
    {"apiGroups": ["apps"], "resources": ["replicasets"], "verbs": ["list", "watch"]},
    {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": ["list", "watch"]},
)
"""The rights of the steps, in their own namespace only. Services are also listed and watched: the picture shows them."""

OWNER_READS = (
    "/version",
    "Namespace",
    "Node",
    "Pod in kube-system",
    "DaemonSet in kube-system",
    "ConfigMap kube-proxy",
    "Lease",
    "ServiceAccount",
)
"""What is read with the learner's own rights."""

OWNER_WRITES: dict[str, tuple[str, ...]] = {
    "Namespace": ("create", "delete"),
    "ResourceQuota": ("create",),
    "LimitRange": ("create",),
    "ServiceAccount": ("create", "token"),
    "Role": ("create",),
    "RoleBinding": ("create",),
    "Pod": ("delete",),
    "Lease": ("create", "update", "delete"),
}
"""What is written with the learner's own rights: the sandbox, its end, and the lease in the namespace `default`."""


def role(name: str) -> dict[str, Any]:
    """The Role of the steps."""
    return {
        "apiVersion": KINDS["Role"].api_version,
        "kind": "Role",
        "metadata": {"name": name, "labels": {LABEL: OURS}},
        "rules": [dict(rule) for rule in STEP_RULES],
    }

"""The whole API surface the lab can reach, word by word: a right more or less is a decision, and changes this test."""

from __future__ import annotations

from datetime import UTC, datetime

from assistant.lab import grounds, surface

RIGHTS = {
    "pods": "get list watch create delete patch",
    "pods/exec": "get create",
    "pods/portforward": "get create",
    "pods/log": "get",
    "services": "get list watch create delete patch",
    "services/proxy": "get",
    "events": "list watch",
    "apps/deployments": "get list watch create delete patch",
    "apps/deployments/scale": "patch",
    "apps/replicasets": "list watch",
    "discovery.k8s.io/endpointslices": "list watch",
}
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_rights_of_the_steps() -> None:
    """Exactly these, in their own namespace."""
    given = {
        (f"{group}/{resource}" if group else resource): " ".join(rule["verbs"])
        for rule in surface.STEP_RULES
        for group in rule["apiGroups"]
        for resource in rule["resources"]
    }
    assert given == RIGHTS


def test_what_is_written_with_the_learners_own_rights() -> None:
    """The sandbox, its end, and the lease: nothing is patched, no node, no cluster-wide role, no secret."""
    assert surface.OWNER_WRITES == {
        "Namespace": ("create", "delete"),
        "ResourceQuota": ("create",),
        "LimitRange": ("create",),
        "ServiceAccount": ("create", "token"),
        "Role": ("create",),
        "RoleBinding": ("create",),
        "Pod": ("delete",),
        "Lease": ("create", "update", "delete"),
    }


def test_the_sandbox_of_a_run() -> None:
    """Labels, an expiry, room for 12 pods and more, limits, restricted Pod Security, a Role and no ClusterRole."""
    forms = grounds.manifests("kubenote-r", "r", "demo", "home", NOW)
    kinds = {form["kind"]: form for form in forms}
    assert list(kinds) == ["Namespace", "ResourceQuota", "LimitRange", "ServiceAccount", "Role", "RoleBinding"]
    meta = kinds["Namespace"]["metadata"]
    assert meta["labels"]["app.kubernetes.io/managed-by"] == "kubenote"
    assert meta["labels"]["kubenote.dev/run"] == "r"
    assert meta["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert meta["annotations"]["kubenote.dev/expires"] == "2026-01-01T01:00:00Z"
    assert int(kinds["ResourceQuota"]["spec"]["hard"]["pods"]) >= 12
    assert "default" in kinds["LimitRange"]["spec"]["limits"][0]
    assert kinds["RoleBinding"]["subjects"] == [{"kind": "ServiceAccount", "name": grounds.ACCOUNT, "namespace": "kubenote-r"}]


def test_paths_of_the_api() -> None:
    """Collections, objects and their parts."""
    kinds = surface.KINDS
    assert kinds["Pod"].path("ns", "p", "log") == "/api/v1/namespaces/ns/pods/p/log"
    assert kinds["Deployment"].path("ns") == "/apis/apps/v1/namespaces/ns/deployments"
    assert kinds["Namespace"].path(name="ns") == "/api/v1/namespaces/ns"

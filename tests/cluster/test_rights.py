"""The steps' token and the kubeconfig that holds it: what they can reach on a real API server, and what not."""

from __future__ import annotations

import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from assistant.demos.catalogue import DEMOS
from assistant.journal import Journal
from assistant.lab import performing, running
from assistant.lab.cluster import Cluster
from assistant.lab.events import Changed, CleanedUp, StepStarted
from assistant.lab.surface import KINDS
from assistant.settings import Settings

pytestmark = pytest.mark.cluster

FORBIDDEN = (
    ("GET", "/api/v1/nodes"),
    ("GET", "/api/v1/namespaces"),
    ("GET", "/api/v1/namespaces/kube-system/pods"),
    ("GET", "/api/v1/namespaces/default/pods"),
    ("GET", "/api/v1/namespaces/{ns}/secrets"),
    ("GET", "/api/v1/namespaces/{ns}/configmaps"),
    ("DELETE", "/api/v1/namespaces/{ns}"),
    ("DELETE", "/apis/apps/v1/namespaces/{ns}/replicasets/x"),
    ("DELETE", "/api/v1/namespaces/{ns}/resourcequotas/kubenote"),
    ("GET", "/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/roles"),
    ("GET", "/apis/coordination.k8s.io/v1/namespaces/default/leases/kubenote"),
)


def test_the_token_of_a_run(settings: Settings, journal: Journal, owner: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """It works in its own namespace only; its kubeconfig is its owner's alone, and is gone with the run."""
    made: dict[str, Any] = {}
    write = performing.grounds.write_kubeconfig

    def seen(entry: Any, token: str, namespace: str, path: Path) -> None:
        write(entry, token, namespace, path)
        made.update(token=token, namespace=namespace, path=path, text=path.read_text("utf-8"), mode=path.stat().st_mode)

    monkeypatch.setattr(performing.grounds, "write_kubeconfig", seen)
    run = running.start(DEMOS["replicaset-self-healing"], settings=settings, ledger=journal)
    for moment in run.follow():
        if isinstance(moment.event, StepStarted) and moment.event.step == 1:
            steps = Cluster(owner.entry, token=made["token"])
            try:
                for method, path in FORBIDDEN:
                    reply = steps.call(method, path.format(ns=made["namespace"]), allow=(403,))
                    assert reply.status == 403, (method, path)
                assert steps.call("GET", KINDS["Pod"].path(made["namespace"])).status == 200
            finally:
                steps.close()
    assert made["token"] in made["text"]
    assert "client-key-data" not in made["text"]
    assert sys.platform == "win32" or stat.S_IMODE(made["mode"]) == 0o600
    assert not made["path"].exists()
    cleaned = [moment.event for moment in run.moments() if isinstance(moment.event, CleanedUp)]
    assert cleaned[0].gone
    changed = [moment.event for moment in run.moments() if isinstance(moment.event, Changed)]
    kept = [(write.verb, write.kind, write.name) for write in reversed(journal.writes()) if write.run == run.id]
    assert [(one.verb, one.kind, one.name) for one in changed] == kept

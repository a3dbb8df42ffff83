"""The informers behind a run: a quiet watch goes on without telling anything twice, and a stopped one ends."""

from __future__ import annotations

import threading
import time

import pytest

from assistant.lab import cluster as door
from assistant.lab.cluster import Cluster

pytestmark = pytest.mark.cluster

KINDS = ("Pod", "Service", "Deployment")


def informers() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "SharedInformer"]


def until_ended(seconds: float) -> None:
    end = time.monotonic() + seconds
    while informers():
        assert time.monotonic() < end, informers()
        time.sleep(0.05)


def test_a_quiet_watch(owner: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """Taken up again where it was: what was told once is not told again."""
    monkeypatch.setattr(door, "QUIET", 0.5)
    until_ended(door.CONNECT + 20)
    told: list[tuple[str, str, str]] = []
    first = threading.Event()

    def on(change: str, kind: str, form: door.Form) -> None:
        told.append((change, kind, form["metadata"]["name"]))
        first.set()

    stop = owner.watch("kube-system", KINDS, on)
    assert first.wait(20)
    time.sleep(2.5)  # several silences long: what is looked for is that nothing happens
    stop()
    until_ended(10)
    added = [one for one in told if one[0] == "added"]
    assert len(added) == len(set(added)) >= 1


def test_a_watch_stopped_while_it_connects(owner: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """No thread of it stays."""
    monkeypatch.setattr(door, "QUIET", 0.5)
    for _ in range(3):
        owner.watch("default", KINDS, lambda change, kind, form: None)()
    until_ended(20)

"""A tunnel that the learner runs: found, said, used where it leads, and left alone."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from assistant.demos.catalogue import DEMOS
from assistant.lab import surveying
from assistant.lab.cluster import Cluster
from assistant.lab.events import Adjusted
from assistant.lab.nearby import tunnel_runs

if TYPE_CHECKING:
    from conftest import Play

pytestmark = pytest.mark.cluster


@pytest.fixture
def tunnel(owner: Cluster) -> Iterator[subprocess.Popen[bytes]]:
    """`minikube tunnel`, as a learner runs it in another terminal."""
    program = shutil.which("minikube")
    if program is None:
        pytest.skip("no minikube command to run a tunnel with")
    dns = owner.get("Service", "kube-system", "kube-dns")
    assert dns is not None
    nodes = [node.address for node in surveying.survey(owner).nodes]
    address = str(dns["spec"]["clusterIP"])
    assert not tunnel_runs(address, nodes)
    process = subprocess.Popen([program, "tunnel"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 20
        while not tunnel_runs(address, nodes):
            assert time.monotonic() < until
            assert process.poll() is None
            time.sleep(0.1)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
    assert not tunnel_runs(address, nodes)


def test_a_tunnel_of_the_learner(play: Play, tunnel: subprocess.Popen[bytes]) -> None:
    """The ClusterIP then answers outside too and the balancer has an address: expected so, said so, and the tunnel goes on."""
    inner = play(DEMOS["service-cluster-ip"])
    assert inner.outcome == "proven", inner.measured
    assert [event.code for event in inner.all(Adjusted)] == ["cluster-ip-tunnel"]  # type: ignore[attr-defined]
    assert inner.measured["outside_answers"] == 3
    outer = play(DEMOS["service-load-balancer"], predicted="address")
    assert outer.outcome == "proven", outer.measured
    assert [event.code for event in outer.all(Adjusted)] == ["balancer-tunnel"]  # type: ignore[attr-defined]
    assert (outer.measured["pending"], outer.measured["balancer_answers"]) == (False, 10)
    assert tunnel.poll() is None

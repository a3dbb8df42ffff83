"""The clock of this computer jumps, by itself or by hand: nothing that waits, holds or is timed goes by it."""

from __future__ import annotations

import itertools
import os
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import format_datetime
from pathlib import Path

import pytest
from api_server import ApiServer, kubeconfig, minikube, serving

from assistant.demos.catalogue import DEMOS
from assistant.lab import commands, lease, running
from assistant.lab.cluster import Cluster
from assistant.lab.events import Measured
from assistant.lab.kubeconfig import read
from assistant.lab.lease import Turn
from assistant.lab.seen import Seen
from knowledge.errors import StudyError


class Jumping(datetime):
    """A wall clock that is a day ahead, then a day behind, and so on."""

    days = itertools.cycle((1, -1))

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Jumping:
        there = datetime.now(tz) + timedelta(days=next(cls.days))
        return cls.fromtimestamp(there.timestamp(), tz)


@pytest.fixture
def jumping(monkeypatch: pytest.MonkeyPatch) -> None:
    """The wall clock jumps to and fro by a day at each look."""
    monkeypatch.setattr(lease, "datetime", Jumping)
    leaps, real = itertools.cycle((86_400.0, -86_400.0)), time.time
    monkeypatch.setattr(time, "time", lambda: real() + next(leaps))


@pytest.mark.usefixtures("jumping")
def test_the_lease_goes_by_the_servers_clock(kubeconfig_file: Callable[[str], Path]) -> None:
    """A holder that renewed by the API server's clock holds, whatever time it is here."""
    server = datetime(2031, 5, 1, 12, 0, 0, tzinfo=UTC)
    held = {
        "metadata": {"annotations": {}, "resourceVersion": "1"},
        "spec": {"holderIdentity": "other", "renewTime": "2031-05-01T11:59:50.000000Z"},
    }
    with serving(ApiServer(minikube())) as api:
        api.clock = format_datetime(server, usegmt=True)
        api.answers["/apis/coordination.k8s.io/v1/namespaces/default/leases/kubenote"] = (200, held)
        kubeconfig_file(kubeconfig(api.url))
        entry = read("minikube").entry
        assert entry is not None
        client = Cluster(entry)
        standing, _, now = Turn(client, "mine", lambda run: False).standing()
        assert (standing.holder, standing.place("mine"), now) == ("other", 1, server)
        api.clock = format_datetime(server + timedelta(seconds=lease.LAPSED), usegmt=True)
        assert Turn(client, "mine", lambda run: False).standing()[0].holder == ""
        client.close()


@pytest.mark.usefixtures("jumping")
def test_a_run_is_timed_by_a_clock_that_only_runs_forward() -> None:
    """The moments of a run are in order, and seconds apart, not days; nobody seems to have left it."""
    run = running.Run(DEMOS["cluster-anatomy"], live=False)
    for number in range(20):
        run.emit(Measured("x", number))
    times = [moment.t for moment in run.moments()]
    assert times == sorted(times)
    assert 0 <= times[-1] < 60
    assert run.unwatched_for() < 60


@pytest.mark.usefixtures("jumping")
def test_deadlines_go_by_the_same_clock() -> None:
    """A wait for the watch and a command end after their seconds, not at once and not in a day."""
    assert Seen(lambda event: None).wait(lambda: None, 0.05, threading.Event()) is None
    done = commands.run([sys.executable, "-c", "print(1)"], environment=os.environ, seconds=30)
    assert done.output == "1\n"
    with pytest.raises(StudyError, match="command-timeout"):
        commands.run([sys.executable, "-c", "import time; time.sleep(60)"], environment=os.environ, seconds=0.2)

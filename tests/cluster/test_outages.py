"""The API server goes away in the middle of a run and comes back: said clearly, and nothing is left."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

import pytest

from assistant.demos.catalogue import DEMOS
from assistant.journal import Journal
from assistant.lab import grounds, running
from assistant.lab.cluster import Cluster
from assistant.lab.events import CleanedUp, DemoFinished, StepFailed, StepStarted
from assistant.settings import Settings

if TYPE_CHECKING:
    from conftest import FindProcess, Play

pytestmark = pytest.mark.cluster

HEALING = DEMOS["replicaset-self-healing"]


def begun(settings: Settings, journal: Journal, verb: str) -> running.Run:
    """A live run that has come to its first step of this verb."""
    run = running.start(HEALING, settings=settings, ledger=journal)
    for moment in run.follow():
        if isinstance(moment.event, StepStarted) and moment.event.verb == verb:
            return run
    raise AssertionError([moment.event for moment in run.moments()][-5:])


def the(run: running.Run, kind: type) -> Any:
    return next((moment.event for moment in run.moments() if isinstance(moment.event, kind)), None)


def test_the_api_server_is_restarted(
    settings: Settings,
    journal: Journal,
    owner: Cluster,
    play: Play,
    node_process: FindProcess,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Killed while a watch is read: the run ends with a verdict or a code, and says what the cleanup waits for.

    The controllers come back later than the API server, so the namespace may outlive the run; never the next start.
    """
    monkeypatch.setattr(grounds, "GONE_WITHIN", 20.0)
    run = begun(settings, journal, "see-replaced")
    os.kill(node_process("kube-apiserver"), signal.SIGKILL)
    assert run.wait(150)
    failed, ended, cleaned = the(run, StepFailed), the(run, DemoFinished), the(run, CleanedUp)
    if ended.ending == "failed":
        assert failed.code in ("cluster-unreachable", "guard-no-answer", "guard-not-kubernetes", "guard-not-ready"), failed
    else:
        assert ended.verdict is not None
    assert cleaned.gone or cleaned.waiting
    monkeypatch.setattr(grounds, "GONE_WITHIN", 60.0)
    assert play(DEMOS["cluster-anatomy"]).outcome == "proven"
    assert grounds.wait_gone(owner, cleaned.namespace, seconds=120) == (True, "")

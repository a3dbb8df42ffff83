"""The cluster itself fails in the middle of a run: its API server is restarted, its node is stopped. Last, since it is slow."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from assistant.demos.catalogue import DEMOS
from assistant.journal import Journal
from assistant.lab import grounds, performing, running
from assistant.lab.cluster import Cluster
from assistant.lab.events import CleanedUp, DemoFinished, DemoStarted, StepFailed, StepStarted
from assistant.lab.running import Run
from assistant.settings import Settings

if TYPE_CHECKING:
    from conftest import Play

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]

LONG = DEMOS["pod-lifecycle"]
"""Its last step watches for ten seconds: time for something to go wrong."""


def going(settings: Settings, journal: Journal, step: str) -> Run:
    run = running.start(LONG, settings=settings, ledger=journal)
    for moment in run.follow():
        if isinstance(moment.event, StepStarted) and moment.event.verb == step:
            return run
    raise AssertionError([moment.event for moment in run.moments()][-5:])


def events(run: Run, kind: type) -> list[Any]:
    return [moment.event for moment in run.moments() if isinstance(moment.event, kind)]


def api_servers() -> list[int]:
    """The process ids of kube-apiserver, where the node's processes can be seen from here."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "comm").read_text().strip() == "kube-apiserver":
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def until_answers(settings: Settings, seconds: float = 240.0) -> None:
    """Wait until the guard would let a run begin."""
    deadline = time.monotonic() + seconds
    while True:
        examination, owner = performing.examine(settings, None)
        if owner is not None:
            owner.close()
        if examination.refusal is None:
            return
        assert time.monotonic() < deadline, examination.refusal
        time.sleep(1)


def test_the_api_server_is_restarted(play: Play, settings: Settings, journal: Journal, owner: Cluster) -> None:
    """The run ends in a verdict or in a clear failure; the cleanup waits for the API server to come back."""
    servers = api_servers()
    if not servers:
        pytest.skip("the node's processes cannot be seen from here")
    run = going(settings, journal, "stays-gone")
    for server in servers:
        os.kill(server, signal.SIGKILL)
    assert run.wait(150)
    cleaned = events(run, CleanedUp)
    assert len(cleaned) == 1
    ending = events(run, DemoFinished)[0].ending
    assert ending == "finished" or events(run, StepFailed)
    until_answers(settings)
    assert play(DEMOS["cluster-anatomy"]).outcome == "proven"
    assert grounds.wait_gone(owner, events(run, DemoStarted)[0].namespace) == (True, "")


def test_the_node_is_stopped(
    play: Play, settings: Settings, journal: Journal, owner: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run says that the cluster is gone and why its namespace is still there; the next start removes it."""
    monkeypatch.setattr(grounds, "GONE_WITHIN", 10.0)
    steps = tuple(replace(step, seconds=300.0) if step.verb == "stays-gone" else step for step in LONG.steps)  # type: ignore[type-var]
    monkeypatch.setitem(globals(), "LONG", replace(LONG, steps=steps))
    run = going(settings, journal, "stays-gone")
    profile = settings.profile
    try:
        subprocess.run(["minikube", "stop", "-p", profile], check=True, capture_output=True, timeout=120)
        run.stop()
        assert run.wait(150)
        cleaned = events(run, CleanedUp)[0]
        assert cleaned.gone is False
        assert cleaned.waiting == "guard-no-answer"
    finally:
        start = ["minikube", "start", "-p", profile, "--keep-context", "-o", "json"]
        subprocess.run(start, check=True, capture_output=True, timeout=300)
    until_answers(settings)
    assert play(DEMOS["cluster-anatomy"]).outcome == "proven"
    assert grounds.wait_gone(owner, events(run, DemoStarted)[0].namespace) == (True, "")

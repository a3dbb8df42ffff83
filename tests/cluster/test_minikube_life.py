"""Minikube's own life with the real command: looked at, started, stopped, paused, broken, repaired; an image loaded.

The learner's current context is the same after each of these as before it.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import signal
import tarfile
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from assistant.demos.catalogue import DEMOS
from assistant.journal import Journal
from assistant.lab import commands, grounds, kubeconfig, minikube, performing, running
from assistant.lab.cluster import Cluster
from assistant.lab.events import Changed, CleanedUp, DemoFinished, DemoStarted, StepFailed, StepStarted
from assistant.lab.minikube import Done, Failed, LifeEvent, StepSeen
from assistant.lab.platforms import COMMIT_LABEL
from assistant.lab.steps.living import StaysGone
from assistant.settings import Settings, load

if TYPE_CHECKING:
    from conftest import FindProcess, Play

pytestmark = pytest.mark.minikube


def current_context() -> object:
    contexts = [yaml.safe_load(path.read_text("utf-8")) for path in kubeconfig.files(os.environ) if path.is_file()]
    return [form.get("current-context") for form in contexts if form]


def brought_up(profile: str) -> None:
    """Bring the node back to running, from wherever a test left it."""
    state = minikube.look(profile).state
    if state == "paused":
        list(minikube.unpause(profile))
    elif state != "running":
        list(minikube.start(profile))


@pytest.fixture(autouse=True)
def profile(owner: Cluster) -> Iterator[str]:
    """The profile under test, running and of the real command; skipped where there is none."""
    name = load().profile
    if shutil.which("minikube") is None or not any(COMMIT_LABEL in form["metadata"]["labels"] for form in owner.list("Node")):
        pytest.skip("the node was not made by the real minikube command: start one with `minikube start`")
    before = current_context()
    yield name
    brought_up(name)
    assert current_context() == before
    assert minikube.look(name).state == "running"


def ended(events: list[LifeEvent]) -> LifeEvent:
    return events[-1]


# looking


def test_how_it_is(profile: str) -> None:
    """Running, with its driver and its Kubernetes."""
    life = minikube.look(profile)
    assert (life.state, life.kubernetes[:3]) == ("running", "v1.")
    assert life.driver


def test_a_profile_that_does_not_exist() -> None:
    """Not found is a state, no error; the profile that exists is not meant."""
    assert minikube.look("kubenote-no-such-profile").state == "none"


# images


def image_file(path: Path, name: str) -> Path:
    """An image of one small file, as `docker save` writes it."""

    def add(archive: tarfile.TarFile, member: str, content: bytes) -> None:
        info = tarfile.TarInfo(member)
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))

    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as inner:
        add(inner, "hello", name.encode())
    raw = layer.getvalue()
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(raw).hexdigest()}"]},
        "history": [{"created": "2026-01-01T00:00:00Z"}],
    }
    manifest = [{"Config": "config.json", "RepoTags": [name], "Layers": ["layer.tar"]}]
    with tarfile.open(path, "w") as outer:
        add(outer, "layer.tar", raw)
        add(outer, "config.json", json.dumps(config).encode())
        add(outer, "manifest.json", json.dumps(manifest).encode())
    return path


def test_an_image_from_a_file(profile: str, settings: Settings, tmp_path: Path) -> None:
    """For rooms without a network: afterwards the node has it, under its name."""
    assert minikube.has_image(profile, settings.image)
    name = f"registry.example.org/kubenote/empty:{uuid.uuid4().hex[:8]}"
    assert not minikube.has_image(profile, name)
    try:
        assert isinstance(ended(list(minikube.load_image(profile, str(image_file(tmp_path / "image.tar", name))))), Done)
        assert minikube.has_image(profile, name)
    finally:
        line = [commands.program("minikube"), "image", "rm", name, "--profile", profile]
        commands.run(line, environment=os.environ, seconds=60)


# paused, stopped, broken


def test_paused_and_on_again(profile: str, settings: Settings, owner: Cluster) -> None:
    """Paused is a state of its own, in which the guard lets nothing through; `unpause` ends it."""
    line = [commands.program("minikube"), "pause", "--profile", profile]
    assert commands.run(line, environment=os.environ, seconds=60).code == 0
    assert minikube.look(profile).state == "paused"
    examination, client = performing.examine(settings, None)
    if client is not None:
        client.close()
    assert examination.refusal is not None
    assert examination.refusal.code == "guard-no-answer"
    assert isinstance(ended(list(minikube.unpause(profile))), Done)
    assert minikube.look(profile).state == "running"


def test_stopped_in_the_middle_of_a_run(
    profile: str, settings: Settings, journal: Journal, owner: Cluster, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing came back, but nobody was there to see it: the run says that nobody answers, and proves nothing.

    Started again with its real steps, the next run removes what was left.
    """
    monkeypatch.setattr(grounds, "GONE_WITHIN", 5.0)
    demo = DEMOS["pod-lifecycle"]
    steps = tuple(replace(step, seconds=25.0) if isinstance(step, StaysGone) else step for step in demo.steps)
    run = running.start(replace(demo, steps=steps), settings=settings, ledger=journal)
    for moment in run.follow():
        if isinstance(moment.event, StepStarted) and moment.event.verb == StaysGone.verb:
            break
    told = list(minikube.stop(profile))
    assert isinstance(ended(told), Done), told
    assert minikube.look(profile).state == "stopped"
    assert run.wait(120)
    events = {type(moment.event): moment.event for moment in run.moments()}
    failed, left = events[StepFailed], events[CleanedUp]
    assert events[DemoFinished] == DemoFinished("failed", None, None)
    assert isinstance(failed, StepFailed)
    assert failed.code in ("cluster-unreachable", "guard-no-answer")
    assert isinstance(left, CleanedUp)
    assert not left.gone
    assert left.waiting
    begun = events[DemoStarted]
    assert isinstance(begun, DemoStarted)

    told = list(minikube.start(profile))
    assert isinstance(ended(told), Done), told
    steps = [event for event in told if isinstance(event, StepSeen)]
    numbers = [step.number for step in steps]
    assert numbers == sorted(numbers)
    assert numbers[0] == 0
    assert numbers[-1] == steps[-1].total
    assert len({*numbers}) >= 5
    assert all(step.name for step in steps)
    assert not [event for event in told if isinstance(event, Failed)]
    assert minikube.look(profile).state == "running"

    monkeypatch.setattr(grounds, "GONE_WITHIN", 60.0)
    played = play(DEMOS["cluster-anatomy"])
    assert played.outcome == "proven"
    assert Changed("delete", "Namespace", begun.namespace) in played.all(Changed)
    assert grounds.wait_gone(owner, begun.namespace) == (True, "")


def test_broken_and_repaired(profile: str, node_process: FindProcess) -> None:
    """Its kubelet was killed: that is no running cluster, and a start mends it."""
    os.kill(node_process("kubelet"), signal.SIGKILL)
    life = minikube.look(profile)
    assert (life.state, "Kubelet" in life.detail) == ("broken", True)
    told = list(minikube.start(profile))
    assert isinstance(ended(told), Done), told
    assert minikube.look(profile).state == "running"

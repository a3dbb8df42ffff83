"""What goes wrong in the middle of a run: each ends in a clear event, and after the next start no namespace is left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from assistant.demos.catalogue import DEMOS
from assistant.journal import Journal
from assistant.lab import grounds, running
from assistant.lab.cluster import Cluster
from assistant.lab.demo import Demo, Step
from assistant.lab.events import (
    Changed,
    CleanedUp,
    DemoFinished,
    DemoStarted,
    LearnersTurn,
    Queued,
    StepFailed,
    StepStarted,
    Stopped,
)
from assistant.lab.running import Run
from assistant.lab.steps.applying import Apply
from assistant.lab.steps.objects import service
from assistant.settings import Settings

if TYPE_CHECKING:
    from conftest import Play

pytestmark = pytest.mark.cluster

HEALING, FORWARD = DEMOS["replicaset-self-healing"], DEMOS["proxy-vs-port-forward"]


def with_step(demo: Demo, verb: str, **changes: Any) -> Demo:
    """The demo with each step of this verb changed."""
    return replace(demo, steps=tuple(replace(s, **changes) if s.verb == verb else s for s in demo.steps))  # type: ignore[type-var]


def going(demo: Demo, settings: Settings, journal: Journal, until: Callable[[Any], bool], **more: Any) -> Run:
    """A live run that has come as far as an event for which `until` is true."""
    run = running.start(demo, settings=settings, ledger=journal, **more)
    for moment in run.follow():
        if until(moment.event):
            return run
    raise AssertionError([moment.event for moment in run.moments()][-5:])


def at(step: int) -> Callable[[Any], bool]:
    return lambda event: isinstance(event, StepStarted) and event.step == step


def events(run: Run, kind: type) -> list[Any]:
    return [moment.event for moment in run.moments() if isinstance(moment.event, kind)]


def ours(owner: Cluster) -> list[str]:
    return [left.namespace for left in grounds.ours(owner) if not left.deleting]


# stopping


def test_a_learner_stops(settings: Settings, journal: Journal, owner: Cluster) -> None:
    """No further change within two seconds, and the cleanup is shown."""
    run = going(FORWARD, settings, journal, at(3))
    run.stop()
    stopped = time.monotonic()
    assert run.wait(90)
    told = [moment.event for moment in run.moments()]
    place = next(n for n, event in enumerate(told) if isinstance(event, Stopped))
    assert events(run, Stopped)[0].by == "learner"
    assert run.moments()[place].t - run.moments()[place - 1].t < 2.0, stopped
    assert {event.kind for event in told[place:] if isinstance(event, Changed)} == {"Namespace"}
    assert events(run, CleanedUp)[0].gone
    assert events(run, DemoFinished)[0].ending == "stopped"
    assert not ours(owner)


def test_nobody_watches(settings: Settings, journal: Journal, owner: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run whose reader has left is stopped by the keeper of its lease."""
    from assistant.lab import performing

    monkeypatch.setattr(performing, "UNWATCHED", 1.0)
    slow = with_step(HEALING, "see-replaced", app="nobody", seconds=30.0)
    run = running.start(slow, settings=settings, ledger=journal)
    deadline = time.monotonic() + 90
    while not run.ended and time.monotonic() < deadline:
        time.sleep(0.2)  # to look would be to watch
    assert run.ended
    assert events(run, Stopped)[0].by == "unwatched"
    assert not ours(owner)


# the process ends


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def kubenote(owner: Cluster) -> Iterator[Start]:
    """Start the command in a home; whatever of it runs at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def start(home: Path, *arguments: str) -> subprocess.Popen[str]:
        line = [str(Path(sys.executable).parent / "kubenote"), *arguments]
        env = {**os.environ, "KUBENOTE_HOME": str(home)}
        process = subprocess.Popen(line, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate(timeout=20)


def read_until(process: subprocess.Popen[str], event: str, **facts: object) -> dict[str, Any]:
    """The first line of this event with these facts."""
    assert process.stdout is not None
    for line in process.stdout:
        form: dict[str, Any] = json.loads(line)
        if form.get("event") == event and all(form.get(name) == value for name, value in facts.items()):
            return form
    raise AssertionError(f"no {event}: {process.stderr.read() if process.stderr else ''}")


def port_forwards() -> list[str]:
    """The kubectl port-forwards of this machine into a namespace of ours."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if line.split(" ")[0].endswith("kubectl") and "port-forward" in line and "-n kubenote-" in line:
            found.append(line)
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal(kubenote: Start, home: Path, owner: Cluster, number: signal.Signals) -> None:
    """Ctrl-C and SIGTERM: the cleanup is sent and shown before the process ends, with 130."""
    process = kubenote(home, "play", FORWARD.slug, "--live", "--agree", "--json")
    read_until(process, "StepStarted", verb="send")
    process.send_signal(number)
    output, _ = process.communicate(timeout=120)
    last = [json.loads(line) for line in output.splitlines()]
    assert [form["event"] for form in last[-2:]] == ["CleanedUp", "DemoFinished"]
    assert last[-2]["gone"] is True
    assert last[-1]["ending"] == "stopped"
    assert process.returncode == 130
    assert not ours(owner)
    assert not port_forwards()


def test_kill_nine(kubenote: Start, home: Path, play: Play, owner: Cluster) -> None:
    """No port-forward is left, and the next start removes the namespace at once: its lock is free."""
    process = kubenote(home, "play", FORWARD.slug, "--live", "--agree", "--json")
    namespace = read_until(process, "DemoStarted")["namespace"]
    read_until(process, "StepStarted", verb="send")
    process.kill()
    process.wait(20)
    assert namespace in ours(owner)
    played = play(DEMOS["cluster-anatomy"])
    assert played.outcome == "proven"
    assert Changed("delete", "Namespace", namespace) in played.all(Changed)
    assert not port_forwards()
    assert grounds.wait_gone(owner, namespace) == (True, "")


def test_two_apps_on_one_cluster(kubenote: Start, tmp_path: Path, home: Path, owner: Cluster) -> None:
    """Two homes: the second waits at a place in the queue, then has its turn."""
    first = kubenote(home, "play", FORWARD.slug, "--live", "--agree", "--json")
    read_until(first, "StepStarted")
    second = kubenote(tmp_path / "other", "play", "cluster-anatomy", "--live", "--agree", "--json")
    assert read_until(second, "Queued")["place"] >= 1
    output, _ = first.communicate(timeout=120)
    assert json.loads(output.splitlines()[-1])["verdict"]["outcome"] == "proven"
    output, _ = second.communicate(timeout=120)
    assert json.loads(output.splitlines()[-1])["verdict"]["outcome"] == "proven"
    assert not ours(owner)


# what a step needs is not there


def test_kubectl_is_missing(play: Play, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Said when it is needed, and cleaned up."""
    monkeypatch.setenv("PATH", str(tmp_path))
    played = play(FORWARD)
    assert [one.code for one in played.all(StepFailed)] == ["kubectl-missing"]  # type: ignore[attr-defined]
    assert [one.gone for one in played.all(CleanedUp)] == [True]  # type: ignore[attr-defined]


def test_an_image_that_cannot_be_pulled(play: Play, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pods do not get ready in time: a failure with a hint."""
    monkeypatch.setenv("KUBENOTE_IMAGE", "registry.k8s.io/e2e-test-images/agnhost:no-such-tag")
    demo = replace(HEALING, steps=tuple(replace(s, seconds=6.0) if s.verb == "wait" else s for s in HEALING.steps))  # type: ignore[type-var]
    object.__setattr__(settings, "image", "registry.k8s.io/e2e-test-images/agnhost:no-such-tag")
    played = play(demo)
    assert [one.code for one in played.all(StepFailed)] == ["pods-not-ready"]  # type: ignore[attr-defined]


def test_the_quota_is_hit(play: Play) -> None:
    """What the namespace does not allow is refused by the API server, and said with its words."""
    apply: Step = next(step for step in HEALING.steps if isinstance(step, Apply))
    more = replace(apply, objects=tuple(service(f"web-{n}") for n in range(7)))  # type: ignore[type-var]
    played = play(replace(HEALING, steps=(more,)))
    failed: Any = played.all(StepFailed)[0]
    assert failed.code == "api-refused"
    assert "exceeded quota" in failed.facts["reason"]


def test_the_port_forward_is_killed(settings: Settings, journal: Journal, owner: Cluster) -> None:
    """Somebody ends kubectl: the requests fail, the verdict is not proven, the run ends."""
    run = going(FORWARD, settings, journal, at(3))
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        if line[0].endswith("kubectl") and "port-forward" in line and events(run, DemoStarted)[0].namespace in line:
            os.kill(int(folder.name), signal.SIGKILL)
    assert run.wait(120)
    verdict = events(run, DemoFinished)[0].verdict
    assert verdict is None or verdict.outcome != "proven"
    assert not ours(owner)


# what others do to the run


def test_a_learner_types_and_the_pod_is_evicted(settings: Settings, journal: Journal, owner: Cluster) -> None:
    """A typed demo recognises the effect, whoever caused it: here an eviction of another pod than was chosen."""
    run = going(with_step(HEALING, "apply"), settings, journal, lambda e: isinstance(e, LearnersTurn), typed=True)
    namespace = events(run, DemoStarted)[0].namespace
    form = next(iter(HEALING.steps[0].manifests()))
    owner.create(namespace, json.loads(json.dumps(form).replace("$IMAGE", settings.image)))
    for moment in run.follow():
        if isinstance(moment.event, LearnersTurn) and "delete pod" in moment.event.command:
            pod = owner.list("Pod", namespace)[-1]["metadata"]["name"]
            eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod}}
            owner.call("POST", f"/api/v1/namespaces/{namespace}/pods/{pod}/eviction", eviction)
    verdict = events(run, DemoFinished)[0].verdict
    assert verdict is not None
    assert verdict.outcome == "proven", verdict
    assert not ours(owner)


def test_watches_that_are_gone(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    """410 Gone at once: everything is listed again, and the demo does not notice."""
    from kubernetes.informer import SharedInformer

    start = SharedInformer.start

    def from_long_ago(self: Any) -> None:
        self._resource_version = "1"
        start(self)

    monkeypatch.setattr(SharedInformer, "start", from_long_ago)
    assert play(HEALING).outcome == "proven"


def test_a_namespace_that_does_not_go(
    settings: Settings, journal: Journal, owner: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its conditions are shown, its finalizer is not touched; freed, it goes."""
    monkeypatch.setattr(grounds, "GONE_WITHIN", 8.0)
    run = going(HEALING, settings, journal, at(4))
    namespace = events(run, DemoStarted)[0].namespace
    pod = owner.list("Pod", namespace)[-1]["metadata"]["name"]
    owner.patch("Pod", namespace, pod, {"metadata": {"finalizers": ["example.org/kept"]}})
    assert run.wait(90)
    cleaned = events(run, CleanedUp)[0]
    assert cleaned.gone is False
    assert "example.org/kept" in cleaned.waiting
    assert owner.get("Pod", namespace, pod) is not None
    owner.patch("Pod", namespace, pod, {"metadata": {"finalizers": None}})
    assert grounds.wait_gone(owner, namespace) == (True, "")


def test_another_run_in_the_same_process(settings: Settings, journal: Journal, owner: Cluster) -> None:
    """One slot a cluster: a second run of the same app waits its turn too, and can leave the queue."""
    first = going(HEALING, settings, journal, at(1))
    second = going(HEALING, settings, journal, lambda event: isinstance(event, Queued))
    second.stop()
    assert second.wait(10)
    assert [type(moment.event).__name__ for moment in second.moments()][-2:] == ["Stopped", "DemoFinished"]
    first.stop()
    assert first.wait(90)
    assert not ours(owner)

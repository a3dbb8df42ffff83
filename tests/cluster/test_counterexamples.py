"""Each experiment where its claim does not hold, live: the verdict must not be "proven"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from assistant.demos.catalogue import DEMOS
from assistant.lab import performing, surveying
from assistant.lab.cluster import Cluster
from assistant.lab.demo import Demo
from assistant.lab.steps.applying import Apply
from assistant.lab.steps.objects import PAUSE, deployment, pod, pod_spec, probe, service
from assistant.lab.steps.scaling import Scale

if TYPE_CHECKING:
    from conftest import Play

pytestmark = pytest.mark.cluster

Change = Callable[[Demo], Demo]


def patient(demo: Demo, seconds: float, *objects: dict[str, Any]) -> Demo:
    """The demo with other objects, waiting at most these seconds where it waits for what does not come."""
    steps: list[Any] = []
    for step in demo.steps:
        if objects and isinstance(step, Apply):
            step = replace(step, objects=objects)
        elif getattr(step, "seconds", 0) > seconds and getattr(step, "must", None) is not True:
            step = replace(step, seconds=seconds)
        steps.append(step)
    return replace(demo, steps=tuple(steps))


def with_pods(demo: Demo, **others: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """The objects of the demo's Apply with some of them, by name, replaced."""
    apply = next(step for step in demo.steps if isinstance(step, Apply))
    return tuple(others.get(form["metadata"]["name"].replace("-", "_"), dict(form)) for form in apply.objects)


def three_bare_pods(demo: Demo) -> Demo:
    """Nobody keeps their number."""
    return patient(demo, 4, *(pod(f"web-{n}", pod_spec(readiness=probe()), labels={"app": "web"}) for n in (1, 2, 3)))


def a_pod_no_node_fits(demo: Demo) -> Demo:
    return patient(demo, 4, pod("one", {**pod_spec(), "nodeSelector": {"disk": "not-there"}}))


def a_pod_that_finds_its_node_after_all(demo: Demo) -> Demo:
    return patient(demo, 12, *with_pods(demo, no_node=pod("no-node", pod_spec(PAUSE))))


def an_open_port(demo: Demo) -> Demo:
    return patient(demo, 5, *with_pods(demo, alive=pod("alive", pod_spec(liveness=probe(failures=2)))))


def a_deployment_besides_the_pod(demo: Demo) -> Demo:
    """What is deleted is not all there is."""
    pods = with_pods(demo)
    changed = patient(demo, 10, *pods, deployment("alone", replicas=1))
    steps = [replace(step, count=2) if step.verb == "wait" else step for step in changed.steps]  # type: ignore[type-var]
    return replace(changed, steps=tuple(replace(one, patience=3.0) if one.verb == "stays-gone" else one for one in steps))  # type: ignore[type-var]


def a_service_for_other_pods(demo: Demo) -> Demo:
    return patient(demo, 4, *with_pods(demo, web=service("web", selector={"app": "db"})))


def two_too_few(demo: Demo) -> Demo:
    steps = [replace(step, replicas=4) if isinstance(step, Scale) and step.replicas == 6 else step for step in demo.steps]
    return patient(replace(demo, steps=tuple(steps)), 4)


def all_at_once(demo: Demo) -> Demo:
    """Recreate: the old pods go before the new ones come."""
    web = deployment("web", pod_spec(version="1", readiness=probe()), strategy={"type": "Recreate"})
    return patient(demo, 60, *with_pods(demo, web=web)[:1], *with_pods(demo)[1:])


def one_pod_only(demo: Demo) -> Demo:
    one = deployment("web", pod_spec(readiness=probe(), pre_stop=2), replicas=1)
    changed = patient(demo, 20, one, service("web"))
    steps = [replace(step, count=1) if step.verb == "wait" else step for step in changed.steps]  # type: ignore[type-var]
    return replace(changed, steps=tuple(steps))


COUNTEREXAMPLES: dict[str, tuple[Change, str]] = {
    "api-watch": (a_pod_no_node_fits, "inconclusive or disproven"),
    "pod-status": (a_pod_that_finds_its_node_after_all, "disproven"),
    "liveness-restarts": (an_open_port, "disproven"),
    "pod-lifecycle": (a_deployment_besides_the_pod, "disproven"),
    "labels-and-selectors": (a_service_for_other_pods, "disproven"),
    "replicaset-self-healing": (three_bare_pods, "disproven"),
    "replicaset-adoption": (three_bare_pods, "disproven"),
    "deployment-scale": (two_too_few, "disproven"),
    "rolling-update": (all_at_once, "disproven"),
    "proxy-vs-port-forward": (one_pod_only, "disproven"),
}


@pytest.mark.parametrize("slug", COUNTEREXAMPLES)
def test_a_claim_that_does_not_hold(play: Play, slug: str) -> None:
    """The run measures that it does not, and says so."""
    change, expected = COUNTEREXAMPLES[slug]
    played = play(change(DEMOS[slug]))
    assert played.outcome in expected.split(" or "), played.measured


def test_a_cluster_without_a_daemonset(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    """The anatomy of a cluster that is put together otherwise is not what the notes say."""
    look = surveying.survey

    def without(owner: Cluster) -> surveying.Survey:
        seen = look(owner)
        return replace(seen, system=tuple(pod for pod in seen.system if pod.owner != "DaemonSet"))

    monkeypatch.setattr(performing, "survey", without)
    assert play(DEMOS["cluster-anatomy"]).outcome == "disproven"

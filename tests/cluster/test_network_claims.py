"""Where a claim about Services, proxies, roll-outs or the pod network does not hold, its demo says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from assistant.demos.catalogue import DEMOS
from assistant.lab.demo import Demo, Text
from assistant.lab.steps.applying import Apply
from assistant.lab.steps.deleting import DeletePod
from assistant.lab.steps.inside import CLIENT, WaitAnswering, client
from assistant.lab.steps.networking import AskCallers
from assistant.lab.steps.objects import NETEXEC, SERVE_HOSTNAME, deployment, pod, pod_spec, probe, service, tcp_probe
from assistant.lab.steps.outside import FindNodePort
from assistant.lab.steps.patching import Patch, SetType
from assistant.lab.steps.sending import SendUntilBroken
from assistant.lab.steps.streaming import StopTraffic
from assistant.lab.steps.undoing import WaitDeadline
from assistant.lab.steps.waiting import WaitReady

if TYPE_CHECKING:
    from conftest import Play

pytestmark = pytest.mark.cluster

HOSTNAME = pod_spec(SERVE_HOSTNAME, readiness=tcp_probe())


def changed(demo: Demo, kind: type, **fields: Any) -> Demo:
    """The demo with these fields of its steps of a kind changed."""
    assert any(isinstance(step, kind) for step in demo.steps)
    steps = tuple(replace(step, **fields) if isinstance(step, kind) else step for step in demo.steps)  # type: ignore[type-var]
    return replace(demo, steps=steps)


def without(demo: Demo, *kinds: type) -> Demo:
    """The demo without its steps of these kinds."""
    return replace(demo, steps=tuple(step for step in demo.steps if not isinstance(step, kinds)))


def one_replica(demo: Demo, *more: dict[str, Any]) -> Demo:
    """The demo with one pod instead of three."""
    made = changed(demo, Apply, objects=(deployment("web", replicas=1), service("web"), *more))
    return changed(made, WaitReady, count=1)


def half_balanced() -> Demo:
    """A LoadBalancer Service that was told to have no NodePort."""
    lone = service("web", type="LoadBalancer", allocateLoadBalancerNodePorts=False)
    demo = changed(DEMOS["service-load-balancer"], Apply, objects=(deployment("web", HOSTNAME), lone, client()))
    return without(demo, SetType)


def source_kept() -> Demo:
    """A NodePort that keeps the caller's address."""
    demo = DEMOS["service-node-port"]
    local = Patch(Text("", ""), "Service", "web", {"spec": {"externalTrafficPolicy": "Local"}})
    at = next(number for number, step in enumerate(demo.steps) if isinstance(step, FindNodePort))
    return replace(demo, steps=(*demo.steps[:at], local, *demo.steps[at:]))


def never_probed() -> Demo:
    """The second roll-out of the slow app, without a readiness probe as well."""
    demo = DEMOS["readiness-gates-traffic"]
    first_stop = next(number for number, step in enumerate(demo.steps) if isinstance(step, StopTraffic))
    begin = next(number for number, step in enumerate(demo.steps) if step.verb == "start-traffic")
    demo = replace(demo, steps=(*demo.steps[:begin], *demo.steps[first_stop + 1 :]))
    bare = {"name": "main", "env": [{"name": "VERSION", "value": "v3"}]}
    return changed(demo, Patch, change={"spec": {"template": {"spec": {"containers": [bare]}}}})


def patient_rollout() -> Demo:
    """A roll-out whose deadline is ten minutes away."""
    demo = DEMOS["rollback"]
    web = deployment("web", progressDeadlineSeconds=600)
    return changed(changed(demo, Apply, objects=(web, service("web"), client())), WaitDeadline, seconds=4.0)


def called_through_service() -> Demo:
    """A pod that calls itself through a Service: there the node's address stands in between."""
    asks_itself = (pod(CLIENT, pod_spec(NETEXEC, readiness=probe())), service("web", selector={"app": CLIENT}))
    demo = changed(DEMOS["overlay-network"], Apply, objects=asks_itself)
    steps = tuple(step for step in demo.steps if not (isinstance(step, WaitReady) and step.app == "web"))
    at = next(number for number, step in enumerate(steps) if isinstance(step, AskCallers))
    steps = (*steps[:at], WaitAnswering(Text("", ""), seconds=3.0), *steps[at:])
    return changed(replace(demo, steps=steps), AskCallers, service="web", count=12)


COUNTER: dict[str, Callable[[], Demo]] = {
    "readiness-gates-traffic: no probe in the second roll-out either": never_probed,
    "rollback: the deadline is far away": patient_rollout,
    "service-cluster-ip: one replica": lambda: one_replica(DEMOS["service-cluster-ip"], client()),
    "connection-not-request: a Service with affinity": lambda: changed(
        DEMOS["connection-not-request"],
        Apply,
        objects=(deployment("web"), service("web", sessionAffinity="ClientIP"), client()),
    ),
    "session-affinity: it is never turned on": lambda: changed(
        without(DEMOS["session-affinity"], Patch), WaitAnswering, seconds=2.0
    ),
    "api-proxy-balancing: one replica": lambda: one_replica(DEMOS["api-proxy-balancing"]),
    "port-forward-sticky: its pod is not deleted": lambda: changed(
        without(DEMOS["port-forward-sticky"], DeletePod), SendUntilBroken, seconds=2.0
    ),
    "service-node-port: the node keeps the caller's address": source_kept,
    "service-load-balancer: no NodePort allowed": half_balanced,
    "overlay-network: a pod calls itself through a Service": called_through_service,
}


@pytest.mark.parametrize("situation", COUNTER)
def test_demo_is_not_proven_where_its_claim_does_not_hold(play: Play, situation: str) -> None:
    """The verdict is disproven, from what this run measured."""
    played = play(COUNTER[situation]())
    assert played.outcome == "disproven", played.measured

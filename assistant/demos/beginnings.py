"""How most demos begin: three pods `web` behind a Service `web`, and where requests come from inside, a pod that asks."""

from __future__ import annotations

from typing import Any

from assistant.lab.demo import Step, Text
from assistant.lab.steps.applying import Apply
from assistant.lab.steps.inside import WaitAnswering, client
from assistant.lab.steps.objects import deployment, service
from assistant.lab.steps.waiting import WaitReady

_READY = WaitReady(Text("파드 3개가 준비되기를 기다립니다.", "Wait for three ready pods."), "web", 3)


def three_pods() -> tuple[Step, ...]:
    """Three pods and a Service."""
    made = Text("파드 3개와 서비스를 만듭니다.", "Make three pods and a Service.")
    return (Apply(made, (deployment("web"), service("web"))), _READY)


def three_pods_and_client(spec: Any = None, **more: Any) -> tuple[Step, ...]:
    """Three pods, a Service, and a pod that asks; the Service answers at the end. Keywords go into the Deployment's spec."""
    objects = (deployment("web", spec, **more), service("web"), client())
    made = Text("파드 3개와 서비스, 요청을 보낼 파드를 만듭니다.", "Make three pods, a Service, and a pod that asks.")
    return (
        Apply(made, objects),
        _READY,
        WaitReady(Text("요청을 보낼 파드를 기다립니다.", "Wait for the pod that asks."), "client", 1, "client"),
        WaitAnswering(Text("서비스가 답할 때까지 물어봅니다.", "Ask until the Service answers.")),
    )

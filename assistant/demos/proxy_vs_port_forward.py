"""The service proxy and port-forward side by side, on one clock: who answers, and what happens when that pod goes."""

from assistant.lab.demo import NOT_MEASURED, Demo, Expect, Text, how_many
from assistant.lab.odds import sticky
from assistant.lab.steps.applying import Apply
from assistant.lab.steps.deleting import DeletePod
from assistant.lab.steps.forwarding import OpenForward
from assistant.lab.steps.objects import deployment, pod_spec, probe, service
from assistant.lab.steps.sending import Send, SendUntilBroken
from assistant.lab.steps.waiting import WaitReady

_WEB = deployment("web", pod_spec(readiness=probe(), pre_stop=2))

DEMO = Demo(
    slug="proxy-vs-port-forward",
    title=Text("프록시와 포트포워딩, 몇 개의 파드가 답할까요?", "Proxy and port forwarding: how many pods answer?"),
    shows=Text(
        "같은 요청을 두 길로 보내 답한 파드를 세고, 포트포워딩이 붙은 파드를 지웁니다.",
        "Sends the same requests both ways, counts the pods that answer, then deletes the pod of the port-forward.",
    ),
    proves=(
        "proxy-vs-port-forward/spread-vs-sticky",
        "proxy-vs-port-forward/main-difference",
        "proxy-vs-port-forward/when-pod-dies",
    ),
    question=Text("포트포워딩으로 60번 요청하면 파드 몇 개가 답할까요?", "60 requests by port-forward: how many pods answer?"),
    choices=how_many("forward_pods", 1, 2, 3),
    steps=(
        Apply(Text("파드 3개와 서비스를 만듭니다.", "Make three pods and a Service."), (_WEB, service("web"))),
        WaitReady(Text("파드 3개가 준비되기를 기다립니다.", "Wait for three ready pods."), "web", 3),
        OpenForward(Text("서비스로 포트포워딩을 엽니다.", "Open a port-forward to the Service.")),
        Send(Text("두 길로 60번씩 요청합니다.", "60 requests each way."), ("api-proxy", "port-forward")),
        DeletePod(Text("포트포워딩이 붙은 파드를 지웁니다.", "Delete the pod of the port-forward."), "web", "forward_pod"),
        SendUntilBroken(Text("끊길 때까지 두 길로 계속 요청합니다.", "Go on both ways until one breaks.")),
    ),
    expects=(
        Expect("proxy_pods", "==", 3),
        Expect("proxy_share", "<", 60),
        Expect("forward_pods", "==", 1),
        Expect("then_proxy_failed", "==", 0),
        Expect("forward_broke", "==", True),
    ),
    verdicts={
        "proven": Text(
            "{forward_sent}번에 답한 파드는 포트포워딩 {forward_pods}개, 프록시 {proxy_pods}개({proxy_counts})입니다. "
            "파드를 지우자 포트포워딩은 {forward_broke_seconds}초에 끊겼고, 프록시의 실패는 {then_proxy_failed}번이었습니다.",
            "Pods that answered {forward_sent} requests: port-forward {forward_pods}, proxy {proxy_pods} ({proxy_counts}). "
            "With its pod deleted, port-forward broke after {forward_broke_seconds} s; proxy failures: {then_proxy_failed}.",
        ),
        "disproven": Text(
            "포트포워딩에 답한 파드 {forward_pods}개, 프록시에 답한 파드 {proxy_pods}개({proxy_counts}).",
            "{forward_pods} pods answered port-forward, {proxy_pods} the proxy ({proxy_counts}).",
        ),
        "inconclusive": NOT_MEASURED,
    },
    budget_seconds=40,
    chance=sticky("forward"),
)

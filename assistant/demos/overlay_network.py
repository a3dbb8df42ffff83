"""Every pod has an address of its own, and pods call each other without NAT; encapsulation is shown as it is."""

from assistant.lab.demo import Choice, Demo, Expect, Text
from assistant.lab.steps.applying import Apply
from assistant.lab.steps.inside import client
from assistant.lab.steps.networking import AskCallers, SeeAddresses, SeeRoutes
from assistant.lab.steps.objects import deployment
from assistant.lab.steps.waiting import WaitReady

DEMO = Demo(
    slug="overlay-network",
    title=Text("파드는 누구의 주소를 볼까요?", "Whose address does a pod see?"),
    shows=Text(
        "한 파드에서 다른 파드 3개를 IP로 직접 부르고, 받은 쪽이 본 주소를 셉니다.",
        "One pod calls three others by their IP; counts which address they saw. Then routes and encapsulation, as they are.",
    ),
    proves=("overlay-network/pod-network-rule",),
    question=Text(
        "파드가 다른 파드의 IP로 요청하면 받는 파드에는 누구의 주소가 보일까요?",
        "A pod calls another by its IP: whose address does the other one see?",
    ),
    choices=(
        Choice("pod", Text("보낸 파드의 IP", "the calling pod's"), (Expect("same", "==", "$asked"),)),
        Choice("node", Text("노드의 IP", "the node's"), (Expect("same", "<", "$asked"), Expect("same", "==", 0))),
    ),
    steps=(
        Apply(
            Text("파드 3개와 요청을 보낼 파드를 만듭니다.", "Make three pods and a pod that asks."),
            (deployment("web"), client()),
        ),
        WaitReady(Text("파드 3개가 준비되기를 기다립니다.", "Wait for three ready pods."), "web", 3),
        WaitReady(Text("요청을 보낼 파드를 기다립니다.", "Wait for the pod that asks."), "client", 1, "client"),
        SeeAddresses(Text("파드의 주소를 봅니다.", "See the addresses of the pods.")),
        AskCallers(Text("파드마다 IP로 4번씩 부릅니다.", "Call each pod by its IP, 4 times.")),
        SeeRoutes(Text("경로와 캡슐화를 봅니다.", "See routes and encapsulation.")),
    ),
    expects=(
        Expect("pod_ips", "==", "$pods"),
        Expect("asked", ">=", 10),
        Expect("same", "==", "$asked"),
    ),
    verdicts={
        outcome: Text(
            "파드 {pods}개의 주소는 {pod_ips}개이고, {asked}번 중 {same}번 보낸 파드의 IP({caller_ip})가 보였습니다. "
            "노드 {nodes}개, 캡슐화 {overlay}, MTU {mtu}.",
            "{pods} pods have {pod_ips} different addresses; {same} of {asked} calls showed the caller's own IP ({caller_ip}). "
            "Nodes: {nodes}, encapsulation: {overlay}, MTU: {mtu}.",
        )
        for outcome in ("proven", "disproven", "inconclusive")
    },
    budget_seconds=20,
)

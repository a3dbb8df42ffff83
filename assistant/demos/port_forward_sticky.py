"""kubectl port-forward chooses one pod when it starts, stays with it while others come, and breaks with it."""

from assistant.demos.beginnings import three_pods
from assistant.lab.demo import Choice, Demo, Expect, Text
from assistant.lab.odds import sticky
from assistant.lab.steps.comparing import Newcomers
from assistant.lab.steps.deleting import DeletePod
from assistant.lab.steps.forwarding import OpenForward
from assistant.lab.steps.scaling import Scale
from assistant.lab.steps.sending import Send, SendUntilBroken
from assistant.lab.steps.waiting import WaitReady

LANE = ("port-forward",)
DEMO = Demo(
    slug="port-forward-sticky",
    title=Text("포트포워딩은 몇 개의 파드로 갈까요?", "How many pods does a port-forward reach?"),
    shows=Text(
        "서비스로 포트포워딩을 열고 파드를 늘리고, 붙은 파드를 지우고, 다시 엽니다.",
        "Forwards a port to a Service, adds pods, deletes the pod it holds, and opens it again.",
    ),
    proves=("port-forward/which-pod", "port-forward/pod-dies"),
    question=Text(
        "열린 포트포워딩을 두고 파드를 3개에서 6개로 늘리면 60번에 몇 개의 파드가 답할까요?",
        "With a port-forward open, three pods become six: how many answer the next 60 requests?",
    ),
    choices=tuple(Choice(str(n), Text(f"{n}개", str(n)), (Expect("scaled_forward_pods", "==", n),)) for n in (1, 3, 6)),
    steps=(
        *three_pods(),
        OpenForward(Text("서비스로 포트포워딩을 엽니다.", "Open a port-forward to the Service.")),
        Send(Text("60번 요청합니다.", "60 requests."), LANE),
        Scale(Text("파드를 6개로 늘립니다.", "Scale to six pods."), "web", 6),
        WaitReady(Text("6개가 준비되기를 기다립니다.", "Wait for six."), "web", 6, "scaled"),
        Send(Text("60번 더 요청합니다.", "60 more."), LANE, name="scaled"),
        Newcomers(Text("다른 파드도 답했나요?", "Did another pod answer?"), "forward", "scaled_forward", "others"),
        DeletePod(Text("답한 파드를 지웁니다.", "Delete the pod that answered."), "web", "forward_pod"),
        SendUntilBroken(Text("끊길 때까지 요청합니다.", "Go on until it breaks."), lanes=LANE, after=0.0),
        OpenForward(Text("포트포워딩을 다시 엽니다.", "Open it again.")),
        Send(Text("10번 요청합니다.", "10 requests."), LANE, count=10, name="again"),
        Newcomers(Text("다른 파드인가요?", "Is it another pod?"), "forward", "again_forward", "another"),
    ),
    expects=(
        *(Expect(name, "==", 1) for name in ("forward_pods", "scaled_forward_pods", "forward_exit", "another")),
        Expect("others", "==", 0),
        Expect("forward_lost", "==", True),
    ),
    verdicts={
        outcome: Text(
            "{forward_sent}번에 파드 {forward_pods}개, 늘린 뒤 {scaled_forward_sent}번에 {scaled_forward_pods}개가 답했습니다. "
            "그 파드를 지우자 kubectl은 코드 {forward_exit}로 끝났고, 다시 여니 다른 파드 {another}개가 답했습니다.",
            "{forward_sent} requests met {forward_pods} pod, {scaled_forward_sent} after scaling {scaled_forward_pods}. "
            "With it deleted, kubectl ended with code {forward_exit}; opened again, {another} other pod answered.",
        )
        for outcome in ("proven", "disproven", "inconclusive")
    },
    budget_seconds=40,
    chance=sticky("forward"),
)

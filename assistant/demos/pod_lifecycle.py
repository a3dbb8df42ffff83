"""A crashed container comes back in the same pod; a deleted bare pod does not come back."""

from assistant.lab.demo import Choice, Demo, Expect, Text
from assistant.lab.steps.applying import Apply
from assistant.lab.steps.deleting import ChoosePod, DeletePod
from assistant.lab.steps.living import Crash, StaysGone, WaitRestarts
from assistant.lab.steps.objects import pod, pod_spec, probe
from assistant.lab.steps.waiting import WaitReady

DEMO = Demo(
    slug="pod-lifecycle",
    title=Text("직접 만든 파드는 지우면 돌아올까요?", "Does a bare pod come back?"),
    shows=Text(
        "파드의 컨테이너를 한 번 죽이고, 다음에는 파드를 지웁니다. 각각 무엇이 돌아오는지 봅니다.",
        "Crashes the container of a pod once, then deletes the pod, and sees what comes back each time.",
    ),
    proves=("pod/if-deleted", "container/when-it-crashes", "deployment/why-not-a-bare-pod", "pod-status/restarts"),
    question=Text(
        "직접 만든 파드를 지우고 10초 기다리면 파드는 몇 개일까요?",
        "You delete a bare pod and wait 10 s: how many pods are there?",
    ),
    choices=(
        Choice("none", Text("0개", "0"), (Expect("came_back", "==", 0),)),
        Choice("one", Text("1개: 다시 만들어짐", "1: it is made again"), (Expect("came_back", "==", 1),)),
    ),
    steps=(
        Apply(Text("파드 하나를 직접 만듭니다.", "Make one bare pod."), (pod("alone", pod_spec(readiness=probe())),)),
        WaitReady(Text("준비되기를 기다립니다.", "Wait until it is ready."), "alone", 1),
        Crash(Text("컨테이너의 프로그램을 끝냅니다.", "Make the program in its container exit."), "alone"),
        WaitRestarts(Text("컨테이너가 돌아오는지 봅니다.", "See whether the container comes back."), "alone", "crash"),
        ChoosePod(Text("지울 파드를 확인합니다.", "Look at the pod to delete."), "alone"),
        DeletePod(Text("파드를 지웁니다.", "Delete the pod."), "alone"),
        StaysGone(Text("10초 동안 돌아오는지 봅니다.", "Watch for 10 s whether it comes back."), "alone"),
    ),
    expects=(
        Expect("crash_restarts", "==", 1),
        Expect("crash_same_uid", "==", True),
        Expect("crash_same_ip", "==", True),
        Expect("came_back", "==", 0),
    ),
    verdicts={
        "proven": Text(
            "죽은 컨테이너는 {crash_seconds}초에 같은 파드, 같은 IP로 돌아왔고(RESTARTS {crash_restarts}), 지운 파드는 "
            "{watched_seconds}초 동안 돌아오지 않았습니다({came_back}개).",
            "The crashed container was back after {crash_seconds} s, same pod, same IP (RESTARTS {crash_restarts}); "
            "the deleted pod did not come back in {watched_seconds} s ({came_back} pods).",
        ),
        "disproven": Text(
            "RESTARTS {crash_restarts}, 지운 뒤 돌아온 파드 {came_back}개입니다.",
            "RESTARTS {crash_restarts}; pods that came back after the deletion: {came_back}.",
        ),
        "inconclusive": Text("파드의 끝을 보지 못했습니다.", "The end of the pod was not seen."),
    },
    budget_seconds=30,
)

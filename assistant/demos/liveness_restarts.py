"""Liveness restarts, readiness only takes the traffic away: the same closed port as each of the two."""

from assistant.lab.demo import NOT_MEASURED, Choice, Demo, Expect, Text
from assistant.lab.steps.applying import Apply
from assistant.lab.steps.living import LookAtPod, WaitRestarts
from assistant.lab.steps.objects import pod, pod_spec, probe

_CLOSED = probe(9, failures=2)

DEMO = Demo(
    slug="liveness-restarts",
    title=Text("검사가 실패하면 다시 시작될까요?", "Does a failing check restart the container?"),
    shows=Text(
        "닫힌 포트 하나를 한 파드에는 liveness로, 다른 파드에는 readiness로 검사하게 합니다.",
        "The same closed port is checked as liveness in one pod and as readiness in another.",
    ),
    proves=("liveness/when-it-fails", "readiness/vs-liveness", "readiness/when-it-fails", "pod-status/restarts"),
    question=Text(
        "readiness 검사만 계속 실패하는 파드는 몇 번 다시 시작될까요?",
        "Only readiness keeps failing: how often is the pod restarted?",
    ),
    choices=(
        Choice("never", Text("0번", "never"), (Expect("readiness_restarts", "==", 0),)),
        Choice("once", Text("1번", "once"), (Expect("readiness_restarts", "==", 1),)),
        Choice("often", Text("2번 이상", "twice or more"), (Expect("readiness_restarts", ">=", 2),)),
    ),
    steps=(
        Apply(
            Text("두 파드를 만듭니다.", "Make the two pods."),
            (pod("alive", pod_spec(liveness=_CLOSED, grace=1)), pod("prepared", pod_spec(readiness=_CLOSED))),
        ),
        WaitRestarts(Text("다시 시작되기를 기다립니다.", "Wait for a restart."), "alive", "liveness", back=False),
        LookAtPod(Text("readiness 파드를 봅니다.", "Look at the readiness pod."), "prepared", "readiness"),
    ),
    expects=(
        Expect("liveness_restarts", ">=", 1),
        Expect("liveness_same_uid", "==", True),
        Expect("readiness_restarts", "==", 0),
        Expect("readiness_is_ready", "==", False),
    ),
    verdicts={
        "proven": Text(
            "liveness 파드는 {liveness_seconds}초에 다시 시작되었고(RESTARTS {liveness_restarts}, 같은 파드), readiness 파드는 "
            "RESTARTS {readiness_restarts}에 READY 0/1입니다.",
            "Liveness restarted it after {liveness_seconds} s (RESTARTS {liveness_restarts}, the same pod); readiness: "
            "RESTARTS {readiness_restarts}, READY 0/1.",
        ),
        "disproven": Text(
            "다시 시작된 횟수: liveness {liveness_restarts}, readiness {readiness_restarts}.",
            "Restarts: liveness {liveness_restarts}, readiness {readiness_restarts}.",
        ),
        "inconclusive": NOT_MEASURED,
    },
    budget_seconds=20,
)

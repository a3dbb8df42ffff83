"""A rolling update without downtime: v1 to v2 under steady traffic, with a readiness probe and a pause before stopping."""

from assistant.demos.beginnings import three_pods_and_client
from assistant.lab.demo import Choice, Demo, Expect, Text
from assistant.lab.steps.objects import pod_spec, probe
from assistant.lab.steps.rolling import SetVersion, WaitRolled
from assistant.lab.steps.streaming import StartTraffic, StopTraffic

DEMO = Demo(
    slug="rolling-update",
    title=Text("새 버전으로 바꾸는 동안 요청이 실패할까요?", "Do requests fail while a new version rolls out?"),
    shows=Text(
        "계속 요청을 보내면서 v1을 v2로 바꾸고, 실패한 요청과 파드 수, 두 버전이 함께 답한 시간을 잽니다.",
        "Rolls v1 to v2 under steady requests and measures failures, the number of pods, and how long both versions answered.",
    ),
    proves=("rolling-update/zero-downtime", "rolling-update/both-versions-at-once", "rolling-update/how-it-steps"),
    question=Text(
        "readiness와 preStop이 있을 때, 바꾸는 동안 실패하는 요청은 얼마나 될까요?",
        "With readiness and preStop, how many requests fail during the update?",
    ),
    choices=(
        Choice("none", Text("하나도 없음", "none"), (Expect("roll_service_failed", "==", 0),)),
        Choice(
            "some", Text("몇 개", "a few"), (Expect("roll_service_failed", ">=", 1), Expect("roll_service_failed", "<", 10))
        ),
        Choice("many", Text("10개 이상", "ten or more"), (Expect("roll_service_failed", ">=", 10),)),
    ),
    steps=(
        *three_pods_and_client(pod_spec(version="1", readiness=probe(), pre_stop=5)),
        StartTraffic(Text("계속 요청을 보내기 시작합니다.", "Begin steady requests.")),
        SetVersion(Text("v2로 바꿉니다.", "Change to v2."), "web", "2"),
        WaitRolled(Text("모두 v2가 되기를 기다립니다.", "Wait until all are v2."), "web", "2"),
        StopTraffic(Text("요청을 멈추고 셉니다.", "Stop the requests and count."), "roll"),
    ),
    expects=(
        Expect("rolled", "==", True),
        Expect("min_ready", ">=", 3),
        Expect("max_pods", "<=", 4),
        Expect("roll_service_failed", "==", 0),
        Expect("roll_both_seconds", ">", 0),
        Expect("roll_last", "==", "2"),
    ),
    verdicts={
        "proven": Text(
            "요청 {roll_service_sent}번 중 {roll_service_failed}번 실패했습니다. 준비된 파드는 늘 {min_ready}개 이상, "
            "파드는 {max_pods}개 이하였고, 두 버전이 {roll_both_seconds}초 동안 함께 답했습니다.",
            "{roll_service_failed} of {roll_service_sent} requests failed. Never fewer than {min_ready} ready pods, never more "
            "than {max_pods}; both versions answered for {roll_both_seconds} s.",
        ),
        "disproven": Text(
            "요청 {roll_service_sent}번 중 {roll_service_failed}번 실패, 준비된 파드 최소 {min_ready}, 파드 최대 {max_pods}.",
            "{roll_service_failed} of {roll_service_sent} requests failed; ready at least {min_ready}, pods up to {max_pods}.",
        ),
        "inconclusive": Text("교체를 끝까지 재지 못했습니다.", "The update could not be measured to the end."),
    },
    budget_seconds=45,
)

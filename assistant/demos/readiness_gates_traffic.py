"""Zero downtime is not free: a slow start rolled out without a readiness probe, then with one, under the same traffic."""

from assistant.demos.beginnings import three_pods_and_client
from assistant.lab.demo import Choice, Demo, Expect, Text
from assistant.lab.steps.objects import PORT, pod_spec, probe
from assistant.lab.steps.patching import Patch
from assistant.lab.steps.rolling import SetVersion, WaitRolled
from assistant.lab.steps.streaming import StartTraffic, StopTraffic

SLOW = ("sh", "-c", f"sleep 3; exec /agnhost netexec --http-port={PORT}")
PROBED = {"name": "main", "readinessProbe": probe(), "env": [{"name": "VERSION", "value": "v3"}]}
FAILED = "without_service_failed"
CHANGE = {"spec": {"template": {"spec": {"containers": [PROBED]}}}}
DEMO = Demo(
    slug="readiness-gates-traffic",
    title=Text("준비성 프로브가 없으면 몇 번 실패할까요?", "How many requests fail without a readiness probe?"),
    shows=Text(
        "시작에 3초 걸리는 앱을 요청을 받으면서 두 번 교체합니다. 프로브 없이 한 번, 있게 한 번.",
        "Replaces an app that takes 3 s to start twice under steady traffic: without a readiness probe, then with one.",
    ),
    proves=("readiness/why", "rolling-update/zero-downtime"),
    question=Text(
        "프로브 없이 새 버전으로 교체하는 동안 실패하는 요청이 있을까요?",
        "While a new version replaces the old one without a probe, do requests fail?",
    ),
    choices=(
        Choice("none", Text("하나도 없다", "none"), (Expect(FAILED, "==", 0),)),
        Choice("few", Text("1~9번", "1 to 9"), (Expect(FAILED, ">", 0), Expect(FAILED, "<", 10))),
        Choice("many", Text("10번 이상", "10 or more"), (Expect(FAILED, ">=", 10),)),
    ),
    steps=(
        *three_pods_and_client(pod_spec(command=SLOW, version="v1", pre_stop=5)),
        StartTraffic(Text("요청을 계속 보내기 시작합니다.", "Begin steady requests.")),
        SetVersion(Text("프로브 없이 v2로 교체합니다.", "Roll to v2 without a probe."), "web", "v2"),
        WaitRolled(Text("교체가 끝나기를 기다립니다.", "Wait for its end."), "web", "v2"),
        StopTraffic(Text("멈추고 실패를 셉니다.", "Stop, and count the failures."), "without", after=3.0),
        StartTraffic(Text("다시 요청을 보냅니다.", "Begin again.")),
        Patch(Text("프로브를 넣어 v3로 교체합니다.", "Roll to v3 with a probe."), "Deployment", "web", CHANGE),
        WaitRolled(Text("교체가 끝나기를 기다립니다.", "Wait for its end."), "web", "v3"),
        StopTraffic(Text("멈추고 실패를 셉니다.", "Stop, and count the failures."), "with"),
    ),
    expects=(
        *(Expect(f"{arm}_steady", "==", True) for arm in ("without", "with")),
        Expect(FAILED, ">=", 10),
        Expect("with_service_failed", "==", 0),
        Expect("with_last", "==", "v3"),
    ),
    verdicts={
        outcome: Text(
            "프로브 없이는 {without_service_sent}번 중 {without_service_failed}번, "
            "프로브가 있을 때는 {with_service_sent}번 중 {with_service_failed}번 실패했습니다.",
            "Without a probe {without_service_failed} of {without_service_sent} requests failed, "
            "with one {with_service_failed} of {with_service_sent}.",
        )
        for outcome in ("proven", "disproven", "inconclusive")
    },
    budget_seconds=90,
)

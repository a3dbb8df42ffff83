"""Going back is easy: a roll-out that cannot work stops by itself, the old pods serve on, and undo takes the old ReplicaSet."""

from assistant.demos.beginnings import three_pods_and_client
from assistant.lab.demo import Choice, Demo, Expect, Text
from assistant.lab.steps.patching import SetImage
from assistant.lab.steps.streaming import StartTraffic, StopTraffic
from assistant.lab.steps.undoing import SeeUndone, Undo, WaitDeadline

MISSING = "registry.k8s.io/e2e-test-images/agnhost:no-such-version"
DEMO = Demo(
    slug="rollback",
    title=Text("고장 난 버전을 배포하면 어떻게 될까요?", "What happens when a broken version is rolled out?"),
    shows=Text(
        "요청을 계속 보내면서 없는 이미지로 배포하고, 기한이 지나면 되돌립니다.",
        "Rolls to an image that does not exist, under steady traffic; past the deadline, undoes it.",
    ),
    proves=("rollback/not-automatic", "rollback/broken-release-still-serving", "rollback/how-it-works-inside"),
    question=Text(
        "없는 이미지로 배포하고 기한(progressDeadlineSeconds)이 지나면 어떻게 될까요?",
        "An image that does not exist is rolled out and its deadline passes: what happens?",
    ),
    choices=(
        Choice("auto", Text("자동으로 되돌아간다", "it goes back by itself"), (Expect("went_back", "==", True),)),
        Choice("down", Text("서비스가 멈춘다", "the Service stops"), (Expect("traffic_service_failed", ">", 0),)),
        Choice(
            "report",
            Text("보고만 하고 옛 파드가 계속 답한다", "it is only reported; the old pods serve on"),
            (Expect("went_back", "==", False), Expect("traffic_service_failed", "==", 0)),
        ),
    ),
    steps=(
        *three_pods_and_client(progressDeadlineSeconds=15),
        StartTraffic(Text("요청을 계속 보내기 시작합니다.", "Begin steady requests.")),
        SetImage(Text("없는 이미지로 배포합니다.", "Roll out an image that does not exist."), "web", MISSING),
        WaitDeadline(Text("기한이 지나기를 기다립니다.", "Wait until its deadline has passed."), "web"),
        Undo(Text("되돌립니다.", "Undo it."), "web"),
        SeeUndone(Text("어떤 레플리카셋이 도는지 봅니다.", "See which ReplicaSet runs."), "web"),
        StopTraffic(Text("요청을 멈춥니다.", "Stop the requests."), "traffic"),
    ),
    expects=(
        *(Expect(name, "==", True) for name in ("deadline_reported", "undone", "same_replicaset", "revision_rose")),
        Expect("went_back", "==", False),
        Expect("old_ready", "==", 3),
        Expect("traffic_service_failed", "==", 0),
    ),
    verdicts={
        outcome: Text(
            "기한은 {deadline_seconds}초에 보고되었고 옛 파드 {old_ready}개가 남아 있었습니다. 되돌리기 {undo_seconds}초, "
            "리비전 {revision_before}→{revision_after}. 요청 {traffic_service_sent}번 중 실패 {traffic_service_failed}번.",
            "The deadline was reported after {deadline_seconds} s, {old_ready} old pods stayed. Undo took {undo_seconds} s, "
            "revision {revision_before}→{revision_after}. {traffic_service_failed} of {traffic_service_sent} requests failed.",
        )
        for outcome in ("proven", "disproven", "inconclusive")
    },
    budget_seconds=60,
)

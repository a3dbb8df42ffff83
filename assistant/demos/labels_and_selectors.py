"""Labels select: six pods, four selectors, one Service whose endpoints follow a label that changes."""

from assistant.lab.demo import NOT_MEASURED, Demo, Expect, Text, how_many
from assistant.lab.steps.applying import Apply
from assistant.lab.steps.labelling import Relabel, Select, WaitEndpoints
from assistant.lab.steps.objects import pod, pod_spec, probe, service

_WEB = ("web-1", "web-2", "web-3", "web-4")
_READY = pod_spec(readiness=probe())
_PODS = (
    *(pod(name, _READY, labels={"app": "web", "track": "stable"}) for name in _WEB[:2]),
    pod("web-3", _READY, labels={"app": "web", "track": "canary"}),
    pod("web-4", pod_spec(readiness=probe(9)), labels={"app": "web", "track": "canary"}),
    *(pod(name, _READY, labels={"app": "db", "track": "stable"}) for name in ("db-1", "db-2")),
)
_PROVES = ("label/service-finds-pods", "label/how-selectors-match", "service/how-it-finds-pods", "label/change-on-live-pod")

DEMO = Demo(
    slug="labels-and-selectors",
    title=Text("레이블을 바꾸면 서비스의 대상도 바뀔까요?", "Does a Service follow a changed label?"),
    shows=Text("셀렉터로 파드를 찾고, 레이블을 바꿔 봅니다.", "Finds pods by selector, then changes a label."),
    proves=_PROVES,
    question=Text(
        "app=web 파드 4개 중 1개가 준비되지 않았습니다. 서비스의 준비된 엔드포인트는 몇 개일까요?",
        "One of four pods app=web is not ready: how many ready endpoints does the Service have?",
    ),
    choices=how_many("before_endpoints", 3, 4, 6),
    steps=(
        Apply(Text("파드 6개와 서비스를 만듭니다.", "Make six pods and a Service."), (*_PODS, service("web"))),
        Select(
            Text("셀렉터 4개로 찾습니다.", "Find pods by four selectors."),
            (("app=web", _WEB), ("app=web,track=stable", _WEB[:2]), ("track in (canary),app!=db", _WEB[2:]), ("!app", ())),
        ),
        WaitEndpoints(Text("엔드포인트를 봅니다.", "See the endpoints."), "web", _WEB[:3], "before", unready=_WEB[3:]),
        Relabel(Text("web-1의 레이블을 바꿉니다.", "Change a label of web-1."), "web-1", "app", "db"),
        WaitEndpoints(Text("엔드포인트가 따라오는지 봅니다.", "See whether they follow."), "web", _WEB[1:3], "after"),
    ),
    expects=(
        Expect("selected", "==", "$selectors"),
        Expect("before_exact", "==", True),
        Expect("before_unready", "==", 1),
        Expect("after_exact", "==", True),
    ),
    verdicts={
        "proven": Text(
            "예측과 같은 셀렉터 {selected}/{selectors}. 준비된 엔드포인트 {before_endpoints}개(준비 안 됨 {before_unready})가 "
            "레이블을 바꾼 지 {after_seconds}초에 {after_endpoints}개가 되었습니다.",
            "{selected} of {selectors} selectors found what was predicted. Ready endpoints: {before_endpoints} (and "
            "{before_unready} not ready), and {after_endpoints} within {after_seconds} s of the change.",
        ),
        "disproven": Text(
            "예측과 같은 셀렉터 {selected}/{selectors}, 엔드포인트 {before_endpoints}개에서 {after_endpoints}개.",
            "Selectors as predicted: {selected}/{selectors}; endpoints {before_endpoints}, then {after_endpoints}.",
        ),
        "inconclusive": NOT_MEASURED,
    },
    budget_seconds=20,
)

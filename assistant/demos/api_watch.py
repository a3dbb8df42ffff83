"""Everything goes through the API server: one pod is made, and the watch tells each change of it in order."""

from assistant.lab.demo import Choice, Demo, Expect, Text
from assistant.lab.steps.applying import Apply
from assistant.lab.steps.living import SeeLife
from assistant.lab.steps.objects import pod, pod_spec, probe

DEMO = Demo(
    slug="api-watch",
    title=Text("파드가 준비될 때까지 API 서버는 몇 번 알릴까요?", "How often does the API server tell of a new pod?"),
    shows=Text(
        "파드 하나를 만들고, 준비될 때까지의 모든 변경을 watch로 받아 순서대로 봅니다.",
        "Makes one pod and takes every change until it is ready from a watch, in order.",
    ),
    proves=("api-server/watch", "worker-node/who-picks-the-node", "worker-node/how-it-gets-work"),
    question=Text(
        "파드 하나가 만들어져 준비될 때까지 watch에는 변경이 몇 번 올까요?",
        "One pod is made and gets ready: how many changes does the watch tell?",
    ),
    choices=(
        Choice("one", Text("1번: 만들어짐", "1: it was made"), (Expect("changes", "==", 1),)),
        Choice("two", Text("2번: 만들어짐, 준비됨", "2: made, ready"), (Expect("changes", "==", 2),)),
        Choice("more", Text("3번 이상", "3 or more"), (Expect("changes", ">=", 3),)),
    ),
    steps=(
        Apply(Text("파드 하나를 만듭니다.", "Make one pod."), (pod("one", pod_spec(readiness=probe())),)),
        SeeLife(Text("준비될 때까지 변경을 모두 받습니다.", "Take every change until it is ready."), "one"),
    ),
    expects=(
        Expect("added", "==", 1),
        Expect("modified", ">=", 2),
        Expect("in_order", "==", True),
        Expect("scheduled_first", "==", True),
    ),
    verdicts={
        "proven": Text(
            "{ready_seconds}초 동안 {changes}번(추가 {added}, 변경 {modified}) 순서대로 알렸습니다. 이벤트: {events}.",
            "{changes} times in {ready_seconds} s, in order ({added} added, {modified} modified). Events: {events}.",
        ),
        "disproven": Text(
            "추가 {added}번, 변경 {modified}번이 왔습니다. 이벤트: {events}.",
            "The watch told {added} addition(s) and {modified} change(s). Events: {events}.",
        ),
        "inconclusive": Text("이벤트의 순서를 보지 못했습니다.", "The order of the events was not seen."),
    },
    budget_seconds=15,
)

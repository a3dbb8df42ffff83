"""Ownership goes by label: a pod that loses its label is let go, and taken back with it."""

from assistant.lab.demo import Demo, Expect, Text, how_many
from assistant.lab.steps.applying import Apply
from assistant.lab.steps.deleting import ChoosePod
from assistant.lab.steps.labelling import Relabel, SeeOwner
from assistant.lab.steps.objects import deployment
from assistant.lab.steps.waiting import WaitReady

DEMO = Demo(
    slug="replicaset-adoption",
    title=Text("레이블을 떼면 파드는 누구의 것일까요?", "Whose is a pod without its label?"),
    shows=Text(
        "레플리카셋의 파드 하나에서 레이블을 바꿨다가 되돌리며 소유자와 파드 수를 봅니다.",
        "Changes the label of one pod of a ReplicaSet and puts it back, watching its owner and the number of pods.",
    ),
    proves=("replicaset/ownership-and-adoption", "label/change-on-live-pod"),
    question=Text(
        "파드 3개 중 하나의 app 레이블을 바꾸면 파드는 모두 몇 개가 될까요?",
        "You change the label app of one of three pods: how many pods are there then?",
    ),
    choices=how_many("freed_total", 2, 3, 4),
    steps=(
        Apply(Text("파드 3개짜리 디플로이먼트를 만듭니다.", "Make a Deployment with three pods."), (deployment("web"),)),
        WaitReady(Text("파드 3개가 준비되기를 기다립니다.", "Wait for three ready pods."), "web", 3),
        ChoosePod(Text("파드 하나를 고릅니다.", "Choose a pod."), "web"),
        Relabel(Text("그 파드의 app 레이블을 바꿉니다.", "Change its label app."), "{victim}", "app", "apart"),
        SeeOwner(Text("소유자와 파드 수를 봅니다.", "See its owner and the number of pods."), "victim", False, 4, "freed"),
        Relabel(Text("레이블을 되돌립니다.", "Put the label back."), "{victim}", "app", "web"),
        SeeOwner(Text("다시 거두어지는지 봅니다.", "See whether it is taken back."), "victim", True, 3, "back"),
    ),
    expects=(
        Expect("freed_owned", "==", False),
        Expect("freed_alive", "==", True),
        Expect("freed_total", "==", 4),
        Expect("back_owned", "==", True),
        Expect("back_total", "==", 3),
    ),
    verdicts={
        "proven": Text(
            "레이블을 바꾸자 파드는 소유자를 잃은 채 돌고 모두 {freed_total}개가 되었습니다({freed_seconds}초). "
            "되돌리자 다시 거두어져 {back_total}개가 되었습니다({back_seconds}초).",
            "Without its label the pod lost its owner and ran on, {freed_total} pods in all ({freed_seconds} s). "
            "With it back it was adopted, and {back_total} were left ({back_seconds} s).",
        ),
        "disproven": Text(
            "레이블을 바꾼 뒤 {freed_total}개, 되돌린 뒤 {back_total}개입니다.",
            "{freed_total} pods after the change, {back_total} after it was undone.",
        ),
        "inconclusive": Text("소유자를 끝까지 보지 못했습니다.", "The owner was not seen to the end."),
    },
    budget_seconds=20,
)

"""Scaling out and in: the wanted number is reached, and the pods that are there stay."""

from assistant.lab.demo import Choice, Demo, Expect, Text
from assistant.lab.steps.applying import Apply
from assistant.lab.steps.objects import deployment
from assistant.lab.steps.scaling import Scale
from assistant.lab.steps.waiting import WaitReady

DEMO = Demo(
    slug="deployment-scale",
    title=Text("파드 수를 늘리고 줄이면 몇 초가 걸릴까요?", "How long does scaling take?"),
    shows=Text(
        "디플로이먼트를 3개에서 6개로 늘리고 2개로 줄이며, 처음 파드가 그대로인지 봅니다.",
        "Scales a Deployment from 3 to 6 and down to 2 pods, and sees whether the first pods stay.",
    ),
    proves=("deployment/scale-it", "replicaset/change-the-number"),
    question=Text(
        "3개에서 6개로 늘리면 처음 파드 3개 중 몇 개가 그대로 있을까요?", "From 3 to 6 pods: how many of the first three stay?"
    ),
    choices=(
        Choice("none", Text("0개: 모두 새로 만들어짐", "none: all are made anew"), (Expect("out_kept", "==", 0),)),
        Choice("all", Text("3개 모두", "all three"), (Expect("out_kept", "==", 3),)),
    ),
    steps=(
        Apply(Text("파드 3개짜리 디플로이먼트를 만듭니다.", "Make a Deployment with three pods."), (deployment("web"),)),
        WaitReady(Text("파드 3개가 준비되기를 기다립니다.", "Wait for three ready pods."), "web", 3),
        Scale(Text("6개로 늘립니다.", "Scale out to six."), "web", 6),
        WaitReady(Text("6개가 준비되기를 기다립니다.", "Wait for six ready pods."), "web", 6, "out", must=False),
        Scale(Text("2개로 줄입니다.", "Scale in to two."), "web", 2),
        WaitReady(Text("2개가 남기를 기다립니다.", "Wait until two are left."), "web", 2, "in", must=False),
    ),
    expects=(Expect("out_ready", "==", 6), Expect("out_kept", "==", 3), Expect("in_ready", "==", 2)),
    verdicts={
        "proven": Text(
            "{out_ready}개로 늘 때 {out_seconds}초, {in_ready}개로 줄 때 {in_seconds}초가 걸렸습니다. "
            "늘릴 때 처음 파드 {out_kept}개는 그대로였습니다.",
            "{out_ready} pods were ready after {out_seconds} s, {in_ready} were left after {in_seconds} s. "
            "{out_kept} of the first three stayed when scaling out.",
        ),
        "disproven": Text(
            "늘린 뒤 준비된 파드 {out_ready}개, 줄인 뒤 {in_ready}개입니다.",
            "Ready pods: {out_ready} after scaling out, {in_ready} after scaling in.",
        ),
        "inconclusive": Text("파드 수를 끝까지 세지 못했습니다.", "The pods could not be counted to the end."),
    },
    budget_seconds=30,
)

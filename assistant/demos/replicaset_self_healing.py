"""A ReplicaSet keeps the wanted number: delete one pod of three and see what comes."""

from assistant.lab.demo import Choice, Demo, Expect, Text
from assistant.lab.steps.applying import Apply
from assistant.lab.steps.deleting import ChoosePod, DeletePod, SeeReplaced
from assistant.lab.steps.objects import deployment
from assistant.lab.steps.waiting import WaitReady

DEMO = Demo(
    slug="replicaset-self-healing",
    title=Text("지운 파드는 다시 채워질까요?", "Is a deleted pod replaced?"),
    shows=Text(
        "파드 3개 중 하나를 지우고, 레플리카셋이 언제 무엇을 새로 만드는지 봅니다.",
        "Deletes one of three pods and watches what the ReplicaSet makes, and when.",
    ),
    proves=("replicaset/if-i-delete-a-pod", "replicaset/how-it-keeps-the-count", "replicaset/what"),
    question=Text(
        "파드 3개 중 하나를 지우고 기다리면 준비된 파드는 몇 개일까요?",
        "You delete one of three pods and wait: how many pods are ready?",
    ),
    choices=(
        Choice("two", Text("2개", "2"), (Expect("after_ready", "==", 2),)),
        Choice("same", Text("3개: 같은 파드가 되살아남", "3: the same pod comes back"), (Expect("new_uid", "==", False),)),
        Choice(
            "new",
            Text("3개: 이름이 다른 새 파드", "3: a new pod with another name"),
            (Expect("after_ready", "==", 3), Expect("new_uid", "==", True)),
        ),
    ),
    steps=(
        Apply(Text("파드 3개짜리 디플로이먼트를 만듭니다.", "Make a Deployment with three pods."), (deployment("web"),)),
        WaitReady(Text("파드 3개가 준비되기를 기다립니다.", "Wait for three ready pods."), "web", 3),
        ChoosePod(Text("지울 파드를 고릅니다.", "Choose the pod to delete."), "web"),
        DeletePod(Text("그 파드를 지웁니다.", "Delete it."), "web"),
        SeeReplaced(Text("무엇이 새로 생기는지 봅니다.", "Watch what comes in its place."), "web"),
        WaitReady(
            Text("다시 3개가 준비되는지 봅니다.", "See whether three are ready again."), "web", 3, "after", 30, must=False
        ),
    ),
    expects=(
        Expect("added_before_gone", "==", True),
        Expect("new_name", "==", True),
        Expect("new_uid", "==", True),
        Expect("after_ready", "==", 3),
    ),
    verdicts={
        "proven": Text(
            "새 파드는 {added_seconds}초에 생겼고, 지운 파드는 {gone_seconds}초에 사라졌습니다. 다시 준비된 수: {after_ready}.",
            "A new pod came after {added_seconds} s, the old one was gone after {gone_seconds} s. Ready again: {after_ready}.",
        ),
        "disproven": Text(
            "지운 파드가 채워지지 않았습니다: 준비된 파드 {after_ready}개.",
            "The deleted pod was not replaced: {after_ready} pods ready.",
        ),
        "inconclusive": Text("지운 파드의 마지막을 보지 못했습니다.", "The end of the deleted pod was not seen."),
    },
    budget_seconds=20,
)

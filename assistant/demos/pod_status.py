"""A pod's status names what is wrong: seven pods at once, each with its predicted status and the event that says why."""

from assistant.lab.demo import NOT_MEASURED, Choice, Demo, Expect, Text
from assistant.lab.steps.applying import Apply
from assistant.lab.steps.objects import PAUSE, pod, pod_spec, probe
from assistant.lab.steps.statuses import Ailment, SeeStatuses

_MEMORY = {"requests": {"memory": "16Mi"}, "limits": {"memory": "32Mi"}}
_PODS = (
    pod("good", pod_spec(readiness=probe())),
    pod("no-node", {**pod_spec(PAUSE), "nodeSelector": {"disk": "not-there"}}),
    pod("no-image", pod_spec(PAUSE, image="registry.k8s.io/e2e-test-images/agnhost:no-such-tag")),
    pod("exits", pod_spec(command=("sh", "-c", "exit 1"))),
    pod("closed-port", pod_spec(PAUSE, readiness=probe(9))),
    pod("no-config", pod_spec(PAUSE, envFrom=[{"configMapRef": {"name": "missing"}}])),
    # Restarted, so killed again: where a container's end is told before its cause, STATUS is a plain Error.
    pod("too-big", pod_spec(command=("tail", "/dev/zero"), resources=_MEMORY)),
)
_ANCHORS = ("what", "pending", "image-pull", "crash-loop", "config-error", "oom-killed", "running-not-ready", "where-to-look")

DEMO = Demo(
    slug="pod-status",
    title=Text("STATUS만 보고 무엇이 잘못되었는지 알 수 있을까요?", "Does STATUS tell what is wrong with a pod?"),
    shows=Text("성한 파드 하나와 망가진 파드 여섯의 STATUS를 봅니다.", "The STATUS of one good pod and of six broken ones."),
    proves=tuple(f"pod-status/{anchor}" for anchor in _ANCHORS),
    question=Text("맞는 노드가 없는 파드의 STATUS는 무엇일까요?", "No node fits a pod: what is its STATUS?"),
    choices=tuple(
        Choice(slug, Text(status, status), (Expect("status_no_node", "==", status),))
        for slug, status in (("pending", "Pending"), ("creating", "ContainerCreating"), ("crash", "CrashLoopBackOff"))
    ),
    steps=(
        Apply(Text("파드 7개를 한꺼번에 만듭니다.", "Make seven pods at once."), _PODS),
        SeeStatuses(
            Text("예측한 STATUS가 나타나는지 봅니다.", "See whether each shows the predicted status."),
            (
                Ailment("good", ("Running 1/1",)),
                Ailment("no-node", ("Pending",), "FailedScheduling"),
                Ailment("no-image", ("ErrImagePull", "ImagePullBackOff"), "Failed"),
                Ailment("exits", ("CrashLoopBackOff",), "BackOff"),
                Ailment("closed-port", ("Running 0/1",), "Unhealthy"),
                Ailment("no-config", ("CreateContainerConfigError",), "Failed"),
                Ailment("too-big", ("OOMKilled",)),
            ),
        ),
    ),
    expects=(Expect("as_predicted", "==", "$of"), Expect("explained", "==", "$to_explain")),
    verdicts={
        "proven": Text(
            "파드 {of}개 중 {as_predicted}개가 {statuses_seconds}초 안에 예측대로였고, 이벤트가 {explained}개를 설명합니다.",
            "{as_predicted} of {of} pods showed the predicted status within {statuses_seconds} s; events explain {explained}.",
        ),
        "disproven": Text(
            "파드 {of}개 중 {as_predicted}개만 예측과 같고, {to_explain}개 중 {explained}개만 이벤트에 이유가 있습니다.",
            "Only {as_predicted} of {of} pods were as predicted; events explain {explained} of {to_explain}.",
        ),
        "inconclusive": NOT_MEASURED,
    },
    budget_seconds=15,
)

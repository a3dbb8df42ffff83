"""What a cluster is made of: nodes, and the system's own pods, told apart by their owners."""

from assistant.lab.demo import Choice, Demo, Expect, Text
from assistant.lab.steps.surveying import LookAround

DEMO = Demo(
    slug="cluster-anatomy",
    title=Text("클러스터 안에는 무엇이 돌고 있을까요?", "What runs inside a cluster?"),
    shows=Text(
        "노드와 kube-system의 파드를 읽고, 누가 만들었는지로 나눕니다. 아무것도 바꾸지 않습니다.",
        "Reads the nodes and the pods of kube-system and tells them apart by owner. Changes nothing.",
    ),
    proves=(
        "container/system-runs-as-containers",
        "control-plane/see-it",
        "cluster/see-whats-inside",
        "cluster/what-it-is-made-of",
    ),
    question=Text(
        "API 서버와 etcd처럼 노드의 kubelet이 직접 띄운 정적 파드는 몇 개일까요?",
        "How many static pods, as API server and etcd, did the kubelet of a node start by itself?",
    ),
    choices=(
        Choice("none", Text("없음: 모두 디플로이먼트", "none: all are Deployments"), (Expect("static_pods", "==", 0),)),
        Choice("one", Text("1개", "1"), (Expect("static_pods", "==", 1),)),
        Choice("more", Text("2개 이상", "2 or more"), (Expect("static_pods", ">=", 2),)),
    ),
    steps=(LookAround(Text("노드와 시스템 파드를 읽습니다.", "Read the nodes and the system's pods.")),),
    expects=(
        Expect("nodes", ">=", 1),
        Expect("control_planes", ">=", 1),
        Expect("system_pods", ">=", 1),
        Expect("containers", "==", "$system_pods"),
        Expect("static_pods", ">=", "$static_expected"),
        Expect("daemonset_pods", ">=", 1),
        Expect("deployment_pods", ">=", 1),
    ),
    verdicts={
        "proven": Text(
            "노드 {nodes}개(컨트롤 플레인 {control_planes}개)의 시스템 파드 {system_pods}개가 모두 {runtime} 컨테이너입니다: "
            "정적 파드 {static_pods}, 데몬셋 {daemonset_pods}, 디플로이먼트 {deployment_pods}.",
            "On {nodes} node(s), {control_planes} of them control plane, all {system_pods} system pods run as {runtime} "
            "containers: {static_pods} static, {daemonset_pods} of a DaemonSet, {deployment_pods} of a Deployment.",
        ),
        "disproven": Text(
            "시스템 파드 {system_pods}개 중 컨테이너는 {containers}개입니다(정적 {static_pods}, 데몬셋 {daemonset_pods}, "
            "디플로이먼트 {deployment_pods}).",
            "Of {system_pods} system pods {containers} are containers ({static_pods} static, {daemonset_pods} of a DaemonSet, "
            "{deployment_pods} of a Deployment).",
        ),
        "inconclusive": Text("시스템 파드를 읽지 못했습니다.", "The system's pods could not be read."),
    },
    budget_seconds=5,
)

"""A NodePort adds a port on every node to the same Service; the pods then see the node's address, not the caller's."""

from assistant.demos.beginnings import three_pods_and_client
from assistant.lab.demo import Choice, Demo, Expect, Text
from assistant.lab.odds import spread
from assistant.lab.steps.inside import SendInside
from assistant.lab.steps.objects import SERVE_HOSTNAME, pod_spec, tcp_probe
from assistant.lab.steps.outside import FindNodePort, SeeCallers
from assistant.lab.steps.patching import SetType
from assistant.lab.steps.sending import Send

DEMO = Demo(
    slug="service-node-port",
    title=Text("NodePort를 열면 무엇이 바뀔까요?", "What does opening a NodePort change?"),
    shows=Text(
        "서비스를 NodePort로 바꾸고 안과 밖에서 노드의 포트로 요청하고, 파드가 본 주소를 읽습니다.",
        "Makes the Service a NodePort, asks the node's port from inside and outside, and reads which address the pods saw.",
    ),
    proves=("node-port/what", "node-port/port-range", "node-port/vs-cluster-ip", "node-port/client-ip"),
    question=Text(
        "이 컴퓨터에서 NodePort로 요청하면 파드의 로그에는 누구의 주소가 찍힐까요?",
        "You ask the NodePort from this computer: whose address is in the pod's log?",
    ),
    choices=(
        Choice("mine", Text("이 컴퓨터의 주소", "this computer's"), (Expect("source_hidden", "==", False),)),
        Choice("node", Text("노드의 주소", "the node's"), (Expect("caller_is_node", "==", True),)),
    ),
    steps=(
        *three_pods_and_client(pod_spec(SERVE_HOSTNAME, readiness=tcp_probe())),
        SetType(Text("타입을 NodePort로 바꿉니다.", "Change the type to NodePort."), "web", "NodePort"),
        FindNodePort(Text("노드의 포트와 그리로 가는 길을 찾습니다.", "Find the port on the node, and the way to it.")),
        SendInside(
            Text("안에서 노드의 포트로 60번 요청합니다.", "60 from inside."), url="{node_url}", name="inside", lane="node-port"
        ),
        Send(Text("이 컴퓨터에서 60번 요청합니다.", "60 from this computer."), ("node-port",)),
        SeeCallers(Text("파드가 본 주소를 로그에서 읽습니다.", "Read in the logs which address the pods saw.")),
    ),
    expects=(
        Expect("node_port", ">=", 30000),
        Expect("node_port", "<=", 32767),
        Expect("cluster_ip_kept", "==", True),
        Expect("inside_node_port_pods", "==", 3),
        Expect("node_port_pods", "==", 3),
        Expect("node_port_share", "<", 60),
        Expect("source_hidden", "==", "$hidden_expected"),
        Expect("caller_is_node", "==", True),
    ),
    verdicts={
        outcome: Text(
            "노드의 포트는 {node_port}번입니다. 안에서는 파드 {inside_node_port_pods}개, 이 컴퓨터에서는 {node_port_pods}개"
            "({node_port_counts})가 답했고, 파드가 본 주소는 {caller}입니다.",
            "The node's port is {node_port}. {inside_node_port_pods} pods answered inside, {node_port_pods} "
            "({node_port_counts}) answered this computer; the address they saw: {caller}.",
        )
        for outcome in ("proven", "disproven", "inconclusive")
    },
    budget_seconds=25,
    chance=spread("node_port"),
)

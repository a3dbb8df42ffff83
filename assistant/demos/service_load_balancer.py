"""A LoadBalancer Service contains a NodePort and a ClusterIP; its outer address comes from somebody else, or does not come."""

from assistant.demos.beginnings import three_pods_and_client
from assistant.lab.demo import Choice, Demo, Expect, Text
from assistant.lab.odds import spread
from assistant.lab.steps.inside import SendInside
from assistant.lab.steps.objects import SERVE_HOSTNAME, pod_spec, tcp_probe
from assistant.lab.steps.outside import SeeBalancer
from assistant.lab.steps.patching import SetType

DEMO = Demo(
    slug="service-load-balancer",
    title=Text("LoadBalancer 서비스에는 무엇이 들어 있을까요?", "What is inside a LoadBalancer Service?"),
    shows=Text(
        "서비스를 NodePort로, 다시 LoadBalancer로 바꾸며 세 가지 주소가 어떻게 되는지 봅니다.",
        "Makes the Service a NodePort, then a LoadBalancer, and watches what becomes of its three addresses.",
    ),
    proves=("load-balancer/contains-others", "load-balancer/pending"),
    question=Text(
        "Minikube에서 타입을 LoadBalancer로 바꾸면 EXTERNAL-IP는 어떻게 될까요?",
        "On Minikube the type becomes LoadBalancer: what about its EXTERNAL-IP?",
    ),
    choices=(
        Choice("address", Text("곧 주소가 생긴다", "an address comes soon"), (Expect("pending", "==", False),)),
        Choice("pending", Text("<pending>에 머문다", "it stays <pending>"), (Expect("pending", "==", True),)),
    ),
    steps=(
        *three_pods_and_client(pod_spec(SERVE_HOSTNAME, readiness=tcp_probe())),
        SetType(Text("타입을 NodePort로 바꿉니다.", "Change the type to NodePort."), "web", "NodePort"),
        SetType(Text("타입을 LoadBalancer로 바꿉니다.", "Change it to LoadBalancer."), "web", "LoadBalancer"),
        SeeBalancer(Text("외부 주소가 생기는지 봅니다.", "See whether an outer address comes.")),
        SendInside(Text("ClusterIP로 60번 요청합니다.", "60 requests to the ClusterIP.")),
        SendInside(Text("노드의 포트로 60번 요청합니다.", "60 to the node's port."), url="{node_url}", lane="node-port"),
    ),
    expects=(
        Expect("cluster_ip_kept", "==", True),
        Expect("node_port", ">=", 30000),
        Expect("node_port_kept", "==", True),
        Expect("pending", "==", "$pending_expected"),
        Expect("service_pods", "==", 3),
        Expect("node_port_pods", "==", 3),
    ),
    verdicts={
        outcome: Text(
            "EXTERNAL-IP는 {external}, 노드 포트는 {node_port}입니다. ClusterIP로 파드 {service_pods}개({service_counts}), "
            "노드 포트로 {node_port_pods}개({node_port_counts})가 답했습니다.",
            "EXTERNAL-IP is {external}, the node's port {node_port}. {service_pods} pods answered the ClusterIP "
            "({service_counts}), {node_port_pods} the node's port ({node_port_counts}).",
        )
        for outcome in ("proven", "disproven", "inconclusive")
    },
    budget_seconds=20,
    chance=spread("service"),
)

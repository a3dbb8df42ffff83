"""A ClusterIP spreads connections inside, and cannot be reached from outside: no node and no pod has that address."""

from assistant.demos.beginnings import three_pods_and_client
from assistant.lab.demo import Choice, Demo, Expect, Text
from assistant.lab.odds import spread
from assistant.lab.steps.inside import SendInside
from assistant.lab.steps.networking import SeeProxyMode
from assistant.lab.steps.outside import TryOutside

DEMO = Demo(
    slug="service-cluster-ip",
    title=Text("ClusterIP는 어디에서 통할까요?", "Where does a ClusterIP work?"),
    shows=Text(
        "클러스터 안에서 새 연결 60개를 보내고, 같은 주소를 이 컴퓨터에서도 불러 봅니다.",
        "Sends 60 new connections from inside, then tries the same address from this computer.",
    ),
    proves=("cluster-ip/spreading", "cluster-ip/reach-from-outside", "cluster-ip/virtual-ip"),
    question=Text(
        "이 컴퓨터에서 ClusterIP로 3번 요청하면 몇 번 답이 올까요?",
        "Of 3 requests from this computer to the ClusterIP, how many are answered?",
    ),
    choices=(
        Choice("none", Text("0번", "0"), (Expect("outside_answers", "==", 0),)),
        Choice("some", Text("1~2번", "1 or 2"), (Expect("outside_answers", ">=", 1), Expect("outside_answers", "<=", 2))),
        Choice("all", Text("3번", "3"), (Expect("outside_answers", "==", 3),)),
    ),
    steps=(
        *three_pods_and_client(),
        SeeProxyMode(Text("kube-proxy가 어떤 모드인지 봅니다.", "Look up the mode of kube-proxy.")),
        SendInside(Text("안에서 새 연결 60개를 보냅니다.", "60 new connections from inside.")),
        TryOutside(Text("이 컴퓨터에서 3번 요청합니다.", "3 requests from this computer.")),
    ),
    expects=(
        Expect("service_pods", "==", 3),
        Expect("service_share", "<", 60),
        Expect("service_failed", "==", 0),
        Expect("outside_reached", "==", "$outside_expected"),
        Expect("ip_owners", "==", 0),
    ),
    verdicts={
        outcome: Text(
            "안에서는 {service_sent}번에 파드 {service_pods}개({service_counts})가 답했고, 이 컴퓨터에서는 {outside_sent}번 중 "
            "{outside_answers}번 답이 왔습니다. 이 주소를 가진 노드나 파드는 {ip_owners}개입니다.",
            "Inside, {service_pods} pods answered {service_sent} requests ({service_counts}); from this computer "
            "{outside_answers} of {outside_sent} were answered. Nodes and pods that have this address: {ip_owners}.",
        )
        for outcome in ("proven", "disproven", "inconclusive")
    },
    budget_seconds=20,
    chance=spread("service"),
)

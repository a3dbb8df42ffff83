"""kube-proxy chooses a pod for a connection, not for a request: many connections against one that is kept open."""

from assistant.demos.beginnings import three_pods_and_client
from assistant.lab.demo import Choice, Demo, Expect, Text
from assistant.lab.odds import sticky
from assistant.lab.steps.inside import SendInside

DEMO = Demo(
    slug="connection-not-request",
    title=Text("연결 하나를 계속 쓰면 몇 개의 파드가 답할까요?", "One connection kept open: how many pods answer?"),
    shows=Text(
        "같은 서비스에 새 연결로 60번, 연결 하나로 60번 요청하고 답한 파드를 셉니다.",
        "Sends 60 requests on new connections and 60 on one connection to the same Service, and counts the pods.",
    ),
    proves=("kube-proxy/per-connection", "cluster-ip/spreading"),
    question=Text(
        "파드 3개의 서비스에 keep-alive 연결 하나로 60번 요청하면 몇 개의 파드가 답할까요?",
        "A Service of three pods gets 60 requests on one keep-alive connection: how many pods answer?",
    ),
    choices=tuple(Choice(str(n), Text(f"{n}개", str(n)), (Expect("keep_alive_pods", "==", n),)) for n in (1, 2, 3)),
    steps=(
        *three_pods_and_client(),
        SendInside(Text("매번 새로 연결해 60번 요청합니다.", "60 requests, each on a new connection.")),
        SendInside(Text("연결 하나로 60번 요청합니다.", "60 requests on one connection."), keep_alive=True),
    ),
    expects=(
        Expect("service_pods", "==", 3),
        Expect("service_share", "<", 60),
        Expect("service_connections", ">=", "$service_sent"),
        Expect("keep_alive_connections", "==", 1),
        Expect("keep_alive_failed", "==", 0),
        Expect("keep_alive_pods", "==", 1),
    ),
    verdicts={
        "proven": Text(
            "새 연결 {service_connections}개에는 파드 {service_pods}개({service_counts})가, "
            "연결 {keep_alive_connections}개로 보낸 {keep_alive_sent}번에는 파드 {keep_alive_pods}개가 답했습니다.",
            "{service_connections} new connections met {service_pods} pods ({service_counts}); "
            "{keep_alive_sent} requests on {keep_alive_connections} connection met {keep_alive_pods}.",
        ),
        "disproven": Text(
            "새 연결 {service_connections}개에 파드 {service_pods}개({service_counts}), "
            "연결 {keep_alive_connections}개에 파드 {keep_alive_pods}개({keep_alive_counts})가 답했습니다.",
            "{service_connections} new connections met {service_pods} pods ({service_counts}), "
            "{keep_alive_connections} kept open met {keep_alive_pods} ({keep_alive_counts}).",
        ),
        "inconclusive": Text("두 가지를 끝까지 세지 못했습니다.", "The two could not be counted to the end."),
    },
    budget_seconds=15,
    chance=sticky("keep_alive"),
)

"""sessionAffinity ClientIP: the same client stays with one pod on kube-proxy's path, and not through the API server's proxy."""

from assistant.demos.beginnings import three_pods_and_client
from assistant.lab.demo import Choice, Demo, Expect, Text
from assistant.lab.odds import sticky
from assistant.lab.steps.inside import SendInside, WaitAnswering
from assistant.lab.steps.patching import Patch
from assistant.lab.steps.sending import Send

STICKY = {"spec": {"sessionAffinity": "ClientIP"}}
DEMO = Demo(
    slug="session-affinity",
    title=Text("sessionAffinity는 어느 길에서 통할까요?", "On which path does sessionAffinity hold?"),
    shows=Text(
        "서비스에 ClientIP를 켜고, 클러스터 안과 API 서버 프록시로 60번씩 요청합니다.",
        "Turns ClientIP on, then sends 60 requests from inside and 60 through the API server's proxy.",
    ),
    proves=("kube-proxy/session-affinity", "api-proxy/picks-per-request"),
    question=Text(
        "ClientIP를 켠 뒤 API 서버 프록시로 60번 요청하면 몇 개의 파드가 답할까요?",
        "With ClientIP on, how many pods answer 60 requests through the API server's proxy?",
    ),
    choices=tuple(Choice(str(n), Text(f"{n}개", str(n)), (Expect("proxy_pods", "==", n),)) for n in (1, 2, 3)),
    steps=(
        *three_pods_and_client(),
        SendInside(Text("켜기 전에 새 연결 60개를 보냅니다.", "60 new connections before."), name="before"),
        Patch(Text("sessionAffinity를 켭니다.", "Turn sessionAffinity on."), "Service", "web", STICKY),
        WaitAnswering(Text("규칙이 바뀔 때까지 기다립니다.", "Wait until the rules have changed."), pods=1),
        SendInside(Text("다시 새 연결 60개를 보냅니다.", "60 new connections again.")),
        Send(Text("API 서버 프록시로 60번 요청합니다.", "60 requests through the API server's proxy."), ("api-proxy",)),
    ),
    expects=(
        Expect("before_service_pods", "==", 3),
        Expect("service_pods", "==", 1),
        Expect("proxy_pods", "==", 3),
        Expect("proxy_share", "<", 60),
    ),
    verdicts={
        outcome: Text(
            "새 연결 60개에 답한 파드: 켜기 전 {before_service_pods}개, 켠 뒤 {service_pods}개. "
            "API 서버 프록시에는 켠 뒤에도 {proxy_pods}개({proxy_counts})가 답했습니다.",
            "Pods that answered 60 new connections: {before_service_pods} before, {service_pods} after. "
            "Through the API server's proxy, after: {proxy_pods} ({proxy_counts}).",
        )
        for outcome in ("proven", "disproven", "inconclusive")
    },
    budget_seconds=25,
    chance=sticky("service"),
)

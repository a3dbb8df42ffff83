"""The API server's service proxy chooses a pod for each request, and goes on when one of them is deleted."""

from assistant.demos.beginnings import three_pods
from assistant.lab.demo import Choice, Demo, Expect, Text
from assistant.lab.odds import spread
from assistant.lab.steps.comparing import Newcomers
from assistant.lab.steps.deleting import ChoosePod, DeletePod
from assistant.lab.steps.sending import Send
from assistant.lab.steps.waiting import WaitReady

DEMO = Demo(
    slug="api-proxy-balancing",
    title=Text("API 서버 프록시는 요청을 어떻게 나눌까요?", "How does the API server's proxy spread requests?"),
    shows=Text(
        "서비스 프록시로 요청을 보내 답한 파드를 세고, 중간에 파드 하나를 지웁니다.",
        "Counts the pods that answer through the service proxy, and deletes one of them midway.",
    ),
    proves=("api-proxy/picks-per-request", "api-proxy/pod-replaced"),
    question=Text(
        "요청하는 중에 파드 하나를 지우면, 지운 직후 60번 가운데 몇 번이나 실패할까요?",
        "A pod is deleted midway: how many of the next 60 requests fail?",
    ),
    choices=(
        Choice("none", Text("0번", "0"), (Expect("during_proxy_failed", "==", 0),)),
        Choice(
            "some", Text("1~19번", "1 to 19"), (Expect("during_proxy_failed", ">=", 1), Expect("during_proxy_failed", "<", 20))
        ),
        Choice("third", Text("약 20번 이상", "about 20 or more"), (Expect("during_proxy_failed", ">=", 20),)),
    ),
    steps=(
        *three_pods(),
        Send(Text("서비스 프록시로 60번 요청합니다.", "60 requests through the service proxy."), ("api-proxy",)),
        ChoosePod(Text("지울 파드를 고릅니다.", "Choose the pod to delete."), "web"),
        DeletePod(Text("그 파드를 지웁니다.", "Delete it."), "web"),
        Send(Text("곧바로 60번 더 요청합니다.", "60 more at once."), ("api-proxy",), name="during"),
        WaitReady(Text("다시 3개가 준비되기를 기다립니다.", "Wait for three again."), "web", 3, "again", must=False),
        Send(Text("60번 더 요청합니다.", "60 more."), ("api-proxy",), name="after"),
        Newcomers(Text("새 파드도 답했는지 봅니다.", "See whether the new pod has answered too."), "proxy", "after_proxy"),
    ),
    expects=(
        Expect("proxy_pods", "==", 3),
        Expect("proxy_share", "<", 60),
        Expect("during_proxy_failed", "<=", 1),
        Expect("after_proxy_failed", "==", 0),
        Expect("newcomers", "==", 1),
    ),
    verdicts={
        outcome: Text(
            "60번에 파드 {proxy_pods}개({proxy_counts})가 답했습니다. 하나를 지운 직후 {during_proxy_sent}번 중 "
            "{during_proxy_failed}번 실패했고, 그 뒤 새 파드 {newcomers}개가 함께 답했습니다({after_proxy_counts}).",
            "{proxy_pods} pods answered 60 requests ({proxy_counts}). Right after one was deleted, {during_proxy_failed} of "
            "{during_proxy_sent} failed; then {newcomers} new pod answered too ({after_proxy_counts}).",
        )
        for outcome in ("proven", "disproven", "inconclusive")
    },
    budget_seconds=30,
    chance=spread("proxy"),
)

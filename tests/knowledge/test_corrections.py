"""Misconceptions: recognised where a question takes them for granted or a note states them, and nowhere else."""

from __future__ import annotations

import pytest

from knowledge.builtin import PACKAGED, read_notes
from knowledge.corrections import assumed_in, misconceptions, stated_in


def ids(found: tuple[object, ...]) -> set[str]:
    return {one.id for one in found}  # type: ignore[attr-defined]


def test_each_has_a_section_and_both_languages() -> None:
    """The precise statement exists in both languages and its section in the notes."""
    sections = {section.id for section in read_notes(PACKAGED).sections}
    for one in misconceptions():
        assert one.section in sections
        assert one.precise["ko"].strip()
        assert one.precise["en"].strip()
    assert len({one.id for one in misconceptions()}) == len(misconceptions())


@pytest.mark.parametrize(
    ("question", "id"),
    [
        ("포트포워딩은 외부용 고정 포트를 할당하는 거죠?", "port-forward-fixed-port"),
        ("왜 포트포워딩은 외부에 고정 포트를 할당하나요?", "port-forward-fixed-port"),
        ("port-forward allocates a fixed external port, right?", "port-forward-fixed-port"),
        ("포트 포워딩도 서비스로 하면 여러 파드로 나눠지잖아요", "port-forward-balances"),
        ("kubectl port-forward svc/web spreads requests over all pods, doesn't it?", "port-forward-balances"),
        ("새로 포트포워딩하면 다른 파드가 랜덤으로 걸리는 거죠?", "port-forward-random-next"),
        ("포트포워딩 중에 파드가 삭제되면 바로 끊기는 거죠?", "port-forward-breaks-at-once"),
        ("파드가 죽으면 포트포워딩이 자동으로 다른 파드로 붙는 거 아니에요?", "port-forward-follows"),
        ("마스터 노드가 워커 노드에 명령을 내린다고 배웠어요", "master-commands-workers"),
        ("마스터 노드는 뭐 해요?", "master-name"),
        ("파드는 컨테이너랑 같은 거 아닌가요?", "pod-is-container"),
        ("pods are just another word for containers, right?", "pod-is-container"),
        ("쿠버네티스 서비스들은 docker 형태로 돌아가죠?", "runs-as-docker"),
        ("레이블로 파드를 구별하는 거 맞죠?", "labels-identify"),
        ("서비스는 배포한 이미지들을 네트워크로 묶는 거잖아요", "service-selects-images"),
        ("오버레이는 7계층과 다른 네트워크라고 배웠는데 맞나요", "overlay-replaces-layers"),
        ("쿠버네티스에는 오버레이 네트워크가 필수잖아요?", "overlay-required"),
        ("마스터가 네트워크 맵을 관리하는 거 맞죠?", "master-keeps-network-map"),
        ("프록시가 내부 IP를 아니까 클러스터IP로 대신 요청해 주는 거라고 배웠는데 맞나요", "proxy-dials-cluster-ip"),
        ("서비스는 요청마다 파드를 새로 고르는 거잖아요. 근데 왜 같은 이름만 찍히죠", "picks-per-request"),
        ("since a Service picks a pod for each request, why is it always the same one?", "picks-per-request"),
        ("외부 로드밸런서가 SSL 종료를 해주니까 편한 거죠?", "load-balancer-does-tls"),
        ("NodePort는 개발용이죠?", "node-port-for-development"),
        ("배포가 실패하면 쿠버네티스가 자동으로 롤백해 주는 거죠?", "rolls-back-by-itself"),
        ("readiness 실패하면 파드가 재시작되는 거죠?", "readiness-restarts"),
        ("네임스페이스를 나누면 네트워크가 격리되니까 안전하죠?", "namespace-isolates-network"),
    ],
)
def test_taken_for_granted(question: str, id: str) -> None:
    """A question that takes the misconception for granted is corrected."""
    assert id in ids(assumed_in(question))


@pytest.mark.parametrize(
    "question",
    [
        "포트포워딩은 외부용 고정 포트를 할당하나요?",
        "does port-forward allocate a fixed port?",
        "포트포워딩은 고정 포트를 할당하지 않죠?",
        "왜 포트포워딩은 로드밸런싱이 안 돼요?",
        "why does port-forward not balance?",
        "왜 포트포워딩은 한 파드로만 가나요?",
        "파드가 삭제되면 포트포워딩은 어떻게 되나요?",
        "파드랑 컨테이너 같은 건가요?",
        "is a pod the same as a container?",
        "파드와 컨테이너는 어떻게 다른가요?",
        "레이블로 파드를 어떻게 고르나요?",
        "kube-proxy는 연결마다 고르는 거죠?",
        "API 서버 프록시는 요청마다 파드를 고르는 거죠?",
        "배포가 실패하면 자동으로 롤백되나요?",
        "새 버전이 안 뜨면 알아서 이전 버전으로 돌아가나요",
        "readiness와 liveness 차이가 뭐죠?",
        "노드포트는 개발용으로만 쓰나요?",
        "외부 로드밸런서는 TLS를 처리하나요?",
        "네임스페이스는 네트워크를 격리하지 않죠?",
        "마스터와 컨트롤 플레인은 같은 건가요?",
        "git master branch를 main으로 바꾸려면",
        "마스터카드랑 비자 중 뭐가 좋죠?",
        "서비스는 왜 필요한가요?",
    ],
)
def test_plain_negated_or_right(question: str) -> None:
    """Whoever asks whether it is so, denies it, or has it right is not corrected."""
    assert assumed_in(question) == ()


@pytest.mark.parametrize(
    ("text", "trail", "expected"),
    [
        ("- master는 Restful API 로 worker에 명령을 주고 받는다.", [], {"master-name", "master-commands-workers"}),
        ("- master - worker node(pod(container와 비슷)가 생성됨)로 구성", [], {"master-name", "pod-is-container"}),
        ("다양한 kubernetes의 서비스들이 docker 형태로 돌아가고 있는 것을 확인할 수 있다.", [], {"runs-as-docker"}),
        ("- Kubernetes에서는 **label**을 통해 pod를 구별한다.", [], {"labels-identify"}),
        (
            "오버레이 네트워크: 기존 7계층 네트워크와는 다른 내부 네트워크 구조. 마스터가 네트워크에 대한 맵을 관리함:",
            [],
            {"overlay-replaces-layers", "master-keeps-network-map"},
        ),
        ("1. 프록시: 프록시로 요청이 오면 프록시가 내부 IP로 요청함.", [], {"proxy-dials-cluster-ip"}),
        (
            "ClusterIP로 연결되는 것이 아님... 아마 외부에서 접속하도록 고정 포트를 할당.",
            ["포트포워딩"],
            {"port-forward-fixed-port"},
        ),
        ("> - 각 요청마다 서비스의 로드 밸런서가 사용 가능한 포드 중 하나를 선택합니다.", [], {"picks-per-request"}),
        ("> - 포트 포워딩 중 대상 포드가 삭제되면 연결이 끊어집니다.", [], {"port-forward-breaks-at-once"}),
        ("> - 새로운 포트 포워딩 세션을 시작하면 다른 포드가 선택될 수 있습니다.", [], {"port-forward-random-next"}),
        ("외부 로드밸런서는 복잡한 라우팅 규칙, URL 기반 라우팅 등을 제공합니다.", [], {"load-balancer-does-tls"}),
        ("개발 용이를 위해 사용되는 타입", ["NodePort 타입"], {"node-port-for-development"}),
        ("Port-forward drops as soon as the pod is deleted.", [], {"port-forward-breaks-at-once"}),
    ],
)
def test_stated_in_a_note(text: str, trail: list[str], expected: set[str]) -> None:
    """A note that states it is set right; its headings may name the subject."""
    assert ids(stated_in(text, trail)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "포트포워딩은 고정 포트를 할당하지 않는다. 임시 터널이다.",
        "Port-forward is a temporary tunnel from a local port of my computer to one pod.",
        "컨트롤 플레인(예전 이름: 마스터)은 클러스터를 관리한다.",
        "kubelet이 API 서버를 watch하며 자기 일을 가져간다.",
        "파드는 IP와 볼륨을 공유하는 컨테이너 하나 이상의 묶음이다.",
        "레이블은 파드를 고르는 데 쓰고, 정체는 이름과 UID다.",
        "오버레이는 기존 L3 위에서 패킷을 캡슐화하는 가상 네트워크다. 7계층을 대신하지 않는다.",
        "kube-proxy는 연결마다 파드를 하나 고른다.",
        "The API server's proxy dials the pod IP directly, not the ClusterIP.",
        "NodePort는 LoadBalancer가 만들어지는 바탕이기도 하며 개발용만은 아니다.",
        "TLS 종료와 URL 라우팅은 로드밸런서가 아니라 인그레스의 일이다.",
        "디플로이먼트는 실패해도 자동으로 롤백하지 않는다.",
        "포트포워딩이 고정 포트를 할당하나?",
    ],
)
def test_a_right_note(text: str) -> None:
    """A note that is right, denies the misconception or only asks is left alone."""
    assert stated_in(text) == ()


def test_our_own_notes_state_none() -> None:
    """No passage of ours is taken for a misconception."""
    wrong = [
        (read.passage.section, one.id)
        for read in read_notes(PACKAGED).passages
        for one in stated_in(read.passage.text, read.passage.trail)
    ]
    assert wrong == []

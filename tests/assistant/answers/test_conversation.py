"""Follow-ups: what is resolved with the question before, and what is left alone."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.answers.conversation import resolve

FOLLOW_UPS = [
    ("롤링 업데이트는 어떻게 하나요?", "그럼 명령어는?", "롤링 업데이트 명령어는?"),
    ("포트포워딩이 뭐예요?", "API 서버 프록시하고는 뭐가 다르지?", "포트포워딩 API 서버 프록시 차이는 무엇인가요?"),
    ("what is a ClusterIP?", "can I open it from my browser?", "Can I open ClusterIP from my browser?"),
    ("ClusterIP는 밖에서 접속돼요?", "NodePort는요?", "NodePort는 밖에서 접속돼요?"),
    ("레플리카셋이 뭐예요?", "그건 언제 써요?", "레플리카셋 언제 써요?"),
    (
        "what is a ReplicaSet?",
        "how is it different from a Deployment?",
        "What is the difference between ReplicaSet and a Deployment?",
    ),
    ("노드포트가 뭐예요?", "왜요?", "노드포트가 뭐예요? 왜 그런가요?"),
    ("Does a Service balance requests?", "why?", "Does a Service balance requests? Why is that?"),
    ("워커 노드는 언제 NotReady예요?", "그 노드의 파드는 어떻게 돼요?", "워커 노드 그 노드의 파드는 어떻게 돼요?"),
    ("ClusterIP는 안에서 어떻게 접속해요?", "밖에서는요?", "ClusterIP 밖에서는요?"),
]

ALONE = [
    ("롤링 업데이트는 어떻게 하나요?", "네임스페이스가 뭐예요?", "네임스페이스가 뭐예요?"),
    ("롤링 업데이트는 어떻게 하나요?", "다른 질문인데요, 네임스페이스가 뭐예요?", "네임스페이스가 뭐예요?"),
    ("what is a pod?", "by the way, what is a namespace?", "what is a namespace?"),
    ("what is a pod?", "and what is a Deployment?", "what is a Deployment?"),
    ("포트포워딩이 뭐예요?", "그럼 레플리카셋이랑 디플로이먼트는 뭐가 달라요?", "레플리카셋이랑 디플로이먼트는 뭐가 달라요?"),
    ("포트포워딩이 뭐예요?", "오늘 점심 메뉴 추천해 줘", "오늘 점심 메뉴 추천해 줘"),
    ("포트포워딩이 뭐예요?", "맥주는요?", "맥주는요?"),
    ("포트포워딩이 뭐예요?", "방금 질문은 됐고, 노드가 뭐예요?", "노드가 뭐예요?"),
    (
        "포트포워딩은 왜 한 파드로만 가나요?",
        "if I delete a pod, why does it come back",
        "if I delete a pod, why does it come back",
    ),
]


@pytest.mark.parametrize(("before", "question", "resolved"), FOLLOW_UPS)
def test_a_follow_up_takes_the_subject_before(shelf: Any, before: str, question: str, resolved: str) -> None:
    """The resolved question stands alone."""
    assert resolve(question, [before], shelf).text == resolved


@pytest.mark.parametrize(("before", "question", "resolved"), ALONE)
def test_a_new_subject_is_not_dragged_back(shelf: Any, before: str, question: str, resolved: str) -> None:
    """Announced or not, it stands as it was asked."""
    assert resolve(question, [before], shelf).text == resolved


def test_the_subject_is_carried_over_several_questions(shelf: Any) -> None:
    """A follow-up of a follow-up is still about the first one's subject."""
    history = ["롤링 업데이트가 뭐예요?", "그럼 명령어는?"]
    assert resolve("그건 언제 써요?", history, shelf).text == "롤링 업데이트 언제 써요?"


def test_the_subject_before_has_no_name(shelf: Any) -> None:
    """The concept that it was found to be about gives it one."""
    assert resolve("명령어는?", ["터미널에서 잠깐 들여다보려면요?"], shelf).text == "포트포워딩 명령어는?"


def test_the_question_before_was_not_covered(shelf: Any) -> None:
    """There is no subject to take."""
    shelf.finds = lambda question: ()
    assert resolve("명령어는?", ["오늘 날씨 어때?"], shelf).text == "명령어는?"


def test_a_short_question_that_is_understood_by_itself(shelf: Any) -> None:
    """One concept is clear: 되돌리려면요? is about rollback, whatever was asked before."""
    shelf.sure = True
    assert resolve("그럼 되돌리려면요?", ["롤링 업데이트는 어떻게 시작해요?"], shelf).text == "되돌리려면요?"


def test_the_two_that_were_asked_about(shelf: Any) -> None:
    """둘의 차이 is that of the last two subjects."""
    history = ["레플리카셋이 뭔가요?", "디플로이먼트는 뭔가요?"]
    assert resolve("그럼 둘의 차이는?", history, shelf).text == "레플리카셋 디플로이먼트 차이는 무엇인가요?"


def test_a_pasted_line(shelf: Any) -> None:
    """A line of a terminal is in no language: the answer is in that of the conversation."""
    line = "Warning  FailedScheduling  0/1 nodes are available: 1 Insufficient memory."
    assert resolve(line, ["파드가 안 떠요"], shelf).language == "ko"
    assert resolve(line, [], shelf).language == "en"
    assert resolve("what is a pod and how do I see it?", ["파드가 안 떠요"], shelf).language == "en"

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
    ("노드포트가 뭐예요?", "왜요?", "노드포트 왜요?"),
]

ALONE = [
    ("롤링 업데이트는 어떻게 하나요?", "네임스페이스가 뭐예요?", "네임스페이스가 뭐예요?"),
    ("롤링 업데이트는 어떻게 하나요?", "다른 질문인데요, 네임스페이스가 뭐예요?", "네임스페이스가 뭐예요?"),
    ("what is a pod?", "by the way, what is a namespace?", "what is a namespace?"),
    ("what is a pod?", "and what is a Deployment?", "what is a Deployment?"),
    ("포트포워딩이 뭐예요?", "그럼 레플리카셋이랑 디플로이먼트는 뭐가 달라요?", "레플리카셋이랑 디플로이먼트는 뭐가 달라요?"),
    ("포트포워딩이 뭐예요?", "오늘 점심 메뉴 추천해 줘", "오늘 점심 메뉴 추천해 줘"),
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
    assert resolve("왜요?", history, shelf).text == "롤링 업데이트 왜요?"


def test_the_subject_before_has_no_name(shelf: Any) -> None:
    """The concept that it was found to be about gives it one."""
    assert resolve("명령어는?", ["터미널에서 잠깐 들여다보려면요?"], shelf).text == "포트포워딩 명령어는?"


def test_the_question_before_was_not_covered(shelf: Any) -> None:
    """There is no subject to take."""
    shelf.finds = lambda question: ()
    assert resolve("왜요?", ["오늘 날씨 어때?"], shelf).text == "왜요?"

"""Questions, runs and chores at work, without a page: what is kept, what is dropped, what an error does."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from assistant.answers.answer import Answered, AnswerEvent, Said
from assistant.journal import Journal
from knowledge.errors import StudyError
from ui.asking import Desk
from ui.chores import Chores


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = Journal(tmp_path / "journal.sqlite")
    yield made
    made.close()


def test_the_same_question_twice_at_once(journal: Journal, answered: Any) -> None:
    """Within a second it is one question; later it is another."""
    heard: list[str] = []

    def answering(question: str, _language: str, _history: Sequence[str]) -> Iterator[AnswerEvent]:
        heard.append(question)
        yield Answered(answered(question))

    desk, conversation = Desk(journal, answering), journal.begin_conversation()
    first = desk.ask(conversation, "왜?", "ko")
    assert desk.ask(conversation, "왜?", "ko") is None
    assert first is not None
    assert first.over.wait(20)
    assert heard == ["왜?"]


def test_a_model_is_stopped(journal: Journal, answered: Any) -> None:
    """The notes alone answer at once, though the model is still silent; what it says later is dropped."""
    begun, gate, ended = threading.Event(), threading.Event(), threading.Event()

    def answering(question: str, _language: str, _history: Sequence[str], *, alone: bool = False) -> Iterator[AnswerEvent]:
        if alone:
            yield Answered(answered(question))
            return
        begun.set()
        assert gate.wait(20)
        try:
            yield Said("늦게 말합니다")
        finally:
            ended.set()

    desk, conversation = Desk(journal, answering), journal.begin_conversation()
    asking = desk.ask(conversation, "왜?", "ko")
    assert asking is not None
    assert begun.wait(20)
    desk.stop(conversation, asking.number)
    desk.stop(conversation, asking.number)
    assert asking.over.wait(20)
    gate.set()
    assert ended.wait(20)
    assert [message.answer.fell_back for message in journal.messages(conversation)] == ["model-stopped"]
    assert desk.at_work(conversation) == ()


def test_two_questions_at_once(journal: Journal, answered: Any) -> None:
    """The second waits for the first and knows it."""
    gate = threading.Event()
    histories: list[tuple[str, ...]] = []

    def answering(question: str, _language: str, history: Sequence[str]) -> Iterator[AnswerEvent]:
        histories.append(tuple(history))
        yield Said("하")
        if question == "하나":
            assert gate.wait(20)
        yield Answered(answered(question))

    desk, conversation = Desk(journal, answering), journal.begin_conversation()
    first, second = desk.ask(conversation, "하나", "ko"), desk.ask(conversation, "둘", "ko")
    assert [one.question for one in desk.at_work(conversation)] == ["하나", "둘"]
    gate.set()
    assert first is not None
    assert second is not None
    assert second.over.wait(20)
    assert histories == [(), ("하나",)]
    assert desk.at_work(conversation) == ()
    assert [message.answer.question for message in journal.messages(conversation)] == ["하나", "둘"]


@pytest.mark.parametrize(
    ("raised", "code"), [(StudyError("question-empty"), "question-empty"), (ValueError("x"), "answer-failed")]
)
def test_an_answer_breaks(journal: Journal, raised: Exception, code: str) -> None:
    """The question stays with the reason until it is dropped; nothing is kept in the journal."""

    def answering(_question: str, _language: str, _history: Sequence[str]) -> Iterator[AnswerEvent]:
        raise raised
        yield

    desk, conversation = Desk(journal, answering), journal.begin_conversation()
    asked = desk.ask(conversation, "왜?", "ko")
    assert asked is not None
    assert asked.over.wait(20)
    (waiting,) = desk.at_work(conversation)
    assert waiting.error is not None
    assert waiting.error.code == code
    assert journal.messages(conversation) == ()
    desk.drop(conversation, waiting.number)
    assert desk.at_work(conversation) == ()


def test_an_answer_without_an_end(journal: Journal) -> None:
    """It is an error, not an endless wait."""
    desk, conversation = Desk(journal, lambda *_: iter([Said("반쪽")])), journal.begin_conversation()
    asked = desk.ask(conversation, "왜?", "ko")
    assert asked is not None
    assert asked.over.wait(20)
    assert asked.error is not None
    assert asked.text == "반쪽"


def test_a_chore_is_begun_twice() -> None:
    """It is done once; what it says is kept until it is forgotten."""
    chores, gate, done = Chores(), threading.Event(), []

    def work() -> Iterator[str]:
        done.append(1)
        yield "begun"
        assert gate.wait(20)
        yield "done"

    first = chores.start("x", work)
    assert chores.start("x", work) is first
    gate.set()
    assert first.over.wait(20)
    assert (done, first.said, first.result) == ([1], ["begun", "done"], "done")
    chores.forget("x")
    assert chores.get("x") is None


def test_a_chore_breaks() -> None:
    """Its error is there to be shown, an unknown one with its reason."""

    def work() -> Iterator[str]:
        yield "begun"
        raise RuntimeError("no")

    chore = Chores().start("x", work)
    assert chore.over.wait(20)
    assert chore.error is not None
    assert (chore.error.code, chore.error.facts) == ("chore-failed", {"reason": "RuntimeError: no"})


def test_the_cluster_is_looked_at(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was seen is given at once; an error of any kind is a reason why no live run is possible."""
    from assistant.lab import minikube, performing
    from assistant.lab.minikube import Life
    from ui.gate import Gate

    monkeypatch.setattr(minikube, "look", lambda profile: Life("running", profile))

    asked = threading.Event()

    def examine(*_: Any) -> Any:
        asked.wait(10)
        raise OSError("broken")

    monkeypatch.setattr(performing, "examine", examine)
    gate = Gate(house.settings, house.journal)
    assert gate.sight() is None
    asked.set()
    for _ in range(1000):
        if gate.sight() is not None:
            break
        threading.Event().wait(0.01)
    sight = gate.sight()
    assert sight is not None
    assert sight.refusal is not None
    assert sight.refusal.code == "lab-broken"

"""The flow of a question, over a library made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.answers.answer import Answer, Answered, AnswerEvent, Retrieved, Said, from_kept, to_json, to_kept
from assistant.answers.answering import ask
from assistant.answers.citing import marks, stands
from knowledge.errors import StudyError


def answer_of(events: list[AnswerEvent]) -> Answer:
    last = events[-1]
    assert isinstance(last, Answered)
    return last.answer


def asked(shelf: Any, question: str, **options: Any) -> Answer:
    return answer_of(list(ask(shelf, question, **options)))


def test_events_come_in_order_and_add_up(shelf: Any) -> None:
    """Retrieved first, Answered last; what was said between is the answer's text."""
    events = list(ask(shelf, "포트포워딩이 뭐예요?"))
    assert events[0] == Retrieved(("port-forward/what",), True)
    said = "".join(event.text for event in events if isinstance(event, Said))
    assert said == answer_of(events).told.text


def test_a_korean_question(shelf: Any) -> None:
    """The answer is Korean, begins with the section's first sentence, and each sentence carries its mark."""
    answer = asked(shelf, "포트포워딩이 뭐예요?")
    assert (answer.kind, answer.language, answer.grounded) == ("answer", "ko", True)
    first, second = answer.told.text.split("\n\n")
    assert first == "포트포워딩(`kubectl port-forward`)은 내 컴퓨터의 포트를 파드 하나에 잠시 이어 주는 터널입니다 [1]."
    assert second == "밖에 공개하지 않은 앱을 나만 잠깐 볼 때 씁니다 [2]. 명령을 끝내면 터널도 사라집니다 [2]."


def test_the_other_language_comes_along(shelf: Any) -> None:
    """The same sections in the other language, with citations of their own file."""
    other = asked(shelf, "포트포워딩이 뭐예요?").other
    assert other is not None
    assert other.language == "en"
    assert other.text.startswith("Port forwarding (`kubectl port-forward`) is a temporary tunnel")
    assert {citation.path.name for citation in other.citations} == {"en.md"}


def test_every_mark_has_a_citation_that_stands(shelf: Any) -> None:
    """Marks are numbered as they are read, and each quote is in its file at its lines."""
    shelf.finds = lambda question: ("port-forward/commands",)
    answer = asked(shelf, "how do I write the command?")
    for told in (answer.told, answer.other):
        assert told is not None
        assert list(dict.fromkeys(marks(told.text))) == [citation.number for citation in told.citations]
        for citation in told.citations:
            assert stands(citation, shelf.note_text(citation.path))


def test_a_language_that_is_chosen(shelf: Any) -> None:
    """The switch wins over the question's language."""
    assert asked(shelf, "포트포워딩이 뭐예요?", language="en").told.text.startswith("Port forwarding")


def test_not_covered(shelf: Any) -> None:
    """No citation and no demo; the nearest sections and a page to read on, in the asked language."""
    shelf.finds = lambda question: ()
    answer = asked(shelf, "헬름 차트는 어떻게 만드나요?")
    assert (answer.kind, answer.grounded, answer.told.citations, answer.offers) == ("not_covered", False, (), ())
    assert answer.told.text.startswith("이 질문의 답은 노트에 없습니다.")
    assert [near.section for near in answer.nearest] == ["port-forward/what", "node-port/what"]
    assert answer.read_on == "https://kubernetes.io/ko/docs/reference/tools/"
    assert answer.read_on in answer.told.text
    assert answer.other is not None
    assert answer.other.text.startswith("The notes do not cover this question.")


def test_own_notes_first_and_ours_beside(shelf: Any) -> None:
    """The learner's passage stands first, as it is, and ours follows."""
    shelf.add_own("k8s.md", "## 포트포워딩\n- 포트포워딩은 **터널**이다.\n")
    answer = asked(shelf, "포트포워딩이 뭐예요?")
    origins = [citation.origin for citation in answer.told.citations]
    assert origins[0] == "own"
    assert "builtin" in origins
    assert answer.told.text.startswith("내 노트 k8s.md › 포트포워딩 [1]:\n\n- 포트포워딩은 터널이다 [1].")


def test_a_note_in_the_other_language_only(shelf: Any) -> None:
    """The frame is in the asked language, the quote as it is."""
    shelf.finds = lambda question: ()
    shelf.add_own("k8s.md", "## 깃\n깃은 버전을 관리한다.\n")
    answer = asked(shelf, "what is git?")
    assert answer.kind == "answer"
    assert answer.told.text == "Your note k8s.md › 깃 (as it is, in Korean) [1]:\n\n깃은 버전을 관리한다 [1]."


def test_own_notes_alone_offer_no_demo(shelf: Any) -> None:
    """What ours do not cover, own notes may answer; no demo proves it."""
    shelf.finds = lambda question: ()
    shelf.add_own("git.md", "## git\nRebase rewrites history.\n")
    answer = asked(shelf, "what does rebase do?")
    assert (answer.offers, answer.related) == ((), ())


def test_a_heading_without_text(shelf: Any) -> None:
    """It is named as empty and never cited."""
    shelf.finds = lambda question: ()
    shelf.add_own("k8s.md", "## 볼륨\n\n## 다음\n")
    shelf.own = ()
    answer = asked(shelf, "볼륨이 뭐예요?")
    assert answer.kind == "empty_heading"
    assert answer.told.text.startswith("이 노트에는 제목만 있습니다: k8s.md › 볼륨.")
    assert answer.told.citations == ()


def test_a_note_that_changed_since(shelf: Any) -> None:
    """A passage that no longer stands in its file is not shown as cited."""
    path = shelf.folder / "port-forward" / "ko.md"
    path.write_text(path.read_text("utf-8").replace("밖에 공개하지", "안에 숨기지"), "utf-8")
    answer = asked(shelf, "포트포워딩이 뭐예요?")
    assert [citation.number for citation in answer.told.citations] == [1]
    assert "밖에 공개하지" not in answer.told.text


@pytest.mark.parametrize("question", ["", "   \n\t", "\x00\x07\u200b", "???"])
def test_a_question_that_is_none(shelf: Any, question: str) -> None:
    """Refused before anything is searched."""
    with pytest.raises(StudyError, match="question-empty"):
        ask(shelf, question)
    assert shelf.asked == []


def test_ten_thousand_characters(shelf: Any) -> None:
    """Refused with the limit."""
    with pytest.raises(StudyError) as refused:
        ask(shelf, "파드 " * 3400)
    assert (refused.value.code, refused.value.facts) == ("question-too-long", {"limit": 2000})


def test_control_characters_and_markup(shelf: Any) -> None:
    """Control characters go, markup stays as text; the question is one line."""
    answer = asked(shelf, "\x1b[31m<script>alert(1)</script>\r\n포트포워딩이\x00 뭐예요?")
    assert answer.question == "[31m<script>alert(1)</script> 포트포워딩이 뭐예요?"


def test_the_same_question_twice(shelf: Any) -> None:
    """The same answer, apart from the seconds."""
    first, second = (to_json(asked(shelf, "포트포워딩이 뭐예요?")) for _ in range(2))
    assert {**first, "seconds": 0} == {**second, "seconds": 0}


def test_kept_and_read_again(shelf: Any) -> None:
    """An answer's JSON form reads back to the same answer."""
    answer = asked(shelf, "포트포워딩이 뭐예요?")
    kept = from_kept(to_kept(answer))
    assert to_json(kept) == to_json(answer)


def test_a_chain_of_ones_own(shelf: Any) -> None:
    """Any LangChain Runnable from evidence to text can be the composer; its marks are verified like any other's."""
    from langchain_core.runnables import RunnableLambda

    chain: Any = RunnableLambda(lambda evidence: f"{evidence.question.upper()} 터널입니다 [1][9] [8]. 그렇습니다 [1][2].")
    assert asked(shelf, "포트포워딩 what?", composer=chain).told.text == "포트포워딩 WHAT? 터널입니다 [1]. 그렇습니다 [1] [2]."


def test_the_composer_as_a_runnable(shelf: Any) -> None:
    """What composes from the notes alone can stand in a chain."""
    from assistant.answers.composing import NotesAlone
    from assistant.answers.evidence import gather

    found = shelf.find("포트포워딩이 뭐예요?")
    evidence = gather(found, shelf, "ko", sections=found.sections, own=())
    chain: Any = NotesAlone().runnable() | (lambda pieces: len(pieces))
    assert chain.invoke(evidence) == 2

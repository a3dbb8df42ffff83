"""The chat without a browser: what is drawn, asked, kept and found again."""

from __future__ import annotations

import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from assistant.answers.answer import Told
from knowledge.errors import StudyError


def ask(page: AppTest, question: str) -> AppTest:
    return page.chat_input[0].set_value(question).run()


def address(page: AppTest) -> str:
    """The conversation in the address."""
    value = page.query_params["c"]
    return value if isinstance(value, str) else value[-1]


def test_nothing_asked_yet(page: AppTest) -> None:
    """The first page greets and suggests questions."""
    page.run()
    assert not page.exception
    assert len(page.get("pills")) == 1 or len(page.button_group) == 1


def test_a_question_is_asked(page: AppTest, house: Any, until: Any, words: Any) -> None:
    """The answer stands with its mark, the cited lines, the file and its line numbers, and is kept."""
    until(ask(page.run(), "왜 한 파드로만 가나요?"), lambda p: "한 파드로만 갑니다" in words(p))
    assert not page.exception
    shown = words(page)
    assert ":blue[\\[1\\]]" in shown
    assert "`kubectl port-forward`는 한 파드로만 갑니다." in [code.value for code in page.code]
    assert "3–4행" in shown
    conversation = address(page)
    assert [message.answer.question for message in house.journal.messages(conversation)] == ["왜 한 파드로만 가나요?"]


def test_the_answer_is_still_on_its_way(page: AppTest, answers: Any, until: Any, words: Any) -> None:
    """What has been said so far is shown, and the field takes the next question meanwhile."""
    answers.gate.clear()
    until(ask(page.run(), "왜?"), lambda p: "한 파드" in words(p))
    assert not page.chat_input[0].disabled
    answers.gate.set()
    until(page, lambda p: "3–4행" in words(p))


def test_the_switch_turns_earlier_answers(page: AppTest, answers: Any, until: Any, words: Any) -> None:
    """All answers turn at once, from what is stored: nothing is asked again."""
    until(ask(page.run(), "왜?"), lambda p: "한 파드로만 갑니다" in words(p))
    page.get_by_key("switch-ko").set_value("en").run()
    assert "It goes to one pod" in words(page)
    assert "한 파드로만 갑니다 " not in words(page)
    page.get_by_key("switch-en").set_value("both").run()
    assert "It goes to one pod" in words(page)
    assert "한 파드로만 갑니다" in words(page)
    assert len(answers.heard) == 1


def test_both_languages_side_by_side(page: AppTest, answers: Any, until: Any, words: Any) -> None:
    """Korean and English stand in two columns, whichever was asked."""
    page.query_params["lang"] = "both"
    until(ask(page.run(), "왜?"), lambda p: "한 파드로만 갑니다" in words(p))
    assert "It goes to one pod" in words(page)


def test_the_page_is_reloaded(page: AppTest, house: Any, until: Any, words: Any) -> None:
    """Another tab with the same address shows the same conversation."""
    until(ask(page.run(), "왜?"), lambda p: "한 파드로만 갑니다" in words(p))
    again = AppTest.from_file(page._script_path, default_timeout=20)
    again.query_params["c"] = address(page)
    assert "한 파드로만 갑니다" in words(again.run())


def test_an_invented_conversation_is_asked_for(page: AppTest) -> None:
    """An id that stands for nothing shows an empty conversation, not an error."""
    page.query_params["c"] = "<script>nothing</script>"
    page.run()
    assert not page.exception


def test_a_follow_up_knows_what_came_before(page: AppTest, answers: Any, until: Any, words: Any) -> None:
    """The questions before go along, oldest first."""
    until(ask(page.run(), "하나"), lambda p: "3–4행" in words(p))
    until(ask(page, "둘"), lambda p: len(answers.heard) == 2)
    assert answers.heard[1][2] == ("하나",)


def test_the_notes_do_not_cover_it(page: AppTest, answers: Any, refused: Any, until: Any, words: Any) -> None:
    """A refusal names the nearest sections and where to read on as text, and offers no citation."""
    answers.scripted["헬름 차트는?"] = refused
    until(ask(page.run(), "헬름 차트는?"), lambda p: "노트에 없습니다" in words(p))
    nearest = page.get("button_group")[-1]
    assert nearest.options == ["파드란 무엇인가요\\?"]
    assert "https://kubernetes.io/ko/docs/" in [code.value for code in page.code]


def test_the_answer_begins_with_a_correction(page: AppTest, answers: Any, corrected: Any, until: Any) -> None:
    """A misconception in the question is set right before anything else."""
    answers.scripted[corrected.question] = corrected
    until(ask(page.run(), corrected.question), lambda p: p.warning)
    assert "임시 통로" in page.warning[0].value


@pytest.mark.parametrize("code", ["question-too-long", "answer-failed"])
def test_a_question_fails(page: AppTest, answers: Any, code: str, until: Any, words: Any) -> None:
    """The question stays, with the reason and what to do; asking goes on."""
    answers.scripted["왜?"] = StudyError(code, limit=2000, reason="x")
    until(ask(page.run(), "왜?"), lambda p: p.error)
    assert "왜?" in words(page)
    until(ask(page, "다시"), lambda p: "3–4행" in words(p))
    assert page.error


def test_a_suggestion_is_chosen(page: AppTest, answers: Any, until: Any) -> None:
    """One click asks it."""
    page.run()
    first = page.get_by_key("suggested")
    first.set_value("포트포워딩은 왜 한 파드로만 가나요?").run()
    until(page, lambda p: answers.heard)
    assert answers.heard[0][0] == "포트포워딩은 왜 한 파드로만 가나요?"


def test_an_answer_is_called_wrong(page: AppTest, house: Any, until: Any, words: Any) -> None:
    """Question, answer and comment are kept once, however often the button is pressed."""
    until(ask(page.run(), "왜?"), lambda p: "3–4행" in words(p))
    message = house.journal.messages(address(page))[0]
    page.text_area(key=f"wrong-comment-{message.id}").set_value("아니에요").run()
    page.button(key=f"wrong-send-{message.id}").click().run()
    assert [(report.question, report.comment) for report in house.journal.reports()] == [("왜?", "아니에요")]


def test_a_text_is_full_of_markup(page: AppTest, answers: Any, answered: Any, until: Any, words: Any) -> None:
    """Pictures, links and HTML of a text are shown as text."""
    nasty = "![x](http://evil/x.png) <img src=x onerror=alert(1)> [클릭](http://evil) $x$ :red[y]"
    answers.scripted[nasty] = answered(nasty, told=Told("ko", nasty, ()))
    until(ask(page.run(), nasty), lambda p: "evil" in words(p) and p.markdown)
    assert not any(re.search(r"\]\(http|(?<!\\)<img|(?<!\\)\$", element.value) for element in page.markdown)


def test_a_conversation_is_deleted(page: AppTest, house: Any, until: Any, words: Any) -> None:
    """After a yes it is gone from the journal and from the page."""
    until(ask(page.run(), "왜?"), lambda p: "3–4행" in words(p))
    page.run().button(key="forget-yes").click().run()
    assert house.journal.conversations() == ()
    assert "3–4행" not in words(page)

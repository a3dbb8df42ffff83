"""The part of a long passage of the learner's that a question is about."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from assistant.answers.citing import holds
from assistant.answers.narrowing import ROOM, narrowed
from knowledge.passages import Passage

PROXY = [f">   - 서비스는 여러 포드에 부하를 나누어 줍니다, {number}번째 설명이 이렇게 길게 이어집니다." for number in range(8)]
FORWARD = [f">   - 연결은 같은 포드로 유지됩니다, {number}번째 설명이 이렇게 길게 이어집니다." for number in range(8)]
CALLOUT = "\n".join(["> [!Note] 두 가지 방식", "> 1. 서비스의 프록시", *PROXY, "> 2. 포트 포워딩", *FORWARD])


def passage(text: str, kind: str = "callout", first: int = 5) -> Passage:
    last = first + text.count("\n")
    return Passage("p", "own:v/n.md#a", None, "own", "ko", kind, ("제목",), text, Path("/n.md"), first, last)  # type: ignore[arg-type]


def test_a_short_passage() -> None:
    """It stays whole."""
    short = passage("짧은 글")
    assert narrowed(short, "무엇이든") is short


def test_a_long_callout() -> None:
    """The lines under the item that the question names, with their own lines of the file."""
    found = narrowed(passage(CALLOUT), "포트포워딩은 왜 한 파드로만 가나요?")
    assert found.text.split("\n")[0] == "> 2. 포트 포워딩"
    assert len(found.text) <= ROOM + 20
    assert found.last_line - found.first_line == found.text.count("\n")


def test_one_long_line() -> None:
    """A run of its sentences."""
    many = [f"{number}번째 문장은 아무 말이나 길게 이어서 적어 둔 것입니다." for number in range(20)]
    text = " ".join([*many, "롤백은 되돌리는 것입니다."])
    found = narrowed(passage(text, "paragraph"), "롤백이 뭐예요?")
    assert "롤백은 되돌리는 것입니다." in found.text
    assert found.text in text
    assert (found.first_line, found.last_line) == (5, 5)


@given(
    st.lists(st.text(alphabet="가나다 .>-|`", max_size=120), min_size=1, max_size=20), st.text(alphabet="가나다 ", max_size=20)
)
def test_any_passage(lines: list[str], question: str) -> None:
    """What is left stands in the file between its lines."""
    text = "\n".join(lines)
    found = narrowed(passage(text), question)
    file = "\n" * 4 + text
    assert not found.text.strip() or holds(file, found.text, found.first_line, found.last_line)

"""A passage as it is read aloud."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answers.citing import marks, without_marks
from assistant.answers.phrasing import marked, phrases, sentences, unmarked
from knowledge.passages import Passage, PassageKind


def passage(text: str, kind: PassageKind = "paragraph") -> Passage:
    return Passage("p", "a/b", "a", "builtin", "ko", kind, ("제목",), text, Path("/n.md"), 1, text.count("\n") + 1)


def told(text: str, kind: PassageKind = "paragraph") -> list[str]:
    return [phrase.lead + phrase.text for phrase in phrases(passage(text, kind))]


def test_a_paragraph() -> None:
    """Its sentences, not cut in code, in brackets, in numbers or after an abbreviation."""
    text = "기본은 `a. b`입니다. 1.31부터 됩니다(예. 그렇습니다). kubectl은 씁니다. In e.g. this case it holds. Yes!"
    assert sentences(text) == [
        "기본은 `a. b`입니다.",
        "1.31부터 됩니다(예. 그렇습니다).",
        "kubectl은 씁니다.",
        "In e.g. this case it holds.",
        "Yes!",
    ]


def test_lists_and_steps() -> None:
    """Each item with its marker; what is indented below belongs to it."""
    assert told("1. 하나\n   이어서\n2. 둘. 셋\n- [ ] 넷") == ["1) 하나 이어서", "2) 둘.", "셋", "- 넷"]


def test_commands() -> None:
    """Each in backticks, what its comment says behind it."""
    text = "```bash\nkubectl get pods  # 모두\n# 지켜보기\nkubectl get pods -w\necho '#no'\n```"
    assert told(text, "code") == ["- `kubectl get pods`: 모두", "- `kubectl get pods -w`: 지켜보기", "- `echo '#no'`"]


def test_a_script_is_a_block() -> None:
    """Lines that belong together stay together."""
    found = phrases(passage("```bash\nA=1\nfor i in 1 2; do echo $A; done\n```", "code"))
    assert [(phrase.form, phrase.text) for phrase in found] == [("block", "A=1\nfor i in 1 2; do echo $A; done")]


def test_one_line_of_output() -> None:
    """It stands in backticks."""
    assert told("```text\nerror: lost connection to pod\n```", "code") == ["- `error: lost connection to pod`"]


def test_a_table() -> None:
    """Each row under its columns' names; two columns need none."""
    assert told("| | 프록시 | 포워딩 |\n|---|---|---|\n| UDP | 아니요 | 아니요 |", "table") == [
        "- UDP — 프록시: 아니요; 포워딩: 아니요"
    ]
    assert told("| 쓰는 법 | 뜻 |\n|---|---|\n| `80` | 양쪽 |", "table") == ["- `80`: 양쪽"]


def test_a_callout_as_learners_type_it() -> None:
    """Quotation marks of any depth go, the title is said, items stay items."""
    text = "> [!Note] 프록시 - 메모\n> 1. 서비스\n >   - 포드에 분산합니다.\n>끝."
    assert told(text, "callout") == ["프록시 - 메모", "1) 서비스", "- 포드에 분산합니다.", "끝."]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("**굵게** ==칠하고== ~~지운~~ *기운* 글", "굵게 칠하고 지운 기운 글"),
        ("[[파드|그 파드]]와 [[서비스]], ![[그림.png]]", "그 파드와 서비스, 그림.png"),
        ("![x](https://evil.example/a) [링크](https://b.example)", "x 링크"),
        ("<script>alert(1)</script> <b>글</b>", "alert(1) 글"),
        ("메모 %%숨은%% 글[^1]", "메모 글"),
        ("근거는 [1] 그리고 [23]", "근거는 (1) 그리고 (23)"),
        ("`items[0]` 과 `<pending>` 과 `**`", "`items[0]` 과 `<pending>` 과 `**`"),
    ],
)
def test_markup_becomes_words(text: str, plain: str) -> None:
    """Links, pictures, HTML and a note's own marks do nothing in an answer."""
    assert unmarked(text) == plain


def test_marks_stand_before_the_full_stop() -> None:
    """So that a sentence and its marks stay together."""
    assert marked("그렇습니다.", [1, 2]) == "그렇습니다 [1] [2]."
    assert marked("`a.b`", [3]) == "`a.b` [3]"


@given(st.text(alphabet=st.sampled_from("가나 .!?`()[]|-*>#_1\n\\ab"), max_size=120))
def test_any_text(text: str) -> None:
    """Nothing fails, nothing is invented, and no mark is left in what is said."""
    for kind in ("paragraph", "item", "table", "code", "callout"):
        for phrase in phrases(passage(text, kind)):
            if phrase.form != "block":
                assert marks(phrase.text.replace("`", "")) == [] or "`" in phrase.text
            assert set(phrase.text) <= set(text) | set(" —:;()`")


@given(st.text(max_size=80), st.lists(st.integers(1, 99), max_size=3))
def test_marks_come_off_again(text: str, numbers: list[int]) -> None:
    """A marked sentence without its marks is the sentence."""
    plain = " ".join(unmarked(text).replace("[", "").replace("]", "").split())
    assert without_marks(marked(plain, numbers)).replace(" ", "") == plain.replace(" ", "")

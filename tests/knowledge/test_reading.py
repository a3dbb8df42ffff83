"""Reading notes: exact lines, and nothing torn apart that belongs together."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.reading import Read, builtin_note, own_note, sheet

# The shape of a learner's real note: an empty heading, lists, and callouts whose quote marks stand wherever they fell.
SLOPPY = """## 배
- 배는 물에 뜬다
- 돛은 **바람**을 받는다

## 노
## 닻

## 항구의 종류
항구는 배가 쉬는 곳이다
### 만과 항만

> [!Note] 만과 항만 - 누군가의 설명
> 1. 만에 들어가기 (얕은 물):
 >   - 바닥이 보이면 천천히 간다
   > - 밀물 때 들어간다
> 2. 항만에 대기:
   > - 밧줄을 두 번 감는다
>
> 항만의 특징:
>1. 방파제: 파도를 막아 준다
>
>주의:
> - 썰물에는 줄을 늦춘다

> [!Question] 등대가 있는데 부표를 또 두는 까닭
 >   - 등대는 멀리서 본다
>    - 부표는 가까이서 본다

## 뗏목
급할 때 쓴다"""


def read_own(text: str) -> list[Read]:
    return own_note(text, "vault", "note.md", Path("/vault/note.md"))[2]


def assert_exact(text: str, passages: list[Read]) -> None:
    lines = text.split("\n")
    for one in passages:
        passage = one.passage
        assert 1 <= passage.first_line <= passage.last_line <= len(lines)
        assert "\n".join(lines[passage.first_line - 1 : passage.last_line]) == passage.text
        assert any(piece.strip() for piece in one.pieces)


def test_a_learners_note_with_sloppy_callouts() -> None:
    """Each callout is one passage whatever its indentation, under its headings, at its lines."""
    passages = read_own(SLOPPY)
    assert_exact(SLOPPY, passages)
    callouts = [one.passage for one in passages if one.passage.kind == "callout"]
    assert [(one.first_line, one.last_line) for one in callouts] == [(12, 23), (25, 27)]
    assert callouts[0].trail == ("항구의 종류", "만과 항만")
    assert callouts[1].text.endswith("부표는 가까이서 본다")


def test_a_callout_is_searched_in_pieces_that_know_its_title() -> None:
    """The pieces of a long callout carry headings and title; quote marks and list marks are not words."""
    text = "## 바다\n> [!tip]- 물때표 읽기\n" + "\n".join(f">   - 물때 {number}번 줄은 " + "길게 " * 12 for number in range(9))
    (one,) = read_own(text)
    assert len(one.pieces) > 2
    assert all(piece.startswith("note › 바다") for piece in one.pieces)
    assert all("물때표 읽기" in piece for piece in one.pieces)
    assert not any(">" in piece.replace("›", "") or "[!" in piece for piece in one.pieces)


def test_a_heading_without_text() -> None:
    """It is known as empty; one that has only subheadings with text under it is not."""
    sections = {one.anchor: one for one in own_note(SLOPPY, "vault", "note.md", Path("/vault/note.md"))[1]}
    assert {anchor for anchor, one in sections.items() if one.empty} == {"노", "닻"}
    above = own_note("# 위\n## 아래\n글\n# 빈 위\n## 빈 아래\n", "v", "n.md", Path("/n.md"))[1]
    assert [one.empty for one in above] == [False, False, True, True]


def test_text_before_the_first_heading() -> None:
    """It stands under the file's own name, or the title its front matter gives."""
    sections, passages = own_note("그냥 한 줄", "v", "여행.md", Path("/v/여행.md"))[1:]
    assert sections[0].place("ko").trail == ("여행",)
    assert passages[0].passage.first_line == 1
    titled = own_note("---\ntitle: 봄 여행\n---\n그냥 한 줄", "v", "여행.md", Path("/v/여행.md"))[1]
    assert titled[0].place("ko").trail == ("봄 여행",)


def test_front_matter_that_is_no_yaml() -> None:
    """It is left out of what is searched, and the note is read all the same."""
    text = "---\na: [1\n: :\n---\n# A\n\ntext\n"
    passages = read_own(text)
    assert [(one.passage.first_line, one.passage.text) for one in passages] == [(7, "text")]


def test_comments() -> None:
    """Text between %% marks is never searched, in one line or over several; in code the marks are no comment."""
    text = "앞말 %% 비밀 하나 %% 뒷말\n\n%%\n비밀 둘\n\n비밀 셋\n%%\n\n```\necho %% 코드 %%\n```\n\n<!-- 비밀 넷 -->끝말\n"
    passages = read_own(text)
    assert_exact(text, passages)
    searched = "\n".join(piece for one in passages for piece in one.pieces)
    assert "비밀" not in searched
    assert "코드" in searched
    assert "앞말 뒷말" in searched
    assert "끝말" in searched


def test_links_embeds_and_tags_are_searched_by_their_names() -> None:
    """What a reader reads is what is found: the alias of a link, the name of an embed, the word of a tag."""
    text = "[[돛#삼각돛|세모난 돛]]과 ![[닻 그림.png]] 그리고 [부두](http://x.org/부두) #항해/기초 ==밑줄== ~~취소~~ ^id-1"
    (one,) = read_own(text)
    assert one.pieces[0].split("\n")[1] == "세모난 돛과 닻 그림.png 그리고 부두 항해/기초 밑줄 취소"
    assert one.passage.text == text


def test_a_tag_at_the_start_of_a_line_is_no_heading() -> None:
    sections = own_note("#바다 이야기\n", "v", "n.md", Path("/n.md"))[1]
    assert sections[0].place("ko").trail == ("n",)


def test_underlined_headings() -> None:
    """A line of equal signs or hyphens under a line makes it a heading; between blank lines it is a rule."""
    sections = own_note("Sea\n===\n\nwater\n\n---\n\nWaves\n---\n\nfoam\n", "v", "n.md", Path("/n.md"))[1]
    assert [(one.place("en").trail, one.empty) for one in sections] == [(("Sea",), False), (("Sea", "Waves"), False)]


def test_headings_of_the_same_name() -> None:
    """Each has an id of its own, also where another is already called so."""
    sections = own_note("# a\nx\n# a\ny\n# a-2\nz\n", "v", "n.md", Path("/n.md"))[1]
    assert [one.id for one in sections] == ["own:v/n.md#a", "own:v/n.md#a-2", "own:v/n.md#a-2-2"]


def test_a_long_list_is_divided_between_items() -> None:
    text = "# L\n" + "\n".join(
        f"- item number {number} with a few more words in it\n  and a second line" for number in range(12)
    )
    passages = read_own(text)
    assert_exact(text, passages)
    assert len(passages) > 3
    assert all(one.passage.text.startswith("- item") and len(one.passage.text) <= 260 for one in passages)


def test_a_heading_mark_inside_code_is_code() -> None:
    text = "# A\n\n```sh\n# not a heading\n- not a list\n| not | a table |\n\n%% not a comment %%\n```\nafter\n"
    passages = read_own(text)
    assert [(one.passage.kind, one.passage.first_line, one.passage.last_line) for one in passages] == [
        ("code", 3, 9),
        ("paragraph", 10, 10),
    ]


def test_our_own_note_has_anchors_and_a_picture() -> None:
    """The anchor in braces is the section's, not the heading's; the picture under the title is no passage."""
    text = "---\ntitle: T\n---\n# T\n\n```mermaid\nflowchart LR\n  A --> B\n```\n\n## What is it? {#what}\n\nIt is this.\n"
    note, sections, passages = builtin_note(text, "thing", "en", Path("/n/thing/en.md"))
    assert note.picture == "flowchart LR\n  A --> B"
    assert [one.id for one in sections] == ["thing/what"]
    assert sections[0].place("en").trail == ("T", "What is it?")
    assert [one.passage.text for one in passages] == ["It is this."]


FENCED = st.lists(st.text(alphabet="ab #>|-%[]!\t", max_size=12), max_size=6).map(lambda body: ["```text", *body, "```"])
TABLE = st.integers(1, 5).map(lambda rows: ["| a | b |", "|---|:-:|", *["| x | y |"] * rows])
CALLOUT = st.lists(
    st.tuples(
        st.sampled_from(["", " ", "  ", "   ", "\t"]),
        st.sampled_from([">", "> ", ">   - ", ">1. ", "> > "]),
        st.text("가나 ab.", max_size=90),
    ),
    min_size=1,
    max_size=12,
).map(lambda body: ["> [!Note] title", *[indent + mark + words for indent, mark, words in body]])
PARAGRAPH = st.lists(st.text(alphabet="가나다 abc.,", min_size=1, max_size=150), min_size=1, max_size=4)
LIST = st.lists(st.tuples(st.sampled_from(["", "  ", "    "]), st.text("가나 ab", max_size=120)), min_size=1, max_size=8).map(
    lambda items: ["- first", *[f"{indent}- {words}" for indent, words in items]]
)
HEADING = st.sampled_from([["# One"], ["## Two"], ["### 셋"], ["## "]])


@given(st.lists(st.tuples(st.sampled_from("ftcplh"), FENCED, TABLE, CALLOUT, PARAGRAPH, LIST, HEADING), max_size=8))
def test_any_order_of_blocks(parts: list[tuple[str, list[str], list[str], list[str], list[str], list[str], list[str]]]) -> None:
    """Every passage is exactly its lines, no two share a line, and no fence, table or callout is in two passages."""
    lines: list[str] = []
    whole: list[tuple[int, int, str]] = []
    for kind, *blocks in parts:
        block = dict(zip("ftcplh", blocks, strict=True))[kind]
        if kind in "ftc":
            whole.append((len(lines) + 1, len(lines) + len(block), {"f": "code", "t": "table", "c": "callout"}[kind]))
        lines += [*block, ""]
    text = "\n".join(lines)
    passages = [one.passage for one in read_own(text)]
    assert_exact(text, read_own(text))
    covered = [number for one in passages for number in range(one.first_line, one.last_line + 1)]
    assert len(covered) == len(set(covered))
    assert len({one.id for one in passages}) == len(passages)
    for first, last, kind in whole:
        touching = [one for one in passages if one.first_line <= last and first <= one.last_line]
        assert [(one.first_line, one.last_line, one.kind) for one in touching] in ([], [(first, last, kind)])
        assert touching or kind == "code"  # an empty fence has no words


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",), exclude_characters="\r"), max_size=400))
def test_any_text_at_all(text: str) -> None:
    """Reading never fails, and what it gives are the text's own lines."""
    assert_exact(text, read_own(text))
    assert sheet(text, "n").lines == tuple(text.split("\n"))


@given(st.text(alphabet="ab`~%<!->#\n |", max_size=120))
def test_any_mix_of_marks(text: str) -> None:
    """Comments are blanked without moving a line or a column."""
    read = sheet(text, "n")
    assert [len(line) for line in read.visible] == [len(line) for line in read.lines] or text.startswith("---")
    assert_exact(text, read_own(text))


@pytest.mark.parametrize(
    "unit",
    [
        "가" * 50,
        "# same\n",
        "## a\n### b\n",
        "- x\n",
        "> [!note]\n",
        "```\n",
        "%%\n```\n",
        "<!--",
        "[[",
        "[a](",
        "`",
        "<a",
        "|a|b|\n|-|-|\n",
        "word. ",
        "    x\n\n",
    ],
)
def test_a_large_file_of_one_shape(unit: str) -> None:
    """Reading takes time in proportion: 300,000 bytes of any mark end, and give their own lines."""
    text = unit * (300_000 // len(unit.encode()))
    passages = read_own(text)
    lines = text.split("\n")
    for one in passages[:3] + passages[-3:]:
        assert "\n".join(lines[one.passage.first_line - 1 : one.passage.last_line]) == one.passage.text
        assert len(one.pieces) <= 40

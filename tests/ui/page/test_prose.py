"""Markdown of others becomes Markdown that can only be read, whatever it holds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ui.components.prose import code_span, fenced, literal, readable

READER = MarkdownIt("gfm-like", {"html": True, "linkify": False})
LIVELY = """![a](http://x/a.png)|[b](http://x)|<img src=http://x onerror=a>|<script>|</div>|http://x.y/z|www.x.y|a@b.cd|:red[x]
<http://x>|&#60;b&#62;|:material/home:|:tada:|$x$|$$|&lt;|[1]|[ref]: http://x|[ref]|![ref]|[^1]""".replace("\n", "|").split("|")
MARKUP = [
    "`",
    "``",
    "```",
    "```mermaid\n",
    "~~~",
    "\\",
    "\n",
    "\n\n",
    "- ",
    "1. ",
    "> ",
    "# ",
    "|",
    "| a | b |\n|---|---|\n",
    "    ",
]
SIGNS = ["\t", "*", "**", "_", "[", "]", "(", ")", "!", "~~", "---\n", "===\n", "\u202e", "\x00", "파드", " "]
PIECES = st.sampled_from([*LIVELY, *MARKUP, *SIGNS])


def every(tokens: list[Token]) -> list[Token]:
    return [token for one in tokens for token in (one, *every(one.children or []))]


def outside_code(markdown: str) -> str:
    """What is no code, as a browser would see it after parsing."""
    return "\n".join(token.content for token in every(READER.parse(markdown)) if token.type in ("text", "text_special"))


def unescaped(markdown: str) -> str:
    """The signs that no backslash guards and that stand in no code."""
    signs, position = [], 0
    while position < len(markdown):
        if markdown[position] == "\\":
            position += 2
        elif markdown[position] == "`":
            fence = re.match(r"`+", markdown[position:]).group(0)  # type: ignore[union-attr]
            end = re.compile(rf"(?<!`){fence}(?!`)").search(markdown, position + len(fence))
            position = end.end() if end else position + len(fence)
        else:
            signs.append(markdown[position])
            position += 1
    return "".join(signs)


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=24).map("".join))
def test_any_text_of_others(text: str) -> None:
    """No link, picture, HTML, diagram, formula, directive or address outside code survives."""
    written = readable(text)
    tokens = every(READER.parse(written))
    assert not [one.type for one in tokens if one.type in ("link_open", "image", "html_inline", "html_block")]
    assert not [one.info for one in tokens if one.type == "fence" and one.info == "mermaid"]
    plain = outside_code(written)
    assert "://" not in plain
    assert not re.search(r"www\.|@\w|:[\w/+-]+:", plain)
    assert not set("$<") & set(unescaped(written))


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_any_label_of_others(text: str) -> None:
    """A label is one line of text and nothing else."""
    written = literal(text)
    assert "\n" not in written
    kinds = {one.type for one in every(READER.parseInline(written))}
    assert kinds <= {"inline", "text", "text_special", "code_inline"}


def test_what_notes_are_made_of() -> None:
    """Paragraphs, emphasis, lists, quotes, tables and code stay what they are."""
    text = "**굵게** *기울임* `kubectl`\n\n1. 하나\n2. 둘\n   - 안쪽\n\n> 인용\n\n"
    text += "| a | b |\n|---|---|\n| `x\\|y` | z |\n\n```yaml\na: 1\n```"
    kinds = [token.type for token in every(READER.parse(readable(text)))]
    wanted = ("strong_open", "em_open", "code_inline", "ordered_list_open", "bullet_list_open", "blockquote_open", "table_open")
    assert [kind for kind in wanted if kind not in kinds] == []
    assert readable(text).endswith("```yaml\na: 1\n```")
    assert "`x\\|y`" in readable(text)


def test_a_time_of_day() -> None:
    """It is no icon."""
    assert readable("2026-11-30 22:15:18") == "2026\\-11\\-30 22\\:15\\:18"


def test_citation_marks() -> None:
    """Marks that stand for something are coloured and never parted from their word; others are text."""
    assert readable("그렇습니다 [1]. 아닙니다 [7].", frozenset({1})) == "그렇습니다\u00a0:blue[\\[1\\]]\\. 아닙니다 \\[7\\]\\."
    assert ":blue" not in readable("items[1]", frozenset({1}))


@pytest.mark.parametrize("text", ["a`b", "``", "`", "a ``` b", "`x`", " "])
def test_code_with_backticks_in_it(text: str) -> None:
    """A code span shows exactly what it is given."""
    spans = [token for token in every(READER.parse(code_span(text))) if token.type == "code_inline"]
    assert [span.content for span in spans] == ([text.strip()] if text.strip() else [])
    block = READER.parse("\n".join(fenced(text, "mermaid")))
    assert (block[0].info, block[0].content) == ("text", f"{text}\n")

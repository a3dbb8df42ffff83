"""Markdown of notes, answers and models -> Markdown that can do nothing but be read. Pure; fuzzed in tests.

The text is parsed by CommonMark and written anew from what is allowed: paragraphs, lists, quotes, tables, code, emphasis.
Everything else becomes its words: pictures, links, HTML, math, Streamlit's own directives and icons. All punctuation of text is
escaped; what a browser would make a link of, escaped or not, stands in backticks.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from assistant.answers.phrasing import MARK

_PARSER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_LIVELY = re.compile(r"\S*(?:://|[wW]{3}\.|@)\S*|(?<!\d):[\w+/-]+:")
"""What is turned into a link or an icon after parsing, where no escape helps: addresses, mail addresses, :icon: names."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_BARE_PIPE = re.compile(r"(?<!\\)\|")
NO_BREAK = "\u00a0"
_LANGUAGES = frozenset({"bash", "sh", "yaml", "json", "text", "console", "python", "toml", "go", "dockerfile"})


def literal(text: str) -> str:
    """The text so that Markdown shows it as it is, on one line (for labels)."""
    return _text(" ".join(_CONTROL.sub("", text).split()), frozenset())


@lru_cache(maxsize=2048)
def readable(markdown: str, marks: Collection[int] = frozenset()) -> str:
    """The text as safe Markdown; `[n]` of the numbers in `marks` are drawn as citation marks."""
    tokens = _PARSER.parse(_CONTROL.sub("", markdown.replace("\r\n", "\n")))
    return "\n".join(_Writer(frozenset(marks)).blocks(tokens)).strip("\n")


def code_span(text: str) -> str:
    """The text as a code span, whatever backticks it holds."""
    flat = " ".join(text.split("\n")).strip()
    if not flat:
        return ""
    fence = "`" * (max((len(run) for run in re.findall(r"`+", flat)), default=0) + 1)
    space = " " if "`" in (flat[0], flat[-1]) else ""
    return f"{fence}{space}{flat}{space}{fence}"


def fenced(text: str, language: str = "") -> list[str]:
    """The lines of a code block, whatever it holds; only harmless languages keep their name."""
    named = language if language in _LANGUAGES else "text"
    fence = "`" * max(3, max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    return [f"{fence}{named}", *text.rstrip("\n").split("\n"), fence]


def _escaped(text: str) -> str:
    return _PUNCTUATION.sub(r"\\\1", text)


def _text(text: str, marks: frozenset[int]) -> str:
    """Text with everything in it harmless; citation marks coloured."""
    written, end = [], 0
    for mark in MARK.finditer(text):
        if int(mark.group(1)) in marks:
            before = text[end : mark.start()] + (" " if mark.group(0)[0].isspace() else "")
            written.append(_still(before.rstrip(" ")))
            # A mark stays on the line of its word.
            written.append(f"{NO_BREAK if before.endswith(' ') else ''}:blue[\\[{mark.group(1)}\\]]")
            end = mark.end()
    return _joined((*written, _still(text[end:])))


def _joined(pieces: Iterable[str]) -> str:
    """The pieces in a row; code never touches code, or their backticks would become one run."""
    whole = ""
    for piece in pieces:
        whole += f" {piece}" if whole.endswith("`") and piece.startswith("`") else piece
    return whole


def _still(text: str) -> str:
    written, end = [], 0
    for lively in _LIVELY.finditer(text):
        written += [_escaped(text[end : lively.start()]), code_span(lively.group(0))]
        end = lively.end()
    return _joined((*written, _escaped(text[end:])))


class _Writer:
    """Writes tokens as Markdown lines; one instance a text."""

    def __init__(self, marks: frozenset[int]) -> None:
        self._marks = marks

    def blocks(self, tokens: list[Token]) -> Iterator[str]:
        position = 0
        while position < len(tokens):
            token = tokens[position]
            end = _closing(tokens, position)
            inner = tokens[position + 1 : end]
            match token.type:
                case "paragraph_open":
                    yield from (*self._paragraph(inner[0]), "")
                case "heading_open":
                    words = self._inline(inner[0]).strip()
                    yield from ((f"**{words}**" if words else ""), "")
                case "fence" | "code_block":
                    yield from (*fenced(token.content, token.info.split()[0].lower() if token.info.split() else ""), "")
                case "bullet_list_open" | "ordered_list_open":
                    yield from self._list(token, inner)
                    yield ""
                case "blockquote_open":
                    yield from (f"> {line}".rstrip() for line in self.blocks(inner))
                    yield ""
                case "table_open":
                    yield from (*self._table(inner), "")
                case "hr":
                    yield from ("", "")
            position = end + 1

    def _paragraph(self, token: Token) -> list[str]:
        return [line.strip(" \t") for line in self._inline(token).split("\n") if line.strip()]

    def _list(self, token: Token, tokens: list[Token]) -> Iterator[str]:
        number = int(token.attrGet("start") or 1) if token.type.startswith("ordered") else None
        position = 0
        while position < len(tokens):
            end = _closing(tokens, position)
            lead = "- " if number is None else f"{number}. "
            written = "\n".join(self.blocks(tokens[position + 1 : end])).strip("\n").split("\n")
            loose = [line for n, line in enumerate(written) if line or n + 1 < len(written)]
            yield lead + (loose[0] if loose else "")
            yield from (" " * len(lead) + line if line else "" for line in loose[1:])
            number = None if number is None else number + 1
            position = end + 1

    def _table(self, tokens: list[Token]) -> list[str]:
        rows: list[list[str]] = []
        for token in tokens:
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                rows[-1].append(self._inline(token).replace("\n", " ").strip())
        head, *body = rows
        lines = [head, ["---"] * len(head), *body]
        return ["| " + " | ".join(_BARE_PIPE.sub(r"\\|", cell) for cell in row) + " |" for row in lines]

    def _inline(self, token: Token) -> str:
        written = []
        for child in token.children or ():
            match child.type:
                case "text" | "text_special" | "html_inline":
                    written.append(_text(child.content, self._marks))
                case "softbreak":
                    written.append("\n")
                case "hardbreak":
                    written.append("\\\n")
                case "code_inline":
                    written.append(code_span(child.content))
                case "strong_open" | "strong_close":
                    written.append("**")
                case "em_open" | "em_close":
                    written.append("*")
                case "s_open" | "s_close":
                    written.append("~~")
                case "image":
                    written.append(_text(child.content, frozenset()))
        return _joined(written)


def _closing(tokens: list[Token], position: int) -> int:
    """The index of the token that closes the one at `position` (itself, where it opens nothing)."""
    if tokens[position].nesting != 1:
        return position
    depth = 0
    for index in range(position, len(tokens)):
        depth += tokens[index].nesting
        if depth == 0:
            return index
    return len(tokens)

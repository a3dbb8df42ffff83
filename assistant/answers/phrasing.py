"""A passage as it is read aloud: sentences, list items, commands and table rows in plain words. Pure.

The quote of a citation stays as the file has it; this is the text beside it. Links, pictures and HTML of a note become
their words (an answer loads nothing and links nowhere), and a note's own [1] becomes (1), so that it is never taken for a mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from knowledge.passages import Passage

Form: TypeAlias = Literal["sentence", "item", "block"]

MARK = re.compile(r"(?:\s|(?<![\w`'\"\])}]))\[(\d{1,3})\](?!\()")
"""A citation mark in a text, with the space before it. `items[0]` is none."""

_FENCE = re.compile(r"^\s*(```+|~~~+)\s*([\w-]*)")
_ITEM = re.compile(r"^(\s*)(?:[-*+]|(\d{1,3})[.)])\s+(?:\[[ xX]\]\s+)?(.*)$")
_QUOTED = re.compile(r"^\s*>\s?")
_CALLOUT = re.compile(r"^\s*\[!\w+\][+-]?\s*(.*)$")
_RULE = re.compile(r"^\s*\|?[\s:|-]+\|?\s*$")
_CODE = re.compile(r"(`+)(.+?)\1", re.DOTALL)
_SHELL = frozenset({"bash", "sh", "shell", "console", "zsh", "powershell"})
_OPENING, _CLOSING = "([{“‘「『", ")]}”’」』"

_MARKUP: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"%%.*?%%", re.DOTALL), ""),
    (re.compile(r"<!--.*?-->", re.DOTALL), ""),
    (re.compile(r"!\[\[([^\]|]*)(?:\|[^\]]*)?\]\]"), r"\1"),
    (re.compile(r"\[\[([^\]|]*)\|([^\]]*)\]\]"), r"\2"),
    (re.compile(r"\[\[([^\]]*)\]\]"), r"\1"),
    (re.compile(r"!\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"\[\^[^\]]*\]"), ""),
    (re.compile(r"</?[A-Za-z][^<>]*>"), ""),
    (re.compile(r"(\*\*\*|\*\*|__|~~|==)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w\])])\[(\d{1,3})\]"), r"(\1)"),
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """One thing that is said: a sentence, a list item (`lead`: its marker), or the code of a block (`lead`: its language)."""

    text: str
    form: Form = "sentence"
    lead: str = ""
    starts: bool = False
    """True where a new paragraph or item begins."""


def unmarked(text: str) -> str:
    """The text without Markdown, links, pictures and HTML; what stands in backticks is left alone."""
    pieces: list[str] = []
    end = 0
    for code in _CODE.finditer(text):
        pieces += [_plain(text[end : code.start()]), code.group(0)]
        end = code.end()
    pieces.append(_plain(text[end:]))
    return re.sub(r"[ \t]+", " ", "".join(pieces)).strip()


def _plain(text: str) -> str:
    for pattern, replacement in _MARKUP:
        text = pattern.sub(replacement, text)
    return text


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph; no cut inside backticks or brackets, or before a small letter (`e.g. this`)."""
    found: list[str] = []
    start, depth, in_code = 0, 0, False
    for index, sign in enumerate(text):
        if sign == "`":
            in_code = not in_code
        elif in_code:
            continue
        elif sign in _OPENING:
            depth += 1
        elif sign in _CLOSING:
            depth = max(0, depth - 1)
        elif sign in ".!?。" and depth == 0 and text[index + 1 : index + 2].isspace():
            rest = text[index + 1 :].lstrip()
            goes_on = rest and "a" <= rest[0] <= "z" and not ends_korean(text[start:index])
            if rest and not goes_on and not text[start:index].strip().isdecimal():
                found.append(text[start : index + 1].strip())
                start = index + 1
    found.append(text[start:].strip())
    return [sentence for sentence in found if sentence]


def ends_korean(sentence: str) -> bool:
    """Is its last letter Hangul? Then its full stop ends it, whatever comes behind."""
    last = next((sign for sign in reversed(sentence) if sign.isalnum()), "")
    return "가" <= last <= "힣"


def marked(text: str, numbers: Iterable[int]) -> str:
    """The sentence with its marks, before the full stop: `It is so [1].`"""
    marks = "".join(f" [{number}]" for number in numbers)
    ending = re.search(r"[.!?。:]+$", text)
    if ending is None or text.endswith("..."):
        return text + marks
    return text[: ending.start()].rstrip() + marks + ending.group(0)


def phrases(passage: Passage) -> list[Phrase]:
    """The passage in readable pieces, in the file's order."""
    lines = [_QUOTED.sub("", line) if passage.kind == "callout" else line for line in passage.text.splitlines()]
    while passage.kind == "callout" and any(_QUOTED.match(line) for line in lines):
        lines = [_QUOTED.sub("", line) for line in lines]
    if passage.kind == "code" and not any(_FENCE.match(line) for line in lines):
        return _code(lines, "")
    return list(_read(lines))


def _read(lines: list[str]) -> Iterator[Phrase]:
    paragraph: list[str] = []
    position = 0

    def told() -> Iterator[Phrase]:
        text = unmarked(" ".join(paragraph))
        paragraph.clear()
        for number, sentence in enumerate(sentences(text)):
            yield Phrase(sentence, starts=number == 0)

    while position < len(lines):
        line = lines[position]
        position += 1
        fence = _FENCE.match(line)
        item = _ITEM.match(line)
        callout = _CALLOUT.match(line)
        if fence:
            yield from told()
            code: list[str] = []
            while position < len(lines) and not lines[position].strip().startswith(fence.group(1)):
                code.append(lines[position])
                position += 1
            position += 1
            yield from _code(code, fence.group(2))
        elif line.lstrip().startswith("|") and line.count("|") > 1:
            yield from told()
            rows = [line]
            while position < len(lines) and lines[position].lstrip().startswith("|"):
                rows.append(lines[position])
                position += 1
            yield from _table(rows)
        elif item:
            yield from told()
            body = [item.group(3)]
            while position < len(lines) and lines[position].strip() and _continues(lines[position]):
                body.append(lines[position].strip())
                position += 1
            lead = f"{item.group(2)}) " if item.group(2) else "- "
            for number, sentence in enumerate(sentences(unmarked(" ".join(body)))):
                yield Phrase(sentence, "item", lead if number == 0 else "", starts=number == 0)
        elif callout:
            yield from told()
            if callout.group(1).strip():
                paragraph.append(callout.group(1).strip())
                yield from told()
        elif not line.strip():
            yield from told()
        else:
            paragraph.append(line.strip().lstrip("#").strip())
    yield from told()


def _continues(line: str) -> bool:
    return line[:1].isspace() and not _ITEM.match(line) and not _FENCE.match(line) and not line.lstrip().startswith("|")


def _cells(row: str) -> list[str]:
    inner = row.strip().removeprefix("|").removesuffix("|")
    return [unmarked(cell.replace("\\|", "|")) for cell in re.split(r"(?<!\\)\|", inner)]


def _table(rows: list[str]) -> Iterator[Phrase]:
    """Each row as an item: its first cell, then the others under their column's name."""
    has_head = len(rows) > 1 and _RULE.match(rows[1]) is not None
    head = _cells(rows[0]) if has_head else []
    for row in rows[2:] if has_head else rows:
        if _RULE.match(row):
            continue
        first, *others = _cells(row)
        named = head[1:] if len(others) > 1 else []
        told = [
            f"{named[number]}: {cell}" if number < len(named) and named[number] else cell
            for number, cell in enumerate(others)
            if cell
        ]
        text = f"{first}: {told[0]}" if len(told) == 1 and not named else f"{first} — " + "; ".join(told) if told else first
        if text.strip():
            yield Phrase(text.strip(), "item", "- ", starts=True)


def _code(lines: list[str], language: str) -> list[Phrase]:
    """Commands as items, what a comment says of one behind it; one line of output in backticks; anything else as a block."""
    lines = [line.rstrip() for line in lines]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    joined = "\n".join(lines)
    if not joined:
        return []
    simple = not re.search(r"\\$|<<|^\s|^\w+=|^#.*\n#", joined, re.MULTILINE) and "`" not in joined
    if language in _SHELL and simple:
        return _commands(lines)
    if len(lines) == 1 and "`" not in joined:
        return [Phrase(f"`{joined.strip()}`", "item", "- ", starts=True)]
    return [Phrase(joined, "block", language, starts=True)]


def _commands(lines: list[str]) -> list[Phrase]:
    found: list[Phrase] = []
    above = ""
    for line in lines:
        command, _, comment = (line, "", "") if line.startswith("#") else _split_comment(line)
        if line.startswith("#"):
            above = line.lstrip("# ").strip()
        elif command:
            said = comment or above
            found.append(Phrase(f"`{command}`: {said}" if said else f"`{command}`", "item", "- ", starts=True))
            above = ""
    if above:
        found.append(Phrase(above, "item", "- ", starts=True))
    return found


def _split_comment(line: str) -> tuple[str, str, str]:
    """A command and the comment behind it: a # outside quotes with two spaces before it."""
    quote = ""
    for index, sign in enumerate(line):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign == "#" and line[:index].endswith(" "):
            return line[:index].strip(), "#", line[index + 1 :].strip()
    return line.strip(), "", ""

"""The lines of a Markdown file as blocks: headings, and runs of lines that are never torn apart. Pure.

A grammar of lines, not of trees: what counts is that each block is a contiguous run of the file's lines. Callouts are taken as
learners type them (any kind, any indentation); a fence, a table and a callout are one block each, whatever is in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge.markup import PIECE, QUOTE
from knowledge.passages import PassageKind

_FENCE = re.compile(r"^(\s*)(`{3,}|~{3,})(.*)$")
_HEADING = re.compile(r"^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_UNDERLINE = re.compile(r"^ {0,3}(=+|-{2,})[ \t]*$")
_RULE = re.compile(r"^ {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$")
_ITEM = re.compile(r"^([ \t]*)(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)")
_TABLE_RULE = re.compile(r"^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_INDENTED = re.compile(r"^(?: {4}|\t)")
_CALLOUT = re.compile(r"^\s*>\s*\[!")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading line (or two, underlined): its level 1..6 and its text as typed."""

    level: int
    text: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Block:
    """A run of lines, counted from 1, that belongs together; `info` is what stands behind a fence's mark."""

    kind: PassageKind
    first: int
    last: int
    info: str = ""


def fence_mark(line: str) -> tuple[str, str] | None:
    """The mark and the info string of a line that opens a fence."""
    found = _FENCE.match(line)
    if not found or (found.group(2)[0] == "`" and "`" in found.group(3)):
        return None
    return found.group(2), found.group(3).strip()


def closes(line: str, mark: str) -> bool:
    bare = line.strip()
    return len(bare) >= len(mark) and set(bare) == {mark[0]}


def _starts_table(lines: list[str], at: int) -> bool:
    return "|" in lines[at] and at + 1 < len(lines) and "|" in lines[at + 1] + lines[at] and _is_table_rule(lines[at + 1])


def _is_table_rule(line: str) -> bool:
    return "-" in line and bool(_TABLE_RULE.match(line)) and ("|" in line or ":" in line)


def _interrupts(lines: list[str], at: int) -> bool:
    """Whether a block of another kind begins on this line."""
    line = lines[at]
    return bool(
        not line.strip()
        or fence_mark(line)
        or _HEADING.match(line)
        or QUOTE.match(line)
        or _RULE.match(line)
        or _ITEM.match(line)
        or _starts_table(lines, at)
    )


def blocks(lines: list[str], start: int = 0) -> Iterator[Heading | Block]:
    """The headings and blocks from line index `start` on, in order. Lines between them are blank or rules."""
    at, before = start, ""
    while at < len(lines):
        line = lines[at]
        end = at + 1
        found: Heading | Block | None = None
        if not line.strip():
            pass
        elif mark := fence_mark(line):
            while end < len(lines) and not closes(lines[end], mark[0]):
                end += 1
            end = min(end + 1, len(lines))
            found = Block("code", at + 1, end, mark[1])
        elif heading := _HEADING.match(line):
            found = Heading(len(heading.group(1)), (heading.group(2) or "").strip(), at + 1, end)
        elif QUOTE.match(line):
            while end < len(lines) and (QUOTE.match(lines[end]) or _lazy(lines, end)):
                end += 1
            whole = _CALLOUT.match(line) or any(_fenced_or_table(text) for text in lines[at:end])
            found = Block("callout" if whole else "paragraph", at + 1, end)
        elif _starts_table(lines, at):
            while end < len(lines) and (("|" in lines[end] and not _interrupts(lines, end)) or end == at + 1):
                end += 1
            found = Block("table", at + 1, end)
        elif _INDENTED.match(line) and before != "item" and (at == start or not lines[at - 1].strip()):
            end = _indented_end(lines, at)
            found = Block("code", at + 1, end)
        elif _RULE.match(line):
            pass
        elif _ITEM.match(line):
            while end < len(lines) and (
                (_ITEM.match(lines[end]) and not _RULE.match(lines[end])) or not _interrupts(lines, end)
            ):
                end += 1
            found = Block("item", at + 1, end)
        else:
            if end < len(lines) and (under := _UNDERLINE.match(lines[end])):
                found = Heading(1 if under.group(1)[0] == "=" else 2, line.strip(), at + 1, end + 1)
                end += 1
            else:
                while end < len(lines) and not _interrupts(lines, end):
                    end += 1
                found = Block("item" if before == "item" and line[:1] in " \t" else "paragraph", at + 1, end)
        if found is not None:
            before = found.kind if isinstance(found, Block) else "heading"
            yield found
        at = end


def _lazy(lines: list[str], at: int) -> bool:
    """A line whose `>` was forgotten: plain text straight under a quoted line that has text."""
    above = lines[at - 1].lstrip().lstrip("> \t")
    return bool(above) and not _interrupts(lines, at) and not _FENCE.match(above)


def _fenced_or_table(line: str) -> bool:
    bare = line.lstrip().lstrip("> \t")
    return bool(_FENCE.match(bare)) or bare.startswith("|")


def _indented_end(lines: list[str], at: int) -> int:
    end = last = at + 1
    while end < len(lines) and (_INDENTED.match(lines[end]) or not lines[end].strip()):
        end += 1
        if lines[end - 1].strip():
            last = end
    return last


def divided(block: Block, lines: Sequence[str], limit: int = PIECE) -> Iterator[Block]:
    """A block in blocks of about `limit` characters: lists between items, paragraphs between lines, the others never."""
    size = sum(len(lines[n]) + 1 for n in range(block.first - 1, block.last))
    if size <= limit or block.kind not in ("item", "paragraph"):
        yield block
        return
    first, length = block.first, 0
    for number in range(block.first, block.last + 1):
        text = lines[number - 1]
        breakable = block.kind == "paragraph" or bool(_ITEM.match(text))
        if number > first and breakable and length + len(text) > limit:
            yield Block(block.kind, first, number - 1)
            first, length = number, 0
        length += len(text) + 1
    yield Block(block.kind, first, block.last)

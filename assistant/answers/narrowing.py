"""The part of a long passage of the learner's that a question is about: fewer lines of the same file. Pure.

A callout of forty lines is one passage; an answer shows the lines that match. What is left is still a contiguous piece of the
file between its lines, so that it is cited like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.answers.phrasing import sentences
from assistant.answers.supporting import units
from knowledge.passages import Passage

ROOM = 380
"""Characters of a passage that are shown whole."""


def narrowed(passage: Passage, question: str, room: int = ROOM) -> Passage:
    """The passage, or the run of its lines (of its sentences, where it is one line) that shares most with the question."""
    if len(passage.text) <= room or passage.kind == "table":
        return passage
    asked = units(question)
    lines = passage.text.split("\n")
    if len(lines) == 1:
        pieces = sentences(lines[0])
        first, last = _window(pieces, asked, room)
        start = lines[0].find(pieces[first])
        end = lines[0].find(pieces[last], start) + len(pieces[last])
        return replace(passage, text=lines[0][start:end]) if 0 <= start < end else passage
    first, last = _window(lines, asked, room)
    return replace(
        passage,
        text="\n".join(lines[first : last + 1]),
        first_line=passage.first_line + first,
        last_line=passage.first_line + last,
    )


def _depth(line: str) -> int:
    """How far a line is indented within its quotation: a part of an item is no place to begin."""
    inner = line.lstrip(" >")
    return len(line[: len(line) - len(inner)].rpartition(">")[2])


def _window(pieces: Sequence[str], asked: set[str], room: int) -> tuple[int, int]:
    """First and last piece of the run within the room that shares most with what is asked; the earliest of the best.

    What it begins with counts most: a title that names the subject is where a reader would start.
    """
    shared = [len(units(piece) & asked) for piece in pieces]
    best, chosen = -1, (0, 0)
    for first in range(len(pieces)):
        if not pieces[first].strip(" >-") or _depth(pieces[first]) > 1:
            continue
        last, size, score = first, len(pieces[first]), 3 * shared[first]
        while last + 1 < len(pieces) and size + len(pieces[last + 1]) <= room:
            last += 1
            size += len(pieces[last])
            score += shared[last]
        if score > best:
            best, chosen = score, (first, last)
    return chosen

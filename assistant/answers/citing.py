"""Marks and the passages they stand for. Pure.

Nothing is shown as cited unless the quote stands in the decoded file at those lines: `stands` is asked of every citation of
every answer. Marks are numbered anew in the order in which they are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from assistant.answers.answer import Citation
from assistant.answers.evidence import Excerpt
from assistant.answers.phrasing import MARK
from knowledge.errors import StudyError
from knowledge.passages import Passage

_ADJACENT = re.compile(r"(\s\[\d{1,3}\])(\[\d{1,3}\])")


def cite(excerpt: Excerpt, number: int) -> Citation:
    """The citation of an excerpt under this number; the quote is the passage, whole."""
    passage = excerpt.passage
    return Citation(
        number=number,
        section=passage.section,
        concept=passage.concept,
        origin=passage.origin,
        language=passage.language,
        heading=excerpt.heading,
        path=passage.path,
        first_line=passage.first_line,
        last_line=passage.last_line,
        quote=passage.text,
    )


def stands(citation: Citation, note_text: str) -> bool:
    """Is the quote a contiguous piece of this text between its lines?"""
    return holds(note_text, citation.quote, citation.first_line, citation.last_line)


def holds(note_text: str, quote: str, first_line: int, last_line: int) -> bool:
    """Does the text hold the quote between these lines, counted from 1?"""
    lines = note_text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not 1 <= first_line <= last_line <= len(lines) or not quote.strip():
        return False
    return quote in "\n".join(lines[first_line - 1 : last_line])


class Notebooks:
    """The notes' decoded texts as they are during one question, each read once."""

    def __init__(self, read: Callable[[Path], str]) -> None:
        self._read = read
        self._texts: dict[Path, str | None] = {}

    def hold(self, passage: Passage) -> bool:
        """Does the passage still stand in its file at its lines?"""
        if passage.path not in self._texts:
            try:
                self._texts[passage.path] = self._read(passage.path)
            except (OSError, StudyError):
                self._texts[passage.path] = None
        text = self._texts[passage.path]
        return text is not None and holds(text, passage.text, passage.first_line, passage.last_line)


def marks(text: str) -> list[int]:
    """The numbers of the marks in a text, in order."""
    return [int(mark.group(1)) for mark in MARK.finditer(text)]


def without_marks(text: str) -> str:
    return MARK.sub("", text)


@dataclass(slots=True)
class Ledger:
    """Gives marks of the evidence their number in the answer, in the order in which they are read, and keeps what they cite.

    An excerpt whose quote does not stand in its file gets no number.
    """

    excerpts: Mapping[int, Excerpt]
    notebooks: Notebooks
    citations: list[Citation] = field(default_factory=list)
    _given: dict[int, int | None] = field(default_factory=dict)

    def number(self, mark: int) -> int | None:
        """The answer's number for this mark, or None where it stands for nothing."""
        if mark not in self._given:
            self._given[mark] = self._admit(self.excerpts.get(mark))
        return self._given[mark]

    def _admit(self, excerpt: Excerpt | None) -> int | None:
        if excerpt is None or not self.notebooks.hold(excerpt.passage):
            return None
        citation = cite(excerpt, len(self.citations) + 1)
        self.citations.append(citation)
        return citation.number

    def renumbered(self, text: str) -> str:
        """The text with its marks in the answer's numbers, without those that stand for nothing, and none twice in a row."""
        while (apart := _ADJACENT.sub(r"\1 \2", text)) != text:
            text = apart
        found: list[str] = []
        end, last_end, last = 0, -1, None
        for mark in MARK.finditer(text):
            number = self.number(int(mark.group(1)))
            found.append(text[end : mark.start()])
            repeated = number == last and mark.start() == last_end
            if number is not None and not repeated:
                space = " " if mark.group(0)[0].isspace() else ""
                found.append(f"{space}[{number}]")
            end = last_end = mark.end()
            last = number
        found.append(text[end:])
        return "".join(found)

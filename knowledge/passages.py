"""The values of the notes: a Section is cited, aligned and proven; a Passage is searched; a Hit is found.

A section id, `concept/anchor`, is the joint of the whole house. Sections of the learner's own notes are called
`own:FOLDER/FILE#ANCHOR` and have no concept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

Language: TypeAlias = Literal["ko", "en"]
Origin: TypeAlias = Literal["builtin", "own"]
PassageKind: TypeAlias = Literal["paragraph", "item", "table", "code", "callout"]

LANGUAGES: tuple[Language, ...] = ("ko", "en")


def other_language(language: Language) -> Language:
    return "en" if language == "ko" else "ko"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a section stands in one language: its file, the heading path from the title down, lines counted from 1."""

    language: Language
    path: Path
    trail: tuple[str, ...]
    first_line: int
    last_line: int

    @property
    def heading(self) -> str:
        return self.trail[-1]


@dataclass(frozen=True, slots=True)
class Section:
    """What answers one question: one heading and the text under it, in one language or both."""

    id: str
    concept: str | None
    anchor: str
    origin: Origin
    places: Mapping[Language, Place]
    empty: bool = False
    """True for a heading without text under it: it can be named, never cited."""

    def place(self, language: Language) -> Place:
        """The place in this language, or in the other one where the note exists in one language only."""
        return self.places.get(language) or next(iter(self.places.values()))


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a section that is searched and quoted: `text` is exactly the file's lines, as decoded, joined by a newline."""

    id: str
    section: str
    concept: str | None
    origin: Origin
    language: Language
    kind: PassageKind
    trail: tuple[str, ...]
    text: str
    path: Path
    first_line: int
    last_line: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found: the fused score in 0..1 and why it matched (`dense`, `lexical`, `asked`, `router`)."""

    passage: Passage
    score: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What the notes have for one question.

    `sections` are our own notes' section ids, best first (at most ten), also where nothing is covered: the nearest ones.
    `hits` are the passages of the best sections in the asked language, best first; `own` those of the learner's notes.
    `concepts` are (slug, probability), best first. `confidence` is in 0..1; `covered` is its verdict for ours, `own_covered`
    for the learner's. `empty` is a heading of the learner's notes that matches but has no text under it.
    """

    question: str
    language: Language
    confidence: float
    covered: bool
    own_covered: bool
    sections: tuple[str, ...]
    hits: tuple[Hit, ...]
    own: tuple[Hit, ...]
    concepts: tuple[tuple[str, float], ...]
    empty: Section | None = None

"""A state of our notes and a state of the learner's, and their form on disk. What finding and the pages read, unchanging."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge import lexical
from knowledge.builtin import Concept, Notes
from knowledge.passages import Language, Passage, Place, Section
from knowledge.snapshot import Table

NO_ENCODER = "none"
"""The encoder's name where there is none: words alone."""
NO_TABLE = Table((), np.zeros((0, 0), np.float32), lexical.NOTHING)


@dataclass(frozen=True)
class BuiltinState:
    """Our notes as indexed: row i of `passage_table` is passage i; `asked` counts what learners ask of them."""

    concepts: tuple[Concept, ...]
    sections: Mapping[str, Section]
    passages: tuple[Passage, ...]
    asked: int
    passage_table: Table

    @cached_property
    def by_section(self) -> Mapping[str, tuple[Passage, ...]]:
        return _grouped(self.passages)


@dataclass(frozen=True)
class OwnState:
    """The learner's notes as indexed: row i of `table` is a piece of passage `passage_of[i]`."""

    sections: Mapping[str, Section]
    passages: tuple[Passage, ...]
    passage_of: tuple[int, ...]
    table: Table
    files: Mapping[str, Any]
    folders: Mapping[str, Any]

    @cached_property
    def empty(self) -> tuple[Section, ...]:
        return tuple(section for section in self.sections.values() if section.empty)

    @cached_property
    def by_section(self) -> Mapping[str, tuple[Passage, ...]]:
        return _grouped(self.passages)

    @cached_property
    def owners(self) -> NDArray[np.int64]:
        return np.asarray(self.passage_of, dtype=np.int64)

    @cached_property
    def number_of(self) -> Mapping[str, int]:
        """A passage's id -> its number."""
        return {passage.id: number for number, passage in enumerate(self.passages)}

    def rows_of(self, number: int) -> range:
        """The rows of a passage's pieces: they stand together."""
        first, end = np.searchsorted(self.owners, (number, number + 1))
        return range(int(first), int(end))


NO_BUILTIN = BuiltinState((), MappingProxyType({}), (), 0, NO_TABLE)
NO_OWN = OwnState(MappingProxyType({}), (), (), NO_TABLE, MappingProxyType({}), MappingProxyType({}))


def _grouped(passages: Sequence[Passage]) -> Mapping[str, tuple[Passage, ...]]:
    groups: dict[str, list[Passage]] = {}
    for passage in passages:
        groups.setdefault(passage.section, []).append(passage)
    return MappingProxyType({section: tuple(found) for section, found in groups.items()})


def passage_facts(one: Passage) -> list[Any]:
    place = [str(one.path), one.first_line, one.last_line]
    return [one.id, one.section, one.concept, one.origin, one.language, one.kind, list(one.trail), one.text, *place]


def passage_of(told: Sequence[Any]) -> Passage:
    ident, section, concept, origin, language, kind, trail, text, path, first, last = told
    return Passage(ident, section, concept, origin, language, kind, tuple(trail), text, Path(path), first, last)


def section_facts(one: Section) -> list[Any]:
    places = [[p.language, str(p.path), list(p.trail), p.first_line, p.last_line] for p in one.places.values()]
    return [one.id, one.concept, one.anchor, one.origin, places, one.empty]


def section_of(told: Sequence[Any]) -> Section:
    ident, concept, anchor, origin, told_places, empty = told
    places: dict[Language, Place] = {
        language: Place(language, Path(path), tuple(trail), first, last) for language, path, trail, first, last in told_places
    }
    return Section(ident, concept, anchor, origin, MappingProxyType(places), empty)


def builtin_facts(notes: Notes) -> dict[str, Any]:
    return {
        "concepts": [[c.slug, c.titles, c.read_on, c.related, c.sections, c.pictures] for c in notes.concepts],
        "sections": [section_facts(one) for one in notes.sections],
        "passages": [passage_facts(one.passage) for one in notes.passages],
        "asked": len(notes.asked),
    }


def builtin_state(facts: Mapping[str, Any], tables: Mapping[str, Table]) -> BuiltinState:
    concepts = tuple(
        Concept(slug, titles, read_on, tuple(related), tuple(sections), pictures)
        for slug, titles, read_on, related, sections, pictures in facts["concepts"]
    )
    sections = {told[0]: section_of(told) for told in facts["sections"]}
    passages = tuple(passage_of(told) for told in facts["passages"])
    return BuiltinState(concepts, MappingProxyType(sections), passages, int(facts["asked"]), tables["passages"])


def own_state(facts: Mapping[str, Any], tables: Mapping[str, Table]) -> OwnState:
    sections: dict[str, Section] = {}
    passages: list[Passage] = []
    for file in facts["files"].values():
        sections.update((told[0], section_of(told)) for told in file["sections"])
        passages.extend(passage_of(told) for told in file["passages"])
    return OwnState(
        MappingProxyType(sections),
        tuple(passages),
        tuple(facts["passage_of"]),
        tables["pieces"],
        MappingProxyType(facts["files"]),
        MappingProxyType(facts["folders"]),
    )

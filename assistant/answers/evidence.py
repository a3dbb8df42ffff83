"""What an answer may be made of: the passages that were found, numbered, in one language, and what must be set right. Pure.

A composer sees this and nothing else; its marks [n] are these numbers. Passages are in the file's order within a section, so
that they read as the note does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from assistant.answers.answer import Correction
from assistant.answers.narrowing import narrowed
from knowledge.passages import Found, Hit, Language, Passage, Section

OUR_SECTIONS = 3
"""How many of our sections go into the evidence; the answer is about the first, a chat model may draw on the others."""
OWN_PASSAGES = 3
OWN_FROM, OWN_SHARE = 0.25, 0.6
"""A passage of the learner's is evidence from this score on, and from this share of the best one's."""
RIVAL_OF_CONCEPT, RIVAL = 0.25, 0.4
"""From this share of the best section's score on, the second one is spoken of too: of the same concept, of another."""


class Notes(Protocol):
    """What is asked of the library here."""

    def section(self, section_id: str) -> Section | None: ...

    def passages(self, section_id: str, language: Language) -> tuple[Passage, ...]: ...


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A numbered passage; `weight` says how well it matches (0 where it only stands beside one that does)."""

    number: int
    passage: Passage
    heading: str
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Setting:
    """What must be set right, and the excerpt that says so; `about` is the number of the learner's passage that errs."""

    correction: Correction
    number: int
    about: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """The question as it stands alone, and what the notes have for it in this language (or as it is, where in one only)."""

    question: str
    language: Language
    own: tuple[Excerpt, ...]
    ours: tuple[tuple[Excerpt, ...], ...]
    """Excerpts by section, the best section first."""
    rival: bool = False
    """The second section may be what was meant: its direct answer is told behind the first one's."""
    settings: tuple[Setting, ...] = ()
    earlier: tuple[str, ...] = ()

    @property
    def excerpts(self) -> Mapping[int, Excerpt]:
        """All excerpts by their number."""
        every = [*self.own, *(excerpt for section in self.ours for excerpt in section), *self.aside]
        return {excerpt.number: excerpt for excerpt in every}

    aside: tuple[Excerpt, ...] = ()
    """Excerpts that only back what is set right."""
    translations: Mapping[int, str] = field(default_factory=dict)
    """Translations of the learner's passages that are in the other language, by their number."""


def own_evidence(found: Found, stands: Callable[[Passage], bool]) -> tuple[Hit, ...]:
    """The learner's passages that answer, narrowed to what is asked: the best section first, in the file's order within one."""
    if not found.own_covered or not found.own:
        return ()
    least = max(OWN_FROM, OWN_SHARE * found.own[0].score)
    kept = [hit for hit in found.own if hit.score >= least and stands(hit.passage)][:OWN_PASSAGES]
    sections = list(dict.fromkeys(hit.passage.section for hit in kept))
    kept.sort(key=lambda hit: (sections.index(hit.passage.section), hit.passage.first_line))
    return tuple(replace(hit, passage=narrowed(hit.passage, found.question)) for hit in kept)


def _rivals(found: Found, first: Passage, second: Passage) -> bool:
    best = {first.section: 0.0, second.section: 0.0}
    for hit in found.hits:
        if hit.passage.section in best:
            best[hit.passage.section] = max(best[hit.passage.section], hit.score)
    wanted = RIVAL_OF_CONCEPT if first.concept == second.concept else RIVAL
    return best[second.section] >= wanted * best[first.section] > 0


def gather(
    found: Found,
    notes: Notes,
    language: Language,
    *,
    sections: Sequence[str],
    own: Sequence[Hit],
    assumed: Sequence[Correction] = (),
    stated: Mapping[str, Correction] | None = None,
    earlier: Sequence[str] = (),
    stands: Callable[[Passage], bool] = lambda passage: True,
) -> Evidence:
    """Number what was found. `sections` are ours, best first; `stated` are corrections by the id of the learner's passage.

    A passage that no longer `stands` in its file is no evidence.
    """
    numbers = iter(range(1, 1000))
    weights = {hit.passage.id: hit.score for hit in found.hits}

    def excerpt(passage: Passage, weight: float) -> Excerpt:
        section = notes.section(passage.section)
        heading = section.place(passage.language).heading if section else passage.trail[-1] if passage.trail else ""
        return Excerpt(next(numbers), passage, heading, weight)

    def standing(section_id: str) -> list[Passage]:
        return [passage for passage in notes.passages(section_id, language) if stands(passage)]

    mine = [excerpt(hit.passage, hit.score) for hit in own if stands(hit.passage)]
    ours = [
        tuple(excerpt(passage, weights.get(passage.id, 0.0)) for passage in standing(section))
        for section in sections[:OUR_SECTIONS]
    ]
    ours = [section for section in ours if section]
    aside: list[Excerpt] = []

    def backing(section_id: str) -> int | None:
        for group in [*ours, aside]:
            for one in group:
                if one.passage.section == section_id:
                    return one.number
        for passage in standing(section_id)[:1]:
            aside.append(excerpt(passage, 0.0))
            return aside[-1].number
        return None

    settings: list[tuple[Correction, int | None]] = [(correction, None) for correction in assumed]
    settings += [(stated[one.passage.id], one.number) for one in mine if stated and one.passage.id in stated]
    backed = [(correction, backing(correction.section), about) for correction, about in settings]
    return Evidence(
        question=found.question,
        language=language,
        own=tuple(mine),
        ours=tuple(ours),
        rival=len(ours) > 1 and _rivals(found, ours[0][0].passage, ours[1][0].passage),
        settings=tuple(Setting(correction, number, about) for correction, number, about in backed if number is not None),
        earlier=tuple(earlier),
        aside=tuple(aside),
    )

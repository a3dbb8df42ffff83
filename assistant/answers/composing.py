"""An answer from the passages alone: what must be set right, then the section's own words, each sentence with its mark. Pure.

A composer goes from Evidence to pieces, and is a LangChain Runnable where one is asked for, so that a chat model or a chain can
take this one's place. Marks in a piece are the numbers of the evidence, and no mark is split between two pieces.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from rapidfuzz import fuzz

from assistant.answers.answer import ModelUse
from assistant.answers.evidence import Evidence, Excerpt, Setting
from assistant.answers.framing import frame
from assistant.answers.phrasing import Phrase, marked, phrases, sentences
from knowledge.passages import Language

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable

ROOM: Mapping[Language, int] = {"ko": 480, "en": 640}
"""Characters of readable text that an answer from one section may have; a longer section gives its best passages."""
ROOM_BESIDE: Mapping[Language, int] = {"ko": 340, "en": 480}
"""The same where a correction or the learner's own note has spoken before."""

SAME = 88
"""From this likeness of its words on (0..100), a sentence says what a correction has said before."""


@dataclass(frozen=True, slots=True)
class DemoNamed:
    """The composer names a demo by its slug; whether it exists is not its business."""

    slug: str


Piece: TypeAlias = str | DemoNamed | ModelUse


class Composer(ABC):
    """What makes an answer of evidence. `pieces` yields as it goes; StudyError where it cannot speak."""

    @abstractmethod
    def pieces(self, evidence: Evidence) -> Generator[Piece]:
        """The answer, piece by piece."""

    def translated(self, texts: Sequence[str], language: Language) -> list[str | None]:
        """The texts in this language; None for each that the composer cannot translate."""
        return [None] * len(texts)

    def runnable(self) -> Runnable[Evidence, list[Piece]]:
        """The same as a LangChain Runnable, for chains; imported only here, since that takes longer than an answer."""
        from langchain_core.runnables import RunnableGenerator

        def streamed(asked: Iterator[Evidence]) -> Iterator[list[Piece]]:
            for evidence in asked:
                for piece in self.pieces(evidence):
                    yield [piece]

        return RunnableGenerator(streamed)


class OfRunnable(Composer):
    """Any LangChain Runnable from Evidence to text, or to lists of pieces, as composer."""

    def __init__(self, runnable: Runnable[Evidence, str] | Runnable[Evidence, list[Piece]]) -> None:
        self._runnable: Runnable[Evidence, Any] = runnable

    def pieces(self, evidence: Evidence) -> Generator[Piece]:
        for chunk in self._runnable.stream(evidence):
            yield from [chunk] if isinstance(chunk, str) else chunk


class NotesAlone(Composer):
    """Composes from the passages, word for word: deterministic, without a model."""

    def pieces(self, evidence: Evidence) -> Generator[Piece]:
        text = ""
        for part in _parts(evidence):
            piece = part if not text else ("\n" if _same_list(text, part) else "\n\n") + part
            text += piece
            yield piece


def _same_list(text: str, part: str) -> bool:
    return _is_item(part) and _is_item(text.rsplit("\n", 1)[-1])


def _is_item(line: str) -> bool:
    return line.startswith("- ") or line.split(") ", 1)[0].isdecimal()


def _parts(evidence: Evidence) -> Iterator[str]:
    """The paragraphs, list items and blocks of the answer, in order."""
    language = evidence.language
    yield from corrected(evidence)
    if evidence.own:
        yield from _own_parts(evidence)
    if evidence.ours:
        section = evidence.ours[0]
        foreign = section[0].passage.language != language
        if evidence.own or foreign:
            name = "ours_other_language" if foreign else "ours"
            yield _headed(frame(name, language, heading=section[0].heading), section[0].number)
        room = ROOM_BESIDE if evidence.own or evidence.settings else ROOM
        yield from spoken(section, room[language], _already(evidence.settings))
        if evidence.rival and not evidence.own:
            yield from _rival_parts(evidence.ours[1], language)


def _rival_parts(section: Sequence[Excerpt], language: Language) -> Iterator[str]:
    """The direct answer of the second section under its heading, and the passage of it that matches best."""
    yield _headed(frame("rival", language, heading=section[0].heading), section[0].number)
    best = max(section, key=lambda excerpt: excerpt.weight)
    yield from spoken(section[:1] if best is section[0] else [section[0], best], ROOM[language])


def corrected(evidence: Evidence) -> Iterator[str]:
    """What the question assumes, set right: each with its mark. The answer begins with it."""
    name = "correction"
    for setting in evidence.settings:
        if setting.about is None:
            yield _each_marked(frame(name, evidence.language, text=setting.correction.text), setting.number)
            name = "another_correction"


def set_right(evidence: Evidence, about: int | None = None) -> Iterator[str]:
    """What the learner's passages (or the one of this number) state imprecisely, set right: each with its mark."""
    for setting in evidence.settings:
        if setting.about is not None and about in (None, setting.about):
            yield _each_marked(frame("precisely", evidence.language, text=setting.correction.text), setting.number)


def _headed(place: str, number: int) -> str:
    """A line that names where what follows stands."""
    return f"{place} [{number}]:"


def _foreign(excerpt: Excerpt, language: Language) -> bool:
    """Is it prose in the other language? Commands alone are in none."""
    prose = " ".join(phrase.text for phrase in phrases(excerpt.passage) if phrase.form != "block")
    return excerpt.passage.language != language and re.search(r"[^\W\d_]{2}", re.sub(r"`[^`]*`", "", prose)) is not None


def _each_marked(text: str, number: int) -> str:
    return " ".join(marked(sentence, [number]) for sentence in sentences(text))


def _own_parts(evidence: Evidence) -> Iterator[str]:
    """The learner's own passages under their file and heading; what is imprecise in one is set right behind it."""
    shown: tuple[str, str] | None = None
    for excerpt in evidence.own:
        place = (excerpt.passage.path.name, excerpt.heading)
        if place != shown:
            name = "own_other_language" if _foreign(excerpt, evidence.language) else "own"
            yield _headed(frame(name, evidence.language, file=place[0], heading=place[1]), excerpt.number)
            shown = place
        yield from spoken([excerpt], ROOM[evidence.language])
        if translation := evidence.translations.get(excerpt.number):
            yield marked(frame("translated", evidence.language, text=translation), [excerpt.number])
        yield from set_right(evidence, excerpt.number)


def _already(settings: Sequence[Setting]) -> list[str]:
    return [sentence for setting in settings for sentence in sentences(setting.correction.text)]


def _repeats(text: str, said: Sequence[str]) -> bool:
    """Has the same been said already, in about these words?"""
    return any(fuzz.token_set_ratio(text, before) >= SAME for before in said)


def spoken(section: Sequence[Excerpt], room: int, said: Sequence[str] = ()) -> Iterator[str]:
    """A section's words as paragraphs, items and blocks with their marks, in the file's order, as far as the room goes.

    The first passage is always there, then those that match best. A sentence that was said already is left out.
    """
    told = {excerpt.number: phrases(excerpt.passage) for excerpt in section}
    sizes = {number: sum(len(phrase.text) for phrase in of) for number, of in told.items()}
    chosen: set[int] = set()
    left = room
    best_first = sorted(section[1:], key=lambda excerpt: -excerpt.weight)
    for excerpt in [*section[:1], *best_first]:
        if not chosen or sizes[excerpt.number] <= left:
            chosen.add(excerpt.number)
            left -= sizes[excerpt.number]
    for position, excerpt in enumerate(section):
        if excerpt.number not in chosen:
            continue
        kept = [phrase for phrase in told[excerpt.number] if not _repeats(phrase.text, said)]
        following = section[position + 1].number in chosen if position + 1 < len(section) else False
        if kept and kept[-1].text.endswith(":") and not following:
            kept[-1] = replace(kept[-1], text=kept[-1].text[:-1] + ".")
        yield from _paragraphs(kept, excerpt)


def _paragraphs(told: Sequence[Phrase], excerpt: Excerpt) -> Iterator[str]:
    paragraph = ""
    for phrase in told:
        if phrase.form == "block":
            if paragraph:
                yield paragraph
            paragraph = ""
            lead = marked(frame("example", excerpt.passage.language), [excerpt.number])
            yield f"{lead}:\n```{phrase.lead or 'text'}\n{phrase.text}\n```"
            continue
        text = phrase.lead + marked(phrase.text, [excerpt.number])
        if phrase.starts and paragraph:
            yield paragraph
            paragraph = text
        else:
            paragraph = f"{paragraph} {text}" if paragraph else text
    if paragraph:
        yield paragraph

"""The flow of a question: cleaned, made to stand alone, searched, composed, verified, offered. Stateless.

Not covered means no model is asked and nothing is cited. Whatever a composer says goes through the ledger: a mark stands for a
quote that is in its file at its lines, or it is not shown. Where a chat model fails, the notes alone answer.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from assistant.answers import conversation
from assistant.answers.answer import Answer, Answered, AnswerEvent, Correction, ModelUse, Nearest, Retrieved, Said, Told
from assistant.answers.asking import cleaned, cleaned_history
from assistant.answers.citing import Ledger, Notebooks
from assistant.answers.composing import Composer, DemoNamed, NotesAlone, OfRunnable
from assistant.answers.correcting import assumed_in, stated_in
from assistant.answers.evidence import Evidence, Notes, gather, own_evidence
from assistant.answers.framing import frame, named
from assistant.answers.offering import AT_MOST, proving
from assistant.answers.phrasing import phrases
from assistant.answers.reading_on import page_for
from knowledge.errors import StudyError
from knowledge.passages import Found, Hit, Language, other_language

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable

    from knowledge.builtin import Concept

LanguageChoice: TypeAlias = Literal["auto", "ko", "en", "both"]

RELATED = 4
NEAREST = 3
RIVAL_FROM = 0.2
"""From this probability on, the second concept is named first among the related ones: it may be what was meant."""


class Knowledge(Notes, Protocol):
    """What a question needs of the library."""

    def find(self, question: str, *, language: Language | None = None, earlier: Sequence[str] = ()) -> Found: ...

    def concepts(self) -> tuple[Concept, ...]: ...

    def note_text(self, path: Path) -> str: ...

    def corpus(self) -> object:
        """Loads what is not loaded yet, so that the seconds of an answer are its own."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the answer is made of, before it is said."""

    found: Found
    sections: tuple[str, ...]
    own: tuple[Hit, ...]
    assumed: tuple[Correction, ...]
    earlier: tuple[str, ...]


def ask(
    library: Knowledge,
    question: str,
    *,
    language: LanguageChoice = "auto",
    history: Sequence[str] = (),
    composer: Composer | Runnable[Evidence, str] | None = None,
) -> Iterator[AnswerEvent]:
    """Answer a question; `history` are the questions before it, oldest first.

    The last event is Answered; the texts of Said before it add up to its text, unless a model failed midway. StudyError
    `question-empty` or `question-too-long` before the first event.
    """
    asked = cleaned(question)
    earlier = cleaned_history(tuple(history))
    wanted: Language | None = language if language in ("ko", "en") else None
    speaking = composer if composer is None or isinstance(composer, Composer) else OfRunnable(composer)
    return _answered(library, asked, wanted, earlier, speaking)


def _answered(
    library: Knowledge, asked: str, wanted: Language | None, earlier: tuple[str, ...], composer: Composer | None
) -> Iterator[AnswerEvent]:
    library.corpus()
    started = time.perf_counter()
    resolved = conversation.resolve(asked, earlier, library)
    found = library.find(resolved.text, language=wanted or resolved.language, earlier=earlier)
    language = wanted or resolved.language
    assumed = assumed_in(resolved.text, language)
    covered = found.covered or bool(assumed)
    notebooks = Notebooks(library.note_text)
    own = own_evidence(found, notebooks.hold)
    sections = found.sections if covered else ()
    if assumed and not found.covered:
        sections = tuple(dict.fromkeys([*(one.section for one in assumed), *sections]))
    plan = _Plan(found, sections, own, assumed, earlier)
    evidence = _evidence(library, plan, language, notebooks)
    yield Retrieved(found.sections, bool(evidence.excerpts))
    if not evidence.excerpts:
        yield Answered(_refused(library, asked, resolved.text, found, language, time.perf_counter() - started))
        return
    ledger = Ledger(evidence.excerpts, notebooks)
    text, fell_back = "", None
    named_demos: list[str] = []
    use: ModelUse | None = None
    for composing in [composer, NotesAlone()] if composer else [NotesAlone()]:
        ledger = Ledger(evidence.excerpts, notebooks)
        text, named_demos, use = "", [], None
        try:
            with contextlib.closing(composing.pieces(evidence)) as pieces:
                for piece in pieces:
                    if isinstance(piece, ModelUse):
                        use = piece
                    elif isinstance(piece, DemoNamed):
                        named_demos.append(piece.slug)
                    else:
                        text += (said := ledger.renumbered(piece))
                        yield Said(said)
            if text.strip():
                break
            raise StudyError("model-empty")
        except StudyError as error:
            if composing is not composer:
                raise
            fell_back = error.code
    other = other_language(language)
    cited = _cited(ledger, plan, evidence)
    yield Answered(
        Answer(
            question=asked,
            resolved=resolved.text,
            language=language,
            kind="answer",
            confidence=found.confidence,
            told=Told(language, text, tuple(ledger.citations)),
            other=_composed(library, plan, other, notebooks, composer),
            corrections=_each_once(*assumed, *(one.correction for one in evidence.settings if one.about is not None)),
            offers=_offered(cited, evidence, named_demos),
            nearest=(),
            related=_related(library, found, cited),
            model=use.name if use and fell_back is None else None,
            seconds=time.perf_counter() - started,
            read_on=_read_on(library, cited, language),
            use=use,
            fell_back=fell_back,
        )
    )


def _each_once(*corrections: Correction) -> tuple[Correction, ...]:
    """What the question assumes and the learner's own note states as well is corrected once."""
    return tuple({one.id: one for one in corrections}.values())


def _evidence(library: Knowledge, plan: _Plan, language: Language, notebooks: Notebooks) -> Evidence:
    return gather(
        plan.found,
        library,
        language,
        sections=plan.sections,
        own=plan.own,
        assumed=assumed_in(plan.found.question, language),
        stated=stated_in([hit.passage for hit in plan.own], language),
        earlier=plan.earlier,
        stands=notebooks.hold,
    )


def _translated(evidence: Evidence, composer: Composer | None) -> Evidence:
    """With translations of the learner's passages that are in the other language, where the composer can make them."""
    foreign = [excerpt for excerpt in evidence.own if excerpt.passage.language != evidence.language]
    if composer is None or not foreign:
        return evidence
    texts = [" ".join(phrase.text for phrase in phrases(excerpt.passage)) for excerpt in foreign]
    made = composer.translated(texts, evidence.language)
    numbers = [excerpt.number for excerpt in foreign]
    return replace(evidence, translations={number: text for number, text in zip(numbers, made, strict=True) if text})


def _composed(
    library: Knowledge, plan: _Plan, language: Language, notebooks: Notebooks, composer: Composer | None = None
) -> Told:
    evidence = _translated(_evidence(library, plan, language, notebooks), composer)
    ledger = Ledger(evidence.excerpts, notebooks)
    text = "".join(ledger.renumbered(piece) for piece in NotesAlone().pieces(evidence) if isinstance(piece, str))
    return Told(language, text, tuple(ledger.citations))


def _cited(ledger: Ledger, plan: _Plan, evidence: Evidence) -> tuple[str, ...]:
    """Our sections that the answer is about and cites: the main one first, then in the order of their marks.

    A second section that is told only because it may have been meant is none of them: no demo is offered for a maybe.
    """
    ours = [citation.section for citation in ledger.citations if citation.origin == "builtin"]
    main = [section for section in plan.sections[:1] if section in ours]
    maybe = {one.passage.section for one in evidence.ours[1]} if evidence.rival and not plan.assumed else set()
    return tuple(section for section in dict.fromkeys([*main, *ours]) if section not in maybe or section in main)


def _offered(cited: tuple[str, ...], evidence: Evidence, named_demos: Sequence[str]) -> tuple[str, ...]:
    """Demos that prove what is cited; those that a model named come first, and only if they are among them.

    Where another concept may have been meant, none is offered for a maybe: only what proves a correction.
    """
    if evidence.rival and evidence.ours[0][0].passage.concept != evidence.ours[1][0].passage.concept:
        cited = tuple(setting.correction.section for setting in evidence.settings)
    fitting = proving(cited)
    return tuple(sorted(fitting, key=lambda slug: slug not in named_demos)[:AT_MOST])


def _refused(library: Knowledge, asked: str, resolved: str, found: Found, language: Language, seconds: float) -> Answer:
    """An honest refusal: what comes nearest and where to read on, in both languages; or the heading that has no text."""

    def near(spoken: Language) -> tuple[Nearest, ...]:
        known = [section for section in map(library.section, found.sections) if section][:NEAREST]
        places = [(section.id, section.place(spoken)) for section in known]
        return tuple(Nearest(section, place.heading, place.path, place.first_line) for section, place in places)

    def told(spoken: Language) -> Told:
        parts = [frame("not_covered", spoken)]
        if found.empty:
            place = found.empty.place(spoken)
            parts = [frame("title_only", spoken, file=place.path.name, heading=place.heading)]
        if titles := [one.title for one in near(spoken)]:
            parts.append(frame("nearest", spoken, titles=named(titles, spoken)))
        parts.append(frame("read_on", spoken, url=page_for(resolved, spoken)))
        return Told(spoken, "\n\n".join(parts), ())

    return Answer(
        question=asked,
        resolved=resolved,
        language=language,
        kind="empty_heading" if found.empty else "not_covered",
        confidence=found.confidence,
        told=told(language),
        other=told(other_language(language)),
        corrections=(),
        offers=(),
        nearest=near(language),
        related=(),
        model=None,
        seconds=seconds,
        read_on=page_for(resolved, language),
    )


def _related(library: Knowledge, found: Found, cited: tuple[str, ...]) -> tuple[str, ...]:
    """Concepts one click away: a rival that may have been meant first, then those that the main concept names."""
    main = cited[0].partition("/")[0] if cited else ""
    known = {concept.slug: concept for concept in library.concepts()}
    rivals = [slug for slug, likely in found.concepts[:3] if likely >= RIVAL_FROM and slug in known]
    named_ones = known[main].related if main in known else ()
    return tuple(slug for slug in dict.fromkeys([*rivals, *named_ones]) if slug != main)[:RELATED]


def _read_on(library: Knowledge, cited: tuple[str, ...], language: Language) -> str | None:
    main = cited[0].partition("/")[0] if cited else ""
    return next((concept.read_on.get(language) for concept in library.concepts() if concept.slug == main), None)

"""From a question to what the notes have for it: router first, then the passages; our notes and the learner's apart.

Ours: the router says how likely each section and concept is and whether the question is covered; cosine and BM25 of the
passages and of what learners ask move the sections. The learner's: a weighted sum with an absolute confidence, so that a
large vault on another subject answers about that subject and changes nothing about answers from ours. Pure over the corpus.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from knowledge import terms
from knowledge.corpus import Candidate, Corpus, Scores, Vector
from knowledge.features import reduced
from knowledge.language import language_of
from knowledge.lexical import tokens as tokens_of
from knowledge.passages import Found, Hit, Language, Section
from knowledge.routing import Reading, router

SECTIONS = 10
HITS = 8
OWN_HITS = 5
COVERED_FROM = 0.5
"""Of the router's probability that the notes cover a question: below it the answer is that they do not."""
OWN_COVERED_FROM = 0.25
BEST_PASSAGES = 2
EVIDENCE_COUNTS = 2.4
"""Weight of the passages against the router's log probability; chosen on open questions of the golden set."""
BEFORE_COUNTS = 0.5
BEFORE_FLOOR = 0.05
FLOOR = 1e-5


class Routes(Protocol):
    """What search asks of a router."""

    @property
    def sections(self) -> tuple[str, ...]: ...

    @property
    def encoder(self) -> str: ...

    def read(
        self, reduced: str, vector: Vector | None = None, raw: Vector | None = None, context: Vector | None = None
    ) -> Reading: ...


def search(
    question: str,
    corpus: Corpus,
    *,
    language: Language | None = None,
    earlier: Sequence[str] = (),
    route: Routes | None = None,
) -> Found:
    """What the notes have for the question.

    `earlier` are the questions before it: where this one names no term at all, the subject of the last one is likelier.
    """
    language = language or language_of(question)
    vector = corpus.embed(question)
    tokens = tokens_of(question)
    route = route or router()
    reading = _read(question, vector, corpus, route)
    evidence = _passage_scores(corpus, vector, tokens)
    before = _read(earlier[-1], corpus.embed(earlier[-1]), corpus, route) if earlier and not terms.find(question) else None
    shares = _shares(corpus, evidence, reading, before)
    ranked = sorted(shares.items(), key=lambda item: -item[1])
    own = sorted((_confident(one, lexical=vector is None) for one in corpus.own(vector, tokens)), key=lambda hit: -hit.score)[
        :OWN_HITS
    ]
    own_covered = bool(own) and own[0].score >= OWN_COVERED_FROM
    confidence = reading.covered if reading else float(evidence.max(initial=0.0))
    covered = bool(ranked) and confidence >= (COVERED_FROM if reading else OWN_COVERED_FROM)
    return Found(
        question=question,
        language=language,
        confidence=min(1.0, confidence),
        covered=covered,
        own_covered=own_covered,
        sections=tuple(section for section, _ in ranked[:SECTIONS]),
        hits=_hits(corpus, ranked, evidence, language),
        own=tuple(own),
        concepts=_concepts(shares),
        empty=None if own_covered or covered else _empty(question, corpus),
    )


def _read(question: str, vector: Vector | None, corpus: Corpus, route: Routes | None) -> Reading | None:
    """What the router says; vectors of another encoder than it was trained with mean nothing to it."""
    if route is None or not _made_of(route.sections, corpus):
        return None
    text = reduced(question)
    if corpus.encoder != route.encoder:
        return route.read(text, context=corpus.context(question))
    meaning = corpus.embed(text)
    reading = route.read(text, meaning, vector)
    context = None if reading.sure else corpus.context(question)
    return reading if context is None else route.read(text, meaning, vector, context)


def _made_of(sections: Sequence[str], corpus: Corpus) -> bool:
    """Whether the router was trained on these notes: it knows most of their sections."""
    return 2 * sum(section in corpus.sections for section in sections) > len(corpus.sections)


def _fused(cosine: Scores, bm25: Scores) -> Scores:
    """Absolute confidence in 0..1 of cosines and raw BM25 scores."""
    return np.asarray(0.5 * np.clip(cosine / 0.7, 0, 1) + 0.5 * bm25 / (bm25 + 4), dtype=np.float32)


def _passage_scores(corpus: Corpus, vector: Vector | None, tokens: Sequence[str]) -> Scores:
    bm25 = corpus.passage_bm25(tokens)
    cosine = corpus.passage_vectors @ vector if vector is not None else np.zeros_like(bm25)
    return _fused(cosine, bm25)


def _confident(candidate: Candidate, *, lexical: bool) -> Hit:
    """Without an encoder the words alone decide: half a scale would refuse what they say clearly."""
    score = float(_fused(np.array([candidate.cosine], np.float32), np.array([candidate.bm25], np.float32))[0])
    score = min(1.0, 2 * score) if lexical else score
    reasons = (("dense",) if candidate.cosine > 0.35 else ()) + (("lexical",) if candidate.bm25 > 0 else ())
    return Hit(candidate.passage, score, reasons)


def _shares(corpus: Corpus, evidence: Scores, reading: Reading | None, before: Reading | None) -> dict[str, float]:
    """Our sections with their probabilities: the router's, moved by what the passages show."""
    found: dict[str, list[float]] = {}
    for passage, score in zip(corpus.passages, evidence.tolist(), strict=True):
        found.setdefault(passage.section, []).append(score)
    scores: dict[str, float] = {}
    for section, of_section in found.items():
        score = EVIDENCE_COUNTS * sum(sorted(of_section)[-BEST_PASSAGES:]) / min(BEST_PASSAGES, len(of_section))
        if reading:
            score += math.log(reading.sections.get(section, 0.0) + FLOOR)
            if before:
                score += BEFORE_COUNTS * math.log(before.concepts.get(section.partition("/")[0], 0.0) + BEFORE_FLOOR)
        scores[section] = score
    highest = max(scores.values(), default=0.0)
    shares = {section: math.exp(score - highest) for section, score in scores.items()}
    whole = sum(shares.values()) or 1.0
    return {section: share / whole for section, share in shares.items()}


def _concepts(shares: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    concepts: dict[str, float] = {}
    for section, share in shares.items():
        concept = section.partition("/")[0]
        concepts[concept] = concepts.get(concept, 0.0) + share
    return tuple(sorted(concepts.items(), key=lambda item: -item[1]))


def _empty(question: str, corpus: Corpus) -> Section | None:
    """A heading of the learner's without text that names just what is asked: each of its words stands in the question."""
    asked = set(tokens_of(question)) | set(reduced(question).split())
    matching = [
        (len(named), section)
        for section in corpus.own_empty
        if (named := set(reduced(section.place("ko").heading).split())) and named <= asked
    ]
    return max(matching, key=lambda item: item[0])[1] if matching else None


def _hits(corpus: Corpus, ranked: Sequence[tuple[str, float]], evidence: Scores, language: Language) -> tuple[Hit, ...]:
    """The passages of the best three sections in this language (else in the other), those that match best first."""
    best = dict(ranked[:3])
    found = [
        Hit(passage, best[passage.section] * (0.5 + 0.5 * float(score)), ("router",))
        for passage, score in zip(corpus.passages, evidence, strict=True)
        if passage.section in best
    ]
    spoken = {hit.passage.section for hit in found if hit.passage.language == language}
    found = [hit for hit in found if hit.passage.language == language or hit.passage.section not in spoken]
    return tuple(sorted(found, key=lambda hit: -hit.score)[:HITS])

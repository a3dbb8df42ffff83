"""From a question to what the notes have for it: router first, then the passages; our notes and the learner's apart.

Ours: the router says how likely each section and concept is and whether the question is covered; cosine and BM25 of the
passages and of what learners ask move the sections. The learner's: a weighted sum with an absolute confidence, so that a
large vault on another subject answers about that subject and changes nothing about answers from ours. Pure over the corpus.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from knowledge.corpus import NOT_COVERED, Candidate, Corpus, Scores, Vector
from knowledge.features import reduced
from knowledge.language import language_of
from knowledge.lexical import tokens as tokens_of
from knowledge.passages import Found, Hit, Language
from knowledge.routing import Reading, Router, router

SECTIONS = 10
HITS = 8
OWN_HITS = 5
COVERED_FROM = 0.5
OWN_COVERED_FROM = 0.25


def search(
    question: str,
    corpus: Corpus,
    *,
    language: Language | None = None,
    earlier: Sequence[str] = (),
    route: Router | None = None,
) -> Found:
    """What the notes have for the question. `earlier`: the questions before it, for one that does not stand alone."""
    language = language or language_of(question)
    vector = corpus.embed(question)
    tokens = tokens_of(question)
    reading = _read(question, corpus, route or router())
    evidence = _passage_scores(corpus, vector, tokens)
    ranked = _rank(corpus, evidence, reading)
    own = sorted((_confident(one) for one in corpus.own(vector, tokens)), key=lambda hit: -hit.score)[:OWN_HITS]
    confidence = reading.covered if reading else float(evidence.max(initial=0.0))
    concepts = reading.concepts if reading else _by_concept(ranked)
    return Found(
        question=question,
        language=language,
        confidence=confidence,
        covered=confidence >= (COVERED_FROM if reading else OWN_COVERED_FROM) and bool(ranked),
        own_covered=bool(own) and own[0].score >= OWN_COVERED_FROM,
        sections=tuple(section for section, _ in ranked[:SECTIONS]),
        hits=_hits(corpus, ranked, evidence, language),
        own=tuple(own),
        concepts=tuple(sorted(concepts.items(), key=lambda item: -item[1])),
    )


def _read(question: str, corpus: Corpus, route: Router | None) -> Reading | None:
    """What the router says; its vector is of the text that it was trained on, and of the encoder that it was trained with."""
    if route is None:
        return None
    text = reduced(question)
    return route.read(text, corpus.embed(text) if corpus.encoder == route.encoder else None)


def _fused(cosine: Scores, bm25: Scores) -> Scores:
    """Absolute confidence in 0..1 of cosines and raw BM25 scores."""
    return np.asarray(0.5 * np.clip(cosine / 0.7, 0, 1) + 0.5 * bm25 / (bm25 + 4), dtype=np.float32)


def _passage_scores(corpus: Corpus, vector: Vector | None, tokens: Sequence[str]) -> Scores:
    bm25 = corpus.passage_bm25(tokens)
    cosine = corpus.passage_vectors @ vector if vector is not None else np.zeros_like(bm25)
    return _fused(cosine, bm25)


def _confident(candidate: Candidate) -> Hit:
    score = float(_fused(np.array([candidate.cosine], np.float32), np.array([candidate.bm25], np.float32))[0])
    reasons = (("dense",) if candidate.cosine > 0.35 else ()) + (("lexical",) if candidate.bm25 > 0 else ())
    return Hit(candidate.passage, score, reasons)


def _rank(corpus: Corpus, evidence: Scores, reading: Reading | None) -> list[tuple[str, float]]:
    """Our sections with their scores, best first: the mean of a section's best two passages, and the router."""
    best: dict[str, list[float]] = {}
    for passage, score in zip(corpus.passages, evidence, strict=True):
        best.setdefault(passage.section, []).append(float(score))
    scores = {section: sum(sorted(found)[-2:]) / min(2, len(found)) for section, found in best.items()}
    if reading:
        scores = {section: 0.3 * score + 0.7 * reading.sections.get(section, 0.0) for section, score in scores.items()}
    return sorted(scores.items(), key=lambda item: -item[1])


def _by_concept(ranked: Sequence[tuple[str, float]]) -> dict[str, float]:
    concepts: dict[str, float] = {}
    for section, score in ranked:
        concept = section.partition("/")[0]
        if concept != NOT_COVERED:
            concepts[concept] = max(concepts.get(concept, 0.0), score)
    total = sum(concepts.values()) or 1.0
    return {concept: score / total for concept, score in concepts.items()}


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

"""Which section a question is about, and whether the notes cover it: five members, their logarithms averaged.

Over sections: log-linear in the sentence vectors and in runs of characters, and the nearest of what learners ask; over
concepts: words with their pairs, and runs once more. `not-covered/near`, `/trap` and `/off` are sections too: their share is
what the notes do not cover. router.npz is made by training.py and read with numpy alone. Without the encoder it was trained
with, the members of words and runs remain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from knowledge.corpus import NOT_COVERED, Vector
from knowledge.features import RUN_BITS, WORD_BITS, hashed, runs, words

PACKAGED = Path(__file__).with_name("router.npz")
NEIGHBOURS = 60
WARMTH = 0.07
"""Of the neighbours' cosines: a smaller one trusts the nearest more."""

FLOOR = 1e-4
"""No member alone can rule a section out."""
SECTIONS_COUNT = (0.5, 1.0, 1.0)
"""Weights of the members over sections: runs, sentence vectors, nearest asked questions; measured on questions left out."""
GROUPS_COUNT = 0.5
"""Weight of the members over groups, against 1 for those over sections together."""

Matrix: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a question is about: probabilities of concepts and of sections among what the notes cover (each sums to 1), and
    `covered`, the probability that they cover it at all."""

    covered: float
    concepts: Mapping[str, float]
    sections: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Buckets:
    """A log-linear member over hashed features: weights = rows @ mix, a row a bucket, kept as bytes with one scale a row."""

    rows: NDArray[np.int8]
    scales: Matrix
    mix: Matrix
    bias: Matrix

    def probabilities(self, numbers: NDArray[np.int64], weights: Matrix) -> Matrix:
        mixed = (weights * self.scales[numbers]) @ self.rows[numbers].astype(np.float32)
        return _shared(np.asarray(1 / (1 + np.exp(-(mixed @ self.mix + self.bias))), dtype=np.float32))


@dataclass(frozen=True, slots=True)
class Meaning:
    """The members over the sentence vectors: log-linear over both, and the nearest asked questions in fewer dimensions."""

    weights: Matrix
    bias: Matrix
    turn: Matrix
    asked: Matrix
    labels: NDArray[np.int64]

    def log_linear(self, vectors: Vector) -> Matrix:
        scores = vectors @ self.weights + self.bias
        return _shared(np.exp(scores - scores.max()))

    def neighbours(self, vector: Vector, count: int) -> Matrix:
        turned = vector @ self.turn
        cosines = self.asked @ (turned / (np.linalg.norm(turned) or 1.0))
        best = np.argpartition(-cosines, min(NEIGHBOURS, len(cosines) - 1))[:NEIGHBOURS]
        votes = np.zeros(count, dtype=np.float32)
        np.add.at(votes, self.labels[best], np.exp((cosines[best] - cosines[best].max()) / WARMTH))
        return _shared(votes)


@dataclass(frozen=True, slots=True)
class Router:
    """The trained router; immutable, for any number of threads."""

    sections: tuple[str, ...]
    encoder: str
    fingerprint: str
    runs: Buckets
    words_groups: Buckets
    runs_groups: Buckets
    meaning: Meaning

    def members(self, reduced: str, vector: Vector | None, raw: Vector | None) -> tuple[list[Matrix], list[Matrix]]:
        """Probabilities of each member: those over sections, and those over groups (concepts, near, trap, off)."""
        of_words, of_runs = hashed(words(reduced), WORD_BITS), hashed(runs(reduced), RUN_BITS)
        sections = [self.runs.probabilities(*of_runs)]
        groups = [self.words_groups.probabilities(*of_words), self.runs_groups.probabilities(*of_runs)]
        if vector is not None and raw is not None and len(vector) + len(raw) == len(self.meaning.weights):
            sections.append(self.meaning.log_linear(np.concatenate([vector, raw])))
            sections.append(self.meaning.neighbours(vector, len(self.sections)))
        return sections, groups

    def probabilities(self, reduced: str, vector: Vector | None, raw: Vector | None) -> tuple[Matrix, Matrix]:
        """Of a question brought to canonical terms, the vectors of that text and of the question itself.

        Twice shape (sections,): of all members, which tell our sections apart best; and of those over sections alone, which
        tell best what is not covered (words of ours in another sense mislead the members over concepts).
        """
        sections, groups = self.members(reduced, vector, raw)
        numbers = group_numbers(self.sections)
        return combined(sections, groups, numbers), combined(sections, (), numbers)

    def read(self, reduced: str, vector: Vector | None, raw: Vector | None) -> Reading:
        """What the question is about."""
        all_members, of_sections = self.probabilities(reduced, vector, raw)
        ours = ~self.uncovered
        whole = float(all_members[ours].sum()) or 1.0
        concepts: dict[str, float] = {}
        sections: dict[str, float] = {}
        for at in np.flatnonzero(ours).tolist():
            section, share = self.sections[at], float(all_members[at]) / whole
            sections[section] = share
            concept = section.partition("/")[0]
            concepts[concept] = concepts.get(concept, 0.0) + share
        return Reading(min(1.0, float(of_sections[ours].sum())), concepts, sections)

    @property
    def uncovered(self) -> NDArray[np.bool_]:
        """Which sections are near, trap and off."""
        return np.array([section.startswith(f"{NOT_COVERED}/") for section in self.sections])


@lru_cache(maxsize=8)
def _groups(sections: tuple[str, ...]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    of_section = [section if section.startswith(f"{NOT_COVERED}/") else section.partition("/")[0] for section in sections]
    names = tuple(sorted(set(of_section)))
    return names, np.array([names.index(name) for name in of_section], dtype=np.int64)


def group_numbers(sections: tuple[str, ...]) -> NDArray[np.int64]:
    """The number of each section's group: its concept, or near, trap, off."""
    return _groups(sections)[1]


def combined(sections: Sequence[Matrix], groups: Sequence[Matrix], numbers: NDArray[np.int64]) -> Matrix:
    """One distribution over sections of all members: their logarithms averaged, those over groups given to their sections."""
    score = np.average([np.log(one + FLOOR) for one in sections], axis=0, weights=SECTIONS_COUNT[: len(sections)])
    if groups:
        score = score + GROUPS_COUNT * np.mean([np.log(one + FLOOR) for one in groups], axis=0)[numbers]
    return _shared(np.exp(score - score.max()))


def load(path: Path = PACKAGED) -> Router:
    """The router in this file; OSError, ValueError or KeyError where there is none or it is damaged."""
    with np.load(path, allow_pickle=False) as stored:
        parts: dict[str, Any] = {name: stored[name] for name in stored.files}
    asked = parts["asked"].astype(np.float32)
    asked /= np.linalg.norm(asked, axis=1, keepdims=True)
    return Router(
        sections=tuple(parts["sections"].tolist()),
        encoder=str(parts["encoder"]),
        fingerprint=str(parts["fingerprint"]),
        runs=_buckets(parts, "runs"),
        words_groups=_buckets(parts, "words_groups"),
        runs_groups=_buckets(parts, "runs_groups"),
        meaning=Meaning(
            parts["weights"].astype(np.float32),
            parts["bias"].astype(np.float32),
            parts["turn"].astype(np.float32),
            asked,
            parts["labels"].astype(np.int64),
        ),
    )


@lru_cache(maxsize=1)
def router() -> Router | None:
    """The packaged router, loaded once; None where there is none."""
    try:
        return load()
    except (OSError, ValueError, KeyError):
        return None


def _buckets(parts: Mapping[str, Any], name: str) -> Buckets:
    return Buckets(
        parts[f"{name}_rows"],
        parts[f"{name}_scales"].astype(np.float32),
        parts[f"{name}_mix"].astype(np.float32),
        parts[f"{name}_bias"].astype(np.float32),
    )


def _shared(values: Matrix) -> Matrix:
    return np.asarray(values / (values.sum() or 1.0), dtype=np.float32)

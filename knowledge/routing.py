"""Which section a question is about, and whether the notes cover it: four members, the mean of their probabilities.

Three are log-linear over sections: the sentence vector, words and pairs, runs of characters; the fourth are the nearest of what
learners ask. `not-covered/near`, `/trap` and `/off` are sections too: their share is what the notes do not cover. router.npz is
made by training.py and read with numpy alone. Without the encoder it was trained with, the two members of words remain.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    """The members over the sentence vector: log-linear, and the nearest asked questions in fewer dimensions."""

    weights: Matrix
    bias: Matrix
    turn: Matrix
    asked: Matrix
    labels: NDArray[np.int64]

    def log_linear(self, vector: Vector) -> Matrix:
        scores = vector @ self.weights + self.bias
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
    words: Buckets
    runs: Buckets
    meaning: Meaning

    def probabilities(self, reduced: str, vector: Vector | None) -> Matrix:
        """Shape (sections,), of a question brought to canonical terms and the vector of that text; sums to 1."""
        members = [
            self.words.probabilities(*hashed(words(reduced), WORD_BITS)),
            self.runs.probabilities(*hashed(runs(reduced), RUN_BITS)),
        ]
        if vector is not None and len(vector) == len(self.meaning.weights):
            members += [self.meaning.log_linear(vector), self.meaning.neighbours(vector, len(self.sections))]
        return np.asarray(np.mean(members, axis=0), dtype=np.float32)

    def read(self, reduced: str, vector: Vector | None) -> Reading:
        """What the question is about."""
        concepts: dict[str, float] = {}
        sections: dict[str, float] = {}
        for section, share in zip(self.sections, self.probabilities(reduced, vector).tolist(), strict=True):
            concept = section.partition("/")[0]
            if concept != NOT_COVERED:
                sections[section] = share
                concepts[concept] = concepts.get(concept, 0.0) + share
        covered = sum(sections.values())
        whole = covered or 1.0
        return Reading(
            min(1.0, covered),
            {concept: share / whole for concept, share in concepts.items()},
            {section: share / whole for section, share in sections.items()},
        )


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
        words=_buckets(parts, "words"),
        runs=_buckets(parts, "runs"),
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

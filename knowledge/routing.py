"""Which section a question is about, and whether the notes cover it: seven members, their logarithms averaged.

Over sections: log-linear in runs of characters, and for each of the two sentence encoders a net over its vectors and the
nearest of what learners ask; over concepts: log-linear in words with their pairs and in runs. `not-covered/near`, `/trap` and
`/off` are sections too; whether a question is covered at all is told by members of their own. router.npz is made by
training.py and read with numpy alone. Without one of the encoders, the other members remain.
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
RUNS_COUNT, NET_COUNT, NEAR_COUNT = 0.5, 1.0, 0.5
"""Weights of the members over sections, nets and nearest alike for both encoders; measured on questions left out."""
GROUPS_COUNT = 0.5
"""Weight of the members over groups, against 1 for those over sections together."""

SURE_OF_SECTION = 0.8
SURE_OF_COVERED = 0.95

NET_SCALE = 8.0
"""Unit vectors of hundreds of numbers are small for a net: they go in multiplied by this."""
DOUBT_FROM = {(True, True): -10.0, (True, False): -6.0, (False, True): -5.0, (False, False): -0.5}
"""Log odds from which a question is rather taken for uncovered (`Reading.covered` is a half there), by the encoders there are.
Chosen on open questions of the golden set: 1 % false refusals; far below 0, for learners ask what is covered far more
often than they were written down."""
DOUBT_FLOOR = 0.01
DOUBT_NET_COUNT = 0.5
"""Weight of a net's log odds that a question is not covered, against 1 of the nearest asked questions and of the words."""

Matrix: TypeAlias = NDArray[np.float32]
Bag: TypeAlias = tuple[NDArray[np.int64], Matrix]
"""Bucket numbers and their weights."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a question is about: probabilities of concepts and of sections among what the notes cover (each sums to 1), and
    `covered`, the probability that they cover it at all."""

    covered: float
    concepts: Mapping[str, float]
    sections: Mapping[str, float]

    @property
    def sure(self) -> bool:
        """Whether the second encoder need not be asked: of such open questions of the golden set each was read rightly."""
        return self.covered >= SURE_OF_COVERED and max(self.sections.values(), default=0.0) >= SURE_OF_SECTION


@dataclass(frozen=True, slots=True)
class Features:
    """What the members see of a question: words and runs as bags; the vectors of its canonical and its own text in one, and its
    vector by the encoder that reads in context, each None without that encoder."""

    words: Bag
    runs: Bag
    vectors: Vector | None
    context: Vector | None


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
class Net:
    """One hidden layer over sentence vectors."""

    inner: Matrix
    inner_bias: Matrix
    outer: Matrix
    outer_bias: Matrix

    def scores(self, vectors: Vector) -> Matrix:
        hidden = np.maximum(0, NET_SCALE * vectors @ self.inner + self.inner_bias)
        return np.asarray(hidden @ self.outer + self.outer_bias, dtype=np.float32)

    def probabilities(self, vectors: Vector) -> Matrix:
        scores = self.scores(vectors)
        return _shared(np.exp(scores - scores.max()))


@dataclass(frozen=True, slots=True)
class Near:
    """What learners ask, each question a row in fewer dimensions: `turn` leads from a vector into them."""

    turn: Matrix
    asked: Matrix
    labels: NDArray[np.int64]

    def probabilities(self, vector: Vector, count: int) -> Matrix:
        turned = vector @ self.turn
        cosines = self.asked @ (turned / (np.linalg.norm(turned) or 1.0))
        best = np.argpartition(-cosines, min(NEIGHBOURS, len(cosines) - 1))[:NEIGHBOURS]
        votes = np.zeros(count, dtype=np.float32)
        np.add.at(votes, self.labels[best], np.exp((cosines[best] - cosines[best].max()) / WARMTH))
        return _shared(votes)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Log odds that a question is not covered: of a net for each encoder, and of the weights of words and runs.

    A net, because what the notes leave open lies all around what they cover.
    """

    net: Net
    context_net: Net
    words: Matrix
    runs: Matrix
    lexical_bias: float

    def of_words(self, words: Bag, runs: Bag) -> float:
        return float(words[1] @ self.words[words[0]]) + float(runs[1] @ self.runs[runs[0]]) + self.lexical_bias


@dataclass(frozen=True, slots=True)
class Router:
    """The trained router; immutable, for any number of threads."""

    sections: tuple[str, ...]
    encoder: str
    fingerprint: str
    runs: Buckets
    words_groups: Buckets
    runs_groups: Buckets
    net: Net
    near: Near
    centre: Vector
    context_net: Net
    context_near: Near
    doubt: Doubt

    def features(
        self, reduced: str, vector: Vector | None = None, raw: Vector | None = None, context: Vector | None = None
    ) -> Features:
        """Of a question brought to canonical terms: the vectors of that text and of the question itself, and the latter's by
        the encoder that reads in context."""
        vectors = None
        if vector is not None and raw is not None and len(vector) + len(raw) == len(self.net.inner):
            vectors = np.concatenate([vector, raw])
        seen = centred(context, self.centre) if context is not None and len(context) == len(self.centre) else None
        return Features(hashed(words(reduced), WORD_BITS), hashed(runs(reduced), RUN_BITS), vectors, seen)

    def probabilities(self, question: Features) -> tuple[Matrix, float]:
        """Shape (sections,), and the log odds that the question is not covered."""
        count = len(self.sections)
        sections = [(RUNS_COUNT, self.runs.probabilities(*question.runs))]
        groups = [self.words_groups.probabilities(*question.words), self.runs_groups.probabilities(*question.runs)]
        doubt = self.doubt.of_words(question.words, question.runs)
        if question.vectors is not None:
            near = self.near.probabilities(question.vectors[: len(question.vectors) // 2], count)
            sections += [(NET_COUNT, self.net.probabilities(question.vectors)), (NEAR_COUNT, near)]
            doubt += DOUBT_NET_COUNT * float(self.doubt.net.scores(question.vectors)[0]) + self._doubt_of(near)
        if question.context is not None:
            near = self.context_near.probabilities(question.context, count)
            sections += [(NET_COUNT, self.context_net.probabilities(question.context)), (NEAR_COUNT, near)]
            doubt += DOUBT_NET_COUNT * float(self.doubt.context_net.scores(question.context)[0]) + self._doubt_of(near)
        return combined(sections, groups, group_numbers(self.sections)), doubt

    def _doubt_of(self, near: Matrix) -> float:
        """Log odds that a question is not covered, of the nearest asked questions."""
        share = float(near[self.uncovered].sum())
        return float(np.log(share + DOUBT_FLOOR) - np.log(1 - share + DOUBT_FLOOR))

    def read(
        self, reduced: str, vector: Vector | None = None, raw: Vector | None = None, context: Vector | None = None
    ) -> Reading:
        """What the question is about."""
        question = self.features(reduced, vector, raw, context)
        shares, doubt = self.probabilities(question)
        ours = ~self.uncovered
        whole = float(shares[ours].sum()) or 1.0
        concepts: dict[str, float] = {}
        sections: dict[str, float] = {}
        for at in np.flatnonzero(ours).tolist():
            section, share = self.sections[at], float(shares[at]) / whole
            sections[section] = share
            concept = section.partition("/")[0]
            concepts[concept] = concepts.get(concept, 0.0) + share
        limit = DOUBT_FROM[(question.vectors is not None, question.context is not None)]
        return Reading(float(1 / (1 + np.exp(np.clip(doubt - limit, -30, 30)))), concepts, sections)

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


def combined(sections: Sequence[tuple[float, Matrix]], groups: Sequence[Matrix], numbers: NDArray[np.int64]) -> Matrix:
    """One distribution over sections of all members: their logarithms averaged, those over groups given to their sections."""
    score = np.average([np.log(one + FLOOR) for _, one in sections], axis=0, weights=[weight for weight, _ in sections])
    score = score + GROUPS_COUNT * np.mean([np.log(one + FLOOR) for one in groups], axis=0)[numbers]
    return _shared(np.exp(score - score.max()))


def load(path: Path = PACKAGED) -> Router:
    """The router in this file; OSError, ValueError or KeyError where there is none or it is damaged."""
    with np.load(path, allow_pickle=False) as stored:
        parts: dict[str, Any] = {name: stored[name] for name in stored.files}
    labels = parts["labels"].astype(np.int64)
    return Router(
        sections=tuple(parts["sections"].tolist()),
        encoder=str(parts["encoder"]),
        fingerprint=str(parts["fingerprint"]),
        runs=_buckets(parts, "runs"),
        words_groups=_buckets(parts, "words_groups"),
        runs_groups=_buckets(parts, "runs_groups"),
        net=_net(parts, "net"),
        near=_near(parts, "near", labels),
        centre=parts["centre"],
        context_net=_net(parts, "context_net"),
        context_near=_near(parts, "context_near", labels),
        doubt=Doubt(
            _net(parts, "doubt"),
            _net(parts, "context_doubt"),
            parts["doubt_words"].astype(np.float32),
            parts["doubt_runs"].astype(np.float32),
            float(parts["doubt_lexical_bias"]),
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


def _net(parts: Mapping[str, Any], name: str) -> Net:
    return Net(
        parts[f"{name}_inner"].astype(np.float32) * parts[f"{name}_scales"].astype(np.float32)[:, None],
        parts[f"{name}_inner_bias"],
        parts[f"{name}_outer"].astype(np.float32),
        parts[f"{name}_outer_bias"],
    )


def _near(parts: Mapping[str, Any], name: str, labels: NDArray[np.int64]) -> Near:
    asked = unpacked(parts[f"{name}_asked"])
    return Near(parts[f"{name}_turn"].astype(np.float32), asked / np.linalg.norm(asked, axis=1, keepdims=True), labels)


def packed(values: Matrix) -> NDArray[np.uint8]:
    """Rows as 4-bit numbers -7..7, two a byte; a row's scale is lost. An even number of columns."""
    highest = np.abs(values).max(axis=1, keepdims=True)
    small = (np.round(7 * values / np.where(highest > 0, highest, 1)) + 8).astype(np.uint8)
    return np.asarray(small[:, ::2] << 4 | small[:, 1::2], dtype=np.uint8)


def unpacked(rows: NDArray[np.uint8]) -> Matrix:
    """The numbers of `packed`."""
    values = np.empty((len(rows), 2 * rows.shape[1]), dtype=np.float32)
    values[:, ::2], values[:, 1::2] = rows >> 4, rows & 15
    return values - 8


def centred(vectors: Matrix, centre: Vector) -> Matrix:
    """Vectors seen from their middle, at length 1: those of this encoder all point the same way."""
    moved = vectors - centre
    return np.asarray(moved / (np.linalg.norm(moved, axis=-1, keepdims=True) + 1e-9), dtype=np.float32)


def _shared(values: Matrix) -> Matrix:
    return np.asarray(values / (values.sum() or 1.0), dtype=np.float32)

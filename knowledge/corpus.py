"""What finding may ask of the index: texts with their vectors and their BM25 scores, and nothing of how they are kept.

Our own notes are searched exactly: each passage has a row in a matrix. What learners ask is no part of the index: the router
has learned it, so a sync need not embed 20,000 questions. The learner's notes may be large: they give candidates, each
with both scores. The two never share statistics.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from knowledge.passages import Language, Passage, Section

Vector: TypeAlias = NDArray[np.float32]
"""Unit length, shape (dimension,)."""
Vectors: TypeAlias = NDArray[np.float32]
"""Rows of unit length, shape (count, dimension); dimension 0 where there is no encoder."""
Scores: TypeAlias = NDArray[np.float32]
"""One score a row, shape (count,)."""

NOT_COVERED = "not-covered"
"""The concept of questions that the notes do not answer: their sections are not-covered/near, /trap and /off."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that learners ask, and the section that answers it (or `not-covered/near`, `/trap`, `/off`)."""

    text: str
    section: str
    language: Language

    @property
    def concept(self) -> str:
        return self.section.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage of the learner's notes with both scores: cosine in -1..1 (0 without an encoder) and raw BM25 (0 or more)."""

    passage: Passage
    cosine: float
    bm25: float


class Corpus(Protocol):
    """One state of the index: it does not change while a question is answered."""

    @property
    def sections(self) -> Mapping[str, Section]:
        """Our notes' sections by id, in note order."""

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Our notes' passages, both languages; row i of `passage_vectors` and of `passage_bm25`."""

    @property
    def passage_vectors(self) -> Vectors: ...

    @property
    def encoder(self) -> str:
        """Name and version of the encoder that made the vectors, e.g. `use/0.2.1/512`; `none` without one."""

    def embed(self, text: str) -> Vector | None:
        """The text's vector, or None without an encoder."""

    def context(self, text: str) -> Vector | None:
        """The text's vector of the second encoder, which reads words in their context, or None without it."""

    def passage_bm25(self, tokens: Sequence[str]) -> Scores:
        """Raw BM25 of every passage for these tokens (of `knowledge.lexical.tokens`)."""

    def own(self, vector: Vector | None, tokens: Sequence[str], count: int = 50) -> tuple[Candidate, ...]:
        """The learner's passages that are among the first `count` of either side; in no order."""

    @property
    def own_empty(self) -> tuple[Section, ...]:
        """Headings of the learner's notes without text under them."""

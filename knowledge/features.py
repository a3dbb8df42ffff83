"""What the router looks at in a question: its words and pairs of words, and runs of 2 to 4 characters, both after the term
table has brought 파드, 포드 and pod together. Pure; training and reading must agree, so a change here makes the router stale.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

import mmh3
import numpy as np
from numpy.typing import NDArray

from knowledge.spelling import mended
from knowledge.terms import canonical, find, particles

VERSION = "2"
"""Changes with what these functions give."""

WORD_BITS = 15
RUN_BITS = 16

_WORD = re.compile(r"[a-z0-9]+(?:[-./_:][a-z0-9]+)*|[가-힣]+|[^\sa-z0-9가-힣]")
_PART = re.compile(r"[-./_:]")
_SPACES = re.compile(r"\s+")
_LONGEST_PARTICLE = 4


def words(text: str) -> list[str]:
    """Words, words without their particle, parts of compounds, pairs of neighbours, and the terms; of a canonical text."""
    found: list[str] = []
    spoken = _WORD.findall(text)
    for word in spoken:
        found.append("w " + word)
        if "가" <= word[0] <= "힣":
            found += ["s " + stem for stem in _stems(word)]
        elif len(parts := _PART.split(word)) > 1:
            found += ["w " + part for part in parts if part]
    found += [f"b {one} {two}" for one, two in pairwise(spoken)]
    return found + ["t " + term.name for term in find(text)]


def runs(text: str) -> list[str]:
    """Every run of 2, 3 and 4 characters of a canonical text, spaces included."""
    line = f" {_SPACES.sub(' ', text).strip()} "
    return [line[at : at + length] for length in (2, 3, 4) for at in range(len(line) - length + 1)]


def hashed(features: Iterable[str], bits: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Bucket numbers and weights of unit length: square roots of how often each was seen."""
    counts: dict[int, int] = {}
    mask = (1 << bits) - 1
    for feature in features:
        bucket = mmh3.hash(feature, signed=False) & mask
        counts[bucket] = counts.get(bucket, 0) + 1
    weights = np.sqrt(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))
    length = float(np.linalg.norm(weights)) or 1.0
    return np.fromiter(counts.keys(), dtype=np.int64, count=len(counts)), (weights / length).astype(np.float32)


def reduced(text: str) -> str:
    """The text as all members see it: slips mended, canonical terms, lower case, single spaces."""
    return canonical(mended(text))


def _stems(word: str) -> list[str]:
    return [word[:-length] for length in range(1, min(_LONGEST_PARTICLE, len(word) - 1) + 1) if word[-length:] in particles()]

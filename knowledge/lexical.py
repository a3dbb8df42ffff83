"""Search by words: BM25 over terms, words without particles and pairs of Hangul syllables. Pure, over tokens.

bm25s makes the statistics when an index is written; reading them takes numpy alone, so that a question pays no import.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.corpus import Scores
from knowledge.terms import canonical

_WORD = re.compile(r"[a-z0-9]+(?:[-_./][a-z0-9]+)*|[\uac00-\ud7a3]+")
_PARTS = re.compile(r"[-_./]")
_ENDINGS = """
은 는 이 가 을 를 에 의 로 와 과 도 만 나 란 요 랑 들 에서 에게 으로 까지 부터 보다 처럼 이나 이란 라는 라고 이라고 이라는
에는 에도 에선 와의 과의 로는 으로는 에서는 에서도 인가 인가요 인지 이에요 예요 이야 입니다 이고 이면 이며 에게서 한테 마다
조차 밖에 이랑 하고 께서 으로서 로서 으로써 로써 이라 인데 인데요 들은 들이 들을 들의 하나요 하는 하는지 하면 하려면 되나요
되는 되는지 되면 됩니다 합니다 하기 한다 된다 했는데 해요 돼요
"""
_PARTICLES = tuple(sorted(_ENDINGS.split(), key=len, reverse=True))
_COMMON = """
a an the is are was were be do does did i you it its my to of in on at for and or what why how when which can will with
that this there from by as if me so 무엇 뭐 왜 어떻게 무슨 어떤 그 이 저 것 수 때 좀
"""
_STOP = frozenset(_COMMON.split())


def _stem(word: str) -> str:
    """A Hangul word without its particle, where at least two syllables are left of it."""
    for particle in _PARTICLES:
        if word.endswith(particle) and len(word) - len(particle) >= 2:
            return word[: -len(particle)]
    return word


def _singular(word: str) -> str:
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@lru_cache(maxsize=50_000)
def _of_word(word: str) -> tuple[str, ...]:
    if not word.isascii():
        stem = _stem(word)
        found = [stem, *(stem[at : at + 2] for at in range(len(stem) - 1) if len(stem) > 2)]
        if len(word) == 2 and word[1] in _PARTICLES:
            found.append(word[0])  # 닻은: a noun of one syllable
        return tuple(one for one in found if one not in _STOP and not (len(one) == 1 and one in _PARTICLES))
    parts = _PARTS.split(word)
    every = [word, *parts] if len(parts) > 1 else parts
    return tuple(_singular(one) for one in every if one not in _STOP and (len(one) > 1 or one.isdigit()))


def tokens(text: str) -> list[str]:
    """The tokens that BM25 counts, in order, with repetitions: of questions and of passages alike."""
    found: list[str] = []
    for word in _WORD.findall(canonical(text)):
        found.extend(_of_word(word))
    return found


@dataclass(frozen=True, slots=True)
class Statistics:
    """BM25 of a set of texts, ready to be summed: per token a run of text numbers and of scores."""

    count: int
    vocabulary: Mapping[str, int]
    starts: NDArray[np.int64]
    texts: NDArray[np.int32]
    scores: Scores

    def of(self, query: Sequence[str]) -> Scores:
        """Raw BM25 of every text for these tokens, shape (count,)."""
        total = np.zeros(self.count, dtype=np.float32)
        for token in query:
            number = self.vocabulary.get(token)
            if number is not None:
                run = slice(self.starts[number], self.starts[number + 1])
                total[self.texts[run]] += self.scores[run]
        return total


NOTHING = Statistics(0, {}, np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.float32))


def statistics(texts: Sequence[Sequence[str]]) -> Statistics:
    """The statistics of these texts' tokens."""
    if not any(texts):
        return Statistics(len(texts), {}, np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.float32))
    import bm25s

    model = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
    model.index([list(one) for one in texts], show_progress=False)
    made = model.scores
    words = {word: number for word, number in model.vocab_dict.items() if word}
    return Statistics(
        len(texts),
        words,
        np.asarray(made["indptr"], dtype=np.int64),
        np.asarray(made["indices"], dtype=np.int32),
        np.asarray(made["data"], dtype=np.float32),
    )


def write(made: Statistics, folder: Path, name: str) -> None:
    np.savez(folder / f"{name}.npz", starts=made.starts, texts=made.texts, scores=made.scores, count=np.int64(made.count))
    ordered = sorted(made.vocabulary, key=lambda word: made.vocabulary[word])
    (folder / f"{name}.words.json").write_text(
        json.dumps([ordered, [made.vocabulary[word] for word in ordered]], ensure_ascii=False), "utf-8"
    )


def read(folder: Path, name: str) -> Statistics:
    """What `write` wrote; OSError, ValueError or KeyError where it is damaged."""
    words, numbers = json.loads((folder / f"{name}.words.json").read_text("utf-8"))
    with (folder / f"{name}.npz").open("rb") as file, np.load(file, allow_pickle=False) as stored:
        return Statistics(
            int(stored["count"]), dict(zip(words, numbers, strict=True)), stored["starts"], stored["texts"], stored["scores"]
        )

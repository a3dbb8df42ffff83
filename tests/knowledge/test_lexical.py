"""Search by words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge import lexical
from knowledge.lexical import statistics, tokens


def test_particles_and_syllable_pairs() -> None:
    """A word is counted without its particle, and in pairs of syllables where it is longer."""
    assert "항구" in tokens("항구에서는")
    assert {"등대", "대지", "지기"} <= set(tokens("등대지기가"))


def test_one_term_for_many_spellings() -> None:
    """What the term table holds together is one token."""
    assert set(tokens("포드")) & set(tokens("pods"))


def test_decomposed_hangul() -> None:
    """Text as macOS writes file names is the same text."""
    import unicodedata

    assert tokens(unicodedata.normalize("NFD", "등대지기")) == tokens("등대지기")


def test_the_text_with_the_rarer_word_comes_first() -> None:
    made = statistics([tokens(text) for text in ("sea and wind", "sea and sand", "sea and wind and lighthouse")])
    scores = made.of(tokens("wind lighthouse"))
    assert scores.argmax() == 2
    assert scores[1] == 0


def test_statistics_of_nothing() -> None:
    """No texts, or texts without words, score nothing."""
    assert statistics([]).of(["a"]).shape == (0,)
    assert statistics([[], []]).of(["a"]).tolist() == [0, 0]


def test_written_and_read_again(tmp_path: Path) -> None:
    made = statistics([tokens("red kite"), [], tokens("연은 바람에 난다")])
    lexical.write(made, tmp_path, "x")
    again = lexical.read(tmp_path, "x")
    for query in ("kite", "바람", "nothing"):
        assert np.array_equal(again.of(tokens(query)), made.of(tokens(query)))


def test_scores_are_those_of_the_library_that_made_them() -> None:
    """Summing ready-made scores gives what bm25s itself gives."""
    bm25s = pytest.importorskip("bm25s")
    texts = [tokens(text) for text in ("wind lifts the kite", "the string holds the kite", "sand and sea")]
    model = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
    model.index(texts, show_progress=False)
    query = tokens("kite string")
    assert np.allclose(statistics(texts).of(query), model.get_scores(query), atol=1e-6)

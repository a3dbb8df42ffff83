"""A small encoder that is a real one (words to buckets), a small set of notes, and libraries over them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from knowledge.corpus import Vectors
from knowledge.encoder import Encoder, unit
from knowledge.reference import Library


class Buckets:
    """Each word counts in one of 64 buckets; every text that is encoded is remembered."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.seen.extend(texts)
        rows = np.zeros((len(texts), 64), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()):
                row[hashlib.sha256(word.encode()).digest()[0] % 64] += 1
        return unit(rows)


NOTE_KO = """---
concept: kite
title: 연
read_on: https://example.org/ko/kite
related: [wind]
---
# 연

```mermaid
flowchart LR
  A[손] --> B[연]
```

## 연은 왜 나나요? {#why}

연은 바람이 밀어 올려서 납니다.

- 줄이 연을 잡아 줍니다.
- 꼬리가 균형을 잡습니다.

## 연줄이 끊어지면? {#line}

연줄이 끊어지면 연은 멀리 떠내려갑니다.
"""
NOTE_EN = """---
concept: kite
title: Kite
---
# Kite

## Why does a kite fly? {#why}

A kite flies because the wind lifts it.

## What if the line breaks? {#line}

When the line breaks, the kite drifts away.
"""
ASKED = """
[why]
ko = ["연이 뜨는 까닭은?"]
en = ["how does a kite stay up"]
[line]
ko = ["줄 끊김"]
en = ["kite lost its string"]
[gone]
en = ["an anchor that is no section"]
"""


@pytest.fixture
def buckets() -> Buckets:
    return Buckets()


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """One concept of two sections in two languages, and what is not covered."""
    folder = tmp_path / "notes"
    (folder / "kite").mkdir(parents=True)
    (folder / "kite" / "ko.md").write_text(NOTE_KO, "utf-8")
    (folder / "kite" / "en.md").write_text(NOTE_EN, "utf-8")
    (folder / "kite" / "asked.toml").write_text(ASKED, "utf-8")
    (folder / "not-covered").mkdir()
    (folder / "not-covered" / "asked.toml").write_text('[off]\nko = ["오늘 점심은?"]\nen = ["what is for lunch"]\n', "utf-8")
    return folder


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    folder = tmp_path / "vault"
    folder.mkdir()
    (folder / "boats.md").write_text(
        "# Boats\n\nA keel keeps a boat upright.\n\n## Sails\n\n## Oars\n\nOars push water.\n", "utf-8"
    )
    return folder


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "home" / "index"


@pytest.fixture
def library(index: Path, notes: Path, buckets: Buckets) -> Iterator[Library]:
    made = Library(index, embedding=Encoder("buckets/1", buckets), notes_folder=notes)
    yield made
    made.close()

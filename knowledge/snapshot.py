"""One committed state of an index on disk, ready to be searched: rows, vectors, BM25; and the stamp that names the current one.

A snapshot's folder is written whole, then the stamp is replaced in one step: a reader sees the old state or the new one, never
a half. Reading takes no vector store and no parsing of notes.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
import uuid
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from knowledge import lexical
from knowledge.corpus import Vectors

_MAKERS = ("blocks", "builtin", "decoding", "folders", "language", "lexical", "markup", "reading", "snapshot", "terms")
KEPT = 3
"""States that were replaced lately stay, for readers that have just looked at the stamp."""


class Damaged(Exception):
    """What lies on disk is not what was written."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """The current state of one index: its folder's name and what it was made from. Equal stamps are equal states."""

    name: str
    encoder: str
    source: str
    count: int


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with vectors and BM25: row i of each belongs to hash i."""

    hashes: tuple[str, ...]
    vectors: Vectors
    statistics: lexical.Statistics


@cache
def made_by() -> str:
    """A fingerprint of the code and tables that make a snapshot: one made by others is made anew, its vectors are kept."""
    told = hashlib.sha256()
    for name in _MAKERS:
        for path in (Path(__file__).with_name(f"{name}.py"), Path(__file__).with_name(f"{name}.toml")):
            if path.is_file():
                told.update(path.read_bytes())
    return told.hexdigest()[:16]


def read_stamp(folder: Path) -> Stamp | None:
    """The current stamp, None where there is none or it was made by other code."""
    try:
        told = json.loads((folder / "stamp.json").read_text("utf-8"))
        stamp = Stamp(told["name"], told["encoder"], told["source"], told["count"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Damaged(f"stamp: {error}") from error
    return stamp if told.get("made_by") == made_by() else None


def write(
    folder: Path,
    encoder: str,
    source: str,
    facts: Mapping[str, Any],
    tables: Mapping[str, Table],
    more: Mapping[str, Any] | None = None,
) -> Stamp:
    """Write a state and make it the current one; `more` are facts that only the next writer reads, by file name."""
    name = uuid.uuid4().hex[:12]
    draft = folder / f".{name}"
    draft.mkdir(parents=True)
    for table_name, table in tables.items():
        np.save(draft / f"{table_name}.npy", table.vectors)
        lexical.write(table.statistics, draft, table_name)
    hashes = {table_name: table.hashes for table_name, table in tables.items()}
    (draft / "facts.json").write_text(json.dumps({"hashes": hashes, **facts}, ensure_ascii=False), "utf-8")
    for file_name, told in (more or {}).items():
        (draft / f"{file_name}.json").write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    os.replace(draft, folder / name)
    stamp = Stamp(name, encoder, source, sum(len(table.hashes) for table in tables.values()))
    mark(folder, stamp)
    return stamp


def mark(folder: Path, stamp: Stamp) -> None:
    """Make this the current state."""
    told = {"made_by": made_by(), "name": stamp.name, "encoder": stamp.encoder, "source": stamp.source, "count": stamp.count}
    draft = folder / f".stamp-{uuid.uuid4().hex[:8]}"
    draft.write_text(json.dumps(told), "utf-8")
    _replace(draft, folder / "stamp.json")


def read(folder: Path, stamp: Stamp, names: Sequence[str]) -> tuple[dict[str, Any], dict[str, Table]]:
    """The facts and tables of a state. Damaged where they are not whole."""
    home = folder / stamp.name
    try:
        facts = json.loads((home / "facts.json").read_text("utf-8"))
        tables: dict[str, Table] = {}
        for name in names:
            vectors = np.load(home / f"{name}.npy", mmap_mode="r", allow_pickle=False)
            table = Table(tuple(facts["hashes"][name]), vectors, lexical.read(home, name))
            if not len(table.hashes) == len(vectors) == table.statistics.count:
                raise Damaged(f"{name}: rows and vectors differ")
            tables[name] = table
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise Damaged(f"{type(error).__name__}: {error}") from error
    return facts, tables


def clear(folder: Path, current: str) -> None:
    """Remove states that were replaced a while ago, and drafts of writers that ended midway. The caller holds the lock."""
    others: list[tuple[float, Path]] = []
    for path in folder.iterdir():
        if path.name in (current, "stamp.json"):
            continue
        try:
            if path.name.startswith(".stamp-"):
                path.unlink()
            elif path.name.startswith("."):
                shutil.rmtree(path)
            else:
                others.append((path.stat().st_mtime, path))
        except OSError:
            continue  # somebody holds it open; the next writer tries again
    for _, path in sorted(others, reverse=True)[KEPT:]:
        shutil.rmtree(path, ignore_errors=True)


def _replace(draft: Path, target: Path) -> None:
    """Put a file in its place in one step; Windows refuses while a reader has the old one open, for a moment."""
    for patience in (0.01, 0.05, 0.2, 0.5):
        try:
            os.replace(draft, target)
        except PermissionError:
            time.sleep(patience)
        else:
            return
    os.replace(draft, target)

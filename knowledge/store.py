"""The vector store: the only door to Chroma. What is kept there: a row a text, its vector, where it stands and its hash.

Writers hold the index's lock. Chroma never tells an open client what another process added, answers nothing at all where its
vector file is cut off, and breaks where its folder is removed under it: so every opening looks stored vectors up, and a damaged
store is made anew in a fresh folder beside the old one. Nothing here downloads or reports anything.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import threading
import uuid
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.corpus import Vector, Vectors
from knowledge.snapshot import Damaged, Table

BATCH = 500
"""Rows a write; after each the embedded rows are safe and progress is told."""


@dataclass(frozen=True, slots=True)
class Row:
    """What is kept of one text: `hash` is of the embedded text, `facts` say where it stands (texts and numbers)."""

    id: str
    text: str
    hash: str
    facts: Mapping[str, str | int]


class Store:
    """The store under an index folder. Not for two threads at once; other processes are kept out by the caller's lock."""

    def __init__(self, index_folder: Path) -> None:
        self._index = index_folder
        self._client: Any = None
        self._lock = threading.RLock()
        self.rebuilt: str | None = None
        """Why the store was made anew in this process, None where it was not."""
        self.trouble: str | None = None
        """Why the store last gave no answer."""
        self._seal = ""

    @property
    def folder(self) -> Path:
        """The folder of the store in force."""
        return self._index / str(self._told().get("folder", "chroma-1"))

    def _told(self) -> dict[str, Any]:
        try:
            told = json.loads((self._index / "store.json").read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return told if isinstance(told, dict) else {}

    def _tell(self, folder: Path, sizes: Mapping[str, int]) -> None:
        draft = self._index / "store.json.new"
        self._seal = uuid.uuid4().hex
        draft.write_text(json.dumps({"folder": folder.name, "sizes": sizes, "seal": self._seal}), "utf-8")
        os.replace(draft, self._index / "store.json")

    def close(self) -> None:
        """Let the client go: the next use opens a new one, which finds what other processes have added."""
        with self._lock:
            client, self._client = self._client, None
            if client is not None:
                _let_go(client, self.folder)

    def seal(self) -> None:
        """After the last write: remember how large each file is, and by a new seal tell others to open it again."""
        with self._lock:
            self._tell(self.folder, _sizes(self.folder))

    def _renew(self) -> None:
        """Let the client go where another process has sealed the store since it was opened."""
        if self._told().get("seal", "") != self._seal:
            self.close()

    def update(
        self,
        kind: str,
        encoder: str,
        rows: Sequence[Row],
        embed: Callable[[Sequence[str]], Vectors],
        known: Table | None = None,
    ) -> Generator[tuple[int, int], None, Vectors]:
        """Bring a collection to exactly these rows; gives (embedded so far, to embed), returns their vectors in order.

        `known` are vectors that are at hand, of the same encoder. Embeds each text once, and none whose hash is known.
        """
        with self._lock:
            self._renew()
            collection = self._collection(kind, encoder)
            there: dict[str, Mapping[str, Any]] = _metadata(collection)
            at_hand = {one: number for number, one in enumerate(known.hashes)} if known else {}
            stored = {str(facts["hash"]): ident for ident, facts in there.items()}
            wanted = {row.id: row for row in rows}
            gone = [ident for ident in there if ident not in wanted]
            by_hash: dict[str, Vector] = {}
            fetch = [stored[row.hash] for row in rows if row.hash not in at_hand and row.hash in stored]
            by_hash.update(_vectors(collection, list(dict.fromkeys(fetch))))
            if known:
                by_hash.update({row.hash: known.vectors[at_hand[row.hash]] for row in rows if row.hash in at_hand})
            missing = {row.hash: row for row in rows if row.hash not in by_hash}
            ordered = list(missing.values())
            yield 0, len(ordered)
            # Chroma builds its graph of one batch while the next is embedded.
            with ThreadPoolExecutor(1, "store") as writer:
                writing: Future[None] | None = None
                for start in range(0, len(ordered), BATCH):
                    batch = ordered[start : start + BATCH]
                    made = embed([row.text for row in batch])
                    by_hash.update({row.hash: vector for row, vector in zip(batch, made, strict=True)})
                    if writing:
                        writing.result()
                    writing = writer.submit(_upsert, collection, batch, {row.hash: by_hash[row.hash] for row in batch})
                    yield start + len(batch), len(ordered)
                if writing:
                    writing.result()
            written = {row.id for row in ordered}
            changed = [row for row in wanted.values() if row.id not in written and _differs(row, there.get(row.id))]
            moved = [row for row in changed if row.id in there and there[row.id]["hash"] == row.hash]
            _upsert(collection, [row for row in changed if row not in moved], by_hash)
            for start in range(0, len(moved), BATCH):
                part = moved[start : start + BATCH]
                collection.update(ids=[row.id for row in part], metadatas=[_facts(row) for row in part])
            for start in range(0, len(gone), BATCH):
                collection.delete(ids=gone[start : start + BATCH])
            for one in self._open().list_collections():
                if one.metadata.get("kind") == kind and one.metadata.get("encoder") != encoder:
                    self._open().delete_collection(one.name)
            if not rows:
                return np.zeros((0, 0), dtype=np.float32)
            return np.stack([by_hash[row.hash] for row in rows]).astype(np.float32, copy=False)

    def nearest(self, kind: str, encoder: str, vector: Vector, count: int) -> list[str] | None:
        """The ids of the nearest rows, best first; None where the store is being written or does not answer."""
        if not self._lock.acquire(blocking=False):
            return None
        try:
            self._renew()
            found = self._collection(kind, encoder).query(
                query_embeddings=[vector.tolist()], n_results=count, include=["distances"]
            )
            return list(found["ids"][0]) or None
        except Exception as error:
            self.close()
            self.trouble = f"{type(error).__name__}: {error}"[:300]
            return None
        finally:
            self._lock.release()

    def afresh(self, reason: str) -> None:
        """Begin again with an empty store beside the old one."""
        with self._lock:
            self.close()
            self.rebuilt = reason
            self._client = self._afresh()

    # the client

    def _collection(self, kind: str, encoder: str) -> Any:
        name = f"{kind}-{re.sub(r'[^A-Za-z0-9]+', '-', encoder).strip('-')[:80]}"
        return self._open().get_or_create_collection(
            name,
            embedding_function=None,
            metadata={"kind": kind, "encoder": encoder},
            configuration={"hnsw": {"space": "cosine", "ef_search": 200}},
        )

    def _open(self) -> Any:
        if self._client is None:
            self._seal = str(self._told().get("seal", ""))
            try:
                self._client = self._checked(self.folder)
            except Exception as error:
                self.rebuilt = f"{type(error).__name__}: {error}"[:300]
                self._client = self._afresh()
        return self._client

    def _checked(self, folder: Path) -> Any:
        """The client of a whole store. A file that was cut off is seen before Chroma opens it: it would crash there."""
        there = _sizes(folder)
        for name, size in self._told().get("sizes", {}).items():
            if there.get(name, -1) < size:
                raise Damaged(f"{name} is cut off")
        _check_database(folder / "chroma.sqlite3")
        client = _client(folder)
        for collection in client.list_collections():
            held = collection.count()
            if not held:
                continue
            for offset in {0, held - 1}:
                one = collection.get(limit=1, offset=offset, include=["embeddings"])
                if len(one["ids"]) != 1:
                    raise Damaged("a row is missing")
                answer = collection.query(query_embeddings=[one["embeddings"][0].tolist()], n_results=1, include=["distances"])
                if not answer["ids"][0] or answer["distances"][0][0] > 1e-3:
                    raise Damaged("a stored vector is not found")
        return client

    def _afresh(self) -> Any:
        """An empty store in a fresh folder that takes the old one's place; the old one is removed where nobody holds it."""
        old = self.folder
        _forget_systems()
        numbers = [int(path.name.partition("-")[2]) for path in self._index.glob("chroma-*") if path.name[7:].isdigit()]
        fresh = self._index / f"chroma-{max(numbers, default=0) + 1}"
        client = _client(fresh)
        self._tell(fresh, {})
        shutil.rmtree(old, ignore_errors=True)
        return client


def _forget_systems() -> None:
    """Chroma keeps one system a path in this process, and with it what it knew of the path's files."""
    from chromadb.api.shared_system_client import SharedSystemClient

    SharedSystemClient.clear_system_cache()


def _let_go(client: Any, folder: Path) -> None:
    from chromadb.api.shared_system_client import SharedSystemClient

    client.close()
    if str(folder) in SharedSystemClient._identifier_to_system:
        _forget_systems()


def _sizes(folder: Path) -> dict[str, int]:
    """The size of each file that Chroma needs, by name; its journals come and go."""
    kept = [path for path in folder.rglob("*") if path.is_file() and path.suffix in (".sqlite3", ".bin", ".pickle")]
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in kept}


def _check_database(path: Path) -> None:
    """Damaged where the database's pages are not whole."""
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
            told = database.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        raise Damaged(f"{path.name}: {error}") from error
    if told != ("ok",):
        raise Damaged(f"{path.name}: {told}")


def _client(folder: Path) -> Any:
    import chromadb
    from chromadb.config import Settings

    folder.mkdir(parents=True, exist_ok=True)
    return chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False, allow_reset=False))


def _facts(row: Row) -> dict[str, str | int]:
    return {**row.facts, "hash": row.hash}


def _differs(row: Row, there: Mapping[str, Any] | None) -> bool:
    return there is None or dict(there) != _facts(row)


def _metadata(collection: Any) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for offset in range(0, collection.count(), 5000):
        got = collection.get(limit=5000, offset=offset, include=["metadatas"])
        found.update(zip(got["ids"], got["metadatas"], strict=True))
    return found


def _vectors(collection: Any, idents: Sequence[str]) -> dict[str, Vector]:
    """The stored vectors of these ids, by hash."""
    found: dict[str, Vector] = {}
    for start in range(0, len(idents), BATCH):
        got = collection.get(ids=list(idents[start : start + BATCH]), include=["embeddings", "metadatas"])
        for vector, facts in zip(got["embeddings"], got["metadatas"], strict=True):
            found[str(facts["hash"])] = np.asarray(vector, dtype=np.float32)
    return found


def _upsert(collection: Any, rows: Sequence[Row], vectors: Mapping[str, Vector]) -> None:
    for start in range(0, len(rows), BATCH):
        part = rows[start : start + BATCH]
        collection.upsert(
            ids=[row.id for row in part],
            embeddings=[vectors[row.hash] for row in part],
            documents=[row.text for row in part],
            metadatas=[_facts(row) for row in part],
        )

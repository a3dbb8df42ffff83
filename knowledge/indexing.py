"""Bringing the index up to date: from files to rows, from rows to vectors and statistics, and then the stamp.

Writers take turns by a file lock; readers go on with the state before until the stamp changes. A text that was embedded once by
an encoder is not embedded again, whatever file it moves to.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np

from knowledge import builtin, snapshot, states
from knowledge.corpus import Vectors
from knowledge.decoding import decode
from knowledge.encoder import Encoder
from knowledge.errors import StudyError
from knowledge.folders import Scan, Seen, registered, scan
from knowledge.lexical import statistics, tokens
from knowledge.reading import content_hash, own_note
from knowledge.snapshot import Damaged, Stamp, Table
from knowledge.store import Row, Store

Phase: TypeAlias = Literal["builtin", "own"]

Kept: TypeAlias = dict[str, list[list[list[str]]]]
"""By file the passages, of each the pieces: the text and then its tokens. Only the next writer reads it."""


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """How far a sync is: texts embedded of those that must be."""

    done: int
    total: int
    phase: Phase


class Indexing:
    """The writer's side of an index folder."""

    def __init__(self, index_folder: Path, notes_folder: Path) -> None:
        self.builtin_folder = index_folder / "builtin"
        self.own_folder = index_folder / "own"
        self.store = Store(index_folder)
        self._index = index_folder
        self._notes = notes_folder
        self.embedded = 0
        """Texts embedded by this process."""
        self.rebuilt: str | None = None
        """Why a state was made anew in this process, None where none was."""

    def builtin_stale(self, encoder: str) -> bool:
        """Whether our notes, the encoder or the code are others than those of the current state."""
        stamp = self._stamp(self.builtin_folder)
        return stamp is None or stamp.encoder != encoder or stamp.source != builtin.fingerprint(self._notes)

    def own_stale(self, encoder: str, scans: Sequence[Scan]) -> bool:
        stamp = self._stamp(self.own_folder)
        if stamp is None:
            return bool(scans)
        return stamp.encoder != encoder or stamp.source != own_source(scans)

    def scans(self) -> tuple[Scan, ...]:
        return tuple(scan(one) for one in registered(self._index))

    def _stamp(self, folder: Path) -> Stamp | None:
        try:
            stamp = snapshot.read_stamp(folder)
        except Damaged as error:
            self.tell_rebuilt(str(error))
            return None
        if stamp is None and (folder / "stamp.json").exists():
            self.tell_rebuilt("older")
        return stamp

    def tell_rebuilt(self, reason: str) -> None:
        """Remember why a state is made anew: this process says it, and the doctor of another one too."""
        self.rebuilt = self.rebuilt or reason

    def keep_rebuilt(self) -> None:
        reason = self.rebuilt or self.store.rebuilt
        if reason:
            told = {"reason": reason, "at": datetime.now(UTC).isoformat(timespec="seconds")}
            (self._index / "rebuilt.json").write_text(json.dumps(told, ensure_ascii=False), "utf-8")

    def told_rebuilt(self) -> str | None:
        """When and why a state was last made anew, by whatever process; None where none ever was."""
        try:
            told = json.loads((self._index / "rebuilt.json").read_text("utf-8"))
            return f"{told['at']} {told['reason']}"
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _embedding(self, encoder: Encoder | None) -> Callable[[Sequence[str]], Vectors]:
        def embed(texts: Sequence[str]) -> Vectors:
            if encoder is None:
                return np.zeros((len(texts), 0), dtype=np.float32)
            self.embedded += len(texts)
            return encoder.vectors(texts)

        return embed

    def _before(self, folder: Path, encoder: str, names: Sequence[str]) -> tuple[dict[str, Any], dict[str, Table]]:
        """The state before, where it is whole and of the same encoder, whatever code made it."""
        try:
            told = json.loads((folder / "stamp.json").read_text("utf-8"))
            if told["encoder"] == encoder:
                return snapshot.read(folder, Stamp(told["name"], encoder, told["source"], told["count"]), names)
        except (OSError, ValueError, KeyError, TypeError, Damaged) as error:
            if not isinstance(error, FileNotFoundError):
                self.tell_rebuilt(f"{type(error).__name__}: {error}"[:300])
        return {}, {}

    def bring(
        self,
        kind: str,
        name: str,
        encoder: Encoder | None,
        rows: Sequence[Row],
        words: Sequence[Sequence[str]],
        known: Table | None,
    ) -> Generator[tuple[int, int], None, Table]:
        """The table of these rows and their tokens, embedding what is new."""
        hashes = tuple(row.hash for row in rows)
        counted = statistics(words)
        if encoder is None:
            return Table(hashes, np.zeros((len(rows), 0), dtype=np.float32), counted)
        try:
            vectors = yield from self.store.update(kind, name, rows, self._embedding(encoder), known)
        except StudyError:
            raise
        except Exception as error:
            self.store.afresh(f"{type(error).__name__}: {error}"[:300])
            vectors = yield from self.store.update(kind, name, rows, self._embedding(encoder), known)
        self.store.seal()
        return Table(hashes, vectors, counted)

    def sync_builtin(self, encoder: Encoder | None) -> Iterator[SyncProgress]:
        """Make our notes' current state. The caller holds the lock."""
        name = encoder.name if encoder else states.NO_ENCODER
        source = builtin.fingerprint(self._notes)
        notes = builtin.read_notes(self._notes)
        _, before = self._before(self.builtin_folder, name, ("passages",))
        rows = [Row(one.passage.id, one.pieces[0], content_hash(one.pieces[0]), _place(one.passage)) for one in notes.passages]
        words = [tokens(row.text) for row in rows]
        table = yield from _told(self.bring("builtin", name, encoder, rows, words, before.get("passages")), "builtin")
        stamp = snapshot.write(self.builtin_folder, name, source, states.builtin_facts(notes), {"passages": table})
        snapshot.clear(self.builtin_folder, stamp.name)

    def sync_own(self, encoder: Encoder | None, scans: Sequence[Scan]) -> Iterator[SyncProgress]:
        """Make the learner's notes' current state; files that did not change are not read. The caller holds the lock."""
        name = encoder.name if encoder else states.NO_ENCODER
        facts, before = self._before(self.own_folder, name, ("pieces",))
        texts = self._pieces(facts)
        made_same = self._stamp(self.own_folder) is not None
        files: dict[str, Any] = {}
        kept: Kept = {}
        for one in (seen for found in scans for seen in found.seen):
            key = f"{one.folder}/{one.name}"
            old = facts.get("files", {}).get(key) if made_same else None
            if old and old["mark"] == list(one.mark) and key in texts and old["path"] == str(one.path):
                files[key], kept[key] = old, texts[key]
            else:
                files[key], kept[key] = _read(one)
        rows, words, passage_of = _own_rows(files, kept)
        table = yield from _told(self.bring("own", name, encoder, rows, words, before.get("pieces")), "own")
        told = {
            "files": files,
            "passage_of": passage_of,
            "folders": {found.folder.id: _folder_facts(found) for found in scans},
        }
        stamp = snapshot.write(self.own_folder, name, own_source(scans), told, {"pieces": table}, {"texts": kept})
        snapshot.clear(self.own_folder, stamp.name)

    def _pieces(self, facts: dict[str, Any]) -> Kept:
        if not facts:
            return {}
        try:
            told = json.loads((self.own_folder / "stamp.json").read_text("utf-8"))
            texts = json.loads((self.own_folder / told["name"] / "texts.json").read_text("utf-8"))
            return dict(texts)
        except (OSError, ValueError, KeyError):
            return {}


def _told(work: Generator[tuple[int, int], None, Table], phase: Phase) -> Generator[SyncProgress, None, Table]:
    while True:
        try:
            done, total = next(work)
        except StopIteration as end:
            table: Table = end.value
            return table
        yield SyncProgress(done, total, phase)


def _place(passage: Any) -> dict[str, str | int]:
    return {
        "section": passage.section,
        "language": passage.language,
        "path": str(passage.path),
        "first_line": passage.first_line,
        "last_line": passage.last_line,
    }


def own_source(scans: Sequence[Scan]) -> str:
    """Changes when a folder is added or removed, or a note in one of them changes."""
    told: list[str] = []
    for found in scans:
        told.append(f"{found.folder.id}\0{found.folder.path}\0{found.there}")
        told.extend(f"{one.name}\0{one.path}\0{one.mark}" for one in found.seen)
        told.extend(f"{one.path}\0{one.reason}" for one in found.skipped)
    return content_hash(*told)


def _folder_facts(found: Scan) -> dict[str, Any]:
    return {"there": found.there, "skipped": [[one.path, one.reason] for one in found.skipped]}


def _read(one: Seen) -> tuple[dict[str, Any], list[list[list[str]]]]:
    """A file's sections and passages as facts, and the pieces of each passage with their tokens, as `Kept`."""
    facts: dict[str, Any] = {"mark": list(one.mark), "path": str(one.path), "reason": None, "encoding": "utf-8"}
    empty: dict[str, Any] = {"sections": [], "passages": []}
    try:
        decoded = decode(one.path.read_bytes())
    except OSError:
        return {**facts, **empty, "reason": "unreadable"}, []
    if decoded is None:
        return {**facts, **empty, "reason": "binary"}, []
    _, sections, read = own_note(decoded.text, one.folder, one.name, one.path)
    facts["encoding"] = decoded.encoding
    facts["sections"] = [states.section_facts(section) for section in sections]
    facts["passages"] = [states.passage_facts(found.passage) for found in read]
    return facts, [[[piece, *tokens(piece)] for piece in found.pieces] for found in read]


def _own_rows(files: dict[str, Any], kept: Kept) -> tuple[list[Row], list[list[str]], list[int]]:
    """A row for each piece, its tokens, and the number of its passage among all."""
    rows: list[Row] = []
    words: list[list[str]] = []
    passage_of: list[int] = []
    number = 0
    for key, facts in files.items():
        for told, pieces in zip(facts["passages"], kept[key], strict=True):
            passage = states.passage_of(told)
            for at, (piece, *found) in enumerate(pieces):
                rows.append(Row(f"{passage.id}/{at}", piece, content_hash(piece), _place(passage)))
                words.append(found)
                passage_of.append(number)
            number += 1
    return rows, words, passage_of

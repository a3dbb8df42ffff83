"""What the assistant holds of knowledge: our notes and the learner's, indexed, found and read. Thread-safe, cheap to construct.

Each question is answered from one state of the index. What this or another process commits is seen by the next question;
until then the state before answers, also while a new one is being built.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np

from knowledge import builtin, folders, snapshot, states
from knowledge.builtin import Concept
from knowledge.corpus import Asked, Candidate, Scores, Vector, Vectors
from knowledge.decoding import decode
from knowledge.encoder import Encoder, encoder_name, load
from knowledge.errors import StudyError
from knowledge.folders import Converted, NoteFolder, Skipped
from knowledge.indexing import NO_ENCODER, Indexing, SyncProgress
from knowledge.passages import Found, Language, Passage, Section
from knowledge.snapshot import Damaged, Stamp, Table
from knowledge.states import BuiltinState, OwnState

State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class IndexState:
    """For the doctor: what is indexed by which encoder; `rebuilt` and `error` are reasons, None where there was none."""

    encoder: str
    sections: int
    passages: int
    asked: int
    own_folders: int
    own_files: int
    own_passages: int
    rebuilt: str | None
    error: str | None


class _Shelf(Generic[State]):
    """The current state of one index, loaded anew when its stamp changes."""

    def __init__(
        self,
        folder: Path,
        nothing: State,
        names: Sequence[str],
        make: Callable[[Mapping[str, Any], Mapping[str, Table]], State],
    ) -> None:
        self._folder = folder
        self._names = names
        self._make = make
        self._stamp: Stamp | None = None
        self._state = nothing
        self._lock = threading.Lock()
        self.damage: str | None = None

    def current(self) -> State:
        """The state of the current stamp; where it cannot be read, the one before, and `damage` says why."""
        with self._lock:
            try:
                stamp = snapshot.read_stamp(self._folder)
                if stamp != self._stamp and stamp is not None:
                    facts, tables = snapshot.read(self._folder, stamp, self._names)
                    self._state, self._stamp, self.damage = self._make(facts, tables), stamp, None
            except (Damaged, KeyError, ValueError, TypeError) as error:
                self.damage = str(error)
            return self._state


@dataclass(frozen=True)
class _Corpus:
    """One state of both, as finding asks it (`knowledge.corpus.Corpus`)."""

    ours: BuiltinState
    theirs: OwnState
    loaded: Encoder | None

    @property
    def sections(self) -> Mapping[str, Section]:
        return self.ours.sections

    @property
    def passages(self) -> tuple[Passage, ...]:
        return self.ours.passages

    @property
    def asked(self) -> tuple[Asked, ...]:
        return self.ours.asked

    @property
    def passage_vectors(self) -> Vectors:
        return self.ours.passage_table.vectors

    @property
    def asked_vectors(self) -> Vectors:
        return self.ours.asked_table.vectors

    @property
    def encoder(self) -> str:
        return self.loaded.name if self.loaded else NO_ENCODER

    def embed(self, text: str) -> Vector | None:
        return self.loaded.vector(text) if self.loaded else None

    def passage_bm25(self, tokens: Sequence[str]) -> Scores:
        return self.ours.passage_table.statistics.of(tokens)

    def asked_bm25(self, tokens: Sequence[str]) -> Scores:
        return self.ours.asked_table.statistics.of(tokens)

    def own(self, vector: Vector | None, tokens: Sequence[str], count: int = 50) -> tuple[Candidate, ...]:
        state = self.theirs
        if not state.passages:
            return ()
        bm25 = _best_piece(state.table.statistics.of(tokens), state)
        if vector is None or state.table.vectors.shape[1] != len(vector):
            cosine = np.zeros_like(bm25)
        else:
            cosine = _best_piece(np.asarray(state.table.vectors @ vector, dtype=np.float32), state)
        chosen = {*_first(cosine, count), *(one for one in _first(bm25, count) if bm25[one] > 0)}
        return tuple(Candidate(state.passages[one], float(cosine[one]), float(bm25[one])) for one in sorted(chosen))

    @property
    def own_empty(self) -> tuple[Section, ...]:
        return self.theirs.empty


def _best_piece(scores: Scores, state: OwnState) -> Scores:
    best = np.full(len(state.passages), -1.0, dtype=np.float32)
    np.maximum.at(best, state.owners, scores)
    return best


def _first(scores: Scores, count: int) -> list[int]:
    if len(scores) <= count:
        return list(range(len(scores)))
    return [int(one) for one in np.argpartition(-scores, count)[:count]]


class Library:
    """The notes, ours and the learner's, over an index in `index_folder`."""

    def __init__(self, index_folder: Path, *, embedding: str = "use", notes_folder: Path | None = None) -> None:
        self._index = index_folder
        self._embedding = embedding
        self._notes = notes_folder or builtin.PACKAGED
        self._indexing = Indexing(index_folder, self._notes)
        self._ours: _Shelf[BuiltinState] = _Shelf(self._indexing.builtin_folder, states.NO_BUILTIN, ("passages", "asked"), states.builtin_state)
        self._theirs: _Shelf[OwnState] = _Shelf(self._indexing.own_folder, states.NO_OWN, ("pieces",), states.own_state)
        self._encoder: Encoder | None = None
        self._encoder_tried = False
        self._error: str | None = None
        self._ready = False
        self._lock = threading.RLock()
        self._watching: Any = None

    # the index

    def sync(self) -> Iterator[SyncProgress]:
        """Bring the index up to date with our notes and the learner's; gives how far it is, embeds nothing unchanged."""
        name = self._encoder_name()
        if self._indexing.builtin_stale(name) or self._broken(self._ours):
            with self._writing():
                if self._indexing.builtin_stale(name) or self._broken(self._ours):
                    encoder = self._load_encoder()
                    yield from self._indexing.sync_builtin(encoder)
        scans = self._indexing.scans()
        if self._indexing.own_stale(name, scans) or self._broken(self._theirs):
            with self._writing():
                scans = self._indexing.scans()
                if self._indexing.own_stale(self._encoder_name(), scans) or self._broken(self._theirs):
                    yield from self._indexing.sync_own(self._load_encoder(), scans)
        self._ready = True

    def _broken(self, shelf: _Shelf[Any]) -> bool:
        shelf.current()
        if shelf.damage:
            self._indexing.rebuilt = shelf.damage
        return shelf.damage is not None

    def _writing(self) -> Any:
        from filelock import FileLock

        self._index.mkdir(parents=True, exist_ok=True)
        return FileLock(self._index / "writing.lock")

    def _encoder_name(self) -> str:
        """The name of the encoder in force: `none` where it could not be loaded."""
        if self._encoder_tried:
            return self._encoder.name if self._encoder else NO_ENCODER
        if self._embedding == "none":
            return NO_ENCODER
        try:
            return encoder_name(self._embedding)
        except StudyError as error:
            self._error, self._encoder_tried = str(error), True
            return NO_ENCODER

    def _load_encoder(self) -> Encoder | None:
        with self._lock:
            if not self._encoder_tried:
                try:
                    self._encoder = load(self._embedding, self._index / "encoder")
                except StudyError as error:
                    self._error = str(error)
                self._encoder_tried = True
            return self._encoder

    def _state(self) -> BuiltinState:
        if not self._ready:
            with self._lock:
                if not self._ready:
                    for _ in self.sync():
                        pass
        return self._ours.current()

    def state(self) -> IndexState:
        """What is indexed now, without bringing it up to date."""
        ours, theirs = self._ours.current(), self._theirs.current()
        files = [one for one in theirs.files.values() if not one["reason"]]
        return IndexState(
            self._encoder_name(),
            len(ours.sections),
            len(ours.passages),
            len(ours.asked),
            len(folders.registered(self._index)),
            len(files),
            len(theirs.passages),
            self._indexing.rebuilt or self._indexing.store.rebuilt,
            self._error,
        )

    # finding

    def find(self, question: str, *, language: Language | None = None, earlier: Sequence[str] = ()) -> Found:
        """What the notes have for this question. `language` None: that of the question."""
        from knowledge.searching import search

        return search(question, self.corpus(), language=language, earlier=earlier)

    def corpus(self) -> _Corpus:
        """The state of the index that a question is answered from."""
        ours = self._state()
        return _Corpus(ours, self._theirs.current(), self._load_encoder())

    # our notes

    def section(self, section_id: str) -> Section | None:
        return self._state().sections.get(section_id) or self._theirs.current().sections.get(section_id)

    def sections(self) -> tuple[Section, ...]:
        """Our sections in note order."""
        return tuple(self._state().sections.values())

    def passages(self, section_id: str, language: Language) -> tuple[Passage, ...]:
        """A section's passages in file order; those of the other language where it exists in one only."""
        ours = self._state()
        every = ours.by_section.get(section_id) or self._theirs.current().by_section.get(section_id, ())
        return tuple(one for one in every if one.language == language) or every

    def concepts(self) -> tuple[Concept, ...]:
        return self._state().concepts

    def note_text(self, path: Path) -> str:
        """The decoded text of a note's file; StudyError `note-unreadable` where it is gone or no text."""
        try:
            decoded = decode(path.read_bytes())
        except OSError as error:
            raise StudyError("note-unreadable", path=str(path), reason=error.strerror or str(error)) from error
        if decoded is None:
            raise StudyError("note-unreadable", path=str(path), reason="binary")
        return decoded.text

    # the learner's notes

    def add_notes(self, path: Path) -> NoteFolder:
        """Take a folder (or a Markdown file) of the learner's in; searchable on return. StudyError where it is refused."""
        with self._writing():
            added = folders.register(self._index, path)
        self._bring()
        return next(one for one in self.note_folders() if one.id == added.id)

    def remove_notes(self, id_or_path: str) -> NoteFolder:
        """Forget a folder; the folder itself stays as it is. StudyError `notes-unknown`."""
        wanted = folders.named(folders.registered(self._index), id_or_path)
        before = next(one for one in self.note_folders() if one.id == wanted.id)
        with self._writing():
            folders.unregister(self._index, wanted.id)
        self._bring()
        return before

    def _bring(self) -> None:
        for _ in self.sync():
            pass

    def note_folders(self) -> tuple[NoteFolder, ...]:
        """The learner's folders as indexed now."""
        state = self._theirs.current()
        return tuple(_described(one, state) for one in folders.registered(self._index))

    def watch(self) -> None:
        """Follow changes in the learner's folders in a thread until `close`."""

    def close(self) -> None:
        """Stop watching and let the store go."""
        self._indexing.store.close()


def _described(folder: folders.Registered, state: OwnState) -> NoteFolder:
    facts = state.folders.get(folder.id)
    files = {key: one for key, one in state.files.items() if key.startswith(f"{folder.id}/")}
    names = {key: key.partition("/")[2] for key in files}
    indexed = [one for one in files.values() if not one["reason"]]
    skipped = [Skipped(path, reason) for path, reason in (facts or {}).get("skipped", ())]
    skipped.extend(Skipped(names[key], one["reason"]) for key, one in files.items() if one["reason"])
    converted = [Converted(names[key], one["encoding"]) for key, one in files.items() if one["encoding"] != "utf-8"]
    passages = sum(len(one["passages"]) for one in indexed)
    state_of: folders.FolderState = "waiting" if facts is None else "ready" if folder.path.exists() else "missing"
    return NoteFolder(folder.id, folder.path, len(files), len(indexed), passages, tuple(skipped), state_of, tuple(converted))


__all__ = ["Concept", "IndexState", "Library", "NoteFolder", "SyncProgress"]

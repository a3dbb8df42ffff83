"""What the assistant holds of knowledge: our notes and the learner's, indexed, found and read. Thread-safe, cheap to construct.

Each question is answered from one state of the index. What this or another process commits is seen by the next question;
until then the state before answers, also while a new one is being built.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from knowledge import builtin, context_encoder, folders, states
from knowledge.builtin import Concept
from knowledge.context_encoder import ContextEncoder
from knowledge.decoding import decode
from knowledge.encoder import Encoder, encoder_name, load
from knowledge.errors import StudyError
from knowledge.folders import Converted, NoteFolder, Skipped
from knowledge.indexed import IndexedCorpus, Shelf
from knowledge.indexing import Indexing, SyncProgress
from knowledge.passages import Found, Language, Passage, Section
from knowledge.states import BuiltinState, OwnState
from knowledge.watching import Watching

PATIENCE = 180.0
"""Seconds to wait for another process that writes the index."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class IndexState:
    """For the doctor: what is indexed by which encoder, and by which questions are read besides; when and why it was last made
    anew; what is wrong now (else None)."""

    encoder: str
    reader: str
    sections: int
    passages: int
    asked: int
    own_folders: int
    own_files: int
    own_passages: int
    rebuilt: str | None
    error: str | None


class Library:
    """The notes, ours and the learner's, over an index in `index_folder`."""

    def __init__(self, index_folder: Path, *, embedding: str | Encoder = "use", notes_folder: Path | None = None) -> None:
        self._index = index_folder
        self._embedding = embedding if isinstance(embedding, str) else embedding.name
        self._notes = notes_folder or builtin.PACKAGED
        self._indexing = Indexing(index_folder, self._notes)
        self._ours: Shelf[BuiltinState] = Shelf(
            self._indexing.builtin_folder, states.NO_BUILTIN, ("passages",), states.builtin_state
        )
        self._theirs: Shelf[OwnState] = Shelf(self._indexing.own_folder, states.NO_OWN, ("pieces",), states.own_state)
        self._encoder: Encoder | None = embedding if isinstance(embedding, Encoder) else None
        self._encoder_tried = isinstance(embedding, Encoder)
        self._reader: ContextEncoder | None = None
        self._reader_tried = self._embedding == "none"
        self._error: str | None = None
        self._ready = False
        self._lock = threading.RLock()
        # The encoder has a lock of its own: a thread that indexes loads it while another waits for its first question.
        self._encoder_lock = threading.Lock()
        self._watching: Watching | None = None

    # the index

    def sync(self) -> Iterator[SyncProgress]:
        """Bring the index up to date with our notes and the learner's; gives how far it is, embeds nothing unchanged."""
        yield from self._sync(PATIENCE)

    def _sync(self, patience: float) -> Iterator[SyncProgress]:
        if self._ours_stale():
            with self._writing(patience):
                if self._ours_stale():
                    yield from self._by_words_at_least(self._indexing.sync_builtin)
                    self._indexing.keep_rebuilt()
        if self._theirs_stale(self._indexing.scans()):
            with self._writing(patience):
                scans = self._indexing.scans()
                if self._theirs_stale(scans):
                    yield from self._by_words_at_least(lambda encoder: self._indexing.sync_own(encoder, scans))
                    self._indexing.keep_rebuilt()
        self._ready = True

    def _by_words_at_least(self, work: Callable[[Encoder | None], Iterator[SyncProgress]]) -> Iterator[SyncProgress]:
        """A sync; where the encoder does not answer, one for words alone."""
        try:
            yield from work(self._load_encoder())
        except StudyError as error:
            if error.code != "encoder-failed":
                raise
            self._failed(error)
            self._encoder = None
            yield from work(None)

    def _failed(self, error: StudyError) -> None:
        self._error = str(error)

    def _ours_stale(self) -> bool:
        return self._indexing.builtin_stale(self._encoder_name()) or self._broken(self._ours)

    def _theirs_stale(self, scans: Sequence[folders.Scan]) -> bool:
        return self._indexing.own_stale(self._encoder_name(), scans) or self._broken(self._theirs)

    def _broken(self, shelf: Shelf[BuiltinState] | Shelf[OwnState]) -> bool:
        shelf.current()
        if shelf.damage:
            self._indexing.tell_rebuilt(shelf.damage)
        return shelf.damage is not None

    @contextmanager
    def _writing(self, patience: float = PATIENCE) -> Iterator[None]:
        """The index's lock, for this process and thread alone. StudyError `index-busy` or `index-unwritable`."""
        try:
            self._index.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self._index / "writing.lock", timeout=patience, thread_local=False)
            with lock:
                yield
        except Timeout as error:
            raise StudyError("index-busy", path=str(self._index)) from error
        except OSError as error:
            raise StudyError("index-unwritable", path=str(self._index), reason=error.strerror or str(error)) from error

    def _encoder_name(self) -> str:
        """The name of the encoder in force: `none` where it could not be loaded."""
        if self._encoder_tried:
            return self._encoder.name if self._encoder else states.NO_ENCODER
        if self._embedding == "none":
            return states.NO_ENCODER
        try:
            return encoder_name(self._embedding)
        except StudyError as error:
            self._error, self._encoder_tried = str(error), True
            return states.NO_ENCODER

    def _load_encoder(self) -> Encoder | None:
        with self._encoder_lock:
            if not self._encoder_tried:
                try:
                    self._encoder = load(self._embedding, self._index / "encoder")
                except StudyError as error:
                    self._error = str(error)
                self._encoder_tried = True
            return self._encoder

    def _load_reader(self) -> ContextEncoder | None:
        with self._encoder_lock:
            if not self._reader_tried:
                self._reader, self._reader_tried = context_encoder.load(), True
            return self._reader

    def _state(self) -> BuiltinState:
        """Our notes' current state, made before the first question or where it was removed."""
        state = self._ours.current()
        if not self._ready or not state.sections:
            with self._lock:
                if not self._ready or not self._ours.current().sections:
                    self._first_sync()
            state = self._ours.current()
        return state

    def _first_sync(self) -> None:
        """Before the first question; a state that is there answers while another process builds the next."""
        there = bool(self._ours.current().sections) and self._ours.damage is None
        try:
            for _ in self._sync(0 if there else PATIENCE):
                pass
        except StudyError as error:
            if not there or error.code not in ("index-busy", "index-unwritable"):
                raise
            self._error = str(error) if error.code == "index-unwritable" else self._error

    def state(self) -> IndexState:
        """What is indexed now, without bringing it up to date."""
        ours, theirs = self._ours.current(), self._theirs.current()
        files = [one for one in theirs.files.values() if not one["reason"]]
        second = self._embedding != "none" and context_encoder.available()
        return IndexState(
            self._encoder_name(),
            context_encoder.NAME if second else states.NO_ENCODER,
            len(ours.sections),
            len(ours.passages),
            ours.asked,
            len(folders.registered(self._index)),
            len(files),
            len(theirs.passages),
            self._indexing.told_rebuilt(),
            self._error,
        )

    # finding

    def find(self, question: str, *, language: Language | None = None, earlier: Sequence[str] = ()) -> Found:
        """What the notes have for this question. `language` None: that of the question."""
        from knowledge.searching import search

        return search(question, self.corpus(), language=language, earlier=earlier)

    def corpus(self) -> IndexedCorpus:
        """The state of the index that a question is answered from."""
        ours, theirs = self._state(), self._theirs.current()
        return IndexedCorpus(ours, theirs, self._load_encoder(), self._load_reader, self._indexing.store, self._failed)

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
        with self._lock:
            if self._watching is None:
                self._watching = Watching(lambda: folders.registered(self._index), self._changed)
                self._watching.start()

    def _changed(self) -> None:
        """A change on disk; what fails is told and tried again with the next one."""
        try:
            self._bring()
        except StudyError as error:
            self._error = str(error)
        except Exception as error:
            self._error = f"{type(error).__name__}: {error}"
            _log.warning("notes could not be indexed", exc_info=True)

    def close(self) -> None:
        """Stop watching and let the store go."""
        watching, self._watching = self._watching, None
        if watching is not None:
            watching.stop()
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

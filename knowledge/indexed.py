"""The current state of the index in this process, and how finding asks it (`knowledge.corpus.Corpus`)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np

from knowledge import snapshot, states
from knowledge.context_encoder import ContextEncoder
from knowledge.corpus import Candidate, Scores, Vector, Vectors
from knowledge.encoder import Encoder
from knowledge.errors import StudyError
from knowledge.passages import Passage, Section
from knowledge.snapshot import Damaged, Stamp, Table
from knowledge.states import BuiltinState, OwnState
from knowledge.store import Store

State = TypeVar("State")
EXACT_UP_TO = 4_000
"""Rows of the learner's notes up to which each is compared; beyond, the store's graph gives the nearest."""


class Shelf(Generic[State]):
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
            for _ in range(3):  # a writer may replace the state between its stamp and its files
                try:
                    stamp = snapshot.read_stamp(self._folder)
                    if stamp is not None and stamp != self._stamp:
                        facts, tables = snapshot.read(self._folder, stamp, self._names)
                        self._state, self._stamp = self._make(facts, tables), stamp
                    self.damage = None
                    break
                except (Damaged, KeyError, ValueError, TypeError) as error:
                    self.damage = str(error)
            return self._state


@dataclass(frozen=True)
class IndexedCorpus:
    """One state of both, as finding asks it (`knowledge.corpus.Corpus`)."""

    ours: BuiltinState
    theirs: OwnState
    loaded: Encoder | None
    reader: Callable[[], ContextEncoder | None] = lambda: None
    store: Store | None = None
    failed: Callable[[StudyError], None] = lambda _: None
    """Told where the encoder does not answer: the question is then searched by its words."""

    @property
    def sections(self) -> Mapping[str, Section]:
        return self.ours.sections

    @property
    def passages(self) -> tuple[Passage, ...]:
        return self.ours.passages

    @property
    def passage_vectors(self) -> Vectors:
        return self.ours.passage_table.vectors

    @property
    def encoder(self) -> str:
        return self.loaded.name if self.loaded else states.NO_ENCODER

    def embed(self, text: str) -> Vector | None:
        try:
            return self.loaded.vector(text) if self.loaded else None
        except StudyError as error:
            self.failed(error)
            return None

    def context(self, text: str) -> Vector | None:
        reader = self.reader()
        return reader.vector(text) if reader else None

    def passage_bm25(self, tokens: Sequence[str]) -> Scores:
        return self.ours.passage_table.statistics.of(tokens)

    def own(self, vector: Vector | None, tokens: Sequence[str], count: int = 50) -> tuple[Candidate, ...]:
        state = self.theirs
        if not state.passages:
            return ()
        bm25 = _best_piece(state.table.statistics.of(tokens), state)
        chosen = {one for one in _first(bm25, count) if bm25[one] > 0}
        if vector is None or state.table.vectors.shape[1] != len(vector):
            return tuple(Candidate(state.passages[one], 0.0, float(bm25[one])) for one in sorted(chosen))
        near = self._near(vector, count)
        if near is None:
            cosine = _best_piece(np.asarray(state.table.vectors @ vector, dtype=np.float32), state)
            chosen.update(_first(cosine, count))
            return tuple(Candidate(state.passages[one], float(cosine[one]), float(bm25[one])) for one in sorted(chosen))
        chosen.update(near)
        found: list[Candidate] = []
        for one in sorted(chosen):
            rows = state.rows_of(one)
            best = float(np.max(state.table.vectors[rows.start : rows.stop] @ vector))
            found.append(Candidate(state.passages[one], best, float(bm25[one])))
        return tuple(found)

    def _near(self, vector: Vector, count: int) -> set[int] | None:
        """The passages that the store finds nearest; None where each row is to be compared."""
        state = self.theirs
        if self.store is None or len(state.table.hashes) <= EXACT_UP_TO:
            return None
        found = self.store.nearest("own", self.encoder, vector, count)
        if found is None:
            return None
        known = [state.number_of[ident] for ident in (one.rpartition("/")[0] for one in found) if ident in state.number_of]
        return set(known) if len(known) >= min(count, len(state.passages)) // 2 else None

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

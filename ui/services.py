"""The handles that all sessions of the page share: settings, library, journal, answers at work. One `House` a server.

Making a house is instant; what takes time (importing, indexing, loading the encoder) begins at once in a thread, and `warmth`
says how far it is. Scripts only read from here: whatever waits, waits in a worker.
"""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from assistant import settings as chosen_settings
from assistant.answers.answer import AnswerEvent
from assistant.journal import Journal
from assistant.settings import LanguageChoice, Settings
from knowledge.errors import StudyError
from ui.asking import Desk
from ui.bench import Bench
from ui.chores import Chores
from ui.gate import Gate

if TYPE_CHECKING:
    from knowledge.reference import Library


logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Warmth:
    """How far the loading is: `done` of `total` notes indexed; `ready` once questions are answered at full speed."""

    phase: str = "importing"
    done: int = 0
    total: int = 0
    ready: bool = False
    error: StudyError | None = None


class House:
    """Everything behind the page. Threads may use all of it; the library loads at its first use."""

    def __init__(self, settings: Settings) -> None:
        from knowledge.reference import Library

        self.settings = settings
        self.journal = Journal(settings.journal_file)
        self.notes: Library = Library(settings.index_folder, embedding=settings.embedding)
        self.desk = Desk(self.journal, self._answer)
        self.bench = Bench(settings, self.journal)
        self.gate = Gate(settings, self.journal)
        self.chores = Chores()
        self.warmth = Warmth()

    def warm(self) -> None:
        """Import, index and load, in a thread, so that the first question finds everything in place."""
        threading.Thread(target=self._warm, name="warming", daemon=True).start()

    def _warm(self) -> None:
        try:
            for step in self.notes.sync():
                self.warmth = Warmth(step.phase, step.done, step.total)
            self.notes.find("파드")
            self.warmth = Warmth("ready", ready=True)
            self.notes.watch()
        except StudyError as error:
            self.warmth = Warmth("failed", ready=True, error=error)
        except Exception as error:
            # Nobody is above this thread; the page must say it, and each question will say it again.
            logger.exception("the notes could not be loaded")
            self.warmth = Warmth(
                "failed", ready=True, error=StudyError("loading-failed", reason=f"{type(error).__name__}: {error}")
            )
        # What only the lab needs; a live run would else wait for it.
        import assistant.demos.catalogue  # noqa: F401

        # What is loaded now stays: no collection need look at it again.
        gc.collect()
        gc.freeze()

    def _answer(
        self, question: str, language: LanguageChoice, history: Sequence[str], *, alone: bool = False
    ) -> Iterator[AnswerEvent]:
        from assistant.answers.answering import ask

        composer = None if alone else _composer(self.settings)
        return ask(self.notes, question, language=language, history=history, composer=composer)

    def apply(self, settings: Settings) -> None:
        """Take changed settings into use; another encoder waits for the next start."""
        self.settings = settings
        self.bench.settings = settings
        self.gate.settings = settings
        self.gate.look()

    def close(self) -> None:
        """Stop runs, watchers and the journal's connections."""
        self.bench.close()
        self.notes.close()
        self.journal.close()


def _composer(settings: Settings) -> Any:
    """The chat model that is chosen, if any."""
    if not settings.model:
        return None
    from assistant.answers.chat_model import composer

    return composer(settings)


@st.cache_resource(show_spinner=False)
def house() -> House:
    """The one house of this server."""
    made = House(chosen_settings.load())
    made.warm()
    return made

"""Questions at work: each is answered by a worker thread into an append-only list of events, and kept in the journal.

The page only reads: a reload, a click or a language switch meanwhile loses nothing. Questions of one conversation are answered
one after the other, so that each knows those before it. The same text twice within a second is one question: a page that
is being redrawn now and then submits twice.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Protocol

from assistant.answers.answer import Answer, Answered, AnswerEvent, Said
from assistant.journal import Journal
from assistant.settings import LanguageChoice
from knowledge.errors import StudyError

logger = logging.getLogger(__name__)

SAME_WITHIN = 1.0
"""Seconds within which the same text is the same question."""
REMEMBERED = 8
"""So many earlier questions a follow-up may refer to."""


class Answering(Protocol):
    """What answers: `history` are the questions before this one, oldest first."""

    def __call__(self, question: str, language: LanguageChoice, history: Sequence[str]) -> Iterator[AnswerEvent]: ...


class Asking:
    """One question on its way. `over` is set once the answer is kept, or `error` says why there is none."""

    def __init__(self, number: int, question: str) -> None:
        self.number = number
        self.question = question
        self.events: list[AnswerEvent] = []
        self.error: StudyError | None = None
        self.over = threading.Event()

    @property
    def text(self) -> str:
        """What has been said so far."""
        return "".join(event.text for event in self.events if isinstance(event, Said))


class Desk:
    """Takes questions and has them answered. Thread-safe; one a server."""

    def __init__(self, journal: Journal, answering: Answering) -> None:
        self._journal = journal
        self._answering = answering
        self._lock = threading.Lock()
        self._open: dict[str, list[Asking]] = {}
        self._last: dict[str, tuple[str, float]] = {}
        self._count = 0

    def ask(self, conversation: str, question: str, language: LanguageChoice) -> Asking | None:
        """Have a question answered; None where the same one has just been asked."""
        with self._lock:
            text, at = self._last.get(conversation, ("", 0.0))
            now = time.monotonic()
            if text == question and now - at < SAME_WITHIN:
                return None
            self._last[conversation] = (question, now)
            self._count += 1
            asking = Asking(self._count, question)
            ahead = [one for one in self._open.get(conversation, ()) if not one.over.is_set()]
            kept = [one for one in self._open.get(conversation, ()) if one.error is not None or not one.over.is_set()]
            self._open[conversation] = [*kept, asking]
        worker = threading.Thread(
            target=self._answer, args=(asking, conversation, language, ahead), name=f"asking-{asking.number}", daemon=True
        )
        worker.start()
        return asking

    def at_work(self, conversation: str) -> tuple[Asking, ...]:
        """The questions of a conversation that have no answer in the journal: on their way, or failed."""
        with self._lock:
            return tuple(one for one in self._open.get(conversation, ()) if one.error is not None or not one.over.is_set())

    def drop(self, conversation: str, number: int) -> None:
        """Forget a question that failed."""
        with self._lock:
            self._open[conversation] = [one for one in self._open.get(conversation, ()) if one.number != number]

    def _answer(self, asking: Asking, conversation: str, language: LanguageChoice, ahead: list[Asking]) -> None:
        try:
            for earlier in ahead:
                earlier.over.wait()
            answer = self._composed(asking, conversation, language)
            self._journal.keep_answer(conversation, answer)
        except StudyError as error:
            asking.error = error
        except Exception as error:
            # A worker has nobody above it: an error of ours must reach the learner, and the log.
            logger.exception("a question was not answered")
            asking.error = StudyError("answer-failed", reason=f"{type(error).__name__}: {error}")
        finally:
            asking.over.set()

    def _composed(self, asking: Asking, conversation: str, language: LanguageChoice) -> Answer:
        history = [message.answer.question for message in self._journal.messages(conversation)][-REMEMBERED:]
        for event in self._answering(asking.question, language, history):
            asking.events.append(event)
            if isinstance(event, Answered):
                return event.answer
        raise RuntimeError("the answer has no end")

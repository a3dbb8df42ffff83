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
from contextlib import closing
from dataclasses import replace
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

    def __call__(
        self, question: str, language: LanguageChoice, history: Sequence[str], *, alone: bool = False
    ) -> Iterator[AnswerEvent]:
        """`alone`: from the notes, without the chat model."""
        ...


class Asking:
    """One question on its way. `over` is set once the answer is kept, or `error` says why there is none."""

    def __init__(self, number: int, question: str, language: LanguageChoice) -> None:
        self.number = number
        self.question = question
        self.language = language
        self.events: list[AnswerEvent] = []
        self.error: StudyError | None = None
        self.over = threading.Event()
        self._claim = threading.Lock()

    def claim(self) -> bool:
        """True for the first that asks: whoever has it ends the question, the other one's work is dropped."""
        return self._claim.acquire(blocking=False)

    @property
    def claimed(self) -> bool:
        return self._claim.locked()

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
            asking = Asking(self._count, question, language)
            ahead = [one for one in self._open.get(conversation, ()) if not one.over.is_set()]
            kept = [one for one in self._open.get(conversation, ()) if one.error is not None or not one.over.is_set()]
            self._open[conversation] = [*kept, asking]
        worker = threading.Thread(
            target=self._answer, args=(asking, conversation, ahead), name=f"asking-{asking.number}", daemon=True
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

    def stop(self, conversation: str, number: int) -> None:
        """Let the chat model go, at once: the notes alone answer instead. Nothing where the answer is there already."""
        for asking in self.at_work(conversation):
            if asking.number == number and asking.claim():
                threading.Thread(
                    target=self._end, args=(asking, conversation, True), name=f"stopping-{number}", daemon=True
                ).start()

    def _answer(self, asking: Asking, conversation: str, ahead: list[Asking]) -> None:
        for earlier in ahead:
            earlier.over.wait()
        self._end(asking, conversation, False)

    def _end(self, asking: Asking, conversation: str, stopped: bool) -> None:
        answer, trouble = None, None
        try:
            answer = self._composed(asking, conversation, alone=stopped)
        except StudyError as error:
            trouble = error
        except Exception as error:
            # A worker has nobody above it: an error of ours must reach the learner, and the log.
            logger.exception("a question was not answered")
            trouble = StudyError("answer-failed", reason=f"{type(error).__name__}: {error}")
        if not stopped and not asking.claim():
            return
        try:
            if answer is not None:
                self._journal.keep_answer(conversation, replace(answer, fell_back="model-stopped") if stopped else answer)
        except StudyError as error:
            trouble = error
        asking.error = trouble
        asking.over.set()

    def _composed(self, asking: Asking, conversation: str, *, alone: bool) -> Answer | None:
        """The answer; None where the question was stopped meanwhile."""
        history = [message.answer.question for message in self._journal.messages(conversation)][-REMEMBERED:]
        ways = {"alone": True} if alone else {}
        with closing(self._answering(asking.question, asking.language, history, **ways)) as events:  # type: ignore[type-var]
            for event in events:
                if asking.claimed and not alone:
                    return None
                if isinstance(event, Answered):
                    return event.answer
                if not alone:
                    asking.events.append(event)
        raise RuntimeError("the answer has no end")

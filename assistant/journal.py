"""What happened: conversations, refused questions, consents, runs, every write to a cluster. SQLite in WAL mode, one file.

Several processes may hold it open. Times are ISO 8601 in UTC. Keys, tokens and addresses of model vendors never enter.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.answers.answer import Answer, from_kept, to_kept
from assistant.lab.events import DemoFinished, Moment, from_line, to_line
from knowledge.errors import StudyError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine
    from sqlalchemy.engine import RowMapping


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class Message:
    """A question of a conversation and its answer."""

    id: int
    at: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as a list shows it: `title` is its first question."""

    id: str
    begun: str
    title: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A question the notes did not cover: what a teacher could write next."""

    id: int
    at: str
    language: str
    question: str
    nearest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """An answer a learner called wrong, with their comment."""

    id: int
    at: str
    question: str
    answer: Answer
    comment: str


@dataclass(frozen=True, slots=True)
class Consent:
    """A cluster, by the UID of its kube-system namespace, on which live runs were agreed to."""

    uid: str
    context: str
    at: str


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run that was begun. `ending` and `outcome` are None while it runs, or where its process died."""

    id: str
    demo: str
    live: bool
    predicted: str | None
    begun: str
    ending: str | None
    outcome: str | None
    predicted_right: bool | None


@dataclass(frozen=True, slots=True)
class Write:
    """One change that a run made to a cluster."""

    at: str
    run: str
    context: str
    namespace: str
    verb: str
    kind: str
    name: str


class Journal:
    """The journal of one KUBENOTE_HOME; opened (and made) at first use. StudyError `journal-broken` where the file is none."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._engine: Engine | None = None
        self._opening = threading.Lock()

    @property
    def file(self) -> Path:
        return self._file

    def close(self) -> None:
        with self._opening:
            engine, self._engine = self._engine, None
        if engine is not None:
            engine.dispose()

    def _opened(self) -> Engine:
        """The engine, made once whichever thread is first."""
        with self._opening:
            if self._engine is None:
                self._engine = _opened(self._file)
            return self._engine

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        from sqlalchemy.exc import DatabaseError

        try:
            with self._opened().begin() as connection:
                yield connection
        except (DatabaseError, OSError) as error:
            reason = str(getattr(error, "orig", error))
            raise StudyError("journal-broken", path=str(self._file), reason=reason) from error

    def _rows(self, statement: Any) -> list[RowMapping]:
        with self._transaction() as connection:
            return list(connection.execute(statement).mappings())

    def _write(self, statement: Any) -> int:
        """Execute a change and give the number of rows it touched."""
        with self._transaction() as connection:
            return connection.execute(statement).rowcount

    # conversations

    def begin_conversation(self) -> str:
        """A new conversation's id: unguessable, since whoever knows it may read on in it."""
        from assistant.tables import conversations

        name = secrets.token_urlsafe(12)
        self._write(conversations.insert().values(id=name, begun=now()))
        return name

    def has_conversation(self, conversation: str) -> bool:
        from assistant.tables import conversations

        return bool(self._rows(conversations.select().where(conversations.c.id == conversation)))

    def keep_answer(self, conversation: str, answer: Answer) -> int:
        """Add an answer to a conversation; a refusal is kept for the teacher besides. Gives the message's id."""
        from assistant.tables import messages

        row = {"conversation": conversation, "at": now(), "question": answer.question, "answer": json.dumps(to_kept(answer))}
        self.keep_refusal(answer)
        with self._transaction() as connection:
            made = connection.execute(messages.insert().values(**row)).inserted_primary_key
        return int(made[0]) if made else 0

    def messages(self, conversation: str) -> tuple[Message, ...]:
        """The messages of a conversation, oldest first."""
        from assistant.tables import messages

        rows = self._rows(messages.select().where(messages.c.conversation == conversation).order_by(messages.c.id))
        return tuple(Message(row["id"], row["at"], from_kept(json.loads(row["answer"]))) for row in rows)

    def conversations(self, limit: int = 50) -> tuple[Conversation, ...]:
        """The conversations in which something was asked, newest first."""
        from sqlalchemy import func, select

        from assistant.tables import conversations, messages

        first = (
            select(messages.c.conversation, func.min(messages.c.id).label("id")).group_by(messages.c.conversation).subquery()
        )
        asked = (
            select(conversations.c.id, conversations.c.begun, messages.c.question.label("title"))
            .join(first, first.c.conversation == conversations.c.id)
            .join(messages, messages.c.id == first.c.id)
            .order_by(messages.c.id.desc())
            .limit(limit)
        )
        return tuple(Conversation(**row) for row in self._rows(asked))

    def forget_conversation(self, conversation: str) -> None:
        from assistant.tables import conversations

        self._write(conversations.delete().where(conversations.c.id == conversation))

    # what a teacher should write next

    def keep_refusal(self, answer: Answer) -> None:
        """Keep a question that was refused; an answer that was given is no refusal and leaves no trace here."""
        from assistant.tables import refusals

        if answer.kind != "not_covered":
            return
        nearest = json.dumps([near.section for near in answer.nearest])
        row = {"at": now(), "language": answer.language, "question": answer.question, "nearest": nearest}
        self._write(refusals.insert().values(**row))

    def refusals(self) -> tuple[Refusal, ...]:
        from assistant.tables import refusals

        rows = self._rows(refusals.select().order_by(refusals.c.id.desc()))
        return tuple(Refusal(**{**row, "nearest": tuple(json.loads(row["nearest"]))}) for row in rows)

    def report_wrong(self, answer: Answer, comment: str) -> None:
        """Keep an answer that a learner calls wrong."""
        from assistant.tables import reports

        form = json.dumps(to_kept(answer))
        self._write(reports.insert().values(at=now(), question=answer.question, answer=form, comment=comment))

    def reports(self) -> tuple[Report, ...]:
        from assistant.tables import reports

        rows = self._rows(reports.select().order_by(reports.c.id.desc()))
        return tuple(Report(**{**row, "answer": from_kept(json.loads(row["answer"]))}) for row in rows)

    # consent

    def agreed(self, uid: str) -> bool:
        from assistant.tables import consents

        return bool(uid) and bool(self._rows(consents.select().where(consents.c.uid == uid)))

    def agree(self, uid: str, context: str) -> None:
        from sqlalchemy.dialects.sqlite import insert

        from assistant.tables import consents

        row = {"uid": uid, "context": context, "at": now()}
        self._write(insert(consents).values(**row).on_conflict_do_update(index_elements=["uid"], set_=row))

    def withdraw(self, uid: str) -> None:
        from assistant.tables import consents

        self._write(consents.delete().where(consents.c.uid == uid))

    def consents(self) -> tuple[Consent, ...]:
        from assistant.tables import consents

        return tuple(Consent(**row) for row in self._rows(consents.select().order_by(consents.c.at)))

    # runs

    def begin_run(self, run: str, demo: str, *, live: bool, predicted: str | None) -> None:
        from assistant.tables import runs

        self._write(runs.insert().values(id=run, demo=demo, live=live, predicted=predicted, begun=now(), moments=""))

    def finish_run(self, run: str, moments: Iterable[Moment]) -> None:
        """Keep what happened in a run; the last moment says how it ended."""
        from assistant.tables import runs

        kept = list(moments)
        last = kept[-1].event if kept else None
        ended: dict[str, Any] = {"ending": "failed"}
        if isinstance(last, DemoFinished):
            outcome = last.verdict.outcome if last.verdict else None
            ended = {"ending": last.ending, "outcome": outcome, "predicted_right": last.predicted_right}
        lines = "\n".join(to_line(moment) for moment in kept)
        self._write(runs.update().where(runs.c.id == run).values(moments=lines, **ended))

    def runs(self, demo: str | None = None, limit: int = 200) -> tuple[PastRun, ...]:
        """Past runs, newest first, live and replayed."""
        from sqlalchemy import select

        from assistant.tables import runs

        shown = select(*(column for column in runs.c if column.name != "moments"))
        if demo is not None:
            shown = shown.where(runs.c.demo == demo)
        newest_first = shown.order_by(runs.c.begun.desc(), runs.c.id).limit(limit)
        return tuple(PastRun(**row) for row in self._rows(newest_first))

    def moments(self, run: str) -> tuple[Moment, ...]:
        """What happened in a past run, to be drawn or exported again."""
        from assistant.tables import runs

        rows = self._rows(runs.select().where(runs.c.id == run))
        return tuple(from_line(line) for row in rows for line in row["moments"].splitlines())

    def record_write(self, run: str, context: str, namespace: str, verb: str, kind: str, name: str) -> None:
        """Keep one change that a run makes to a cluster."""
        from assistant.tables import writes

        row = {"run": run, "context": context, "namespace": namespace, "verb": verb, "kind": kind, "name": name}
        self._write(writes.insert().values(at=now(), **row))

    def writes(self, limit: int = 500) -> tuple[Write, ...]:
        """The latest changes that were made to clusters, newest first."""
        from assistant.tables import writes

        rows = self._rows(writes.select().order_by(writes.c.id.desc()).limit(limit))
        return tuple(Write(**{name: value for name, value in row.items() if name != "id"}) for row in rows)


def _opened(file: Path) -> Engine:
    """The engine of a journal file with its tables made; StudyError `journal-newer` where a later Kubenote wrote it."""
    from sqlalchemy import create_engine, event

    from assistant.tables import SCHEMA, metadata

    file.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{file}", connect_args={"timeout": 10})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL"):
            connection.execute(f"PRAGMA {pragma}")

    try:
        with engine.begin() as connection:
            version = int(connection.exec_driver_sql("PRAGMA user_version").scalar() or 0)
            if version > SCHEMA:
                raise StudyError("journal-newer", path=str(file))
            metadata.create_all(connection)
            connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA}")
    except BaseException:
        engine.dispose()
        raise
    return engine

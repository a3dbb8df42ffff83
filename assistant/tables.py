"""The journal's tables (SQLAlchemy Core). `SCHEMA` rises with each change; `journal.py` brings older files up to it."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, MetaData, String, Table, Text

SCHEMA = 1

metadata = MetaData()

conversations = Table(
    "conversations",
    metadata,
    Column("id", String, primary_key=True),
    Column("begun", String, nullable=False),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", String, nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),  # JSON of answers.to_kept
)

refusals = Table(
    "refusals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", String, nullable=False),
    Column("language", String, nullable=False),
    Column("question", Text, nullable=False),
    Column("nearest", Text, nullable=False),
)

reports = Table(
    "reports",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", String, nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("comment", Text, nullable=False),
)

consents = Table(
    "consents",
    metadata,
    Column("uid", String, primary_key=True),  # of the kube-system namespace
    Column("context", String, nullable=False),
    Column("at", String, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", String, primary_key=True),
    Column("demo", String, nullable=False, index=True),
    Column("live", Boolean, nullable=False),
    Column("predicted", String),
    Column("begun", String, nullable=False),
    Column("ending", String),
    Column("outcome", String),
    Column("predicted_right", Boolean),
    Column("moments", Text, nullable=False, default=""),  # JSON lines of lab.events
)

writes = Table(
    "writes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", String, nullable=False),
    Column("run", String, nullable=False, index=True),
    Column("context", String, nullable=False),
    Column("namespace", String, nullable=False),
    Column("verb", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("name", String, nullable=False),
)

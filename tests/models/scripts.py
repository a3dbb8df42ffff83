"""What a stand-in model server does with a request: pieces of text, pauses, cuts, statuses. Data, shared by both servers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Script:
    """One answer of a server: what it streams, or the status it refuses with.

    `cut` ends the connection after that many pieces, without the protocol's ending; `stalled` waits for `released` of the
    server before the first piece. `tool` is a call of a tool (name, arguments) that comes before the text.
    """

    pieces: Sequence[str] = ()
    status: int = 200
    error: str = "the model is unwell"
    cut: int | None = None
    stalled: bool = False
    tool: tuple[str, Mapping[str, Any]] | None = None
    garbage: str = ""
    usage: tuple[int, int] = (120, 30)
    refuses_tools: bool = False


@dataclass
class Received:
    """A request as it arrived."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def words(self) -> str:
        """Everything that the model was told, as one text."""
        return "\n".join(str(message.get("content") or "") for message in self.body.get("messages", []))


@dataclass
class Log:
    """All requests so far."""

    received: list[Received] = field(default_factory=list)


def by_words(text: str) -> list[str]:
    """A text as a model streams it: a few characters a piece, so that marks and sentences are torn apart."""
    return [text[place : place + 3] for place in range(0, len(text), 3)]

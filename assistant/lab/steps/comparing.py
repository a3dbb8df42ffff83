"""Comparing what two sendings of one run met. No requests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from assistant.lab.demo import Text
from assistant.lab.events import Event, Measured
from assistant.lab.sandbox import Sandbox
from assistant.lab.steps.verb import Verb


@dataclass(frozen=True, slots=True)
class Newcomers(Verb):
    """Count the pods that answered the later sending and not the earlier one; both named as `Send` measures them.

    Measures `name`; nothing where one of the two met nobody. A pod's name is never given out twice in a ReplicaSet.
    """

    say: Text
    earlier: str
    later: str
    name: str = "newcomers"
    verb: ClassVar[str] = "compare"

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        earlier, later = (_names(sandbox, key) for key in (self.earlier, self.later))
        if earlier and later:
            yield Measured(self.name, len(later - earlier))


def _names(sandbox: Sandbox, key: str) -> set[str]:
    return {name for name in sandbox.memory.get(f"{key}_names", "").split(",") if name}

"""Patch: change fields of an object that is there; the watch tells whether it took effect, whoever typed it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from assistant.lab.demo import Text
from assistant.lab.events import Event
from assistant.lab.sandbox import Sandbox
from assistant.lab.steps.verb import Verb


def contains(form: object, change: object) -> bool:
    """All that the change says is so in the object. Lists of named things are compared by name, as a strategic merge does."""
    if isinstance(change, Mapping):
        return isinstance(form, Mapping) and all(contains(form.get(key), value) for key, value in change.items())
    if isinstance(change, (list, tuple)):
        have: Sequence[Any] = form if isinstance(form, (list, tuple)) else ()
        return all(any(contains(one, wanted) and _same_name(one, wanted) for one in have) for wanted in change)
    return form == change


def _same_name(one: object, other: object) -> bool:
    return not (isinstance(one, Mapping) and isinstance(other, Mapping)) or one.get("name") == other.get("name")


@dataclass(frozen=True, slots=True)
class Patch(Verb):
    """Merge this change into an object, as `typed` does by hand. `part` is a subresource such as scale."""

    say: Text
    kind: str
    name: str
    change: Mapping[str, Any]
    typed: tuple[str, ...]
    part: str = ""
    verb: ClassVar[str] = "patch"

    def arguments(self) -> tuple[str, ...]:
        return self.typed

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        sandbox.memory["mark"] = str(sandbox.seen.mark())
        style = "merge" if self.part else "strategic-merge"
        sandbox.patch(self.kind, self.name, self.change, part=self.part, style=style, verb=self.part or "patch")
        yield from ()

    def took_effect(self, sandbox: Sandbox) -> bool:
        """The watch shows the object with the change in it."""
        return contains(sandbox.seen.get(self.kind, self.name), sandbox.filled(self.change))

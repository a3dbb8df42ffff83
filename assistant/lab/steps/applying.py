"""Apply: make the declared objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from assistant.lab.demo import Text
from assistant.lab.events import Event
from assistant.lab.sandbox import Sandbox
from assistant.lab.steps.verb import Verb


@dataclass(frozen=True, slots=True)
class Apply(Verb):
    """Make these objects, in this order."""

    say: Text
    objects: tuple[Mapping[str, Any], ...]
    verb: ClassVar[str] = "apply"

    def arguments(self) -> tuple[str, ...]:
        return ("apply", "-f", "-")

    def manifests(self) -> tuple[Mapping[str, object], ...]:
        return self.objects

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        for form in self.objects:
            sandbox.create(dict(form))
        yield from ()

    def took_effect(self, sandbox: Sandbox) -> bool:
        """All of them are there."""
        return all(sandbox.seen.get(form["kind"], form["metadata"]["name"]) is not None for form in self.objects)

"""Patch: change fields of an object that is there; the watch tells whether it took effect, whoever typed it."""

from __future__ import annotations

import json
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
    """Merge this change into an object, as `kubectl patch` does."""

    say: Text
    kind: str
    name: str
    change: Mapping[str, Any]
    verb: ClassVar[str] = "patch"

    def arguments(self) -> tuple[str, ...]:
        return ("patch", self.kind.lower(), self.name, "-p", json.dumps(self.change))

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        sandbox.memory["mark"] = str(sandbox.seen.mark())
        sandbox.patch(self.kind, self.name, self.change, style="strategic-merge")
        yield from ()

    def took_effect(self, sandbox: Sandbox) -> bool:
        """The watch shows the object with the change in it."""
        return contains(sandbox.seen.get(self.kind, self.name), sandbox.filled(self.change))


@dataclass(frozen=True, slots=True)
class SetImage(Verb):
    """Give the pods of a Deployment another image: its template changes, so it rolls."""

    say: Text
    deployment: str
    image: str
    verb: ClassVar[str] = "set-image"

    def arguments(self) -> tuple[str, ...]:
        return ("set", "image", f"deployment/{self.deployment}", f"main={self.image}")

    def _patch(self) -> Patch:
        change = {"spec": {"template": {"spec": {"containers": [{"name": "main", "image": self.image}]}}}}
        return Patch(self.say, "Deployment", self.deployment, change)

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        return self._patch().perform(sandbox)

    def took_effect(self, sandbox: Sandbox) -> bool:
        return self._patch().took_effect(sandbox)


@dataclass(frozen=True, slots=True)
class SetType(Verb):
    """Change the type of a Service: ClusterIP, NodePort or LoadBalancer."""

    say: Text
    service: str
    type: str
    verb: ClassVar[str] = "set-type"

    def arguments(self) -> tuple[str, ...]:
        return self._patch().arguments()

    def _patch(self) -> Patch:
        return Patch(self.say, "Service", self.service, {"spec": {"type": self.type}})

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        return self._patch().perform(sandbox)

    def took_effect(self, sandbox: Sandbox) -> bool:
        return self._patch().took_effect(sandbox)

"""Scaling a Deployment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from assistant.lab.demo import Text
from assistant.lab.events import Event
from assistant.lab.sandbox import Sandbox
from assistant.lab.steps.verb import Verb


@dataclass(frozen=True, slots=True)
class Scale(Verb):
    """Set the number of pods a Deployment wants."""

    say: Text
    deployment: str
    replicas: int
    verb: ClassVar[str] = "scale"

    def arguments(self) -> tuple[str, ...]:
        return ("scale", f"deployment/{self.deployment}", f"--replicas={self.replicas}")

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        change = {"spec": {"replicas": self.replicas}}
        sandbox.patch("Deployment", self.deployment, change, part="scale", verb="scale")
        yield from ()

    def took_effect(self, sandbox: Sandbox) -> bool:
        found = sandbox.seen.get("Deployment", self.deployment)
        return found is not None and (found.get("spec") or {}).get("replicas") == self.replicas

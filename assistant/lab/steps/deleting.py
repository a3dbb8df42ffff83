"""Choosing a pod, deleting it, and seeing on the watch what came in its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from assistant.lab.demo import Text
from assistant.lab.events import Event, LogLine, Measured
from assistant.lab.sandbox import Sandbox
from assistant.lab.seen import Sighting, deleting, labels, ready
from assistant.lab.steps.verb import Verb
from knowledge.errors import StudyError


@dataclass(frozen=True, slots=True)
class ChoosePod(Verb):
    """Choose the oldest ready pod of an app; later steps know its name as `{pod}`."""

    say: Text
    app: str
    pod: str = "victim"
    verb: ClassVar[str] = "choose"

    def arguments(self) -> tuple[str, ...]:
        return ("get", "pods", "-l", f"app={self.app}")

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        found = [pod for pod in sandbox.seen.pods(self.app) if ready(pod)]
        if not found:
            raise StudyError("no-such-pod", app=self.app)
        sandbox.memory[self.pod] = str(found[0]["metadata"]["name"])
        yield LogLine("kubectl", sandbox.memory[self.pod])


@dataclass(frozen=True, slots=True)
class DeletePod(Verb):
    """Delete the pod remembered as `pod`, gracefully. The watch decides which one it was, so a learner may delete another."""

    say: Text
    app: str
    pod: str = "victim"
    verb: ClassVar[str] = "delete"

    def arguments(self) -> tuple[str, ...]:
        return ("delete", "pod", "{" + self.pod + "}")

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        sandbox.memory["mark"] = str(sandbox.seen.mark())
        name = sandbox.memory.get(self.pod, "")
        if not name or not sandbox.delete("Pod", name):
            raise StudyError("no-such-pod", app=name or self.app)
        yield from ()

    def took_effect(self, sandbox: Sandbox) -> bool:
        return victim(sandbox, self.app) is not None


def victim(sandbox: Sandbox, app: str) -> Sighting | None:
    """The first pod of the app seen on its way out, or gone, since the mark."""
    for one in sandbox.seen.since(int(sandbox.memory.get("mark", "0"))):
        if one.kind == "Pod" and labels(one.form).get("app") == app and (one.change == "deleted" or deleting(one.form)):
            return one
    return None


@dataclass(frozen=True, slots=True)
class SeeReplaced(Verb):
    """See on the watch how the deleted pod goes and whether another comes.

    Measures `replaced`, `added_before_gone`, `new_name`, `new_uid`, and the seconds after the deletion: `added_seconds`,
    `gone_seconds`. Without a replacement within `seconds`, `replaced` is False.
    """

    say: Text
    app: str
    seconds: float = 15.0
    verb: ClassVar[str] = "see-replaced"

    def arguments(self) -> tuple[str, ...]:
        return ("get", "pods", "-l", f"app={self.app}", "--watch")

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        old = sandbox.wait(lambda: victim(sandbox, self.app), self.seconds, "no-deletion-seen", app=self.app)
        assert old is not None
        mark = int(sandbox.memory["mark"])

        def found(change: str, same: bool) -> Sighting | None:
            for one in sandbox.seen.since(mark):
                mine = one.kind == "Pod" and one.change == change and labels(one.form).get("app") == self.app
                if mine and (one.uid == old.uid) is same:
                    return one
            return None

        def both() -> tuple[Sighting, Sighting] | None:
            new, gone = found("added", False), found("deleted", True)
            return (new, gone) if new and gone else None

        pair = sandbox.wait(both, self.seconds)
        new, gone = pair or (found("added", False), found("deleted", True))
        yield Measured("replaced", new is not None)
        if gone is not None:
            yield Measured("gone_seconds", round(gone.at - old.at, 2))
        if new is not None:
            yield Measured("added_seconds", round(new.at - old.at, 2))
            yield Measured("new_name", new.name != old.name)
            yield Measured("new_uid", new.uid != old.uid)
            yield Measured("added_before_gone", gone is None or new.at <= gone.at)

"""What kubectl's STATUS column says of a pod, and the event that says why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from assistant.lab.demo import Text
from assistant.lab.events import Event, LogLine, Measured
from assistant.lab.sandbox import Sandbox
from assistant.lab.seen import deleting, ready, reason
from assistant.lab.steps.verb import Verb


def shown_status(pod: dict[str, Any]) -> str:
    """STATUS as kubectl has it, with READY behind "Running": "Running 0/1", "CrashLoopBackOff", "Pending"."""
    phase = str((pod.get("status") or {}).get("phase", ""))
    if deleting(pod):
        return "Terminating"
    why = reason(pod)
    if why and why not in ("Unschedulable",):
        return why
    return f"Running {int(ready(pod))}/1" if phase == "Running" else phase


@dataclass(frozen=True, slots=True)
class Ailment:
    """A pod, the statuses it is predicted to show (any of them), and the reason of the event that explains it ("": none)."""

    pod: str
    statuses: tuple[str, ...]
    event: str = ""


@dataclass(frozen=True, slots=True)
class SeeStatuses(Verb):
    """Wait until each pod has shown its predicted status.

    Measures `as_predicted` and `of` (how many), `explained` (those whose event was seen) and `to_explain`, `statuses_seconds`,
    and for each pod `status_{pod}` (with _ for -): the predicted status it showed, else its last one.
    """

    say: Text
    ailments: tuple[Ailment, ...]
    seconds: float = 45.0
    verb: ClassVar[str] = "see-statuses"

    def arguments(self) -> tuple[str, ...]:
        return ("get", "pods", "--watch")

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        began = sandbox.seen.since(0)[0].at if sandbox.seen.mark() else 0.0
        shown: dict[str, str] = {}
        when: dict[str, float] = {}

        def all_shown() -> bool | None:
            for one in sandbox.seen.since(0):
                if one.kind == "Pod" and one.change != "deleted":
                    status = shown_status(one.form)
                    wanted = next((ailment.statuses for ailment in self.ailments if ailment.pod == one.name), ())
                    if status in wanted and one.name not in when:
                        shown[one.name], when[one.name] = status, one.at
            return len(when) == len(self.ailments) or None

        def explained() -> set[str]:
            told = {(one["involvedObject"]["name"], one.get("reason")) for one in sandbox.seen.all("Event")}
            return {ailment.pod for ailment in self.ailments if ailment.event and (ailment.pod, ailment.event) in told}

        to_explain = sum(bool(ailment.event) for ailment in self.ailments)
        sandbox.wait(all_shown, self.seconds)
        sandbox.wait(lambda: len(explained()) == to_explain or None, 10.0)
        for ailment in self.ailments:
            pod = sandbox.seen.get("Pod", ailment.pod)
            status = shown.get(ailment.pod) or (shown_status(pod) if pod else "")
            yield LogLine(ailment.pod, status)
            yield Measured(f"status_{ailment.pod.replace('-', '_')}", status)
        for one in sandbox.seen.all("Event"):
            if one.get("type") == "Warning":
                yield LogLine(str(one["involvedObject"]["name"]), f"{one.get('reason')}: {one.get('message', '')}"[:300])
        yield Measured("as_predicted", len(when))
        yield Measured("of", len(self.ailments))
        yield Measured("explained", len(explained()))
        yield Measured("to_explain", to_explain)
        if when:
            yield Measured("statuses_seconds", round(max(when.values()) - began, 1))

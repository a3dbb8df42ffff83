"""What a view shows of a run: frozen values that `progress.fold` makes from moments and that page and terminal draw. Pure.

What was not seen stays empty. A live run and a recording look the same; only `Progress.recorded`, set by the caller, differs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from assistant.lab import events
from assistant.lab.demo import Value, Verdict

StepState: TypeAlias = Literal["running", "learner", "done", "failed"]
Stage: TypeAlias = Literal["asked", "queued", "running", "cleaning", "ended", "refused"]


@dataclass(frozen=True, slots=True)
class StepView:
    """A step that has begun. `learner`: it waits for the learner to type `command`, at most `wait` seconds."""

    index: int
    verb: str
    command: str
    yaml: str
    started: float
    state: StepState = "running"
    seconds: float | None = None
    wait: float | None = None


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod as the watch last showed it, at run time `changed`; `gone` once its deletion was seen. `ready`: kubectl's READY."""

    name: str
    uid: str
    first_seen: float
    changed: float
    phase: str = ""
    reason: str = ""
    ready: str = ""
    restarts: int = 0
    ip: str = ""
    node: str = ""
    owner: str = ""
    version: str = ""
    labels: str = ""
    deleting: bool = False
    gone: bool = False

    @property
    def is_ready(self) -> bool:
        """Every container ready and the pod not on its way out."""
        there, _, wanted = self.ready.partition("/")
        return bool(wanted) and there == wanted and not (self.deleting or self.gone)

    @property
    def status(self) -> str:
        """What kubectl would show in its STATUS column."""
        return "Terminating" if self.deleting and not self.gone else self.reason or self.phase


@dataclass(frozen=True, slots=True)
class Workload:
    """A Deployment or a ReplicaSet."""

    kind: str
    name: str
    uid: str
    wanted: int = 0
    ready: int = 0
    owner: str = ""
    revision: str = ""


@dataclass(frozen=True, slots=True)
class ServiceView:
    """A Service; `endpoints` and `unready` are pod names from its EndpointSlices."""

    name: str
    type: str = ""
    cluster_ip: str = ""
    ports: str = ""
    node_port: str = ""
    external: str = ""
    endpoints: tuple[str, ...] = ()
    unready: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lane:
    """Traffic down one path: totals, and what the last report added (`fresh`, at run time `at`)."""

    name: str
    answers: Mapping[str, int] = field(default_factory=dict)
    failed: int = 0
    fresh: Mapping[str, int] = field(default_factory=dict)
    at: float = 0.0

    @property
    def total(self) -> int:
        return sum(self.answers.values()) + self.failed


@dataclass(frozen=True, slots=True)
class Progress:
    """What is to be seen of one run so far. Mappings are keyed by name and keep the order in which things appeared."""

    recorded: str | None = None
    """The date of the recording this run is played from; None for a live run."""
    stage: Stage = "asked"
    moments: int = 0
    elapsed: float = 0.0
    started: events.DemoStarted | None = None
    queue_place: int | None = None
    refused: events.Refused | None = None
    steps: tuple[StepView, ...] = ()
    pods: Mapping[str, Pod] = field(default_factory=dict)
    workloads: Mapping[tuple[str, str], Workload] = field(default_factory=dict)
    services: Mapping[str, ServiceView] = field(default_factory=dict)
    lanes: Mapping[str, Lane] = field(default_factory=dict)
    measured: Mapping[str, Value] = field(default_factory=dict)
    adjusted: tuple[events.Adjusted, ...] = ()
    changes: tuple[events.Changed, ...] = ()
    log: tuple[events.LogLine, ...] = ()
    failures: tuple[events.StepFailed, ...] = ()
    stopped: events.Stopped | None = None
    standing: Progress | None = None
    """What stood when the steps were over, before the cleanup took it away."""
    cleanup: events.CleanedUp | None = None
    finished: events.DemoFinished | None = None

    @property
    def demo(self) -> str | None:
        return self.started.demo if self.started else None

    @property
    def namespace(self) -> str | None:
        return self.started.namespace if self.started else None

    @property
    def platform(self) -> str | None:
        return self.started.platform if self.started else None

    @property
    def verdict(self) -> Verdict | None:
        return self.finished.verdict if self.finished else None

    @property
    def ending(self) -> events.Ending | None:
        return self.finished.ending if self.finished else None

    @property
    def over(self) -> bool:
        return self.stage in ("ended", "refused")

    @property
    def share(self) -> float:
        """How much is done, 0..1: whole steps, plus of the running one as much as time has passed of its share of the budget.

        A step never counts as done before it is: the running one fills at most nine tenths of its part.
        """
        if self.over:
            return 1.0
        if self.started is None or not self.started.steps:
            return 0.0
        total = self.started.steps
        done = sum(step.state in ("done", "failed") for step in self.steps)
        running = next((step for step in self.steps if step.state in ("running", "learner")), None)
        part = 0.0
        if running is not None:
            usual = max(self.started.budget_seconds / total, 0.5)
            part = min((self.elapsed - running.started) / usual, 0.9)
        return min((done + part) / total, 1.0)

"""What happens in a run: one frozen class a fact, and its JSON line. Pure: no I/O, no clock, no words.

A `Moment` is an event with its place in the run. Live runs and recordings are the same iterator of moments; what draws them
cannot tell the two apart. `SCHEMA` rises when a field changes its meaning: older recordings are then no longer current.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, TypeAlias, get_args

from assistant.lab.demo import Odds, Value, Verdict

SCHEMA = 1

Ending: TypeAlias = Literal["finished", "stopped", "failed"]


@dataclass(frozen=True, slots=True)
class Queued:
    """Another run holds the cluster; this one is at `place` in the queue (1: next)."""

    place: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The guard or the sandbox said no before anything was changed; `code` is an error code of ui/texts."""

    code: str
    facts: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DemoStarted:
    """The run begins. `platform` is as it was, e.g. "Minikube v1.38.1, driver none"; `date` is ISO 8601 UTC."""

    demo: str
    fingerprint: str
    date: str
    kubernetes: str
    platform: str
    context: str
    namespace: str
    steps: int
    budget_seconds: float


@dataclass(frozen=True, slots=True)
class StepStarted:
    """Step `step` (from 0) begins; `command` is the kubectl line that does the same, `yaml` what it applies ("" if none)."""

    step: int
    verb: str
    command: str
    yaml: str


@dataclass(frozen=True, slots=True)
class LearnersTurn:
    """The run waits for the learner to type `command` in their own terminal, for at most `seconds`."""

    step: int
    command: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Adjusted:
    """The platform differs from what is usual, and the expectation was adjusted; `code` is said in words by ui/texts."""

    code: str
    facts: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Changed:
    """We wrote to the cluster: `verb` is create, patch, delete, scale, ...; `name` the object."""

    verb: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class ObjectChanged:
    """An object as a watch showed it, whoever changed it. `view` has what the picture needs.

    Pod: phase, reason, ready ("1/1"), restarts, ip, node, owner, version, labels ("a=b,c=d"), deleting.
    Deployment and ReplicaSet: wanted, ready, owner, revision. Service: type, cluster_ip, ports, node_port, external.
    EndpointSlice: service, ready ("pod1,pod2"), unready.
    """

    change: Literal["added", "modified", "deleted"]
    kind: str
    name: str
    uid: str
    view: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class TrafficSeen:
    """Requests since the last one on this lane: how many each pod answered, how many failed. `lane` names the path taken.

    `lane` is one of: service (ClusterIP), api-proxy, port-forward, node-port, load-balancer, pod, keep-alive.
    """

    lane: str
    answers: Mapping[str, int]
    failed: int


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of a pod's log or of a command's output; text of the cluster, never trusted."""

    source: str
    text: str


@dataclass(frozen=True, slots=True)
class Measured:
    """A number (or word) this run measured; expectations, choices and verdict texts name it."""

    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class StepFinished:
    step: int
    seconds: float


@dataclass(frozen=True, slots=True)
class StepFailed:
    """Step `step` could not be done (-1: before the first or after the last); `code` is an error code of ui/texts."""

    step: int
    code: str
    facts: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stopped:
    """Nothing more is changed from here on; `by` is learner, signal or unwatched."""

    by: str


@dataclass(frozen=True, slots=True)
class CleanedUp:
    """The namespace of the run is gone, or `waiting` says why it is still there (the namespace's conditions)."""

    namespace: str
    gone: bool
    seconds: float
    waiting: str = ""


@dataclass(frozen=True, slots=True)
class DemoFinished:
    """The last event of every run that started."""

    ending: Ending
    verdict: Verdict | None
    predicted_right: bool | None


Event: TypeAlias = (
    Queued
    | Refused
    | DemoStarted
    | StepStarted
    | LearnersTurn
    | Adjusted
    | Changed
    | ObjectChanged
    | TrafficSeen
    | LogLine
    | Measured
    | StepFinished
    | StepFailed
    | Stopped
    | CleanedUp
    | DemoFinished
)

EVENTS: dict[str, type] = {kind.__name__: kind for kind in get_args(Event)}


@dataclass(frozen=True, slots=True)
class Moment:
    """An event with its place in the run: `n` counts from 0, `t` is seconds since the run was asked for (monotonic)."""

    run: str
    n: int
    t: float
    event: Event


def to_line(moment: Moment) -> str:
    """One JSON line: {"v":1,"run","n","t","event":"StepStarted", ...the event's own fields}."""
    form = {"v": SCHEMA, "run": moment.run, "n": moment.n, "t": round(moment.t, 3), "event": type(moment.event).__name__}
    return json.dumps({**form, **asdict(moment.event)}, ensure_ascii=False, separators=(",", ":"))


def from_line(line: str) -> Moment:
    """The moment of a JSON line; ValueError where it is none of ours."""
    try:
        form: dict[str, Any] = json.loads(line)
        kind = EVENTS[form["event"]]
        given = {f.name: form[f.name] for f in fields(kind) if f.name in form}
        if kind is DemoFinished and given["verdict"] is not None:
            verdict = given["verdict"]
            odds = verdict["odds"] and Odds(**verdict["odds"])
            given["verdict"] = Verdict(**{**verdict, "expected": tuple(verdict["expected"]), "odds": odds})
        return Moment(form["run"], form["n"], form["t"], kind(**given))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not an event line: {line[:200]}") from error

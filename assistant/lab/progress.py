"""Moments -> Progress, what a view shows of a run. Pure: the page and the terminal draw this and nothing else.

`fold` takes one moment further, so that a view that looks twice a second folds only what is new. It never forgets a pod that
answered, never counts a step as done before it is, and takes a recording as it takes a live run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import reduce

from assistant.lab import events
from assistant.lab.demo import Value
from assistant.lab.views import Lane, Pod, Progress, ServiceView, Stage, StepView, Workload

LOG_LINES = 200
"""So many log lines are kept for the view, the last ones."""


def _text(view: Mapping[str, Value], name: str) -> str:
    value = view.get(name, "")
    return "" if value is None else str(value)


def _number(view: Mapping[str, Value], name: str) -> int:
    try:
        return int(float(_text(view, name) or 0))
    except ValueError:
        return 0


def _names(view: Mapping[str, Value], name: str) -> tuple[str, ...]:
    return tuple(part for part in _text(view, name).split(",") if part)


def _pod(progress: Progress, event: events.ObjectChanged, at: float) -> Progress:
    before, view = progress.pods.get(event.name), event.view
    seen = Pod(
        name=event.name,
        uid=event.uid,
        first_seen=before.first_seen if before and before.uid == event.uid else at,
        changed=at,
        phase=_text(view, "phase"),
        reason=_text(view, "reason"),
        ready=_text(view, "ready"),
        restarts=_number(view, "restarts"),
        ip=_text(view, "ip"),
        node=_text(view, "node"),
        owner=_text(view, "owner"),
        version=_text(view, "version"),
        labels=_text(view, "labels"),
        deleting=bool(view.get("deleting", False)),
        gone=event.change == "deleted",
    )
    return replace(progress, pods={**progress.pods, event.name: seen})


def _workload(progress: Progress, event: events.ObjectChanged) -> Progress:
    key, view = (event.kind, event.name), event.view
    others = {name: one for name, one in progress.workloads.items() if name != key or event.change != "deleted"}
    if event.change != "deleted":
        others[key] = Workload(
            kind=event.kind,
            name=event.name,
            uid=event.uid,
            wanted=_number(view, "wanted"),
            ready=_number(view, "ready"),
            owner=_text(view, "owner"),
            revision=_text(view, "revision"),
        )
    return replace(progress, workloads=others)


def _service(progress: Progress, event: events.ObjectChanged) -> Progress:
    if event.change == "deleted":
        return replace(progress, services={name: one for name, one in progress.services.items() if name != event.name})
    before, view = progress.services.get(event.name, ServiceView(event.name)), event.view
    seen = replace(
        before,
        type=_text(view, "type"),
        cluster_ip=_text(view, "cluster_ip"),
        ports=_text(view, "ports"),
        node_port=_text(view, "node_port").removeprefix("0"),
        external=_text(view, "external"),
    )
    return replace(progress, services={**progress.services, event.name: seen})


def _endpoints(progress: Progress, event: events.ObjectChanged) -> Progress:
    service = _text(event.view, "service")
    if not service or (event.change == "deleted" and service not in progress.services):
        return progress
    before = progress.services.get(service, ServiceView(service))
    gone = event.change == "deleted"
    ready = () if gone else _names(event.view, "ready")
    unready = () if gone else _names(event.view, "unready")
    return replace(progress, services={**progress.services, service: replace(before, endpoints=ready, unready=unready)})


def _object(progress: Progress, event: events.ObjectChanged, at: float) -> Progress:
    match event.kind:
        case "Pod":
            return _pod(progress, event, at)
        case "Deployment" | "ReplicaSet":
            return _workload(progress, event)
        case "Service":
            return _service(progress, event)
        case "EndpointSlice":
            return _endpoints(progress, event)
        case _:
            return progress


def _traffic(progress: Progress, event: events.TrafficSeen, at: float) -> Progress:
    before = progress.lanes.get(event.lane, Lane(event.lane))
    answers = dict(before.answers)
    for pod, count in event.answers.items():
        answers[pod] = answers.get(pod, 0) + count
    lane = Lane(event.lane, answers, before.failed + event.failed, dict(event.answers), at)
    return replace(progress, lanes={**progress.lanes, event.lane: lane})


def _step(progress: Progress, index: int, **changes: object) -> Progress:
    """The steps with this one changed; a step that never began is left alone."""
    steps = tuple(replace(step, **changes) if step.index == index else step for step in progress.steps)  # type: ignore[arg-type]
    return replace(progress, steps=steps)


def _applied(progress: Progress, event: events.Event, at: float) -> Progress:
    match event:
        case events.Queued(place):
            return replace(progress, stage="queued", queue_place=place)
        case events.Refused():
            return replace(progress, stage="refused", refused=event, queue_place=None)
        case events.DemoStarted():
            return replace(progress, stage="running", started=event, queue_place=None)
        case events.StepStarted(step, verb, command, yaml):
            return replace(progress, steps=(*progress.steps, StepView(step, verb, command, yaml, at)))
        case events.LearnersTurn(step, command, seconds):
            return _step(progress, step, state="learner", command=command, wait=seconds)
        case events.StepFinished(step, seconds):
            return _step(progress, step, state="done", seconds=seconds)
        case events.StepFailed(step):
            failed = _step(progress, step, state="failed")
            stage: Stage = "cleaning" if progress.started else progress.stage
            return replace(failed, failures=(*progress.failures, event), stage=stage)
        case events.ObjectChanged():
            return _object(progress, event, at)
        case events.TrafficSeen():
            return _traffic(progress, event, at)
        case events.Adjusted():
            return replace(progress, adjusted=(*progress.adjusted, event))
        case events.Changed():
            return replace(progress, changes=(*progress.changes, event))
        case events.LogLine():
            return replace(progress, log=(*progress.log, event)[-LOG_LINES:])
        case events.Measured(name, value):
            return replace(progress, measured={**progress.measured, name: value})
        case events.Stopped():
            return replace(progress, stopped=event, stage="cleaning")
        case events.CleanedUp():
            return replace(progress, cleanup=event)
        case events.DemoFinished():
            return replace(progress, finished=event, stage="ended")


def fold(progress: Progress, moment: events.Moment) -> Progress:
    """The view one moment later."""
    later = _applied(progress, moment.event, moment.t)
    done = sum(step.state == "done" for step in later.steps)
    if later.stage == "running" and later.started and done and done == later.started.steps:
        later = replace(later, stage="cleaning")
    if later.stage == "cleaning" and progress.stage == "running":
        later = replace(later, standing=progress)
    return replace(later, moments=progress.moments + 1, elapsed=max(progress.elapsed, moment.t))


def folded(moments: Iterable[events.Moment], progress: Progress | None = None) -> Progress:
    """The view after all these moments."""
    return reduce(fold, moments, progress or Progress())

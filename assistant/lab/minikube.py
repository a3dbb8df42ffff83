"""Minikube's own life: found, not found, stopped, paused, broken; start, stop and image load with their real progress.

Only the learner's chosen profile is ever named. Never: a tunnel, a change of the current context, a deletion. What the command
prints is parsed tolerantly: lines that are no JSON do leak in, and its exit code is a bit mask, no failure.
"""

from __future__ import annotations

import json
import os
import queue
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

from assistant.lab import commands
from assistant.lab.demo import Value
from knowledge.errors import StudyError

State: TypeAlias = Literal["missing", "none", "running", "stopped", "paused", "starting", "broken"]

LOOK_SECONDS = 15.0
START_SECONDS = 900.0
STOP_SECONDS = 180.0
LOAD_SECONDS = 900.0
BETWEEN = frozenset({"Starting", "Stopping", "Pausing", "Unpausing", "Deleting"})


@dataclass(frozen=True, slots=True)
class Life:
    """How the profile is. `detail` is Minikube's own word for it; `driver` and `kubernetes` are "" where it does not say."""

    state: State
    profile: str
    driver: str = ""
    kubernetes: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class StepSeen:
    """`minikube start` is at step `number` of `total`; steps skip and repeat."""

    number: int
    total: int
    name: str


@dataclass(frozen=True, slots=True)
class Told:
    """A line of Minikube's: information or a warning; text of a program, never trusted."""

    kind: Literal["info", "warning", "error", "download"]
    text: str


@dataclass(frozen=True, slots=True)
class Done:
    """The command ended well."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The command ended badly; `code` is an error code of ui/texts."""

    code: str
    facts: dict[str, Value] = field(default_factory=dict)


LifeEvent: TypeAlias = StepSeen | Told | Done | Failed


def _environment(server: str = "") -> dict[str, str]:
    return commands.without_proxy(server, os.environ)


def _minikube(profile: str, *arguments: str) -> list[str]:
    return [commands.program("minikube"), *arguments, "--profile", profile]


def _forms(output: str) -> list[Any]:
    """Every JSON value of an output: the whole of it, or line by line where other lines leaked in."""
    try:
        return [json.loads(output)]
    except ValueError:
        pass
    found = []
    for line in output.splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def state_of(status: Any) -> tuple[State, str]:
    """The state that `minikube status -o json` tells (an object for one node, a list for several), and its own words."""
    nodes = [node for node in (status if isinstance(status, list) else [status]) if isinstance(node, dict) and "Host" in node]
    if not nodes:
        return "none", ""
    words = {str(node.get(part, "")) for node in nodes for part in ("Host", "Kubelet", "APIServer")}
    detail = ", ".join(f"{part} {nodes[0].get(part, '?')}" for part in ("Host", "Kubelet", "APIServer"))
    if "Paused" in words:
        return "paused", detail
    if words & BETWEEN:
        return "starting", detail
    hosts = {str(node["Host"]) for node in nodes}
    if hosts == {"Stopped"}:
        return "stopped", detail
    if hosts == {"Nonexistent"}:
        return "none", detail
    # Workers have no API server: minikube calls theirs Irrelevant.
    return ("running" if words <= {"Running", "Irrelevant", ""} else "broken"), detail


def look(profile: str) -> Life:
    """How this profile is now; reads only. A command that does not answer in time is `broken`."""
    try:
        status = commands.run(_minikube(profile, "status", "-o", "json"), environment=_environment(), seconds=LOOK_SECONDS)
        listed = commands.run(
            [commands.program("minikube"), "profile", "list", "-o", "json", "--light"],
            environment=_environment(),
            seconds=LOOK_SECONDS,
        )
    except StudyError as error:
        return Life("missing" if error.code == "minikube-missing" else "broken", profile, detail=str(error))
    states = [state_of(form) for form in _forms(status.output)]
    state, detail = next((one for one in states if one[0] != "none"), ("none", ""))
    driver, kubernetes, broken = _profile(_forms(listed.output), profile)
    if state == "none" and broken:
        return Life("broken", profile, driver, kubernetes, broken)
    return Life(state, profile, driver, kubernetes, detail)


def _profile(forms: list[Any], profile: str) -> tuple[str, str, str]:
    """Driver and Kubernetes version of the profile, and why it is invalid ("" if it is not) from `profile list -o json`."""
    for form in forms:
        for group in ("valid", "invalid"):
            for one in form.get(group) or [] if isinstance(form, dict) else []:
                if one.get("Name") == profile:
                    config = one.get("Config") or {}
                    version = (config.get("KubernetesConfig") or {}).get("KubernetesVersion", "")
                    invalid = str(one.get("Status") or "invalid") if group == "invalid" else ""
                    return str(config.get("Driver", "")), str(version), invalid
    return "", "", ""


def event_of(line: str) -> LifeEvent | None:
    """What one line of `minikube ... -o json` says; None for what nobody needs to see. Only an exitcode ends anything."""
    try:
        form = json.loads(line)
        kind = str(form["type"]).removeprefix("io.k8s.sigs.minikube.")
        data = {str(name): str(value) for name, value in form["data"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    if kind == "step":
        if not (data.get("currentstep", "").isdigit() and data.get("totalsteps", "").isdigit()):
            return None
        return StepSeen(int(data["currentstep"]), int(data["totalsteps"]), data.get("name", ""))
    if kind == "error" and data.get("exitcode"):
        told = " ".join(filter(None, [data.get("message", ""), data.get("advice", "")]))
        return Failed("minikube-failed", {"name": data.get("name", ""), "message": told, "exitcode": data["exitcode"]})
    if kind == "download.progress":
        return Told("download", f"{data.get('artifact', '')} {float(data.get('progress', '0') or 0):.0%}")
    text = data.get("message") or data.get("artifact", "")
    if kind in ("info", "warning", "error", "download") and text:
        return Told(kind, text)  # type: ignore[arg-type]
    return None


def _lines(program: commands.Leashed, lines: queue.Queue[str], seconds: float) -> Iterator[str]:
    """The program's lines until it has ended and all are read; StudyError `minikube-slow` after `seconds`."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            yield lines.get(timeout=0.2)
        except queue.Empty:
            if program.code is not None:
                program.wait(0.0)  # its last lines are read now
                yield from _queued(lines)
                return
    raise StudyError("minikube-slow", seconds=seconds)


def _queued(lines: queue.Queue[str]) -> Iterator[str]:
    while not lines.empty():
        yield lines.get_nowait()


def _followed(arguments: list[str], seconds: float, code: str) -> Iterator[LifeEvent]:
    """Run minikube and yield what it says; the last event is Done or Failed. Closing the iterator early ends the command."""
    lines: queue.Queue[str] = queue.Queue()
    program = commands.Leashed(arguments, environment=_environment(), on_line=lines.put)
    failed: Failed | None = None
    last = ""
    try:
        for line in _lines(program, lines, seconds):
            event = event_of(line)
            if isinstance(event, Failed):
                failed = event
            elif event is not None:
                yield event
            elif line.strip() and not line.lstrip().startswith("{"):
                last = line.strip()
        ended = program.wait(5.0)
        yield failed or (Done() if ended == 0 else Failed(code, {"name": "", "message": last, "exitcode": str(ended)}))
    except StudyError as error:
        yield Failed(error.code, dict(error.facts))
    finally:
        program.end()


def start(profile: str) -> Iterator[LifeEvent]:
    """Start (or repair) the profile; the learner's current context stays as it is."""
    return _followed(_minikube(profile, "start", "--keep-context", "-o", "json"), START_SECONDS, "minikube-failed")


def stop(profile: str) -> Iterator[LifeEvent]:
    """Stop the profile; its objects live on."""
    return _followed(_minikube(profile, "stop", "--keep-context-active", "-o", "json"), STOP_SECONDS, "minikube-failed")


def unpause(profile: str) -> Iterator[LifeEvent]:
    return _followed(_minikube(profile, "unpause", "-o", "json"), STOP_SECONDS, "minikube-failed")


def has_image(profile: str, image: str) -> bool:
    """Is the demos' image on the node already?"""
    listed = commands.run(_minikube(profile, "image", "ls"), environment=_environment(), seconds=60.0)
    return image in {line.strip() for line in listed.output.splitlines()}


def load_image(profile: str, source: str) -> Iterator[LifeEvent]:
    """Bring an image onto the node: `source` is its name in a registry, or a file as `docker save` writes it."""
    if source.endswith((".tar", ".tar.gz", ".tgz")) and not Path(source).is_file():
        raise StudyError("image-file-missing", path=source)
    return _followed(_minikube(profile, "image", "load", source), LOAD_SECONDS, "image-not-loaded")

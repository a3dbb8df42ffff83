"""The namespace of a run, and all that a step can reach: it has no parameter by which a step could name another one.

Every write passes `_write`: not after a stop, not without asking the guard first in this step, and never unseen: it is an event
and a line of the journal. Waiting always has a deadline and ends at a stop.
"""

from __future__ import annotations

import os
import queue
import re
import shlex
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from assistant.lab import commands
from assistant.lab.cluster import Cluster, Reply
from assistant.lab.demo import Step, Value
from assistant.lab.events import Changed, Event, LogLine
from assistant.lab.seen import Seen
from assistant.lab.surveying import Survey
from knowledge.errors import StudyError

Form: TypeAlias = dict[str, Any]
T = TypeVar("T")

_URL = re.compile(r"https?://[\w.\[\]:-]+:\d+")

IMAGE = "$IMAGE"
"""Stands in a manifest for the image of the settings."""


class RunStopped(Exception):
    """The run is being stopped: leave the step where it is."""


class Sandbox:
    """What a step is given. `memory`: what earlier steps remembered, as the name of a pod; `kept`: what they hold open."""

    def __init__(
        self,
        *,
        context: str,
        namespace: str,
        image: str,
        cluster: Cluster,
        kubeconfig: Path,
        emit: Callable[[Event], None],
        gate: Callable[[], None],
        record: Callable[[str, str, str], None],
        survey: Callable[[], Survey],
        stopping: threading.Event,
    ) -> None:
        self.context = context
        self.namespace = namespace
        self.image = image
        self.seen = Seen(emit)
        self.memory: dict[str, str] = {}
        self.measured: dict[str, Value] = {}
        self.kept: dict[str, object] = {}
        self.changed_at = time.monotonic()
        """When the last change was sent, or seen to be made by the learner; what followed it is timed from here."""
        self.survey = survey
        self.emit = emit
        self.stopping = stopping
        self._cluster = cluster
        self._kubeconfig = kubeconfig
        self._gate = gate
        self._record = record
        self._held: list[Callable[[], None]] = []

    # time

    def sleep(self, seconds: float) -> None:
        """Rest; ends with RunStopped at a stop."""
        if self.stopping.wait(seconds):
            raise RunStopped

    def check(self) -> None:
        """RunStopped where the run is being stopped."""
        if self.stopping.is_set():
            raise RunStopped

    def wait(self, find: Callable[[], T | None], seconds: float, code: str = "", **facts: str | int | float) -> T | None:
        """What `find` gives, asked at each change of the watch. After `seconds` StudyError `code`, or None without one."""
        found = self.seen.wait(find, seconds, self.stopping)
        self.check()
        if found is None and code:
            raise StudyError(code, seconds=seconds, **facts)
        return found

    # writes

    def _write(self, verb: str, kind: str, name: str, call: Callable[[], T]) -> T:
        self.check()
        self._gate()
        self.check()
        self.changed_at = time.monotonic()
        done = call()
        self.emit(Changed(verb, kind, name))
        self._record(verb, kind, name)
        return done

    def create(self, form: Form) -> Form:
        """Create an object in the namespace of the run."""
        filled = self.filled(form)
        kind, name = str(form["kind"]), str(form["metadata"]["name"])
        return self._write("create", kind, name, lambda: self._cluster.create(self.namespace, filled))

    def patch(self, kind: str, name: str, change: object, *, part: str = "", style: str = "merge", verb: str = "patch") -> Form:
        """Patch an object; see `Cluster.patch`."""
        filled = self.filled(change)
        return self._write(
            verb, kind, name, lambda: self._cluster.patch(kind, self.namespace, name, filled, part=part, style=style)
        )

    def delete(self, kind: str, name: str, *, grace: int | None = None) -> bool:
        """Delete an object, gracefully unless a `grace` period says otherwise; False where it was gone."""
        return self._write("delete", kind, name, lambda: self._cluster.delete(kind, self.namespace, name, grace=grace))

    def filled(self, form: Any) -> Any:
        """The manifest with the image of the settings in it."""
        if isinstance(form, Mapping):
            return {key: self.filled(value) for key, value in form.items()}
        if isinstance(form, (list, tuple)):
            return [self.filled(value) for value in form]
        return self.image if form == IMAGE else form

    # reads

    def get(self, kind: str, name: str) -> Form | None:
        return self._cluster.get(kind, self.namespace, name)

    def select(self, selector: str) -> tuple[str, ...]:
        """The names of the pods that the API server finds by this label selector."""
        return tuple(sorted(str(pod["metadata"]["name"]) for pod in self._cluster.list("Pod", self.namespace, labels=selector)))

    def log(self, pod: str) -> str:
        return self._cluster.log(self.namespace, pod)

    def ask_service(self, service: str, path: str, seconds: float = 3.0) -> Reply:
        """GET through the API server's service proxy; `service` is name:port."""
        return self._cluster.proxy_get(self.namespace, service, path, seconds=seconds)

    # kubectl

    def _kubectl(self, arguments: tuple[str, ...]) -> tuple[list[str], dict[str, str]]:
        environment = commands.without_proxy(self._cluster.entry.server, os.environ)
        environment["KUBECONFIG"] = str(self._kubeconfig)
        return [commands.program("kubectl"), "--context", self.context, "-n", self.namespace, *arguments], environment

    def kubectl(self, *arguments: str, seconds: float = 30.0) -> commands.Done:
        """Run kubectl with the rights of the steps to its end."""
        self.check()
        line, environment = self._kubectl(arguments)
        done = commands.run(line, environment=environment, seconds=seconds, stopping=self.stopping)
        self.check()
        return done

    def exec(self, pod: str, *command: str, seconds: float = 30.0) -> commands.Done:
        """Run a command in a pod to its end. It may change what runs there, so it counts as a write."""
        return self._write("exec", "Pod", pod, lambda: self.kubectl("exec", pod, "--", *command, seconds=seconds))

    def hold(self, *arguments: str, on_line: Callable[[str], None], source: str = "") -> commands.Leashed:
        """A kubectl that stays, e.g. port-forward, until it or the run ends; its lines are told as LogLine of `source`."""
        self.check()
        line, environment = self._kubectl(arguments)

        def told(text: str) -> None:
            if source:
                self.emit(LogLine(source, text[:500]))
            on_line(text)

        held = commands.Leashed(line, environment=environment, on_line=told)
        self.at_end(held.end)
        return held

    def service_url(self, service: str, seconds: float = 15.0) -> str:
        """The address by which `minikube service --url` makes a Service reachable here, held until the run ends; "" if none."""
        self.check()
        found: queue.Queue[str] = queue.Queue()

        def on_line(line: str) -> None:
            if url := _URL.search(line):
                found.put(url.group(0))

        try:
            line = [commands.program("minikube"), "-p", self.context, "service", service, "-n", self.namespace, "--url"]
            environment = commands.without_proxy(self._cluster.entry.server, os.environ)
            held = commands.Leashed(line, environment=environment, on_line=on_line)
        except StudyError:
            return ""
        self.at_end(held.end)
        until = time.monotonic() + seconds
        while time.monotonic() < until and (held.code is None or not found.empty()):
            self.check()
            try:
                return found.get(timeout=0.2)
            except queue.Empty:
                continue
        return ""

    def at_end(self, work: Callable[[], None]) -> None:
        """Something to be ended with the run, whatever happens."""
        self._held.append(work)

    def let_go(self) -> None:
        """End what is held, newest first."""
        while self._held:
            self._held.pop()()

    def line(self, step: Step) -> str:
        """The kubectl line that does the step by hand in the learner's own terminal; "" where there is none."""
        arguments = step.arguments()
        if not arguments:
            return ""
        filled = [self.known(part) for part in arguments]
        return shlex.join(["kubectl", "--context", self.context, "-n", self.namespace, *filled])

    def known(self, text: str) -> str:
        """The text with what earlier steps remembered in place of `{name}`."""
        return _fill(text, {**self.memory, "namespace": self.namespace})

    def yaml(self, step: Step) -> str:
        """What the step applies, as YAML with the image filled in; "" where nothing."""
        import yaml

        forms = [self.filled(form) for form in step.manifests()]
        return "---\n".join(yaml.safe_dump(form, sort_keys=False, allow_unicode=True) for form in forms)


def _fill(part: str, known: Mapping[str, str]) -> str:
    for name, value in known.items():
        part = part.replace("{" + name + "}", value)
    return part

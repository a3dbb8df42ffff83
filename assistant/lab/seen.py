"""What the watch of a run has shown: the latest state of each object, every change in order, and what a picture needs of it.

Steps measure from here, whoever caused a change: our own write, a controller, the learner's kubectl. Thread-safe; no requests.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, TypeVar

from assistant.lab.demo import Value
from assistant.lab.events import ObjectChanged

Form: TypeAlias = dict[str, Any]
Change: TypeAlias = Literal["added", "modified", "deleted"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sighting:
    """One change as the watch showed it; `at` is monotonic seconds."""

    at: float
    change: Change
    kind: str
    name: str
    uid: str
    form: Form


class Seen:
    """The watched objects of one namespace. `emit` gets an ObjectChanged whenever the picture of one changes."""

    def __init__(self, emit: Callable[[ObjectChanged], None]) -> None:
        self._emit = emit
        self._log: list[Sighting] = []
        self._now: dict[tuple[str, str], Form] = {}
        self._drawn: dict[str, dict[str, Value]] = {}
        self._news = threading.Condition()

    def on(self, change: Change, kind: str, form: Form) -> None:
        """Take a change of the watch."""
        meta = form["metadata"]
        name, uid = str(meta["name"]), str(meta["uid"])
        with self._news:
            self._log.append(Sighting(time.monotonic(), change, kind, name, uid, form))
            if change != "deleted":
                self._now[kind, name] = form
            elif self._now.get((kind, name), form)["metadata"]["uid"] == uid:
                self._now.pop((kind, name), None)
            self._news.notify_all()
        if kind in VIEWS:
            view = VIEWS[kind](form)
            if change == "deleted" or self._drawn.get(uid) != view:
                first = uid not in self._drawn
                self._drawn[uid] = view
                shown: Change = "deleted" if change == "deleted" else "added" if first else "modified"
                self._emit(ObjectChanged(shown, kind, name, uid, view))

    def wake(self) -> None:
        """Let every waiting step look again, as after a stop."""
        with self._news:
            self._news.notify_all()

    def mark(self) -> int:
        """The place in the log after the last change."""
        with self._news:
            return len(self._log)

    def since(self, mark: int) -> tuple[Sighting, ...]:
        """The changes from a mark on."""
        with self._news:
            return tuple(self._log[mark:])

    def get(self, kind: str, name: str) -> Form | None:
        with self._news:
            return self._now.get((kind, name))

    def all(self, kind: str) -> tuple[Form, ...]:
        with self._news:
            return tuple(form for (each, _), form in self._now.items() if each == kind)

    def pods(self, app: str = "") -> tuple[Form, ...]:
        """The pods with label app=`app`, or all, oldest first."""
        found = [pod for pod in self.all("Pod") if not app or labels(pod).get("app") == app]
        return tuple(sorted(found, key=lambda pod: (pod["metadata"].get("creationTimestamp", ""), pod["metadata"]["name"])))

    def wait(self, find: Callable[[], T | None], seconds: float, stopping: threading.Event) -> T | None:
        """What `find` gives as soon as it gives something; None after these seconds or once `stopping` is set."""
        until = time.monotonic() + seconds
        with self._news:
            while True:
                found = find()
                left = until - time.monotonic()
                if found is not None or left <= 0 or stopping.is_set():
                    return found
                self._news.wait(min(left, 0.25))


def labels(form: Form) -> dict[str, str]:
    return dict(form["metadata"].get("labels") or {})


def owner(form: Form) -> str:
    """The name of the controller it belongs to, "" where it is an orphan."""
    return next((str(one["name"]) for one in form["metadata"].get("ownerReferences") or [] if one.get("controller")), "")


def deleting(form: Form) -> bool:
    return bool(form["metadata"].get("deletionTimestamp"))


def ready(pod: Form) -> bool:
    """The pod's Ready condition is True and it is not on its way out."""
    conditions = (pod.get("status") or {}).get("conditions") or []
    return not deleting(pod) and any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)


def restarts(pod: Form) -> int:
    return sum(int(one.get("restartCount", 0)) for one in (pod.get("status") or {}).get("containerStatuses") or [])


def reason(pod: Form) -> str:
    """Why a pod is not simply running: the container's waiting or terminated reason, or why it is not scheduled."""
    status = pod.get("status") or {}
    for one in status.get("containerStatuses") or []:
        for state in ("waiting", "terminated"):
            if told := ((one.get("state") or {}).get(state) or {}).get("reason"):
                return str(told)
    for one in status.get("conditions") or []:
        if one["type"] == "PodScheduled" and one["status"] == "False":
            return str(one.get("reason", ""))
    return str(status.get("reason") or "")


def version(pod: Form) -> str:
    """The value of VERSION in a pod's first container, "" where it has none."""
    containers = (pod.get("spec") or {}).get("containers") or [{}]
    return next((str(one.get("value", "")) for one in containers[0].get("env") or [] if one.get("name") == "VERSION"), "")


def endpoints(slice_: Form, *, are_ready: bool) -> tuple[str, ...]:
    """The names of the pods an EndpointSlice lists as ready, or as not ready."""
    listed = [one for one in slice_.get("endpoints") or [] if one.get("targetRef")]
    chosen = [one for one in listed if bool((one.get("conditions") or {}).get("ready")) == are_ready]
    return tuple(sorted(str(one["targetRef"]["name"]) for one in chosen))


def _pod_view(pod: Form) -> dict[str, Value]:
    status = pod.get("status") or {}
    statuses = status.get("containerStatuses") or []
    count = len((pod.get("spec") or {}).get("containers") or [])
    return {
        "phase": str(status.get("phase", "")),
        "reason": reason(pod),
        "ready": f"{sum(bool(one.get('ready')) for one in statuses)}/{count}",
        "restarts": restarts(pod),
        "ip": str(status.get("podIP") or ""),
        "node": str((pod.get("spec") or {}).get("nodeName") or ""),
        "owner": owner(pod),
        "version": version(pod),
        "labels": ",".join(f"{key}={value}" for key, value in sorted(labels(pod).items()) if key != "pod-template-hash"),
        "deleting": deleting(pod),
    }


def _workload_view(form: Form) -> dict[str, Value]:
    status = form.get("status") or {}
    annotations = form["metadata"].get("annotations") or {}
    return {
        "wanted": int((form.get("spec") or {}).get("replicas") or 0),
        "ready": int(status.get("readyReplicas") or 0),
        "owner": owner(form),
        "revision": str(annotations.get("deployment.kubernetes.io/revision", "")),
    }


def _service_view(form: Form) -> dict[str, Value]:
    spec = form.get("spec") or {}
    ports = spec.get("ports") or []
    ingress = ((form.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
    return {
        "type": str(spec.get("type", "")),
        "cluster_ip": str(spec.get("clusterIP", "")),
        "ports": ",".join(f"{one['port']}->{one.get('targetPort', one['port'])}" for one in ports),
        "node_port": int(next((one["nodePort"] for one in ports if one.get("nodePort")), 0)),
        "external": ",".join(str(one.get("ip") or one.get("hostname") or "") for one in ingress),
    }


def _slice_view(form: Form) -> dict[str, Value]:
    return {
        "service": labels(form).get("kubernetes.io/service-name", ""),
        "ready": ",".join(endpoints(form, are_ready=True)),
        "unready": ",".join(endpoints(form, are_ready=False)),
    }


VIEWS: dict[str, Callable[[Form], dict[str, Value]]] = {
    "Pod": _pod_view,
    "Deployment": _workload_view,
    "ReplicaSet": _workload_view,
    "Service": _service_view,
    "EndpointSlice": _slice_view,
}
"""What of each kind is drawn."""


def named(forms: tuple[Form, ...]) -> Iterator[str]:
    """The names of these objects."""
    return (str(form["metadata"]["name"]) for form in forms)

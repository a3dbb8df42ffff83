"""Making and removing the namespace of a run, with the learner's own rights. What is removed carries our label and a run's id.

Finalizers are never stripped: a namespace that stays is shown with its own conditions. A run's lock file, held by its
process and let go by the operating system when that dies, tells at once which runs of this home are dead.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

from assistant.lab.cluster import Cluster
from assistant.lab.kubeconfig import Entry
from assistant.lab.surface import DEMO_LABEL, EXPIRES, HOME_LABEL, KINDS, LABEL, OURS, RUN_LABEL, role
from knowledge.errors import StudyError

Form: TypeAlias = dict[str, Any]

ACCOUNT = "kubenote-steps"
LIFETIME = 3600
"""Seconds that a run's token lives; its namespace says so in an annotation."""
OWING = "owing"
USABLE_WITHIN = 30.0
"""Seconds that a new namespace has until pods can be made in it."""
GONE_WITHIN = 60.0
"""Seconds that a cleanup waits for the namespace to go."""


@dataclass(frozen=True, slots=True)
class Left:
    """A namespace of ours: of which run and demo, whether that run lives, and what its deletion waits for."""

    namespace: str
    uid: str
    run: str
    demo: str
    home: str
    created: str
    deleting: bool
    waiting: str


# lock files of this home


def home_id(home: Path) -> str:
    """The id of this KUBENOTE_HOME, so that two homes on one cluster know their own runs."""
    file = home / "lab-id"
    if not file.is_file():
        home.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f"lab-id.{os.getpid()}")
        draft.write_text(uuid.uuid4().hex[:12], "utf-8")
        draft.replace(file)
    return file.read_text("utf-8").strip()


def _folder(home: Path, run: str) -> Path:
    return home / "runs" / run


@contextmanager
def lived(home: Path, run: str) -> Iterator[Path]:
    """The folder of a living run: its lock is held until the end, then the folder goes, unless the run is `owing`.

    Then, as after kill -9, it stays with a free lock: who finds it knows that the run is dead.
    """
    from filelock import FileLock

    folder = _folder(home, run)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    lock = FileLock(folder / "lock", thread_local=False)
    with lock:
        yield folder
    if not (folder / OWING).exists():
        shutil.rmtree(folder, ignore_errors=True)


def owing(folder: Path) -> None:
    """The run ends without having given back its turn: let others of this home know at once, not when it lapses."""
    try:
        (folder / OWING).touch()
    except OSError:
        pass


def forget_dead(home: Path) -> None:
    """Remove the folders of runs that are long dead: by now nothing on any cluster waits for them."""
    for folder in (home / "runs").glob("*"):
        try:
            old = time.time() - folder.stat().st_mtime > LIFETIME
        except OSError:
            continue
        if old and dead_here(home, folder.name):
            shutil.rmtree(folder, ignore_errors=True)


def dead_here(home: Path, run: str) -> bool:
    """Certainly dead: its folder is in this home, and no process holds its lock."""
    from filelock import FileLock, Timeout

    folder = _folder(home, run)
    if not run or not (folder / "lock").is_file():
        return False
    lock = FileLock(folder / "lock", thread_local=False)
    try:
        lock.acquire(timeout=0)
    except (Timeout, OSError):
        return False
    lock.release()
    return True


# the namespace


def manifests(namespace: str, run: str, demo: str, home: str, now: datetime) -> tuple[Form, ...]:
    """What a run makes around its own objects, in order."""
    labels = {LABEL: OURS, RUN_LABEL: run, DEMO_LABEL: demo, HOME_LABEL: home}
    enforced = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn")}
    expires = (now + timedelta(seconds=LIFETIME)).strftime("%Y-%m-%dT%H:%M:%SZ")
    meta = {"name": OURS, "labels": {LABEL: OURS, RUN_LABEL: run}}
    limits = {"type": "Container", "default": {"cpu": "500m", "memory": "128Mi"}}
    return (
        {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": namespace, "labels": {**labels, **enforced}, "annotations": {EXPIRES: expires}},
        },
        {
            "apiVersion": "v1",
            "kind": "ResourceQuota",
            "metadata": meta,
            "spec": {"hard": {"pods": "20", "services": "5", "limits.memory": "4Gi", "requests.cpu": "2"}},
        },
        {
            "apiVersion": "v1",
            "kind": "LimitRange",
            "metadata": meta,
            "spec": {"limits": [{**limits, "defaultRequest": {"cpu": "10m", "memory": "16Mi"}}]},
        },
        {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {**meta, "name": ACCOUNT},
            "automountServiceAccountToken": False,
        },
        role(OURS),
        {
            "apiVersion": KINDS["RoleBinding"].api_version,
            "kind": "RoleBinding",
            "metadata": meta,
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": OURS},
            "subjects": [{"kind": "ServiceAccount", "name": ACCOUNT, "namespace": namespace}],
        },
    )


def make(owner: Cluster, forms: tuple[Form, ...], on_change: Callable[[str, str, str], None], stopping: threading.Event) -> str:
    """Make the namespace and what belongs to it; gives the token of its ServiceAccount once it can be used, "" at a stop."""
    namespace = str(forms[0]["metadata"]["name"])
    for form in forms:
        if stopping.is_set():
            return ""
        owner.create(namespace if form["kind"] != "Namespace" else "", form)
        on_change("create", form["kind"], form["metadata"]["name"])
    token = owner.token(namespace, ACCOUNT, LIFETIME)

    def usable() -> bool:
        """Pods can be made: their default account is there and the quota has been counted; the Role is known."""
        quota = owner.get("ResourceQuota", namespace, OURS) or {}
        return bool((quota.get("status") or {}).get("hard")) and owner.get("ServiceAccount", namespace, "default") is not None

    steps = Cluster(owner.entry, token=token)
    try:
        _until(usable, stopping, namespace)
        path = KINDS["Pod"].path(namespace)
        _until(lambda: steps.call("GET", path, allow=(401, 403)).status == 200, stopping, namespace)
    finally:
        steps.close()
    return token


def _until(done: Callable[[], bool], stopping: threading.Event, namespace: str) -> None:
    until = time.monotonic() + USABLE_WITHIN
    while not done() and not stopping.is_set():
        if time.monotonic() > until:
            raise StudyError("sandbox-not-ready", seconds=USABLE_WITHIN, namespace=namespace)
        stopping.wait(0.05)


def write_kubeconfig(entry: Entry, token: str, namespace: str, path: Path) -> None:
    """A kubeconfig that holds this token alone, readable by its owner alone."""
    import yaml

    config: Form = {**entry.config, "users": [{"name": "it", "user": {"token": token}}]}
    config["contexts"] = [{"name": entry.context, "context": {"cluster": "it", "user": "it", "namespace": namespace}}]
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        yaml.safe_dump(config, file)


# removing


def ours(owner: Cluster) -> tuple[Left, ...]:
    """All namespaces that carry our label, of whatever run."""
    return tuple(map(_left, owner.list("Namespace", labels=f"{LABEL}={OURS},{RUN_LABEL}")))


def _left(form: Form) -> Left:
    meta: Mapping[str, Any] = form["metadata"]
    labels = meta.get("labels") or {}
    told = [one for one in (form.get("status") or {}).get("conditions") or [] if one.get("status") == "True"]
    waiting = "; ".join(f"{one.get('type')}: {one.get('message', '')}" for one in told)
    return Left(
        str(meta["name"]),
        str(meta["uid"]),
        str(labels.get(RUN_LABEL, "")),
        str(labels.get(DEMO_LABEL, "")),
        str(labels.get(HOME_LABEL, "")),
        str(meta.get("creationTimestamp", "")),
        bool(meta.get("deletionTimestamp")),
        waiting[:500],
    )


def send_delete(owner: Cluster, namespace: str, run: str, on_change: Callable[[str, str, str], None]) -> bool:
    """Ask for the end of this run's namespace: its pods with grace 1 first. False where it is gone, or not of this run."""
    form = owner.get("Namespace", "", namespace)
    if form is None:
        return False
    left = _left(form)
    if left.run != run or (form["metadata"].get("labels") or {}).get(LABEL) != OURS:
        raise StudyError("not-ours", namespace=namespace, run=run)
    pods = KINDS["Pod"].path(namespace)
    hurried = {"gracePeriodSeconds": 1}
    owner.call("DELETE", pods, hurried, allow=(404,))
    if not left.deleting:
        owner.delete("Namespace", "", namespace, uid=left.uid)
        on_change("delete", "Namespace", namespace)
    owner.call("DELETE", pods, hurried, allow=(404,))  # those that a controller made in between
    return True


def wait_gone(owner: Cluster, namespace: str, uid: str = "", seconds: float = GONE_WITHIN) -> tuple[bool, str]:
    """Wait until the namespace is gone; (False, its conditions and what is left in it) where it is still there then."""
    until = time.monotonic() + seconds
    waiting = ""
    while True:
        try:
            form = owner.get("Namespace", "", namespace)
            if form is None or (uid and form["metadata"]["uid"] != uid):
                return True, ""
            waiting = _left(form).waiting
        except StudyError as error:
            waiting = str(error.facts.get("reason", error.code))
        if time.monotonic() > until:
            return False, "; ".join(filter(None, [waiting, remaining(owner, namespace)]))
        time.sleep(0.2)


def remaining(owner: Cluster, namespace: str) -> str:
    """The pods that are left in a namespace and their finalizers: its conditions may keep silent about them."""
    try:
        pods = owner.list("Pod", namespace)
    except StudyError:
        return ""
    told = [(pod["metadata"]["name"], ",".join(pod["metadata"].get("finalizers") or [])) for pod in pods]
    return "; ".join(f"Pod {name}" + (f" (finalizers: {held})" if held else "") for name, held in told)[:500]


def server_time(owner: Cluster) -> datetime:
    """The API server's clock."""
    return owner.call("GET", "/version").date or datetime.now(UTC)

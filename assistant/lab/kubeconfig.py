"""What the learner's kubeconfig says of one context, read and never written. No request is made here.

Only the named context counts; the ambient current-context is not even read. Commands that a kubeconfig names for
credentials are never run: Minikube uses certificates.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

State: TypeAlias = Literal["absent", "empty", "broken", "read"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One context: where it points, who put it there, and the credentials (`config` is a kubeconfig of this context alone)."""

    context: str
    server: str
    provider: str
    proxy: str
    credentials: bool
    config: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kubeconfig:
    """What was found: `contexts` are all names, `entry` the wanted one."""

    state: State
    path: str
    reason: str = ""
    contexts: tuple[str, ...] = ()
    entry: Entry | None = None


def files(environment: Mapping[str, str]) -> tuple[Path, ...]:
    """The files of KUBECONFIG in order, else ~/.kube/config."""
    named = environment.get("KUBECONFIG", "")
    if named:
        return tuple(Path(part).expanduser() for part in named.split(os.pathsep) if part)
    return (Path("~/.kube/config").expanduser(),)


def _named(parts: Any, name: object, content: str) -> dict[str, Any]:
    for part in parts if isinstance(parts, list) else []:
        if isinstance(part, dict) and part.get("name") == name and isinstance(part.get(content), dict):
            return dict(part[content])
    return {}


def _inline(part: dict[str, Any], field: str, folder: Path) -> str:
    """The base64 data of a field that may name a file, relative to its kubeconfig; "" where there is none."""
    if data := part.get(f"{field}-data"):
        return str(data)
    if not (name := part.get(field)):
        return ""
    try:
        return base64.b64encode((folder / str(name)).read_bytes()).decode()
    except OSError:
        return ""


def _extension(cluster: dict[str, Any]) -> dict[str, Any]:
    """Minikube's mark on the cluster: its extension `cluster_info`."""
    return _named(cluster.get("extensions"), "cluster_info", "extension")


def entry(parts: list[tuple[Path, dict[str, Any]]], context: str) -> Entry | None:
    """The wanted context of several kubeconfig files; as kubectl has it, the first that names a thing wins."""

    def first(kind: str, name: object, content: str) -> tuple[Path, dict[str, Any]]:
        for folder, part in parts:
            if found := _named(part.get(kind), name, content):
                return folder, found
        return Path(), {}

    _, named = first("contexts", context, "context")
    if not named:
        return None
    folder, cluster = first("clusters", named.get("cluster"), "cluster")
    keys, user = first("users", named.get("user"), "user")
    certificate, key = _inline(user, "client-certificate", keys), _inline(user, "client-key", keys)
    authority = _inline(cluster, "certificate-authority", folder)
    server = str(cluster.get("server", "")).rstrip("/")
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": context,
        "contexts": [{"name": context, "context": {"cluster": "it", "user": "it"}}],
        "clusters": [{"name": "it", "cluster": {"server": server, "certificate-authority-data": authority}}],
        "users": [{"name": "it", "user": {"client-certificate-data": certificate, "client-key-data": key}}],
    }
    provider = str(_extension(cluster).get("provider", ""))
    return Entry(
        context, server, provider, str(cluster.get("proxy-url") or ""), bool(certificate and key and authority), config
    )


def read(context: str, environment: Mapping[str, str] | None = None) -> Kubeconfig:
    """What the kubeconfig files say of this context."""
    import yaml

    paths = files(os.environ if environment is None else environment)
    shown = os.pathsep.join(map(str, paths))
    parts: list[tuple[Path, dict[str, Any]]] = []
    for path in paths:
        try:
            form = yaml.safe_load(path.read_text("utf-8"))
        except FileNotFoundError:
            continue
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            return Kubeconfig("broken", str(path), str(error).splitlines()[0])
        if form is None:
            continue
        if not isinstance(form, dict):
            return Kubeconfig("broken", str(path), "not a kubeconfig")
        parts.append((path.parent, form))
    if not parts:
        return Kubeconfig("empty" if any(path.is_file() for path in paths) else "absent", shown)
    listed = [part.get("contexts") for _, part in parts]
    names = [
        str(one["name"]) for each in listed if isinstance(each, list) for one in each if isinstance(one, dict) and "name" in one
    ]
    if not names:
        return Kubeconfig("empty", shown)
    return Kubeconfig("read", shown, "", tuple(dict.fromkeys(names)), entry(parts, context))

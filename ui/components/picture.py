"""The picture of the cluster: what `picture.js` draws of a run, as plain data. `scene` is pure; only `draw_picture` draws.

Names and states of the cluster travel as data and become text content there: never markup, never script.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import streamlit as st

from assistant.lab.demo import Demo
from assistant.lab.views import Pod, Progress, ServiceView, Workload
from knowledge.passages import Language
from ui.words import say

Scene: TypeAlias = dict[str, Any]

_HERE = Path(__file__).parent
_HTML = """
<div class="cluster"><svg role="img"></svg><div class="announce" aria-live="polite"></div></div>
"""
_component = st.components.v2.component(
    "kubenote_picture",
    html=_HTML,
    css=(_HERE / "picture.css").read_text("utf-8"),
    js=(_HERE / "picture.js").read_text("utf-8"),
)

COLOURS = 4
GONE_SHOWN = 5.0
"""Seconds for which a pod that has gone and answered nothing stays in the picture."""
FAILING = frozenset(
    {
        "CrashLoopBackOff",
        "Error",
        "ErrImagePull",
        "ImagePullBackOff",
        "CreateContainerConfigError",
        "OOMKilled",
        "Failed",
        "InvalidImageName",
        "Evicted",
    }
)


def draw_picture(progress: Progress, demo: Demo, language: Language, key: str) -> None:
    """Draw or patch the picture of this run."""
    _component(key=key, data=scene(progress, demo, language))


def scene(progress: Progress, demo: Demo, language: Language) -> Scene:
    """The picture as data: lanes, services, pods by owner, what is announced to who cannot see it."""
    if progress.over and progress.standing is not None:
        progress = replace(progress.standing, stage=progress.stage, lanes=progress.lanes)
    colours = {name: number % COLOURS for number, name in enumerate(progress.lanes)}
    return {
        "lanes": [
            {
                "name": lane.name,
                "label": say(f"run.lane.{lane.name}", language),
                "counts": say("run.lane-counts", language, total=lane.total, failed=lane.failed),
                "failed": lane.failed,
                "fresh": dict(lane.fresh),
                "at": lane.at,
                "colour": colours[lane.name],
            }
            for lane in progress.lanes.values()
        ],
        "services": [_service(service, language) for service in progress.services.values()],
        "groups": _groups(progress, colours, language),
        "announce": _announced(progress, demo, language),
        "summary": say(
            "run.summary",
            language,
            pods=sum(not pod.gone for pod in progress.pods.values()),
            ready=sum(pod.is_ready for pod in progress.pods.values()),
        ),
    }


def _service(service: ServiceView, language: Language) -> Scene:
    type_ = service.type or "ClusterIP"
    details = [service.cluster_ip, service.ports]
    if service.node_port:
        details.append(f"NodePort {service.node_port}")
    if service.external:
        details.append(service.external)
    details.append(say("run.endpoints", language, ready=len(service.endpoints)))
    title = f"Service {service.name} · {type_}"
    return {"name": service.name, "title": title, "detail": " · ".join(one for one in details if one)}


def _groups(progress: Progress, colours: Mapping[str, int], language: Language) -> list[Scene]:
    """Pods under what owns them; owners in the order in which they appeared, orphans last."""
    shown = [pod for pod in progress.pods.values() if _is_shown(pod, progress)]
    sets = {one.name: one for one in progress.workloads.values() if one.kind == "ReplicaSet"}
    named = list(dict.fromkeys([*sets, *(pod.owner for pod in shown if pod.owner)]))
    groups = []
    for owner in (*named, ""):
        pods = [pod for pod in shown if pod.owner == owner]
        workload = sets.get(owner)
        if not pods and not (workload and workload.wanted):
            continue
        groups.append(
            {
                "key": owner or "none",
                "title": _owner_title(owner, workload, language) if owner else "",
                "extra": f"Deployment {workload.owner}" if workload and workload.owner else "",
                "pods": [_pod(pod, progress, colours, language) for pod in pods],
            }
        )
    return groups


def _owner_title(owner: str, workload: Workload | None, language: Language) -> str:
    if workload is None:
        return owner
    return say("run.replicaset", language, name=owner, ready=workload.ready, wanted=workload.wanted)


def _is_shown(pod: Pod, progress: Progress) -> bool:
    if not pod.gone:
        return True
    answered = any(pod.name in lane.answers for lane in progress.lanes.values())
    return answered or progress.elapsed - pod.changed < GONE_SHOWN


def _pod(pod: Pod, progress: Progress, colours: Mapping[str, int], language: Language) -> Scene:
    details = [pod.ready]
    if pod.restarts:
        details.append(f"↻{pod.restarts}")
    if pod.version:
        details.append(f"v{pod.version}")
    shown = say("run.pod-gone", language) if pod.gone else pod.status or say("run.pod-new", language)
    return {
        "name": pod.name,
        "uid": pod.uid,
        "short": pod.name.removeprefix(f"{pod.owner}-") if pod.owner else pod.name,
        "status": shown,
        "detail": "" if pod.gone else " · ".join(one for one in details if one),
        "state": _state(pod),
        "answers": [
            {"lane": lane.name, "colour": colours[lane.name], "count": lane.answers[pod.name]}
            for lane in progress.lanes.values()
            if pod.name in lane.answers
        ],
    }


def _state(pod: Pod) -> str:
    if pod.gone:
        return "gone"
    if pod.deleting:
        return "leaving-soon"
    if pod.is_ready:
        return "ready"
    return "failed" if pod.status in FAILING else "waiting"


def _announced(progress: Progress, demo: Demo, language: Language) -> str:
    """Only turning points: a step that begins, the end. Counters would never be silent."""
    if progress.over:
        return say("run.over", language)
    if progress.steps and progress.steps[-1].index < len(demo.steps):
        return demo.steps[progress.steps[-1].index].say.in_language(language)
    return ""

"""What is installed, running, reachable and indexed; a code and facts for each, words in `ui/texts/doctor.toml`. Reads only.

`fail` is what keeps answers from being given; a missing cluster, kubectl or model is a `warn`: recordings play without them.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

from assistant.journal import Journal
from assistant.settings import Settings
from knowledge.errors import StudyError

CheckState: TypeAlias = Literal["ok", "warn", "fail"]
PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
OLDEST_PYTHON, NEXT_PYTHON = (3, 11), (3, 15)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `code` names the text, `facts` fill it."""

    id: str
    state: CheckState
    code: str
    facts: dict[str, object] = field(default_factory=dict)
    error: StudyError | None = None
    """Where the trouble is one of our errors, its own words say what to do."""


def examine(settings: Settings) -> tuple[Check, ...]:
    """All checks, in the order in which a learner would mend them."""
    looks: tuple[Callable[[Settings], Iterator[Check]], ...] = (
        _python,
        _home,
        _index,
        _journal,
        _kubectl,
        _minikube,
        _cluster,
        _recordings,
        _model,
    )
    return tuple(check for look in looks for check in look(settings))


def _python(_settings: Settings) -> Iterator[Check]:
    version = ".".join(map(str, sys.version_info[:3]))
    fits = OLDEST_PYTHON <= sys.version_info[:2] < NEXT_PYTHON
    yield Check("python", "ok" if fits else "fail", "python" if fits else "python-unfit", {"version": version})


def _home(settings: Settings) -> Iterator[Check]:
    facts: dict[str, object] = {"path": settings.home}
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(settings.home).free / 2**30
    except OSError as error:
        yield Check("home", "fail", "home-unwritable", {**facts, "reason": error.strerror or str(error)})
        return
    if not os.access(settings.home, os.W_OK):
        yield Check("home", "fail", "home-unwritable", {**facts, "reason": "read-only"})
    else:
        yield Check("home", "ok" if free > 1 else "warn", "home", {**facts, "free": f"{free:.0f}"})


def _index(settings: Settings) -> Iterator[Check]:
    from knowledge.reference import Library

    library = Library(settings.index_folder, embedding=settings.embedding)
    try:
        state = library.state()
    except StudyError as error:
        yield Check("index", "fail", "trouble", {}, error)
        return
    finally:
        library.close()
    facts: dict[str, object] = {
        "sections": state.sections,
        "passages": state.passages,
        "asked": state.asked,
        "encoder": state.encoder,
        "reader": state.reader,
        "own_files": state.own_files,
        "own_passages": state.own_passages,
        "reason": state.error or "",
    }
    if state.error:
        yield Check("index", "warn", "index-damaged", facts)
    else:
        yield Check("index", "ok", "index" if state.passages else "index-not-yet", facts)
    yield Check("notes", "ok", "notes" if state.own_folders else "notes-none", facts)
    if state.encoder == "none" and settings.embedding != "none":
        yield Check("encoder", "warn", "encoder-lexical", {"wanted": settings.embedding})
    elif state.reader == "none" and settings.embedding != "none":
        yield Check("encoder", "warn", "encoder-alone", facts)


def _journal(settings: Settings) -> Iterator[Check]:
    journal = Journal(settings.journal_file)
    try:
        runs, writes, refusals = journal.runs(), journal.writes(), journal.refusals()
    except StudyError as error:
        yield Check("journal", "fail", "trouble", {}, error)
        return
    finally:
        journal.close()
    yield Check("journal", "ok", "journal", {"runs": len(runs), "refusals": len(refusals)})
    if writes:
        last = writes[0]
        facts: dict[str, object] = {"count": len(writes), "at": last.at, "context": last.context, "namespace": last.namespace}
        yield Check("writes", "ok", "writes", facts)


def _kubectl(settings: Settings) -> Iterator[Check]:
    import json

    from assistant.lab import commands

    try:
        line = [commands.program("kubectl"), "version", "--client", "-o", "json"]
        done = commands.run(line, environment=os.environ, seconds=10.0)
        version = json.loads(done.output)["clientVersion"]["gitVersion"]
        yield Check("kubectl", "ok", "kubectl", {"version": version})
    except StudyError as error:
        yield Check("kubectl", "warn", "trouble", {}, error)
    except (ValueError, KeyError, TypeError):
        yield Check("kubectl", "warn", "kubectl-strange", {"output": (done.output or done.errors)[:200]})


def _minikube(settings: Settings) -> Iterator[Check]:
    from assistant.lab import minikube

    life = minikube.look(settings.profile)
    facts: dict[str, object] = {
        "profile": life.profile,
        "driver": life.driver,
        "kubernetes": life.kubernetes,
        "detail": life.detail,
        "image": settings.image,
    }
    yield Check("minikube", "ok" if life.state == "running" else "warn", f"minikube-{life.state}", facts)
    if life.state == "running":
        try:
            there = minikube.has_image(settings.profile, settings.image)
        except StudyError as error:
            yield Check("image", "warn", "trouble", {}, error)
        else:
            yield Check("image", "ok" if there else "warn", "image" if there else "image-absent", facts)


def _cluster(settings: Settings) -> Iterator[Check]:
    from assistant.lab import kubeconfig, performing

    journal = Journal(settings.journal_file)
    try:
        examination, owner = performing.examine(settings, journal if settings.journal_file.exists() else None)
    except StudyError as error:
        yield Check("cluster", "warn", "trouble", {}, error)
        return
    finally:
        journal.close()
    if owner is not None:
        owner.close()
    if examination.refusal is not None:
        yield Check("cluster", "warn", "trouble", {}, examination.refusal)
    elif examination.answer is not None:
        answer = examination.answer
        facts: dict[str, object] = {"profile": settings.profile, "kubernetes": answer.version, "minikube": answer.minikube}
        yield Check("cluster", "ok", "cluster", facts)
    entry = kubeconfig.read(settings.profile).entry
    if entry is not None:
        yield from _proxy(entry.server)


def _proxy(server: str) -> Iterator[Check]:
    """A proxy of the environment between kubectl and the cluster: we bypass it, the learner's kubectl does not."""
    proxies = [name for name in PROXIES if os.environ.get(name)]
    host = urlsplit(server).hostname or ""
    spared = ",".join((os.environ.get("NO_PROXY", ""), os.environ.get("no_proxy", ""))).split(",")
    if proxies and host and host not in [name.strip() for name in spared]:
        yield Check("proxy", "warn", "proxy", {"variable": proxies[0], "host": host})


def _recordings(settings: Settings) -> Iterator[Check]:
    from assistant.demos.catalogue import DEMOS
    from assistant.lab import recording

    infos = [recording.info(demo, settings) for demo in DEMOS.values()]
    current = sum(info is not None and info.current for info in infos)
    state: CheckState = "ok" if current == len(infos) else "warn"
    yield Check("recordings", state, "recordings", {"current": current, "demos": len(infos)})


def _model(settings: Settings) -> Iterator[Check]:
    if not settings.model:
        yield Check("model", "ok", "model-none")
        return
    from assistant.answers.chat_model import check

    result = check(settings)
    facts: dict[str, object] = {"model": settings.model, "seconds": f"{result.seconds:.1f}"}
    if result.code:
        yield Check("model", "warn", "trouble", {}, StudyError(result.code, **result.facts))
    else:
        yield Check("model", "ok", "model", facts)

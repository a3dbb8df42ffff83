"""A disk that is full or read-only in the middle of a live run: said clearly, and what was made on the cluster is removed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from api_server import ApiServer, kubeconfig, minikube, serving

from assistant.demos.catalogue import DEMOS
from assistant.lab import running
from assistant.lab.events import Changed, CleanedUp, DemoFinished, Event, Refused, StepFailed
from assistant.settings import Settings
from knowledge.errors import StudyError

DEMO = replace(DEMOS["cluster-anatomy"], steps=())


class FullJournal:
    """A journal on a full disk: it knows the consent, and takes no more writes after a number of them."""

    def __init__(self, takes: int) -> None:
        self.takes = takes

    def agreed(self, uid: str) -> bool:
        return True

    def record_write(self, run: str, context: str, namespace: str, verb: str, kind: str, name: str) -> None:
        if self.takes == 0:
            raise StudyError("journal-broken", path="journal.db", reason="database or disk is full")
        self.takes -= 1


@pytest.fixture
def api(kubeconfig_file: Callable[[str], Path]) -> Iterator[ApiServer]:
    """An API server that keeps what is made, and forgets what is deleted."""
    with serving(ApiServer(minikube())) as api:
        kubeconfig_file(kubeconfig(api.url))
        api.answers["/api/v1/namespaces"] = (200, {"items": []})

        def write(method: str, path: str, form: Any) -> tuple[int, Any]:
            if method == "DELETE":
                return (200, {}) if api.answers.pop(path, None) else (404, {"kind": "Status"})
            kept = {**form, "status": {"hard": {"pods": "20"}, "token": "t"}}
            kept.setdefault("metadata", {}).update(uid="u", resourceVersion="1")
            name = kept["metadata"].get("name", "")
            api.answers[f"{path}/{name}" if method == "POST" else path] = (200, kept)
            if kept.get("kind") == "Namespace":
                api.answers[f"{path}/{name}/serviceaccounts/default"] = (200, {"kind": "ServiceAccount"})
                api.answers[f"{path}/{name}/pods"] = (
                    200,
                    {"kind": "PodList", "metadata": {"resourceVersion": "1"}, "items": []},
                )
            return 201, kept

        api.on_write = write
        yield api


def played(home: Path, journal: FullJournal) -> list[Event]:
    run = running.start(DEMO, settings=Settings(home=home), ledger=journal)
    assert run.wait(60)
    return [moment.event for moment in run.moments()]


def namespaces(api: ApiServer) -> list[str]:
    return [path for path in api.answers if path.startswith("/api/v1/namespaces/kubenote-") and path.count("/") == 4]


def test_the_journal_takes_no_more(home: Path, api: ApiServer) -> None:
    """A write that cannot be kept ends the run; the namespace goes all the same, and every write is an event."""
    told = played(home, FullJournal(2))
    failed = next(event for event in told if isinstance(event, StepFailed))
    assert (failed.code, failed.facts["reason"]) == ("journal-broken", "database or disk is full")
    written = [(event.verb, event.kind) for event in told if isinstance(event, Changed)]
    made = ["Namespace", "ResourceQuota", "LimitRange"]
    assert written == [*(("create", kind) for kind in made), ("delete", "Namespace")]
    cleaned, finished = told[-2:]
    assert isinstance(cleaned, CleanedUp)
    assert cleaned.gone
    assert finished == DemoFinished("failed", None, None)
    assert not namespaces(api)


def test_the_token_cannot_be_kept(home: Path, api: ApiServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """No space for the steps' kubeconfig: the run ends as broken, with the reason, and is cleaned up."""
    from assistant.lab import grounds

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(grounds, "write_kubeconfig", full)
    told = played(home, FullJournal(-1))
    failed = next(event for event in told if isinstance(event, StepFailed))
    assert failed.code == "lab-broken"
    assert "No space left on device" in str(failed.facts["reason"])
    assert isinstance(told[-1], DemoFinished)
    assert not namespaces(api)


def test_a_home_that_cannot_be_written(tmp_path: Path, api: ApiServer) -> None:
    """Refused before anything is made: without its lock file nobody could tell whether the run lives."""
    home = tmp_path / "file"
    home.write_text("in the way", "utf-8")
    told = played(home, FullJournal(-1))
    assert len(told) == 1
    assert isinstance(told[0], Refused)
    assert told[0].code == "home-unwritable"
    assert not api.writes

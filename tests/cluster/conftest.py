"""On a real Kubernetes node shaped like Minikube; skipped, in words, where none answers. Consent is given in a fresh home."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from assistant.journal import Journal
from assistant.lab import grounds, performing, running
from assistant.lab.cluster import Cluster
from assistant.lab.demo import Demo, Value, Verdict
from assistant.lab.events import DemoFinished, Moment, StepFailed
from assistant.settings import Settings, load


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What stops the node comes last."""
    items.sort(key=lambda item: item.get_closest_marker("minikube") is not None)


@pytest.fixture
def settings(home: Path) -> Settings:
    return load()


@pytest.fixture
def owner(settings: Settings) -> Iterator[Cluster]:
    """The learner's own client of the node; the test is skipped where the guard would refuse it."""
    examination, client = performing.examine(settings, None)
    if client is None or examination.refusal is not None:
        pytest.skip(f"no node shaped like Minikube answers ({examination.refusal}): start one and set KUBECONFIG")
    yield client
    client.close()


@pytest.fixture
def journal(settings: Settings, owner: Cluster) -> Iterator[Journal]:
    """A journal in which this cluster was agreed to."""
    book = Journal(settings.journal_file)
    examination, client = performing.examine(settings, None)
    assert examination.answer is not None
    assert client is not None
    client.close()
    book.agree(examination.answer.uid, settings.profile)
    yield book
    book.close()


class Played:
    """A run that ended: its moments, its verdict, what it measured."""

    def __init__(self, moments: tuple[Moment, ...]) -> None:
        self.moments = moments
        last = moments[-1].event
        self.ending = last.ending if isinstance(last, DemoFinished) else type(last).__name__
        self.verdict: Verdict | None = last.verdict if isinstance(last, DemoFinished) else None
        self.measured: Mapping[str, Value] = self.verdict.measured if self.verdict else {}

    def all(self, kind: type) -> list[object]:
        return [moment.event for moment in self.moments if isinstance(moment.event, kind)]

    @property
    def outcome(self) -> str:
        """The verdict's outcome, else how it failed."""
        return self.verdict.outcome if self.verdict else f"{self.ending} {self.all(StepFailed)}"


Play = Callable[..., Played]


@pytest.fixture
def play(settings: Settings, journal: Journal, owner: Cluster) -> Iterator[Play]:
    """Run a demo live to its end; afterwards none of our namespaces may be left."""

    def run(demo: Demo, *, predicted: str | None = None, typed: bool = False) -> Played:
        going = running.start(demo, settings=settings, ledger=journal, predicted=predicted, typed=typed)
        return Played(tuple(going.follow()))

    yield run
    assert not [left.namespace for left in grounds.ours(owner) if not left.deleting]


FindProcess = Callable[[str], int]


@pytest.fixture
def node_process(owner: Cluster) -> FindProcess:
    """The pid of a program of this very node, as kube-apiserver or kubelet; skipped where this machine does not show it.

    The API server is known by the address that it advertises, everything else by sharing its network.
    """
    host = urlsplit(owner.entry.server).hostname

    def running(name: str) -> list[tuple[Path, list[str]]]:
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                line = (folder / "cmdline").read_bytes().decode().split("\0")
            except OSError:
                continue
            if Path(line[0]).name == name:
                found.append((folder, line))
        return found

    def find(name: str) -> int:
        try:
            servers = [folder for folder, line in running("kube-apiserver") if f"--advertise-address={host}" in line]
            networks = {os.readlink(folder / "ns/net") for folder in servers}
            found = [folder for folder, _ in running(name) if os.readlink(folder / "ns/net") in networks]
        except PermissionError:
            found = []
        if len(found) != 1:
            pytest.skip(f"the {name} of the node {host} is not a process that this machine shows: run on the node's machine")
        return int(found[0].name)

    return find

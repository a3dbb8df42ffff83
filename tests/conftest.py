"""Shared by all tests: nothing of the person's own data, settings or clusters is ever touched."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import hypothesis
import pytest

# A timing is no assertion: a busy machine must not fail a property.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Path:
    """KUBENOTE_HOME in a fresh folder, and no other KUBENOTE_ variable."""
    for name in [name for name in os.environ if name.startswith("KUBENOTE_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "home"
    monkeypatch.setenv("KUBENOTE_HOME", str(folder))
    if not any(request.node.get_closest_marker(name) for name in ("cluster", "minikube")):
        monkeypatch.setenv("KUBECONFIG", str(tmp_path / "no-kubeconfig"))
    return folder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a browser or cluster test must run: there a skip is a failure."""
    report = yield
    needs = [name for name in ("browser", "cluster", "minikube") if item.get_closest_marker(name)]
    if report.skipped and needs and os.environ.get("CI") == "true" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI, where {' and '.join(needs)} must be there: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def lexical_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built-in notes, indexed without an encoder: a few seconds, once for all tests and all their workers."""
    from filelock import FileLock

    from knowledge.reference import Library

    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    folder = shared / "lexical-index"
    with FileLock(shared / "lexical-index.lock"):
        if not folder.exists():
            library = Library(folder, embedding="none")
            for _step in library.sync():
                pass
            library.close()
    return folder

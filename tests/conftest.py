"""Shared by all tests: nothing of the person's own data, settings or clusters is ever touched."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


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

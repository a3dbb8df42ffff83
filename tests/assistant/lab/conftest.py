"""The lab's tests: a kubeconfig of their own, a server in the place of an API server."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def kubeconfig_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Write this text as the only kubeconfig there is."""

    def write(text: str) -> Path:
        path = tmp_path / "kubeconfig"
        path.write_text(text, "utf-8")
        monkeypatch.setenv("KUBECONFIG", str(path))
        return path

    return write

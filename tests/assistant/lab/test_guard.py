"""The guard, against every kind of cluster that is not the learner's Minikube. What is refused is sent nothing but reads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from api_server import UID, ApiServer, kubeconfig, minikube, node, serving

from assistant.demos.catalogue import get
from assistant.lab import performing, running
from assistant.lab.events import Refused
from assistant.lab.guard import CHECKS, Examination
from assistant.lab.kubeconfig import Kubeconfig, read
from assistant.settings import Settings

Write = Callable[[str], Path]


class Book:
    """A journal in which this UID was agreed to."""

    def __init__(self, uid: str = UID) -> None:
        self.uid = uid
        self.writes: list[str] = []

    def agreed(self, uid: str) -> bool:
        return uid == self.uid

    def record_write(self, run: str, context: str, namespace: str, verb: str, kind: str, name: str) -> None:
        self.writes.append(f"{verb} {kind}")


def examined(home: Path, uid: str = UID, **chosen: str) -> Examination:
    examination, owner = performing.examine(Settings(home=home, **chosen), Book(uid))  # type: ignore[arg-type]
    if owner is not None:
        owner.close()
    return examination


def code(examination: Examination) -> str:
    return examination.refusal.code if examination.refusal else ""


def test_minikube_that_was_agreed_to(home: Path, kubeconfig_file: Write) -> None:
    """All five checks pass, and no other context is needed, not even the current one."""
    with serving(ApiServer(minikube())) as api:
        kubeconfig_file(kubeconfig(api.url))
        examination = examined(home)
    assert [check.id for check in examination.checks] == list(CHECKS)
    assert all(check.passed for check in examination.checks), examination
    assert not api.writes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, "guard-kubeconfig-absent"),
        ("", "guard-kubeconfig-empty"),
        ("apiVersion: v1\nkind: Config\n", "guard-kubeconfig-empty"),
        ("{broken: [", "guard-kubeconfig-broken"),
        ("just words", "guard-kubeconfig-broken"),
        (kubeconfig("https://127.0.0.1:1", context="kind-kind", provider=None), "guard-no-context"),
        (kubeconfig("https://127.0.0.1:1", provider=None), "guard-not-minikube"),
        (kubeconfig("https://127.0.0.1:1", provider="kind.sigs.k8s.io"), "guard-not-minikube"),
        (kubeconfig("https://8.8.8.8:6443"), "guard-public-address"),
        (kubeconfig("https://minikube.example.org:6443"), "guard-public-address"),
        (kubeconfig("https://0.0.0.0:6443"), "guard-public-address"),
        (kubeconfig("http://127.0.0.1:8080"), "guard-public-address"),
        (kubeconfig("https://127.0.0.1:1", **{"proxy-url": "http://proxy:3128"}), "guard-proxy"),
        (kubeconfig("https://127.0.0.1:1", **{"certificate-authority-data": ""}), "guard-credentials"),
    ],
)
def test_what_the_kubeconfig_alone_tells(home: Path, kubeconfig_file: Write, text: str | None, expected: str) -> None:
    """Refused before a single request is made."""
    if text is not None:
        kubeconfig_file(text)
    examination = examined(home)
    assert code(examination) == expected
    assert examination.answer is None


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"nodes": (200, {"kind": "NodeList", "items": [node(labels={})]})}, "guard-node-labels"),
        ({"nodes": (200, {"kind": "NodeList", "items": [node(), node(labels={"a": "b"})]})}, "guard-node-labels"),
        ({"nodes": (200, {"kind": "NodeList", "items": [node(ready="False")]})}, "guard-not-ready"),
        ({"nodes": (200, {"kind": "NodeList", "items": []})}, "guard-not-ready"),
        ({"nodes": (403, {"kind": "Status", "message": "forbidden"})}, "guard-not-allowed"),
        ({"nodes": (200, {"kind": "Something"})}, "guard-not-kubernetes"),
        ({"version": (200, "<html>Please sign in</html>")}, "guard-not-kubernetes"),
        ({"version": (302, "")}, "guard-not-kubernetes"),
        ({"version": (502, "Bad Gateway")}, "guard-not-kubernetes"),
        ({"version": (200, {"gitVersion": "nonsense"})}, "guard-not-kubernetes"),
        ({"version": (401, {"kind": "Status", "message": "Unauthorized"})}, "guard-not-allowed"),
        ({"system": (404, {"kind": "Status"})}, "guard-not-kubernetes"),
        ({"system": (200, {})}, "guard-not-kubernetes"),
    ],
)
def test_what_a_strange_cluster_answers(
    home: Path, kubeconfig_file: Write, changed: dict[str, tuple[int, object]], expected: str
) -> None:
    """Minikube's extension copied onto another cluster, a login page, an error: refused, and only read."""
    with serving(ApiServer(minikube(**changed))) as api:
        kubeconfig_file(kubeconfig(api.url))
        assert code(examined(home)) == expected
        run = running.start(get("replicaset-self-healing"), settings=Settings(home=home), ledger=Book())
        assert run.wait(20)
    last = run.moments()[-1].event
    assert isinstance(last, Refused)
    assert last.code == expected
    assert api.asked
    assert not api.writes


def test_a_cluster_with_another_uid(home: Path, kubeconfig_file: Write) -> None:
    """Agreed to one cluster, met another under the same name."""
    with serving(ApiServer(minikube())) as api:
        kubeconfig_file(kubeconfig(api.url))
        assert code(examined(home, uid="another")) == "consent-missing"
        settings = Settings(home=home)
        examination, owner = performing.examine(settings, Book(), expected_uid="the-one-it-began-with")
        assert owner is not None
        owner.close()
        assert code(examination) == "guard-other-uid"
        assert not api.writes


def test_a_cluster_that_answers_byte_by_byte(home: Path, kubeconfig_file: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that never ends is no answer: the deadline is one for everything."""
    monkeypatch.setattr(performing, "read_answer", lambda owner: _read(owner, seconds=0.3))
    from assistant.lab.cluster import read_answer as _read

    with serving(ApiServer(minikube(), delay=0.2)) as api:
        kubeconfig_file(kubeconfig(api.url))
        assert code(examined(home)) == "guard-no-answer"


def test_nobody_listens(home: Path, kubeconfig_file: Write) -> None:
    """A stopped cluster: no answer, and the way to start it."""
    with serving(ApiServer(minikube())) as api:
        url = api.url
    kubeconfig_file(kubeconfig(url))
    assert code(examined(home)) == "guard-no-answer"


def test_a_proxy_of_the_environment(home: Path, kubeconfig_file: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """HTTPS_PROXY set without NO_PROXY: the cluster's address bypasses it."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    with serving(ApiServer(minikube())) as api:
        kubeconfig_file(kubeconfig(api.url))
        assert code(examined(home)) == ""


def test_another_profile(home: Path, kubeconfig_file: Write) -> None:
    """The profile is a setting; its nodes carry its own name."""
    labels = {"minikube.k8s.io/name": "class", "minikube.k8s.io/version": "v1.38.1"}
    with serving(ApiServer(minikube(nodes=(200, {"kind": "NodeList", "items": [node(labels=labels)]})))) as api:
        kubeconfig_file(kubeconfig(api.url, context="class"))
        assert code(examined(home, profile="class")) == ""
        assert code(examined(home)) == "guard-no-context"


def test_several_kubeconfig_files(tmp_path: Path) -> None:
    """As kubectl has it: all of them count, the first that names a thing wins, a missing file is no error."""
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_text(kubeconfig("https://127.0.0.1:1"), "utf-8")
    second.write_text(kubeconfig("https://127.0.0.1:2"), "utf-8")
    import os

    found = read("minikube", {"KUBECONFIG": os.pathsep.join(map(str, (tmp_path / "none", first, second)))})
    assert isinstance(found, Kubeconfig)
    assert found.entry is not None
    assert found.entry.server == "https://127.0.0.1:1"

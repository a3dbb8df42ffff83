"""The traps of the Python client, against the real code paths: each was seen to spring on a real cluster."""

from __future__ import annotations

import ast
import json
import queue
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from api_server import ApiServer, kubeconfig, minikube, serving, until

import assistant
from assistant.lab import performing
from assistant.lab.cluster import Cluster
from assistant.lab.kubeconfig import read
from assistant.settings import Settings
from knowledge.errors import StudyError

Form = dict[str, Any]
PODS, SLICES = "/api/v1/namespaces/ns/pods", "/apis/discovery.k8s.io/v1/namespaces/ns/endpointslices"


@pytest.fixture
def api() -> Iterator[ApiServer]:
    with serving(ApiServer(minikube())) as served:
        yield served


@pytest.fixture
def cluster(api: ApiServer, kubeconfig_file: Callable[[str], Path]) -> Iterator[Cluster]:
    kubeconfig_file(kubeconfig(api.url))
    entry = read("minikube").entry
    assert entry is not None
    client = Cluster(entry)
    yield client
    client.close()


# which cluster


def two_clusters(near: str, far: str, **changed: object) -> str:
    """A kubeconfig whose current context is another cluster."""
    form, other = json.loads(kubeconfig(near)), json.loads(kubeconfig(far))
    form["clusters"].append({**other["clusters"][0], "name": "far"})
    form["contexts"].append({"name": "far", "context": {"cluster": "far", "user": "u"}})
    form["current-context"] = "far"
    for name, value in changed.items():
        form[name.replace("_", "-")] = value
    return json.dumps({name: value for name, value in form.items() if value is not None})


def test_another_cluster_is_the_current_context(home: Path, api: ApiServer, kubeconfig_file: Callable[[str], Path]) -> None:
    """The client goes to the context that was named; the other cluster is sent nothing, and the file stays as it was."""
    with serving(ApiServer(minikube())) as far:
        path = kubeconfig_file(two_clusters(api.url, far.url))
        before = path.read_bytes()
        examination, owner = performing.examine(Settings(home=home), None)
        assert owner is not None
        owner.list("Node")
        owner.close()
        assert examination.refusal is None
        assert far.asked == []
    assert len(api.asked) >= 4
    assert path.read_bytes() == before


@pytest.mark.parametrize("current", [None, "", "gone"])
def test_a_current_context_that_dangles(
    home: Path, api: ApiServer, kubeconfig_file: Callable[[str], Path], current: str | None
) -> None:
    """Absent, empty or naming nothing: it is not even read, where the client's own list of contexts would raise."""
    kubeconfig_file(two_clusters(api.url, "https://127.0.0.1:1", current_context=current))
    assert read("minikube").contexts == ("minikube", "far")
    examination, owner = performing.examine(Settings(home=home), None)
    assert owner is not None
    owner.close()
    assert examination.refusal is None


def test_the_mark_is_on_the_context_only(home: Path, api: ApiServer, kubeconfig_file: Callable[[str], Path]) -> None:
    """Minikube marks context and cluster; the cluster's mark counts, since anybody may rename a context."""
    form = json.loads(kubeconfig(api.url))
    form["contexts"][0]["context"]["extensions"] = form["clusters"][0]["cluster"].pop("extensions")
    kubeconfig_file(json.dumps(form))
    examination, owner = performing.examine(Settings(home=home), None)
    assert owner is None
    assert examination.refusal is not None
    assert examination.refusal.code == "guard-not-minikube"
    assert api.asked == []


# requests


@pytest.mark.parametrize("path", ["hostname?a=1&b=2", "/hostname?a=1&b=2"])
def test_a_question_mark_through_the_service_proxy(cluster: Cluster, api: ApiServer, path: str) -> None:
    """The client's proxy helper encodes it and silently fetches another page; ours arrives as it was meant."""
    cluster.proxy_get("ns", "web:80", path)
    assert api.asked[-1] == ("GET", "/api/v1/namespaces/ns/services/web:80/proxy/hostname?a=1&b=2")


@pytest.mark.parametrize(
    ("answer", "deleted"),
    [
        ((200, {"kind": "Status", "status": "Success"}), True),
        ((202, {"kind": "Pod", "metadata": {"name": "one", "deletionTimestamp": "2026-01-01T00:00:00Z"}}), True),
        ((404, {"kind": "Status", "code": 404}), False),
        ((409, {"kind": "Status", "code": 409}), False),
    ],
)
def test_what_a_deletion_answers(cluster: Cluster, api: ApiServer, answer: tuple[int, Form], deleted: bool) -> None:
    """A Status, or the object on its way out; gone already, or another object under that name: no deletion of ours."""
    api.on_write = lambda method, path, body: answer
    assert cluster.delete("Pod", "ns", "one") is deleted


def test_a_deletion_bound_to_one_object(cluster: Cluster, api: ApiServer) -> None:
    """The UID goes along as a precondition."""
    sent: list[Any] = []
    api.on_write = lambda method, path, body: (sent.append(body), (200, {}))[1]
    cluster.delete("Namespace", "", "ns", uid="u-1", grace=1)
    assert sent == [{"propagationPolicy": "Background", "gracePeriodSeconds": 1, "preconditions": {"uid": "u-1"}}]


def test_a_write_whose_answer_never_comes(kubeconfig_file: Callable[[str], Path]) -> None:
    """It is not sent again behind our back: who knows whether it was done."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        kubeconfig_file(kubeconfig(f"https://127.0.0.1:{server.getsockname()[1]}"))
        entry = read("minikube").entry
        assert entry is not None
        client = Cluster(entry)
        met: list[int] = []

        def hang_up() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                met.append(1)
                connection.close()

        thread = threading.Thread(target=hang_up, daemon=True)
        thread.start()
        with pytest.raises(StudyError, match="cluster-unreachable"):
            client.create("ns", {"kind": "Pod", "metadata": {"name": "one"}})
        client.close()
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)
    assert met == [1]


def test_nothing_takes_the_clients_calls_away() -> None:
    """`stream()` and `portforward()` swap a method of a shared client, so that other threads' calls fail: never used."""
    used = []
    for path in Path(assistant.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("kubernetes"):
                used += [f"{node.module}.{each.name}" for each in node.names]
            elif isinstance(node, ast.Import):
                used += [each.name for each in node.names if each.name.startswith("kubernetes")]
    assert used
    forbidden = ("stream", "portforward", "new_client_from_config", "list_kube_config_contexts", "load_kube_config")
    assert [name for name in used if name.split(".")[-1] in forbidden or name.startswith("kubernetes.stream")] == []


# watching


def pod(name: str, version: int, **meta: object) -> Form:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "ns", "uid": f"u-{name}", "resourceVersion": str(version), **meta},
    }


def line(change: str, form: Form) -> str:
    return json.dumps({"type": change, "object": form}) + "\n"


GONE = {"kind": "Status", "apiVersion": "v1", "code": 410, "reason": "Expired", "message": "too old resource version"}


class Script:
    """What each watch gives, in turn: lines, or what to do between them; the last watch stays open until the end."""

    def __init__(self, api: ApiServer, *watches: tuple[object, ...]) -> None:
        self.api, self.watches = api, list(watches)
        self.began: list[str] = []
        self.seen: queue.Queue[tuple[str, str]] = queue.Queue()
        self.over = threading.Event()
        api.on_watch = self.give

    def give(self, path: str, version: str) -> Iterator[str]:
        self.began.append(version)
        for step in self.watches.pop(0) if self.watches else ():
            if callable(step):
                step()
            else:
                yield str(step)
        if not self.watches:
            self.over.wait(20)

    def on(self, change: str, kind: str, form: Form) -> None:
        self.seen.put((change, form["metadata"]["name"]))

    def next(self) -> tuple[str, str]:
        return self.seen.get(timeout=15)


Watch = Callable[..., Script]


@pytest.fixture
def watch(cluster: Cluster, api: ApiServer) -> Iterator[Watch]:
    """Begin to watch the pods of a namespace that has one, with this script."""
    ends: list[Callable[[], None]] = []

    def begin(*watches: tuple[object, ...]) -> Script:
        api.answers[PODS] = (200, {"kind": "PodList", "metadata": {"resourceVersion": "10"}, "items": [pod("one", 5)]})
        script = Script(api, *watches)
        ends.append(script.over.set)
        ends.append(cluster.watch("ns", ("Pod",), script.on))
        assert script.next() == ("added", "one")
        return script

    yield begin
    for end in reversed(ends):
        end()


def test_a_watch_that_ends_silently(watch: Watch) -> None:
    """As after its time: it is taken up where it was, and no change is lost or told twice."""
    script = watch((line("ADDED", pod("two", 11)),), (line("MODIFIED", pod("two", 12)),))
    assert [script.next(), script.next()] == [("added", "two"), ("modified", "two")]
    until(lambda: len(script.began) >= 2)
    assert script.began[:2] == ["10", "11"]


def test_a_watch_that_is_cut_in_the_middle_of_a_line(watch: Watch) -> None:
    """The connection is gone after half a line: that is no change; the whole one comes with the next watch."""

    def cut() -> None:
        raise ConnectionError

    script = watch((line("ADDED", pod("two", 11))[:40], cut), (line("ADDED", pod("two", 11)),))
    assert script.next() == ("added", "two")
    assert script.began[:2] == ["10", "10"]


def test_a_watch_that_is_too_old(watch: Watch, api: ApiServer) -> None:
    """410 Gone: it lists again; what went meanwhile is told as deleted, what came as added, and it watches on from there."""

    def meanwhile() -> None:
        api.answers[PODS] = (200, {"kind": "PodList", "metadata": {"resourceVersion": "50"}, "items": [pod("new", 45)]})

    gone = line("ERROR", GONE)
    script = watch((meanwhile, gone), (gone,), (line("MODIFIED", pod("new", 51)),))
    assert [script.next(), script.next(), script.next()] == [("deleted", "one"), ("added", "new"), ("modified", "new")]
    assert script.began == ["10", "10", "50"]


def test_a_list_of_which_half_is_empty(cluster: Cluster, api: ApiServer) -> None:
    """The API leaves out and nulls what it pleases: an EndpointSlice without endpoints is an EndpointSlice."""
    bare = {"metadata": {"name": "web-x", "uid": "u", "resourceVersion": "3"}, "addressType": "IPv4", "endpoints": None}
    listed = {"kind": "EndpointSliceList", "metadata": {"resourceVersion": "10"}, "items": [{**bare, "ports": None}]}
    api.answers[SLICES] = (200, listed)
    script = Script(api, ())
    stop = cluster.watch("ns", ("EndpointSlice",), script.on)
    try:
        assert script.next() == ("added", "web-x")
    finally:
        script.over.set()
        stop()


def test_calls_beside_a_watch(watch: Watch, cluster: Cluster) -> None:
    """While a watch is open on the same client, every call of other threads is answered as ever."""
    watch(())
    with ThreadPoolExecutor(8) as several:
        assert list(several.map(lambda _: len(cluster.list("Node")), range(40))) == [1] * 40


def test_a_handler_that_breaks(cluster: Cluster, api: ApiServer) -> None:
    """A change that our own code cannot take does not end the watch."""
    api.answers[PODS] = (200, {"kind": "PodList", "metadata": {"resourceVersion": "10"}, "items": [pod("one", 5)]})
    script = Script(api, (line("ADDED", pod("two", 11)),))

    def on(change: str, kind: str, form: Form) -> None:
        if form["metadata"]["name"] == "one":
            raise ValueError("not this one")
        script.on(change, kind, form)

    stop = cluster.watch("ns", ("Pod",), on)
    try:
        assert script.next() == ("added", "two")
    finally:
        script.over.set()
        stop()

"""A small HTTPS server in the place of an API server: it answers what a test tells it to, and remembers what it was asked."""

from __future__ import annotations

import base64
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

CERTIFICATE = Path(__file__).with_name("server.pem")
UID = "11111111-2222-3333-4444-555555555555"

Answers = dict[str, tuple[int, Any]]


def node(*, labels: dict[str, str] | None = None, ready: str = "True") -> dict[str, Any]:
    mine = {"minikube.k8s.io/name": "minikube", "minikube.k8s.io/version": "v1.38.1"} if labels is None else labels
    return {"metadata": {"name": "minikube", "labels": mine}, "status": {"conditions": [{"type": "Ready", "status": ready}]}}


def minikube(**changed: tuple[int, Any]) -> Answers:
    """The answers of a Minikube; `version`, `nodes`, `system` can be replaced."""
    answers = {
        "version": (200, {"gitVersion": "v1.36.2"}),
        "nodes": (200, {"kind": "NodeList", "items": [node()]}),
        "system": (200, {"kind": "Namespace", "metadata": {"name": "kube-system", "uid": UID}}),
    } | changed
    paths = {"version": "/version", "nodes": "/api/v1/nodes", "system": "/api/v1/namespaces/kube-system"}
    return {paths[name]: answer for name, answer in answers.items()}


class ApiServer:
    """Where it listens, what it was asked (method, path), and its answers; a test may change them at any time."""

    def __init__(self, answers: Answers, delay: float = 0.0) -> None:
        self.answers, self.delay = answers, delay
        self.asked: list[tuple[str, str]] = []
        self.stop = threading.Event()
        self.url = ""
        self.clock = ""
        """The Date of its replies; "" as it is."""
        self.on_write: Callable[[str, str, Any], tuple[int, Any]] | None = None
        self.on_watch: Callable[[str, str], Iterator[str]] | None = None
        """The lines that a watch of this path, from this resourceVersion, gives before it ends."""

    @property
    def writes(self) -> list[tuple[str, str]]:
        return [one for one in self.asked if one[0] not in ("GET", "HEAD")]


@contextmanager
def serving(api: ApiServer) -> Iterator[ApiServer]:
    """Serve on a free port of 127.0.0.1 until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            sent = self.rfile.read(length)
            api.asked.append((self.command, self.path))
            path, _, query = self.path.partition("?")
            if "watch=" in query and api.on_watch is not None:
                self.watched(api.on_watch(path, parse_qs(query).get("resourceVersion", [""])[0]))
                return
            status, form = api.answers.get(path, (404, {"kind": "Status", "message": "not found"}))
            if self.command != "GET" and api.on_write is not None:
                status, form = api.on_write(self.command, path, json.loads(sent or b"null"))
            raw = form.encode() if isinstance(form, str) else json.dumps(form).encode()
            self.send_response(status)
            if status in (301, 302):
                self.send_header("Location", "https://127.0.0.1:1/login")
            self.send_header("Content-Type", "text/html" if isinstance(form, str) else "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            for byte in raw:
                if api.delay and api.stop.wait(api.delay):
                    return
                self.wfile.write(bytes([byte]))

        def watched(self, lines: Iterator[str]) -> None:
            self.close_connection = True
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for line in lines:
                raw = line.encode()
                self.wfile.write(b"%x\r\n%b\r\n" % (len(raw), raw))
            self.wfile.write(b"0\r\n\r\n")

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = answer

        def date_time_string(self, timestamp: float | None = None) -> str:
            return api.clock or super().date_time_string(timestamp)  # type: ignore[arg-type]

        def log_message(self, *_: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    server = Quiet(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    api.url = f"https://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield api
    finally:
        api.stop.set()
        server.shutdown()
        server.server_close()


def kubeconfig(server: str, *, context: str = "minikube", provider: str | None = "minikube.sigs.k8s.io", **cluster: Any) -> str:
    """A kubeconfig with one context, as Minikube writes it; further keywords go into its cluster."""
    data = base64.b64encode(CERTIFICATE.read_bytes()).decode()
    mark = [{"name": "cluster_info", "extension": {"provider": provider, "version": "v1.38.1"}}] if provider else []
    form = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {"name": "c", "cluster": {"server": server, "certificate-authority-data": data, "extensions": mark, **cluster}}
        ],
        "contexts": [{"name": context, "context": {"cluster": "c", "user": "u"}}],
        "users": [{"name": "u", "user": {"client-certificate-data": data, "client-key-data": data}}],
        "current-context": "somewhere-else",
    }
    return json.dumps(form)


def until(true: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for something that another thread does; AssertionError where it never does."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.005)

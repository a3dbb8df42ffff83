"""A real server and a real Chromium. The server has a home of its own, no cluster, and one recording made by hand."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from assistant.demos.catalogue import DEMOS
from assistant.lab import events, recording
from assistant.lab.demo import Value, decide
from assistant.lab.events import Event, Moment, to_line
from ui import asgi

SLUG = "replicaset-self-healing"
ARGUMENTS = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update"]
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def moments(seconds: float = 12.0) -> tuple[Moment, ...]:
    """A run that deletes one pod of three under traffic, with a report ten times a second."""
    demo = DEMOS[SLUG]
    owner = "web-7d9f8c"
    names = [f"{owner}-{suffix}" for suffix in ("x7k2p", "m4qzt", "8hj2c", "q9wn5")]
    told: list[Event] = [
        events.DemoStarted(
            demo.slug,
            recording.fingerprint(demo),
            "2026-11-30T10:00:00Z",
            "v1.36.0",
            "Minikube v1.38.1, driver none",
            "minikube",
            "kubenote-ab12",
            len(demo.steps),
            demo.budget_seconds,
        ),
        events.StepStarted(0, "apply", "kubectl --context minikube -n kubenote-ab12 apply -f -", "kind: Deployment\n"),
        events.ObjectChanged("added", "ReplicaSet", owner, "r", {"wanted": 3, "ready": 3, "owner": "web"}),
    ]
    told += [_pod(name, owner, "added") for name in names[:3]]
    told += [events.StepFinished(0, 0.5), events.StepStarted(1, "send", "", "")]
    told += [events.TrafficSeen("service", {names[number % 3]: 1}, 0) for number in range(int(seconds * 10))]
    told += [
        _pod(names[0], owner, "modified", deleting=True),
        _pod(names[3], owner, "added"),
        _pod(names[0], owner, "deleted", deleting=True),
        events.StepFinished(1, seconds),
    ]
    measured: dict[str, Value] = {
        "added_before_gone": True,
        "new_name": True,
        "new_uid": True,
        "after_ready": 3,
        "added_seconds": 0.1,
        "gone_seconds": 0.5,
    }
    told += [*(events.Measured(name, value) for name, value in measured.items())]
    told += [events.CleanedUp("kubenote-ab12", True, 6.0), events.DemoFinished("finished", decide(demo, measured), None)]
    return tuple(Moment("ab12", n, n * 0.1, event) for n, event in enumerate(told))


def _pod(name: str, owner: str, change: str, *, deleting: bool = False) -> Event:
    view: dict[str, Value] = {"phase": "Running", "ready": "1/1", "owner": owner, "deleting": deleting}
    return events.ObjectChanged(change, "Pod", name, f"uid-{name}", view)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Server:
    """A running page: its address and its home."""

    url: str
    port: int
    home: Path


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(script: Path, home: Path, *more: str) -> tuple[subprocess.Popen[bytes], int]:
    """Start Streamlit on a free port and wait until it answers; whoever calls ends it."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KUBENOTE_")}
    environment |= {"KUBENOTE_HOME": str(home), "KUBECONFIG": str(home / "no-kubeconfig")}
    command = [sys.executable, "-m", "streamlit", "run", str(script), f"--server.port={port}", "--server.headless=true", *more]
    process = subprocess.Popen(command, env=environment, cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return process, port
        except OSError:
            time.sleep(0.1)  # the server has no event to await from outside
    process.kill()
    raise AssertionError("the server did not start")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("home")
    (home / "recordings").mkdir()
    (home / "recordings" / f"{SLUG}.jsonl").write_text("\n".join(map(to_line, moments())) + "\n", "utf-8")
    process, port = serve(Path(asgi.__file__), home)
    try:
        yield Server(f"http://localhost:{port}", port, home)
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def served() -> Iterator[Callable[..., tuple[subprocess.Popen[bytes], int]]]:
    """Starts servers of a test's own scripts, and ends them."""
    started: list[subprocess.Popen[bytes]] = []

    def start(script: Path, home: Path, *more: str) -> tuple[subprocess.Popen[bytes], int]:
        process, port = serve(script, home, *more)
        started.append(process)
        return process, port

    yield start
    for process in started:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A real browser, or a skip that says why there is none."""
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        if program is None and not Path(playwright.chromium.executable_path).is_file():
            pytest.skip("no Chromium on this machine: install chromium, or run `playwright install chromium`")
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """Open the page as a browser of this kind; every request to another host is a failure of the test."""
    contexts: list[BrowserContext] = []
    strangers: list[str] = []

    def open_page(path: str = "/", *, width: int = 1280, height: int = 900, dark: bool = False, still: bool = False) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce" if still else "no-preference",
            locale="ko-KR",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("request", lambda request: None if _is_ours(request.url, server) else strangers.append(request.url))
        page.goto(f"{server.url}{path}")
        page.locator('[data-testid="stApp"] h2, [data-testid="stChatInput"]').first.wait_for()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert strangers == []


def _is_ours(url: str, server: Server) -> bool:
    return url.startswith((server.url, f"ws://localhost:{server.port}", "data:", "blob:"))

"""The only door to other programs: kubectl and minikube. Each runs in a process group of its own and is ended by its pid.

A program that stays (a port-forward) is held on a leash: a small process that ends it as soon as ours is gone, also after
kill -9. No shell is ever involved; a proxy of the environment never stands between us and the cluster.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from knowledge.errors import StudyError

_WINDOWS = sys.platform == "win32"

_LEASH = """
import os, subprocess, sys, threading
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
def held():
    while os.read(0, 1024):
        pass
    child.terminate()
    try:
        child.wait(2)
    except subprocess.TimeoutExpired:
        child.kill()
threading.Thread(target=held, daemon=True).start()
code = child.wait()
os._exit(code if code >= 0 else 128 - code)  # the thread may hold standard input: no orderly shutdown
"""


@dataclass(frozen=True, slots=True)
class Done:
    """A program that ended: its exit code, what it printed."""

    code: int
    output: str
    errors: str


def program(name: str) -> str:
    """The path of kubectl or minikube; StudyError `kubectl-missing` or `minikube-missing`."""
    found = shutil.which(name)
    if found is None:
        raise StudyError(f"{name}-missing")
    return found


def without_proxy(server: str, environment: Mapping[str, str]) -> dict[str, str]:
    """The environment with the cluster's address taken out of any proxy's way, and no colours or prompts."""
    host = urlsplit(server).hostname or ""
    chosen = dict(environment)
    for name in ("NO_PROXY", "no_proxy"):
        chosen[name] = ",".join(filter(None, [chosen.get(name, ""), host, "127.0.0.1", "localhost"]))
    return chosen


def _own_group() -> dict[str, object]:
    """The Popen arguments for a process group of its own: Ctrl-C in the learner's terminal reaches us, not the child."""
    if _WINDOWS:  # pragma: no cover
        return {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
    return {"start_new_session": True}


def end(process: subprocess.Popen[str], patience: float = 2.0) -> int:
    """End this process and its group: asked first, killed after `patience` seconds. Its exit code."""
    for send in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
        if process.poll() is not None:
            break
        try:
            if _WINDOWS:  # pragma: no cover
                process.terminate()
            else:
                os.killpg(process.pid, send)
            process.wait(patience)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue
    return process.wait(patience)


def run(
    arguments: Sequence[str], *, environment: Mapping[str, str], seconds: float, stopping: threading.Event | None = None
) -> Done:
    """Run a program to its end. StudyError `command-timeout`; ended early (code -1) where `stopping` is set."""
    process: subprocess.Popen[str] = subprocess.Popen(
        list(arguments),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=dict(environment),
        **_own_group(),  # type: ignore[call-overload]
    )
    until = time.monotonic() + seconds
    while True:
        try:
            output, errors = process.communicate(timeout=min(0.2, max(0.01, until - time.monotonic())))
            return Done(process.returncode, output, errors)
        except subprocess.TimeoutExpired:
            if stopping is not None and stopping.is_set():
                end(process)
                output, errors = process.communicate()
                return Done(-1, output, errors)
            if time.monotonic() >= until:
                end(process)
                process.communicate()
                name = os.path.basename(arguments[0])
                raise StudyError("command-timeout", command=f"{name} {arguments[1]}", seconds=seconds) from None


class Leashed:
    """A program that stays until it is ended, or until we are gone. Its lines go to `on_line(line)` in their own thread."""

    def __init__(self, arguments: Sequence[str], *, environment: Mapping[str, str], on_line: Callable[[str], None]) -> None:
        self._process: subprocess.Popen[str] = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _LEASH, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            bufsize=1,
            env=dict(environment),
            **_own_group(),  # type: ignore[call-overload]
        )
        self._on_line = on_line
        self._reader = threading.Thread(target=self._read, name="lines", daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._on_line(line.rstrip("\n"))

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def code(self) -> int | None:
        """Its exit code, None while it runs."""
        return self._process.poll()

    def wait(self, seconds: float) -> int | None:
        """Its exit code if it ends within these seconds; its last lines have then been read."""
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        self._reader.join(1.0)
        return code

    def end(self) -> None:
        """End it, by letting go of the leash. Safe to repeat."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.close()
        except OSError:
            pass
        if self.wait(3.0) is None:
            end(self._process)
            self._reader.join(1.0)
        self._process.stdout.close()

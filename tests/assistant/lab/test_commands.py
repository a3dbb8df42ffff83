"""Other programs: run to their end, ended early, held on a leash that lets go when we die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from api_server import until

from assistant.lab import commands
from knowledge.errors import StudyError

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def test_a_program_that_ends() -> None:
    """Its code and what it printed, whatever bytes that are."""
    code = "import sys; sys.stdout.buffer.write(b'a\\xff'); sys.stderr.write('b'); sys.exit(3)"
    assert commands.run(python(code), environment=os.environ, seconds=20) == commands.Done(3, "a\ufffd", "b")


def test_a_program_that_does_not_end() -> None:
    """It is ended at its deadline, and that is an error with its name."""
    with pytest.raises(StudyError, match="command-timeout"):
        commands.run(python("import time; time.sleep(60)"), environment=os.environ, seconds=0.3)


def test_a_program_during_a_stop() -> None:
    """It is ended at once; what it had printed comes along."""
    stopping = threading.Event()
    stopping.set()
    done = commands.run(python("import time; time.sleep(60)"), environment=os.environ, seconds=20, stopping=stopping)
    assert done.code == -1


def test_a_program_that_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """kubectl missing: said by its own code."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StudyError, match="kubectl-missing"):
        commands.program("kubectl")


def test_the_cluster_bypasses_a_proxy() -> None:
    """Its address is added to NO_PROXY, what stands there stays."""
    environment = commands.without_proxy("https://192.168.49.2:8443", {"HTTPS_PROXY": "http://p", "NO_PROXY": "a"})
    assert environment["NO_PROXY"].startswith("a,192.168.49.2,")
    assert environment["no_proxy"].startswith("192.168.49.2,")


@posix
def test_a_leashed_program_is_let_go() -> None:
    """Its lines come as they are printed; ended, nothing of it is left."""
    lines: list[str] = []
    code = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    held = commands.Leashed(python(code), environment=os.environ, on_line=lines.append)
    until(lambda: bool(lines))
    pid = int(lines[0])
    assert held.code is None
    held.end()
    held.end()
    assert held.code is not None
    until(lambda: not alive(pid))


def test_a_leashed_program_that_ends_by_itself() -> None:
    """Its exit code is its own, and its last line has been read."""
    lines: list[str] = []
    held = commands.Leashed(
        python("print('lost connection to pod'); raise SystemExit(1)"), environment=os.environ, on_line=lines.append
    )
    assert held.wait(20) == 1
    assert lines == ["lost connection to pod"]
    held.end()


@posix
def test_the_holder_is_killed() -> None:
    """After kill -9 of the process that holds the leash, no program stays behind."""
    holder = (
        "import os, sys, time\n"
        "from assistant.lab import commands\n"
        "code = 'import os, time; print(os.getpid(), flush=True); time.sleep(600)'\n"
        "commands.Leashed([sys.executable, '-c', code], environment=os.environ, on_line=lambda line: print(line, flush=True))\n"
        "time.sleep(600)\n"
    )
    process = subprocess.Popen(python(holder), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    pid = int(process.stdout.readline())
    assert alive(pid)
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    process.stdout.close()
    until(lambda: not alive(pid))

"""Minikube's words become states and events; what it prints besides never ends anything."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.lab import minikube
from assistant.lab.minikube import Done, Failed, StepSeen, Told, event_of, look, state_of
from knowledge.errors import StudyError

RUNNING = {"Name": "minikube", "Host": "Running", "Kubelet": "Running", "APIServer": "Running", "Kubeconfig": "Configured"}
WORKER = {"Name": "m02", "Host": "Running", "Kubelet": "Running", "APIServer": "Irrelevant", "Kubeconfig": "Irrelevant"}
STOPPED = {**RUNNING, "Host": "Stopped", "Kubelet": "Stopped", "APIServer": "Stopped", "Kubeconfig": "Stopped"}


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (RUNNING, "running"),
        ([RUNNING, WORKER], "running"),
        (STOPPED, "stopped"),
        ({**RUNNING, "Kubelet": "Stopped", "APIServer": "Paused"}, "paused"),
        ({**RUNNING, "Kubelet": "Stopped"}, "broken"),
        ({**RUNNING, "APIServer": "Stopped"}, "broken"),
        ([RUNNING, {**WORKER, "Host": "Stopped", "Kubelet": "Stopped"}], "broken"),
        ({**RUNNING, "Host": "Starting"}, "starting"),
        ({**RUNNING, "Host": "Nonexistent", "Kubelet": "Nonexistent"}, "none"),
        ({"type": "io.k8s.sigs.minikube.info", "data": {}}, "none"),
        ([], "none"),
    ],
)
def test_state_of_a_status(status: object, state: str) -> None:
    """One object for one node, a list for several; the words of all nodes count."""
    assert state_of(status)[0] == state


def line(kind: str, **data: str) -> str:
    return json.dumps({"type": f"io.k8s.sigs.minikube.{kind}", "data": data})


@pytest.mark.parametrize(
    ("text", "event"),
    [
        (line("step", currentstep="3", totalsteps="19", name="Starting Node"), StepSeen(3, 19, "Starting Node")),
        (line("step", currentstep="x", totalsteps="19"), None),
        (line("info", message="done"), Told("info", "done")),
        (line("error", message="To pull new external images, you may need a proxy"), None),
        (line("download.progress", artifact="preload", progress="0.25"), Told("download", "preload 25%")),
        ("* a line that leaked in", None),
        ("{broken", None),
        ('{"type": 3, "data": null}', None),
    ],
)
def test_one_line_of_minikube(text: str, event: object) -> None:
    """Each line stands for itself; what is no event of Minikube's is nothing."""
    seen = event_of(text)
    if event is None and "proxy" in text:
        assert isinstance(seen, Told)
        return
    assert seen == event


def test_error_with_an_exit_code_ends_the_command() -> None:
    """Only an exit code makes an error event final."""
    text = line("error", name="PROVIDER_DOCKER_NOT_RUNNING", message="no docker", advice="start it", exitcode="69")
    failed = event_of(text)
    assert isinstance(failed, Failed)
    assert failed.facts["message"] == "no docker start it"


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `minikube` on the PATH that prints the file beside it and keeps its arguments."""
    folder = tmp_path / "path"
    folder.mkdir()
    script = folder / "minikube"
    script.write_text(
        f'#!/bin/sh\necho "$@" >> {folder}/arguments\ncat {folder}/output\nexit $(cat {folder}/code)\n',
    )
    script.chmod(0o755)
    (folder / "output").write_text("")
    (folder / "code").write_text("0")
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


def test_start_tells_its_steps_and_its_end(stand_in: Path) -> None:
    """Steps come as they are printed; lines that leak in are passed over; the context of the learner is kept."""
    steps = [
        line("step", currentstep="0", totalsteps="19", name="Setup"),
        "noise",
        line("step", currentstep="19", totalsteps="19"),
    ]
    (stand_in / "output").write_text("\n".join(steps))
    assert list(minikube.start("class")) == [StepSeen(0, 19, "Setup"), StepSeen(19, 19, ""), Done()]
    arguments = (stand_in / "arguments").read_text()
    assert "--profile class" in arguments
    assert "--keep-context" in arguments


def test_start_that_fails_says_why(stand_in: Path) -> None:
    """The failure carries Minikube's message and exit code."""
    (stand_in / "output").write_text(line("error", name="X", message="no driver", exitcode="63"))
    (stand_in / "code").write_text("63")
    last = list(minikube.start("minikube"))[-1]
    assert isinstance(last, Failed)
    assert (last.code, last.facts["message"]) == ("minikube-failed", "no driver")


def test_stop_keeps_the_context_active(stand_in: Path) -> None:
    """Minikube would else unset the learner's current context."""
    assert list(minikube.stop("minikube")) == [Done()]
    assert "--keep-context-active" in (stand_in / "arguments").read_text()


def test_profile_that_is_not_there(stand_in: Path) -> None:
    """`status` of no profile prints info events and exits 85: that is no failure, it is `none`."""
    (stand_in / "output").write_text(line("info", message="not found") + "\n" + line("info", message="start it"))
    (stand_in / "code").write_text("85")
    assert look("minikube").state == "none"


def test_profile_that_is_invalid(stand_in: Path) -> None:
    """After a failed start the profile stands under invalid, without a configuration."""
    (stand_in / "output").write_text(json.dumps({"valid": [], "invalid": [{"Name": "class", "Status": "", "Config": None}]}))
    assert (look("class").state, look("other").state) == ("broken", "none")


def test_no_minikube_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the command the state says so."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert look("minikube").state == "missing"


def test_image_file_that_is_not_there(stand_in: Path) -> None:
    """A file name is looked at before Minikube is asked."""
    with pytest.raises(StudyError) as raised:
        next(minikube.load_image("minikube", "agnhost.tar"))
    assert raised.value.code == "image-file-missing"


def test_image_that_is_there(stand_in: Path) -> None:
    """The list has one name a line."""
    (stand_in / "output").write_text("registry/a:1\nregistry/b:2\n")
    assert minikube.has_image("minikube", "registry/b:2")
    assert not minikube.has_image("minikube", "registry/b")

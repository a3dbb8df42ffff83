"""A kubectl three versions older than the cluster: only what it knows is asked of it, and its words are understood."""

from __future__ import annotations

import json
import stat
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from api_server import kubeconfig, until

from assistant.demos.catalogue import DEMOS
from assistant.lab.cluster import Cluster
from assistant.lab.events import Event, LogLine, Measured
from assistant.lab.kubeconfig import read
from assistant.lab.sandbox import Sandbox
from assistant.lab.steps.forwarding import OpenForward, forward_of
from assistant.lab.steps.inside import ask
from assistant.lab.surface import STEP_RULES
from assistant.lab.surveying import Survey
from knowledge.errors import StudyError

V1_33 = {
    "apply": {"-f"},
    "delete": set(),
    "exec": set(),
    "get": {"-A", "-l", "-o", "--output-watch-events", "--raw", "--watch", "-w"},
    "label": {"--overwrite"},
    "logs": {"-l", "--prefix", "--tail", "-f", "--previous"},
    "patch": {"-p", "--type", "--subresource"},
    "port-forward": {"--address", "--pod-running-timeout"},
    "rollout": {"--timeout", "--to-revision"},
    "scale": {"--replicas"},
    "set": set(),
    "wait": {"--for", "-l", "--timeout"},
    "describe": set(),
}
"""The commands and flags of kubectl v1.33 that a demo may show or run."""

KUBECTL = """#!{python}
import json, os, sys, time
known = {known}
if sys.argv[1:3] + sys.argv[3:5:2] != ["--context", "minikube", "-n"] or sys.argv[4] != "ns":
    sys.exit("no context and namespace: " + repr(sys.argv))
command, rest = sys.argv[5], sys.argv[6:]
own = rest[: rest.index("--")] if "--" in rest else rest
for flag in (part.split("=")[0] for part in own if part.startswith("-")):
    if flag not in known.get(command, []):
        sys.exit("error: unknown flag: " + flag)
if command == "port-forward":
    if rest[-1] == ":80" and rest[-2] == "svc/gone":
        sys.exit("error: timed out waiting for the condition")
    print("Forwarding from 127.0.0.1:40123 -> 8080", flush=True)
    print("Handling connection for 40123", flush=True)
    while not os.path.exists(os.environ["POD_IS_GONE"]):
        time.sleep(0.02)
    print('E0101 12:00:00.000000   12345 portforward.go:424] "Unhandled Error" err="an error"', file=sys.stderr)
    sys.exit("error: lost connection to pod")
print('Defaulted container "main" out of: main, helper', file=sys.stderr)
print("web-1 200 1\\nweb-2 200 1")
"""


@pytest.fixture
def told() -> list[Event]:
    return []


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[Event]) -> Iterator[Sandbox]:
    """A sandbox whose kubectl on the PATH is an old one; a file `gone` makes its port-forward lose its pod."""
    script = tmp_path / "bin" / "kubectl"
    script.parent.mkdir()
    known = json.dumps({command: sorted(flags) for command, flags in V1_33.items()})
    script.write_text(KUBECTL.replace("{python}", sys.executable).replace("{known}", known), "utf-8")
    script.chmod(script.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", str(script.parent))
    monkeypatch.setenv("POD_IS_GONE", str(tmp_path / "gone"))
    config = tmp_path / "kubeconfig"
    config.write_text(kubeconfig("https://127.0.0.1:1"), "utf-8")
    entry = read("minikube", {"KUBECONFIG": str(config)}).entry
    assert entry is not None
    made = Sandbox(
        context="minikube",
        namespace="ns",
        image="image:1",
        cluster=Cluster(entry),
        kubeconfig=config,
        emit=told.append,
        gate=lambda: None,
        record=lambda verb, kind, name: None,
        survey=lambda: Survey((), ()),
        stopping=threading.Event(),
    )
    yield made
    made.let_go()


@pytest.mark.parametrize("slug", DEMOS)
def test_the_commands_a_demo_shows(slug: str) -> None:
    """Each runs with the old kubectl too, as it is pasted."""
    for step in DEMOS[slug].steps:
        command, *rest = step.arguments() or ("get",)
        own = rest[: rest.index("--")] if "--" in rest else rest
        assert command in V1_33
        assert {part.split("=")[0] for part in own if part.startswith("-") and part != "-"} <= V1_33[command]


def test_a_port_forward_of_the_old_kubectl(sandbox: Sandbox, told: list[Event], tmp_path: Path) -> None:
    """Its port is read, and its loss, whatever stands between the two."""
    list(OpenForward(DEMOS["port-forward-sticky"].title).perform(sandbox))
    forward = forward_of(sandbox)
    assert forward.port == 40123
    (tmp_path / "gone").touch()
    until(lambda: forward.lost)
    values = {event.name: event.value for event in forward.measured(1.0) if isinstance(event, Measured)}
    assert (values["forward_exit"], values["forward_lost"]) == (1, True)
    assert LogLine("kubectl port-forward", "error: lost connection to pod") in told


def test_a_port_forward_that_does_not_open(sandbox: Sandbox) -> None:
    """No pod in time: its own code, not a wait until the end of the demo."""
    with pytest.raises(StudyError, match="forward-not-open"):
        list(OpenForward(DEMOS["port-forward-sticky"].title, service="gone").perform(sandbox))


def test_what_a_command_in_a_pod_prints(sandbox: Sandbox) -> None:
    """Its answers are counted, and what kubectl says beside them is not."""
    assert ask(sandbox, "http://web", 2) == [("web-1", 1), ("web-2", 1)]


def test_both_ways_to_open_a_stream() -> None:
    """Before 1.31 kubectl opens exec and port-forward with POST (create), after it with a WebSocket (get): both are allowed."""
    rule = next(rule for rule in STEP_RULES if "pods/exec" in rule["resources"])
    assert {"pods/exec", "pods/portforward"} <= {*rule["resources"]}
    assert {"get", "create"} <= {*rule["verbs"]}

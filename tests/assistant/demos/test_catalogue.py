"""The catalogue: 21 experiments, each declared whole, in both languages, on sections that exist."""

from __future__ import annotations

import re
import string
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from assistant import demos
from assistant.demos.catalogue import DEMOS, get
from assistant.lab.demo import Demo, Expect, Step, Text, decide, verdict_text
from knowledge.errors import StudyError

NOTES = Path(demos.__file__).parents[2] / "knowledge" / "notes"
ORDER = (
    "cluster-anatomy",
    "api-watch",
    "pod-status",
    "liveness-restarts",
    "pod-lifecycle",
    "labels-and-selectors",
    "replicaset-self-healing",
    "replicaset-adoption",
    "deployment-scale",
    "rolling-update",
    "readiness-gates-traffic",
    "rollback",
    "service-cluster-ip",
    "connection-not-request",
    "session-affinity",
    "api-proxy-balancing",
    "port-forward-sticky",
    "proxy-vs-port-forward",
    "service-node-port",
    "service-load-balancer",
    "overlay-network",
)
every_demo = pytest.mark.parametrize("demo", DEMOS.values(), ids=list(DEMOS))


def texts(value: object) -> list[Text]:
    """Every text inside a declaration."""
    if isinstance(value, Text):
        return [value]
    if is_dataclass(value) and not isinstance(value, type):
        return [text for field in fields(value) for text in texts(getattr(value, field.name))]
    if isinstance(value, dict):
        return [text for each in value.values() for text in texts(each)]
    if isinstance(value, (tuple, list)):
        return [text for each in value for text in texts(each)]
    return []


def sections() -> set[str]:
    """The ids of all sections of our notes."""
    anchors = re.compile(r"^##.*\{#([\w-]+)\}", re.MULTILINE)
    return {
        f"{note.parent.name}/{anchor}" for note in NOTES.glob("*/ko.md") for anchor in anchors.findall(note.read_text("utf-8"))
    }


def test_all_experiments_in_the_order_of_the_course() -> None:
    """A slug names each, and it is that of its declaration."""
    assert tuple(DEMOS) == ORDER
    assert [demo.slug for demo in DEMOS.values()] == list(DEMOS)


def test_a_demo_that_does_not_exist() -> None:
    """The nearest name is told."""
    with pytest.raises(StudyError) as caught:
        get("replicaset-selfhealing")
    assert caught.value.facts["nearest"] == "replicaset-self-healing"


@every_demo
def test_it_proves_sections_that_exist(demo: Demo) -> None:
    """Each id is a section of our notes."""
    assert demo.proves
    assert set(demo.proves) <= sections(), set(demo.proves) - sections()


@every_demo
def test_its_texts_are_there_in_both_languages(demo: Demo) -> None:
    """Korean with Hangul, English without, no placeholder in one that the other lacks."""
    for text in texts(demo):
        assert text.ko.strip()
        assert text.en.strip()
        assert not re.search("[가-힣]", text.en), text.en
        names = [{name for _, name, _, _ in string.Formatter().parse(told) if name} for told in (text.ko, text.en)]
        assert names[0] == names[1], text
    for text in (demo.title, demo.shows, demo.question, *(step.say for step in demo.steps)):
        assert re.search("[가-힣]", text.ko), text.ko


@every_demo
def test_it_is_declared_whole(demo: Demo) -> None:
    """Predictions that can be right and wrong, an expectation, a text for each outcome, steps that are steps, a budget."""
    assert len({choice.id for choice in demo.choices}) == len(demo.choices) >= 2
    assert all(choice.when for choice in demo.choices)
    assert demo.expects
    assert set(demo.verdicts) == {"proven", "disproven", "inconclusive"}
    assert all(isinstance(step, Step) for step in demo.steps)
    assert 0 < demo.budget_seconds <= 90


@every_demo
def test_without_measurements_nothing_is_proven(demo: Demo) -> None:
    """A run that measured nothing is inconclusive, and its text can be shown."""
    verdict = decide(demo, {})
    assert verdict.outcome == "inconclusive"
    for language in ("ko", "en"):
        assert "{" not in verdict_text(demo, verdict, language)


@every_demo
def test_its_predictions_are_about_what_it_measures(demo: Demo) -> None:
    """What a prediction names stands in the expectations or in what the verdict says."""
    named = {expect.measure for expect in demo.expects}
    named |= {name for text in demo.verdicts.values() for _, name, _, _ in string.Formatter().parse(text.en) if name}
    for choice in demo.choices:
        for expect in choice.when:
            assert isinstance(expect, Expect)
            assert expect.measure in named or expect.measure.startswith("status_"), expect.measure


@every_demo
def test_its_commands_can_hit_nothing_else(demo: Demo) -> None:
    """No step names a namespace or a context of its own, and no object stands outside the run's namespace."""
    for step in demo.steps:
        for argument in step.arguments():
            assert argument not in ("-n", "--namespace", "--context", "--all", "--kubeconfig")
        for form in step.manifests():
            assert "namespace" not in form["metadata"]  # type: ignore[operator]
            assert form["kind"] in ("Pod", "Deployment", "Service")


@pytest.mark.parametrize("path", sorted(Path(demos.__file__).parent.glob("*.py")), ids=lambda path: path.stem)
def test_it_is_declarative(path: Path) -> None:
    """A demo's file has about 60 lines and no code: no function, no class, no loop that acts."""
    if path.stem in ("__init__", "catalogue", "shelf", "beginnings"):
        return
    lines = path.read_text("utf-8").splitlines()
    assert len(lines) <= 66
    assert not [line for line in lines if re.match(r"\s*(def|class|while|if|try|with|import os)\b", line)]

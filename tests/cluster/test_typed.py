"""The learner types each line in their own terminal: the watch sees what it did, and the demo goes on."""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import replace

import pytest

from assistant.demos.catalogue import DEMOS
from assistant.journal import Journal
from assistant.lab import running
from assistant.lab.demo import Demo
from assistant.lab.events import Changed, DemoFinished, LearnersTurn, StepStarted
from assistant.lab.steps.undoing import WaitDeadline
from assistant.settings import Settings

pytestmark = pytest.mark.cluster


def short_rollback() -> Demo:
    """The roll-back without waiting for its deadline, which is another's claim."""
    demo = DEMOS["rollback"]
    steps = tuple(replace(step, seconds=1.0, after=0.0) if isinstance(step, WaitDeadline) else step for step in demo.steps)
    return replace(demo, steps=steps, expects=tuple(one for one in demo.expects if one.measure != "deadline_reported"))


@pytest.mark.parametrize("slug", ["session-affinity", "rollback"])
def test_every_change_typed_by_the_learner(settings: Settings, journal: Journal, slug: str) -> None:
    """Proven as well, though of the run's own objects the lab made none."""
    demo = short_rollback() if slug == "rollback" else DEMOS[slug]
    run = running.start(demo, settings=settings, ledger=journal, typed=True)
    yaml, typed, own = "", [], []
    for moment in run.follow():
        event = moment.event
        if isinstance(event, StepStarted):
            yaml = event.yaml
        elif isinstance(event, LearnersTurn):
            line = shlex.split(event.command)
            typed.append(line[5])
            subprocess.run(line, input=yaml, text=True, check=True, stdout=subprocess.DEVNULL, timeout=30)
        elif isinstance(event, Changed) and event.kind in ("Deployment", "Service"):
            own.append(event)
        elif isinstance(event, DemoFinished):
            assert event.verdict is not None
            assert event.verdict.outcome == "proven", event.verdict.measured
    assert typed == {"session-affinity": ["apply", "patch"], "rollback": ["apply", "set", "rollout"]}[slug]
    assert own == []

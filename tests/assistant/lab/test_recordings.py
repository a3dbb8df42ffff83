"""The recordings that come with Kubenote: of every demo, of the demo as it is declared now, and true to what they measured."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from assistant.demos.catalogue import DEMOS
from assistant.lab import recording
from assistant.lab.demo import decide, verdict_text
from assistant.lab.events import CleanedUp, DemoFinished, DemoStarted, Measured, Moment, StepFailed, StepFinished, StepStarted
from assistant.lab.progress import Progress, fold

PRIVATE = re.compile(r"/(root|home|tmp|Users|work|var/folders)/|eyJ[A-Za-z0-9_-]{10}|BEGIN [A-Z ]*(KEY|CERTIFICATE)|Bearer ")
"""A path of the machine it was recorded on, a token, a key."""


def recorded(slug: str) -> tuple[Moment, ...]:
    return recording.read(recording.PACKAGED / f"{slug}.jsonl")


def test_there_is_one_of_each() -> None:
    """Every demo plays without a cluster, and nothing else lies there."""
    assert {path.stem for path in recording.PACKAGED.glob("*.jsonl")} == {*DEMOS}


@pytest.mark.parametrize("slug", DEMOS)
def test_it_is_current(slug: str) -> None:
    """Steps, arguments and thresholds are those of now; `make recordings` makes it anew on a real Minikube."""
    started = next(moment.event for moment in recorded(slug) if isinstance(moment.event, DemoStarted))
    assert started.demo == slug
    assert started.fingerprint == recording.fingerprint(DEMOS[slug]), "make recordings"
    assert re.fullmatch(r"Minikube v\d+\.\d+\.\d+, driver \w+", started.platform)
    assert re.fullmatch(r"v1\.\d+\.\d+", started.kubernetes)
    assert datetime.fromisoformat(started.date.replace("Z", "+00:00")).tzinfo is not None


@pytest.mark.parametrize("slug", DEMOS)
def test_its_verdict_follows_from_what_it_measured(slug: str) -> None:
    """Proven, and the same when it is decided again from its own measurements."""
    moments = recorded(slug)
    measured = {moment.event.name: moment.event.value for moment in moments if isinstance(moment.event, Measured)}
    last = moments[-1].event
    assert isinstance(last, DemoFinished)
    assert last.verdict == decide(DEMOS[slug], measured)
    assert last.verdict is not None
    assert last.verdict.outcome == "proven"
    for language in ("ko", "en"):
        assert "–" not in verdict_text(DEMOS[slug], last.verdict, language)  # type: ignore[arg-type]


@pytest.mark.parametrize("slug", DEMOS)
def test_it_is_a_whole_run(slug: str) -> None:
    """One run in order, every step begun and finished, cleaned up, drawn by the same fold as a live one."""
    moments = recorded(slug)
    assert len({moment.run for moment in moments}) == 1
    assert isinstance(moments[0].event, DemoStarted)
    assert [moment.n for moment in moments] == list(range(len(moments)))
    times = [moment.t for moment in moments]
    assert times == sorted(times)
    steps = list(range(len(DEMOS[slug].steps)))
    assert [moment.event.step for moment in moments if isinstance(moment.event, StepStarted)] == steps
    assert [moment.event.step for moment in moments if isinstance(moment.event, StepFinished)] == steps
    assert not [moment for moment in moments if isinstance(moment.event, StepFailed)]
    assert [moment.event.gone for moment in moments if isinstance(moment.event, CleanedUp)] == [True]
    view = Progress()
    for moment in moments:
        view = fold(view, moment)
    assert view.verdict is not None


@pytest.mark.parametrize("slug", DEMOS)
def test_it_gives_nothing_away(slug: str) -> None:
    """No path, no token, no key of where it was recorded; small enough to read."""
    text = (recording.PACKAGED / f"{slug}.jsonl").read_text("utf-8")
    assert PRIVATE.search(text) is None
    assert len(text) < 500_000

"""Every demo, live: its claim is proven by what the run measured, and nothing is left on the cluster."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from assistant.demos.catalogue import DEMOS
from assistant.lab.events import CleanedUp

if TYPE_CHECKING:
    from conftest import Play

pytestmark = pytest.mark.cluster


@pytest.mark.parametrize("slug", DEMOS)
def test_demo_proves_its_claim(play: Play, slug: str) -> None:
    """Proven, within its budget, and cleaned up."""
    played = play(DEMOS[slug])
    assert played.outcome == "proven", json.dumps(played.measured)  # the whole of it: a dict would be cut short
    cleaned = played.all(CleanedUp)
    assert [one.gone for one in cleaned] == [True]  # type: ignore[attr-defined]


@pytest.mark.parametrize("slug", ["replicaset-self-healing", "proxy-vs-port-forward"])
@pytest.mark.parametrize("time", ["second", "third"])
def test_demo_proves_its_claim_again(play: Play, slug: str, time: str) -> None:
    """The first two demos three times over: no luck is involved."""
    assert play(DEMOS[slug]).outcome == "proven"

"""Slips of the keyboard: mended in long terms of ours, never in words of their own."""

from __future__ import annotations

import pytest

from knowledge.spelling import mended
from knowledge.terms import find


@pytest.mark.parametrize(
    ("slip", "term"),
    [
        ("포트포워디이", "port-forward"),
        ("네임스페이쓰가", "namespace"),
        ("미니쿠배", "minikube"),
        ("컨텐이너", "container"),
        ("래플리카셋", "replicaset"),
        ("imgae", "image"),
        ("deploymnt", "deployment"),
        ("kubenetes", "kubernetes"),
        ("loadbalencer", "load-balancer"),
        ("wroker", "worker-node"),
    ],
)
def test_a_slip(slip: str, term: str) -> None:
    """A letter or two amiss in a long term is mended."""
    assert [one.name for one in find(mended(slip))] == [term]


@pytest.mark.parametrize(
    "text",
    [
        "미니쿠퍼 유지비",
        "포트폴리오 만들기",
        "디플로마 학위",
        "이그레스 정책",
        "clutter in my room",
        "prove the theorem",
        "stale bread",
        "what does it matter",
        "notes about parts",
        "되돌리고 싶어요",
    ],
)
def test_a_word_of_its_own(text: str) -> None:
    """A word that only looks like a slip stays."""
    assert mended(text) == text


def test_terms_stay() -> None:
    """What is written right is not touched."""
    assert mended("ReplicaSet과 디플로이먼트의 파드") == "replicaset과 디플로이먼트의 파드"

"""The term table: complete for the subject, unambiguous, and found in texts by whole words only."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.terms import canonical, find, forms, normalize


def test_the_table_is_large_enough() -> None:
    """At least 150 canonical terms, in both languages."""
    table = forms()
    assert len(table) >= 150
    assert sum(any(re.search("[가-힣]", form) for form in of_term) for of_term in table.values()) >= 150


def test_no_form_means_two_terms() -> None:
    """A form belongs to one canonical term."""
    owners = Counter(normalize(form) for of_term in forms().values() for form in set(map(normalize, of_term)))
    assert [form for form, times in owners.items() if times > 1] == []


@pytest.mark.parametrize("name", sorted(forms()))
def test_each_form_is_found(name: str) -> None:
    """Every form by itself is read as its term, also with a particle behind a Korean one."""
    for form in forms()[name]:
        assert [term.name for term in find(form)][:1] == [name], form
        if re.search("[가-힣]$", form):
            assert [term.name for term in find(f"{form}에서는")][:1] == [name], form


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("파드 포드 팟 Pod pods po", ["pod"] * 6),
        ("svc를 deploy에 붙이고 rs를 봐요", ["service", "deployment", "replicaset"]),
        ("클러스터IP랑 NodePort, lb", ["cluster-ip", "node-port", "load-balancer"]),
        ("컨트롤플레인과 컨트롤 플레인", ["control-plane", "control-plane"]),
        ("kubectl port-forward svc/web 8080:80", ["kubectl", "port-forward", "service"]),
        ("API서버에 물어봐", ["api-server"]),
        ("롤백하려면 롤링업데이트를 멈춰야", ["rollback", "rolling-update"]),
        ("ns 하나에 네임스페이스가", ["namespace", "namespace"]),
        ("레플리카셋컨트롤러가", ["replicaset", "controller"]),
        ("kube-proxy는 프록시인가요", ["kube-proxy", "proxy"]),
    ],
)
def test_many_ways_to_write_it(text: str, names: list[str]) -> None:
    """Korean, English, transliterated, short and joined forms are one term."""
    assert [term.name for term in find(text)] == names


@pytest.mark.parametrize(
    "text",
    [
        "에어팟 한쪽이 안 들려요",
        "팟캐스트 추천",
        "포드득",
        "서비스센터",
        "possible",
        "deployable",
        "poem",
        "unlabeled",
        "노드득",
    ],
)
def test_words_that_only_look_alike(text: str) -> None:
    """A form inside another word is no term."""
    assert find(text) == ()


def test_particles_are_set_apart() -> None:
    """The canonical text keeps what is no term."""
    assert canonical("포드를 svc로 묶으면?") == "pod 를 service 로 묶으면?"


@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    """Terms lie in the normalized text, in order and apart."""
    written = normalize(text)
    at = 0
    for term in find(text):
        assert at <= term.start < term.end <= len(written)
        at = term.end

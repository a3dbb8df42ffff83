"""Demos are offered because what they prove is cited, for no other reason."""

from __future__ import annotations

from assistant.answers.offering import offers


def test_what_a_demo_proves_first(catalogue: dict) -> None:  # type: ignore[type-arg]
    """The demo whose main claim is the cited section comes before one that also proves it."""
    assert offers(["port-forward/what"], catalogue) == ("sticky", "side-by-side")


def test_the_main_section_first(catalogue: dict) -> None:  # type: ignore[type-arg]
    """A demo of the first cited section comes before one of a later section."""
    assert offers(["node-port/what", "port-forward/what"], catalogue) == ("node-port", "sticky")


def test_nothing_is_provable(catalogue: dict) -> None:  # type: ignore[type-arg]
    """No demo is better than an unrelated one."""
    assert offers(["cluster/what"], catalogue) == ()
    assert offers([], catalogue) == ()

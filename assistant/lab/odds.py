"""How likely a count would be by chance, if each request chose one of k pods at random and alike. Pure.

The assumption is named by a code of ui/texts/odds.toml; a demo's `chance` is one of the functions that these functions give.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import comb
from typing import TypeAlias

from assistant.lab.demo import Odds, Value

Chance: TypeAlias = Callable[[Mapping[str, Value]], Odds | None]


def all_on_one(requests: int, pods: int) -> float:
    """P(all requests meet the same pod)."""
    return float(pods) ** (1 - requests) if requests and pods else 1.0


def some_left_out(requests: int, pods: int) -> float:
    """P(at least one pod gets none)."""
    missed = (-1.0 if left % 2 == 0 else 1.0 for left in range(1, pods))
    told = sum(sign * comb(pods, left) * ((pods - left) / pods) ** requests for left, sign in enumerate(missed, 1))
    return min(1.0, max(0.0, told))


def _number(measured: Mapping[str, Value], name: str) -> int:
    value = measured.get(name, 0)
    return int(value) if isinstance(value, (int, float)) else 0


def sticky(lane: str, pods: str = "pods_ready") -> Chance:
    """The odds of one pod answering everything on this lane, had each request chosen freely."""

    def chance(measured: Mapping[str, Value]) -> Odds | None:
        answered = _number(measured, f"{lane}_sent") - _number(measured, f"{lane}_failed")
        of = _number(measured, pods)
        return Odds(all_on_one(answered, of), "fair-choice-one-pod") if answered > 1 and of > 1 else None

    return chance


def spread(lane: str, pods: str = "pods_ready") -> Chance:
    """The odds of a pod being left out on this lane, had each request chosen freely."""

    def chance(measured: Mapping[str, Value]) -> Odds | None:
        answered = _number(measured, f"{lane}_sent") - _number(measured, f"{lane}_failed")
        of = _number(measured, pods)
        return Odds(some_left_out(answered, of), "fair-choice-left-out") if answered > 1 and of > 1 else None

    return chance

"""Cited sections -> demos that prove them: the one place where the answers meet the lab, by section id.

A demo is offered because what it proves is cited, for no other reason; at most two, the closest first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.lab.demo import Demo

AT_MOST = 2


def offers(sections: Sequence[str], demos: Mapping[str, Demo] | None = None) -> tuple[str, ...]:
    """Slugs of the demos that prove these sections (the answer's main section first), best first; none that proves none."""
    return proving(sections, demos)[:AT_MOST]


def proving(sections: Sequence[str], demos: Mapping[str, Demo] | None = None) -> tuple[str, ...]:
    """Slugs of all demos that prove one of these sections, the closest first."""
    ranked: list[tuple[tuple[int, int, int], str]] = []
    places = {section: place for place, section in reversed(list(enumerate(sections)))}
    for order, (slug, demo) in enumerate((catalogue() if demos is None else demos).items()):
        proven = [(places[section], position) for position, section in enumerate(demo.proves) if section in places]
        if proven:
            ranked.append(((*min(proven), order), slug))
    return tuple(slug for _, slug in sorted(ranked))


def catalogue() -> Mapping[str, Demo]:
    """All demos by slug."""
    from assistant.demos.catalogue import DEMOS

    return DEMOS

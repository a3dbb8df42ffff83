"""All demos by slug. Adding one: its file, its line here, its recording."""

from __future__ import annotations

import difflib

from assistant.demos import (
    api_proxy_balancing,
    connection_not_request,
    port_forward_sticky,
    proxy_vs_port_forward,
    replicaset_self_healing,
    session_affinity,
)
from assistant.lab.demo import Demo
from knowledge.errors import StudyError

DEMOS: dict[str, Demo] = {
    demo.slug: demo
    for demo in (
        replicaset_self_healing.DEMO,
        connection_not_request.DEMO,
        session_affinity.DEMO,
        api_proxy_balancing.DEMO,
        port_forward_sticky.DEMO,
        proxy_vs_port_forward.DEMO,
    )
}


def get(slug: str) -> Demo:
    """The demo of this name; StudyError `demo-unknown` names the nearest."""
    if slug not in DEMOS:
        near = difflib.get_close_matches(slug, DEMOS, n=1, cutoff=0.0)
        raise StudyError("demo-unknown", slug=slug, nearest=near[0])
    return DEMOS[slug]

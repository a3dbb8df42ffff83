"""What runs left on a cluster, and its removal by hand (`kubenote clean`, the page's button). The holder of the lease lives.

A caller has passed the guard: `owner` is the client that `performing.examine` gave.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from assistant.lab import grounds
from assistant.lab.cluster import Cluster
from assistant.lab.lease import Turn
from assistant.settings import Settings
from knowledge.errors import StudyError

LeftoverState: TypeAlias = Literal["living", "dead", "removed", "waits"]


@dataclass(frozen=True, slots=True)
class Leftover:
    """A namespace of ours. `living`: its run goes on; `waits`: told to go and still there, `waiting` says why."""

    namespace: str
    run: str
    demo: str
    created: str
    state: LeftoverState
    waiting: str = ""


def leftovers(settings: Settings, owner: Cluster) -> tuple[Leftover, ...]:
    """All namespaces that carry our label, and whether their run lives."""
    standing, _, _ = Turn(owner, "", lambda run: grounds.dead_here(settings.home, run)).standing()

    def state(left: grounds.Left) -> LeftoverState:
        return "living" if left.run == standing.holder else "waits" if left.deleting else "dead"

    return tuple(
        Leftover(left.namespace, left.run, left.demo, left.created, state(left), left.waiting) for left in grounds.ours(owner)
    )


def remove(owner: Cluster, left: Leftover, on_change: Callable[[str, str, str], None]) -> Leftover:
    """Delete this namespace and wait for it to go, up to a minute; finalizers are never stripped."""
    try:
        grounds.send_delete(owner, left.namespace, left.run, on_change)
        gone, waiting = grounds.wait_gone(owner, left.namespace)
    except StudyError as error:
        return replace(left, state="waits", waiting=str(error))
    return replace(left, state="removed" if gone else "waits", waiting=waiting)

"""What most verbs have in common: nothing to type and nothing to apply, unless a verb says otherwise."""

from __future__ import annotations

from collections.abc import Mapping


class Verb:
    """The defaults of a step."""

    __slots__ = ()

    def arguments(self) -> tuple[str, ...]:
        return ()

    def manifests(self) -> tuple[Mapping[str, object], ...]:
        return ()

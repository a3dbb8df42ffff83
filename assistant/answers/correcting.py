"""What must be set right: misconceptions that a question assumes, or that a passage of the learner's own note states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.answers.answer import Correction
from knowledge.passages import Language, Passage


def assumed_in(question: str, language: Language) -> tuple[Correction, ...]:
    """Corrections for the misconceptions that the question takes for granted."""
    return ()


def stated_in(passages: Sequence[Passage], language: Language) -> Mapping[str, Correction]:
    """Corrections for the passages that state a misconception, by the passage's id."""
    return {}

"""What must be set right, in the answer's language: what a question takes for granted, what the learner's note states. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.answers.answer import Correction
from knowledge import corrections
from knowledge.passages import Language, Passage

AT_MOST = 2
"""Corrections that an answer begins with; more would bury it."""


def assumed_in(question: str, language: Language) -> tuple[Correction, ...]:
    """Corrections for the misconceptions that the question takes for granted."""
    return tuple(_said(one, language) for one in corrections.assumed_in(question)[:AT_MOST])


def stated_in(passages: Sequence[Passage], language: Language) -> Mapping[str, Correction]:
    """The correction for each passage that states a misconception, by the passage's id."""
    found = {passage.id: corrections.stated_in(passage.text, passage.trail) for passage in passages}
    return {passage: _said(stated[0], language) for passage, stated in found.items() if stated}


def _said(misconception: corrections.Misconception, language: Language) -> Correction:
    return Correction(misconception.id, misconception.precise[language], misconception.section)

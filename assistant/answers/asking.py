"""A question as it is typed -> as it is answered: one line, no control characters, of a question's length. Pure."""

from __future__ import annotations

import unicodedata

from knowledge.errors import StudyError

LIMIT = 2000
"""Characters; more is a pasted file, not a question."""

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def cleaned(question: str) -> str:
    """The question on one line, composed (NFC), without control and invisible characters.

    StudyError `question-empty` where nothing is left, `question-too-long` above LIMIT. Markup stays: it is text like any other.
    """
    if len(question) > 50 * LIMIT:
        raise StudyError("question-too-long", limit=LIMIT)
    composed = unicodedata.normalize("NFC", question)
    shown = "".join(" " if sign.isspace() else "" if unicodedata.category(sign) in _INVISIBLE else sign for sign in composed)
    line = " ".join(shown.split())
    if not any(sign.isalnum() for sign in line):
        raise StudyError("question-empty")
    if len(line) > LIMIT:
        raise StudyError("question-too-long", limit=LIMIT)
    return line


def cleaned_history(history: tuple[str, ...], at_most: int = 12) -> tuple[str, ...]:
    """The last questions before this one, cleaned; one that is none is left out."""
    kept: list[str] = []
    for earlier in history[-at_most:]:
        try:
            kept.append(cleaned(earlier))
        except StudyError:
            continue
    return tuple(kept)

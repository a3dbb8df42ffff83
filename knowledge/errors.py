"""The root of all our errors: a code and the facts, no words.

The words (what is so, and the next command) stand in `ui/texts/errors.toml` under the code, in both languages.
"""

from __future__ import annotations


class StudyError(Exception):
    """Something the learner should know: `code` names it, `facts` fill the placeholders of its text."""

    def __init__(self, code: str, **facts: str | int | float) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code} ({told})" if told else self.code

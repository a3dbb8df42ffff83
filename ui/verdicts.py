"""A verdict in words: what was measured, put into the demo's own sentence; the odds and their assumption. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.lab.demo import Odds, Value
from knowledge.passages import Language
from ui.words import say

NOT_MEASURED = "–"


class _Measured(dict[str, object]):
    def __missing__(self, _name: str) -> str:
        return NOT_MEASURED


def measured_text(text: str, measured: Mapping[str, Value]) -> str:
    """The sentence with its measures filled in; a dash for what this run did not measure."""
    shown = {name: round(value, 2) if isinstance(value, float) else value for name, value in measured.items()}
    return text.format_map(_Measured(shown))


def odds_text(odds: Odds, language: Language) -> str:
    """How likely the result would be by chance, and under which assumption."""
    value = "0" if odds.value == 0 else f"{odds.value:.1g}"
    try:
        assumption = say(f"odds.{odds.assumption}", language)
    except (KeyError, FileNotFoundError):
        assumption = odds.assumption
    return f"{say('run.odds', language, value=value)} · {say('run.assumption', language, assumption=assumption)}"

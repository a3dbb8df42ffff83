"""The words of the house: every text the learner reads that is no note and no demo, by dotted key, in both languages.

`ui/texts/<area>.toml` holds `[key]` tables with `ko` and `en`; the key is then `area.key`. Facts of events and errors fill the
placeholders here, when they are drawn, and nowhere else.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from knowledge.errors import StudyError
from knowledge.passages import Language

TEXTS = Path(__file__).parent / "texts"


@cache
def _area(area: str) -> dict[str, Any]:
    return tomllib.loads((TEXTS / f"{area}.toml").read_text("utf-8"))


def _entry(key: str) -> dict[str, Any]:
    area, *path = key.split(".")
    found: Any = _area(area)
    for part in path:
        found = found[part]
    return dict(found)


def say(key: str, language: Language, /, **facts: object) -> str:
    """The text of this key with its placeholders filled; KeyError where there is none."""
    text = str(_entry(key)[language])
    return text.format(**facts) if facts else text


def explain(error: StudyError, language: Language) -> tuple[str, str]:
    """What is so, and the next command, for an error; an unknown code is said as it is, so that it can be searched for."""
    try:
        entry = _entry(f"errors.{error.code}")
        return entry["message"][language].format(**error.facts), entry["hint"][language].format(**error.facts)
    except (KeyError, IndexError):
        return str(error), ""

"""Every text stands in both languages with the same placeholders; every key and code that the code names exists."""

from __future__ import annotations

import ast
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from knowledge.errors import StudyError
from ui.words import TEXTS, explain, say

ROOT = Path(__file__).parents[2]
AREAS = sorted(TEXTS.glob("*.toml"))


def entries(form: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """All leaves of a text file: tables with ko and en."""
    if "ko" in form or "en" in form:
        yield path, form
        return
    for name, inner in form.items():
        yield from entries(inner, f"{path}.{name}" if path else name)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("area", AREAS, ids=lambda path: path.stem)
def test_both_languages_say_the_same(area: Path) -> None:
    """Each text is there in Korean and English and takes the same facts."""
    for path, texts in entries(tomllib.loads(area.read_text("utf-8"))):
        assert set(texts) == {"ko", "en"}, path
        assert placeholders(texts["ko"]) == placeholders(texts["en"]), path


def test_every_error_has_message_and_hint() -> None:
    """An error says what is so, and has a place for what to do."""
    for code, form in tomllib.loads((TEXTS / "errors.toml").read_text("utf-8")).items():
        assert set(form) == {"message", "hint"}, code


def sources() -> list[Path]:
    return [path for package in ("assistant", "knowledge", "ui") for path in (ROOT / package).rglob("*.py")]


def calls(name: str) -> Iterator[tuple[Path, str]]:
    """The first string argument of every call of this name."""
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                first = node.args[0]
                if called == name and isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield path, first.value


def test_every_error_code_has_words() -> None:
    """No StudyError is raised whose code has no text."""
    known = tomllib.loads((TEXTS / "errors.toml").read_text("utf-8"))
    missing = {code for _, code in calls("StudyError") if code not in known}
    assert missing == set()


def test_every_key_that_is_said_exists() -> None:
    """No `say` of a literal key without a text; keys of the terminal's own methods are checked by its tests."""
    for path, key in calls("say"):
        area = key.split(".")[0]
        if (TEXTS / f"{area}.toml").is_file():
            try:
                say(key, "ko")
            except KeyError:
                pytest.fail(f"{path.relative_to(ROOT)}: {key}")


def test_unknown_code_is_said_as_it_is() -> None:
    """An error without words can still be searched for."""
    assert explain(StudyError("strange", x=1), "ko") == ("strange (x=1)", "")

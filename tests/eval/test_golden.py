"""The golden set is sound: it asks about sections that exist, and what it expects really stands in the notes."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from assistant.demos.catalogue import DEMOS

HERE = Path(__file__).parent
NOTES = HERE.parents[1] / "knowledge" / "notes"
SECTION = re.compile(r"^## .*\{#([\w-]+)\}\s*$", re.MULTILINE)
REFUSED = {"off", "trap", "near"}
SIZES = {
    "identifier": 60,
    "paraphrase": 80,
    "korean": 40,
    "english": 40,
    "typo": 50,
    "symptom": 50,
    "comparison": 30,
    "correction": 25,
    "followup": 35,
    "off": 25,
    "trap": 25,
    "near": 30,
}
Question = dict[str, Any]


def read_sections(language: str) -> dict[str, str]:
    """Section id -> its text in one language, read straight from the notes."""
    texts: dict[str, str] = {}
    for path in sorted(NOTES.glob(f"*/{language}.md")):
        pieces = SECTION.split(path.read_text(encoding="utf-8"))
        for anchor, text in zip(pieces[1::2], pieces[2::2], strict=True):
            texts[f"{path.parent.name}/{anchor}"] = text
    return texts


@pytest.fixture(scope="module")
def questions() -> list[Question]:
    found: list[Question] = tomllib.loads((HERE / "golden.toml").read_text(encoding="utf-8"))["question"]
    return found


@pytest.fixture(scope="module")
def sections() -> dict[str, dict[str, str]]:
    return {language: read_sections(language) for language in ("ko", "en")}


def test_ids_are_unique(questions: list[Question]) -> None:
    """No two questions carry the same id."""
    assert [found for found, count in Counter(q["id"] for q in questions).items() if count > 1] == []


def test_no_question_is_asked_twice(questions: list[Question]) -> None:
    """The same words after the same history are asked once only, whatever their case and spacing."""
    asked = Counter(("".join(q["text"].lower().split()), tuple(q.get("history", ()))) for q in questions)
    assert [text for text, count in asked.items() if count > 1] == []


def test_slices_have_their_sizes(questions: list[Question]) -> None:
    """Every slice is large enough to be measured, and there is no slice beside these."""
    counts = Counter(q["slice"] for q in questions)
    assert set(counts) == set(SIZES)
    assert {name: counts[name] for name, size in SIZES.items() if counts[name] < size} == {}


def test_both_languages_stand_in_every_mixed_slice(questions: list[Question]) -> None:
    """Korean is 50 to 70 percent of each slice that is not about one language."""
    for name in SIZES.keys() - {"korean", "english"}:
        languages = [q["language"] for q in questions if q["slice"] == name]
        assert 0.5 <= languages.count("ko") / len(languages) <= 0.7, name
    assert {(q["slice"], q["language"]) for q in questions if q["slice"] in {"korean", "english"}} == {
        ("korean", "ko"),
        ("english", "en"),
    }


def test_a_third_of_each_slice_is_sealed(questions: list[Question]) -> None:
    """The questions that nobody tunes on are spread evenly over the slices."""
    for name in SIZES:
        sealed = [q["sealed"] for q in questions if q["slice"] == name]
        assert 0.28 <= sum(sealed) / len(sealed) <= 0.39, name


def test_expected_sections_exist(questions: list[Question], sections: dict[str, dict[str, str]]) -> None:
    """Each acceptable section stands in the notes of the answer's language, and the concepts are those sections' own."""
    for q in questions:
        assert [found for found in q["sections"] if found not in sections[q["language"]]] == [], q["id"]
        assert len(q["sections"]) == len(set(q["sections"])), q["id"]
        assert {found.partition("/")[0] for found in q["sections"]} <= set(q["concepts"]), q["id"]


def test_every_section_is_asked_for(questions: list[Question], sections: dict[str, dict[str, str]]) -> None:
    """No section of the notes goes without a question whose answer it is."""
    asked = {found for q in questions for found in q["sections"]}
    assert sorted(sections["ko"].keys() - asked) == []


def test_the_point_stands_in_an_acceptable_section(questions: list[Question], sections: dict[str, dict[str, str]]) -> None:
    """Every phrase that may prove an answer right can be found in the notes it is to come from."""
    for q in questions:
        text = "\n".join(sections[q["language"]].get(found, "") for found in q["sections"])
        assert [phrase for phrase in q["point"] if phrase not in text] == [], q["id"]
        assert bool(q["point"]) == bool(q["sections"]), q["id"]


def test_what_is_to_be_refused_expects_nothing(questions: list[Question]) -> None:
    """Only questions the notes do not answer go without a section, and those expect no demo either."""
    for q in questions:
        assert (q["slice"] in REFUSED) == (not q["sections"]), q["id"]
        assert not (q["slice"] in REFUSED and (q["demo"] or q["concepts"] or q["point"])), q["id"]


def test_only_follow_ups_have_a_history(questions: list[Question]) -> None:
    """A follow-up comes after one to three questions, every other question stands alone."""
    for q in questions:
        assert (q["slice"] == "followup") == (1 <= len(q.get("history", ())) <= 3), q["id"]


def test_demos_are_among_the_experiments(questions: list[Question]) -> None:
    """Only the slugs of the experiments are expected as an offer."""
    assert {slug for q in questions for slug in q["demo"]} <= set(DEMOS)


def test_nothing_here_was_trained_on(questions: list[Question]) -> None:
    """No golden question stands among those that finding is trained with."""
    asked: set[str] = set()
    for file in NOTES.glob("*/asked.toml"):
        for languages in tomllib.loads(file.read_text("utf-8")).values():
            asked |= {_bare(text) for texts in languages.values() for text in texts}
    alone = [question for question in questions if not question.get("history")]
    assert [question["id"] for question in alone if _bare(question["text"]) in asked] == []


def _bare(text: str) -> str:
    return re.sub(r"\W+", "", text.casefold())

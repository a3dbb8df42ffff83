"""How well questions are answered, slice by slice: `make eval`, with `--write` into RESULTS.md, with `--misses` the misses.

Questions that are sealed are never shown and nothing is tuned on them; they count in a table of their own.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
GOLDEN = HERE / "golden.toml"
RESULTS = HERE / "RESULTS.md"
REFUSED = ("off", "trap", "near")
PLAIN = ("identifier", "korean", "english")
HARD = ("paraphrase", "symptom", "typo")
MEASURES = ("concept", "section3", "point", "demo", "false_refusals", "false_answers")
HEADS = {
    "n": "questions",
    "concept": "first concept",
    "section3": "section in top 3",
    "point": "point in the answer",
    "demo": "demo right",
    "false_refusals": "false refusals",
    "false_answers": "false answers",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question asked: what was right; None where the measure says nothing about it."""

    id: str
    slice: str
    sealed: bool
    concept: bool | None
    section3: bool | None
    point: bool | None
    demo: bool | None
    false_refusals: bool | None
    false_answers: bool | None
    seconds: float
    told: str = ""


def questions(path: Path = GOLDEN) -> list[dict[str, Any]]:
    with path.open("rb") as file:
        loaded: list[dict[str, Any]] = tomllib.load(file)["question"]
    return loaded


def outcome(question: Mapping[str, Any], library: Any) -> Outcome:
    """Ask it as a learner does and judge the answer."""
    from assistant.answers.answer import Answered
    from assistant.answers.answering import ask

    started = time.perf_counter()
    history = tuple(question.get("history", ()))
    answer = next(event.answer for event in ask(library, question["text"], history=history) if isinstance(event, Answered))
    seconds = time.perf_counter() - started
    refused = question["slice"] in REFUSED
    if refused:
        told = (
            "" if not answer.grounded else f"answered from {answer.told.citations[0].section if answer.told.citations else '?'}"
        )
        good = None if answer.offers == () else False
        return Outcome(
            question["id"], question["slice"], question["sealed"], None, None, None, good, None, answer.grounded, seconds, told
        )
    found = library.find(answer.resolved, language=answer.language, earlier=history)
    first = found.sections[0].partition("/")[0] if found.sections else ""
    # A pasted terminal line is English whoever pastes it: it is judged in the language the learner reads.
    text = answer.in_language(question["language"]).text
    return Outcome(
        id=question["id"],
        slice=question["slice"],
        sealed=question["sealed"],
        concept=answer.grounded and first in question["concepts"],
        section3=answer.grounded and any(section in question["sections"] for section in found.sections[:3]),
        point=answer.grounded and any(point.casefold() in text.casefold() for point in question["point"]),
        demo=_demo(answer.offers, question),
        false_refusals=not answer.grounded,
        false_answers=None,
        seconds=seconds,
        told=f"{found.sections[:3]} covered {found.confidence:.2f}"
        + ("" if answer.resolved == answer.question else f" as {answer.resolved!r}"),
    )


def _demo(offers: Sequence[str], question: Mapping[str, Any]) -> bool | None:
    """Of offers made: whether the first proves a section that answers the question, or is one that the question names. None
    where none was made: precision is measured."""
    from assistant.demos.catalogue import get

    return None if not offers else offers[0] in question["demo"] or bool({*get(offers[0]).proves} & {*question["sections"]})


def tally(outcomes: Iterable[Outcome]) -> dict[str, tuple[int, int]]:
    """Measure -> (times true, times judged)."""
    counted: dict[str, tuple[int, int]] = {}
    for one in outcomes:
        for measure in MEASURES:
            judged = getattr(one, measure)
            if judged is not None:
                true, of = counted.get(measure, (0, 0))
                counted[measure] = (true + judged, of + 1)
    return counted


def slices(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """By slice in the order of the file, then plain, hard and all."""
    by: dict[str, list[Outcome]] = {}
    for one in outcomes:
        by.setdefault(one.slice, []).append(one)
    by["plain"] = [one for one in outcomes if one.slice in PLAIN]
    by["hard"] = [one for one in outcomes if one.slice in HARD]
    by["all"] = list(outcomes)
    return by


def table(outcomes: Sequence[Outcome]) -> str:
    """A Markdown table: each cell is `true/judged percent`."""
    lines = ["| slice | " + " | ".join(HEADS.values()) + " |", "|---" * (len(HEADS) + 1) + "|"]
    for name, of_slice in slices(outcomes).items():
        counted = tally(of_slice)
        cells = [str(len(of_slice))]
        for measure in MEASURES:
            true, of = counted.get(measure, (0, 0))
            cells.append(f"{true}/{of} {100 * true / of:.1f} %" if of else "")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def stored(path: Path = RESULTS) -> dict[str, dict[str, dict[str, tuple[int, int]]]]:
    """What RESULTS.md holds: `open` or `sealed` -> slice -> measure -> (true, judged)."""
    found: dict[str, dict[str, dict[str, tuple[int, int]]]] = {}
    part = ""
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("## "):
            part = line[3:].split()[0].lower()
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and len(cells) == len(HEADS) + 1 and cells[0] != "slice":
            told = {
                measure: (int(cell.split()[0].partition("/")[0]), int(cell.split()[0].partition("/")[2]))
                for measure, cell in zip(MEASURES, cells[2:], strict=True)
                if cell
            }
            found.setdefault(part, {})[cells[0]] = told
    return found


def run(library: Any, asked: Sequence[Mapping[str, Any]]) -> list[Outcome]:
    return [outcome(question, library) for question in asked]


def told(outcomes: Sequence[Outcome]) -> str:
    """The whole of RESULTS.md."""
    seconds = sorted(one.seconds for one in outcomes)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    opened = [one for one in outcomes if not one.sealed]
    sealed = [one for one in outcomes if one.sealed]
    parts = [
        "# How well questions are answered",
        "Made by `make eval` (`.venv/bin/python tests/eval/evaluate.py --write`) from golden.toml. First concept, section and "
        "point count a refusal as wrong. Demo right: of the answers with an offer, those whose first proves a section that "
        "answers the question. "
        f"Plain: {', '.join(PLAIN)}. Hard: {', '.join(HARD)}.",
        f"Median {1000 * statistics.median(seconds):.0f} ms, p95 {1000 * seconds[int(0.95 * len(seconds))]:.0f} ms an "
        f"answer in both languages; peak memory {peak:.0f} MB.",
        "## Open\n\nQuestions that may be looked at.",
        table(opened),
        "## Sealed\n\nNever looked at, never tuned on.",
        table(sealed),
    ]
    return "\n\n".join(parts) + "\n"


def main(arguments: Sequence[str]) -> None:
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--write", action="store_true", help="write RESULTS.md")
    wanted.add_argument("--misses", action="store_true", help="show what went wrong with open questions")
    wanted.add_argument("--json", type=Path, help="write every outcome of an open question to this file")
    chosen = wanted.parse_args(arguments)
    from knowledge.reference import Library

    with tempfile.TemporaryDirectory() as folder:
        library = Library(Path(folder))
        for _ in library.sync():
            pass
        asked = questions()
        library.find("파드란 무엇인가요?")
        outcomes = run(library, asked)
        library.close()
    print(told(outcomes))
    texts = {question["id"]: question["text"] for question in asked}
    opened = [one for one in outcomes if not one.sealed]
    if chosen.misses:
        for one in opened:
            wrong = [name for name in ("concept", "section3", "point", "demo") if getattr(one, name) is False]
            wrong += [name for name in ("false_refusals", "false_answers") if getattr(one, name)]
            if wrong:
                print(f"{one.id} {one.slice} {', '.join(wrong)}: {texts[one.id]} {one.told}")
    if chosen.json:
        chosen.json.write_text(
            json.dumps([{**{name: getattr(one, name) for name in one.__slots__}} for one in opened]), "utf-8"
        )
    if chosen.write:
        RESULTS.write_text(told(outcomes), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])

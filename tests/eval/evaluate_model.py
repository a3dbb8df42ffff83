"""How well a chat model answers, beside the composed answers: `make eval-model` with KUBENOTE_MODEL (and KUBENOTE_MODEL_URL).

Each question of the golden set is asked twice, once with the model and once without. Citations are judged by the sections that
the question names, the point by its phrase; cost by the prices given (per million tokens). Nothing is written.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.language import language_of

GOLDEN = Path(__file__).parent / "golden.toml"
REFUSED = ("off", "trap", "near")
UNSUPPORTED = ("(노트에 없는 설명)", "(not in the notes)")


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer: citations right and given, whether a wanted section is cited, and what it took."""

    refusable: bool
    grounded: bool
    right: int
    given: int
    cited: bool
    point: bool
    language: bool
    unsupported: int
    seconds: float
    tokens: tuple[int, int]
    fell_back: str | None


def judged(question: Mapping[str, Any], library: Any, composer: Any) -> Judged:
    """Ask it and judge the answer."""
    from assistant.answers.answer import Answered
    from assistant.answers.answering import ask

    started = time.perf_counter()
    events = ask(library, question["text"], history=tuple(question.get("history", ())), composer=composer)
    answer = next(event.answer for event in events if isinstance(event, Answered))
    seconds = time.perf_counter() - started
    wanted = set(question.get("sections", ()))
    cited = [citation.section for citation in answer.told.citations]
    text = answer.told.text
    return Judged(
        refusable=question["slice"] in REFUSED,
        grounded=answer.grounded,
        right=sum(section in wanted for section in cited),
        given=len(cited),
        cited=any(section in wanted for section in cited),
        point=any(point.casefold() in text.casefold() for point in question.get("point", ())),
        language=language_of(text.partition("`")[0] or text) == answer.language,
        unsupported=sum(text.count(mark) for mark in UNSUPPORTED),
        seconds=seconds,
        tokens=(answer.use.input_tokens, answer.use.output_tokens) if answer.use else (0, 0),
        fell_back=answer.fell_back,
    )


def share(true: float, of: float) -> str:
    return f"{true:g}/{of:g} {100 * true / of:.1f} %" if of else "-"


def figures(every: Sequence[Judged], prices: tuple[float, float]) -> dict[str, str]:
    """What is printed of one way of answering, by name."""
    covered = [one for one in every if not one.refusable]
    refusable = [one for one in every if one.refusable]
    seconds = sorted(one.seconds for one in every)
    codes = Counter(one.fell_back for one in every if one.fell_back)
    used = [sum(one.tokens[number] for one in every) for number in (0, 1)]
    return {
        "citation precision": share(sum(one.right for one in covered), sum(one.given for one in covered)),
        "citation recall": share(sum(one.cited for one in covered), len(covered)),
        "point in the answer": share(sum(one.point for one in covered), len(covered)),
        "asked language": share(sum(one.language for one in covered), len(covered)),
        "abstained where it should": share(sum(not one.grounded for one in refusable), len(refusable)),
        "abstained where it should not": share(sum(not one.grounded for one in covered), len(covered)),
        "sentences not in the notes": str(sum(one.unsupported for one in every)),
        "fell back": ", ".join(f"{code} {times}" for code, times in codes.items()) or "0",
        "seconds, median and p95": f"{statistics.median(seconds):.2f}, {seconds[int(0.95 * (len(seconds) - 1))]:.2f}",
        "tokens in, out": f"{used[0]}, {used[1]}",
        "cost": f"{(used[0] * prices[0] + used[1] * prices[1]) / 1e6:.4f}",
    }


def main(arguments: Sequence[str]) -> int:
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--limit", type=int, default=0, help="ask only so many questions, spread over the set")
    wanted.add_argument("--price-in", type=float, default=0.0, help="price of a million tokens of input")
    wanted.add_argument("--price-out", type=float, default=0.0, help="price of a million tokens of output")
    chosen = wanted.parse_args(arguments)
    from assistant import settings as chosen_settings
    from assistant.answers import chat_model
    from assistant.privacy import keep_private
    from knowledge.reference import Library

    settings = chosen_settings.load()
    keep_private(settings.tracing)
    checked = chat_model.check(settings)
    if not checked.ok:
        facts = ", ".join(f"{name} {value}" for name, value in checked.facts.items())
        print(f"The model does not answer: {checked.code} {facts}".rstrip(), file=sys.stderr)
        return 1
    questions: list[dict[str, Any]] = tomllib.loads(GOLDEN.read_text("utf-8"))["question"]
    if chosen.limit:
        questions = questions[:: max(1, len(questions) // chosen.limit)][: chosen.limit]
    prices = (chosen.price_in, chosen.price_out)
    with tempfile.TemporaryDirectory() as folder:
        library = Library(Path(folder))
        for _ in library.sync():
            pass
        library.find("파드란 무엇인가요?")
        composed = figures([judged(question, library, None) for question in questions], prices)
        by_model = figures([judged(question, library, chat_model.composer(settings)) for question in questions], prices)
        library.close()
    print(f"{len(questions)} questions\n\n| | composed | {settings.model} |\n|---|---|---|")
    for name, value in composed.items():
        print(f"| {name} | {value} | {by_model[name]} |")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

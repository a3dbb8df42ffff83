"""What a demo is: a declaration. Its verdict is computed from what the run measured, by the expectations declared here.

Nothing in a demo's file decides anything by itself: steps measure, `Expect`s compare, `decide` concludes.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol, TypeAlias, runtime_checkable

from knowledge.passages import Language

if TYPE_CHECKING:
    from assistant.lab.events import Event
    from assistant.lab.sandbox import Sandbox

Outcome: TypeAlias = Literal["proven", "disproven", "inconclusive"]
Value: TypeAlias = bool | int | float | str
Comparison: TypeAlias = Literal["==", "!=", ">=", "<=", ">", "<"]

_COMPARE: dict[Comparison, Callable[[Value, Value], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in both languages; `{name}` stands for a measured value."""

    ko: str
    en: str

    def in_language(self, language: Language) -> str:
        return self.ko if language == "ko" else self.en


NOT_MEASURED = Text("이번 실행에서는 끝까지 재지 못했습니다.", "This run could not measure it to the end.")
"""What an inconclusive verdict says where a demo has nothing more exact to say."""


@dataclass(frozen=True, slots=True)
class Expect:
    """One measured value compared with what the claim says; `value` may name another measure as `"$name"`."""

    measure: str
    comparison: Comparison
    value: Value

    def holds(self, measured: Mapping[str, Value]) -> bool | None:
        """True, False, or None where the run did not measure what it takes."""
        wanted: Value | None = self.value
        if isinstance(wanted, str) and wanted.startswith("$"):
            wanted = measured.get(wanted[1:])
        seen = measured.get(self.measure)
        if seen is None or wanted is None:
            return None
        if self.comparison not in ("==", "!=") and isinstance(seen, str) != isinstance(wanted, str):
            return None
        return _COMPARE[self.comparison](seen, wanted)


@dataclass(frozen=True, slots=True)
class Choice:
    """A possible prediction; it was right if all of `when` holds in this run."""

    id: str
    text: Text
    when: tuple[Expect, ...]


def how_many(measure: str, *numbers: int) -> tuple[Choice, ...]:
    """The predictions "1", "2", "3": how many of what `measure` counts."""
    return tuple(Choice(str(n), Text(f"{n}개", str(n)), (Expect(measure, "==", n),)) for n in numbers)


@dataclass(frozen=True, slots=True)
class Odds:
    """How likely the measured result would be by chance, under an assumption that is named by a code of `ui/texts`."""

    value: float
    assumption: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one run decided about one section. `expected` are the expectations as text, e.g. `distinct_pods == 1`."""

    section: str
    measured: Mapping[str, Value]
    expected: tuple[str, ...]
    odds: Odds | None
    outcome: Outcome


@runtime_checkable
class Step(Protocol):
    """A verb of `assistant.lab.steps`: a frozen dataclass. It can reach nothing but the sandbox it is given."""

    verb: ClassVar[str]

    @property
    def say(self) -> Text:
        """What the learner reads while it runs."""

    def arguments(self) -> tuple[str, ...]:
        """The kubectl arguments that do the same by hand, without --context and -n (the sandbox adds them); () if none."""

    def manifests(self) -> tuple[Mapping[str, object], ...]:
        """What it applies, as Kubernetes objects without a namespace; () if nothing."""

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        """Do it, yielding what happens; raise StudyError with a code where it cannot be done."""

    # A step that changes something may also have `took_effect(sandbox) -> bool`: the learner can then type it instead.


@dataclass(frozen=True, slots=True)
class Demo:
    """One experiment. `proves` are section ids; the first is the one the verdict is stamped on.

    `expects` is the claim; `verdicts` has a text for each outcome, with `{measure}` placeholders. `chance` computes the odds
    from what was measured (pure; None where odds make no sense).
    """

    slug: str
    title: Text
    shows: Text
    proves: tuple[str, ...]
    question: Text
    choices: tuple[Choice, ...]
    steps: tuple[Step, ...]
    expects: tuple[Expect, ...]
    verdicts: Mapping[Outcome, Text]
    budget_seconds: float
    chance: Callable[[Mapping[str, Value]], Odds | None] | None = field(default=None)


def decide(demo: Demo, measured: Mapping[str, Value]) -> Verdict:
    """Proven if every expectation holds, disproven if one fails, inconclusive if one was not measured and none failed."""
    held = [expect.holds(measured) for expect in demo.expects]
    outcome: Outcome = "disproven" if False in held else "inconclusive" if None in held or not held else "proven"
    odds = demo.chance(measured) if demo.chance and outcome != "inconclusive" else None
    expected = tuple(f"{e.measure} {e.comparison} {str(e.value).removeprefix('$')}" for e in demo.expects)
    return Verdict(demo.proves[0], dict(measured), expected, odds, outcome)


class _Unmeasured(dict[str, Value]):
    """What was not measured is shown as a dash."""

    def __missing__(self, name: str) -> str:
        return "–"


def verdict_text(demo: Demo, verdict: Verdict, language: Language) -> str:
    """What the verdict says, with the counts of this run."""
    return demo.verdicts[verdict.outcome].in_language(language).format_map(_Unmeasured(verdict.measured))


def predicted_right(demo: Demo, choice_id: str | None, measured: Mapping[str, Value]) -> bool | None:
    """Was the prediction right in this run? None without a prediction, or where the run did not measure it."""
    for choice in demo.choices:
        if choice.id == choice_id:
            held = [expect.holds(measured) for expect in choice.when]
            return None if None in held else all(held)
    return None

"""The values of an answer and the events that lead to it. Pure; `to_json` gives the form that `kubenote ask --json` prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from knowledge.passages import Language, Origin

AnswerKind: TypeAlias = Literal["answer", "not_covered", "empty_heading"]


@dataclass(frozen=True, slots=True)
class Citation:
    """A mark [number] and what it stands for: a contiguous piece of the decoded file between these lines, nothing left out."""

    number: int
    section: str
    concept: str | None
    origin: Origin
    language: Language
    heading: str
    path: Path
    first_line: int
    last_line: int
    quote: str


@dataclass(frozen=True, slots=True)
class Told:
    """The same explanation in one language: text with [n] marks, and what each mark stands for."""

    language: Language
    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """A misconception that the question assumes: the precise statement in the answer's language, and its section."""

    id: str
    text: str
    section: str


@dataclass(frozen=True, slots=True)
class Nearest:
    """A section that comes close to a question the notes do not cover."""

    section: str
    title: str
    path: Path
    first_line: int


@dataclass(frozen=True, slots=True)
class ModelUse:
    """What a chat model spent on an answer. Not part of the JSON answer; the page and the terminal show it."""

    name: str
    input_tokens: int
    output_tokens: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a question. `resolved` is the question as it stands alone; `other` the same in the other language.

    `fell_back` is the code of the reason why a configured chat model did not speak (None where it spoke or none is configured).
    """

    question: str
    resolved: str
    language: Language
    kind: AnswerKind
    confidence: float
    told: Told
    other: Told | None
    corrections: tuple[Correction, ...]
    offers: tuple[str, ...]
    nearest: tuple[Nearest, ...]
    related: tuple[str, ...]
    model: str | None
    seconds: float
    read_on: str | None = None
    """A kubernetes.io address to read on; shown as text, never fetched."""
    use: ModelUse | None = None
    fell_back: str | None = None

    @property
    def grounded(self) -> bool:
        return self.kind == "answer"

    def in_language(self, language: Language) -> Told:
        """The answer in this language where there is one, else as it was given."""
        if self.other is not None and self.other.language == language:
            return self.other
        return self.told


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The search is done: what follows is composed from these sections. `covered` False: an honest refusal follows."""

    sections: tuple[str, ...]
    covered: bool


@dataclass(frozen=True, slots=True)
class Said:
    """The answer's text so far grew by this piece (verified: marks in it stand for citations that exist)."""

    text: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The whole answer; the last event."""

    answer: Answer


AnswerEvent: TypeAlias = Retrieved | Said | Answered


def _citations_json(citations: tuple[Citation, ...]) -> list[dict[str, Any]]:
    return [{**asdict(citation), "path": str(citation.path)} for citation in citations]


def to_json(answer: Answer) -> dict[str, Any]:
    """The public form of an answer; `text` holds [n] marks, paths are absolute, lines count from 1."""
    other = answer.other
    return {
        "question": answer.question,
        "resolved": answer.resolved,
        "language": answer.language,
        "kind": answer.kind,
        "grounded": answer.grounded,
        "confidence": round(answer.confidence, 3),
        "text": answer.told.text,
        "citations": _citations_json(answer.told.citations),
        "other": other and {"language": other.language, "text": other.text, "citations": _citations_json(other.citations)},
        "corrections": [asdict(correction) for correction in answer.corrections],
        "offers": list(answer.offers),
        "nearest": [{**asdict(near), "path": str(near.path)} for near in answer.nearest],
        "related": list(answer.related),
        "model": answer.model,
        "seconds": round(answer.seconds, 3),
    }


def to_kept(answer: Answer) -> dict[str, Any]:
    """The form in which the journal keeps an answer: the public one, and what the page shows besides."""
    use = answer.use and asdict(answer.use)
    return {**to_json(answer), "read_on": answer.read_on, "use": use, "fell_back": answer.fell_back}


def from_kept(form: Mapping[str, Any]) -> Answer:
    """An answer as it was kept by `to_kept`."""

    def citations(forms: list[dict[str, Any]]) -> tuple[Citation, ...]:
        return tuple(Citation(**{**one, "path": Path(one["path"])}) for one in forms)

    other = form["other"]
    return Answer(
        question=form["question"],
        resolved=form["resolved"],
        language=form["language"],
        kind=form["kind"],
        confidence=form["confidence"],
        told=Told(form["language"], form["text"], citations(form["citations"])),
        other=other and Told(other["language"], other["text"], citations(other["citations"])),
        corrections=tuple(Correction(**one) for one in form["corrections"]),
        offers=tuple(form["offers"]),
        nearest=tuple(Nearest(**{**one, "path": Path(one["path"])}) for one in form["nearest"]),
        related=tuple(form["related"]),
        model=form["model"],
        seconds=form["seconds"],
        read_on=form.get("read_on"),
        use=ModelUse(**use) if (use := form.get("use")) else None,
        fell_back=form.get("fell_back"),
    )

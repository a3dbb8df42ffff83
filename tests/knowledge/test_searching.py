"""Searching over a small corpus: ours and the learner's apart, the router where it belongs, words alone without an encoder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from knowledge.corpus import Candidate, Scores, Vector, Vectors
from knowledge.lexical import statistics, tokens
from knowledge.passages import Language, Origin, Passage, Place, Section
from knowledge.routing import Reading
from knowledge.searching import search


def section(id: str, origin: Origin = "builtin", heading: str = "", empty: bool = False) -> Section:
    concept, _, anchor = id.partition("/")
    places = {lang: Place(lang, Path(f"{lang}.md"), (heading or id,), 1, 9) for lang in ("ko", "en")}
    return Section(id, concept if origin == "builtin" else None, anchor, origin, places, empty)  # type: ignore[arg-type]


def passage(section_id: str, text: str, language: Language, origin: Origin = "builtin") -> Passage:
    concept = section_id.partition("/")[0] if origin == "builtin" else None
    return Passage(
        f"{section_id}:{language}:{text}", section_id, concept, origin, language, "paragraph", (), text, Path("x.md"), 1, 1
    )


@dataclass
class Small:
    """A corpus without an encoder; a learner's passage that shares a word is also near in meaning."""

    ours: tuple[Passage, ...]
    theirs: tuple[Passage, ...] = ()
    own_empty: tuple[Section, ...] = ()
    encoder: str = "none"
    sections: Mapping[str, Section] = field(init=False)

    def __post_init__(self) -> None:
        self.sections = {one.section: section(one.section) for one in self.ours}

    @property
    def passages(self) -> tuple[Passage, ...]:
        return self.ours

    @property
    def passage_vectors(self) -> Vectors:
        return np.zeros((len(self.ours), 0), dtype=np.float32)

    def embed(self, text: str) -> Vector | None:
        return None

    def context(self, text: str) -> Vector | None:
        return None

    def passage_bm25(self, query: Sequence[str]) -> Scores:
        return statistics([tokens(one.text) for one in self.ours]).of(query)

    def own(self, vector: Vector | None, query: Sequence[str], count: int = 50) -> tuple[Candidate, ...]:
        scores = statistics([tokens(one.text) for one in self.theirs]).of(query) if self.theirs else ()
        return tuple(
            Candidate(one, 0.5 if score > 0 else 0.05, float(score)) for one, score in zip(self.theirs, scores, strict=True)
        )


OURS = (
    passage("kite/why", "바람이 연을 밀어 올려서 연이 납니다", "ko"),
    passage("kite/why", "the wind pushes the kite up", "en"),
    passage("kite/line", "연줄이 끊어지면 멀리 떠내려갑니다", "ko"),
    passage("wind/what", "바람은 공기의 흐름입니다", "ko"),
    passage("wind/what", "wind is moving air", "en"),
)
THEIRS = (
    passage("own:a/git.md#rebase", "git rebase는 커밋을 다른 바탕 위에 다시 쌓는다", "ko", "own"),
    passage("own:a/git.md#stash", "git stash는 작업을 잠시 치워 둔다", "ko", "own"),
    passage("own:a/tea.md#green", "녹차는 팔십 도의 물로 우린다", "ko", "own"),
)


class Fixed:
    """A router that says what it is told to."""

    encoder = "use/1"

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.sections = tuple(reading.sections)

    def read(
        self, reduced: str, vector: Vector | None = None, raw: Vector | None = None, context: Vector | None = None
    ) -> Reading:
        return self.reading


def reading(covered: float, **shares: float) -> Reading:
    sections = {name.replace("_", "/"): share for name, share in shares.items()}
    concepts: dict[str, float] = {}
    for name, share in sections.items():
        concepts[name.partition("/")[0]] = concepts.get(name.partition("/")[0], 0.0) + share
    return Reading(covered, concepts, sections)


def test_words_alone() -> None:
    """Without router and encoder the passages' words find the section, in the question's language."""
    found = search("연줄이 끊어지면 어떻게 되나요?", Small(OURS))
    assert found.sections[0] == "kite/line"
    assert found.language == "ko"
    assert found.hits[0].passage.section == "kite/line"


def test_language_asked_for() -> None:
    """Hits are of the language that was asked for, of the other one where a section has no text in it."""
    found = search("연은 왜 나나요? 연줄이 끊어지면?", Small(OURS), language="en")
    assert found.language == "en"
    by_section = {hit.passage.section: hit.passage.language for hit in found.hits}
    assert by_section["kite/why"] == "en"
    assert by_section["kite/line"] == "ko"


def test_the_router_decides() -> None:
    """The router's section comes first even where another one shares more words."""
    found = search("바람", Small(OURS), route=Fixed(reading(0.99, kite_line=0.98, kite_why=0.01, wind_what=0.01)))
    assert found.covered
    assert found.sections[0] == "kite/line"
    assert found.concepts[0][0] == "kite"
    assert sum(share for _, share in found.concepts) == pytest.approx(1)


def test_not_covered() -> None:
    """What the router takes for uncovered is refused, and the nearest sections are still named."""
    found = search("오늘 점심 뭐 먹지", Small(OURS), route=Fixed(reading(0.1, kite_line=0.4, kite_why=0.3, wind_what=0.3)))
    assert not found.covered
    assert len(found.sections) == 3


def test_a_router_of_other_notes() -> None:
    """A router that knows none of these sections is not asked."""
    found = search("연줄이 끊어지면?", Small(OURS), route=Fixed(reading(0.01, pod_what=1.0)))
    assert found.sections[0] == "kite/line"


def test_own_notes_answer_what_ours_do_not() -> None:
    """A vault about git answers about git, and its statistics are its own."""
    found = search(
        "git rebase가 뭐야", Small(OURS, THEIRS), route=Fixed(reading(0.1, kite_line=0.4, kite_why=0.3, wind_what=0.3))
    )
    assert not found.covered
    assert found.own_covered
    assert found.own[0].passage.section == "own:a/git.md#rebase"


def test_own_notes_on_another_subject() -> None:
    """A vault on other subjects changes nothing about an answer from ours."""
    route = Fixed(reading(0.99, kite_line=0.98, kite_why=0.01, wind_what=0.01))
    alone = search("연줄이 끊어지면?", Small(OURS), route=route)
    beside = search("연줄이 끊어지면?", Small(OURS, THEIRS), route=route)
    assert not beside.own_covered
    assert (beside.sections, beside.hits, beside.confidence, beside.covered) == (
        alone.sections,
        alone.hits,
        alone.confidence,
        alone.covered,
    )


def test_an_empty_heading() -> None:
    """A heading of the learner's without text is named where it is just what is asked, and only then."""
    corpus = Small(
        OURS, (), (section("own:a/x.md#rs", "own", "Replicaset", True), section("own:a/x.md#po", "own", "Pod", True))
    )
    route = Fixed(reading(0.1, kite_line=0.4, kite_why=0.3, wind_what=0.3))
    found = search("레플리카셋이 뭐예요?", corpus, route=route)
    assert found.empty is not None
    assert found.empty.id == "own:a/x.md#rs"
    assert search("디플로이먼트가 뭐예요?", corpus, route=route).empty is None


@pytest.mark.parametrize(("covered", "share", "asked"), [(0.99, 0.9, 0), (0.99, 0.5, 1), (0.6, 0.9, 1)])
def test_the_second_encoder_is_asked_where_the_first_is_not_sure(covered: float, share: float, asked: int) -> None:
    """A question that is read surely costs no second look."""

    @dataclass
    class Both(Small):
        encoder: str = "small"
        looks: int = 0

        def embed(self, text: str) -> Vector | None:
            return np.ones(2, dtype=np.float32)

        def context(self, text: str) -> Vector | None:
            self.looks += 1
            return np.ones(3, dtype=np.float32)

        @property
        def passage_vectors(self) -> Vectors:
            return np.zeros((len(self.ours), 2), dtype=np.float32)

    class Of(Fixed):
        encoder = "small"

    corpus = Both(OURS)
    search("연은 왜 나나요?", corpus, route=Of(reading(covered, kite_why=share, wind_what=1 - share)))
    assert corpus.looks == asked


def test_the_subject_before() -> None:
    """A question that names nothing leans to the subject of the one before it; one that names something does not."""
    even = reading(0.99, kite_line=0.2, kite_why=0.2, wind_what=0.6)
    before = reading(0.99, kite_line=0.5, kite_why=0.5, wind_what=0.001)

    class Following(Fixed):
        def read(
            self, reduced: str, vector: Vector | None = None, raw: Vector | None = None, context: Vector | None = None
        ) -> Reading:
            return before if "kite" in reduced else even

    route = Following(even)
    assert search("그럼 언제?", Small(OURS), route=route).concepts[0][0] == "wind"
    assert search("그럼 언제?", Small(OURS), earlier=["kite?"], route=route).concepts[0][0] == "kite"
    assert search("파드는 언제?", Small(OURS), earlier=["kite?"], route=route).concepts[0][0] == "wind"

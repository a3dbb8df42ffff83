"""A house without its heavy parts: a library of three concepts, answers that wait for the test, a real journal."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from assistant import settings as chosen_settings
from assistant.answers.answer import Answer, Answered, AnswerEvent, Citation, Correction, Nearest, Retrieved, Said, Told
from assistant.answers.framing import frame
from assistant.demos.catalogue import DEMOS
from assistant.journal import Journal
from assistant.lab import events, recording
from assistant.lab.demo import Value, decide
from assistant.lab.events import Event, Moment, to_line
from assistant.lab.guard import Examination
from assistant.lab.minikube import Life
from knowledge.errors import StudyError
from knowledge.passages import Language
from ui import services
from ui.asking import Desk
from ui.bench import Bench
from ui.chores import Chores
from ui.gate import Sight

APP = Path(services.__file__).with_name("app.py")
NOTE = Path("/notes/own/포트.md")


def citation(number: int, language: Language, quote: str) -> Citation:
    return Citation(number, "port-forward/sticky", "port-forward", "builtin", language, "포트포워딩", NOTE, 3, 4, quote)


def answer(question: str, **changes: Any) -> Answer:
    """A cited answer in both languages."""
    korean = Told("ko", "한 파드로만 갑니다 [1].", (citation(1, "ko", "`kubectl port-forward`는 한 파드로만 갑니다."),))
    english = Told("en", "It goes to one pod [1].", (citation(1, "en", "It goes to one pod."),))
    whole: dict[str, Any] = {
        "question": question,
        "resolved": question,
        "language": "ko",
        "kind": "answer",
        "confidence": 0.9,
        "told": korean,
        "other": english,
        "corrections": (),
        "offers": (),
        "nearest": (),
        "related": (),
        "model": None,
        "seconds": 0.01,
    }
    return Answer(**{**whole, **changes})


def refusal(question: str) -> Answer:
    near = Nearest("pod/what", "파드란 무엇인가요?", NOTE, 5)
    told = Told("ko", "이 질문의 답은 노트에 없습니다.\n\n가까운 내용", ())
    url = "https://kubernetes.io/ko/docs/"
    return answer(question, kind="not_covered", told=told, other=None, nearest=(near,), read_on=url)


@dataclass
class Answers:
    """What the house answers. `gate` holds an answer back midway; `scripted` is by question."""

    scripted: dict[str, Answer | Exception] = field(default_factory=dict)
    gate: threading.Event = field(default_factory=threading.Event)
    heard: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)

    def __call__(self, question: str, language: str, history: Sequence[str]) -> Iterator[AnswerEvent]:
        self.heard.append((question, language, tuple(history)))
        prepared = self.scripted.get(question, None) or answer(question)
        if isinstance(prepared, Exception):
            raise prepared
        yield Retrieved(("port-forward/sticky",), prepared.kind == "answer")
        yield Said(prepared.told.text[:4])
        assert self.gate.wait(20)
        yield Answered(prepared)


class Library:
    """The narrow side of the library that screens see."""

    def concepts(self) -> tuple[Any, ...]:
        return tuple(
            SimpleNamespace(
                slug=slug,
                titles={"ko": ko, "en": en},
                read_on={"ko": "https://kubernetes.io/ko/", "en": "https://kubernetes.io/"},
                related=(),
                sections=(f"{slug}/what",),
                pictures={},
            )
            for slug, ko, en in (("pod", "파드", "Pod"), ("service", "서비스", "Service"), ("label", "레이블", "Label"))
        )

    def section(self, _section: str) -> None:
        return None

    def note_folders(self) -> tuple[Any, ...]:
        return ()

    def close(self) -> None:
        pass


class Gate:
    """A cluster that was looked at; a test says what was seen."""

    def __init__(self) -> None:
        self.looking = False
        self.seen: Sight | None = Sight(
            Examination(()), Life("missing", "minikube"), StudyError("guard-no-context", profile="minikube", contexts=""), 0.0
        )
        self.agreed = False

    def sight(self) -> Sight | None:
        return self.seen

    def look(self) -> None:
        pass

    def agree(self) -> None:
        self.agreed = True


class House:
    """Stands where `services.House` does."""

    def __init__(self, answers: Answers) -> None:
        self.settings = chosen_settings.load()
        self.journal = Journal(self.settings.journal_file)
        self.notes: Any = Library()
        self.desk = Desk(self.journal, answers)
        self.bench = Bench(self.settings, self.journal)
        self.gate = Gate()
        self.chores = Chores()
        self.warmth = services.Warmth("ready", ready=True)
        self.answers = answers

    def apply(self, settings: Any) -> None:
        self.settings = settings

    def close(self) -> None:
        self.bench.close()
        self.journal.close()


@pytest.fixture
def answers() -> Answers:
    """What is answered; nothing is held back unless a test clears the gate."""
    made = Answers()
    made.gate.set()
    return made


@pytest.fixture
def house(answers: Answers, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    st.cache_resource.clear()
    made = House(answers)
    monkeypatch.setattr(services, "house", lambda: made)
    yield made
    made.close()


@pytest.fixture
def page(house: House) -> AppTest:
    """A browser tab that has not been opened yet: `.run()` opens it."""
    return AppTest.from_file(str(APP), default_timeout=20)


def until(page: AppTest, seen: Callable[[AppTest], Any]) -> AppTest:
    """Redraw until something is seen; each redraw is what a fragment does in a browser."""
    for _ in range(150):
        if seen(page):
            return page
        page.run()
    raise AssertionError("never seen")


def words(page: AppTest) -> str:
    """All text of the page, popovers and folded parts included."""
    kinds = (page.markdown, page.text, page.caption, page.code, page.error, page.warning, page.success, page.info)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


@pytest.fixture(name="until")
def until_fixture() -> Callable[..., AppTest]:
    return until


@pytest.fixture(name="words")
def words_fixture() -> Callable[[AppTest], str]:
    return words


@pytest.fixture
def moments() -> tuple[Moment, ...]:
    """A short run of `replicaset-self-healing` that proves it."""
    demo = DEMOS["replicaset-self-healing"]
    measured: dict[str, Value] = {
        "added_before_gone": True,
        "new_name": True,
        "new_uid": True,
        "after_ready": 3,
        "added_seconds": 0.1,
        "gone_seconds": 0.5,
    }
    date = "2026-11-30T10:00:00Z"
    known = recording.fingerprint(demo)
    pod = {"phase": "Running", "ready": "1/1", "owner": "web-7d9f8c"}
    told: list[Event] = [
        events.DemoStarted(
            demo.slug, known, date, "v1.36.0", "Minikube v1.38.1, driver none", "minikube", "kubenote-ab", len(demo.steps), 20
        ),
        events.StepStarted(0, "apply", "kubectl --context minikube -n kubenote-ab apply -f -", "kind: Deployment\n"),
        events.Changed("create", "Deployment", "web"),
        events.ObjectChanged("added", "ReplicaSet", "web-7d9f8c", "r", {"wanted": 1, "ready": 1, "owner": "web"}),
        events.ObjectChanged("added", "Pod", "web-7d9f8c-x7k2p", "p", pod),
        events.TrafficSeen("service", {"web-7d9f8c-x7k2p": 3}, 0),
        events.StepFinished(0, 0.2),
        *(events.Measured(name, value) for name, value in measured.items()),
        events.CleanedUp("kubenote-ab", True, 6.0),
        events.DemoFinished("finished", decide(demo, measured), None),
    ]
    return tuple(Moment("ab", n, n * 0.02, event) for n, event in enumerate(told))


@pytest.fixture
def recorded(house: House, moments: tuple[Moment, ...]) -> Path:
    """A recording of that run among the learner's own."""
    path = house.settings.recordings_folder / "replicaset-self-healing.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text("\n".join(map(to_line, moments)) + "\n", "utf-8")
    return path


@pytest.fixture
def long_recorded(house: House, moments: tuple[Moment, ...], recorded: Path) -> Path:
    """The same run over half a minute: a test ends it."""
    slow = [replace(moment, t=moment.n * 2.0) for moment in moments]
    recorded.write_text("\n".join(map(to_line, slow)) + "\n", "utf-8")
    return recorded


@pytest.fixture
def corrected() -> Answer:
    said = Correction("port-forward-external", "포트포워딩은 임시 통로입니다.", "port-forward/what")
    cited = (citation(1, "ko", "`kubectl port-forward`는 임시 통로입니다."),)
    told = Told(
        "ko", f"{frame('correction', 'ko', text='포트포워딩은 임시 통로입니다 [1].')}\n\n한 파드로만 갑니다 [1].", cited
    )
    return answer("포트포워딩은 외부용이죠?", corrections=(said,), told=told)


@pytest.fixture
def refused() -> Answer:
    return refusal("헬름 차트는?")


@pytest.fixture
def answered() -> Callable[..., Answer]:
    return answer

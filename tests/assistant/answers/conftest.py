"""A small library by hand: two concepts, two languages, real files, and found values that a test chooses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from assistant.answers import chat_model, offering
from assistant.lab.demo import Demo, Text
from knowledge.passages import Found, Hit, Language, Passage, Section
from knowledge.reading import builtin_note, own_note

NOTES = {
    ("port-forward", "ko"): """---
concept: port-forward
title: 포트포워딩
---
# 포트포워딩

## 포트포워딩이란 무엇인가요? {#what}

포트포워딩(`kubectl port-forward`)은 내 컴퓨터의 포트를 파드 하나에 잠시 이어 주는 터널입니다.

밖에 공개하지 않은 앱을 나만 잠깐 볼 때 씁니다. 명령을 끝내면 터널도 사라집니다.

## 포트포워딩 명령은 어떻게 쓰나요? {#commands}

포트포워딩은 `kubectl port-forward svc/web 8080:80`으로 시작합니다.

```bash
kubectl port-forward pod/web-0 8080:80  # 파드 하나
kubectl port-forward svc/web :80
```

| 쓰는 법 | 뜻 |
|---|---|
| `8080:80` | 내 8080 → 대상 80 |
""",
    ("port-forward", "en"): """---
concept: port-forward
title: Port forwarding
---
# Port forwarding

## What is port forwarding? {#what}

Port forwarding (`kubectl port-forward`) is a temporary tunnel from a port of your computer to one pod.

You use it to look into an app that is not public. End the command and the tunnel is gone.

## How do I write port-forward commands? {#commands}

You start port forwarding with `kubectl port-forward svc/web 8080:80`.

```bash
kubectl port-forward pod/web-0 8080:80  # one pod
kubectl port-forward svc/web :80
```

| you write | meaning |
|---|---|
| `8080:80` | my 8080 → target 80 |
""",
    ("node-port", "ko"): """---
concept: node-port
title: 노드포트
---
# 노드포트

## 노드포트란 무엇인가요? {#what}

NodePort는 모든 노드에 30000-32767 범위의 포트 하나를 여는 서비스 타입입니다.
""",
    ("node-port", "en"): """---
concept: node-port
title: NodePort
---
# NodePort

## What is a NodePort? {#what}

A NodePort is a Service type that opens one port from 30000-32767 on every node.
""",
}


@dataclass(frozen=True)
class Concept:
    """As much of a concept as an answer reads."""

    slug: str
    titles: dict[Language, str]
    read_on: dict[Language, str]
    related: tuple[str, ...]


@dataclass
class Shelf:
    """What the answers ask of a library, over the notes above; `finds` says what is found for a question."""

    folder: Path
    finds: Callable[[str], tuple[str, ...]] = lambda question: ("port-forward/what",)
    sections_by_id: dict[str, Section] = field(default_factory=dict)
    all_passages: list[Passage] = field(default_factory=list)
    own: tuple[Hit, ...] = ()
    empty: Section | None = None
    sure: bool = False
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for (concept, language), text in NOTES.items():
            path = self.folder / concept / f"{language}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            _, sections, reads = builtin_note(text, concept, language, path)  # type: ignore[arg-type]
            for section in sections:
                known = self.sections_by_id.get(section.id)
                places = {**(known.places if known else {}), **section.places}
                self.sections_by_id[section.id] = Section(section.id, concept, section.anchor, "builtin", places)
            self.all_passages += [read.passage for read in reads]

    def add_own(self, name: str, text: str) -> list[Passage]:
        """A note of the learner's: its passages, all found from now on, and its empty headings known."""
        path = self.folder / name
        path.write_text(text, "utf-8")
        _, sections, reads = own_note(text, "vault", name, path)
        self.sections_by_id |= {section.id: section for section in sections}
        passages = [read.passage for read in reads]
        self.all_passages += passages
        self.own = tuple(Hit(passage, 0.8) for passage in passages)
        self.empty = next((section for section in sections if section.empty), None)
        return passages

    def find(self, question: str, *, language: Language | None = None, earlier: Sequence[str] = ()) -> Found:
        self.asked.append(question)
        sections = self.finds(question)
        spoken: Language = language or ("ko" if any("가" <= sign <= "힣" for sign in question) else "en")
        hits = tuple(Hit(one, 0.9) for one in self.all_passages if one.section in sections[:1] and one.language == spoken)
        concepts = tuple(dict.fromkeys(section.partition("/")[0] for section in sections))
        covered = bool(sections)
        return Found(
            question=question,
            language=spoken,
            confidence=0.9 if covered else 0.1,
            covered=covered,
            own_covered=bool(self.own),
            sections=sections or ("port-forward/what", "node-port/what"),
            hits=hits,
            own=self.own,
            concepts=tuple((concept, (0.9 if self.sure else 0.6) / (number + 1)) for number, concept in enumerate(concepts)),
            empty=self.empty,
        )

    def section(self, section_id: str) -> Section | None:
        return self.sections_by_id.get(section_id)

    def passages(self, section_id: str, language: Language) -> tuple[Passage, ...]:
        every = [one for one in self.all_passages if one.section == section_id]
        spoken = [one for one in every if one.language == language]
        return tuple(spoken or every)

    def concepts(self) -> tuple[Concept, ...]:
        return (
            Concept(
                "port-forward",
                {"ko": "포트포워딩", "en": "port forwarding"},
                {"ko": "k/ko", "en": "k/en"},
                ("node-port",),
            ),
            Concept("node-port", {"ko": "NodePort", "en": "NodePort"}, {"ko": "n/ko", "en": "n/en"}, ("service",)),
        )

    def corpus(self) -> object:
        return self

    def note_text(self, path: Path) -> str:
        return path.read_text("utf-8")


def demo(slug: str, *proves: str) -> Demo:
    """A demo that does nothing and proves these sections."""
    text = Text(slug, slug)
    return Demo(slug, text, text, proves, text, (), (), (), {}, 1.0)


@pytest.fixture(autouse=True)
def catalogue(monkeypatch: pytest.MonkeyPatch) -> dict[str, Demo]:
    """Three demos: two prove what port forwarding is, one a NodePort."""
    demos = {
        one.slug: one
        for one in (
            demo("side-by-side", "port-forward/commands", "port-forward/what"),
            demo("sticky", "port-forward/what"),
            demo("node-port", "node-port/what"),
        )
    }
    monkeypatch.setattr(offering, "catalogue", lambda: demos)
    monkeypatch.setattr(chat_model, "catalogue", lambda: demos)
    return demos


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    folder = tmp_path / "notes"
    folder.mkdir()
    return Shelf(folder)

"""Follow-ups -> a question that stands alone.

First it is decided whether the question stands alone: it names a subject of its own, or it points back at nothing. Only one
that points back (그럼, 그건, it, a mere "명령어는?") takes the subject of the question before it; a new subject, announced or
not, is never dragged back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.answers import pointing
from assistant.answers.mentioning import Mention, mentions
from knowledge.builtin import Concept
from knowledge.language import language_of
from knowledge.passages import Found, Language

DEPTH = 4
"""How many questions before this one are looked at for the subject."""


class Finder(Protocol):
    """What is asked of the library here."""

    def find(self, question: str, *, language: Language | None = None, earlier: Sequence[str] = ()) -> Found: ...

    def concepts(self) -> tuple[Concept, ...]: ...


@dataclass(frozen=True, slots=True)
class Resolved:
    """The question as it stands alone, and the language to answer in."""

    text: str
    language: Language


def resolve(question: str, earlier: Sequence[str], finder: Finder) -> Resolved:
    """The question with what it leaves to the questions before it."""
    language = language_of(question)
    if rest := pointing.announced(question):
        return Resolved(rest, language)
    if not earlier:
        return Resolved(question, language)
    before = resolve(earlier[-1], earlier[-DEPTH:-1], finder).text
    return Resolved(_resolved(question, before, language, finder), language)


def _resolved(question: str, before: str, language: Language, finder: Finder) -> str:
    bare, connected = pointing.without_connective(question)
    named = mentions(bare)
    back = pointing.points_back(bare, language)
    other = pointing.compared_with(bare, language)
    if other and len({mention.term for mention in named}) <= 1:
        return _comparison(other, _subject(before, language, finder), language) or question
    if len(named) == 1 and pointing.asks_the_same_of(bare, language):
        return _swapped(before, named[0]) or bare
    if named and not (back and len(named) == 1):
        return bare
    if not back and not pointing.elliptic(bare, language) and (not connected or finder.find(bare).covered):
        return bare
    subject = _subject(before, language, finder)
    if subject is None or subject.casefold() in bare.casefold():
        return bare
    return _about(bare, subject, language)


def _about(bare: str, subject: str, language: Language) -> str:
    """The follow-up with its subject named: in place of the word that points back, else before it."""
    if language == "en":
        replaced, count = re.subn(r"\b(?:it|that|this|they|them|those|these)\b", subject, bare, count=1, flags=re.IGNORECASE)
        return replaced[:1].upper() + replaced[1:] if count else f"{subject}: {bare}"
    rest = re.sub(r"^(?:그|이|저)(?:건|거|게|것은|것이|것을|걸)\s*", "", bare).strip() or bare
    return f"{subject} {rest}"


def _comparison(other: str, subject: str | None, language: Language) -> str | None:
    if subject is None or subject.casefold() == other.casefold():
        return None
    if language == "ko":
        return f"{subject} {other} 차이는 무엇인가요?"
    return f"What is the difference between {subject} and {other}?"


def _swapped(before: str, named: Mention) -> str | None:
    """The question before, asked of another: ClusterIP는 밖에서 접속돼요? NodePort는요? -> NodePort는 밖에서 접속돼요?"""
    of_before = mentions(before)
    if len({mention.term for mention in of_before}) != 1 or of_before[0].term == named.term:
        return None
    if language_of(before) != language_of(named.text) and language_of(before) == "en":
        return None
    return before[: of_before[0].start] + named.text + before[of_before[0].end :]


def _subject(before: str, language: Language, finder: Finder) -> str | None:
    """What the question before was about: the thing it names, else the concept it was found to be about."""
    if named := mentions(before):
        return named[0].text
    found = finder.find(before)
    if not found.covered or not found.concepts:
        return None
    slug = found.concepts[0][0]
    return next((concept.titles[language] for concept in finder.concepts() if concept.slug == slug), None)

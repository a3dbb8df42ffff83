"""Follow-ups -> a question that stands alone.

First it is decided whether the question stands alone: it names a subject of its own, or it points back at nothing. Only one
that points back (그럼, 그건, it, a mere "명령어는?") takes the subject of the question before it; a new subject, announced or
not, is never dragged back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.answers import pointing
from assistant.answers.mentioning import Mention, mentions, terms_in
from knowledge.builtin import Concept
from knowledge.language import language_of
from knowledge.passages import Found, Language

DEPTH = 4
"""How many questions before this one are looked at for the subject."""
CLEAR = 0.7
"""From this probability of one concept on, a question without a named subject is understood by itself."""
FOREIGN = 0.3
"""Below this confidence, a short question is about something else and is not dragged back."""
THINGS = frozenset({"pod", "container", "image", "replica", "registry", "manifest"})
"""Too general to be the subject of a conversation, but things that a pronoun of the same question can mean."""
WHY: Mapping[Language, str] = {"ko": "왜 그런가요?", "en": "Why is that?"}


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
    language = _language(question, earlier)
    if rest := pointing.announced(question):
        return Resolved(rest, language)
    if not earlier:
        return Resolved(question, language)
    asked = [resolve(one, earlier[max(0, place - DEPTH) : place], finder).text for place, one in enumerate(earlier)][-2:]
    return Resolved(_resolved(question, asked, language, finder), language)


def _language(question: str, earlier: Sequence[str]) -> Language:
    """The question's own language; a pasted line of a terminal is in none, and takes that of the conversation."""
    if earlier and pointing.no_prose(question):
        return language_of(earlier[-1])
    return language_of(question)


def _resolved(question: str, before: Sequence[str], language: Language, finder: Finder) -> str:
    """The question as it stands alone; `before` are the one or two questions before it, as they stand alone."""
    bare, connected = pointing.without_connective(question)
    named = mentions(bare)
    if pointing.asks_why(bare, language):
        return f"{before[-1]} {WHY[language]}"
    if pointing.compares_two(bare, language) and (both := _two_subjects(before)):
        return _comparison(*both, language)
    other = pointing.compared_with(bare, language)
    if other and len({mention.term for mention in named}) <= 1:
        subject = _subject(before[-1], language, finder)
        return _comparison(subject, other, language) if subject and subject.casefold() != other.casefold() else question
    same = pointing.asks_the_same_of(bare, language)
    if same and len(named) == 1 and len(same) <= len(named[0].text) + 4:
        return _swapped(before[-1], named[0]) or bare
    back = _points_back(bare, language)
    if named and not (back and len(named) == 1):
        return bare
    if not back and _stands_alone(bare, connected, same, language, finder):
        return bare
    subject = _subject(before[-1], language, finder)
    return bare if subject is None or subject.casefold() in bare.casefold() else _about(bare, subject, language)


def _points_back(bare: str, language: Language) -> bool:
    """A word for something said before; behind a thing that the question names it means that ("delete a pod, why does it")."""
    at = pointing.points_back(bare, language)
    return at is not None and not any(term.end <= at for term in terms_in(bare) if term.term in THINGS)


def _stands_alone(bare: str, connected: bool, same: str | None, language: Language, finder: Finder) -> bool:
    """A question that names no subject and points back at nothing: is it understood by itself, or about something else?"""
    elliptic = pointing.elliptic(bare, language)
    if same and not elliptic and not terms_in(same) and not pointing.a_place_or_time(same):
        return True
    if not (connected or elliptic or pointing.short(bare, language)):
        return True
    alone = finder.find(bare)
    if alone.covered and alone.concepts and alone.concepts[0][1] >= CLEAR:
        return True
    return alone.confidence < FOREIGN and not (connected or elliptic)


def _about(bare: str, subject: str, language: Language) -> str:
    """The follow-up with its subject named: in place of the word that points back, else before it."""
    if language == "en":
        replaced, count = re.subn(r"\b(?:it|that|this|they|them|those|these)\b", subject, bare, count=1, flags=re.IGNORECASE)
        return replaced[:1].upper() + replaced[1:] if count else f"{subject}: {bare}"
    rest = re.sub(r"^(?:그|이|저)(?:건|거|게|것은|것이|것을|걸)\s*", "", bare).strip() or bare
    return f"{subject} {rest}"


def _comparison(subject: str, other: str, language: Language) -> str:
    if language == "ko":
        return f"{subject} {other} 차이는 무엇인가요?"
    return f"What is the difference between {subject} and {other}?"


def _two_subjects(before: Sequence[str]) -> tuple[str, str] | None:
    """The last two subjects that were asked about, the older one first."""
    named: dict[str, str] = {}
    for question in before:
        for mention in mentions(question):
            named.setdefault(mention.term, mention.text)
    return tuple(named.values())[-2:] if len(named) > 1 else None  # type: ignore[return-value]


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

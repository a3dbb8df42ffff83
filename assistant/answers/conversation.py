"""Follow-ups -> a question that stands alone.

First it is decided whether the question stands alone: it names a subject of its own, or it points back at nothing. Only one
that points back (그럼, 그건, it, that, a mere "명령어는?") takes the subject of the question before it; a new subject, announced
or not, is never dragged back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from assistant.answers.mentioning import Mention, mentions
from knowledge.language import language_of
from knowledge.passages import Found, Language

if TYPE_CHECKING:
    from knowledge.library import Concept

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
    followed: bool = False


_ANNOUNCED = re.compile(
    r"^\s*(?:(?:이번엔|이번에는|다음은|이제)\s*)?(?:(?:완전히\s*)?(?:다른|새로운?|딴)\s*(?:질문|주제|얘기|이야기|걸?로?)[^,.:;]*?[,.:;]\s*"
    r"|(?:주제|화제)를?\s*(?:바꿔서?|바꾸면)[,.:]?\s*"
    r"|(?:(?:a\s+)?(?:new|different|another|separate|unrelated)\s+(?:question|topic|subject)|changing (?:the )?(?:subject|topic)"
    r"|on (?:a|another) (?:different |new )?(?:note|topic|subject)|by the way|btw)[\s,.:;-]*)",
    re.IGNORECASE,
)
_CONNECTIVE = re.compile(
    r"^\s*(?:(?:아|오|음|네|응|ok(?:ay)?)[,.!]?\s+)?(?:그럼|그러면|그렇다면|그렇담|근데|그런데|그리고|그래서|그렇구나[.!,]?|그래도|또|혹시|반대로"
    r"|then|so|and|but|ok(?:ay)?|also|now|well)(?=[\s,.])[\s,]*(?:then[\s,]+)?",
    re.IGNORECASE,
)
_POINTING = {
    "ko": re.compile(
        r"(?:^|\s)(?:그|이|저)(?:건|거|게|것|걸|때|놈|둘|쪽|렇게|런|중|러다|\s(?:파드|서비스|명령|포트|방법|방식|경우|상태|값|숫자|때|다음|후|뒤|전|둘|반대))"
        r"|(?:^|\s)(?:거기|둘\s*(?:중|다|의|은|이)|둘이|얘|걔|앞의|방금|아까|위의)|^(?:그|이)\s",
    ),
    "en": re.compile(
        r"\b(?:it|its|it's|that|those|these|this|they|them|their|there|the same|the other|the former|the latter|both)\b", re.I
    ),
}
_ELLIPTIC = {
    "ko": re.compile(
        r"^(?:왜(?:요|죠|지|\s*그래요?|\s*그런가요|\s*그렇죠)?|어떻게(?:요|\s*해요?|\s*하나요|\s*하죠)?|언제(?:요|\s*써요?|\s*쓰나요)?|얼마나(?:요|\s*걸려요?|\s*걸리나요)?"
        r"|(?:명령어?|예시?|예제|장점|단점|장단점|차이점?|이유|기본값|한계|종류|방법|설정|순서|증거|확인)(?:은|는|이|가|을|를|도)?\s*(?:뭐(?:예요|야|죠|지)?|있(?:어|나)요?|알려\s*줘(?:요)?|좀)?"
        r"|(?:더|좀\s*더|자세히|더\s*자세히|쉽게|다시)\s*\S*\s*(?:설명|말|알려)\S*(?:\s*줘(?:요)?)?"
        r"|\S+(?:려면|하면|되면|으면|면)(?:요)?|(?:되돌|취소|확인|삭제|중지|실행)\S*\s*\S*)\s*[?？]*$"
    ),
    "en": re.compile(
        r"^(?:why(?: not| is that| so)?|how(?: so| come| long| many| often)?|when|where|(?:what|which) (?:command|then|else)|an? example"
        r"|for example|(?:the )?(?:command|default|difference|limits?|downsides?|advantages?)|more(?: details?)?|explain(?: more)?"
        r"|(?:how )?(?:do i |to |can i )?(?:undo|revert|go back|roll ?back|check|stop|delete|see|try)(?: back)?)\s*[?]*$",
        re.IGNORECASE,
    ),
}
_COMPARED = {
    "ko": re.compile(
        r"^(?P<other>.{1,40}?)(?:하고|이랑|랑|과|와)(?:는|은)?\s*(?:뭐가|뭐|무엇이|무슨|어떻게|어떤\s*점이|어디가)?\s*(?:다르|달라|다른|차이|틀려|틀린)"
    ),
    "en": re.compile(
        r"^(?:how|what|in what way)\b.*?\b(?:differ(?:s|ent|ence|ences)?)\b.*?\b(?:from|to|than|with|between (?:it|that|this|them) and)\s+(?P<other>.+?)[?.]*$"
        r"|^(?:compared (?:to|with)|versus|vs\.?)\s+(?P<versus>.+?)[?.]*$",
        re.IGNORECASE,
    ),
}
_SAME_ASKED = {
    "ko": re.compile(
        r"^(?P<other>.{1,30}?)(?:은|는|도|이라면|라면|의\s*경우는?|일\s*때는?|이면|면)(?:요|\s*어때요?|\s*어떤가요|\s*그런가요|\s*마찬가지(?:인가요|예요)?)?\s*[?？]*$"
    ),
    "en": re.compile(
        r"^(?:what|how) about\s+(?P<other>.+?)[?.]*$|^(?P<bare>[\w\s-]{2,30}) (?:too|as well)[?.]*$", re.IGNORECASE
    ),
}


def resolve(question: str, earlier: Sequence[str], finder: Finder) -> Resolved:
    """The question with what it leaves to the questions before it."""
    language = language_of(question)
    announced = _ANNOUNCED.match(question)
    if announced and question[announced.end() :].strip():
        return Resolved(question[announced.end() :].strip(), language)
    if not earlier:
        return Resolved(question, language)
    before = resolve(earlier[-1], earlier[-DEPTH:-1], finder).text
    text = _resolved(question, before, language, finder)
    return Resolved(text, language, followed=text != question)


def _resolved(question: str, before: str, language: Language, finder: Finder) -> str:
    connective = _CONNECTIVE.match(question)
    bare = question[connective.end() :].strip() if connective else question
    if not bare:
        bare = question
    named = mentions(bare)
    compared = _COMPARED[language].match(bare)
    if compared and len(named) <= 1:
        other = next(part for part in compared.groupdict().values() if part)
        return _comparison(other.strip(), _subject(before, language, finder), language) or question
    asked_the_same = _SAME_ASKED[language].match(bare)
    if (
        asked_the_same
        and len(named) == 1
        and (connective or language == "en" or bare.rstrip("?？ ").endswith(("는", "은", "도", "는요", "은요", "도요")))
    ):
        return _swapped(before, named[0], language) or bare
    if named and not _POINTING[language].search(bare):
        return bare if connective else question
    pointing = _POINTING[language].search(bare) is not None
    elliptic = _ELLIPTIC[language].match(bare) is not None
    if not (pointing or elliptic or connective):
        return question
    if len(named) > 1 or (named and connective is None and not pointing):
        return question
    if not (pointing or elliptic) and finder.find(bare).covered:
        return bare
    subject = _subject(before, language, finder)
    if subject is None or subject in bare:
        return bare
    return _about(bare, subject, language)


def _about(bare: str, subject: str, language: Language) -> str:
    """The follow-up with its subject named: in place of the word that points back, else before it."""
    if language == "en":
        for word in (r"\b(?:it|that|this|they|them|those|these)\b(?!\s+(?:is|was)\s+not\b)", r"\bits\b"):
            replaced, count = re.subn(word, subject, bare, count=1, flags=re.IGNORECASE)
            if count:
                return replaced[:1].upper() + replaced[1:]
        return f"{subject}: {bare}"
    rest = re.sub(r"^(?:그|이|저)(?:건|거|게|것은|것이|것을|걸)\s*", "", bare).strip() or bare
    return f"{subject} {rest}"


def _comparison(other: str, subject: str | None, language: Language) -> str | None:
    if subject is None or subject.casefold() == other.casefold():
        return None
    if language == "ko":
        return f"{subject} {other} 차이는 무엇인가요?"
    return f"What is the difference between {subject} and {other}?"


def _swapped(before: str, named: Mention, language: Language) -> str | None:
    """The question before, asked of another subject: ClusterIP는 밖에서 접속돼요? + NodePort는요? -> NodePort는 밖에서 접속돼요?"""
    of_before = mentions(before)
    if len({mention.term for mention in of_before}) != 1 or of_before[0].term == named.term or language_of(before) != language:
        return None
    return before[: of_before[0].start] + named.text + before[of_before[0].end :]


def _subject(before: str, language: Language, finder: Finder) -> str | None:
    """What the question before was about: the thing it names, else the concept it was found to be about."""
    named = mentions(before)
    if named:
        return named[0].text
    found = finder.find(before)
    if not found.covered or not found.concepts:
        return None
    slug = found.concepts[0][0]
    return next((concept.titles[language] for concept in finder.concepts() if concept.slug == slug), None)

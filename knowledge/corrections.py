"""What learners get wrong, and the precise statement: recognised in a question that takes it for granted and in a note that
states it. Pure, over corrections.toml. Precision before recall: a plain question, a negation, a right note is never corrected.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from knowledge.passages import Language
from knowledge.terms import canonical

_SENTENCE = re.compile(r"(?<=[.!?。…])\s+|\n+|(?<=[가-힣])\s*[;]\s*|…")
_MARKUP = re.compile(r"[*_`>~]|\[\[|\]\]|^\s*(?:[-+*]|\d+[.)])\s+", re.MULTILINE)
_NEGATED = re.compile(
    r"않|아니(?!까)|아[닙닌님녜냐]|없|못 ?[하되한할합쓰써]|(?<![가-힣])안 ?[되하돼됨됩된끊바나보가]|말고|오해|틀린|틀렸|착각"
    r"|잘못 (?:알|아)|\bnot\b|n't\b|\bnever\b|\bno\b|\bwithout\b|\bmyth|\bwrong\b|\brather than\b|\binstead of\b"
    r"|\bmisconception|\bnor\b|\bnothing\b"
)
_TAG = re.compile(
    r"(?:거|것|거는|건|줄) ?(?:이)?(?:아니에요|아니예요|아닌가요?|아닌가여|아니야|아냐|아녜요|아님|아니었|아닙니까)[가-힣]*"
    r"[\s?!.]*$|,? *(?:is|are|do|does|did|was|will|would|has|have|ca|wo)n't (?:it|they|that|you|we|there|he)[\s?!.]*$"
    r"|,? *(?:or )?no[\s?!]*$"
    r"|(?:틀렸|틀린|틀림|잘못)[가-힣 ]*\?*$"
)
_GRANTED = re.compile(
    r"(?:죠|지요|잖아요?|잖아|거든요?|맞지|맞죠|맞나요?|맞음|맞아요?|그렇죠)(?=[\s?!.,]|$)|니까|라서|때문에"
    r"|(?:다|라|자|냐)(?:고|던데|면서요?|며|길래|는데)(?=[\s?!.,]|$)|(?:는|은|인|던|ㄴ|한|된|간|난)데(?:요)?(?=[\s?!.,]|$)"
    r"|(?<![가-힣])왜(?![가-힣])|배웠|들었|필기|적었|적혀|알고 있|알았|이라면|그럼 |그러면 |(?:줄|걸로) 알"
    r"|\bright\s*\?|\bcorrect\s*\?|\bisn't (?:it|that)|\bn't (?:it|they)|\byeah\s*\?|\bwhy\b|\bsince\b|\bbecause\b|\bhow come\b"
    r"|\b(?:i|we) (?:learn|hear|read|thought|think|wrote|was told|were told|understand|know|noted|assum)|\bmy notes?\b"
    r"|\bas we know\b|\bso (?:it|the|a|when|each|every|port|kube)|^so\b|\bi'm told\b|\bsupposed to\b"
)
_PLAIN = re.compile(r"(?:나요|는가요?|ㄴ가요?|인가요|을까요?|ㄹ까요?|할까요?|까|냐|니|는지(?:요)?|어때요?)[\s?!.]*$")
_DOUBT = re.compile(r"\b(?:does|do|is|are|can|will|did)\b")


@dataclass(frozen=True, slots=True)
class Misconception:
    """What is got wrong: the section that says it right, and the precise statement in each language."""

    id: str
    section: str
    precise: Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class _Rule:
    misconception: Misconception
    about: re.Pattern[str]
    claims: tuple[tuple[re.Pattern[str], ...], ...]
    unless: re.Pattern[str]
    assumes: bool

    def claimed(self, sentence: str) -> bool:
        return not self.unless.search(sentence) and any(all(part.search(sentence) for part in claim) for claim in self.claims)


def misconceptions() -> tuple[Misconception, ...]:
    """All of them, in the order of the file."""
    return tuple(rule.misconception for rule in _rules())


def assumed_in(question: str) -> tuple[Misconception, ...]:
    """The misconceptions that the question takes for granted; a question whether it is so takes nothing for granted."""
    text = canonical(_MARKUP.sub(" ", question))
    granted = _takes_for_granted(text)
    affirmed = _TAG.sub("거", text)
    return tuple(
        rule.misconception
        for rule in _rules()
        if (granted or rule.assumes) and rule.about.search(text) and rule.claimed(affirmed) and not _NEGATED.search(affirmed)
    )


def stated_in(text: str, trail: Sequence[str] = ()) -> tuple[Misconception, ...]:
    """The misconceptions that a note's text states as true; `trail` are the headings above it."""
    headings = canonical(" ".join(trail))
    sentences = [canonical(one) for one in _sentences(text)]
    whole = f"{headings} {' '.join(sentences)}"
    asserted = [one for one in sentences if not _NEGATED.search(one) and not one.rstrip().endswith("?")]
    return tuple(
        rule.misconception
        for rule in _rules()
        if rule.about.search(whole) and any(rule.claimed(sentence) for sentence in asserted)
    )


def _takes_for_granted(text: str) -> bool:
    if _TAG.search(text):
        return True
    found = _GRANTED.search(text)
    if not found:
        return False
    last = re.split(r"(?<=[.?!])\s+", text.strip())[-1]
    return not (_PLAIN.search(last) and not _GRANTED.search(last) and found.start() > len(text) - len(last))


def _sentences(text: str) -> Iterator[str]:
    for one in _SENTENCE.split(_MARKUP.sub(" ", text.replace("...", "…"))):
        if one.strip() and not one.lstrip().startswith("|"):  # a cell says nothing without its row and its head
            yield one.strip()


@lru_cache(maxsize=1)
def _rules() -> tuple[_Rule, ...]:
    with resources.files("knowledge").joinpath("corrections.toml").open("rb") as file:
        entries = tomllib.load(file)["misconception"]
    return tuple(
        _Rule(
            Misconception(one["id"], one["section"], {"ko": one["ko"], "en": one["en"]}),
            re.compile(one["about"]),
            tuple(tuple(re.compile(part) for part in claim) for claim in one["claims"]),
            re.compile(one["unless"]),
            one.get("assumes", False),
        )
        for one in entries
    )

"""Does a passage support a sentence that a model wrote about it? Pure.

What can be checked word for word is: numbers, ports, versions, commands, code, flags, names of objects and quotations must
stand in the cited passages. What cannot is held to their vocabulary: a sentence that shares next to nothing is not theirs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from knowledge import terms
from knowledge.language import language_of

_CODE = re.compile(r"`+([^`]+)`+")
_QUOTED = re.compile(r"[“「『]([^”」』]{6,})[”」』]|\"([^\"]{6,})\"|(?<!\w)[‘']([^’']{10,})[’'](?!\w)")
_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
_NAME = re.compile(
    r"\b(?:[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+|[A-Z]{2,}[a-z]\w*|[A-Z]{4,}|[a-z]+[A-Z]\w*|[A-Za-z]\w*(?:[-./]\w+)*\d\w*(?:[-./]\w+)*)\b",
    re.ASCII,
)
"""CamelCase, and whatever of Latin letters has a digit in it: NodePort, CrashLoopBackOff, web-0."""
_FLAG = re.compile(r"(?<!\S)--?[a-z][\w-]*")
_CHANGING = (
    "delete|apply|create|drain|cordon|scale|patch|edit|replace|exec|run|rollout|set|label|annotate|taint|expose|start|stop"
)
_TOOLS = "kubectl|minikube|docker|podman|helm|curl|wget|sudo|rm|chmod|chown|apt|pip|bash|sh|python3?|ssh|nc|eval|powershell"
_COMMAND = re.compile(
    rf"(?:^|(?<=[\s`$|;(]))(?:{_TOOLS})\s+(?:(?:{_CHANGING})(?:\s+(?!(?:a|an|and|the|to|in|on|or|is|for|with)\b)[!-~]+)+|[!-~]+)",
    re.ASCII,
)
"""A command as it stands in a sentence; one that changes something with its arguments, up to a word of prose or of Hangul."""
_ADDRESS = re.compile(r"(?:https?|ftp|file|data|javascript):\S+|\bwww\.\S+|\S+@\S+\.\w+", re.IGNORECASE)
_COUNTED = {"세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9, "열": 10, "셋": 3, "넷": 4}
_COUNTED |= {"three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_COUNT = re.compile(
    r"(?<![가-힣])(?:(세|네|다섯|여섯|일곱|여덟|아홉|열)(?=\s?(?:개|번|가지|단계|명|대|초|분|시간|줄|곳|배|파드|노드))|(셋|넷)(?![가-힣]{2}))"
    r"|\b(three|four|five|six|seven|eight|nine|ten)\b",
    re.IGNORECASE,
)

OVERLAP = {"ko": 0.3, "en": 0.34}
"""Share of a sentence's word pieces that must occur in the cited passages, where both are in the same language."""


@dataclass(frozen=True, slots=True)
class Support:
    """What of a sentence is not in the cited passages; `command` where it holds a command or an address at all."""

    missing: tuple[str, ...]
    overlap: float
    command: bool

    @property
    def given(self) -> bool:
        return not self.missing and self.overlap >= 0


def support(sentence: str, passages: Iterable[str]) -> Support:
    """Compare a sentence (without marks) with the texts of the passages that it cites."""
    texts = list(passages)
    source = _flat(" \n ".join(texts))
    numbers = _numbers(source)
    missing: list[str] = []
    plain = sentence
    for pattern in (_CODE, _QUOTED):
        for found in pattern.finditer(sentence):
            said = next(group for group in found.groups() if group)
            if not _stands(said, source):
                missing.append(said)
        plain = pattern.sub(" ", plain)
    missing += [number for number in _numbers(plain) if number not in numbers]
    known = {term.name for text in texts for term in terms.find(text)}
    lowered = source.casefold()
    for pattern in (_NAME, _FLAG):
        for found in pattern.finditer(plain):
            name = found.group(0)
            if name.casefold() in lowered:
                continue
            if not any(term.name in known for term in terms.find(name)):
                missing.append(name)
    said_commands = [found.group(0).strip(" `$") for found in _COMMAND.finditer(sentence)]
    unknown_commands = [command for command in said_commands if not _stands(command, source)]
    addresses = [found.group(0) for found in _ADDRESS.finditer(sentence) if found.group(0).rstrip(".,)`'\"") not in source]
    missing += unknown_commands + addresses
    measured = overlap(plain, texts)
    return Support(tuple(dict.fromkeys(missing)), measured, bool(said_commands or _ADDRESS.search(sentence)))


def _flat(text: str) -> str:
    """Compatible forms, single spaces, no backticks or emphasis: what a quotation is looked up in."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).replace("`", "").replace("**", "")).strip()


def _stands(said: str, source: str) -> bool:
    return _flat(said).strip(" .,") in source


def _numbers(text: str) -> list[str]:
    """The numbers of a text: as written, their parts (of 8080:80, 30000-32767), and those spelt out, from three on."""
    found = [match.group(0) for match in _NUMBER.finditer(text)]
    found += [part for number in found for part in re.split(r"[/:-]", number) if part != number]
    found += [str(_COUNTED[next(word for word in match.groups() if word).lower()]) for match in _COUNT.finditer(text)]
    return found


def units(text: str) -> set[str]:
    """What a text is compared by: pairs of Hangul syllables within words, beginnings of Latin words, and canonical terms."""
    flat = _flat(text).casefold()
    units = {f"<{term.name}>" for term in terms.find(flat)}
    for word in re.findall(r"[가-힣]+", flat):
        units.update(word[place : place + 2] for place in range(len(word) - 1))
    units.update(word[:5] for word in re.findall(r"[a-z]{3,}", flat) if word not in _COMMON)
    return units


_FILLING = """
the and for that this with from not are was were will can may has have had its his her you your they them their there then than
when what which who how why where into onto over under only also but does did done been being such each all any some more most
"""
_COMMON = frozenset(_FILLING.split())
_INFLECTION = """
입니 니다 습니 합니 됩니 하는 하고 되는 으로 에서 하지 않습 있습 있는 것입 때문 문에 그래 래서 따라 라서 그리 리고 하면 되면
"""
_ENDINGS = frozenset(_INFLECTION.split())


def overlap(sentence: str, passages: Iterable[str]) -> float:
    """Share of the sentence's pieces that occur in the passages, less what is asked for: 0 or more is enough.

    1.0 where they are in different languages: their vocabularies cannot be compared.
    """
    texts = " ".join(passages)
    language = language_of(sentence)
    if language != language_of(texts):
        return 1.0
    said = units(sentence) - _ENDINGS
    if len(said) < 3:
        return 1.0
    return len(said & units(texts)) / len(said) - OVERLAP[language]

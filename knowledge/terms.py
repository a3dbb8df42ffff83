"""One canonical term for the many ways to write it: 파드 = 포드 = 팟 = pods = po = `pod`. Pure, over terms.toml.

A form matches whole words only: Latin letters between other characters, Hangul from the start of a word up to a particle or
another term, so that neither 에어팟 nor 팟캐스트 is a pod. The longest form wins; spaces and hyphens inside one do not matter.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

_TOKEN = re.compile(r"[a-z]+[a-z0-9]*|[0-9]+[a-z0-9]*|[가-힣]+")
_HANGUL = re.compile(r"[가-힣]")
_GAP = re.compile(r"[\s\-_./]*")
_LONGEST = 5


@dataclass(frozen=True, slots=True)
class Term:
    """A term that was found: its canonical name, and the span of the normalized text that it takes."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int
    glued: bool
    """True where only spaces, hyphens, dots, slashes or nothing stand between the token before and this one."""


def normalize(text: str) -> str:
    """The text as terms are looked up in: composed, compatible forms, lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def find(text: str) -> tuple[Term, ...]:
    """The terms of the text in order; spans are those of `normalize(text)`."""
    return tuple(_find(normalize(text)))


def canonical(text: str) -> str:
    """The text with each term by its canonical name, particles set apart: `포드를 svc로` gives `pod 를 service 로`."""
    written = normalize(text)
    pieces: list[str] = []
    at = 0
    for term in _find(written):
        pieces += [written[at : term.start], f" {term.name} "]
        at = term.end
    pieces.append(written[at:])
    return " ".join("".join(pieces).split())


@lru_cache(maxsize=1)
def forms() -> Mapping[str, tuple[str, ...]]:
    """Canonical name -> all its forms, itself first."""
    groups = {name: group for name, group in _table().items() if isinstance(group, dict)}
    return {name: (name, *others) for group in groups.values() for name, others in group.items()}


@lru_cache(maxsize=1)
def particles() -> frozenset[str]:
    """What may stand between a Korean term and the next space."""
    return frozenset(_table()["particles"].split())


@lru_cache(maxsize=1)
def ordinary() -> frozenset[str]:
    """Words that are no slip of a term, however near they are to one."""
    return frozenset(_table()["ordinary"].split())


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Any]:
    with resources.files("knowledge").joinpath("terms.toml").open("rb") as file:
        return tomllib.load(file)


def _find(written: str) -> Iterator[Term]:
    tokens = _tokens(written)
    known, lengths = _known()
    at = 0
    while at < len(tokens):
        for count in range(min(_LONGEST, len(tokens) - at), 0, -1):
            run = tokens[at : at + count]
            if any(not token.glued for token in run[1:]):
                continue
            *before, last = (token.text for token in run)
            name, taken = _ending(tuple(before), last, known, lengths)
            if name:
                yield Term(name, run[0].start, run[-1].start + taken)
                if rest := written[run[-1].start + taken : run[-1].end]:
                    yield from _compound(rest, run[-1].start + taken, known, lengths)
                at += count
                break
        else:
            at += 1


def _ending(
    before: tuple[str, ...], last: str, known: Mapping[tuple[str, ...], str], lengths: frozenset[int]
) -> tuple[str, int]:
    """The term that these tokens are, and how much of the last one it takes: the rest is a particle or another term."""
    if name := known.get((*before, last)):
        return name, len(last)
    if _HANGUL.match(last):
        for length in range(len(last) - 1, 0, -1):
            if (
                length in lengths
                and (name := known.get((*before, last[:length])))
                and _may_follow(last[length:], known, lengths)
            ):
                return name, length
    return "", 0


def _may_follow(rest: str, known: Mapping[tuple[str, ...], str], lengths: frozenset[int]) -> bool:
    return rest in particles() or bool(_ending((), rest, known, lengths)[0])


def _compound(rest: str, start: int, known: Mapping[tuple[str, ...], str], lengths: frozenset[int]) -> Iterator[Term]:
    if rest in particles():
        return
    name, taken = _ending((), rest, known, lengths)
    if name:
        yield Term(name, start, start + taken)
        if rest[taken:]:
            yield from _compound(rest[taken:], start + taken, known, lengths)


def _tokens(written: str) -> list[_Token]:
    tokens: list[_Token] = []
    end = 0
    for found in _TOKEN.finditer(written):
        tokens.append(_Token(found[0], found.start(), found.end(), bool(_GAP.fullmatch(written, end, found.start()))))
        end = found.end()
    return tokens


@lru_cache(maxsize=1)
def _known() -> tuple[Mapping[tuple[str, ...], str], frozenset[int]]:
    """Forms as tokens -> canonical name; and the lengths that a form's last Hangul token can have."""
    known: dict[tuple[str, ...], str] = {}
    for name, others in forms().items():
        for form in others:
            parts = tuple(_TOKEN.findall(normalize(form)))
            known.setdefault(parts, name)
            if len(parts) > 1 and len({bool(_HANGUL.match(part)) for part in parts}) == 1:
                known.setdefault(("".join(parts),), name)
    return known, frozenset(len(parts[-1]) for parts in known if _HANGUL.match(parts[-1]))

"""Slips of the keyboard in our terms: 네임스패이스, 포트포워디이, imgae. Pure, over the term table.

Only long words are mended, only by a letter or two, and never one that is a word of its own: a question in another sense must
not be turned into ours. Hangul is compared letter by letter, a syllable being three.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.terms import find, forms, normalize, ordinary, particles

_VERBS = ("기", "다")
"""Forms that are inflected: every other ending of theirs would look like a slip."""
_WORD = re.compile(r"[a-z]{5,}|[가-힣]{3,}")


def mended(text: str) -> str:
    """The normalized text with slips in long terms put right."""
    return _WORD.sub(lambda found: _mended(found[0]), normalize(text))


@lru_cache(maxsize=20_000)
def _mended(word: str) -> str:
    if word in ordinary() or find(word):
        return word
    tried = [(word, "")]
    tried += [(word[:-size], word[-size:]) for size in (1, 2, 3) if len(word) - size >= 3 and word[-size:] in particles()]
    for stem, rest in tried:
        letters = _letters(stem)
        allowed = _allowed(letters, stem)
        if not allowed:
            continue
        nearest = process.extractOne(letters, _known().keys(), scorer=OSA.distance, score_cutoff=allowed)
        if nearest and nearest[0][0] == letters[0]:
            return _known()[nearest[0]] + rest
    return word


def _allowed(letters: str, word: str) -> int:
    """How many letters may be wrong."""
    if word.isascii():
        return 2 if len(word) >= 9 else 1
    return 2 if len(letters) >= 11 else 1 if len(letters) >= 6 else 0


def _letters(word: str) -> str:
    return unicodedata.normalize("NFD", word)


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    """Letters -> form, of every form of one long word."""
    every = sorted({normalize(form) for of_term in forms().values() for form in of_term})
    return {_letters(form): form for form in every if _WORD.fullmatch(form) and not form.endswith(_VERBS)}

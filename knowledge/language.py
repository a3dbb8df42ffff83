"""Which language a text is in. Pure.

A text with Hangul in it is Korean, however many English words, commands or pasted lines stand around it: who mixes both is
answered in Korean.
"""

from __future__ import annotations

import re

from knowledge.passages import Language

_HANGUL = re.compile("[\u1100-\u11ff\u3131-\u318e\ua960-\ua97f\uac00-\ud7a3\ud7b0-\ud7ff]")


def language_of(text: str) -> Language:
    """`ko` where the text holds any Hangul (syllables, loose letters, decomposed), else `en`."""
    return "ko" if _HANGUL.search(text) else "en"

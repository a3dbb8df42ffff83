"""The words of a piece of Markdown, without its marks: what is searched, never what is shown. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

PIECE = 200
"""Characters that one vector should stand for at most: the encoder averages over its tokens."""
MOST = 40
"""Pieces of one passage: what stands further down in a block of 8,000 characters is data, not a note."""

QUOTE = re.compile(r"^\s*>")
_QUOTE_MARKS = re.compile(r"^\s*(?:>[ \t]*)+")
_CALLOUT = re.compile(r"^\[!([^\]]*)\][+-]?\s*")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,9}[.)])\s+(?:\[[ xX/-]\]\s+)?")
_TABLE_RULE = re.compile(r"^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_FENCE = re.compile(r"^\s*(?:`{3,}|~{3,})[^`]*$")
_WIKI = re.compile(r"!?\[\[([^\[\]|]*)(?:\|([^\[\]]*))?\]\]")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)")
_TAG = re.compile(r"(?<![\w&/#])#(?=[^\W\d_])")
_HTML = re.compile(r"</?[A-Za-z][^<>]*>")
_BLOCK_ID = re.compile(r"\s\^[A-Za-z0-9-]+$")
_EMPHASIS = re.compile(r"\*{1,3}|~~|==|`+|(?<!\w)_{1,3}|_{1,3}(?!\w)")
_SPACE = re.compile(r"\s+")
_SENTENCE_END = re.compile(r"(?<=[.!?。])\s+")


def inline(text: str) -> str:
    """One line's words: links by their names, no emphasis, no tags' signs."""
    text = _WIKI.sub(lambda m: m.group(2) or m.group(1).replace("#", " ").replace("^", " "), text)
    text = _LINK.sub(r"\1", text)
    text = _HTML.sub(" ", text)
    text = _BLOCK_ID.sub("", text)
    text = _TAG.sub("", text)
    text = _EMPHASIS.sub("", text)
    return _SPACE.sub(" ", text).strip()


def line(text: str, *, code: bool = False) -> str:
    """The words of one line of a block; empty for a fence, a table's rule or a bare mark."""
    if code:
        return "" if _FENCE.match(text) else _SPACE.sub(" ", text).strip()
    if QUOTE.match(text):
        text = _CALLOUT.sub("", _QUOTE_MARKS.sub("", text))
    if _FENCE.match(text) or ("-" in text and _TABLE_RULE.match(text)):
        return ""
    text = _ITEM.sub("", text)
    if text.lstrip().startswith("|"):
        text = text.replace("\\|", " ").replace("|", " ")
    return inline(text)


def callout_title(text: str) -> str:
    """The title of a callout's first line; empty where it has none or is no callout."""
    if not QUOTE.match(text):
        return ""
    bare = _QUOTE_MARKS.sub("", text)
    found = _CALLOUT.match(bare)
    return inline(bare[found.end() :]) if found else ""


def _cut(text: str, limit: int) -> Iterator[str]:
    """A long line in parts of at most `limit` characters: at sentence ends, else at a blank, else anywhere."""
    for sentence in _SENTENCE_END.split(text):
        start = 0
        while len(sentence) - start > limit:
            at = sentence.rfind(" ", start + limit // 2, start + limit)
            at = at if at > 0 else start + limit
            yield sentence[start:at].strip()
            start = at
        if rest := sentence[start:].strip():
            yield rest


def pieces(lines: Iterable[str], limit: int = PIECE) -> tuple[str, ...]:
    """The words of a block in at most `MOST` pieces of about `limit` characters, at least one where there are words."""
    packed: list[str] = []
    for words in lines:
        for part in _cut(words, limit) if len(words) > limit else ([words] if words else []):
            if packed and len(packed[-1]) + 1 + len(part) <= limit:
                packed[-1] = f"{packed[-1]} {part}"
            elif len(packed) == MOST:
                return tuple(packed)
            else:
                packed.append(part)
    return tuple(packed)

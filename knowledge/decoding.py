"""From a file's bytes to its text: the encodings that learners' files really have, named. Pure.

Newlines become \\n, a byte order mark is not part of the text. Lines are counted in what this module gives.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass

LARGEST = 5_000_000
"""Bytes; a larger file is no note."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text and the encoding it was read as: utf-8, utf-16, cp949."""

    text: str
    encoding: str


def decode(data: bytes) -> Decoded | None:
    """The text of these bytes, None where they are no text."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _tried(data, "utf-16", "utf-16")
    if b"\0" in data:
        return _unmarked_utf16(data)
    return _tried(data, "utf-8-sig", "utf-8") or _tried(data, "cp949", "cp949")


def _tried(data: bytes, codec: str, name: str) -> Decoded | None:
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    controls = sum(char < " " and char not in "\n\t\f\v\x1b" for char in text[:4096])
    return Decoded(text, name) if controls <= len(text[:4096]) * 0.02 else None


def _unmarked_utf16(data: bytes) -> Decoded | None:
    """UTF-16 without its mark: every other byte of its line ends and blanks is zero."""
    if len(data) % 2:
        return None
    for codec, odd in (("utf-16-le", 1), ("utf-16-be", 0)):
        sample = data[: 4096 - 4096 % 2]
        zeros, others = sample[odd::2].count(0), sample[1 - odd :: 2].count(0)
        if zeros and not others and (b"\n\0" if odd else b"\0\n") in data:
            return _tried(data, codec, "utf-16")
    return None

"""Bytes to text: the encodings that learners' files have."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.decoding import decode

TEXT = "# 파드\n\n컨테이너를 담습니다. pod\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (codecs.BOM_UTF8 + TEXT.encode(), "utf-8"),
        (TEXT.encode("cp949"), "cp949"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.encode("utf-16-le"), "utf-16"),
        (TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.replace("\n", "\r\n").encode(), "utf-8"),
        (TEXT.replace("\n", "\r").encode("cp949"), "cp949"),
    ],
)
def test_an_encoding_is_recognised(data: bytes, encoding: str) -> None:
    """The same text comes out of each, with \\n as its only line end and no byte order mark."""
    decoded = decode(data)
    assert decoded is not None
    assert (decoded.text, decoded.encoding) == (TEXT, encoding)


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", bytes(range(256)), b"\0" * 64, b"ab\x01\x02\x03" * 40])
def test_what_is_no_text(data: bytes) -> None:
    """A picture or a program under a note's name is refused."""
    assert decode(data) is None


def test_an_empty_file() -> None:
    decoded = decode(b"")
    assert decoded is not None
    assert decoded.text == ""


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    """There is a text or there is none; nothing is raised and no carriage return is left."""
    decoded = decode(data)
    assert decoded is None or "\r" not in decoded.text

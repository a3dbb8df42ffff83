"""Which language a text is in."""

from __future__ import annotations

import unicodedata

import pytest

from knowledge.language import language_of


@pytest.mark.parametrize(
    "text",
    [
        "파드가 뭐예요?",
        "kubectl get pods 했는데 Pending 이에요",
        "what does 파드 mean",
        "ㅋㅋ",
        unicodedata.normalize("NFD", "파드"),
    ],
)
def test_any_hangul(text: str) -> None:
    """A text with Hangul in it is Korean, also mixed, decomposed or in loose letters."""
    assert language_of(text) == "ko"


@pytest.mark.parametrize("text", ["what is a pod", "error: lost connection to pod", "404", "", "ポッド"])
def test_no_hangul(text: str) -> None:
    """Every other text is answered in English."""
    assert language_of(text) == "en"

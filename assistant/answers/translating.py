"""Translations of the learner's own passages, made by the chat model once and kept in files.

A translation is shown beside the quote, under the same citation, and only if every number and every code of the original is
in it; what is kept is named by a hash of model, language and text, so that an edited note is translated anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from knowledge.language import language_of
from knowledge.passages import Language

_KEPT_AS_IS = re.compile(r"`[^`]+`|\d+(?:[.,:/-]\d+)*")


def faithful(original: str, translation: str, language: Language) -> bool:
    """Is it in this language, with all numbers and code of the original and no others?"""
    if not translation.strip() or language_of(translation) != language:
        return False
    return sorted(_KEPT_AS_IS.findall(original)) == sorted(_KEPT_AS_IS.findall(translation))


class Translations:
    """The kept translations of one model in a folder; `translate` is asked for those that are not there yet."""

    def __init__(self, folder: Path, model: str, translate: Callable[[Sequence[str], Language], Sequence[str]]) -> None:
        self._folder = folder
        self._model = model
        self._translate = translate

    def of(self, texts: Sequence[str], language: Language) -> list[str | None]:
        """Each text in this language; None where the model's translation was not faithful."""
        kept = [self._read(text, language) for text in texts]
        missing = [text for text, known in zip(texts, kept, strict=True) if known is None]
        if missing:
            made = self._translate(missing, language)
            fresh = dict(zip(missing, made, strict=False))
            for number, text in enumerate(texts):
                translation = fresh.get(text)
                if kept[number] is None and translation and faithful(text, translation, language):
                    self._write(text, language, translation)
                    kept[number] = translation
        return kept

    def _file(self, text: str, language: Language) -> Path:
        key = json.dumps([self._model, language, text], ensure_ascii=False)
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()[:40]}.json"

    def _read(self, text: str, language: Language) -> str | None:
        try:
            kept = json.loads(self._file(text, language).read_text("utf-8"))
            return str(kept["translation"]) if kept["text"] == text else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _write(self, text: str, language: Language, translation: str) -> None:
        file = self._file(text, language)
        draft = file.with_suffix(f".{os.getpid()}.new")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            draft.write_text(json.dumps({"text": text, "translation": translation}, ensure_ascii=False), "utf-8")
            draft.replace(file)
        except OSError:
            draft.unlink(missing_ok=True)

"""A model's text, checked as it streams, sentence by sentence. Pure: text in, verified pieces out.

Unknown numbers are dropped; a sentence without support is marked or withheld; a command, an address or a block of code that
is not in the notes is withheld in any case. Nothing is let out before the first supported sentence, so that a text without
any is never shown: `model-unsupported`. A text in another language than the asked one is `model-language`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, TypeAlias

from assistant.answers.evidence import Excerpt
from assistant.answers.framing import frame
from assistant.answers.phrasing import ends_korean, marked, unmarked
from assistant.answers.supporting import support
from knowledge.errors import StudyError
from knowledge.language import language_of
from knowledge.passages import Language

Policy: TypeAlias = Literal["mark", "withhold"]

ABSTAINED = "NONE"
"""What a model says where the passages do not answer the question."""
AT_MOST = 14
"""Sentences; a model that goes on is cut off there."""

_MARKS = re.compile(r"\s*(?:\[|【)\s*\^?(\d{1,3}(?:\s*[,;·~-]\s*\d{1,3})*)\s*(?:†[^\]】]*)?(?:\]|】)(?!\()")
_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_LEAD = re.compile(r"^\s*(?:([-*+•])|(\d{1,2})[.)])\s+")
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_HAN = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_LETTER = re.compile(r"[^\W\d_]")


class Verification:
    """Feed it what the model says; it gives what may be shown, with the evidence's numbers as marks."""

    def __init__(self, excerpts: Mapping[int, Excerpt], language: Language, policy: Policy) -> None:
        self._excerpts = excerpts
        self._language = language
        self._policy = policy
        self._buffer = ""
        self._held: list[str] = []
        self._shown = ""
        self._gap = ""
        self.sentences = 0
        self.supported = 0
        self.foreign = 0
        self.withheld = 0

    @property
    def full(self) -> bool:
        return self.sentences >= AT_MOST

    def feed(self, text: str) -> list[str]:
        """The pieces that can be shown now."""
        self._buffer += text
        if "<think" in self._buffer.lower():
            if not re.search(r"</think(?:ing)?>", self._buffer, re.IGNORECASE):
                return []
            self._buffer = _THOUGHT.sub("", self._buffer)
        *whole, self._buffer = _cut(self._buffer)
        return self._said(whole)

    def finish(self) -> list[str]:
        """The rest; StudyError where nothing of it all is supported, or it is in another language."""
        rest, self._buffer = _THOUGHT.sub("", self._buffer), ""
        if not self.sentences and rest.strip(" .`\n").upper() == ABSTAINED:
            raise StudyError("model-abstained")
        said = self._said([rest])
        if self.sentences == 0:
            raise StudyError("model-empty")
        if self.foreign * 2 >= self.sentences:
            raise StudyError("model-language")
        if not self.supported:
            raise StudyError("model-unsupported")
        return said

    def _said(self, units: Iterable[str]) -> list[str]:
        return [piece for unit in units if not self.full for piece in self._checked(unit)]

    def _checked(self, unit: str) -> Iterator[str]:
        if not unit.strip():
            self._gap = "\n\n" if unit.count("\n") > 1 else self._gap or ("\n" if "\n" in unit else "")
            return
        leading = unit[: len(unit) - len(unit.lstrip())]
        gap = "\n\n" if leading.count("\n") > 1 or self._gap == "\n\n" else "\n" if "\n" in leading or self._gap else " "
        self._gap = ""
        if _FENCE.match(unit):
            shown, supported = self._block(unit.strip())
        else:
            shown, supported = self._sentence(unit.strip())
        if not shown:
            return
        if supported and not self.supported:
            self.supported += 1
            for piece in [*self._held, shown]:
                yield self._joined(piece, gap)
            self._held = []
        elif self.supported:
            self.supported += supported
            yield self._joined(shown, gap)
        else:
            self._held.append(shown)

    def _joined(self, piece: str, gap: str) -> str:
        item = bool(_LEAD.match(piece)) or piece.startswith("```")
        if gap == " " and item:
            gap = "\n"
        if self._shown.endswith("```"):
            gap = "\n\n"
        between = gap if self._shown else ""
        self._shown += between + piece
        return between + piece

    def _sentence(self, text: str) -> tuple[str, bool]:
        """What is shown of a sentence, and whether its passages support it."""
        lead = _LEAD.match(text)
        before = "" if lead is None else "- " if lead.group(1) else f"{lead.group(2)}) "
        body = text[lead.end() :] if lead else text
        numbers = [number for found in _MARKS.finditer(body) for number in _numbers(found.group(1)) if number in self._excerpts]
        numbers = list(dict.fromkeys(numbers))
        bare = unmarked(re.sub(r"^#+\s*", "", _MARKS.sub("", body))).strip()
        bare = re.sub(r"\s+([.!?,。:])", r"\1", bare)
        if not re.search(r"\w", bare):
            return "", False
        self.sentences += 1
        self.foreign += _foreign(bare, self._language)
        found = support(bare, (self._text(number) for number in numbers))
        if numbers and found.given and not _foreign(bare, self._language):
            return before + marked(bare, numbers), True
        unspoken = self._language == "ko" and language_of(bare) == "en"
        if self._policy == "withhold" or found.command or unspoken or _foreign(bare, self._language):
            self.withheld += 1
            return "", False
        return f"{before}{bare} {frame('unsupported', self._language)}", False

    def _block(self, text: str) -> tuple[str, bool]:
        """A block of code is shown only where it stands in a passage, and cites that one."""
        self.sentences += 1
        code = "\n".join(line for line in text.split("\n") if not _FENCE.match(line)).strip("\n")
        if re.search(r"\S", code):
            for number, excerpt in self._excerpts.items():
                if code in excerpt.passage.text:
                    lead = marked(frame("example", self._language), [number])
                    return f"{lead}:\n```text\n{code}\n```", True
        self.withheld += 1
        return "", False

    def _text(self, number: int) -> str:
        passage = self._excerpts[number].passage
        return " ".join((*passage.trail, passage.text))


def _numbers(inside: str) -> list[int]:
    if span := re.fullmatch(r"(\d+)\s*[~-]\s*(\d+)", inside.strip()):
        first, last = int(span.group(1)), int(span.group(2))
        return list(range(first, last + 1)) if first <= last <= first + 10 else [first, last]
    return [int(number) for number in re.findall(r"\d+", inside)]


def _foreign(text: str, language: Language) -> bool:
    """Is the sentence in another language than the asked one? Names and commands alone are in none."""
    words = re.sub(r"`[^`]*`", "", text)
    letters = len(_LETTER.findall(words))
    if letters and len(_HAN.findall(words)) > max(2, letters // 5):
        return True
    if language == "en":
        return letters > 0 and len(re.findall(r"[가-힣]", words)) > letters // 3
    return letters >= 20 and language_of(words) == "en"


def _cut(text: str) -> Sequence[str]:
    """Whole sentences, items and blocks, and last the rest that may still grow. Nothing is lost: joined they are the text."""
    units: list[str] = []
    start, place, in_code = 0, 0, False
    while place < len(text):
        line_start = place == 0 or text[place - 1] == "\n"
        if line_start and (opening := re.match(r"[ \t]*(```|~~~)", text[place:])):
            closing = re.compile(rf"^[ \t]*{opening.group(1)}[ \t]*(?:\n|\Z)", re.MULTILINE).search(text, place + opening.end())
            if closing is None or closing.end() == len(text):
                return [*units, *([text[start:place]] if text[start:place] else []), text[place:]]
            if text[start:place]:
                units.append(text[start:place])
            units.append(text[place : closing.end()])
            start = place = closing.end()
            in_code = False
            continue
        sign = text[place]
        if sign == "\n":
            in_code = False
            if text[start:place].strip():
                rest = text[place:].lstrip()
                if not rest:
                    break
                if not _MARKS.match(rest):
                    units.append(text[start:place])
                    start = place
        elif sign == "`":
            in_code = not in_code
        elif sign in ".!?。" and not in_code and (end := _sentence_end(text, start, place)) is not None:
            if end < 0:
                break
            units.append(text[start:end])
            start = place = end
            continue
        place += 1
    return [*units, text[start:]]


def _sentence_end(text: str, start: int, place: int) -> int | None:
    """Where the sentence that this sign closes ends, its marks behind it included; None: it closes none; -1: not known yet."""
    end = place + 1
    while end < len(text) and text[end] in ".!?。\"”’')*":
        end += 1
    while mark := _MARKS.match(text, end):
        end = mark.end()
    after = text[end:]
    rest = after.lstrip(" ")
    if not rest or re.match(r"[\[【][^\]】]{0,12}\Z", rest):
        return -1
    if rest[0] == "\n":
        return end
    if after[0] != " " and not _MARKS.match(text, place + 1):
        return None
    if re.search(r"(?:^|\n)\s*(?:[-*+]\s+)?\d{1,2}$", text[start:place]):
        return None
    if "a" <= rest[0] <= "z" and not ends_korean(text[start:place]) and not _MARKS.match(text, place + 1):
        return None
    return end

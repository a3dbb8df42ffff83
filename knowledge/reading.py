"""From a note's text to its sections and passages, with exact lines. Pure.

A passage is a contiguous run of the decoded file's lines; its `text` is those lines and nothing else. What is searched is its
words (`Read.pieces`), without marks and without comments. Text between %% and %% or <!-- and --> is never searched.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge import markup
from knowledge.blocks import Block, Heading, blocks, closes, divided, fence_mark
from knowledge.language import language_of
from knowledge.passages import Language, Origin, Passage, Place, Section

_ATTRIBUTE = re.compile(r"\s*\{#([A-Za-z0-9_-]+)\}\s*$")
_COMMENT_OR_CODE = re.compile(r"%%|<!--|`[^`]*`")
_CLOSING = {"%%": "%%", "<!--": "-->"}
_NOT_SLUG = re.compile(r"[^\w-]+")


@dataclass(frozen=True, slots=True)
class Read:
    """A passage and the words that stand for it, each piece with its headings before it: what is embedded and counted."""

    passage: Passage
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One heading and the blocks directly under it, as found in the file. `anchor` is empty where none was written."""

    level: int
    trail: tuple[str, ...]
    anchor: str
    first: int
    last: int
    blocks: tuple[Block, ...]
    empty: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as read: its front matter (empty where it has none or is malformed), its title and its parts."""

    title: str
    front: Mapping[str, Any]
    lines: tuple[str, ...]
    visible: tuple[str, ...]
    parts: tuple[Part, ...]
    picture: str | None


def sheet(text: str, name: str) -> Sheet:
    """The parts of a decoded text (newlines are \\n); `name` is the title where the text gives none."""
    lines = text.split("\n")
    front, start = _front_matter(lines)
    visible = _without_comments(lines, start)
    title = str(front.get("title") or "").strip() or name
    found = list(blocks(list(visible), start))
    parts = tuple(_parts(found, title, len(lines), start))
    top = next((part.trail[0] for part in parts if part.level == 1), title)
    picture = next(
        (
            "\n".join(lines[one.first : one.last - 1])
            for part in parts
            if part.level <= 1
            for one in part.blocks
            if one.info == "mermaid"
        ),
        None,
    )
    return Sheet(top, front, tuple(lines), visible, parts, picture)


def _front_matter(lines: Sequence[str]) -> tuple[Mapping[str, Any], int]:
    if not lines or lines[0].rstrip() != "---":
        return {}, 0
    for at in range(1, len(lines)):
        if lines[at].rstrip() in ("---", "..."):
            import yaml

            try:
                front = yaml.safe_load("\n".join(lines[1:at]))
            except (yaml.YAMLError, ValueError, RecursionError):
                front = None
            return (front if isinstance(front, dict) else {}), at + 1
    return {}, 0


def _without_comments(lines: Sequence[str], start: int) -> tuple[str, ...]:
    """The lines with comments outside code blanked out, character by character, so that lines and columns stay."""
    kept: list[str] = ["" for _ in range(start)]
    fence = closing = ""
    for at in range(start, len(lines)):
        line = lines[at]
        bare = line.lstrip("> \t") if markup.QUOTE.match(line) else line
        if fence:
            kept.append(line)
            if closes(bare, fence):
                fence = ""
        elif not closing and (opened := fence_mark(bare)):
            kept.append(line)
            fence = opened[0]
        else:
            shown, closing = _blanked(line, closing)
            kept.append(shown)
    return tuple(kept)


def _blanked(line: str, closing: str) -> tuple[str, str]:
    """A line without its comments, and the mark that closes the one that is still open; `closing` was open before it."""
    if not closing and "%%" not in line and "<!--" not in line:
        return line, ""
    shown: list[str] = []
    at = 0
    while at < len(line):
        if closing:
            end = line.find(closing, at)
            stop = len(line) if end < 0 else end + len(closing)
            shown.append(" " * (stop - at))
            closing = closing if end < 0 else ""
            at = stop
            continue
        found = _COMMENT_OR_CODE.search(line, at)
        if not found:
            shown.append(line[at:])
            break
        code = found.group().startswith("`")
        shown.append(line[at : found.end() if code else found.start()])
        at = found.end()
        if not code:
            shown.append(" " * len(found.group()))
            closing = _CLOSING[found.group()]
    return "".join(shown), closing


def _parts(found: Sequence[Heading | Block], title: str, count: int, start: int) -> Iterator[Part]:
    """The headings in order with what is directly under each; text before the first heading stands under the title."""
    opened: list[tuple[Heading | None, list[Block]]] = [(None, [])]
    for one in found:
        if isinstance(one, Heading):
            opened.append((one, []))
        else:
            opened[-1][1].append(one)
    above: list[tuple[int, str]] = []
    for at, (heading, under) in enumerate(opened):
        if heading is None:
            if under:
                yield Part(0, (title,), "", under[0].first, under[-1].last, tuple(under), False)
            continue
        attribute = _ATTRIBUTE.search(heading.text)
        name = markup.inline(_ATTRIBUTE.sub("", heading.text)) or "-"
        above = [one for one in above if one[0] < heading.level]
        above.append((heading.level, name))
        last = under[-1].last if under else heading.last
        yield Part(
            heading.level,
            tuple(text for _, text in above),
            attribute.group(1) if attribute else "",
            heading.first,
            last,
            tuple(under),
            not under and not _deeper_text(opened, at),
        )


def _deeper_text(opened: Sequence[tuple[Heading | None, list[Block]]], at: int) -> bool:
    level = opened[at][0].level if opened[at][0] else 0  # type: ignore[union-attr]
    for number in range(at + 1, len(opened)):
        heading, under = opened[number]
        if heading is None or heading.level <= level:
            return False
        if under:
            return True
    return False


def slug(heading: str) -> str:
    """A heading as an anchor: composed, lower case, words joined by hyphens."""
    return _NOT_SLUG.sub("-", unicodedata.normalize("NFC", heading).lower()).strip("-_") or "section"


def content_hash(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:20]


def builtin_note(text: str, concept: str, language: Language, path: Path) -> tuple[Sheet, list[Section], list[Read]]:
    """The sections and passages of one of our notes in one language: a section for each heading of level two and deeper."""
    read = sheet(text, concept)
    sections: list[Section] = []
    passages: list[Read] = []
    for part in read.parts:
        if part.level < 2:
            continue
        anchor = part.anchor or slug(part.trail[-1])
        place = Place(language, path, part.trail, part.first, part.last)
        section = Section(f"{concept}/{anchor}", concept, anchor, "builtin", {language: place}, part.empty)
        sections.append(section)
        passages.extend(_passages(read, part, section, "builtin", lambda _: language, whole=True))
    return read, sections, passages


def own_note(text: str, folder: str, relative: str, path: Path) -> tuple[Sheet, list[Section], list[Read]]:
    """The sections and passages of a file of the learner's; headings of the same name are numbered."""
    name = unicodedata.normalize("NFC", Path(relative).stem)
    read = sheet(text, name)
    relative = unicodedata.normalize("NFC", relative)
    taken: dict[str, int] = {}
    sections: list[Section] = []
    passages: list[Read] = []
    for part in read.parts:
        anchor = _free(slug(part.trail[-1]), taken)
        language = language_of("\n".join(read.visible[part.first - 1 : part.last]))
        place = Place(language, path, part.trail, part.first, part.last)
        section = Section(f"own:{folder}/{relative}#{anchor}", None, anchor, "own", {language: place}, part.empty)
        sections.append(section)
        context = () if name in part.trail else (name,)
        passages.extend(_passages(read, part, section, "own", language_of, context=context))
    return read, sections, passages


def _free(anchor: str, taken: dict[str, int]) -> str:
    """The anchor, numbered where it is taken. `taken` holds by anchor the number it was last given."""
    free, number = anchor, taken.get(anchor, 0) + 1
    while number > 1 and (free := f"{anchor}-{number}") in taken:
        number += 1
    taken[anchor] = number
    taken.setdefault(free, 1)
    return free


def _passages(
    read: Sheet,
    part: Part,
    section: Section,
    origin: Origin,
    language: Callable[[str], Language],
    *,
    context: tuple[str, ...] = (),
    whole: bool = False,
) -> Iterator[Read]:
    """The passages of a part in file order. `whole`: one piece a passage, as our own short sections need no more."""
    seen: dict[str, int] = {}
    for block in part.blocks:
        for one in divided(block, read.visible):
            text = "\n".join(read.lines[one.first - 1 : one.last])
            words = [
                markup.line(read.visible[number - 1], code=one.kind == "code") for number in range(one.first, one.last + 1)
            ]
            pieces = markup.pieces(words, 10_000 if whole else markup.PIECE)
            if not pieces:
                continue
            key = content_hash(text)[:10]
            seen[key] = seen.get(key, 0) + 1
            spoken = language(text)
            mark = f"{key}.{seen[key]}" if seen[key] > 1 else key
            passage = Passage(
                f"{section.id}@{spoken}.{mark}",
                section.id,
                section.concept,
                origin,
                spoken,
                one.kind,
                part.trail,
                text,
                section.place(spoken).path,
                one.first,
                one.last,
            )
            named = markup.callout_title(read.visible[one.first - 1])
            yield Read(passage, tuple(_in_context(pieces, (*context, *part.trail), named)))


def _in_context(pieces: Sequence[str], trail: Sequence[str], named: str) -> Iterator[str]:
    for at, piece in enumerate(pieces):
        before = (*trail, named) if named and at else trail
        yield f"{' › '.join(before)}\n{piece}"

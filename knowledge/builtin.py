"""Our own notes on disk: a folder a concept, ko.md and en.md aligned by heading anchor, asked.toml what learners ask.

Reading them all takes most of a second; a fingerprint of names, sizes and times tells whether that is needed at all.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from knowledge.corpus import NOT_COVERED, Asked
from knowledge.passages import LANGUAGES, Language, Place, Section
from knowledge.reading import Read, builtin_note

PACKAGED = Path(__file__).parent / "notes"


@dataclass(frozen=True, slots=True)
class Concept:
    """One subject of our notes: its titles, the page to read on and its picture (Mermaid) by language."""

    slug: str
    titles: Mapping[Language, str]
    read_on: Mapping[Language, str]
    related: tuple[str, ...]
    sections: tuple[str, ...]
    pictures: Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class Notes:
    """All of our notes as read."""

    concepts: tuple[Concept, ...]
    sections: tuple[Section, ...]
    passages: tuple[Read, ...]
    asked: tuple[Asked, ...]


def files(folder: Path) -> list[Path]:
    """Every file that makes the notes, in note order."""
    return sorted(path for path in folder.glob("*/*") if path.name in ("ko.md", "en.md", "asked.toml"))


def fingerprint(folder: Path) -> str:
    """Changes when a file of the notes does: its name, size or time."""
    told = hashlib.sha256(str(folder).encode())
    for path in files(folder):
        seen = path.stat()
        told.update(f"{path.relative_to(folder).as_posix()}\0{seen.st_size}\0{seen.st_mtime_ns}\n".encode())
    return told.hexdigest()[:20]


def read_notes(folder: Path) -> Notes:
    """Our notes in this folder, concepts by name, sections in the order of the Korean file."""
    concepts: list[Concept] = []
    sections: list[Section] = []
    passages: list[Read] = []
    asked: list[Asked] = []
    for home in sorted(path for path in folder.iterdir() if path.is_dir()):
        if any((home / f"{language}.md").is_file() for language in LANGUAGES):
            concept, own_sections, own_passages = _concept(home)
            concepts.append(concept)
            sections.extend(own_sections)
            passages.extend(own_passages)
            asked.extend(_asked(home, {section.id for section in own_sections}))
        elif home.name == NOT_COVERED:
            asked.extend(_asked(home, None))
    return Notes(tuple(concepts), tuple(sections), tuple(passages), tuple(asked))


def _concept(home: Path) -> tuple[Concept, list[Section], list[Read]]:
    titles: dict[Language, str] = {}
    read_on: dict[Language, str] = {}
    pictures: dict[Language, str] = {}
    places: dict[str, dict[Language, Place]] = {}
    found: dict[str, Section] = {}
    passages: list[Read] = []
    related: list[str] = []
    for language in LANGUAGES:
        path = home / f"{language}.md"
        if not path.is_file():
            continue
        text = path.read_text("utf-8-sig")
        sheet, sections, read = builtin_note(text, home.name, language, path)
        titles[language] = str(sheet.front.get("title") or sheet.title)
        if sheet.front.get("read_on"):
            read_on[language] = str(sheet.front["read_on"])
        if sheet.picture:
            pictures[language] = sheet.picture
        related.extend(str(slug) for slug in sheet.front.get("related") or () if slug not in related)
        for section in sections:
            found.setdefault(section.id, section)
            places.setdefault(section.id, {}).update(section.places)
        passages.extend(read)
    merged = [Section(one.id, one.concept, one.anchor, one.origin, places[one.id], one.empty) for one in found.values()]
    concept = Concept(home.name, titles, read_on, tuple(related), tuple(one.id for one in merged), pictures)
    return concept, merged, passages


def _asked(home: Path, known: set[str] | None) -> Iterator[Asked]:
    """What learners ask of this concept's sections; an anchor that is no section is left out (a check of the notes says it)."""
    path = home / "asked.toml"
    if not path.is_file():
        return
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return
    for anchor, table in tables.items():
        section = f"{home.name}/{anchor}"
        if isinstance(table, dict) and (known is None or section in known):
            for language in LANGUAGES:
                for text in table.get(language, ()):
                    if str(text).strip():
                        yield Asked(str(text), section, language)

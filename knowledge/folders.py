"""The learner's folders: which there are, and which of their files are notes. Nothing in them is ever changed.

Links are not followed: what they point to inside the folder is found there anyway, what lies outside is refused. Folders and
files whose name begins with a dot belong to programs.
"""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from knowledge.decoding import LARGEST
from knowledge.errors import StudyError
from knowledge.reading import slug

SUFFIXES = (".md", ".markdown")
MOST = 5_000
"""Files a folder; what is beyond is named as skipped."""

Reason: TypeAlias = Literal["too-large", "binary", "outside", "unreadable", "limit"]
FolderState: TypeAlias = Literal["ready", "missing", "waiting"]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or link that is not searched, and why. `path` is relative to its folder."""

    path: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Converted:
    """A file that is not UTF-8: its encoding was recognised and its text converted; the file stays as it is."""

    path: str
    encoding: str


@dataclass(frozen=True, slots=True)
class NoteFolder:
    """A folder (or one file) of the learner's: how many note files it has, how many are searchable, in how many passages."""

    id: str
    path: Path
    files: int
    indexed: int
    passages: int
    skipped: tuple[Skipped, ...]
    state: FolderState
    converted: tuple[Converted, ...] = ()


@dataclass(frozen=True, slots=True)
class Registered:
    """A folder the learner gave us, by its id."""

    id: str
    path: Path


@dataclass(frozen=True, slots=True)
class Seen:
    """A note file as it lies on disk: `name` is composed (NFC) and unique in its folder; `mark` changes with its content."""

    folder: str
    name: str
    path: Path
    mark: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Scan:
    """What a walk over a folder found."""

    folder: Registered
    there: bool
    seen: tuple[Seen, ...]
    skipped: tuple[Skipped, ...]


def _register(index_folder: Path) -> Path:
    return index_folder / "folders.json"


def registered(index_folder: Path) -> tuple[Registered, ...]:
    """The learner's folders in the order they were added."""
    try:
        told = json.loads(_register(index_folder).read_text("utf-8"))
        return tuple(Registered(one["id"], Path(one["path"])) for one in told["folders"])
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StudyError("notes-list-damaged", path=str(_register(index_folder)), reason=str(error)[:100]) from error


def _store(index_folder: Path, folders: tuple[Registered, ...]) -> None:
    index_folder.mkdir(parents=True, exist_ok=True)
    draft = _register(index_folder).with_suffix(".new")
    told = {"folders": [{"id": one.id, "path": str(one.path)} for one in folders]}
    draft.write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")
    os.replace(draft, _register(index_folder))


def register(index_folder: Path, path: Path) -> Registered:
    """Add a folder or a Markdown file. The caller holds the index's lock. StudyError where it is refused."""
    path = Path(os.path.abspath(path.expanduser()))
    if not path.exists():
        raise StudyError("notes-missing", path=str(path))
    if path.is_file() and path.suffix.lower() not in SUFFIXES:
        raise StudyError("notes-not-markdown", path=str(path))
    if not os.access(path, os.R_OK | (os.X_OK if path.is_dir() else 0)):
        raise StudyError("notes-unreadable", path=str(path))
    real, index = path.resolve(), index_folder.resolve()
    if real == index or index in real.parents or real in index.parents:
        raise StudyError("notes-own-data", path=str(path))
    there = registered(index_folder)
    for one in there:
        other = one.path.resolve()
        if real == other:
            return one
        if other in real.parents or real in other.parents:
            raise StudyError("notes-overlap", path=str(path), other=str(one.path))
    name = slug(path.stem if path.is_file() else path.name)
    taken, free, number = {one.id for one in there}, name, 1
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    added = Registered(free, path)
    _store(index_folder, (*there, added))
    return added


def named(folders: tuple[Registered, ...], id_or_path: str) -> Registered:
    """The folder of this id or path. StudyError `notes-unknown` where there is none."""
    wanted = unicodedata.normalize("NFC", id_or_path)
    for one in folders:
        if one.id == wanted:
            return one
    path = Path(os.path.abspath(Path(id_or_path).expanduser()))
    for one in folders:
        if one.path == path or (path.exists() and one.path.exists() and path.samefile(one.path)):
            return one
    raise StudyError("notes-unknown", name=id_or_path)


def unregister(index_folder: Path, id_or_path: str) -> Registered:
    """Forget a folder; the folder itself stays as it is."""
    there = registered(index_folder)
    gone = named(there, id_or_path)
    _store(index_folder, tuple(one for one in there if one != gone))
    return gone


def scan(folder: Registered) -> Scan:
    """The note files under a folder, in order of their names."""
    if not folder.path.exists():
        return Scan(folder, False, (), ())
    seen: list[Seen] = []
    skipped: list[Skipped] = []
    taken: set[str] = set()
    for path, relative in _walk(folder.path, skipped):
        if len(seen) >= MOST:
            skipped.append(Skipped(relative, "limit"))
            continue
        try:
            status = path.stat()
        except OSError:
            skipped.append(Skipped(relative, "unreadable"))
            continue
        if status.st_size > LARGEST:
            skipped.append(Skipped(relative, "too-large"))
            continue
        name, number = relative, 1
        while name in taken:
            number += 1
            name = f"{relative}~{number}"
        taken.add(name)
        seen.append(Seen(folder.id, name, path, (status.st_size, status.st_mtime_ns, status.st_ctime_ns)))
    return Scan(folder, True, tuple(seen), tuple(skipped))


def _walk(root: Path, skipped: list[Skipped]) -> Iterator[tuple[Path, str]]:
    """Note files and their names relative to the root, composed; links that leave the root go to `skipped`."""
    if root.is_file():
        yield root, unicodedata.normalize("NFC", root.name)
        return
    real_root = os.path.realpath(root)
    for home, folders, files in os.walk(root, onerror=lambda error: skipped.append(_unreadable(error, root))):
        for name in sorted(folders):
            path = Path(home, name)
            if name.startswith("."):
                folders.remove(name)
            elif _linked(path):
                folders.remove(name)
                _refuse(path, root, real_root, skipped)
        folders.sort()
        for name in sorted(files):
            path = Path(home, name)
            if name.startswith(".") or path.suffix.lower() not in SUFFIXES:
                continue
            if _linked(path):
                _refuse(path, root, real_root, skipped)
            elif path.is_file():
                yield path, _relative(path, root)


def _linked(path: Path) -> bool:
    """A symbolic link, or on Windows a junction."""
    if path.is_symlink():
        return True
    return os.name == "nt" and os.path.realpath(path) != os.path.join(os.path.realpath(path.parent), path.name)


def _refuse(path: Path, root: Path, real_root: str, skipped: list[Skipped]) -> None:
    target = os.path.realpath(path)
    if not Path(target).is_relative_to(real_root):
        skipped.append(Skipped(_relative(path, root), "outside"))


def _relative(path: Path, root: Path) -> str:
    return unicodedata.normalize("NFC", path.relative_to(root).as_posix())


def _unreadable(error: OSError, root: Path) -> Skipped:
    try:
        return Skipped(_relative(Path(str(error.filename)), root), "unreadable")
    except ValueError:
        return Skipped(str(error.filename), "unreadable")

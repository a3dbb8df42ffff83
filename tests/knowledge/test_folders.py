"""The learner's folders: what is a note, what is left out and why, and that nothing in them is changed."""

from __future__ import annotations

import os
import sys
import unicodedata
from pathlib import Path

import pytest

from knowledge import folders
from knowledge.errors import StudyError
from knowledge.folders import Registered, Skipped, scan


def names(folder: Path) -> list[str]:
    return [one.name for one in scan(Registered("v", folder)).seen]


def test_notes_in_subfolders_and_no_others(vault: Path) -> None:
    """Markdown files at any depth; folders and files with a dot before their name belong to programs."""
    (vault / "a" / "b").mkdir(parents=True)
    (vault / "a" / "b" / "deep.MD").write_text("x", "utf-8")
    (vault / "a" / "sheet.csv").write_text("x", "utf-8")
    for hidden in (".obsidian", ".trash"):
        (vault / hidden).mkdir()
        (vault / hidden / "hidden.md").write_text("x", "utf-8")
    (vault / ".hidden.md").write_text("x", "utf-8")
    assert names(vault) == ["boats.md", "a/b/deep.MD"]


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need a privilege there")
def test_links(vault: Path, tmp_path: Path) -> None:
    """A link that leaves the folder is refused by name; one inside it is not read twice; a loop ends."""
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "diary.md").write_text("x", "utf-8")
    (vault / "out").symlink_to(tmp_path / "secret")
    (vault / "diary.md").symlink_to(tmp_path / "secret" / "diary.md")
    (vault / "again.md").symlink_to(vault / "boats.md")
    (vault / "loop").symlink_to(vault)
    (vault / "broken.md").symlink_to(vault / "nowhere.md")
    found = scan(Registered("v", vault))
    assert [one.name for one in found.seen] == ["boats.md"]
    assert set(found.skipped) == {Skipped("out", "outside"), Skipped("diary.md", "outside")}


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need a privilege there")
def test_a_folder_that_is_itself_reached_by_a_link(vault: Path, tmp_path: Path) -> None:
    """The learner may name it by the link: it is what they chose."""
    (tmp_path / "my-notes").symlink_to(vault)
    assert names(tmp_path / "my-notes") == ["boats.md"]


def test_a_file_over_five_megabytes(vault: Path) -> None:
    (vault / "dump.md").write_bytes(b"x" * 5_000_001)
    assert scan(Registered("v", vault)).skipped == (Skipped("dump.md", "too-large"),)


def test_more_files_than_the_limit(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is beyond is named, not dropped in silence."""
    monkeypatch.setattr(folders, "MOST", 2)
    for name in ("x.md", "y.md"):
        (vault / name).write_text("x", "utf-8")
    found = scan(Registered("v", vault))
    assert [one.name for one in found.seen] == ["boats.md", "x.md"]
    assert found.skipped == (Skipped("y.md", "limit"),)


def test_a_korean_file_name_decomposed(vault: Path) -> None:
    """The name is composed for ids, the path stays as it is on disk."""
    written = unicodedata.normalize("NFD", "항해.md")
    (vault / written).write_text("x", "utf-8")
    (seen,) = (one for one in scan(Registered("v", vault)).seen if one.name != "boats.md")
    assert seen.name == unicodedata.normalize("NFC", "항해.md")
    assert seen.path.exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only there two such names can stand side by side")
def test_two_names_that_are_one_when_composed(vault: Path) -> None:
    """Both are notes, each with a name of its own."""
    for form in ("NFC", "NFD"):
        (vault / unicodedata.normalize(form, "돛.md")).write_text("x", "utf-8")  # type: ignore[arg-type]
    assert len(set(names(vault))) == 3


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    assert scan(Registered("v", tmp_path / "gone")) == folders.Scan(Registered("v", tmp_path / "gone"), False, (), ())


def test_adding_twice_gives_the_same_folder(index: Path, vault: Path) -> None:
    assert folders.register(index, vault) == folders.register(index, vault)
    assert len(folders.registered(index)) == 1


def test_two_folders_of_the_same_name(index: Path, tmp_path: Path) -> None:
    """Each gets an id of its own."""
    for parent in ("x", "y"):
        (tmp_path / parent / "notes").mkdir(parents=True)
        folders.register(index, tmp_path / parent / "notes")
    assert [one.id for one in folders.registered(index)] == ["notes", "notes-2"]


def test_removing_by_id_or_by_path(index: Path, vault: Path) -> None:
    for named in ("vault", str(vault)):
        folders.register(index, vault)
        assert folders.unregister(index, named).path == vault
        assert folders.registered(index) == ()


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda at: at / "gone", "notes-missing"),
        (lambda at: at / "vault" / "boats.pdf", "notes-not-markdown"),
        (lambda at: at / "home" / "index", "notes-own-data"),
        (lambda at: at / "home", "notes-own-data"),
        (lambda at: at / "vault" / "inner", "notes-overlap"),
    ],
)
def test_what_cannot_be_added(index: Path, vault: Path, tmp_path: Path, make: object, code: str) -> None:
    """The refusal names its reason, and the list stays as it was."""
    index.mkdir(parents=True)
    (vault / "inner").mkdir()
    (vault / "boats.pdf").write_bytes(b"%PDF")
    folders.register(index, vault)
    with pytest.raises(StudyError) as refused:
        folders.register(index, make(tmp_path))  # type: ignore[operator]
    assert refused.value.code == code
    assert [one.id for one in folders.registered(index)] == ["vault"]


def test_a_folder_nobody_added(index: Path) -> None:
    with pytest.raises(StudyError, match="notes-unknown"):
        folders.unregister(index, "nothing")


def test_a_damaged_list_is_said(index: Path, vault: Path) -> None:
    """It is not taken for an empty one: the learner's folders would be forgotten."""
    folders.register(index, vault)
    (index / "folders.json").write_text("{", "utf-8")
    with pytest.raises(StudyError, match="notes-list-damaged"):
        folders.registered(index)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_without_the_right_to_read(index: Path, vault: Path) -> None:
    vault.chmod(0)
    try:
        with pytest.raises(StudyError, match="notes-unreadable"):
            folders.register(index, vault)
    finally:
        vault.chmod(0o755)

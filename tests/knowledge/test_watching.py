"""Following folders on a real disk: each test waits for what it expects, by an event."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.folders import Registered
from knowledge.reference import Library
from knowledge.watching import Watching, filesystem

PATIENCE = 20.0


class Bell:
    """Waits until a condition holds, looking each time a change was told."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.rung = 0

    def ring(self) -> None:
        with self._changed:
            self.rung += 1
            self._changed.notify_all()

    def until(self, holds: Callable[[], bool]) -> bool:
        with self._changed:
            return self._changed.wait_for(holds, timeout=PATIENCE)


@pytest.fixture
def watched(library: Library, vault: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Library, Bell]:
    """A library that follows the vault; the bell rings after each sync that a change caused."""
    library.add_notes(vault)
    bell = Bell()
    changed = library._changed
    monkeypatch.setattr(library, "_changed", lambda: (changed(), bell.ring()))
    library.watch()
    assert library._watching is not None
    assert library._watching.following.wait(PATIENCE)
    assert bell.until(lambda: bell.rung > 0)
    return library, bell


def texts(library: Library) -> set[str]:
    return {one.text for one in library.corpus().theirs.passages}


def test_an_edit(watched: tuple[Library, Bell], vault: Path) -> None:
    library, bell = watched
    (vault / "boats.md").write_text("# Boats\n\nA mast holds the sail.\n", "utf-8")
    assert bell.until(lambda: texts(library) == {"A mast holds the sail."})


def test_new_renamed_and_deleted_files(watched: tuple[Library, Bell], vault: Path) -> None:
    """Each is followed, also in a folder that was made meanwhile; no ghost stays."""
    library, bell = watched
    (vault / "deep").mkdir()
    (vault / "deep" / "new.md").write_text("A rudder steers.\n", "utf-8")
    assert bell.until(lambda: "A rudder steers." in texts(library))
    (vault / "deep" / "new.md").rename(vault / "deep" / "other.md")
    assert bell.until(lambda: {one.path.name for one in library.corpus().theirs.passages} == {"boats.md", "other.md"})
    (vault / "deep" / "other.md").unlink()
    assert bell.until(lambda: "A rudder steers." not in texts(library))


def test_a_folder_added_by_another_process(library: Library, vault: Path, index: Path, tmp_path: Path) -> None:
    """It is followed without being told."""
    from knowledge import folders

    (tmp_path / "second").mkdir()
    known = [Registered("vault", vault)]
    bell = Bell()
    watching = Watching(lambda: list(known), bell.ring)
    watching.start()
    try:
        assert bell.until(lambda: bell.rung > 0)
        known.append(folders.register(index, tmp_path / "second"))
        (vault / "poke.md").write_text("x", "utf-8")
        assert bell.until(lambda: bell.rung > 2)
        before = bell.rung
        (tmp_path / "second" / "n.md").write_text("x", "utf-8")
        assert bell.until(lambda: bell.rung > before)
    finally:
        watching.stop()


def test_a_failure_does_not_end_it(library: Library, vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What failed is told by the state, and the next change is followed."""
    library.add_notes(vault)
    bell = Bell()
    failing = [RuntimeError("disk on fire")]
    bring = library._bring

    def once() -> None:
        try:
            if failing:
                raise failing.pop()
            bring()
        finally:
            bell.ring()

    monkeypatch.setattr(library, "_bring", once)
    library.watch()
    assert bell.until(lambda: bell.rung > 0)
    assert "disk on fire" in (library.state().error or "")
    (vault / "boats.md").write_text("Calm again.\n", "utf-8")
    assert bell.until(lambda: texts(library) == {"Calm again."})


def test_stopping_ends_the_thread(watched: tuple[Library, Bell]) -> None:
    library, _ = watched
    thread = library._watching._thread  # type: ignore[union-attr]
    library.close()
    assert not thread.is_alive()


MOUNTS = """overlay / overlay rw 0 0
C:\\134 /mnt/c 9p rw,dirsync 0 0
//nas/notes /home/me/my\\040notes cifs rw 0 0
tmpfs /mnt/cache tmpfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/mnt/c/Users/me/vault", "9p"), ("/mnt/cache/x", "tmpfs"), ("/home/me/my notes/a", "cifs"), ("/home/me", "overlay")],
)
def test_where_changes_are_not_told(path: str, kind: str) -> None:
    """The file system decides, by the longest mount point above the path."""
    assert filesystem(Path(path), MOUNTS) == kind

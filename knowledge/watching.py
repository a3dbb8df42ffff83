"""Following the learner's folders: a thread that tells when something in them changed. It reads nothing and changes nothing.

Where the system tells no changes (Windows' disks under WSL, network and shared folders) or has no watches left, it looks for
itself. Every second or two the list of folders is looked at, so that one added by another process is followed too.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path, PurePath

from knowledge.folders import Registered

ROUND_MS = 1_500
"""How long to wait for changes before the list of folders is looked at."""
ROUNDS = 20
"""After so many rounds without a change the folders are looked at anyway; a change that was not told is found late."""
LOOK_MS = 700
"""Where changes are not told: the pause between looks."""
_UNTOLD = frozenset(
    (
        "9p",
        "drvfs",
        "nfs",
        "nfs4",
        "cifs",
        "smb2",
        "smb3",
        "smbfs",
        "vboxsf",
        "vmhgfs",
        "prl_fs",
        "virtiofs",
        "afs",
        "fuse.sshfs",
    )
)
_log = logging.getLogger(__name__)


def filesystem(path: Path, mounts: str) -> str:
    """The type of the file system that a path lies on, by the text of /proc/mounts; empty where it is not told."""
    real, best, found = os.path.realpath(path), "", ""
    for line in mounts.splitlines():
        parts = line.split(" ")
        if len(parts) < 3:
            continue
        point = parts[1].replace("\\040", " ")
        if (real == point or real.startswith(point.rstrip("/") + "/")) and len(point) >= len(best):
            best, found = point, parts[2]
    return found


def must_look(paths: Sequence[Path]) -> bool:
    """Whether changes under one of these paths are not told by the system."""
    try:
        mounts = Path("/proc/mounts").read_text("utf-8", "replace")
    except OSError:
        return False
    return any(filesystem(path, mounts) in _UNTOLD for path in paths)


class Watching:
    """Calls `changed` after each change under `folders()`, from one thread, one call at a time."""

    def __init__(self, folders: Callable[[], Sequence[Registered]], changed: Callable[[], None]) -> None:
        self._folders = folders
        self._changed = changed
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="notes-watching", daemon=True)
        self.following = threading.Event()
        """Set while changes of the folders are being followed."""

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns when the thread has ended."""
        self._stopped.set()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        looking = False
        while not self._stopped.is_set():
            try:
                paths = [one.path for one in self._folders() if one.path.exists()]
            except Exception:
                _log.warning("the list of note folders could not be read", exc_info=True)
                paths = []
            if not paths:
                self._stopped.wait(ROUND_MS / 1000)
                continue
            try:
                self._follow(paths, looking or must_look(paths))
            except (OSError, RuntimeError):
                _log.info("changes are not told here; looking for them", exc_info=True)
                looking = True
                self._stopped.wait(LOOK_MS / 1000)

    def _follow(self, paths: Sequence[Path], looking: bool) -> None:
        """Until the folders are others than these, or the end."""
        from watchfiles import watch

        self.following.set()
        self._changed()
        quiet = 0
        for changes in watch(
            *paths,
            watch_filter=_Visible(paths),
            stop_event=self._stopped,
            debounce=300,
            step=50,
            rust_timeout=ROUND_MS,
            yield_on_timeout=True,
            force_polling=looking or None,
            poll_delay_ms=LOOK_MS,
            raise_interrupt=False,
            ignore_permission_denied=True,
        ):
            if self._stopped.is_set():
                return
            quiet = 0 if changes else quiet + 1
            if changes or quiet % ROUNDS == 1:  # the first round too: what changed before the watch stood was not told
                self._changed()
            if [one.path for one in self._folders() if one.path.exists()] != paths:
                break
        self.following.clear()


class _Visible:
    """Lets through what is not inside a dot folder of these roots."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = [str(root) for root in roots]

    def __call__(self, _change: object, path: str) -> bool:
        for root in self._roots:
            if path.startswith(root):
                return not any(part.startswith(".") for part in PurePath(path[len(root) :]).parts)
        return True

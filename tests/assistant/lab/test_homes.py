"""What a home knows of its runs: which live, which are dead, which went without giving their turn back."""

from __future__ import annotations

import os
import time
from pathlib import Path

from assistant.lab import grounds


def test_a_run_that_lives_and_ends(home: Path) -> None:
    """While it lives nobody calls it dead; at its end nothing of it is left."""
    with grounds.lived(home, "a") as folder:
        assert not grounds.dead_here(home, "a")
    assert not folder.exists()
    assert not grounds.dead_here(home, "a")


def test_a_run_that_could_not_give_its_turn_back(home: Path) -> None:
    """It is known dead at once: the next run need not wait until its lease lapses."""
    with grounds.lived(home, "a") as folder:
        grounds.owing(folder)
        assert not grounds.dead_here(home, "a")
    assert grounds.dead_here(home, "a")


def test_runs_that_are_long_dead(home: Path) -> None:
    """Their folders go, with the token in them; those of the last hour and of living runs stay."""
    for run in ("old", "young"):
        with grounds.lived(home, run) as folder:
            grounds.owing(folder)
    long_ago = time.time() - 2 * grounds.LIFETIME
    os.utime(home / "runs" / "old", (long_ago, long_ago))
    with grounds.lived(home, "living") as folder:
        os.utime(folder, (long_ago, long_ago))
        grounds.forget_dead(home)
        assert {path.name for path in (home / "runs").iterdir()} == {"young", "living"}

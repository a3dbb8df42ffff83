"""Work that takes longer than a page may wait: adding notes, starting Minikube, cleaning. One thread each, read by the page.

A chore of one name runs once at a time: pressing its button twice starts it once. What it says is append-only.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any

from knowledge.errors import StudyError

logger = logging.getLogger(__name__)


class Chore:
    """One piece of work: what it said so far, and once `over` its `error`, if any. `result` is the last thing it said."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.said: list[Any] = []
        self.error: StudyError | None = None
        self.over = threading.Event()

    @property
    def result(self) -> Any:
        return self.said[-1] if self.said else None


class Chores:
    """The chores of a server, by name. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._chores: dict[str, Chore] = {}

    def start(self, name: str, work: Callable[[], Iterator[Any]]) -> Chore:
        """Begin this work, or give the chore of this name that is still at it."""
        with self._lock:
            known = self._chores.get(name)
            if known is not None and not known.over.is_set():
                return known
            chore = self._chores[name] = Chore(name)
        threading.Thread(target=self._do, args=(chore, work), name=f"chore-{name}", daemon=True).start()
        return chore

    def get(self, name: str) -> Chore | None:
        return self._chores.get(name)

    def forget(self, name: str) -> None:
        """Let go of a chore that is over, so that it is no longer shown."""
        with self._lock:
            known = self._chores.get(name)
            if known is not None and known.over.is_set():
                del self._chores[name]

    def _do(self, chore: Chore, work: Callable[[], Iterator[Any]]) -> None:
        try:
            for said in work():
                chore.said.append(said)
        except StudyError as error:
            chore.error = error
        except Exception as error:
            # Nobody is above this thread; the page shows it.
            logger.exception("a chore broke")
            chore.error = StudyError("chore-failed", reason=f"{type(error).__name__}: {error}"[:300])
        finally:
            chore.over.set()

"""A stream that may stall, read with patience: it runs in a thread of its own, and the reader gives up where nothing comes.

Whoever stops reading (closes the generator) ends it: the thread lets the stream go at its next piece.
"""

from __future__ import annotations

import contextvars
import queue
import threading
import time
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import TypeVar

from knowledge.errors import StudyError

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: until the first piece (a local model may have to be loaded), between two pieces, and for the whole."""

    first: float = 60.0
    between: float = 30.0
    whole: float = 180.0


@dataclass(frozen=True, slots=True)
class _Ended:
    error: BaseException | None = None


def pumped(opened: Callable[[], Iterable[Item]], patience: Patience) -> Generator[Item]:
    """The items of the stream; StudyError `model-timeout` where patience ends, and whatever the stream raises."""
    items: queue.Queue[Item | _Ended] = queue.Queue()
    stopped = threading.Event()

    def work() -> None:
        try:
            stream = iter(opened())
            for item in stream:
                items.put(item)
                if stopped.is_set():
                    break
            close = getattr(stream, "close", None)
            if close:
                close()
        except BaseException as error:
            items.put(_Ended(error))
        else:
            items.put(_Ended())

    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(work,), name="model-stream", daemon=True).start()
    deadline = time.monotonic() + patience.whole
    wait = patience.first
    try:
        while True:
            try:
                item = items.get(timeout=max(0.0, min(wait, deadline - time.monotonic())))
            except queue.Empty:
                raise StudyError("model-timeout") from None
            if isinstance(item, _Ended):
                if item.error is not None:
                    raise item.error
                return
            wait = patience.between
            yield item
    finally:
        stopped.set()

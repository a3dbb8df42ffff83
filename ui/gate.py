"""The cluster as the page knows it: how Minikube is, what the guard's five checks say. Looked at in a thread, read at once.

Looking sends the cluster nothing but reads. What is shown is at most `FRESH` seconds old, and a run asks the guard anew.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass

from assistant.journal import Journal
from assistant.lab import minikube, performing
from assistant.lab.guard import Examination
from assistant.lab.minikube import Life
from assistant.settings import Settings
from knowledge.errors import StudyError

logger = logging.getLogger(__name__)

FRESH = 15.0


@dataclass(frozen=True, slots=True)
class Sight:
    """What was seen of the cluster. `refusal` None: a live run is possible."""

    examination: Examination
    life: Life
    refusal: StudyError | None
    at: float

    @property
    def consent_missing(self) -> bool:
        return self.refusal is not None and self.refusal.code == "consent-missing"


class Gate:
    """Looks at the learner's cluster in the background. Thread-safe; one a server."""

    def __init__(self, settings: Settings, journal: Journal) -> None:
        self.settings = settings
        self._journal = journal
        self._lock = threading.Lock()
        self._looking = False
        self._sight: Sight | None = None

    @property
    def looking(self) -> bool:
        return self._looking

    def sight(self) -> Sight | None:
        """What was last seen (None: not looked yet); a look begins where that is old."""
        if self._sight is None or time.monotonic() - self._sight.at > FRESH:
            self.look()
        return self._sight

    def look(self) -> None:
        """Begin to look, unless somebody is looking already."""
        with self._lock:
            if self._looking:
                return
            self._looking = True
        threading.Thread(target=self._look, name="gate", daemon=True).start()

    def agree(self) -> None:
        """Keep the learner's consent for the cluster that was seen."""
        sight = self._sight
        if sight is not None and sight.examination.answer is not None:
            self._journal.agree(sight.examination.answer.uid, self.settings.profile)
            self._sight = Sight(sight.examination, sight.life, None if sight.consent_missing else sight.refusal, sight.at)
            self.look()

    def withdraw(self, uid: str) -> None:
        self._journal.withdraw(uid)
        self._sight = None

    def _look(self) -> None:
        try:
            self._sight = self._seen()
        finally:
            self._looking = False

    def _seen(self) -> Sight:
        examination, refusal = Examination(()), None
        try:
            examination, owner = performing.examine(self.settings, self._journal)
            if owner is not None:
                owner.close()
            refusal = examination.refusal
        except StudyError as error:
            refusal = error
        except Exception as error:
            # Nobody is above this thread; whatever broke, the page must say that a live run is not possible.
            logger.exception("the cluster could not be looked at")
            refusal = StudyError("lab-broken", reason=f"{type(error).__name__}: {error}"[:300])
        return Sight(examination, minikube.look(self.settings.profile), refusal, time.monotonic())

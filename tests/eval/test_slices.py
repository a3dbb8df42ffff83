"""No slice of the golden set falls below the stored figures by more than its noise."""

from __future__ import annotations

import importlib.util
import math
import sys
from pathlib import Path
from types import ModuleType

import pytest

HERE = Path(__file__).parent
Z = 2.33
"""One-sided, one in a hundred: so far may a measure of a slice fall by chance."""
BETTER_LOW = ("false_refusals", "false_answers")


def module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"eval_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = loaded
    spec.loader.exec_module(loaded)
    return loaded


evaluate = module("evaluate")


def noise(true: int, of: int) -> float:
    """How far a share of `of` questions may fall by chance (binomial, never less than for one question in doubt)."""
    share = (true + 1) / (of + 2)
    return Z * math.sqrt(share * (1 - share) / of)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, tuple[int, int]]]:
    """Slice -> measure -> (true, judged), of the open questions asked now."""
    from knowledge.reference import Library

    library = Library(tmp_path_factory.mktemp("index"))
    for _ in library.sync():
        pass
    outcomes = evaluate.run(library, [question for question in evaluate.questions() if not question["sealed"]])
    library.close()
    return {name: evaluate.tally(of_slice) for name, of_slice in evaluate.slices(outcomes).items()}


def test_no_slice_falls(measured: dict[str, dict[str, tuple[int, int]]]) -> None:
    """Each measure of each slice is at least what RESULTS.md holds, less its noise."""
    fallen = []
    for name, measures in evaluate.stored()["open"].items():
        for measure, (true, of) in measures.items():
            now, judged = measured[name].get(measure, (0, 0))
            if not judged or not of:
                continue
            change = now / judged - true / of
            worse = change if measure in BETTER_LOW else -change
            if worse > noise(true, of):
                fallen.append(f"{name} {measure}: {true}/{of} -> {now}/{judged}")
    assert fallen == []


def test_a_fall_is_seen() -> None:
    """Noise is small enough that a broken slice is not taken for chance."""
    assert noise(40, 41) < 0.1
    assert noise(0, 18) < 0.2

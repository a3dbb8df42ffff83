"""How fast and how large finding is: `.venv/bin/python tests/benchmarks/finding.py`. A figure over its aim exits 1.

Each figure is of a fresh index in a temporary folder. `import chromadb` is measured in the same run, as the yardstick of a
whole process.
"""

from __future__ import annotations

import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

QUESTIONS = (
    "포트포워딩은 왜 한 파드로만 가나요?",
    "파드를 지우면 어떻게 되나요",
    "what is the difference between a Deployment and a ReplicaSet?",
    "rs가 뭐야",
    "ImagePullBackOff",
    "되돌리려면 어떻게 해요",
    "why does my pod restart again and again",
    "노드포트는 몇 번부터 몇 번까지?",
    "오늘 점심 뭐 먹지",
    "how do I open the app from my browser",
)
WORDS = (
    "배 돛 닻 항구 바람 파도 등대 노 밧줄 선장 갑판 나침반 조류 물때 부표 돛대 키 선실 그물 섬 만 해류 수심 정박 출항 화물 "
    "sail mast keel anchor harbour tide rope deck rudder compass current buoy island cargo voyage lantern storm shallow channel"
)


@dataclass
class Figure:
    """A measured number and its aim."""

    name: str
    value: float
    unit: str
    aim: float | None = None


def sea_notes(folder: Path, files: int, sections: int) -> None:
    """A vault on another subject: `files` notes of `sections` headings with one passage each."""
    chance = random.Random(7)
    words = WORDS.split()
    folder.mkdir(parents=True)
    for file in range(files):
        parts = []
        for section in range(sections):
            sentence = " ".join(chance.choices(words, k=18))
            parts.append(f"## {chance.choice(words)} {file} {section}\n\n{sentence}.\n")
        (folder / f"note{file}.md").write_text("\n".join(parts), "utf-8")


def clocked(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def answers(library: object, rounds: int = 30) -> list[float]:
    """Milliseconds of each warm answer."""
    found: list[float] = []
    for _ in range(rounds):
        found.extend(1000 * clocked(lambda asked=question: library.find(asked)) for question in QUESTIONS)  # type: ignore[attr-defined]
    return found


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def process(*command: str, home: Path) -> tuple[float, float]:
    """Seconds and peak MB of a whole process."""
    environment = {**os.environ, "KUBENOTE_HOME": str(home)}
    start = time.perf_counter()
    running = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise SystemExit(f"{command} ended with {running.returncode}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


@contextmanager
def temporary() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="kubenote-benchmark-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def edit_to_found(library: object, vault: Path) -> float:
    """Seconds from an edit in a watched vault to the state that has it."""
    time.sleep(1)
    (vault / "note5.md").write_text("## 고래\n\n고래가 나타났다.\n", "utf-8")
    start = time.perf_counter()
    while time.perf_counter() - start < 20:
        if any(one.text == "고래가 나타났다." for one in library.corpus().theirs.passages):  # type: ignore[attr-defined]
            return time.perf_counter() - start
        threading.Event().wait(0.02)
    return float("inf")


def measured() -> Iterator[Figure]:
    from knowledge.reference import Library

    python, kubenote = sys.executable, str(Path(sys.executable).with_name("kubenote"))
    with temporary() as folder:
        home = folder / "home"
        first, memory = process(kubenote, "ask", QUESTIONS[0], home=home)
        yield Figure("first question of all, index included", first, "s", 40)
        yield Figure("its peak memory", memory, "MB", 700)
        yardstick = min(process(python, "-c", "import chromadb", home=home)[0] for _ in range(3))
        yield Figure("import chromadb", yardstick, "s")
        again, memory = min(process(kubenote, "ask", QUESTIONS[0], home=home) for _ in range(3))
        yield Figure("ask, nothing changed", again, "s", 4 * yardstick)
        yield Figure("its peak memory", memory, "MB", 700)

        library = Library(home / "index")
        library.find(QUESTIONS[0])
        warm = answers(library)
        yield Figure("warm answer over our notes, median", statistics.median(warm), "ms", 30)
        yield Figure("warm answer over our notes, p95", p95(warm), "ms", 100)

        sea_notes(folder / "thousand", 100, 10)
        yield Figure("first sync of 1,000 own passages", clocked(lambda: library.add_notes(folder / "thousand")), "s", 5)
        library.remove_notes("thousand")
        sea_notes(folder / "three-hundred", 300, 10)
        library.add_notes(folder / "three-hundred")
        library.watch()
        yield Figure("edit to found, 300 own notes", edit_to_found(library, folder / "three-hundred"), "s", 2)
        library.close()
        library = Library(home / "index")
        library.remove_notes("three-hundred")
        sea_notes(folder / "large", 500, 20)
        yield Figure("first sync of 10,000 own passages", clocked(lambda: library.add_notes(folder / "large")), "s")
        warm = answers(library)
        yield Figure("warm answer beside 10,000 own passages, median", statistics.median(warm), "ms")
        yield Figure("warm answer beside 10,000 own passages, p95", p95(warm), "ms", 250)
        library.close()
        again, memory = min(process(kubenote, "ask", QUESTIONS[0], home=home) for _ in range(3))
        yield Figure("ask beside 10,000 own passages", again, "s", 4 * yardstick)
        yield Figure("its peak memory", memory, "MB", 700)


def main() -> int:
    missed = 0
    for one in measured():
        over = one.aim is not None and one.value > one.aim
        missed += over
        aim = f"{one.aim:9.2f}" if one.aim is not None else " " * 9
        print(f"{one.name:50} {one.value:9.2f} {aim} {one.unit:3} {'OVER' if over else ''}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

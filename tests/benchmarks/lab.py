"""Every demo live, several times: success, seconds, overhead over kubectl by hand, delay of our events, namespaces left.

    make bench-lab            every demo five times (about 50 minutes); --runs N and SLUG... for less, --write for RESULTS.md

Takes the Minikube that KUBECONFIG shows and says yes for it in a home of its own. Seconds leave the cleanup out, as budgets do.
"""

from __future__ import annotations

import argparse
import json
import re
import shlex
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from assistant.demos.catalogue import DEMOS
from assistant.journal import Journal
from assistant.lab import grounds, performing, running
from assistant.lab.cluster import Cluster
from assistant.lab.demo import Demo
from assistant.lab.events import CleanedUp, DemoFinished, DemoStarted, ObjectChanged, StepFinished, StepStarted
from assistant.settings import Settings, load

RESULTS = Path(__file__).with_name("RESULTS.md")
BY_HAND = ("apply", "wait", "scale", "rollout", "set", "patch", "label")
"""kubectl verbs whose lines name no pod of one run and can be typed again in another namespace."""
CHANGES_PODS = ("set", "patch", "rollout undo")
GENERATED = re.compile(r"-[bcdfghjklmnpqrstvwxz2456789]{5}$|^kubenote-")
"""A name that the cluster made up, or one of ours for a single run."""
NOT_YET = re.compile("no matching resources|NotFound")
"""What `kubectl wait` says where a pod is not yet made, or where one of those it waits for has gone."""
NAMESPACE = "kubenote-by-hand"


@dataclass
class Row:
    """What the runs of one demo came to."""

    slug: str
    budget: float
    outcomes: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    cleanups: list[float] = field(default_factory=list)
    typed: list[float] = field(default_factory=list)
    """Seconds of each run's steps whose lines can be typed again."""
    hand: list[float] = field(default_factory=list)
    """Seconds of those lines in a script."""

    @property
    def overhead(self) -> float | None:
        return statistics.median(self.typed) / statistics.median(self.hand) if self.hand else None


class RawWatch:
    """The client's plain watch of all pods, beside the lab's own: when the API told that a pod was added or deleted."""

    def __init__(self, context: str) -> None:
        self.arrived: dict[tuple[str, str], float] = {}
        self._context = context
        threading.Thread(target=self._watch, name="raw-watch", daemon=True).start()

    def _watch(self) -> None:
        from kubernetes import client, config, watch

        pods = client.CoreV1Api(config.new_client_from_config(context=self._context))
        while True:
            for event in watch.Watch().stream(pods.list_pod_for_all_namespaces, timeout_seconds=3600):
                key = (str(event["object"].metadata.uid), str(event["type"]).lower())
                self.arrived.setdefault(key, time.monotonic())


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, round(share * (len(values) - 1)))]


def live(demo: Demo, settings: Settings, journal: Journal, row: Row, ours: dict[tuple[str, str], float]) -> list[object]:
    """One run; fills the row and the times of our events, gives the events."""
    run = running.start(demo, settings=settings, ledger=journal)
    events: list[object] = []
    began = ended = 0.0
    for moment in run.follow():
        event = moment.event
        events.append(event)
        if isinstance(event, ObjectChanged) and event.kind == "Pod":
            ours.setdefault((event.uid, event.change), time.monotonic())
        if isinstance(event, DemoStarted):
            began = moment.t
        if isinstance(event, StepFinished):
            ended = moment.t
        if isinstance(event, CleanedUp):
            row.cleanups.append(event.seconds)
    last = events[-1]
    verdict = last.verdict.outcome if isinstance(last, DemoFinished) and last.verdict else "failed"
    row.outcomes.append(verdict)
    row.seconds.append(ended - began)
    row.typed.append(sum(seconds for step, seconds in steps_of(events) if typed_again(step)))
    return events


def steps_of(events: list[object]) -> Iterator[tuple[StepStarted, float]]:
    """Each finished step with its seconds."""
    started: dict[int, StepStarted] = {}
    for event in events:
        if isinstance(event, StepStarted):
            started[event.step] = event
        if isinstance(event, StepFinished):
            yield started[event.step], event.seconds


def typed_again(step: StepStarted) -> list[str] | None:
    """The words of the step's line for the namespace of `by_hand`; None where it cannot be typed again there."""
    words = shlex.split(step.command)
    if "-n" not in words:
        return None
    at = words.index("-n")
    if words[at + 2] not in BY_HAND or any(GENERATED.search(word) for word in words[at + 2 :]):
        return None
    return [*words[: at + 1], NAMESPACE, *words[at + 2 :]]


def by_hand(events: list[object], owner: Cluster) -> float | None:
    """Seconds of one script with the kubectl lines of a run that can be typed again; None where there is none.

    The script ends where our steps end. `kubectl wait` fails while its pods are not yet made, so it is repeated as a person
    would; `rollout status` returns while old pods are still on their way out, and our step does not: they are waited for. A
    roll-out that is meant to get stuck says so.
    """
    lines = [(words, step.yaml) for step, _ in steps_of(events) if (words := typed_again(step))]
    if not lines:
        return None
    owner.create("", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
    try:
        began = time.monotonic()
        before: list[str] = []
        for words, yaml in lines:
            at = words.index("-n")
            verb = " ".join(words[at + 2 : at + 4]) if words[at + 2] == "rollout" else words[at + 2]
            if verb in CHANGES_PODS:
                before = kubectl([*words[: at + 2], "get", "pods", "-o", "name"]).stdout.split()
            told = kubectl(words, yaml)
            while verb == "wait" and NOT_YET.search(told.stderr):
                told = kubectl(words, yaml)
            if told.returncode and "exceeded its progress deadline" not in told.stderr:
                raise RuntimeError(f"{shlex.join(words)}: {told.stderr}")
            if verb == "rollout status" and not told.returncode:
                app = words[at + 4].partition("/")[2]
                there = kubectl([*words[: at + 2], "get", "pods", "-l", f"app={app}", "-o", "name"]).stdout.split()
                if old := set(before) & set(there):
                    kubectl([*words[: at + 2], "wait", "--for=delete", *old, "--timeout=90s"])
        return time.monotonic() - began
    finally:
        owner.delete("Namespace", "", NAMESPACE)
        grounds.wait_gone(owner, NAMESPACE)


def kubectl(words: list[str], yaml: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, input=yaml or None, check=False, capture_output=True, text=True)


def table(rows: list[Row], delays: list[float], left: int, platform: str) -> str:
    lines = [
        f"Measured {time.strftime('%Y-%m-%d')} on {platform}, {sys.platform}, Python {sys.version.split()[0]}.",
        "",
        "| demo | proven | median s | p95 s | budget s | cleanup s | over kubectl by hand |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        proven = sum(outcome == "proven" for outcome in row.outcomes)
        over = f"{row.overhead:.2f} x" if row.overhead is not None else "-"
        median, p95 = statistics.median(row.seconds), percentile(row.seconds, 0.95)
        cleanup = statistics.median(row.cleanups or [0])
        count = f"{proven}/{len(row.outcomes)}"
        lines.append(f"| {row.slug} | {count} | {median:.1f} | {p95:.1f} | {row.budget:.0f} | {cleanup:.1f} | {over} |")
    lines += ["", f"From the API's event to ours: median {1000 * statistics.median(delays):.0f} ms, "
              f"p95 {1000 * percentile(delays, 0.95):.0f} ms ({len(delays)} pods added or deleted).",
              f"Namespaces left: {left}."]  # fmt: skip
    return "\n".join(lines)


def merged(before: str, text: str) -> str:
    """The table before with the rows of the demos that were measured anew."""
    rows = {line.split("|")[1]: line for line in text.splitlines() if line.startswith("| ")}
    return "\n".join(rows.get(line.split("|")[1], line) if line.startswith("| ") else line for line in before.splitlines())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("slugs", nargs="*", default=list(DEMOS))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--by-hand", type=int, default=2, help="after how many of the runs their lines are typed again")
    parser.add_argument("--write", action="store_true", help="write the table into RESULTS.md")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(load(), home=Path(folder))
        examination, owner = performing.examine(settings, None)
        if examination.refusal is not None or owner is None or examination.answer is None:
            sys.exit(f"no Minikube that the guard lets pass: {examination.refusal}")
        journal = Journal(settings.journal_file)
        journal.agree(examination.answer.uid, settings.profile)
        raw, rows, platform = RawWatch(settings.profile), [], ""
        ours: dict[tuple[str, str], float] = {}
        for slug in chosen.slugs:
            row = Row(slug, DEMOS[slug].budget_seconds)
            for number in range(chosen.runs):
                events = live(DEMOS[slug], settings, journal, row, ours)
                platform = next((e.platform for e in events if isinstance(e, DemoStarted)), platform)
                try:
                    hand = by_hand(events, owner) if number < chosen.by_hand else None
                except RuntimeError as error:
                    hand = None
                    print(f"by hand: {error}", flush=True)
                row.hand += [hand] if hand is not None else []
                told = [row.outcomes[-1], round(row.seconds[-1], 1), round(row.typed[-1], 1), *row.hand[number:]]
                print(slug, json.dumps(told), flush=True)
            rows.append(row)
        delays = [at - raw.arrived[key] for key, at in ours.items() if key in raw.arrived]
        left = len(grounds.ours(owner))
        text = table(rows, delays, left, platform)
        print(text)
        if chosen.write:
            head, _, rest = RESULTS.read_text("utf-8").partition("<!-- lab -->")
            before, _, tail = rest.partition("<!-- /lab -->")
            if set(chosen.slugs) != set(DEMOS):
                text = merged(before.strip(), text)
            RESULTS.write_text(f"{head}<!-- lab -->\n{text}\n<!-- /lab -->{tail}", "utf-8")
        journal.close()
        owner.close()


if __name__ == "__main__":
    main()

"""Draws answers, lists and runs in a terminal. Reads the same `Progress` as the page; decides nothing.

Text of notes and clusters is data: it is printed as `Text`, never as markup, with control characters removed.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from assistant.answers.answer import Answer, Told
from assistant.lab.demo import Demo
from assistant.lab.views import Pod, StepView
from assistant.lab.views import Progress as RunView
from knowledge.passages import Language
from ui.words import say

if TYPE_CHECKING:
    from assistant.demos.shelf import Entry

STATE_MARK = {"running": "…", "learner": "⌨", "done": "✓", "failed": "✗"}
CHECK_MARK = {"ok": "✓", "warn": "!", "fail": "✗"}
CHECK_STYLE = {"ok": "green", "warn": "yellow", "fail": "red"}


def shown(text: str, style: str = "") -> Text:
    """Text of others, without anything a terminal would obey."""
    return Text("".join(c if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf") else "�" for c in text), style)


def print_json(form: object) -> None:
    """One JSON value on a line of standard output, at once."""
    print(json.dumps(form, ensure_ascii=False), flush=True)


def print_lines(lines: Iterable[str]) -> None:
    console = Console()
    for line in lines:
        console.print(shown(line), soft_wrap=True)


def index_progress(steps: Iterable[Any], language: Language, *, quiet: bool) -> None:
    """Run the indexing to its end; a bar on standard error once there is something to do."""
    console = Console(stderr=True, quiet=quiet)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bar: Progress | None = None
    try:
        for step in steps:
            if not step.total or quiet:
                continue
            if bar is None:
                bar = Progress(*columns, console=console, transient=True)
                bar.start()
                task = bar.add_task(say("terminal.indexing", language), total=step.total)
            bar.update(task, completed=step.done, total=step.total)
    finally:
        if bar is not None:
            bar.stop()


# --- answers ----------------------------------------------------------------------------------------------------------


def print_answer(answer: Answer, *, both: bool, console: Console | None = None) -> None:
    """The answer, its sources with lines, and what it offers."""
    console = console or Console()
    language = answer.language
    for told in (answer.told, answer.other) if both and answer.other else (answer.told,):
        _print_told(told, console)
    if answer.nearest and answer.kind != "answer":
        console.print(Text(say("terminal.nearest", language), "bold"))
        for near in answer.nearest:
            console.print(Text("  - ") + shown(f"{near.title}  ({near.section})"))
    if answer.read_on:
        console.print(Text(f"{say('terminal.read-on', language)}: ", "bold") + shown(answer.read_on))
    if answer.offers:
        console.print(Text(say("terminal.offers", language), "bold"))
        for slug in answer.offers:
            console.print(shown(f"  kubenote play {slug}", "cyan"))
    if answer.use:
        use = answer.use
        facts = {"model": use.name, "input": use.input_tokens, "output": use.output_tokens, "seconds": f"{use.seconds:.1f}"}
        console.print(shown(say("terminal.spent", language, **facts), "dim"))
    if answer.fell_back:
        console.print(shown(say(f"errors.{answer.fell_back}.message", language), "yellow"))


def _print_told(told: Told, console: Console) -> None:
    console.print(shown(told.text))
    if told.citations:
        console.print(Text(f"\n{say('terminal.sources', told.language)}", "bold"))
    for citation in told.citations:
        where = f"[{citation.number}] {citation.heading}  "
        lines = f"{citation.path}:{citation.first_line}-{citation.last_line}"
        console.print(shown(where) + shown(lines, "dim"), soft_wrap=True)
    console.print()


# --- lists ------------------------------------------------------------------------------------------------------------


def print_demos(entries: Sequence[Entry], language: Language) -> None:
    table = Table(box=None, pad_edge=False)
    for key in ("demos-title", "demos-proves", "demos-recording", "demos-last"):
        table.add_column(say(f"terminal.{key}", language), overflow="fold")
    for entry in entries:
        recording = entry.recording.date[:10] if entry.recording else say("terminal.none", language)
        last = say(f"terminal.outcome-{entry.last.outcome}", language) if entry.last and entry.last.outcome else "-"
        title = Text(entry.demo.slug, "bold cyan") + Text("\n") + shown(entry.demo.title.in_language(language))
        table.add_row(title, shown("\n".join(entry.demo.proves)), recording, last)
    Console().print(table)


def print_checks(checks: Sequence[dict[str, str]]) -> None:
    console = Console()
    for check in checks:
        state = check["state"]
        console.print(Text(f"{CHECK_MARK[state]} ", CHECK_STYLE[state]) + shown(check["fact"]), soft_wrap=True)
        if check["hint"]:
            console.print(shown(f"    {check['hint']}", "dim"), soft_wrap=True)


def print_folders(folders: Sequence[Any], language: Language) -> None:
    console = Console()
    if not folders:
        console.print(shown(say("terminal.folder-none", language)))
    for one in folders:
        facts = {"id": one.id, "path": one.path, "files": one.files, "indexed": one.indexed}
        line = say("terminal.folder", language, **facts, passages=one.passages, state=one.state)
        console.print(shown(line), soft_wrap=True)
        for skipped in one.skipped:
            line = say("terminal.folder-skipped", language, path=skipped.path, reason=skipped.reason)
            console.print(shown(f"    {line}", "dim"), soft_wrap=True)


# --- runs -------------------------------------------------------------------------------------------------------------


class RunScreen:
    """A run as it goes on: steps, pods, traffic, verdict, cleanup. In a pipe it prints only the end."""

    def __init__(self, demo: Demo, language: Language, *, recorded: bool) -> None:
        self._demo = demo
        self._language = language
        self._recorded = recorded
        self._live = Live(console=Console(), auto_refresh=False)

    def __enter__(self) -> RunScreen:
        self._live.__enter__()
        return self

    def __exit__(self, *raised: Any) -> None:
        self._live.__exit__(*raised)
        if not self._live.console.is_terminal:
            self._live.console.print()  # rich leaves the last line open where nothing is redrawn

    def show(self, view: RunView) -> None:
        """Draw the run as it is now."""
        parts = [*self._head(view), *self._steps(view), *self._pods(view), *self._lanes(view), *self._end(view)]
        self._live.update(Group(*parts), refresh=True)

    def _say(self, key: str, **facts: object) -> str:
        return say(f"terminal.{key}", self._language, **facts)

    def _head(self, view: RunView) -> list[Text]:
        lines = [shown(self._demo.title.in_language(self._language), "bold")]
        if view.stage == "queued":
            lines.append(shown(self._say("queued", place=view.queue_place), "yellow"))
        if view.started:
            began = view.started
            facts = {"kubernetes": began.kubernetes, "platform": began.platform}
            if self._recorded:
                lines.append(shown(self._say("recorded", date=began.date[:10], **facts), "yellow"))
            else:
                lines.append(shown(self._say("live", namespace=began.namespace, **facts), "dim"))
        lines += [shown(say(f"adjusted.{one.code}", self._language, **one.facts), "yellow") for one in view.adjusted]
        return lines

    def _steps(self, view: RunView) -> list[Text]:
        return [line for step in view.steps for line in self._step(step)]

    def _step(self, step: StepView) -> list[Text]:
        words = (
            self._demo.steps[step.index].say.in_language(self._language) if step.index < len(self._demo.steps) else step.verb
        )
        took = f"  {step.seconds:.1f} s" if step.seconds is not None else ""
        lines = [shown(f"{STATE_MARK[step.state]} {words}{took}")]
        if step.state == "learner":
            lines.append(shown(f"    {self._say('your-turn')}:", "bold"))
        if step.command:
            lines.append(shown(f"    $ {step.command}", "cyan"))
        return lines

    def _pods(self, view: RunView) -> list[Text]:
        return [shown(_pod_line(pod), "dim" if pod.gone else "") for pod in view.pods.values()]

    def _lanes(self, view: RunView) -> list[Text]:
        lines = []
        for lane in view.lanes.values():
            counts = ", ".join(f"{pod} {count}" for pod, count in lane.answers.items())
            lines.append(
                shown(f"  {lane.name}: {counts}; {say('terminal.failed-requests', self._language, count=lane.failed)}")
            )
        return lines

    def _end(self, view: RunView) -> list[Text]:
        lines = []
        for failure in view.failures:
            message, hint = _explained(failure.code, failure.facts, self._language)
            lines.append(shown(f"{message} {hint}".strip(), "red"))
        if view.stopped:
            lines.append(shown(self._say("stopped"), "yellow"))
        if view.verdict:
            verdict = view.verdict
            text = self._demo.verdicts[verdict.outcome].in_language(self._language)
            mark = {"proven": "bold green", "disproven": "bold red", "inconclusive": "bold yellow"}[verdict.outcome]
            lines.append(shown(f"{self._say('outcome-' + verdict.outcome)}: {filled(text, verdict.measured)}", mark))
            lines.append(shown(f"  {self._say('expected')}: {'; '.join(verdict.expected)}", "dim"))
            if verdict.odds:
                assumption = say(f"odds.{verdict.odds.assumption}", self._language)
                lines.append(shown(f"  {self._say('odds', value=f'{verdict.odds.value:.0e}', assumption=assumption)}", "dim"))
        if view.finished and view.finished.predicted_right is not None:
            lines.append(shown(self._say("prediction-right" if view.finished.predicted_right else "prediction-wrong")))
        if view.cleanup:
            done = view.cleanup
            key = "cleaned" if done.gone else "not-cleaned"
            facts = {"namespace": done.namespace, "seconds": f"{done.seconds:.1f}", "waiting": done.waiting}
            lines.append(shown(self._say(key, **facts), "dim"))
        return lines


def _pod_line(pod: Pod) -> str:
    mark = "✗" if pod.gone else "●" if pod.is_ready else "○"
    return f"  {mark} {pod.name}  {pod.ready}  {pod.status}  ↻{pod.restarts}"


def _explained(code: str, facts: Any, language: Language) -> tuple[str, str]:
    from knowledge.errors import StudyError
    from ui.words import explain

    return explain(StudyError(code, **facts), language)


def filled(text: str, measured: Any) -> str:
    """A verdict's text with what was measured; what was not measured is shown as a dash."""

    class Dashed(dict[str, object]):
        def __missing__(self, _name: str) -> str:
            return "–"

    return text.format_map(Dashed(measured))

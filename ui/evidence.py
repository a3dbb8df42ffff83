"""A run as something to keep: an evidence card in Markdown, the raw observations as CSV. Pure.

The card says what was measured and on what, so that it can stand in a learner's own notes. Text of the cluster is put in code.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import asdict

from assistant.lab.demo import Demo
from assistant.lab.events import Moment
from assistant.lab.views import Progress
from knowledge.passages import Language
from ui.components.prose import code_span, literal
from ui.verdicts import measured_text, odds_text
from ui.words import say


def card(progress: Progress, demo: Demo, predicted: str | None, language: Language) -> str:
    """The evidence card: claim, prediction, measured, verdict, versions, platform, commands."""
    verdict, started = progress.verdict, progress.started
    lines = [f"# {literal(demo.title.in_language(language))}", "", demo.shows.in_language(language), ""]
    lines += [f"- {say('evidence.question', language)}: {demo.question.in_language(language)}"]
    choice = next((one for one in demo.choices if one.id == predicted), None)
    if choice is not None:
        lines.append(f"- {say('evidence.prediction', language)}: {choice.text.in_language(language)}")
    if progress.finished is not None and progress.finished.predicted_right is not None:
        right = "right" if progress.finished.predicted_right else "wrong"
        lines.append(f"- {say(f'evidence.{right}', language)}")
    if verdict is not None:
        words = measured_text(demo.verdicts[verdict.outcome].in_language(language), verdict.measured)
        lines.append(f"- **{say(f'run.{verdict.outcome}', language)}**: {words}")
        lines.append(f"- {say('evidence.section', language)}: {code_span(verdict.section)}")
        lines.append(f"- {say('run.threshold', language)}: {', '.join(map(code_span, verdict.expected))}")
        if verdict.odds is not None:
            lines.append(f"- {odds_text(verdict.odds, language)}")
        told = ", ".join(f"{code_span(f'{name} = {value}')}" for name, value in verdict.measured.items())
        lines.append(f"- {say('run.measured', language)}: {told}")
    if started is not None:
        lines.append(f"- {say('evidence.date', language)}: {started.date}" + (_recorded(progress, language)))
        lines.append(f"- Kubernetes {literal(started.kubernetes)}, {literal(started.platform)}")
    commands = [step.command for step in progress.steps if step.command]
    if commands:
        lines += ["", f"## {say('evidence.commands', language)}", "", "```bash", *commands, "```"]
    manifests = [step.yaml.strip() for step in progress.steps if step.yaml.strip()]
    if manifests:
        lines += ["", "```yaml", *"\n---\n".join(manifests).split("\n"), "```"]
    return "\n".join(lines) + "\n"


def _recorded(progress: Progress, language: Language) -> str:
    return f" ({say('evidence.recorded', language)})" if progress.recorded else ""


def observations(moments: Iterable[Moment]) -> str:
    """Every moment as a row: number, seconds, event, and its fields as name=value pairs."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("n", "seconds", "event", "what"))
    for moment in moments:
        fields = "; ".join(f"{name}={value}" for name, value in asdict(moment.event).items() if name != "yaml")
        writer.writerow((moment.n, f"{moment.t:.3f}", type(moment.event).__name__, harmless(fields)))
    return out.getvalue()


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell

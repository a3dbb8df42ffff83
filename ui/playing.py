"""`kubenote play`, `record`, `clean`: live where guard and consent allow it, else recorded; Ctrl-C and SIGTERM clean up.

The first Ctrl-C stops the run and shows the cleanup; a second one leaves as soon as the cluster has been told to delete.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import FrameType

from assistant.demos.catalogue import get
from assistant.journal import Journal
from assistant.lab import cleaning, performing, recording, running
from assistant.lab.cleaning import Leftover
from assistant.lab.cluster import Cluster
from assistant.lab.demo import Demo
from assistant.lab.events import DemoFinished, Moment, Refused, to_line
from assistant.lab.previewing import preview
from assistant.lab.progress import fold
from assistant.lab.running import Run
from assistant.lab.views import Progress
from assistant.settings import Settings
from knowledge.errors import StudyError
from knowledge.passages import Language
from ui import words
from ui.terminal import RunScreen, print_json, print_lines

YES = ("y", "yes", "네", "예")


@contextmanager
def opened_journal(settings: Settings) -> Iterator[Journal]:
    journal = Journal(settings.journal_file)
    try:
        yield journal
    finally:
        journal.close()


def play(
    settings: Settings,
    slug: str,
    *,
    predicted: str | None,
    live: bool | None,
    speed: float,
    agree: bool,
    as_json: bool,
    language: Language,
) -> int:
    """Play a demo; `live` None: live if guard and consent allow it, else the recording, the reason on standard error."""
    demo = get(slug)
    with opened_journal(settings) as journal:
        if predicted is None and not as_json and sys.stdin.isatty():
            predicted = _asked_prediction(demo, language)
        if live is not False:
            refusal = _refusal(settings, journal, demo, agree=agree, ask=not as_json, language=language)
            if refusal is not None and live:
                raise refusal
            if refusal is not None:
                message, hint = words.explain(refusal, language)
                print(words.say("terminal.falls-back", language, message=message, hint=hint), file=sys.stderr)
            live = refusal is None
        run = running.start(demo, settings=settings, ledger=journal, predicted=predicted, live=live, speed=speed)
        return _followed(run, journal, _printed if as_json else None, language)


def record(settings: Settings, slugs: list[str], folder: Path, *, agree: bool, language: Language) -> int:
    """Run demos live and keep each that proved its claim as a recording; the first that did not ends it with 1."""
    with opened_journal(settings) as journal:
        for slug in slugs:
            demo = get(slug)
            refusal = _refusal(settings, journal, demo, agree=agree, ask=True, language=language)
            if refusal is not None:
                raise refusal
            run = running.start(demo, settings=settings, ledger=journal)
            code = _followed(run, journal, None, language)
            if code:
                return code
            path = folder / f"{slug}.jsonl"
            for _moment in recording.tee(iter(run.moments()), path):
                pass
            print_lines([words.say("terminal.recorded-to", language, path=path)])
    return 0


def _asked_prediction(demo: Demo, language: Language) -> str | None:
    """What the learner predicts at the prompt; Enter leaves it."""
    print_lines([demo.question.in_language(language)])
    for number, choice in enumerate(demo.choices, 1):
        print_lines([f"  {number}. {choice.text.in_language(language)}"])
    answer = input(f"{words.say('terminal.prediction', language)} (1-{len(demo.choices)}, Enter): ").strip()
    if answer.isdecimal() and 1 <= int(answer) <= len(demo.choices):
        return demo.choices[int(answer) - 1].id
    return None


def _refusal(
    settings: Settings, journal: Journal, demo: Demo, *, agree: bool, ask: bool, language: Language
) -> StudyError | None:
    """Why a live run is not possible; None if it is. A missing consent can be given here, once the preview was shown."""
    examination, owner = performing.examine(settings, journal)
    if owner is not None:
        owner.close()
    refusal = examination.refusal
    if refusal is None or refusal.code != "consent-missing" or examination.answer is None:
        return refusal
    if not agree and ask and sys.stdin.isatty():
        shown = preview(demo, settings.profile, examination, settings.image)
        print_lines(
            [
                words.say("terminal.preview", language),
                words.say(
                    "terminal.preview-cluster",
                    language,
                    context=shown.context,
                    server=shown.server,
                    platform=f"Minikube {shown.minikube}",
                ),
                words.say("terminal.preview-makes", language, objects=", ".join(shown.makes)),
                words.say("terminal.preview-deletes", language),
                words.say("terminal.preview-takes", language, seconds=round(shown.seconds)),
            ]
        )
        agree = input(f"{words.say('terminal.agree', language)} [y/N] ").strip().lower() in YES
    if not agree:
        return StudyError("consent-missing", **{**refusal.facts, "slug": demo.slug})
    journal.agree(examination.answer.uid, settings.profile)
    return None


def _printed(moment: Moment) -> None:
    print(to_line(moment), flush=True)


@contextmanager
def _stopping(run: Run) -> Iterator[None]:
    """While inside, Ctrl-C and SIGTERM stop the run; a second one waits for its DELETE only and raises KeyboardInterrupt."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        if run.stopping.is_set():
            run.deleted.wait(10)
            raise KeyboardInterrupt
        run.stop("signal")

    handled = [number for number in (signal.SIGINT, signal.SIGTERM) if number]
    before = {number: signal.signal(number, stop) for number in handled}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _followed(run: Run, journal: Journal, print_moment: Callable[[Moment], None] | None, language: Language) -> int:
    """Show a run to its end, keep it in the journal, and give the exit code."""
    journal.begin_run(run.id, run.demo.slug, live=run.live, predicted=run.predicted)
    moments: list[Moment] = []
    try:
        with _stopping(run):
            if print_moment is not None:
                for moment in run.follow():
                    moments.append(moment)
                    print_moment(moment)
            else:
                view = Progress()
                with RunScreen(run.demo, language, recorded=not run.live) as screen:
                    for moment in run.follow():
                        moments.append(moment)
                        view = fold(view, moment)
                        screen.show(view)
    finally:
        if not run.ended:
            run.stop("signal")
            run.deleted.wait(10)
        journal.finish_run(run.id, moments)
    last = moments[-1].event if moments else None
    if isinstance(last, Refused):
        raise StudyError(last.code, **dict(last.facts))
    if run.stopped_by == "signal":
        return 130
    proven = isinstance(last, DemoFinished) and last.verdict is not None and last.verdict.outcome == "proven"
    return 0 if proven else 1


def clean(settings: Settings, *, run: str | None, everything: bool, yes: bool, as_json: bool, language: Language) -> int:
    """Remove what dead runs left (or one run's, or with `everything` all of ours); show what stays, and why."""
    with opened_journal(settings) as journal:
        examination, owner = performing.examine(settings, None)
        if owner is None:
            raise examination.refusal or StudyError("guard-no-answer", profile=settings.profile, reason="")
        try:
            if examination.refusal is not None:
                raise examination.refusal
            found = [left for left in cleaning.leftovers(settings, owner) if run in (None, left.run)]
            unwanted = [left for left in found if everything or run or left.state != "living"]
            if yes or not unwanted or _agreed(unwanted, as_json=as_json, language=language):
                found = [_removed(settings, journal, owner, left) if left in unwanted else left for left in found]
        finally:
            owner.close()
    if as_json:
        print_json([asdict(left) for left in found])
    else:
        lines = [words.say(f"terminal.clean-{left.state}", language, **asdict(left)) for left in found]
        print_lines(lines or [words.say("terminal.clean-none", language)])
    return 0 if all(left.state != "waits" for left in found) else 1


def _agreed(unwanted: list[Leftover], *, as_json: bool, language: Language) -> bool:
    if as_json or not sys.stdin.isatty():
        return False
    print_lines(words.say(f"terminal.clean-{left.state}", language, **asdict(left)) for left in unwanted)
    return input(f"{words.say('terminal.clean-ask', language)} [y/N] ").strip().lower() in YES


def _removed(settings: Settings, journal: Journal, owner: Cluster, left: Leftover) -> Leftover:
    def written(verb: str, kind: str, name: str) -> None:
        journal.record_write(left.run, settings.profile, left.namespace, verb, kind, name)

    return cleaning.remove(owner, left, written)

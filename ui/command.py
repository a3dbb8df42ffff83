"""The command `kubenote`. It parses, calls the assistant, prints; it decides nothing else and never imports streamlit itself.

With --json, standard output carries JSON and nothing else. Exit codes: 0 done, 1 disproven, inconclusive or failed, 2 wrong
use, 3 refused by the guard or no consent, 130 interrupted.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant import settings as chosen_settings
from assistant.privacy import keep_private
from assistant.settings import Settings
from knowledge.errors import StudyError
from knowledge.passages import Language
from ui import words
from ui.terminal import print_json

if TYPE_CHECKING:
    from assistant.doctor import Check

app = typer.Typer(add_completion=False, no_args_is_help=False, rich_markup_mode=None, pretty_exceptions_enable=False)
notes_app = typer.Typer(no_args_is_help=True, help="Your own notes: add, remove, list, status.")
app.add_typer(notes_app, name="notes")

WRONG_USE = frozenset(
    {
        "setting-unknown",
        "setting-value",
        "settings-file",
        "question-empty",
        "question-too-long",
        "demo-unknown",
        "prediction-unknown",
        "usage",
        "notes-missing",
        "notes-unknown",
        "notes-refused",
    }
)


class AnswerLanguage(StrEnum):
    """In which language `ask` answers."""

    auto = "auto"
    ko = "ko"
    en = "en"
    both = "both"


Json = Annotated[bool, typer.Option("--json", help="JSON on standard output, nothing else.")]


def exit_code(error: StudyError) -> int:
    """Wrong use is 2, a refusal of the guard or a missing consent 3, everything else 1."""
    if error.code.startswith("guard-") or error.code == "consent-missing":
        return 3
    return 2 if error.code in WRONG_USE else 1


def frame_language(settings: Settings) -> Language:
    """The language of what the terminal says around answers: as set, else Korean."""
    return "en" if settings.language == "en" else "ko"


def error_form(error: StudyError, language: Language) -> dict[str, str]:
    message, hint = words.explain(error, language)
    return {"code": error.code, "message": message, "hint": hint}


def say(key: str, language: Language, **facts: object) -> None:
    """A line for the learner beside the output: standard error."""
    print(words.say(key, language, **facts), file=sys.stderr)


@contextmanager
def opened_library(settings: Settings, *, quiet: bool) -> Iterator[Any]:
    """The library with its index up to date; progress on standard error where it takes its time."""
    keep_private(settings.tracing)
    from knowledge.reference import Library
    from ui.terminal import index_progress

    library = Library(settings.index_folder, embedding=settings.embedding)
    try:
        index_progress(library.sync(), frame_language(settings), quiet=quiet)
        yield library
    finally:
        library.close()


# --- the chat ---------------------------------------------------------------------------------------------------------


@app.callback(invoke_without_command=True)
def chat(
    context: typer.Context,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Where the page listens (localhost only).")] = None,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open a browser.")] = False,
) -> None:
    """Kubenote: ask about Kubernetes, read a cited answer, see it proven on your own Minikube. Without a command: the chat."""
    if context.invoked_subcommand is None:
        from ui.serving import serve

        settings = chosen_settings.load({"port": port})
        keep_private(settings.tracing)
        raise typer.Exit(serve(settings, open_browser=not no_open))


# --- answers ----------------------------------------------------------------------------------------------------------


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question, in Korean or English.")] = "",
    language: Annotated[AnswerLanguage | None, typer.Option(help="The answer's language; auto: the question's.")] = None,
    after: Annotated[list[str] | None, typer.Option(help="An earlier question of the conversation; may be repeated.")] = None,
    as_json: Json = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON question a line on standard input.")] = False,
) -> None:
    """Answer one question from the notes (or many with --jsonl), with citations."""
    settings = chosen_settings.load({"language": language and language.value})
    with opened_library(settings, quiet=as_json or jsonl) as library:
        composer = _composer(settings)
        if jsonl:
            raise typer.Exit(_ask_lines(library, settings, composer))
        from assistant.answers.answer import Answered, to_json
        from assistant.answers.answering import ask as answer_events

        events = answer_events(library, question, language=settings.language, history=tuple(after or ()), composer=composer)
        answer = next(event.answer for event in events if isinstance(event, Answered))
        _keep_refusal(settings, answer)
        if as_json:
            print_json(to_json(answer))
        else:
            from ui.terminal import print_answer

            print_answer(answer, both=settings.language == "both")


def _composer(settings: Settings) -> Any:
    """The chat model that is chosen, if any."""
    if not settings.model:
        return None
    from assistant.answers.chat_model import composer

    return composer(settings)


def _keep_refusal(settings: Settings, answer: Any) -> None:
    """Keep a refused question for the teacher; a journal that cannot be written must not cost the answer."""
    if answer.kind == "not_covered":
        from assistant.journal import Journal

        try:
            journal = Journal(settings.journal_file)
            journal.keep_refusal(answer)
            journal.close()
        except StudyError as error:
            print(words.explain(error, frame_language(settings))[0], file=sys.stderr)


def _ask_lines(library: Any, settings: Settings, composer: Any) -> int:
    """Answer each line of standard input in order; a bad line gets {"line","error"} in its place. Stateless."""
    from assistant.answers.answer import Answered, to_json
    from assistant.answers.answering import ask as answer_events

    failed = False
    for number, raw in enumerate(sys.stdin.buffer, 1):
        if not raw.strip():
            continue
        try:
            asked = _asked(raw)
            language = asked.get("language", settings.language)
            events = answer_events(
                library, asked["question"], language=language, history=tuple(asked.get("history", ())), composer=composer
            )
            print_json(next(to_json(event.answer) for event in events if isinstance(event, Answered)))
        except StudyError as error:
            failed = True
            print_json({"line": number, "error": error_form(error, frame_language(settings))})
    return 1 if failed else 0


def _asked(raw: bytes) -> dict[str, Any]:
    """One line of --jsonl, checked; StudyError `line-broken` says what is wrong with it."""
    try:
        form = json.loads(raw.decode("utf-8"))
    except ValueError as error:
        raise StudyError("line-broken", reason=str(error)) from error
    if not isinstance(form, dict) or not isinstance(form.get("question"), str):
        raise StudyError("line-broken", reason='{"question": "..."}')
    if form.get("language", "auto") not in tuple(AnswerLanguage):
        raise StudyError("line-broken", reason=f"language: {', '.join(AnswerLanguage)}")
    history = form.get("history", [])
    if not isinstance(history, list) or not all(isinstance(one, str) for one in history):
        raise StudyError("line-broken", reason='"history": ["..."]')
    return form


# --- demos ------------------------------------------------------------------------------------------------------------


@app.command()
def demos(as_json: Json = False) -> None:
    """List the experiments: what each proves, its recording, your last verdict."""
    settings = chosen_settings.load()
    from assistant.demos.shelf import shelf

    shown = shelf(settings)
    if as_json:
        print_json([entry.to_json() for entry in shown])
    else:
        from ui.terminal import print_demos

        print_demos(shown, frame_language(settings))


@app.command()
def play(
    slug: Annotated[str, typer.Argument(help="Which experiment; `kubenote demos` lists them.")],
    predict: Annotated[str | None, typer.Option(help="Your prediction: the id of a choice.")] = None,
    live: Annotated[bool | None, typer.Option("--live/--recorded", help="On your Minikube, or from the recording.")] = None,
    speed: Annotated[float, typer.Option(min=0.5, max=8.0, help="How fast a recording is replayed.")] = 1.0,
    agree: Annotated[bool, typer.Option("--agree", help="Say yes to live runs on this cluster (for scripts).")] = False,
    as_json: Json = False,
) -> None:
    """Run an experiment and see its verdict: live where that is possible and agreed to, else recorded."""
    from ui.playing import play as played

    settings = chosen_settings.load()
    raise typer.Exit(
        played(
            settings,
            slug,
            predicted=predict,
            live=live,
            speed=speed,
            agree=agree,
            as_json=as_json,
            language=frame_language(settings),
        )
    )


@app.command()
def record(
    slug: Annotated[str, typer.Argument(help="Which experiment.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="All experiments, one after the other.")] = False,
    output: Annotated[Path | None, typer.Option(help="Where it goes; default: recordings/ under KUBENOTE_HOME.")] = None,
    agree: Annotated[bool, typer.Option("--agree", help="Say yes to live runs on this cluster (for scripts).")] = False,
) -> None:
    """Run an experiment live and keep it as a recording."""
    from assistant.demos.catalogue import DEMOS, get
    from ui.playing import record as recorded

    settings = chosen_settings.load()
    slugs = list(DEMOS) if everything else [get(slug).slug]
    folder = output or settings.recordings_folder
    raise typer.Exit(recorded(settings, slugs, folder, agree=agree, language=frame_language(settings)))


@app.command()
def clean(
    run: Annotated[str | None, typer.Option(help="One run's namespace only.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what a living run uses.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Remove what dead runs left on the cluster; show what waits, and why."""
    from ui.playing import clean as cleaned

    settings = chosen_settings.load()
    raise typer.Exit(
        cleaned(settings, run=run, everything=everything, yes=yes, as_json=as_json, language=frame_language(settings))
    )


def check_form(check: Check, language: Language) -> dict[str, str]:
    """A check in words: {"id","state","fact","hint"}."""
    if check.error is not None:
        fact, hint = words.explain(check.error, language)
    else:
        fact = words.say(f"doctor.{check.code}.fact", language, **check.facts)
        hint = words.say(f"doctor.{check.code}.hint", language, **check.facts)
    return {"id": check.id, "state": check.state, "fact": fact, "hint": hint}


@app.command()
def doctor(as_json: Json = False) -> None:
    """Say what is installed, running, reachable and indexed, and what to do about the rest."""
    from assistant.doctor import examine

    settings = chosen_settings.load()
    language = frame_language(settings)
    checks = [check_form(check, language) for check in examine(settings)]
    ok = all(check["state"] != "fail" for check in checks)
    if as_json:
        print_json({"ok": ok, "checks": checks})
    else:
        from ui.terminal import print_checks

        print_checks(checks)
    raise typer.Exit(0 if ok else 1)


# --- own notes --------------------------------------------------------------------------------------------------------


def _on_notes(act: Callable[[Any], list[Any]], *, as_json: bool) -> None:
    settings = chosen_settings.load()
    with opened_library(settings, quiet=as_json) as library:
        folders = act(library)
    if as_json:
        print_json([_folder_form(folder) for folder in folders])
    else:
        from ui.terminal import print_folders

        print_folders(folders, frame_language(settings))


def _folder_form(folder: Any) -> dict[str, Any]:
    return {
        "id": folder.id,
        "path": str(folder.path),
        "files": folder.files,
        "indexed": folder.indexed,
        "passages": folder.passages,
        "skipped": [{"path": str(one.path), "reason": one.reason} for one in folder.skipped],
        "state": folder.state,
    }


@notes_app.command("add")
def add_notes(paths: Annotated[list[Path], typer.Argument(help="Folders or Markdown files.")], as_json: Json = False) -> None:
    """Add folders or files of your own; returns when they can be found. Nothing in them is ever changed."""
    _on_notes(lambda library: [library.add_notes(path) for path in paths], as_json=as_json)


@notes_app.command("remove")
def remove_notes(
    folder: Annotated[str, typer.Argument(help="Id or path, as `notes list` shows it.")], as_json: Json = False
) -> None:
    """Forget a folder; its files stay as they are."""
    _on_notes(lambda library: [library.remove_notes(folder)], as_json=as_json)


@notes_app.command("list")
@notes_app.command("status")
def list_notes(as_json: Json = False) -> None:
    """Show your folders: how much is indexed, what was skipped and why."""
    _on_notes(lambda library: list(library.note_folders()), as_json=as_json)


# --- the entry --------------------------------------------------------------------------------------------------------


def run(arguments: list[str]) -> int:
    """Run the command and give its exit code; every failure becomes a sentence and a next command here, once."""
    as_json = "--json" in arguments
    language: Language = "ko"
    try:
        language = frame_language(chosen_settings.load())
        result = app(arguments, standalone_mode=False, prog_name="kubenote")
        return result if isinstance(result, int) else 0
    except typer.Exit as ended:
        return ended.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except typer.TyperException as error:
        if as_json:
            print_json({"error": {"code": "usage", "message": error.format_message(), "hint": "kubenote --help"}})
        else:
            print(f"{error.format_message()}\nkubenote --help", file=sys.stderr)
        return 2
    except StudyError as error:
        if as_json:
            print_json({"error": error_form(error, language)})
        else:
            message, hint = words.explain(error, language)
            print(f"{message}\n{hint}".rstrip(), file=sys.stderr)
        return exit_code(error)
    except BrokenPipeError:
        # Whoever read us has gone; a second write at exit must not complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def main() -> None:
    """The console script."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(run(sys.argv[1:]))

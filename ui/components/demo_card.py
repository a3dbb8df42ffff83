"""An experiment beside the conversation: predict, then run live or see the recording, then the verdict.

Before a run it is a form; from the start of a run it only shows. A prediction is fixed by starting. All buttons may be pressed
twice without harm.
"""

from __future__ import annotations

import streamlit as st

from assistant.lab import recording
from assistant.lab.demo import Demo
from knowledge.errors import StudyError
from ui import services, session, words
from ui.components.prose import literal, readable
from ui.components.readiness import draw_readiness
from ui.components.run_view import draw_run
from ui.components.ticking import tick
from ui.gate import Sight
from ui.session import say

TICK = 0.5
SPEEDS = (0.5, 1.0, 2.0, 4.0, 8.0)


def draw_demo(slug: str, *, closable: bool = True) -> None:
    """The card of the open experiment; ticks while a run goes on or the cluster is being looked at."""
    from assistant.demos.catalogue import get

    try:
        demo = get(slug)
    except StudyError as error:
        _draw_error(error)
        return
    if _is_moving(demo):
        tick(f"card-{slug}", TICK, lambda: _draw(demo, closable), lambda: not _is_moving(demo))
    else:
        st.fragment(_draw, key=f"card-{slug}")(demo, closable)


def open_run(demo: Demo) -> str | None:
    """The run that is looked at, if it is one of this demo."""
    house = services.house()
    run_id = session.run_id()
    if run_id is None:
        return None
    run = house.bench.run(run_id)
    if run is not None:
        return run_id if run.demo.slug == demo.slug else None
    view = house.bench.view(run_id)
    return run_id if view is not None and view.demo == demo.slug else None


def _is_moving(demo: Demo) -> bool:
    house = services.house()
    run_id = open_run(demo)
    if run_id is not None:
        run = house.bench.run(run_id)
        return run is not None and not run.ended
    house.gate.sight()
    return house.gate.looking


def _draw(demo: Demo, closable: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="top", wrap=False):
        st.subheader(literal(demo.title.in_language(session.language())), anchor=False, width="stretch")
        if closable:
            st.button(":material/close:", key=f"close-{demo.slug}", help=say("run.close"), type="tertiary", on_click=_close)
    run_id = open_run(demo)
    if run_id is not None:
        draw_run(demo, run_id)
    else:
        _draw_setup(demo)


def _close() -> None:
    session.open_demo(None)
    st.rerun()


def _draw_setup(demo: Demo) -> None:
    language = session.language()
    house = services.house()
    st.markdown(readable(demo.shows.in_language(language)))
    _draw_last(demo)
    labels = {choice.id: choice.text.in_language(language) for choice in demo.choices}
    st.radio(
        f"**{say('run.predict')}** · {literal(demo.question.in_language(language))}",
        list(labels),
        index=None,
        key=f"predict-{demo.slug}",
        format_func=lambda choice: literal(labels[choice]),
        persist_state="session",
    )
    error = session.get(f"start-error-{demo.slug}")
    if isinstance(error, StudyError):
        _draw_error(error)
    sight = house.gate.sight()
    kept = recording.info(demo, house.settings)
    first = sight is not None and sight.consent_missing
    if first and sight is not None:
        draw_preview(demo, sight)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            say("run.run-live"),
            key=f"live-{demo.slug}",
            icon=":material/play_arrow:",
            type="primary",
            disabled=sight is None or not (sight.refusal is None or (first and bool(session.get(f"agree-{demo.slug}")))),
            on_click=_start,
            args=(demo, True),
        )
        st.button(
            say("run.run-recorded"),
            key=f"recorded-{demo.slug}",
            icon=":material/movie:",
            disabled=kept is None,
            on_click=_start,
            args=(demo, False),
        )
    if kept is None:
        st.caption(say("run.no-recording"))
    else:
        facts = {"date": kept.date[:10], "kubernetes": literal(kept.kubernetes), "platform": literal(kept.platform)}
        st.caption(say("run.recorded", **facts))
        if not kept.current:
            st.caption(say("run.outdated"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if kept is not None:
            st.segmented_control(
                say("run.speed"),
                SPEEDS,
                default=1.0,
                required=True,
                key=f"speed-{demo.slug}",
                format_func=lambda speed: f"{speed:g}×",
            )
        if sight is not None and (sight.refusal is None or first):
            st.checkbox(say("run.typed"), key=f"typed-{demo.slug}", help=say("run.typed-help"))
    draw_readiness(sight)


def draw_preview(demo: Demo, sight: Sight) -> None:
    """What the first live run on a cluster will do, and the consent to it."""
    from assistant.lab.previewing import preview

    settings = services.house().settings
    shown = preview(demo, settings.profile, sight.examination, settings.image)
    facts = {"context": literal(shown.context), "server": literal(shown.server), "minikube": literal(shown.minikube)}
    with st.container(border=True, key=f"preview-{demo.slug}"):
        st.markdown(f"**{say('run.first-run')}**")
        st.markdown(
            "\n".join(
                f"- {line}"
                for line in (
                    say("run.preview-cluster", **facts),
                    say("run.preview-makes", objects=literal(", ".join(shown.makes))),
                    say("run.preview-deletes"),
                    say("run.preview-takes", seconds=round(shown.seconds)),
                )
            )
        )
        with st.expander(say("run.preview-yaml"), key=f"preview-yaml-{demo.slug}"):
            st.code(shown.yaml, language="yaml")
        with st.expander(say("run.preview-commands"), key=f"preview-commands-{demo.slug}"):
            st.code("\n".join(shown.commands), language="bash", wrap_lines=True)
        st.checkbox(say("run.agree"), key=f"agree-{demo.slug}")


def _start(demo: Demo, live: bool) -> None:
    """Callback: start a run with the prediction as it stands now."""
    house = services.house()
    predicted = session.get(f"predict-{demo.slug}")
    session.put(f"start-error-{demo.slug}", None)
    sight = house.gate.sight()
    try:
        if live and sight is not None and sight.consent_missing:
            if not session.get(f"agree-{demo.slug}"):
                return
            house.gate.agree()
        run = house.bench.start(
            demo,
            predicted=predicted if predicted in {choice.id for choice in demo.choices} else None,
            live=live,
            speed=float(session.get(f"speed-{demo.slug}") or 1.0),
            typed=live and bool(session.get(f"typed-{demo.slug}")),
        )
        session.open_run(run.id)
    except StudyError as error:
        session.put(f"start-error-{demo.slug}", error)
    st.rerun()


def _draw_last(demo: Demo) -> None:
    last = next((run for run in services.house().journal.runs(demo.slug, limit=20) if run.outcome), None)
    if last is not None:
        st.caption(say("run.last", outcome=say(f"run.was.{last.outcome}"), date=last.begun[:10]))


def _draw_error(error: StudyError) -> None:
    message, hint = words.explain(error, session.language())
    st.error(literal(message), icon=":material/error:")
    if hint:
        st.code(hint, language=None, wrap_lines=True)

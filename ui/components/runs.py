"""Past runs: wrong predictions, proofs, all of them; each can be looked at again."""

from __future__ import annotations

import streamlit as st

from assistant.journal import PastRun
from assistant.lab.demo import Demo
from ui import services, session
from ui.components.prose import literal
from ui.session import say


def _demos() -> dict[str, Demo]:
    from assistant.demos.catalogue import DEMOS

    return DEMOS


def draw_wrong_predictions() -> None:
    """The latest wrong prediction of each experiment, unless a later one was right."""
    st.subheader(say("review.wrong"), anchor=False)
    latest: dict[str, PastRun] = {}
    for run in services.house().journal.runs():
        if run.predicted_right is not None:
            latest.setdefault(run.demo, run)
    wrong = [run for run in latest.values() if run.predicted_right is False and run.demo in _demos()]
    if not wrong:
        st.caption(say("review.wrong-none"))
    for run in wrong:
        demo = _demos()[run.demo]
        choice = next((one.text.in_language(session.language()) for one in demo.choices if one.id == run.predicted), "")
        _draw_row(run, demo, f"{demo.question.in_language(session.language())}\n{say('review.mine', choice=choice)}", "wrong")


def draw_proven() -> None:
    """Each experiment that was proven, by the latest run that did."""
    st.subheader(say("review.proven"), anchor=False)
    proven: dict[str, PastRun] = {}
    for run in services.house().journal.runs():
        if run.outcome == "proven" and run.demo in _demos():
            proven.setdefault(run.demo, run)
    if not proven:
        st.caption(say("review.proven-none"))
    for run in proven.values():
        demo = _demos()[run.demo]
        _draw_row(run, demo, demo.title.in_language(session.language()), "proven")


def _draw_row(run: PastRun, demo: Demo, text: str, kind: str) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"{kind}-{run.id}"):
        with st.container(gap=None, width="stretch"):
            st.text(text)
            st.caption(f"{run.begun[:10]} · {say('review.live' if run.live else 'review.recorded')}")
        st.button(say("review.look"), key=f"look-{kind}-{run.id}", on_click=_look, args=(demo.slug, run.id))


def _look(slug: str, run: str) -> None:
    session.open_demo(slug)
    session.open_run(run)
    session.go_to("lab")


def draw_runs() -> None:
    """A table of all past runs."""
    with st.expander(say("review.runs"), key="past-runs"):
        runs = services.house().journal.runs()
        if not runs:
            st.caption(say("review.runs-none"))
            return
        st.dataframe([_row(run) for run in runs], hide_index=True, alt=say("review.runs"))


def _row(run: PastRun) -> dict[str, str]:
    demo = _demos().get(run.demo)
    return {
        say("review.date"): run.begun[:16].replace("T", " "),
        say("review.experiment"): demo.title.in_language(session.language()) if demo else run.demo,
        say("review.kind"): say("review.live" if run.live else "review.recorded"),
        say("review.result"): say(f"run.was.{run.outcome}") if run.outcome else say("review.no-result"),
    }


def title_of(slug: str) -> str:
    """An experiment's title, safe for a label."""
    demo = _demos().get(slug)
    return literal(demo.title.in_language(session.language()) if demo else slug)

"""How a run ended: troubles, verdict with what it rests on, what can be taken along, and the way to do it again."""

from __future__ import annotations

import streamlit as st

from assistant.lab.demo import Demo
from assistant.lab.views import Progress
from knowledge.errors import StudyError
from ui import services, session, words
from ui.components.prose import literal
from ui.evidence import card, observations
from ui.session import say
from ui.verdicts import measured_text, odds_text


def draw_end(demo: Demo, run_id: str, view: Progress, predicted: str | None) -> None:
    """Everything that is to be said once the run is over."""
    if view.refused is not None:
        _draw_trouble(view.refused.code, dict(view.refused.facts))
    for failure in view.failures:
        _draw_trouble(failure.code, dict(failure.facts))
    if view.stopped is not None:
        st.warning(_stopped_by(view.stopped.by), icon=":material/stop_circle:")
    _draw_verdict(demo, view)
    with st.container(horizontal=True):
        draw_again(demo, run_id)
        if view.finished is not None:
            language = session.language()
            st.download_button(
                say("run.evidence"),
                card(view, demo, predicted, language),
                file_name=f"{demo.slug}-{run_id}.md",
                mime="text/markdown",
                key=f"evidence-{run_id}",
                icon=":material/download:",
                on_click="ignore",
            )
            st.download_button(
                say("run.observations"),
                lambda: observations(services.house().bench.moments(run_id)),
                file_name=f"{demo.slug}-{run_id}.csv",
                mime="text/csv",
                key=f"observations-{run_id}",
                icon=":material/table:",
                on_click="ignore",
            )


def draw_again(demo: Demo, run_id: str) -> None:
    """Back to the prediction."""

    def again() -> None:
        session.open_run(None)
        session.put(f"predict-{demo.slug}", None)
        st.rerun()

    st.button(say("run.again"), key=f"again-{run_id}", icon=":material/replay:", on_click=again)


def _draw_verdict(demo: Demo, view: Progress) -> None:
    verdict = view.verdict
    if verdict is None:
        return
    language = session.language()
    text = measured_text(demo.verdicts[verdict.outcome].in_language(language), verdict.measured)
    head = say(f"run.{verdict.outcome}-recorded" if view.recorded else f"run.{verdict.outcome}")
    box = {"proven": st.success, "disproven": st.error, "inconclusive": st.warning}[verdict.outcome]
    icon = {"proven": ":material/verified:", "disproven": ":material/cancel:", "inconclusive": ":material/help:"}
    box(f"**{head}**: {literal(text)}", icon=icon[verdict.outcome])
    with st.expander(say("run.how"), key=f"how-{view.namespace}"):
        st.caption(say("run.threshold"))
        st.code("\n".join(verdict.expected), language=None)
        if verdict.odds is not None:
            st.text(odds_text(verdict.odds, language))
        st.caption(say("run.measured"))
        st.code("\n".join(f"{name} = {value}" for name, value in verdict.measured.items()), language=None)


def _draw_trouble(code: str, facts: dict[str, object]) -> None:
    message, hint = words.explain(StudyError(code, **facts), session.language())  # type: ignore[arg-type]
    st.error(literal(message), icon=":material/error:")
    if hint:
        st.text(hint)


def _stopped_by(by: str) -> str:
    try:
        return say(f"run.stopped.{by}")
    except KeyError:
        return say("run.stopped.learner")

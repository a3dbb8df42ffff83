"""A run as it goes on: mark, progress, verdict, picture, steps, cleanup, downloads. Draws a `Progress`; it can only stop."""

from __future__ import annotations

import streamlit as st

from assistant.lab.demo import Demo
from assistant.lab.views import Progress, StepView
from knowledge.errors import StudyError
from ui import services, session, words
from ui.components.picture import draw_picture
from ui.components.prose import literal
from ui.components.readiness import draw_readiness
from ui.evidence import card, observations
from ui.session import say
from ui.verdicts import measured_text, odds_text

STEP_ICON = {
    "running": ":material/progress_activity:",
    "learner": ":material/keyboard:",
    "done": ":material/check_circle:",
    "failed": ":material/error:",
}
LOG_SHOWN = 30


def draw_run(demo: Demo, run_id: str) -> None:
    """Everything that is to be seen of this run now."""
    bench = services.house().bench
    view = bench.view(run_id)
    run = bench.run(run_id)
    if view is None:
        st.info(say("run.lost"))
        _draw_again(demo, run_id)
        return
    over = view.over or run is None or run.ended
    predicted = run.predicted if run is not None else _predicted(demo, run_id)
    _draw_mark(view)
    _draw_prediction(demo, predicted, view)
    if over:
        _draw_end(demo, run_id, view, predicted)
    else:
        _draw_going(demo, run_id, view, stopping=run is not None and run.stopping.is_set())
    if view.pods or view.lanes:
        draw_picture(view, demo, session.language(), key=f"picture-{run_id}")
        if view.over and view.standing is not None:
            st.caption(say("run.standing"))
    for one in view.adjusted:
        st.caption(_adjusted(one.code, dict(one.facts)))
    _draw_steps(demo, run_id, view)
    _draw_log(run_id, view)
    _draw_cleanup(view)


def _predicted(demo: Demo, run_id: str) -> str | None:
    runs = services.house().journal.runs(demo.slug)
    return next((run.predicted for run in runs if run.id == run_id), None)


def _draw_mark(view: Progress) -> None:
    started = view.started
    if started is None:
        return
    facts = {"kubernetes": literal(started.kubernetes), "platform": literal(started.platform)}
    if view.recorded:
        st.markdown(f":violet[:material/movie: {say('run.recorded', date=view.recorded[:10], **facts)}]")
    else:
        words_ = say("run.live", namespace=literal(started.namespace), **facts)
        st.markdown(f":green[:material/sensors: {words_}]")


def _draw_prediction(demo: Demo, predicted: str | None, view: Progress) -> None:
    choice = next((one for one in demo.choices if one.id == predicted), None)
    if choice is None:
        return
    text = literal(choice.text.in_language(session.language()))
    right = view.finished.predicted_right if view.finished else None
    if right is None:
        st.caption(say("run.predicted", choice=text))
    else:
        icon = ":material/check:" if right else ":material/close:"
        st.markdown(f"{icon} {say('run.right' if right else 'run.wrong', choice=text)}")


def _draw_going(demo: Demo, run_id: str, view: Progress, *, stopping: bool) -> None:
    stage = "cleaning" if stopping else _stage(view)
    facts = {
        "place": view.queue_place or 0,
        "steps": view.started.steps if view.started else len(demo.steps),
        "step": len(view.steps),
        "elapsed": round(view.elapsed),
    }
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(view.share, say(f"run.stage.{stage}", **facts))
        st.button(
            say("run.stop"), key=f"stop-{run_id}", icon=":material/stop:", disabled=stopping, on_click=_stop, args=(run_id,)
        )
    now = next((step for step in view.steps if step.state in ("running", "learner")), None)
    if now is None:
        return
    if now.state == "learner":
        st.info(say("run.your-turn", seconds=round(now.wait or 0)), icon=":material/keyboard:")
    else:
        st.markdown(literal(_said(demo, now)))
    if now.command:
        st.code(now.command, language="bash", wrap_lines=True)


def _stage(view: Progress) -> str:
    """What the run is at, in a word of the texts; a recorded run waits for nobody."""
    if view.stage == "queued" and view.recorded:
        return "asked"
    return "preparing" if view.stage == "running" and not view.steps else view.stage


def _stop(run_id: str) -> None:
    run = services.house().bench.run(run_id)
    if run is not None:
        run.stop("learner")


def _said(demo: Demo, step: StepView) -> str:
    return demo.steps[step.index].say.in_language(session.language()) if step.index < len(demo.steps) else step.verb


def _draw_end(demo: Demo, run_id: str, view: Progress, predicted: str | None) -> None:
    if view.refused is not None:
        _draw_trouble(view.refused.code, dict(view.refused.facts))
    for failure in view.failures:
        _draw_trouble(failure.code, dict(failure.facts))
    if view.stopped is not None:
        st.warning(_stopped_by(view.stopped.by), icon=":material/stop_circle:")
    _draw_verdict(demo, view)
    if view.recorded:
        draw_readiness(services.house().gate.sight())
    with st.container(horizontal=True):
        _draw_again(demo, run_id)
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


def _draw_again(demo: Demo, run_id: str) -> None:
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


def _adjusted(code: str, facts: dict[str, object]) -> str:
    try:
        return literal(words.say(f"adjusted.{code}", session.language(), **facts))
    except (KeyError, FileNotFoundError):
        return literal(code)


def _draw_steps(demo: Demo, run_id: str, view: Progress) -> None:
    with st.container(gap=None, key=f"steps-{run_id}"):
        for step in view.steps:
            took = f" · {say('run.seconds', seconds=f'{step.seconds:.1f}')}" if step.seconds is not None else ""
            label = literal(f"{_said(demo, step)}{took}")
            with st.expander(label, key=f"step-{run_id}-{step.index}", icon=STEP_ICON[step.state], type="step"):
                if step.command:
                    st.caption(say("run.command"))
                    st.code(step.command, language="bash", wrap_lines=True)
                if step.yaml:
                    st.caption(say("run.yaml"))
                    st.code(step.yaml, language="yaml")
                if not (step.command or step.yaml):
                    st.text(step.verb)
        if not view.over:
            begun = {step.index for step in view.steps}
            for number, step_ahead in enumerate(demo.steps):
                if number not in begun:
                    st.caption(f"○ {literal(step_ahead.say.in_language(session.language()))}")


def _draw_log(run_id: str, view: Progress) -> None:
    if view.log:
        with st.expander(say("run.log"), key=f"log-{run_id}"):
            st.code("\n".join(f"{one.source}: {one.text}" for one in view.log[-LOG_SHOWN:]), language=None, wrap_lines=True)


def _draw_cleanup(view: Progress) -> None:
    done = view.cleanup
    if done is None or view.recorded:
        return
    if done.gone:
        st.caption(say("run.cleaned", namespace=literal(done.namespace), seconds=f"{done.seconds:.1f}"))
    else:
        st.warning(say("run.waits", namespace=literal(done.namespace), waiting=literal(done.waiting)))

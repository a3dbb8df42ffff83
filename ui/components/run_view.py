"""A run as it goes on: mark, progress, verdict, picture, steps, cleanup, downloads. Draws a `Progress`; it can only stop."""

from __future__ import annotations

import streamlit as st

from assistant.lab.demo import Demo
from assistant.lab.views import Progress
from ui import services, session, words
from ui.components.ending import draw_again, draw_end
from ui.components.picture import draw_picture
from ui.components.prose import literal
from ui.components.readiness import draw_readiness
from ui.components.steps import draw_log, draw_steps, said, typed_line
from ui.session import say


def draw_run(demo: Demo, run_id: str) -> None:
    """Everything that is to be seen of this run now."""
    bench = services.house().bench
    view = bench.view(run_id)
    run = bench.run(run_id)
    if view is None:
        st.info(say("run.lost"))
        draw_again(demo, run_id)
        return
    over = view.over or run is None or run.ended
    predicted = run.predicted if run is not None else _predicted(demo, run_id)
    _draw_mark(view)
    _draw_prediction(demo, predicted, view)
    if over:
        draw_end(demo, run_id, view, predicted)
    else:
        _draw_going(demo, run_id, view, stopping=run is not None and run.stopping.is_set())
    if view.pods or view.lanes:
        draw_picture(view, demo, session.language(), key=f"picture-{run_id}")
        if view.over and view.standing is not None:
            st.caption(say("run.standing"))
    for one in view.adjusted:
        st.caption(_adjusted(one.code, dict(one.facts)))
    draw_steps(demo, run_id, view)
    draw_log(run_id, view)
    _draw_cleanup(view)
    if over and view.recorded:
        draw_readiness(services.house().gate.sight())


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
        st.markdown(literal(said(demo, now)))
    if now.command:
        st.code(typed_line(now), language="bash", wrap_lines=True)


def _stage(view: Progress) -> str:
    """What the run is at, in a word of the texts; a recorded run waits for nobody."""
    if view.stage == "queued" and view.recorded:
        return "asked"
    return "preparing" if view.stage == "running" and not view.steps else view.stage


def _stop(run_id: str) -> None:
    run = services.house().bench.run(run_id)
    if run is not None:
        run.stop("learner")


def _adjusted(code: str, facts: dict[str, object]) -> str:
    try:
        return literal(words.say(f"adjusted.{code}", session.language(), **facts))
    except (KeyError, FileNotFoundError):
        return literal(code)


def _draw_cleanup(view: Progress) -> None:
    done = view.cleanup
    if done is None or view.recorded:
        return
    if done.gone:
        st.caption(say("run.cleaned", namespace=literal(done.namespace), seconds=f"{done.seconds:.1f}"))
    else:
        st.warning(say("run.waits", namespace=literal(done.namespace), waiting=literal(done.waiting)))

"""The steps of a run as they are begun, each with the kubectl command and the YAML that do the same; what was printed."""

from __future__ import annotations

import streamlit as st

from assistant.lab.demo import Demo
from assistant.lab.views import Progress, StepView
from ui import session
from ui.components.prose import literal
from ui.session import say

STEP_ICON = {
    "running": ":material/progress_activity:",
    "learner": ":material/keyboard:",
    "done": ":material/check_circle:",
    "failed": ":material/error:",
}
LOG_SHOWN = 30


def said(demo: Demo, step: StepView) -> str:
    """What the learner reads while this step runs."""
    return demo.steps[step.index].say.in_language(session.language()) if step.index < len(demo.steps) else step.verb


def typed_line(step: StepView) -> str:
    """The command as it can be pasted into a terminal: with what it reads from standard input, where the learner types it."""
    if step.state == "learner" and step.yaml and step.command.endswith("-f -"):
        return f"{step.command} <<'EOF'\n{step.yaml.rstrip()}\nEOF"
    return step.command


def draw_steps(demo: Demo, run_id: str, view: Progress) -> None:
    """The steps that have begun, folded, and those to come."""
    with st.container(gap=None, key=f"steps-{run_id}"):
        for step in view.steps:
            took = f" · {say('run.seconds', seconds=f'{step.seconds:.1f}')}" if step.seconds is not None else ""
            label = literal(f"{said(demo, step)}{took}")
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


def draw_log(run_id: str, view: Progress) -> None:
    """The last lines that programs and pods printed."""
    if view.log:
        with st.expander(say("run.log"), key=f"log-{run_id}"):
            st.code("\n".join(f"{one.source}: {one.text}" for one in view.log[-LOG_SHOWN:]), language=None, wrap_lines=True)

"""The guard's five checks as part of the lesson: what is asked, why, and what this cluster answered."""

from __future__ import annotations

import streamlit as st

from assistant.lab.guard import CHECKS, Check
from knowledge.errors import StudyError
from ui import services, session, words
from ui.components.prose import literal
from ui.session import say

ICON = {
    True: ":green[:material/check_circle:]",
    False: ":red[:material/cancel:]",
    None: ":gray[:material/radio_button_unchecked:]",
}


def draw_guard() -> None:
    """All five, in their order."""
    st.subheader(say("cluster.guard"), anchor=False)
    st.text(say("cluster.guard-about"))
    sight = services.house().gate.sight()
    found = {check.id: check for check in sight.examination.checks} if sight else {}
    with st.container(border=True, gap="small", key="guard"):
        for name in CHECKS:
            _draw_check(name, found.get(name))


def _draw_check(name: str, check: Check | None) -> None:
    passed = check.passed if check else None
    with st.container(gap=None):
        st.markdown(f"{ICON[passed]} **{say(f'cluster.check.{name}.title')}**")
        st.caption(say(f"cluster.check.{name}.why"))
        _draw_answer(name, check)


def _draw_answer(name: str, check: Check | None) -> None:
    if check is not None and check.passed is False:
        message, hint = words.explain(StudyError(check.code, **check.facts), session.language())
        st.markdown(f":red[{literal(message)}]")
        if hint:
            st.text(hint)
    elif check is not None and check.passed is None and name != "agreed":
        st.caption(say("cluster.not-asked"))

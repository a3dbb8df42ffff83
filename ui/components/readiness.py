"""Whether a live run is possible now, and if not, what is missing and the next command."""

from __future__ import annotations

import streamlit as st

from ui import services, session, words
from ui.components.prose import literal
from ui.gate import Sight
from ui.session import say


def draw_readiness(sight: Sight | None) -> None:
    """Whether a live run is possible; what is missing, and the next command."""
    if sight is None:
        st.caption(f"{say('run.looking')}…")
    elif sight.refusal is None:
        answer = sight.examination.answer
        st.caption(say("run.live-ready", platform=literal(f"Minikube {answer.minikube}" if answer else "Minikube")))
    elif not sight.consent_missing:
        message, hint = words.explain(sight.refusal, session.language())
        with st.container(border=True):
            st.caption(say("run.live-missing"))
            st.text(message)
            if hint:
                st.code(hint, language=None, wrap_lines=True)
            st.button(say("cluster.look"), key="readiness-look", icon=":material/refresh:", on_click=_look)


def _look() -> None:
    services.house().gate.look()
    st.rerun()

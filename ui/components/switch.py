"""The language switch: automatic, Korean, English, side by side. It turns the page's words and all answers at once."""

from __future__ import annotations

import streamlit as st

from assistant.settings import LanguageChoice
from ui import session
from ui.session import say


def draw_switch() -> None:
    """Draw the switch. Its key changes with the page's language, because a widget knows its options by their labels."""
    key = f"switch-{session.language()}"
    session.put(key, session.choice())
    labels: dict[LanguageChoice, str] = {"ko": "한국어", "en": "English"}
    labels |= {"auto": say("page.switch-auto"), "both": say("page.switch-both")}

    def switched() -> None:
        session.choose(session.get(key) or session.choice())

    st.segmented_control(
        say("page.switch"),
        session.CHOICES,
        required=True,
        key=key,
        on_change=switched,
        label_visibility="collapsed",
        format_func=labels.__getitem__,
    )

"""A chore as the page shows it: at work, failed with the reason, or gone. Ticks while it is at work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from ui import services, session, words
from ui.chores import Chore
from ui.components.prose import literal
from ui.components.ticking import tick

TICK = 0.5


def draw_chore(name: str, words_at_work: str, draw_said: Callable[[list[Any]], None] | None = None) -> None:
    """What the chore of this name does now; nothing where there is none."""
    chore = services.house().chores.get(name)
    with st.container(key=f"chore-box-{name}"):
        if chore is None:
            return
        if chore.over.is_set():
            _draw_over(chore, draw_said)
            return
        tick(f"chore-{name}", TICK, lambda: _draw_at_work(chore, words_at_work, draw_said), chore.over.is_set)


def _draw_at_work(chore: Chore, words_at_work: str, draw_said: Callable[[list[Any]], None] | None) -> None:
    st.caption(words_at_work)
    if draw_said is not None:
        draw_said(list(chore.said))


def _draw_over(chore: Chore, draw_said: Callable[[list[Any]], None] | None) -> None:
    if chore.error is not None:
        message, hint = words.explain(chore.error, session.language())
        st.error(literal(message), icon=":material/error:")
        if hint:
            st.text(hint)
    elif draw_said is not None:
        draw_said(list(chore.said))

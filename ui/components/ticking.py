"""Parts of the page that are drawn again by themselves, until something is over; then the page is drawn anew, whole.

The page is never asked for anew from within its own drawing: that would cut it short, and what ticks elsewhere would be sent to
places that do not exist yet. A part that ticks stands in a container that is always there, for the same reason.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st


def tick(key: str, every: float, draw: Callable[[], object], is_over: Callable[[], bool]) -> None:
    """Draw now and every so many seconds, and the whole page once it is over."""
    drawn = False

    def part() -> None:
        nonlocal drawn
        if drawn and is_over():
            st.rerun()
        drawn = True
        draw()

    st.fragment(part, run_every=every, key=key)()

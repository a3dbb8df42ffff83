"""Tells the server whether the window is wide enough for two panes: the one thing a script cannot know of a browser."""

from __future__ import annotations

import streamlit as st

_JS = """
export default function ({ data, setStateValue }) {
  const query = window.matchMedia(`(max-width: ${data.below}px)`);
  const told = () => { if (query.matches !== data.narrow) setStateValue("narrow", query.matches); };
  query.onchange = told;
  told();
  return () => { query.onchange = null; };
}
"""
_component = st.components.v2.component("kubenote_viewport", html="<span></span>\n", js=_JS)

KEY = "viewport"
BELOW = 900
"""Pixels; narrower windows show the experiment within the conversation."""


def draw_viewport(*, narrow: bool) -> None:
    """Ask the browser; a change of the answer draws the page anew."""
    with st.container(key="viewport-box"):
        _component(key=KEY, data={"below": BELOW, "narrow": narrow}, on_narrow_change=lambda: None)

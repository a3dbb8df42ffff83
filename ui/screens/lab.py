"""The lab: every experiment, what it proves, how it ended last; the open one stands on top."""

from __future__ import annotations

import streamlit as st

from ui import services, session
from ui.components.demo_card import draw_demo
from ui.components.offer import draw_going
from ui.components.shelf import draw_filter, draw_shelf
from ui.components.ticking import tick
from ui.session import say

st.header(say("page.lab"), anchor=False)
open_demo = session.demo()
if open_demo:
    with st.container(border=True, key="lab-card"):
        draw_demo(open_demo)
else:
    draw_going()
    st.text(say("lab.intro"))
draw_shelf(draw_filter())
if not services.house().warmth.ready:
    tick("lab-loading", 1.0, lambda: None, session.is_ready)
st.caption(say("lab.not-here"))

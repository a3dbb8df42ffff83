"""The chat: the conversation, and beside it (on a narrow window: within it) the experiment that is open."""

from __future__ import annotations

import streamlit as st

from ui import session
from ui.components.demo_card import draw_demo
from ui.components.offer import draw_going, draw_offers
from ui.components.thread import INPUT_KEY, asked, draw_thread
from ui.session import say

open_demo, wide = session.demo(), session.width() == "wide"
if open_demo and wide:
    left, right = st.columns([9, 11], gap="medium")
    with left.container(height=640, key="thread-pane", border=False, autoscroll=True):
        draw_thread(session.conversation(), below=draw_offers)
    with right.container(height=640, key="demo-pane", border=True):
        draw_demo(open_demo)
else:
    with st.container(key="going-box"):
        draw_going()
    draw_thread(session.conversation(), below=draw_offers)
    if open_demo and not session.demo_message():
        with st.container(border=True):
            draw_demo(open_demo)
st.chat_input(say("chat.placeholder"), key=INPUT_KEY, on_submit=asked)

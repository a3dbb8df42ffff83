"""The chat: the conversation, and beside it the experiment that is open."""

from __future__ import annotations

import streamlit as st

from ui import session
from ui.components.thread import INPUT_KEY, asked, draw_thread
from ui.session import say

draw_thread(session.conversation(), below=lambda message: None)
st.chat_input(say("chat.placeholder"), key=INPUT_KEY, on_submit=asked)

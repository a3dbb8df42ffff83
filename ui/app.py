"""The page: which screens there are, the language switch, the conversations. Run by `asgi.py`; draws nothing else."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ui import services, session
from ui.components.conversations import draw_conversations
from ui.components.switch import draw_switch
from ui.components.viewport import draw_viewport
from ui.session import say

HERE = Path(__file__).parent
SCREENS = {
    "chat": ":material/forum:",
    "lab": ":material/science:",
    "notes": ":material/menu_book:",
    "review": ":material/history_edu:",
    "cluster": ":material/hub:",
}


# First of all, and again below: an icon of a page would else be fetched from a font server as the tab's icon.
st.set_page_config(page_title="Kubenote", page_icon="📘")
services.house()
pages = [
    st.Page(HERE / "screens" / f"{name}.py", title=say(f"page.{name}"), icon=icon, url_path=name, default=name == "chat")
    for name, icon in SCREENS.items()
]
page = st.navigation(pages)
screen = page.url_path or "chat"
st.set_page_config(page_title="Kubenote", page_icon="📘", layout=session.layout(screen))
st.html(HERE / "components" / "page.css")
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="header"):
    st.markdown("**Kubenote**", width="content")
    draw_switch()
if screen == "chat":
    with st.sidebar:
        draw_conversations()
draw_viewport(narrow=session.width() == "narrow")
page.run()

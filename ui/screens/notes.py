"""The notes: ours in both languages side by side, the learner's own folders, what is often got wrong."""

from __future__ import annotations

import streamlit as st

from ui import services, session
from ui.components.corrections import draw_corrections
from ui.components.note import draw_concept
from ui.components.own_notes import draw_own_notes
from ui.components.ticking import tick
from ui.session import say

VIEWS = {"ours": draw_concept, "own": draw_own_notes, "corrections": draw_corrections}

st.header(say("page.notes"), anchor=False)
labels = {view: say(f"notes.{view}") for view in VIEWS}
chosen = session.kept_choice("notes-view", tuple(VIEWS), "ours", say("notes.view"), labels)
if services.house().warmth.ready:
    VIEWS[chosen]()
else:
    tick("notes-loading", 0.5, lambda: st.caption(say("notes.loading")), session.is_ready)

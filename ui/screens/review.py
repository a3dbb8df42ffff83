"""The review: what was predicted wrong, what was seen proven, what the notes did not cover, what was called wrong."""

from __future__ import annotations

import streamlit as st

from ui.components.refusals import draw_refusals, draw_reports
from ui.components.runs import draw_proven, draw_runs, draw_wrong_predictions
from ui.session import say

st.header(say("page.review"), anchor=False)
draw_wrong_predictions()
draw_proven()
draw_runs()
draw_refusals()
draw_reports()

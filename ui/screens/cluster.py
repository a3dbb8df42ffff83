"""Cluster and settings: Minikube's life, the guard's five checks, consent, cleaning, what was changed where, settings."""

from __future__ import annotations

import streamlit as st

from ui.components.cleaning import draw_cleaning, draw_consents, draw_writes
from ui.components.guard import draw_guard
from ui.components.life import draw_image, draw_life
from ui.components.preferences import draw_doctor, draw_preferences
from ui.session import say

st.header(say("page.cluster"), anchor=False)
draw_life()
draw_image()
draw_guard()
draw_consents()
draw_cleaning()
draw_writes()
draw_preferences()
draw_doctor()

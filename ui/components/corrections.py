"""What learners often get wrong, with the precise statement in both languages and the section that says so."""

from __future__ import annotations

import streamlit as st

from knowledge.passages import LANGUAGES, Language
from ui import services, session
from ui.components.prose import literal, readable
from ui.session import say


def draw_corrections() -> None:
    """All corrections, in the languages of the switch."""
    from knowledge.corrections import misconceptions

    st.text(say("notes.corrections-intro"))
    shown: tuple[Language, ...] = LANGUAGES if session.choice() == "both" else (session.language(),)
    library = services.house().notes
    for one in misconceptions():
        with st.container(border=True, key=f"correction-{one.id}"):
            for column, language in zip(st.columns(len(shown)), shown, strict=True):
                column.markdown(readable(one.precise[language]), anchors=False)
            section = library.section(one.section)
            if section is not None:
                st.caption(literal(" › ".join(section.place(session.language()).trail)))

"""The learner's own folders: add, remove, what is searchable, what was skipped and why. Reading happens in a thread."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import streamlit as st

from ui import services, session
from ui.components.chore import draw_chore
from ui.session import say

PATH_KEY = "own-path"
CHORE = "notes"


def draw_own_notes() -> None:
    """The field to add a folder, and all folders."""
    st.text(say("notes.own-intro"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(say("notes.path"), key=PATH_KEY, placeholder="~/Documents/Obsidian")
        st.button(say("notes.add"), key="own-add", icon=":material/add:", on_click=_add)
    draw_chore(CHORE, say("notes.adding"))
    folders = services.house().notes.note_folders()
    if not folders:
        st.caption(say("notes.none"))
    for folder in folders:
        _draw_folder(folder)


def _add() -> None:
    path = str(session.get(PATH_KEY) or "").strip()
    if not path:
        return
    library = services.house().notes

    def work() -> Iterator[Any]:
        yield library.add_notes(Path(path).expanduser())

    services.house().chores.start(CHORE, work)
    session.put(PATH_KEY, "")


def _remove(folder: str) -> None:
    library = services.house().notes

    def work() -> Iterator[Any]:
        yield library.remove_notes(folder)

    services.house().chores.start(CHORE, work)


def _draw_folder(folder: Any) -> None:
    with st.container(border=True, key=f"own-{folder.id}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container(gap=None, width="stretch"):
                st.text(str(folder.path))
                counts = say("notes.counts", files=folder.files, indexed=folder.indexed, passages=folder.passages)
                st.caption(f"{counts} · {say(f'notes.state.{folder.state}')}")
            st.button(
                say("notes.remove"),
                key=f"own-remove-{folder.id}",
                icon=":material/remove:",
                on_click=_remove,
                args=(folder.id,),
            )
        if folder.skipped:
            with st.expander(say("notes.skipped", count=len(folder.skipped)), key=f"own-skipped-{folder.id}"):
                rows = [f"{one.path}  ({say(f'notes.reason.{one.reason}')})" for one in folder.skipped[:500]]
                st.code("\n".join(rows), language=None, wrap_lines=True)
        if folder.converted:
            with st.expander(say("notes.converted", count=len(folder.converted)), key=f"own-converted-{folder.id}"):
                st.code("\n".join(f"{one.path}  ({one.encoding})" for one in folder.converted[:500]), language=None)

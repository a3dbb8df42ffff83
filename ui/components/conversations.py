"""The conversations: a new one, those before, and the way to delete the one that is open."""

from __future__ import annotations

import streamlit as st

from ui import services, session
from ui.components.prose import literal
from ui.session import say

SHOWN = 12


def draw_conversations() -> None:
    """A list of the latest conversations by their first question."""
    known = session.conversation()
    st.button(
        say("page.new-conversation"),
        key="new",
        icon=":material/add:",
        on_click=session.open_conversation,
        args=(None,),
        width="stretch",
    )
    earlier = services.house().journal.conversations(SHOWN)
    if earlier:
        st.caption(say("page.conversations"))
    with st.container(gap=None, key="conversations"):
        for one in earlier:
            st.button(
                literal(one.title),
                key=f"open-{one.id}",
                type="tertiary",
                width="stretch",
                wrap=False,
                disabled=one.id == known,
                on_click=session.open_conversation,
                args=(one.id,),
            )
    if known is not None and any(one.id == known for one in earlier):
        with st.popover(say("page.forget"), key="forget", type="tertiary", icon=":material/delete:"):
            st.button(say("page.forget-yes"), key="forget-yes", type="primary", on_click=_forget, args=(known,))


def _forget(conversation: str) -> None:
    services.house().journal.forget_conversation(conversation)
    session.open_conversation(None)

"""What an answer offers: the experiments that prove it; and the way back to one that is going on."""

from __future__ import annotations

import streamlit as st

from assistant.journal import Message
from knowledge.errors import StudyError
from ui import session
from ui.components.demo_card import draw_demo
from ui.components.prose import literal
from ui.session import say


def draw_offers(message: Message) -> None:
    """A small card for each experiment; on a narrow window the open one stands here, whole."""
    from assistant.demos.catalogue import DEMOS

    language = session.language()
    for slug in message.answer.offers:
        demo = DEMOS.get(slug)
        if demo is None:
            continue
        is_open = session.demo() == slug and (session.demo_message() in (None, message.id))
        with st.container(border=True, key=f"offer-{message.id}-{slug}"):
            if is_open and session.width() == "narrow" and session.demo_message() == message.id:
                draw_demo(slug)
                continue
            with st.container(horizontal=True, vertical_alignment="center"):
                with st.container(gap=None, width="stretch"):
                    st.caption(f":material/science: {say('chat.offer')}")
                    st.markdown(literal(demo.question.in_language(language)))
                st.button(
                    say("chat.offer-opened" if is_open else "chat.offer-open"),
                    key=f"offer-open-{message.id}-{slug}",
                    type="secondary" if is_open else "primary",
                    disabled=is_open,
                    on_click=_open,
                    args=(slug, message.id),
                )


def _open(slug: str, message: int) -> None:
    session.open_demo(slug, message=message)


def draw_going() -> None:
    """A live run that goes on though no experiment is open here: one click away."""
    from assistant.demos.catalogue import get
    from assistant.lab import running

    run = running.current()
    if run is None or session.demo() == run.demo.slug:
        return
    try:
        title = get(run.demo.slug).title.in_language(session.language())
    except StudyError:
        return

    def back() -> None:
        session.open_demo(run.demo.slug)
        session.open_run(run.id)

    with st.container(border=True, horizontal=True, vertical_alignment="center", key="going"):
        st.markdown(f":material/sensors: {say('chat.going', title=literal(title))}", width="stretch")
        st.button(say("chat.going-open"), key="going-open", on_click=back)

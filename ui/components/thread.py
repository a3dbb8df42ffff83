"""The conversation: questions, answers, those still on their way, and what could be asked.

An answer on its way is drawn by a fragment that only reads; once it stands in the journal the page is drawn anew, whole.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from assistant.journal import Message
from knowledge.errors import StudyError
from ui import services, session, words
from ui.asking import Asking
from ui.components.answer import draw_answer, draw_wrong
from ui.components.prose import literal, readable
from ui.components.ticking import tick
from ui.session import say

TICK = 0.25
USER, ASSISTANT = ":material/person:", ":material/menu_book:"
SUGGESTIONS = 5
INPUT_KEY = "question"
SUGGESTED_KEY = "suggested"


def ask(question: str) -> None:
    """Have a question answered in this session's conversation."""
    if not question.strip():
        return
    services.house().desk.ask(session.begun_conversation(), question, session.choice())


def asked() -> None:
    """Callback of the question field."""
    ask(str(session.get(INPUT_KEY) or ""))


def _suggestion_chosen() -> None:
    chosen = session.get(SUGGESTED_KEY)
    session.put(SUGGESTED_KEY, None)
    if chosen:
        ask(str(chosen))


def draw_thread(conversation: str | None, below: Callable[[Message], None]) -> None:
    """All questions and answers; `below` draws what follows under an answer."""
    house = services.house()
    _draw_warmth()
    messages = house.journal.messages(conversation) if conversation else ()
    waiting = house.desk.at_work(conversation) if conversation else ()
    with st.container(key="greeting"):
        if not messages and not waiting:
            _draw_greeting()
    with st.container(key="messages"):
        for message in messages:
            with st.chat_message("user", avatar=USER):
                st.text(message.answer.question)
            with st.chat_message("assistant", avatar=ASSISTANT):
                draw_answer(message, session.choice())
                below(message)
                _draw_next(message)
    with st.container(key="waiting"):
        for asking in waiting if conversation else ():
            with st.chat_message("user", avatar=USER):
                st.text(asking.question[:2000])
            with st.chat_message("assistant", avatar=ASSISTANT):
                _draw_asking(str(conversation), asking)


def _draw_next(message: Message) -> None:
    """What is one click away: related concepts, or what comes nearest to a refused question; the button for a wrong answer."""
    nearest = [near.title for near in message.answer.nearest] if message.answer.kind != "answer" else []
    concepts = {} if nearest else {say("chat.ask-concept", title=title): title for title in _related(message)}
    questions = {**dict.fromkeys(nearest), **concepts}
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key=f"next-{message.id}"):
        if questions:
            key = f"more-{message.id}"

            def chosen() -> None:
                question = session.get(key)
                session.put(key, None)
                if question:
                    ask(str(question))

            labels = {question: literal(title or question) for question, title in questions.items()}
            st.pills(
                say("chat.nearest" if nearest else "chat.related"),
                list(labels),
                key=key,
                on_change=chosen,
                format_func=labels.__getitem__,
                wrap=True,
            )
        draw_wrong(message)


def _related(message: Message) -> list[str]:
    house = services.house()
    ready = house.warmth.ready and message.answer.related
    concepts = {concept.slug: concept for concept in house.notes.concepts()} if ready else {}
    found = [concepts[slug].titles[session.language()] for slug in message.answer.related if slug in concepts]
    return list(dict.fromkeys(found))


def _draw_asking(conversation: str, asking: Asking) -> None:
    if asking.error is not None:
        _draw_error(conversation, asking, asking.error)
    else:
        tick(f"asking-{asking.number}", TICK, lambda: _draw_said(conversation, asking), asking.over.is_set)


def _draw_said(conversation: str, asking: Asking) -> None:
    """What has been said so far; a chat model can be stopped."""
    if asking.text:
        st.markdown(readable(asking.text, frozenset(range(1, 100))), anchors=False)
        st.caption(f"{say('chat.composing')}…")
    else:
        st.markdown(f"{say('chat.searching')}…")
    house = services.house()
    if house.settings.model:
        arguments = (conversation, asking.number)
        st.button(
            say("chat.stop"), key=f"stop-{asking.number}", icon=":material/stop:", on_click=house.desk.stop, args=arguments
        )


def _draw_error(conversation: str, asking: Asking, error: StudyError) -> None:
    message, hint = words.explain(error, session.language())
    st.error(literal(message), icon=":material/error:")
    if hint:
        st.text(hint)
    with st.container(horizontal=True):
        desk = services.house().desk

        def again() -> None:
            desk.drop(conversation, asking.number)
            desk.ask(conversation, asking.question, session.choice())
            st.rerun()

        def drop() -> None:
            desk.drop(conversation, asking.number)
            st.rerun()

        if error.code not in ("question-empty", "question-too-long"):
            st.button(say("chat.again"), key=f"again-{asking.number}", on_click=again)
        st.button(say("chat.drop"), key=f"drop-{asking.number}", on_click=drop)


def _draw_greeting() -> None:
    st.header(say("chat.greeting"), anchor=False)
    st.text(say("chat.greeting-more"))
    options = [say(f"chat.suggested.{number}") for number in range(1, SUGGESTIONS + 1)]
    st.pills(say("chat.suggestions"), options, key=SUGGESTED_KEY, on_change=_suggestion_chosen)


def _draw_warmth() -> None:
    """How far the loading is, or why it failed; its place is always there."""
    house = services.house()
    warmth = house.warmth
    with st.container(key="warmth"):
        if not warmth.ready:
            tick("warmth-tick", 0.5, _draw_loading, lambda: house.warmth.ready)
        elif warmth.error is not None:
            message, hint = words.explain(warmth.error, session.language())
            st.error(literal(message), icon=":material/error:")
            if hint:
                st.text(hint)


def _draw_loading() -> None:
    warmth = services.house().warmth
    if warmth.total:
        st.progress(warmth.done / warmth.total, say("page.indexing", done=warmth.done, total=warmth.total))
    else:
        st.caption(say("page.importing"))

"""An answer as the chat shows it: what it sets right, its text with marks, the cited lines, who wrote it.

All text of notes and models passes through `prose`; the cited lines themselves stand in `st.code`, which shows and does nothing
else. The language switch picks among what is stored with the answer: nothing is computed anew.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from assistant.answers.answer import Answer, Citation, Told
from assistant.answers.framing import frame
from assistant.journal import Message
from assistant.settings import LanguageChoice
from knowledge.passages import LANGUAGES
from ui import session
from ui.components.prose import literal, readable
from ui.session import say

PARAGRAPH = "\n\n"


def draw_answer(message: Message, choice: LanguageChoice) -> None:
    """The whole answer of a message, in the language or languages that the switch says."""
    answer = message.answer
    shown = _told(answer, choice)
    if answer.kind != "answer":
        _draw_refused(answer, shown)
        return
    columns = st.columns(len(shown), gap="medium") if len(shown) > 1 else [st.container()]
    for column, told in zip(columns, shown, strict=True):
        with column:
            draw_told(told, key=f"m{message.id}-{told.language}")
    if choice in LANGUAGES and shown[0].language != choice:
        st.caption(say("chat.same-in-one"))
    _footer(answer)


def draw_told(told: Told, key: str) -> None:
    """The text in one language with its marks, and a button for each mark that opens the exact lines."""
    marks = frozenset(citation.number for citation in told.citations)
    corrections, text = _parted(told)
    with st.container(key=f"told-{key}", gap="small"):
        for correction in corrections:
            st.warning(readable(correction, marks), icon=":material/rule:")
        st.markdown(readable(text, marks), anchors=False)
        if told.citations:
            with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key=f"cites-{key}"):
                st.caption(say("chat.sources"), width="content")
                for citation in told.citations:
                    draw_citation(citation, key=f"cite-{key}-{citation.number}")


def _parted(told: Told) -> tuple[list[str], str]:
    """What sets the question right, with which an answer begins, and the answer itself."""
    paragraphs = told.text.split(PARAGRAPH)
    begins = frame("correction", told.language, text="").strip()
    count = next((n for n, one in enumerate(paragraphs) if not one.startswith(begins)), len(paragraphs))
    return paragraphs[:count], PARAGRAPH.join(paragraphs[count:])


def draw_citation(citation: Citation, key: str) -> None:
    """A mark that opens where its lines stand, and the lines."""
    with st.popover(f":blue[\\[{citation.number}\\]]", key=key, type="tertiary"):
        st.markdown(f"**{literal(citation.heading)}**", anchors=False)
        st.caption(f"{say(f'page.{citation.origin}')} · {_shown_path(citation.path)} · {lines(citation)}")
        st.code(citation.quote, language=None, wrap_lines=True)


def lines(citation: Citation) -> str:
    """Which lines of the file are quoted."""
    if citation.first_line == citation.last_line:
        return say("page.line", first=citation.first_line)
    return say("page.lines", first=citation.first_line, last=citation.last_line)


def _shown_path(path: Path) -> str:
    """The path as it is known to the learner: from `notes/` for ours, whole for theirs; never read as Markdown."""
    parts = path.parts
    short = Path(*parts[parts.index("knowledge") :]) if "knowledge" in parts and "notes" in parts else path
    return literal(str(short))


def _told(answer: Answer, choice: LanguageChoice) -> list[Told]:
    if choice == "both" and answer.other is not None:
        return sorted((answer.told, answer.other), key=lambda told: LANGUAGES.index(told.language))
    return [answer.in_language(choice)] if choice in LANGUAGES else [answer.told]


def _draw_refused(answer: Answer, shown: list[Told]) -> None:
    """An honest refusal: that it is one, and where to read on. What comes nearest is drawn below, to be asked."""
    for told in shown:
        st.markdown(f"**{readable(told.text.partition(PARAGRAPH)[0])}**", anchors=False)
    if answer.read_on:
        st.caption(say("chat.read-on"))
        st.code(answer.read_on, language=None, wrap_lines=True)


def _footer(answer: Answer) -> None:
    if answer.use is not None:
        use = answer.use
        facts = {"model": literal(use.name), "input": use.input_tokens, "output": use.output_tokens}
        st.caption(say("chat.spent", **facts, seconds=f"{use.seconds:.1f}"))
    elif answer.model:
        st.caption(say("chat.model", model=literal(answer.model)))
    if answer.fell_back:
        st.caption(say(f"errors.{answer.fell_back}.message"))


def draw_wrong(message: Message) -> None:
    """The button that keeps question, answer and a comment for the teacher."""
    from ui import services

    kept = f"wrong-kept-{message.id}"
    with st.popover(say("chat.wrong"), key=f"wrong-{message.id}", type="tertiary", icon=":material/flag:"):
        if session.get(kept):
            st.text(say("chat.wrong-kept"))
            return
        st.text_area(say("chat.wrong-comment"), key=f"wrong-comment-{message.id}", max_chars=2000)

        def keep() -> None:
            if not session.get(kept):
                comment = str(session.get(f"wrong-comment-{message.id}") or "")
                services.house().journal.report_wrong(message.answer, comment)
                session.put(kept, True)

        st.button(say("chat.wrong-send"), key=f"wrong-send-{message.id}", on_click=keep)

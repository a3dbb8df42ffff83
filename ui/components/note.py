"""A concept of our notes: its picture, each section in both languages side by side, the experiments that prove it."""

from __future__ import annotations

import streamlit as st

from knowledge.builtin import Concept
from knowledge.passages import LANGUAGES, Language, Passage
from ui import services, session
from ui.components.prose import literal, readable
from ui.session import say

CONCEPT_KEY = "concept"
FIRST = "pod"
"""What is read first by who has not chosen."""


def draw_concept() -> None:
    """Choose a concept and read it."""
    concepts = {concept.slug: concept for concept in services.house().notes.concepts()}
    if not concepts:
        return
    language = session.language()
    by_title = sorted(concepts, key=lambda one: concepts[one].titles[language].casefold())
    session.default(CONCEPT_KEY, FIRST if FIRST in concepts else by_title[0])
    slug = st.selectbox(
        say("notes.concept"),
        by_title,
        key=CONCEPT_KEY,
        format_func=lambda one: concepts[one].titles[language],
        persist_state="session",
    )
    concept = concepts[slug]
    shown: tuple[Language, ...] = LANGUAGES if session.choice() in ("auto", "both") else (session.language(),)
    for column, each in zip(st.columns(len(shown), gap="large"), shown, strict=True):
        column.subheader(literal(concept.titles[each]), anchor=False)
    if picture := concept.pictures.get(language):
        with st.container(horizontal_alignment="center"):
            st.mermaid_chart(picture, alt=concept.titles[language], width="content")
    for section in concept.sections:
        _draw_section(section, shown)
    _draw_more(concept, concepts)


def _draw_section(section_id: str, shown: tuple[Language, ...]) -> None:
    library = services.house().notes
    section = library.section(section_id)
    if section is None:
        return
    with st.container(key=f"section-{section_id.replace('/', '--')}"):
        for column, language in zip(st.columns(len(shown), gap="large"), shown, strict=True):
            with column:
                st.markdown(f"##### {literal(section.place(language).heading)}", anchors=False)
                st.markdown(readable(whole(library.passages(section_id, language))), anchors=False)
        for slug, title in _proving(section_id):
            st.button(
                literal(say("notes.try", title=title)),
                key=f"try-{section_id}-{slug}",
                icon=":material/science:",
                type="tertiary",
                on_click=_try,
                args=(slug,),
            )


def whole(passages: tuple[Passage, ...]) -> str:
    """The passages of a section as the Markdown they come from: list items close together, anything else apart."""
    text = ""
    for before, passage in zip((None, *passages), passages, strict=False):
        together = before is not None and before.kind == passage.kind == "item"
        text += ("\n" if together else "\n\n") + passage.text
    return text.strip("\n")


def _proving(section_id: str) -> list[tuple[str, str]]:
    from assistant.demos.catalogue import DEMOS

    language = session.language()
    return [(slug, demo.title.in_language(language)) for slug, demo in DEMOS.items() if demo.proves[0] == section_id]


def _try(slug: str) -> None:
    session.open_demo(slug)
    session.go_to("lab")


def _draw_more(concept: Concept, concepts: dict[str, Concept]) -> None:
    language = session.language()
    st.caption(say("notes.read-on"))
    st.code(concept.read_on.get(language) or next(iter(concept.read_on.values()), ""), language=None)
    related = [slug for slug in concept.related if slug in concepts]
    if related:
        labels = {slug: literal(concepts[slug].titles[language]) for slug in related}
        key = f"related-to-{concept.slug}"

        def chosen() -> None:
            slug = session.get(key)
            session.put(key, None)
            if slug:
                session.put(CONCEPT_KEY, slug)

        st.pills(say("notes.related"), related, key=key, format_func=labels.__getitem__, on_change=chosen)

"""The experiments as cards: title, what it shows, which sections it proves, recording, last verdict."""

from __future__ import annotations

import streamlit as st

from assistant.lab.demo import Demo
from ui import services, session
from ui.components.prose import literal
from ui.session import say

FILTER_KEY = "lab-concept"


def _concepts(demo: Demo) -> set[str]:
    return {section.partition("/")[0] for section in demo.proves}


def concept_titles() -> dict[str, str]:
    """Concept slug -> title in the page's language; slugs stand for themselves while the notes are being loaded."""
    house = services.house()
    if not house.warmth.ready:
        return {}
    return {concept.slug: concept.titles[session.language()] for concept in house.notes.concepts()}


def draw_filter() -> str | None:
    """Which concept is chosen, among those that have an experiment."""
    from assistant.demos.catalogue import DEMOS

    titles = concept_titles()
    known = list(dict.fromkeys(section.partition("/")[0] for demo in DEMOS.values() for section in demo.proves))
    labels = {slug: literal(titles.get(slug, slug)) for slug in known}
    chosen: str | None = st.pills(
        say("lab.filter"), known, key=FILTER_KEY, format_func=labels.__getitem__, persist_state="session"
    )
    return chosen


def draw_shelf(concept: str | None) -> None:
    """The cards of the experiments about this concept, or of all."""
    from assistant.demos.shelf import shelf

    house = services.house()
    shown = [entry for entry in shelf(house.settings, house.journal) if concept is None or concept in _concepts(entry.demo)]
    if not shown:
        st.text(say("lab.none"))
    language = session.language()
    with st.grid(3, min_column_width=280):
        for entry in shown:
            demo = entry.demo
            with st.container(border=True, height="stretch", key=f"shelf-{demo.slug}"):
                st.markdown(f"**{literal(demo.title.in_language(language))}**")
                st.markdown(literal(demo.shows.in_language(language)))
                st.caption(f"{say('lab.proves')}: {literal(_headings(demo))}")
                last = entry.last
                if last is not None and last.outcome is not None:
                    st.markdown(_outcome(last.outcome, last.begun[:10], live=last.live))
                facts = [say("lab.takes", seconds=round(demo.budget_seconds))]
                facts += [say("lab.recorded")] if entry.recording else []
                facts += [say("lab.never")] if last is None else []
                st.caption(" · ".join(facts))
                st.space("stretch")
                st.button(
                    say("lab.open"),
                    key=f"shelf-open-{demo.slug}",
                    on_click=session.open_demo,
                    args=(demo.slug,),
                    disabled=session.demo() == demo.slug,
                )


def _outcome(outcome: str, date: str, *, live: bool) -> str:
    colour = {"proven": "green", "disproven": "red", "inconclusive": "orange"}[outcome]
    return f":{colour}[{say(f'run.was.{outcome}')}] · {date} · {say('review.live' if live else 'review.recorded')}"


def _headings(demo: Demo) -> str:
    """The section that the verdict is stamped on, and how many more the experiment backs."""
    house = services.house()
    first = demo.proves[0]
    section = house.notes.section(first) if house.warmth.ready else None
    named = section.place(session.language()).heading if section else first
    return named if len(demo.proves) == 1 else say("lab.and-more", first=named, count=len(demo.proves) - 1)

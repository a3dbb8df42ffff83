"""Settings that can be chosen on the page, kept in settings.toml; and the doctor's checks. No vendor's key is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import streamlit as st

from assistant import settings as chosen_settings
from knowledge.errors import StudyError
from ui import services, session, words
from ui.components.chore import draw_chore
from ui.components.prose import literal
from ui.session import say

TEXTS = ("profile", "image", "model", "model_url", "embedding")
CHORE = "doctor"
ICON = {"ok": ":green[:material/check_circle:]", "warn": ":orange[:material/warning:]", "fail": ":red[:material/cancel:]"}


def draw_preferences() -> None:
    """The form of the settings."""
    settings = services.house().settings
    st.subheader(say("cluster.settings"), anchor=False)
    with st.form("settings", border=True):
        st.caption(say("cluster.settings-about"))
        languages = {"auto": say("page.switch-auto"), "ko": "한국어", "en": "English", "both": say("page.switch-both")}
        st.selectbox(
            say("cluster.set.language"),
            list(languages),
            index=list(languages).index(settings.language),
            format_func=languages.__getitem__,
            key="set-language",
        )
        for name in TEXTS:
            st.text_input(say(f"cluster.set.{name}"), value=str(getattr(settings, name)), key=f"set-{name}")
        kinds = {kind: say(f"cluster.unsupported.{kind}") for kind in ("mark", "withhold")}
        st.selectbox(
            say("cluster.set.unsupported"),
            list(kinds),
            index=list(kinds).index(settings.unsupported),
            format_func=kinds.__getitem__,
            key="set-unsupported",
        )
        st.form_submit_button(say("cluster.save"), key="set-save", on_click=_save)
    error = session.get("settings-error")
    if isinstance(error, StudyError):
        message, hint = words.explain(error, session.language())
        st.error(literal(f"{message} {hint}"), icon=":material/error:")
    elif session.get("settings-saved"):
        st.success(say("cluster.saved"), icon=":material/check_circle:")


def _save() -> None:
    house = services.house()
    wanted = {name: session.get(f"set-{name}") for name in (*TEXTS, "language", "unsupported")}
    changed = {name: value for name, value in wanted.items() if value is not None and value != getattr(house.settings, name)}
    session.put("settings-saved", False)
    session.put("settings-error", None)
    try:
        house.apply(chosen_settings.store(house.settings, **changed))
        if "language" in changed:
            session.choose(changed["language"])
        session.put("settings-saved", True)
    except StudyError as error:
        session.put("settings-error", error)


def draw_doctor() -> None:
    """What the doctor says, in a thread: some of it asks other programs."""
    with st.expander(say("cluster.doctor"), key="doctor"):
        st.button(say("cluster.doctor-run"), key="doctor-run", on_click=_examine)
        draw_chore(CHORE, say("cluster.doctoring"), _draw_checks)


def _examine() -> None:
    house = services.house()

    def work() -> Iterator[Any]:
        from assistant.doctor import examine

        yield from examine(house.settings)

    house.chores.start(CHORE, work)


def _draw_checks(said: list[Any]) -> None:
    language = session.language()
    for check in said:
        if check.error is not None:
            message, hint = words.explain(check.error, language)
        else:
            message = words.say(f"doctor.{check.code}.fact", language, **check.facts)
            hint = words.say(f"doctor.{check.code}.hint", language, **check.facts)
        st.markdown(f"{ICON[check.state]} {literal(message)}")
        if hint:
            st.caption(literal(hint))

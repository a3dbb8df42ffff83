"""What belongs to one session: the only reader and writer of session_state and of the address's parameters.

What must outlive a reload stands in the address: `c` the conversation, `run` the run that is open, `lang` the language switch.
An id in the address is only ever looked up, never trusted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import streamlit as st

from assistant.settings import LanguageChoice
from knowledge.passages import Language
from ui import services, words

CHOICES: tuple[LanguageChoice, ...] = ("auto", "ko", "en", "both")
Width: TypeAlias = Literal["wide", "narrow"]


def choice() -> LanguageChoice:
    """The language switch: as set in this session, in the address, or in the settings; the address is brought in line."""
    value = st.session_state.get("choice") or st.query_params.get("lang")
    found: LanguageChoice = value if value in CHOICES else services.house().settings.language
    _set_parameter("lang", found)
    return found


def choose(value: LanguageChoice) -> None:
    st.session_state["choice"] = value
    _set_parameter("lang", value)


def language() -> Language:
    """The language of the page's own words."""
    return "en" if choice() == "en" else "ko"


def say(key: str, /, **facts: object) -> str:
    """The page's words in its language."""
    return words.say(key, language(), **facts)


def conversation() -> str | None:
    """The conversation of this session, where there is one; the address is brought in line."""
    asked = st.query_params.get("c")
    if asked and asked != st.session_state.get("conversation") and services.house().journal.has_conversation(asked):
        st.session_state["conversation"] = asked
    known: str | None = st.session_state.get("conversation")
    _set_parameter("c", known)
    return known


def begun_conversation() -> str:
    """The conversation of this session, begun where there is none."""
    known = conversation()
    if known is None:
        known = services.house().journal.begin_conversation()
        st.session_state["conversation"] = known
        _set_parameter("c", known)
    return known


def open_conversation(conversation_id: str | None) -> None:
    """Turn to another conversation; None: a new one, which begins with its first question."""
    st.session_state["conversation"] = conversation_id
    _set_parameter("c", conversation_id)
    open_demo(None)


def open_demo(slug: str | None, *, message: int | None = None) -> None:
    """Lay an experiment beside the conversation; None puts it away. A run that goes on goes on."""
    st.session_state["demo"] = slug
    st.session_state["demo_message"] = message
    if slug is None:
        open_run(None)
    _set_parameter("demo", slug)


def demo() -> str | None:
    """The experiment that is open."""
    slug = st.session_state.get("demo") or st.query_params.get("demo")
    _set_parameter("demo", slug)
    return slug


def demo_message() -> int | None:
    """The message that offered the open experiment, where it came from one."""
    found: int | None = st.session_state.get("demo_message")
    return found


def open_run(run: str | None) -> None:
    st.session_state["run"] = run
    _set_parameter("run", run)


def run_id() -> str | None:
    """The run that is looked at."""
    found = st.session_state.get("run") or st.query_params.get("run")
    _set_parameter("run", found)
    return found


def width() -> Width:
    """Wide enough for two panes, as the browser last said."""
    said = st.session_state.get("viewport")
    return "narrow" if said is not None and said.get("narrow") else "wide"


def layout(screen: str) -> Literal["centered", "wide"]:
    """Two panes and pages side by side take the whole window; anything else is easier to read in the middle."""
    two_panes = screen == "chat" and width() == "wide" and (demo() is not None or choice() == "both")
    return "wide" if two_panes or screen in ("lab", "notes") else "centered"


def kept_choice(name: str, options: tuple[str, ...], default: str, label: str, labels: Mapping[str, str]) -> str:
    """A segmented control whose choice outlives a change of language: a widget knows its options by their labels."""
    key = f"{name}-{language()}"
    chosen = st.session_state.get(name, default)
    st.session_state[key] = chosen if chosen in options else default

    def switched() -> None:
        st.session_state[name] = st.session_state[key]

    st.segmented_control(
        label,
        options,
        required=True,
        key=key,
        on_change=switched,
        label_visibility="collapsed",
        format_func=dict(labels).__getitem__,
    )
    return str(st.session_state[key])


def go_to(screen: str) -> None:
    """Turn to another screen; conversation, experiment and run stay as they are."""
    st.switch_page(f"screens/{screen}.py")


def is_ready() -> bool:
    """Are the notes loaded?"""
    return services.house().warmth.ready


def get(key: str, default: Any = None) -> Any:
    """The value of a keyed widget or of a note to oneself under this key."""
    return st.session_state.get(key, default)


def default(key: str, value: Any) -> None:
    """The value of a keyed widget before anybody touched it."""
    st.session_state.setdefault(key, value)


def put(key: str, value: Any) -> None:
    st.session_state[key] = value


def _set_parameter(name: str, value: str | None) -> None:
    if value is None:
        if name in st.query_params:
            del st.query_params[name]
    elif st.query_params.get(name) != value:
        st.query_params[name] = value

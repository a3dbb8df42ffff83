"""Minikube's own life: how it is, what to do, start and stop after a yes, the image brought onto it, with real progress."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import streamlit as st

from assistant.lab import minikube
from assistant.lab.minikube import Done, Failed, Life, LifeEvent, StepSeen, Told
from knowledge.errors import StudyError
from ui import services, session, words
from ui.components.chore import draw_chore
from ui.components.prose import literal
from ui.components.ticking import tick
from ui.session import say

CHORE, IMAGE_CHORE = "minikube", "image"
ACTIONS: dict[str, Callable[[str], Iterator[LifeEvent]]] = {
    "start": minikube.start,
    "stop": minikube.stop,
    "unpause": minikube.unpause,
}
OFFERED = {"none": ("start",), "stopped": ("start",), "broken": ("start",), "running": ("stop",), "paused": ("unpause", "stop")}
COLOUR = {"running": "green", "broken": "red", "missing": "orange"}


def draw_life() -> None:
    """How the profile is, and what can be done about it."""
    house = services.house()
    st.subheader(say("cluster.life"), anchor=False)
    sight = house.gate.sight()
    with st.container(border=True, key="life"):
        with st.container(key="looking"):
            if sight is None or house.gate.looking:
                tick("looking-tick", 0.5, _draw_looking, lambda: not house.gate.looking)
        if sight is not None:
            _draw_state(sight.life)
        with st.container(horizontal=True):
            for action in OFFERED.get(sight.life.state, ()) if sight else ():
                _draw_action(action)
            st.button(say("cluster.look"), key="look-again", icon=":material/refresh:", on_click=house.gate.look)
        draw_chore(CHORE, say("cluster.at-work"), _draw_said)


def _draw_looking() -> None:
    st.caption(say("cluster.looking"))


def _draw_state(life: Life) -> None:
    colour = COLOUR.get(life.state, "blue")
    st.markdown(f":{colour}[**{say(f'cluster.state.{life.state}', profile=literal(life.profile))}**]")
    st.text(say(f"cluster.todo.{life.state}"))
    if life.state not in ("missing", "none"):
        st.caption(
            literal(
                say("cluster.facts", driver=life.driver or "–", kubernetes=life.kubernetes or "–", detail=life.detail or "–")
            )
        )


def _draw_action(action: str) -> None:
    """A button that asks once more before it acts."""
    with st.popover(say(f"cluster.{action}"), key=f"sure-{action}"):
        st.markdown(say(f"cluster.sure-{action}"))
        st.button(say("cluster.yes"), key=f"yes-{action}", type="primary", on_click=_act, args=(action,))


def _act(action: str) -> None:
    house = services.house()
    profile = house.settings.profile

    def work() -> Iterator[Any]:
        yield from ACTIONS[action](profile)
        house.gate.look()

    house.chores.start(CHORE, work)


def draw_image() -> None:
    """The image of the experiments, brought onto the cluster from a registry or a file."""
    house = services.house()
    with st.expander(say("cluster.image"), key="image"):
        st.text(say("cluster.image-about"))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            session.default("image-source", house.settings.image)
            st.text_input(say("cluster.image-source"), key="image-source")
            st.button(say("cluster.image-load"), key="image-load", icon=":material/upload:", on_click=_load)
    draw_chore(IMAGE_CHORE, say("cluster.at-work"), _draw_said)


def _load() -> None:
    house = services.house()
    source = str(session.get("image-source") or "").strip()
    if source:
        profile = house.settings.profile
        house.chores.start(IMAGE_CHORE, lambda: iter(minikube.load_image(profile, source)))


def _draw_said(said: list[Any]) -> None:
    """The progress of a minikube command: its step, its last words, how it ended."""
    steps = [one for one in said if isinstance(one, StepSeen)]
    if steps:
        last = steps[-1]
        text = say("cluster.step", number=last.number, total=last.total)
        st.progress(min(last.number / max(last.total, 1), 1.0), f"{text} · {literal(last.name)}")
    told = [one for one in said if isinstance(one, Told)]
    if told:
        st.code("\n".join(one.text for one in told[-6:]), language=None, wrap_lines=True)
    end = said[-1] if said else None
    if isinstance(end, Failed):
        message, hint = words.explain(StudyError(end.code, **end.facts), session.language())
        st.error(literal(message), icon=":material/error:")
        if hint:
            st.text(hint)
    elif any(isinstance(one, Done) for one in said):
        st.success(say("cluster.done"), icon=":material/check_circle:")

"""Consent, what runs left on the cluster and its removal, and every change that was made, from the journal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import streamlit as st

from ui import services
from ui.components.chore import draw_chore
from ui.components.prose import literal
from ui.session import say

CHORE = "cleaning"
WRITES = 300


def draw_consents() -> None:
    """The clusters on which live runs were agreed to."""
    house = services.house()
    st.subheader(say("cluster.consents"), anchor=False)
    consents = house.journal.consents()
    if not consents:
        st.caption(say("cluster.consents-none"))
    for one in consents:
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"consent-{one.uid}"):
            st.text(f"{one.context} · {one.uid} · {one.at[:10]}", width="stretch")
            st.button(say("cluster.withdraw"), key=f"withdraw-{one.uid}", on_click=house.gate.withdraw, args=(one.uid,))


def draw_cleaning() -> None:
    """What is left, and the button that removes what dead runs left."""
    st.subheader(say("cluster.clean"), anchor=False)
    st.text(say("cluster.clean-about"))
    with st.container(horizontal=True):
        st.button(say("cluster.clean-find"), key="clean-find", icon=":material/search:", on_click=_clean, args=(False,))
        st.button(
            say("cluster.clean-remove"), key="clean-remove", icon=":material/delete_sweep:", on_click=_clean, args=(True,)
        )
    draw_chore(CHORE, say("cluster.cleaning"), _draw_left)


def _clean(remove: bool) -> None:
    house = services.house()

    def work() -> Iterator[Any]:
        from assistant.lab import cleaning, performing

        examination, owner = performing.examine(house.settings, None)
        try:
            if examination.refusal is not None:
                raise examination.refusal
            if owner is None:
                return
            for left in cleaning.leftovers(house.settings, owner):
                run, namespace = left.run, left.namespace

                def written(verb: str, kind: str, name: str, run: str = run, namespace: str = namespace) -> None:
                    house.journal.record_write(run, house.settings.profile, namespace, verb, kind, name)

                yield cleaning.remove(owner, left, written) if remove and left.state != "living" else left
        finally:
            if owner is not None:
                owner.close()

    house.chores.start(CHORE, work)


def _draw_left(said: list[Any]) -> None:
    if not said:
        st.caption(say("cluster.clean-none"))
    for left in said:
        st.text(say(f"cluster.left.{left.state}", namespace=left.namespace, waiting=left.waiting or "…"))


def draw_writes() -> None:
    """Every change to a cluster, newest first."""
    with st.expander(say("cluster.writes"), key="writes"):
        writes = services.house().journal.writes(WRITES)
        if not writes:
            st.caption(say("cluster.writes-none"))
            return
        rows = [
            {
                say("cluster.col.at"): one.at[:19].replace("T", " "),
                say("cluster.col.where"): f"{one.context} · {one.namespace}",
                say("cluster.col.verb"): one.verb,
                say("cluster.col.what"): f"{one.kind}/{one.name}",
            }
            for one in writes
        ]
        st.dataframe(rows, hide_index=True, alt=literal(say("cluster.writes")))

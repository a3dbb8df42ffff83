"""Whose turn it is: pure judgement at the server's time, and two runs that meet at one Lease."""

from __future__ import annotations

import copy
import json
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.lab.cluster import Reply
from assistant.lab.lease import LAPSED, QUEUE, Standing, Turn, judge
from knowledge.errors import StudyError

NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)
Form = dict[str, Any]


def stamp(seconds_ago: float) -> str:
    return (NOW - timedelta(seconds=seconds_ago)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def lease(holder: str, renewed: float, queue: list[tuple[str, float]] | None = None) -> Form:
    listed = json.dumps([(run, stamp(ago)) for run, ago in queue or []])
    spec = {"holderIdentity": holder, "renewTime": stamp(renewed)}
    return {"metadata": {"annotations": {QUEUE: listed}, "resourceVersion": "1"}, "spec": spec}


def alive(_run: str) -> bool:
    return False


def test_no_lease() -> None:
    """Nobody holds it, nobody waits."""
    assert judge(None, NOW, alive) == Standing("", ())


def test_a_holder_that_renewed() -> None:
    """It holds, until it has not renewed for a minute of the server's clock."""
    assert judge(lease("a", LAPSED), NOW, alive).holder == "a"
    assert judge(lease("a", LAPSED + 1), NOW, alive).holder == ""


def test_a_holder_from_the_future() -> None:
    """The server's clock was set back: a time too far ahead is no sign of life."""
    assert judge(lease("a", -LAPSED - 1), NOW, alive).holder == ""
    assert judge(lease("a", -5), NOW, alive).holder == "a"


def test_a_holder_known_dead() -> None:
    """A run of this home whose process is gone holds nothing, though it has not lapsed."""
    assert judge(lease("a", 1), NOW, lambda run: run == "a").holder == ""


def test_places_in_the_queue() -> None:
    """Place 1 is next; the dead and the lapsed do not count."""
    standing = judge(lease("a", 1, [("b", 1), ("x", 100), ("c", 1)]), NOW, alive)
    assert [standing.place(run) for run in ("a", "b", "c", "new")] == [0, 1, 2, 3]
    free = judge(lease("", 1, [("b", 1), ("c", 1)]), NOW, alive)
    assert [free.place(run) for run in ("b", "c", "new")] == [0, 1, 2]


@pytest.mark.parametrize("broken", ["", "nonsense", "[1]", "{}", "null"])
def test_a_queue_somebody_broke(broken: str) -> None:
    """An annotation that is none of ours is an empty queue."""
    form = lease("a", 1)
    form["metadata"]["annotations"][QUEUE] = broken
    assert judge(form, NOW, alive).queue == ()


@given(st.lists(st.sampled_from("abcdef"), unique=True), st.sampled_from(["", "h"]))
def test_exactly_one_is_next(queue: list[str], holder: str) -> None:
    """However many wait, places are distinct, and only with a free lease has one of them place 0."""
    standing = judge(lease(holder, 1, [(run, 1) for run in queue]), NOW, alive)
    places = [standing.place(run) for run in queue]
    assert places == sorted(set(places))
    assert places.count(0) == (1 if queue and not holder else 0)


class OneLease:
    """An API server that holds one Lease, with its resourceVersion, and a clock that a test moves."""

    def __init__(self) -> None:
        self.form: Form | None = None
        self.now = NOW
        self._version = 0
        self._lock = threading.Lock()

    def call(self, method: str, path: str, body: Any = None, *, allow: tuple[int, ...] = ()) -> Reply:
        with self._lock:
            status, form = self._answer(method, copy.deepcopy(body))
        if status >= 300 and status not in allow:
            raise StudyError("api-refused", status=status)
        return Reply(status, form, "", self.now)

    def _answer(self, method: str, body: Any) -> tuple[int, Form]:
        if method == "GET":
            return (200, copy.deepcopy(self.form)) if self.form else (404, {})
        if method == "POST" and self.form:
            return 409, {}
        if method in ("PUT", "DELETE"):
            if not self.form:
                return 404, {}
            asked = body["metadata"]["resourceVersion"] if method == "PUT" else body["preconditions"]["resourceVersion"]
            if asked != self.form["metadata"]["resourceVersion"]:
                return 409, {}
        if method == "DELETE":
            self.form = None
            return 200, {}
        self._version += 1
        body["metadata"]["resourceVersion"] = str(self._version)
        self.form = body
        return 200, copy.deepcopy(body)


def turn(server: OneLease, run: str) -> Turn:
    return Turn(server, run, alive)  # type: ignore[arg-type]


def test_two_runs_one_after_the_other() -> None:
    """The second waits at place 1, and gets the turn when the first gives it back; at the end no Lease is left."""
    server = OneLease()
    first, second = turn(server, "a"), turn(server, "b")
    never = threading.Event()
    assert first.take(lambda place: None, never)
    places: list[int] = []
    waiting = threading.Event()

    def on_place(place: int) -> None:
        places.append(place)
        waiting.set()

    thread = threading.Thread(target=second.take, args=(on_place, never))
    thread.start()
    assert waiting.wait(5)
    assert server.form is not None
    assert server.form["spec"]["holderIdentity"] == "a"
    first.renew()
    first.leave()
    thread.join(5)
    assert places == [1]
    assert server.form["spec"]["holderIdentity"] == "b"
    second.leave()
    assert server.form is None


def test_a_run_that_stops_waiting() -> None:
    """It leaves the queue, and the holder keeps its turn."""
    server = OneLease()
    stopping = threading.Event()
    assert turn(server, "a").take(lambda place: None, threading.Event())
    assert not turn(server, "b").take(lambda place: stopping.set(), stopping)
    assert server.form is not None
    assert json.loads(server.form["metadata"]["annotations"][QUEUE]) == []
    assert server.form["spec"]["holderIdentity"] == "a"


def test_a_run_that_comes_while_others_wait_for_a_free_turn() -> None:
    """Nobody holds the lease just now: it stands behind those who wait."""
    server = OneLease()
    server.form = lease("", 1, [("b", 1), ("c", 1)])
    stopping = threading.Event()
    places: list[int] = []

    def on_place(place: int) -> None:
        places.append(place)
        stopping.set()

    assert not turn(server, "new").take(on_place, stopping)
    assert places == [2]


def test_a_turn_that_was_taken_away() -> None:
    """After a minute without renewal another run takes over; the first learns of it at its next renewal."""
    server = OneLease()
    first, second = turn(server, "a"), turn(server, "b")
    assert first.take(lambda place: None, threading.Event())
    server.now = NOW + timedelta(seconds=LAPSED + 1)
    assert second.take(lambda place: None, threading.Event())
    with pytest.raises(StudyError, match="lease-lost"):
        first.renew()
    first.leave()
    assert server.form is not None
    assert server.form["spec"]["holderIdentity"] == "b"

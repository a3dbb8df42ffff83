"""Moments made by hand -> what a view shows."""

from __future__ import annotations

from dataclasses import replace

from assistant.lab import events
from assistant.lab.demo import Verdict
from assistant.lab.events import Event, Moment
from assistant.lab.progress import LOG_LINES, folded
from assistant.lab.views import Progress

STARTED = events.DemoStarted(
    "replicaset-self-healing", "f1", "2026-11-30T10:00:00Z", "v1.36.0", "Minikube v1.38.1", "minikube", "kubenote-ab12", 2, 20.0
)


def seen(*what: Event | tuple[float, Event]) -> Progress:
    """The view after these events, one a second unless a time is given."""
    moments = []
    for n, one in enumerate(what):
        t, event = one if isinstance(one, tuple) else (float(n), one)
        moments.append(Moment("r1", n, t, event))
    return folded(moments)


def pod(name: str, change: str = "modified", uid: str = "", **view: object) -> events.ObjectChanged:
    return events.ObjectChanged(change, "Pod", name, uid or f"uid-{name}", view)  # type: ignore[arg-type]


def test_nothing_has_happened_yet() -> None:
    """A run that was only asked for shows no step and no progress."""
    assert Progress().stage == "asked"
    assert Progress().share == 0.0


def test_another_run_holds_the_cluster() -> None:
    """The place in the queue is shown, and forgotten once the run begins."""
    assert seen(events.Queued(2)).queue_place == 2
    begun = seen(events.Queued(2), events.Queued(1), STARTED)
    assert (begun.stage, begun.queue_place, begun.namespace) == ("running", None, "kubenote-ab12")


def test_the_guard_says_no() -> None:
    """A refusal ends the view, with its code and facts."""
    view = seen(events.Refused("guard-uid", {"context": "minikube"}))
    assert view.over
    assert view.refused is not None
    assert view.refused.facts["context"] == "minikube"


def test_a_step_begins_and_ends() -> None:
    """A step carries its command and YAML from the start, and its seconds once it is done."""
    begun = seen(STARTED, events.StepStarted(0, "apply", "kubectl apply -f -", "kind: Deployment"))
    assert [(step.state, step.yaml, step.seconds) for step in begun.steps] == [("running", "kind: Deployment", None)]
    done = seen(STARTED, events.StepStarted(0, "apply", "", ""), events.StepFinished(0, 1.5))
    assert [(step.state, step.seconds) for step in done.steps] == [("done", 1.5)]


def test_the_learner_is_to_type_the_command() -> None:
    """A step that waits for the learner says what to type and how long it waits."""
    view = seen(STARTED, events.StepStarted(0, "delete", "", ""), events.LearnersTurn(0, "kubectl delete pod a", 120))
    assert (view.steps[0].state, view.steps[0].command, view.steps[0].wait) == ("learner", "kubectl delete pod a", 120)


def test_a_running_step_never_counts_as_done() -> None:
    """However long a step takes, it fills at most nine tenths of its part until it is finished."""
    slow = seen(STARTED, (1.0, events.StepStarted(0, "wait", "", "")), (500.0, events.Measured("x", 1)))
    assert 0.4 < slow.share < 0.5
    assert seen(STARTED, events.StepStarted(0, "wait", "", ""), events.StepFinished(0, 1)).share == 0.5


def test_a_pod_lives_and_dies() -> None:
    """A pod is ready only with all containers ready and no deletion under way; a gone pod stays known."""
    assert seen(pod("a", phase="Running", ready="0/1")).pods["a"].is_ready is False
    assert seen(pod("a", phase="Running", ready="1/1")).pods["a"].is_ready is True
    going = seen(pod("a", phase="Running", ready="1/1", deleting=True)).pods["a"]
    assert (going.is_ready, going.status) == (False, "Terminating")
    gone = seen(pod("a", phase="Running", ready="1/1"), pod("a", "deleted", phase="Running", ready="1/1", deleting=True))
    assert gone.pods["a"].gone


def test_a_pod_of_the_same_name_is_another_pod() -> None:
    """The first sighting belongs to the UID, not to the name."""
    view = seen((1.0, pod("a", uid="u1")), (5.0, pod("a", uid="u1")), (9.0, pod("a", uid="u2")))
    assert view.pods["a"].first_seen == 9.0


def test_a_view_of_an_object_is_incomplete_or_odd() -> None:
    """Missing and unreadable values of the cluster stay empty."""
    view = seen(pod("a", restarts="many", phase=None), pod("b", restarts="3"))
    assert (view.pods["a"].restarts, view.pods["a"].phase, view.pods["b"].restarts) == (0, "", 3)


def test_workloads_and_services_come_and_go() -> None:
    """A ReplicaSet shows wanted and ready; a Service keeps its endpoints through its own changes; deletions remove them."""
    made = seen(
        events.ObjectChanged("added", "ReplicaSet", "web-1", "u", {"wanted": 3, "ready": 2, "owner": "web", "revision": "1"}),
        events.ObjectChanged("added", "EndpointSlice", "web-x", "u", {"service": "web", "ready": "a,b", "unready": "c"}),
        events.ObjectChanged("added", "Service", "web", "u", {"type": "NodePort", "node_port": 30080}),
        events.ObjectChanged("added", "ConfigMap", "other", "u", {}),
    )
    assert made.workloads["ReplicaSet", "web-1"].wanted == 3
    assert (made.services["web"].endpoints, made.services["web"].node_port) == (("a", "b"), "30080")
    emptied = seen(
        events.ObjectChanged("added", "Service", "web", "u", {"type": "ClusterIP"}),
        events.ObjectChanged("added", "EndpointSlice", "web-x", "u", {"service": "web", "ready": "a"}),
        events.ObjectChanged("deleted", "EndpointSlice", "web-x", "u", {"service": "web", "ready": "a"}),
    )
    assert emptied.services["web"].endpoints == ()
    assert seen(events.ObjectChanged("deleted", "Service", "web", "u", {})).services == {}
    gone = events.ObjectChanged("deleted", "ReplicaSet", "web-1", "u", {})
    assert seen(events.ObjectChanged("added", "ReplicaSet", "web-1", "u", {}), gone).workloads == {}


def test_requests_land_on_pods() -> None:
    """A lane adds up what each pod answered and what failed, and tells what came last."""
    view = seen(events.TrafficSeen("service", {"a": 2, "b": 1}, 0), (7.0, events.TrafficSeen("service", {"b": 3}, 1)))
    lane = view.lanes["service"]
    assert (lane.answers, lane.failed, lane.total) == ({"a": 2, "b": 4}, 1, 7)
    assert (lane.fresh, lane.at) == ({"b": 3}, 7.0)


def test_all_steps_are_done() -> None:
    """After the last step comes the cleanup, then the verdict."""
    steps = [event for n in (0, 1) for event in (events.StepStarted(n, "v", "", ""), events.StepFinished(n, 1.0))]
    assert seen(STARTED, *steps).stage == "cleaning"
    verdict = Verdict("replicaset/if-i-delete-a-pod", {"pods": 3}, ("pods == 3",), None, "proven")
    end = seen(
        STARTED,
        *steps,
        events.CleanedUp("kubenote-ab12", True, 6.0),
        events.DemoFinished("finished", verdict, predicted_right=True),
    )
    assert (end.stage, end.share, end.ending) == ("ended", 1.0, "finished")
    assert end.verdict == verdict
    assert end.cleanup is not None
    assert end.cleanup.gone


def test_the_cleanup_takes_everything_away() -> None:
    """What stood at the end of the steps is still to be seen afterwards."""
    step = (events.StepStarted(0, "v", "", ""), events.StepFinished(0, 1.0))
    one_step = replace(STARTED, steps=1)
    view = seen(one_step, pod("a", phase="Running", ready="1/1"), *step, pod("a", "deleted"))
    assert view.pods["a"].gone
    assert view.standing is not None
    assert view.standing.pods["a"].is_ready


def test_a_step_fails() -> None:
    """The failing step is marked, the reason kept, and the cleanup follows."""
    view = seen(STARTED, events.StepStarted(0, "wait", "", ""), events.StepFailed(0, "cluster-gone", {"seconds": 5}))
    assert (view.steps[0].state, view.stage, view.failures[0].code) == ("failed", "cleaning", "cluster-gone")


def test_the_learner_stops_the_run() -> None:
    """A stop is seen at once, before the cleanup is."""
    view = seen(STARTED, events.StepStarted(0, "wait", "", ""), events.Stopped("learner"))
    assert (view.stage, view.over) == ("cleaning", False)


def test_a_chatty_pod() -> None:
    """Only the last log lines are kept."""
    view = seen(*(events.LogLine("a", str(n)) for n in range(LOG_LINES + 5)))
    assert len(view.log) == LOG_LINES
    assert view.log[-1].text == str(LOG_LINES + 4)


def test_folding_goes_on_where_it_stopped() -> None:
    """Folding in two parts gives what folding at once gives."""
    moments = [Moment("r", n, n * 1.0, event) for n, event in enumerate((STARTED, pod("a"), events.Measured("x", 1)))]
    assert folded(moments[2:], folded(moments[:2])) == folded(moments)

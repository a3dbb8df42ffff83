"""Each verb alone: what it writes, what it measures from a watch, what it tells the learner to type."""

from __future__ import annotations

import threading

import pytest
from sandboxes import Watched, event, measured, pod, slice_

from assistant.lab.commands import Done
from assistant.lab.demo import Text
from assistant.lab.events import Adjusted, Changed, LogLine
from assistant.lab.guard import NodeFact
from assistant.lab.sandbox import IMAGE, RunStopped
from assistant.lab.steps.applying import Apply
from assistant.lab.steps.deleting import ChoosePod, DeletePod, SeeReplaced
from assistant.lab.steps.forwarding import Forward
from assistant.lab.steps.labelling import Relabel, SeeOwner, Select, WaitEndpoints
from assistant.lab.steps.lanes import tally
from assistant.lab.steps.living import Crash, LookAtPod, SeeLife, StaysGone, WaitRestarts
from assistant.lab.steps.objects import deployment, pod_spec, service
from assistant.lab.steps.rolling import SetVersion, WaitRolled
from assistant.lab.steps.scaling import Scale
from assistant.lab.steps.statuses import Ailment, SeeStatuses, shown_status
from assistant.lab.steps.streaming import StopTraffic, Traffic
from assistant.lab.steps.surveying import LookAround
from assistant.lab.steps.waiting import WaitReady
from assistant.lab.surveying import Survey, SystemPod
from knowledge.errors import StudyError

SAY = Text("", "")


@pytest.fixture
def sandbox() -> Watched:
    return Watched()


# applying


def test_apply_makes_its_objects_in_order(sandbox: Watched) -> None:
    """Each is an event, and the image of the settings stands in for the placeholder."""
    step = Apply(SAY, (deployment("web"), service("web")))
    assert list(step.perform(sandbox)) == []
    assert sandbox.cluster.calls == [("create", "Deployment", "web"), ("create", "Service", "web")]
    assert sandbox.told == [Changed("create", "Deployment", "web"), Changed("create", "Service", "web")]
    assert IMAGE not in sandbox.yaml(step)
    assert "image:1" in sandbox.yaml(step)
    assert sandbox.line(step) == "kubectl --context minikube -n ns apply -f -"


def test_apply_typed_by_the_learner(sandbox: Watched) -> None:
    """It took effect when the watch shows all of it, whoever made it."""
    step = Apply(SAY, ({"kind": "Pod", "metadata": {"name": "one"}},))
    assert not step.took_effect(sandbox)
    sandbox.show(pod("one"))
    assert step.took_effect(sandbox)


def test_nothing_is_written_after_a_stop(sandbox: Watched) -> None:
    """A stop ends the step before its next change."""
    sandbox.stopping.set()
    with pytest.raises(RunStopped):
        list(Apply(SAY, (service("web"),)).perform(sandbox))
    assert sandbox.cluster.calls == []


# waiting


def test_wait_ready_counts_what_stays(sandbox: Watched) -> None:
    """A pod on its way out does not count, and the pods of the first wait are remembered."""
    sandbox.show(pod("a"), pod("b"), pod("c", deleting=True))
    assert measured(WaitReady(SAY, "web", 2), sandbox)["pods_ready"] == 2
    sandbox.show(pod("a"), change="deleted")
    sandbox.show(pod("d"))
    later = measured(WaitReady(SAY, "web", 2, "later"), sandbox)
    assert (later["later_ready"], later["later_kept"]) == (2, 1)


def test_wait_ready_in_vain(sandbox: Watched) -> None:
    """A must fails with the next command; else what is there is measured, without a time."""
    sandbox.show(pod("a", ready=False))
    with pytest.raises(StudyError, match="pods-not-ready"):
        measured(WaitReady(SAY, "web", 1, seconds=0.01), sandbox)
    assert measured(WaitReady(SAY, "web", 1, seconds=0.01, must=False), sandbox) == {"pods_ready": 0, "pods_kept": 1}


# deleting


def test_the_oldest_ready_pod_is_chosen_and_deleted(sandbox: Watched) -> None:
    """The command that the learner sees names it."""
    sandbox.show(
        pod("young", created="2026-01-02T00:00:00Z"), pod("old"), pod("older", created="2025-01-01T00:00:00Z", ready=False)
    )
    assert list(ChoosePod(SAY, "web").perform(sandbox)) == [LogLine("kubectl", "old")]
    step = DeletePod(SAY, "web")
    assert sandbox.line(step).endswith("delete pod old")
    list(step.perform(sandbox))
    assert sandbox.cluster.calls == [("delete", "Pod", "old")]


def test_a_replacement_before_the_old_pod_is_gone(sandbox: Watched) -> None:
    """The order on the watch decides, not the clock of anything else."""
    sandbox.show(pod("a"), pod("b"))
    sandbox.memory["victim"] = "a"
    list(DeletePod(SAY, "web").perform(sandbox))
    assert not DeletePod(SAY, "web").took_effect(sandbox)
    sandbox.show(pod("a", deleting=True), change="modified")
    assert DeletePod(SAY, "web").took_effect(sandbox)
    sandbox.show(pod("c"))
    sandbox.show(pod("a", deleting=True), change="deleted")
    found = measured(SeeReplaced(SAY, "web"), sandbox)
    assert (found["replaced"], found["added_before_gone"], found["new_name"], found["new_uid"]) == (True, True, True, True)


def test_no_replacement_comes(sandbox: Watched) -> None:
    """A bare pod stays gone: not replaced, and nothing else is claimed."""
    sandbox.show(pod("a"))
    sandbox.show(pod("a"), change="deleted")
    found = measured(SeeReplaced(SAY, "web", seconds=0.01), sandbox) if sandbox.memory.setdefault("mark", "0") else {}
    assert found["replaced"] is False
    assert "added_before_gone" not in found


# living


def test_the_life_of_a_pod_in_order(sandbox: Watched) -> None:
    """Additions and changes are counted, and the events ordered by resourceVersion."""
    sandbox.show(pod("one", ready=False), event("one", "Scheduled"))
    sandbox.show(pod("one", ready=False), pod("one"), change="modified")
    sandbox.show(event("one", "Started"))
    found = measured(SeeLife(SAY, "one"), sandbox)
    assert (found["added"], found["modified"], found["changes"], found["in_order"]) == (1, 2, 3, True)
    assert found["events"] == "Scheduled → Started"
    assert found["scheduled_first"] is True


def test_a_pod_that_never_gets_ready(sandbox: Watched) -> None:
    """Its changes are counted, its events are not judged."""
    sandbox.show(pod("one", ready=False, scheduled=False))
    found = measured(SeeLife(SAY, "one", seconds=0.01), sandbox)
    assert found["changes"] == 1
    assert "scheduled_first" not in found


def test_a_crashed_container_comes_back(sandbox: Watched) -> None:
    """Same pod, same address, one restart more."""
    sandbox.show(pod("alone", app="alone"))
    list(Crash(SAY, "alone").perform(sandbox))
    assert sandbox.cluster.calls[0][:3] == ("kubectl", "exec", "alone")
    assert Changed("exec", "Pod", "alone") in sandbox.told
    sandbox.show(pod("alone", app="alone", restarts=1), change="modified")
    found = measured(WaitRestarts(SAY, "alone", "crash"), sandbox)
    assert (found["crash_restarts"], found["crash_same_uid"], found["crash_same_ip"]) == (1, True, True)


def test_no_restart_comes(sandbox: Watched) -> None:
    """Zero is a measurement."""
    sandbox.show(pod("alone"))
    assert measured(WaitRestarts(SAY, "alone", "x", seconds=0.01), sandbox)["x_restarts"] == 0
    assert measured(LookAtPod(SAY, "alone", "y"), sandbox) == {"y_restarts": 0, "y_is_ready": True}
    with pytest.raises(StudyError, match="no-such-pod"):
        measured(LookAtPod(SAY, "nobody", "y"), sandbox)


def test_what_comes_back_after_a_deletion(sandbox: Watched) -> None:
    """Nothing, or what is there."""
    assert measured(StaysGone(SAY, "web", seconds=0.01), sandbox)["came_back"] == 0
    sandbox.show(pod("again"))
    sandbox.cluster.selected = {"app=web": ("again",)}
    assert measured(StaysGone(SAY, "web", seconds=0.01, patience=0.01), sandbox)["came_back"] == 1


# statuses


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (pod("p"), "Running 1/1"),
        (pod("p", ready=False), "Running 0/1"),
        (pod("p", ready=False, phase="Pending", scheduled=False), "Pending"),
        (pod("p", ready=False, phase="Pending", waiting="ImagePullBackOff"), "ImagePullBackOff"),
        (pod("p", ready=False, waiting="CrashLoopBackOff"), "CrashLoopBackOff"),
        (pod("p", ready=False, phase="Failed", terminated="OOMKilled"), "OOMKilled"),
        (pod("p", deleting=True), "Terminating"),
    ],
)
def test_status_as_kubectl_shows_it(shown: dict[str, object], expected: str) -> None:
    """The words of the STATUS column."""
    assert shown_status(shown) == expected


def test_a_status_that_comes_and_goes(sandbox: Watched) -> None:
    """CrashLoopBackOff alternates with Error: what was seen once counts, and the event explains it."""
    step = SeeStatuses(SAY, (Ailment("exits", ("CrashLoopBackOff",), "BackOff"), Ailment("good", ("Running 1/1",))), 0.01)
    sandbox.show(pod("exits", ready=False, waiting="CrashLoopBackOff"), pod("good", ready=False), event("exits", "BackOff"))
    sandbox.show(pod("exits", ready=False, terminated="Error"), change="modified")
    found = measured(step, sandbox)
    assert (found["as_predicted"], found["of"], found["explained"], found["to_explain"]) == (1, 2, 1, 1)
    assert (found["status_exits"], found["status_good"]) == ("CrashLoopBackOff", "Running 0/1")


# labelling


def test_selectors_compared_with_what_was_predicted(sandbox: Watched) -> None:
    """Exactly the predicted names, in any order."""
    sandbox.cluster.selected = {"app=web": ("b", "a"), "!app": ("c",)}
    assert measured(Select(SAY, (("app=web", ("a", "b")), ("!app", ()))), sandbox) == {"selectors": 2, "selected": 1}


def test_a_label_is_changed(sandbox: Watched) -> None:
    """By name, or by what an earlier step remembered."""
    sandbox.memory["victim"] = "web-1"
    step = Relabel(SAY, "{victim}", "app", "apart")
    assert sandbox.line(step).endswith("label pod web-1 app=apart --overwrite")
    list(step.perform(sandbox))
    assert sandbox.cluster.calls[0][:3] == ("patch", "Pod", "web-1")
    sandbox.show(pod("web-1", app="apart"))
    assert step.took_effect(sandbox)
    assert sandbox.line(Relabel(SAY, "db-1", "app", "x")).endswith("label pod db-1 app=x --overwrite")


def test_endpoints_exactly_or_not(sandbox: Watched) -> None:
    """Unready ones stay listed, as unready."""
    sandbox.show(slice_("web", ["a", "b"], ["c"]))
    found = measured(WaitEndpoints(SAY, "web", ("b", "a"), "x", 1), sandbox)
    assert (found["x_exact"], found["x_endpoints"], found["x_unready"]) == (True, 2, 1)
    assert measured(WaitEndpoints(SAY, "web", ("a",), "y", seconds=0.01), sandbox)["y_exact"] is False


def test_an_unready_pod_that_is_listed_later(sandbox: Watched) -> None:
    """A pod without an address is in no slice yet: it is waited for, too."""
    sandbox.show(slice_("web", ["a"]))
    step = WaitEndpoints(SAY, "web", ("a",), "x", unready=("b",))
    later = threading.Timer(0.05, sandbox.show, (slice_("web", ["a"], ["b"]),), {"change": "modified"})
    later.start()
    found = measured(step, sandbox)
    later.join()
    assert (found["x_exact"], found["x_unready"]) == (True, 1)


def test_an_orphan_and_its_adoption(sandbox: Watched) -> None:
    """Owner and number of pods, as the watch shows them."""
    sandbox.memory["victim"] = "a"
    sandbox.show(pod("a", app="apart"), pod("b", owner="rs"))
    found = measured(SeeOwner(SAY, "victim", False, 2, "freed"), sandbox)
    assert (found["freed_owned"], found["freed_alive"], found["freed_total"]) == (False, True, 2)
    sandbox.show(pod("a", owner="rs"), change="modified")
    assert measured(SeeOwner(SAY, "victim", True, 3, "back", seconds=0.01), sandbox)["back_total"] == 2


# scaling and rolling


def test_scale_goes_through_the_scale_part(sandbox: Watched) -> None:
    """The least right that does it."""
    step = Scale(SAY, "web", 6)
    list(step.perform(sandbox))
    assert sandbox.cluster.calls[0][:4] == ("patch", "Deployment", "web", "scale")
    meta = {"name": "web", "uid": "d"}
    sandbox.show({"kind": "Deployment", "metadata": meta, "spec": {"replicas": 3}})
    assert not step.took_effect(sandbox)
    sandbox.show({"kind": "Deployment", "metadata": meta, "spec": {"replicas": 6}}, change="modified")
    assert step.took_effect(sandbox)


def test_the_least_and_the_most_during_a_roll_out(sandbox: Watched) -> None:
    """Counted at every change since the roll-out began; a pod on its way out is neither ready nor counted."""
    sandbox.show(pod("a", version="1"), pod("b", version="1"))
    list(SetVersion(SAY, "web", "2").perform(sandbox))
    assert sandbox.cluster.calls[0][4] == "strategic-merge"
    sandbox.show(pod("c", version="2", ready=False))
    sandbox.show(pod("c", version="2"), pod("a", version="1", deleting=True), change="modified")
    sandbox.show(pod("a", version="1", deleting=True), change="deleted")
    sandbox.show(pod("b", version="1", deleting=True), change="modified")
    sandbox.show(pod("b", version="1", deleting=True), change="deleted")
    found = measured(WaitRolled(SAY, "web", "2", count=1, seconds=0.01), sandbox)
    assert (found["rolled"], found["min_ready"], found["max_pods"], found["old_left"]) == (True, 1, 3, 0)


def test_set_version_took_effect(sandbox: Watched) -> None:
    """The template of the Deployment says so."""
    form = {"kind": "Deployment", **{k: v for k, v in deployment("web", pod_spec(version="2")).items() if k != "kind"}}
    form["metadata"] = {"name": "web", "uid": "d"}
    sandbox.show(form)
    assert SetVersion(SAY, "web", "2").took_effect(sandbox)
    assert not SetVersion(SAY, "web", "3").took_effect(sandbox)


# traffic


def test_a_tally_of_a_lane() -> None:
    """Sent, failed, distinct pods, the largest share, the counts from most to least."""
    values = {one.name: one.value for one in tally("api-proxy", {"a": 10, "b": 30}, 2, "x")}  # type: ignore[union-attr]
    assert values == {
        "x_proxy_sent": 42,
        "x_proxy_failed": 2,
        "x_proxy_pods": 2,
        "x_proxy_share": 75,
        "x_proxy_counts": "30/10",
    }


def test_steady_traffic_over_two_versions(sandbox: Watched) -> None:
    """Failures, the version that answered last, and how long both did."""

    class Ended:
        def end(self) -> None: ...

    sandbox.show(pod("a", version="1"), pod("b", version="2"))
    traffic = Traffic(sandbox, "service")
    for line in ("a 200 1", "", "b 200 1", " 000 0", "a 200 1", "b 200 1"):
        traffic.on_line(line)
    sandbox.kept["traffic"], sandbox.kept["traffic-process"] = traffic, Ended()
    step = StopTraffic(SAY, "roll", after=0.0)
    with pytest.raises(StudyError, match="no-traffic"):
        measured(step, sandbox)  # what holds the traffic must be a process of ours
    assert traffic.counted() == ({"a": 2, "b": 2}, 1)


def test_a_port_forward_that_listens_and_is_lost() -> None:
    """Only the chosen port and the loss are read; what stands between varies with kubectl's version."""
    forward = Forward()
    forward.on_line("Forwarding from 127.0.0.1:43211 -> 8080")
    forward.on_line("Handling connection for 43211")
    assert forward.port == 43211
    assert forward.listens.is_set()
    assert not forward.lost
    forward.on_line("error: lost connection to pod")
    assert forward.lost


# surveying


def test_a_platform_without_static_pods() -> None:
    """The expectation is adjusted, and that is said."""
    node = NodeFact("n", {}, ready=True)
    sandbox = Watched(Survey((node,), (SystemPod("proxy", "DaemonSet", "Running", 1, "docker"),)))
    events = list(LookAround(SAY).perform(sandbox))
    assert Adjusted("no-static-pods") in events
    values = measured(LookAround(SAY), sandbox)
    assert (values["static_pods"], values["static_expected"], values["daemonset_pods"]) == (0, 0, 1)


def test_kubectl_output_is_data(sandbox: Watched) -> None:
    """What a command prints is handed on as it is, and never run."""
    sandbox.outputs = [Done(0, "$(rm -rf /)", "")]
    assert sandbox.exec("p", "echo").output == "$(rm -rf /)"

"""The verbs about Services, proxies, roll-backs and the pod network, each alone."""

from __future__ import annotations

from typing import Any

import pytest
from sandboxes import Watched, measured, pod

from assistant.lab import nearby
from assistant.lab.commands import Done
from assistant.lab.demo import Text
from assistant.lab.events import Adjusted, Changed, Measured, TrafficSeen
from assistant.lab.guard import NodeFact
from assistant.lab.steps import outside
from assistant.lab.steps.comparing import Newcomers
from assistant.lab.steps.inside import SendInside, WaitAnswering, curl, parse
from assistant.lab.steps.networking import AskCallers, SeeAddresses, SeeProxyMode, SeeRoutes
from assistant.lab.steps.outside import FindNodePort, SeeBalancer, SeeCallers, TryOutside
from assistant.lab.steps.patching import Patch, SetImage, SetType, contains
from assistant.lab.steps.sending import Send
from assistant.lab.steps.undoing import SeeUndone, Undo, WaitDeadline, template_of
from assistant.lab.surveying import Survey, overlay, proxy_mode
from knowledge.errors import StudyError

SAY = Text("", "")
NODE = NodeFact("minikube", {}, ready=True, address="192.0.2.9")
Form = dict[str, Any]


@pytest.fixture
def sandbox() -> Watched:
    return Watched(Survey((NODE,), (), {"minikube": "10.244.0.0/24"}, "iptables"))


def service(kind: str = "ClusterIP", port: int = 0, ip: str = "10.96.0.7", external: str = "") -> Form:
    ports = [{"name": "http", "port": 80, **({"nodePort": port} if port else {})}]
    ingress = [{"ip": external}] if external else []
    return {
        "kind": "Service",
        "metadata": {"name": "web", "uid": "s"},
        "spec": {"type": kind, "clusterIP": ip, "ports": ports},
        "status": {"loadBalancer": {"ingress": ingress}},
    }


def at(form: Form, ip: str) -> Form:
    form["status"]["podIP"] = ip
    return form


def lines(*names: str, connections: int = 1) -> Done:
    return Done(0, "".join(f"{name} {200 if name else '000'} {connections if name else 0}\n" for name in names), "")


# inside


def test_a_line_of_curl() -> None:
    """The pod that answered and the connections it took; a refusal is nobody, any other line is none of curl's."""
    assert parse("web-1 200 1") == ("web-1", 1)
    assert parse("web-1 200 0") == ("web-1", 0)
    assert parse(" 000 0") == (None, 0)
    assert parse("not found 404 1") == (None, 1)
    assert parse("command terminated with exit code 7") is None


def test_new_connections_or_one_kept() -> None:
    """A new connection for each request is asked for in so many words; a steady pace only where one is wanted."""
    assert "Connection: close" in curl("http://web", 60)
    assert "Connection: close" not in curl("http://web", 60, keep_alive=True)
    assert "--rate" not in curl("http://web", 60)
    assert "50/s" in curl("http://web", 60, rate=50)


def test_requests_from_inside_are_counted_by_pod_and_connection(sandbox: Watched) -> None:
    """The Service is asked by its address; failures and connections are counted."""
    sandbox.show(service())
    sandbox.outputs = [lines("a", "b", "a", "")]
    values = measured(SendInside(SAY, count=4), sandbox)
    assert (values["service_pods"], values["service_counts"], values["service_failed"]) == (2, "2/1", 1)
    assert values["service_connections"] == 3
    assert sandbox.cluster.calls[-1][-1] == "http://10.96.0.7:80/hostname?[1-4]"
    assert Changed("exec", "Pod", "client") in sandbox.told


def test_one_connection_kept(sandbox: Watched) -> None:
    """Its lane is its own."""
    sandbox.show(service())
    sandbox.outputs = [Done(0, "a 200 1\na 200 0\na 200 0\n", "")]
    values = measured(SendInside(SAY, count=3, keep_alive=True), sandbox)
    assert (values["keep_alive_connections"], values["keep_alive_pods"]) == (1, 1)


def test_curl_did_not_run(sandbox: Watched) -> None:
    """What kubectl said is handed on as the reason."""
    sandbox.show(service())
    sandbox.outputs = [Done(1, "", "pod not found")]
    with pytest.raises(StudyError, match="no-traffic") as caught:
        measured(SendInside(SAY), sandbox)
    assert caught.value.facts["reason"] == "pod not found"


def test_asking_until_each_pod_has_answered(sandbox: Watched) -> None:
    """A refusal and a pod that is still unknown to the rules are waited out."""
    sandbox.show(service(), pod("a"), pod("b"))
    sandbox.outputs = [lines("", "a"), lines("a", "a"), lines(*["a", "b"] * 5)]
    list(WaitAnswering(SAY).perform(sandbox))
    assert sandbox.outputs == []


def test_asking_until_one_pod_answers(sandbox: Watched) -> None:
    """Twenty answers in a row come from so many pods."""
    sandbox.show(service(), pod("a"), pod("b"))
    sandbox.outputs = [lines(*["a", "b"] * 5), lines(*["a"] * 10), lines(*["a"] * 10)]
    list(WaitAnswering(SAY, pods=1).perform(sandbox))
    assert sandbox.outputs == []


def test_nobody_answers_inside(sandbox: Watched) -> None:
    """After its time it is an error, not an endless wait."""
    sandbox.show(service(), pod("a"))
    sandbox.outputs = [lines("", "")] * 50
    with pytest.raises(StudyError, match="no-traffic"):
        list(WaitAnswering(SAY, seconds=0.1).perform(sandbox))


# patching


def test_a_change_that_is_in_the_object() -> None:
    """Named things in a list are compared by name, all other fields one by one."""
    form = {"spec": {"type": "NodePort", "containers": [{"name": "a", "image": "1"}, {"name": "b", "image": "2"}]}}
    assert contains(form, {"spec": {"type": "NodePort"}})
    assert contains(form, {"spec": {"containers": [{"name": "b", "image": "2"}]}})
    assert not contains(form, {"spec": {"containers": [{"name": "b", "image": "1"}]}})
    assert not contains(form, {"spec": {"paused": True}})
    assert not contains(None, {"spec": {}})


def test_patch_says_how_to_type_it(sandbox: Watched) -> None:
    """The line by hand does the same as the call."""
    step = Patch(SAY, "Service", "web", {"spec": {"sessionAffinity": "ClientIP"}})
    line = """kubectl --context minikube -n ns patch service web -p '{"spec": {"sessionAffinity": "ClientIP"}}'"""
    assert sandbox.line(step) == line
    list(step.perform(sandbox))
    assert sandbox.cluster.calls[-1][:3] == ("patch", "Service", "web")
    assert sandbox.cluster.calls[-1][4] == "strategic-merge"


def test_a_type_typed_by_the_learner(sandbox: Watched) -> None:
    """It took effect once the watch shows it."""
    step = SetType(SAY, "web", "NodePort")
    sandbox.show(service())
    assert not step.took_effect(sandbox)
    sandbox.show(service("NodePort", 30123), change="modified")
    assert step.took_effect(sandbox)
    assert SetImage(SAY, "web", "x:1").arguments() == ("set", "image", "deployment/web", "main=x:1")


# outside


@pytest.fixture
def near(monkeypatch: pytest.MonkeyPatch) -> Form:
    """What this computer sees; a test changes it."""
    seen: Form = {"mine": False, "tunnel": False, "answers": {}, "source": "192.0.2.1"}
    monkeypatch.setattr(outside, "is_mine", lambda address: seen["mine"])
    monkeypatch.setattr(outside, "tunnel_runs", lambda address, nodes: seen["tunnel"])
    monkeypatch.setattr(outside, "http_get", lambda host, port, **how: seen["answers"].get((host, port)))
    monkeypatch.setattr(outside, "source_toward", lambda address: seen["source"])
    return seen


def test_a_cluster_ip_from_outside(sandbox: Watched, near: Form) -> None:
    """Nobody answers and nothing else is expected; no node and no pod has the address."""
    sandbox.show(service(), at(pod("a"), "10.244.0.5"))
    values = measured(TryOutside(SAY), sandbox)
    assert (values["outside_sent"], values["outside_answers"]) == (3, 0)
    assert values["outside_reached"] == values["outside_expected"]
    assert values["ip_owners"] == 0


@pytest.mark.parametrize(("what", "code"), [("tunnel", "cluster-ip-tunnel"), ("mine", "cluster-ip-on-node")])
def test_a_cluster_ip_that_this_computer_reaches(sandbox: Watched, near: Form, what: str, code: str) -> None:
    """With a tunnel, or on the node itself, an answer is expected, and that is said."""
    near[what] = True
    near["answers"] = {("10.96.0.7", 80): "a"}
    sandbox.show(service())
    events = list(TryOutside(SAY).perform(sandbox))
    assert Adjusted(code, {"address": "10.96.0.7"}) in events
    assert Measured("outside_reached", True) in events
    assert Measured("outside_expected", True) in events


def test_a_node_port_reached_directly(sandbox: Watched, near: Form) -> None:
    """The node's address and the port are the way in, from outside and inside."""
    near["answers"] = {("192.0.2.9", 30123): "a"}
    sandbox.show(service(), service("NodePort", 30123))
    assert measured(FindNodePort(SAY), sandbox) == {"node_port": 30123, "cluster_ip_kept": True}
    assert sandbox.kept["node-port"] == ("192.0.2.9", 30123)
    assert sandbox.memory["node_url"] == "http://192.0.2.9:30123"


def test_a_node_port_by_minikubes_own_way(sandbox: Watched, near: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the node cannot be reached, as with docker on macOS, Windows, WSL, the address of `minikube service` is taken."""
    monkeypatch.setattr(sandbox, "service_url", lambda name: "http://127.0.0.1:54321")
    sandbox.show(service("NodePort", 30123))
    events = list(FindNodePort(SAY, seconds=0.3).perform(sandbox))
    assert Adjusted("node-port-by-minikube", {"address": "192.0.2.9", "url": "http://127.0.0.1:54321"}) in events
    assert sandbox.kept["node-port"] == ("127.0.0.1", 54321)


def test_no_way_to_a_node_port(sandbox: Watched, near: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said, and asking then is an error with a hint."""
    monkeypatch.setattr(sandbox, "service_url", lambda name: "")
    sandbox.show(service("NodePort", 30123))
    events = list(FindNodePort(SAY, seconds=0.3).perform(sandbox))
    assert Adjusted("node-port-unreachable", {"address": "192.0.2.9", "url": ""}) in events
    with pytest.raises(StudyError, match="no-way-in"):
        measured(Send(SAY, ("node-port",)), sandbox)


def test_a_cluster_ip_that_changed(sandbox: Watched, near: Form) -> None:
    """A Service made anew has not kept its address."""
    near["answers"] = {("192.0.2.9", 30123): "a"}
    sandbox.show(service(ip="10.96.0.7"), service("NodePort", 30123, ip="10.96.0.8"))
    assert measured(FindNodePort(SAY), sandbox)["cluster_ip_kept"] is False


@pytest.mark.parametrize(
    ("caller", "is_node", "hidden"),
    [("10.244.0.1", True, True), ("192.0.2.9", True, True), ("192.0.2.1", False, False), ("10.244.0.5", False, True)],
    ids=["bridge of the node", "node", "this computer", "another pod"],
)
def test_whose_address_the_pods_saw(
    sandbox: Watched, near: Form, monkeypatch: pytest.MonkeyPatch, caller: str, is_node: bool, hidden: bool
) -> None:
    """Requests of the client pod are left out; an address of the pods' range that no pod has is the node's."""
    log = f"Serving on port 8080.\nHTTP request from 10.244.0.9:4711\nHTTP request from {caller}:6292\n"
    monkeypatch.setattr(sandbox, "log", lambda name: log)
    sandbox.show(at(pod("a"), "10.244.0.5"), at(pod("client", app="client"), "10.244.0.9"))
    values = measured(SeeCallers(SAY), sandbox)
    assert (values["callers"], values["caller"]) == (1, caller)
    assert (values["caller_is_node"], values["source_hidden"], values["hidden_expected"]) == (is_node, hidden, True)


def test_a_balancer_that_nobody_serves(sandbox: Watched, near: Form) -> None:
    """It stays pending; what it contains is still there."""
    sandbox.show(service(), service("NodePort", 30123), service("LoadBalancer", 30123))
    values = measured(SeeBalancer(SAY, seconds=0.1), sandbox)
    assert (values["pending"], values["pending_expected"], values["external"]) == (True, True, "<pending>")
    assert (values["cluster_ip_kept"], values["node_port_kept"], values["node_port"]) == (True, True, 30123)


@pytest.mark.parametrize(("tunnel", "code"), [(True, "balancer-tunnel"), (False, "balancer-other")])
def test_a_balancer_with_an_address(sandbox: Watched, near: Form, tunnel: bool, code: str) -> None:
    """The learner's tunnel, or whatever gives addresses here: said, asked, and no longer expected to be pending."""
    near["tunnel"], near["answers"] = tunnel, {("10.96.0.7", 80): "a"}
    sandbox.show(service("NodePort", 30123), service("LoadBalancer", 30999, external="10.96.0.7"))
    events = list(SeeBalancer(SAY).perform(sandbox))
    assert Adjusted(code, {"address": "10.96.0.7"}) in events
    assert Measured("pending_expected", False) in events
    assert Measured("balancer_answers", 10) in events
    assert TrafficSeen("load-balancer", {"a": 10}, 0) in events
    assert Measured("node_port_kept", False) in events


# comparing


def test_newcomers(sandbox: Watched) -> None:
    """Pods that only the later sending met; nothing is measured where one of the two met nobody."""
    sandbox.memory.update(proxy_names="a,b", after_proxy_names="b,c,d", none_names="")
    assert measured(Newcomers(SAY, "proxy", "after_proxy"), sandbox) == {"newcomers": 2}
    assert measured(Newcomers(SAY, "proxy", "none"), sandbox) == {}


# networking


@pytest.mark.parametrize(("mode", "adjusted"), [("iptables", False), ("nftables", False), ("ipvs", True), ("", True)])
def test_kube_proxys_mode(mode: str, adjusted: bool) -> None:
    """Where it does not choose at random, or is not there, the odds are no more than a hint: said."""
    events = list(SeeProxyMode(SAY).perform(Watched(Survey((), (), {}, mode))))
    assert Measured("proxy_mode", mode or "-") in events
    assert any(isinstance(event, Adjusted) for event in events) is adjusted


def test_every_pod_an_address(sandbox: Watched) -> None:
    """Two pods with one address are noticed."""
    sandbox.show(at(pod("a"), "10.244.0.5"), at(pod("b"), "10.244.0.5"), at(pod("client", app="client"), "10.244.0.9"))
    assert measured(SeeAddresses(SAY), sandbox) == {"pods": 3, "pod_ips": 2}
    assert "http://10.244.0.5:8080/clientip" in sandbox.line(AskCallers(SAY))


def test_whose_address_a_called_pod_sees(sandbox: Watched) -> None:
    """The caller's own is counted; an address that stands in between is not."""
    sandbox.show(at(pod("a"), "10.244.0.5"), at(pod("b"), "10.244.0.6"), at(pod("client", app="client"), "10.244.0.9"))
    sandbox.outputs = [Done(0, "10.244.0.9:1\n10.244.0.9:2\n", ""), Done(0, "10.244.0.9:3\n10.244.0.1:4\n", "")]
    values = measured(AskCallers(SAY, count=2), sandbox)
    assert (values["asked"], values["same"], values["seen_ip"]) == (4, 3, "10.244.0.1")


def test_an_overlay_and_a_single_node() -> None:
    """Both are said as they are; the pod's MTU is a number of its own."""
    sandbox = Watched(Survey((NODE,), (), {"minikube": "10.244.0.0/24"}, "iptables", "vxlan"))
    sandbox.outputs = [Done(0, "default via 10.244.0.1 dev eth0\n1450\n", "")]
    events = list(SeeRoutes(SAY).perform(sandbox))
    assert Measured("mtu", 1450) in events
    assert Measured("overlay", "vxlan") in events
    assert Adjusted("pods-on-one-node") in events
    assert Adjusted("overlay-present", {"kind": "vxlan"}) in events


# undoing


def deployment(revision: int, image: str, told: str = "", **spec: Any) -> Form:
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "main", "image": image}]}}
    conditions = [{"type": "Progressing", "status": "False", "reason": told, "message": "late"}] if told else []
    return {
        "kind": "Deployment",
        "metadata": {"name": "web", "uid": "d", "annotations": {"deployment.kubernetes.io/revision": str(revision)}},
        "spec": {"template": template, **spec},
        "status": {"conditions": conditions},
    }


def replicaset(name: str, revision: int, image: str, ready: int) -> Form:
    labels = {"app": "web", "pod-template-hash": name}
    return {
        "kind": "ReplicaSet",
        "metadata": {
            "name": name,
            "uid": f"uid-{name}",
            "annotations": {"deployment.kubernetes.io/revision": str(revision)},
            "ownerReferences": [{"name": "web", "kind": "Deployment", "controller": True}],
        },
        "spec": {"template": {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "main", "image": image}]}}},
        "status": {"replicas": ready, "readyReplicas": ready},
    }


def test_a_template_without_its_hash() -> None:
    """A Deployment's template has no pod-template-hash."""
    assert template_of(replicaset("old", 1, "x:1", 3))["metadata"]["labels"] == {"app": "web"}


def test_a_deadline_that_is_reported(sandbox: Watched) -> None:
    """The old pods are counted apart from the new, and nothing went back by itself."""
    sandbox.show(
        deployment(2, "x:bad", "ProgressDeadlineExceeded"), replicaset("old", 1, "x:1", 2), replicaset("new", 2, "x:bad", 0)
    )
    sandbox.show(pod("a", owner="old"), pod("b", owner="old"), pod("c", owner="new", ready=False))
    values = measured(WaitDeadline(SAY, "web", after=0.0), sandbox)
    assert (values["deadline_reported"], values["old_ready"], values["new_ready"]) == (True, 2, 0)
    assert (values["went_back"], values["revision_before"]) == (False, 2)


def test_a_deadline_that_is_far_away(sandbox: Watched) -> None:
    """Nothing is reported in time."""
    sandbox.show(deployment(1, "x:1"), replicaset("old", 1, "x:1", 3))
    values = measured(WaitDeadline(SAY, "web", seconds=0.1, after=0.0), sandbox)
    assert values["deadline_reported"] is False
    assert "deadline_seconds" not in values


def test_undo_writes_the_earlier_template(sandbox: Watched) -> None:
    """That of the revision before, as a JSON patch of the whole template."""
    sandbox.show(
        deployment(3, "x:bad"), replicaset("a", 1, "x:0", 0), replicaset("b", 2, "x:1", 3), replicaset("c", 3, "x:bad", 0)
    )
    list(Undo(SAY, "web").perform(sandbox))
    call = sandbox.cluster.calls[-1]
    assert call[:2] == ("patch", "Deployment")
    assert call[4] == "json"
    assert "x:1" in call[5]
    assert "pod-template-hash" not in call[5]


def test_undo_of_a_paused_deployment_or_of_the_first_revision(sandbox: Watched) -> None:
    """Refused, as kubectl refuses it."""
    sandbox.show(deployment(1, "x:1"), replicaset("a", 1, "x:1", 3))
    with pytest.raises(StudyError, match="nothing-to-undo"):
        list(Undo(SAY, "web").perform(sandbox))
    sandbox.show(deployment(2, "x:2", paused=True), replicaset("b", 2, "x:2", 0))
    with pytest.raises(StudyError, match="rollout-paused"):
        list(Undo(SAY, "web").perform(sandbox))


def test_an_undo_seen_on_the_watch(sandbox: Watched) -> None:
    """The same old ReplicaSet is back under a new revision; typed by the learner it counts as well."""
    sandbox.show(deployment(2, "x:bad"), replicaset("old", 1, "x:1", 3), replicaset("new", 2, "x:bad", 0))
    sandbox.memory["mark"] = str(sandbox.seen.mark())
    assert not Undo(SAY, "web").took_effect(sandbox)
    sandbox.show(deployment(3, "x:1"), replicaset("old", 3, "x:1", 3), change="modified")
    assert Undo(SAY, "web").took_effect(sandbox)
    values = measured(SeeUndone(SAY, "web"), sandbox)
    assert (values["undone"], values["same_replicaset"], values["revision_after"]) == (True, True, 3)
    assert (values["revision_rose"], values["replicasets"]) == (True, 2)


def test_no_undo(sandbox: Watched) -> None:
    """Within its time nothing came back."""
    sandbox.show(deployment(2, "x:bad"), replicaset("old", 1, "x:1", 3), replicaset("new", 2, "x:bad", 0))
    sandbox.memory["mark"] = str(sandbox.seen.mark())
    assert measured(SeeUndone(SAY, "web", seconds=0.1), sandbox)["undone"] is False


# nearby

ROUTES = """Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0
br0\t0000600A\t0931A8C0\t0003\t0\t0\t100\t0000F0FF\t0\t0\t0
"""


def test_a_route_through_a_node() -> None:
    """10.96.0.0/12 by way of 192.168.49.9; the default route is no tunnel, and another gateway no node."""
    assert nearby.routed(ROUTES, "10.105.1.2", ["192.168.49.9"])
    assert not nearby.routed(ROUTES, "10.244.0.5", ["192.168.49.9"])
    assert not nearby.routed(ROUTES, "10.105.1.2", ["192.168.49.2"])
    assert not nearby.routed(ROUTES, "10.105.1.2", ["10.0.0.1"])
    assert not nearby.routed("", "10.105.1.2", ["192.168.49.9"])


def test_minikubes_list_of_tunnels(monkeypatch: pytest.MonkeyPatch) -> None:
    """One whose process lives and whose range has the address; a list that is none of Minikube's says nothing."""
    listed = (
        '[{"Route":{"Gateway":"192.168.49.2","DestCIDR":{"IP":"10.96.0.0","Mask":"//AAAA=="}},"MachineName":"m","Pid":4711}]'
    )
    monkeypatch.setattr(nearby, "_lives", lambda pid: pid == 4711)
    assert nearby.listed(listed, "10.105.1.2")
    assert not nearby.listed(listed, "10.244.0.5")
    monkeypatch.setattr(nearby, "_lives", lambda pid: False)
    assert not nearby.listed(listed, "10.105.1.2")
    for broken in ("", "null", "{}", "[1]", "nonsense", '[{"Route":{"DestCIDR":{"IP":"x","Mask":""}},"Pid":1}]'):
        assert not nearby.listed(broken, "10.105.1.2")


def test_this_computers_own_addresses() -> None:
    """The loopback is its own, an address of the documentation is not."""
    assert nearby.is_mine("127.0.0.1")
    assert not nearby.is_mine("192.0.2.77")
    assert nearby.source_toward("127.0.0.1") == "127.0.0.1"
    assert nearby.source_toward("not an address") == ""


# surveying


@pytest.mark.parametrize(
    ("text", "mode"),
    [('{"mode": "ipvs"}', "ipvs"), ("mode: ''", "iptables"), ("kind: X", "iptables"), ("- no\n- map", ""), (":\n:", "")],
)
def test_the_mode_in_kube_proxys_config(text: str, mode: str) -> None:
    """Left empty it is iptables; what cannot be read says nothing."""
    assert proxy_mode({"data": {"config.conf": text}}) == mode
    assert proxy_mode(None) == ""


@pytest.mark.parametrize(
    ("notes", "kind"),
    [
        ({}, ""),
        ({"flannel.alpha.coreos.com/backend-type": "vxlan"}, "vxlan"),
        ({"flannel.alpha.coreos.com/backend-type": "host-gw"}, ""),
        ({"projectcalico.org/IPv4IPIPTunnelAddr": "10.244.0.1"}, "ipip"),
        ({"projectcalico.org/IPv4VXLANTunnelAddr": "10.244.0.1"}, "vxlan"),
    ],
)
def test_what_a_cni_notes_about_encapsulation(notes: dict[str, str], kind: str) -> None:
    """Plain routes between nodes are no overlay."""
    assert overlay({"metadata": {"name": "n", "annotations": notes}}) == kind

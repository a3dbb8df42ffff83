"""From this computer: a ClusterIP that it should not reach, and the ways in that a NodePort and a load balancer open."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any, ClassVar
from urllib.parse import urlsplit

from assistant.lab.demo import Text
from assistant.lab.events import Adjusted, Event, LogLine, Measured, TrafficSeen
from assistant.lab.nearby import is_mine, source_toward, tunnel_runs
from assistant.lab.sandbox import Sandbox
from assistant.lab.steps.inside import CLIENT
from assistant.lab.steps.lanes import http_get
from assistant.lab.steps.verb import Verb

HERE = "this computer"
_CALLER = re.compile(r"HTTP request from \[?([0-9a-fA-F.:]+?)\]?:\d+\s*$")


def cluster_ip(sandbox: Sandbox, service: str) -> tuple[str, bool]:
    """The ClusterIP of a Service, and whether it has been the same since the Service was made."""
    seen = [one.form["spec"] for one in sandbox.seen.since(0) if one.kind == "Service" and one.name == service]
    addresses = [str(spec.get("clusterIP") or "") for spec in seen if spec.get("clusterIP")]
    return (addresses[-1], len({*addresses}) == 1) if addresses else ("", False)


def node_port(sandbox: Sandbox, service: str) -> int:
    """The port that a Service has on every node, 0 where it has none."""
    form: dict[str, Any] = sandbox.seen.get("Service", service) or {}
    return next((int(port["nodePort"]) for port in (form.get("spec") or {}).get("ports") or [] if port.get("nodePort")), 0)


@dataclass(frozen=True, slots=True)
class TryOutside(Verb):
    """Ask a Service's ClusterIP from this computer, `tries` times at once, each within 3 s.

    Measures `outside_sent`, `outside_answers`, `outside_reached`, `outside_expected` (True where a tunnel of the learner's
    runs, or this computer is the node: Adjusted), and `ip_owners`: how many nodes and pods of the run have this address.
    """

    say: Text
    service: str = "web"
    tries: int = 3
    verb: ClassVar[str] = "try-outside"

    def arguments(self) -> tuple[str, ...]:
        return ("get", "service", self.service, "-o", "wide")

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        address, _ = cluster_ip(sandbox, self.service)
        nodes = [node.address for node in sandbox.survey().nodes]
        here = any(map(is_mine, filter(None, nodes)))
        tunnel = tunnel_runs(address, nodes)
        if here or tunnel:
            yield Adjusted("cluster-ip-tunnel" if tunnel else "cluster-ip-on-node", {"address": address})
        with ThreadPoolExecutor(self.tries) as several:
            answers = list(several.map(lambda _: http_get(address, 80), range(self.tries)))
        sandbox.check()
        for answer in answers:
            yield LogLine(HERE, f"http://{address}: {answer or '-'}")
        reached = sum(answer is not None for answer in answers)
        pods = [str((pod.get("status") or {}).get("podIP") or "") for pod in sandbox.seen.pods()]
        yield Measured("outside_sent", self.tries)
        yield Measured("outside_answers", reached)
        yield Measured("outside_reached", reached > 0)
        yield Measured("outside_expected", here or tunnel)
        yield Measured("ip_owners", [*nodes, *pods].count(address))


@dataclass(frozen=True, slots=True)
class FindNodePort(Verb):
    """Find the Service's port on the nodes, and the way to it from this computer.

    Measures `node_port`, `cluster_ip_kept`, and remembers `node_url` for requests from inside. Where no node can be reached
    (the docker driver on macOS, Windows, WSL), the way is the one that `minikube service --url` opens: Adjusted.
    """

    say: Text
    service: str = "web"
    seconds: float = 6.0
    verb: ClassVar[str] = "find-node-port"

    def arguments(self) -> tuple[str, ...]:
        return ("get", "service", self.service, "-o", "wide")

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        port = sandbox.wait(lambda: node_port(sandbox, self.service) or None, self.seconds) or 0
        yield Measured("node_port", port)
        yield Measured("cluster_ip_kept", cluster_ip(sandbox, self.service)[1])
        nodes = [node.address for node in sandbox.survey().nodes if node.address]
        if not port or not nodes:
            return
        sandbox.memory["node_url"] = f"http://{nodes[0]}:{port}"
        place: tuple[str, int] | None = (nodes[0], port)
        if is_mine(nodes[0]):
            yield Adjusted("node-port-on-node", {"address": nodes[0]})
        elif not self._answers(sandbox, nodes[0], port):
            url = sandbox.service_url(self.service)
            parts = urlsplit(url)
            place = (parts.hostname, parts.port) if parts.hostname and parts.port else None
            yield Adjusted("node-port-by-minikube" if place else "node-port-unreachable", {"address": nodes[0], "url": url})
        if place is not None:
            sandbox.kept["node-port"] = place
            yield LogLine(HERE, f"http://{place[0]}:{place[1]}")

    def _answers(self, sandbox: Sandbox, host: str, port: int) -> bool:
        """It answers within the time; just after a change it refuses for a moment."""
        for _ in range(round(self.seconds / 0.3)):
            if http_get(host, port, seconds=1.0) is not None:
                return True
            sandbox.sleep(0.3)
        return False


@dataclass(frozen=True, slots=True)
class SeeCallers(Verb):
    """Read in the pods' logs from which address the requests of this computer came.

    Measures `caller` (the most frequent that is not the client pod), `callers` (how many requests were from outside),
    `caller_is_node` (a node's address: its own, or one of its pods' range that no pod has), `source_hidden` (this computer's
    own address is in no log), and `hidden_expected`: False where this computer is the node, whose address is then its own.
    """

    say: Text
    app: str = "web"
    verb: ClassVar[str] = "see-callers"

    def arguments(self) -> tuple[str, ...]:
        return ("logs", "-l", f"app={self.app}", "--tail=5", "--prefix")

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        around = sandbox.survey()
        nodes = [node.address for node in around.nodes if node.address]
        pods = {str((pod.get("status") or {}).get("podIP") or "") for pod in sandbox.seen.pods()}
        asker = sandbox.seen.get("Pod", CLIENT) or {}
        inside = str((asker.get("status") or {}).get("podIP") or "")
        found = Counter[str]()
        for pod in sandbox.seen.pods(self.app):
            name = str(pod["metadata"]["name"])
            lines = sandbox.log(name).splitlines()
            found.update(match.group(1) for match in map(_CALLER.search, lines) if match and match.group(1) != inside)
            if lines:
                yield LogLine(name, lines[-1])
        mine = source_toward(nodes[0]) if nodes else ""
        yield Measured("callers", sum(found.values()))
        yield Measured("hidden_expected", not any(map(is_mine, nodes)))
        if found:
            caller = found.most_common(1)[0][0]
            in_range = any(cidr and ip_address(caller) in ip_network(cidr) for cidr in around.routes.values())
            yield Measured("caller", caller)
            yield Measured("caller_is_node", caller in nodes or (in_range and caller not in pods))
            if mine:
                yield Measured("source_hidden", mine not in found)


@dataclass(frozen=True, slots=True)
class SeeBalancer(Verb):
    """See whether anybody gives the Service an outer address, and ask it `tries` times where somebody did.

    Measures `pending`, `external` (the address, or <pending>), `pending_expected` (False where a tunnel or another
    implementation gives addresses: Adjusted), `cluster_ip_kept`, `node_port`, `node_port_kept`, `balancer_sent`, `_answers`.
    """

    say: Text
    service: str = "web"
    tries: int = 10
    seconds: float = 3.0
    verb: ClassVar[str] = "see-balancer"

    def arguments(self) -> tuple[str, ...]:
        return ("get", "service", self.service)

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        address, kept = cluster_ip(sandbox, self.service)
        tunnel = tunnel_runs(address, [node.address for node in sandbox.survey().nodes])
        external = sandbox.wait(lambda: self._external(sandbox), 15.0 if tunnel else self.seconds) or ""
        port = node_port(sandbox, self.service)
        if tunnel or external:
            yield Adjusted("balancer-tunnel" if tunnel else "balancer-other", {"address": external})
        seen = [one.form["spec"] for one in sandbox.seen.since(0) if one.kind == "Service" and one.name == self.service]
        before = {one["ports"][0].get("nodePort") for one in seen if one.get("type") == "NodePort"}
        yield Measured("external", external or "<pending>")
        yield Measured("pending", not external)
        yield Measured("pending_expected", not (tunnel or external))
        yield Measured("cluster_ip_kept", kept)
        yield Measured("node_port", port)
        yield Measured("node_port_kept", before == {port} if before else port > 0)
        if external:
            self._settle(sandbox, external)
            answers = [http_get(external, 80) for _ in range(self.tries)]
            yield Measured("balancer_sent", self.tries)
            yield Measured("balancer_answers", sum(answer is not None for answer in answers))
            yield TrafficSeen("load-balancer", dict(Counter(filter(None, answers))), answers.count(None))
        nodes = [node.address for node in sandbox.survey().nodes if node.address]
        if nodes and port:
            sandbox.memory["node_url"] = f"http://{nodes[0]}:{port}"

    def _settle(self, sandbox: Sandbox, host: str) -> None:
        """Ask until it answers, 5 s at most: just after a change it refuses for a moment. The counting decides."""
        for _ in range(17):
            if http_get(host, 80, seconds=1.0) is not None:
                return
            sandbox.sleep(0.3)

    def _external(self, sandbox: Sandbox) -> str | None:
        form: dict[str, Any] = sandbox.seen.get("Service", self.service) or {}
        given = ((form.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
        return next((str(one.get("ip") or one.get("hostname")) for one in given), None)

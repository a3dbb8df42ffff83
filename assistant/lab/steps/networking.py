"""The network of the pods: whom a pod sees calling it, how kube-proxy works here, what the CNI does to packets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from assistant.lab.demo import Text
from assistant.lab.events import Adjusted, Event, LogLine, Measured, TrafficSeen
from assistant.lab.sandbox import Sandbox
from assistant.lab.seen import Form
from assistant.lab.steps.inside import CLIENT, address
from assistant.lab.steps.objects import PORT
from assistant.lab.steps.verb import Verb
from knowledge.errors import StudyError


def _ip(pod: Form) -> str:
    return str((pod.get("status") or {}).get("podIP") or "")


@dataclass(frozen=True, slots=True)
class SeeProxyMode(Verb):
    """Look up how kube-proxy works here. Measures `proxy_mode` ("-": none); Adjusted unless it chooses at random."""

    say: Text
    verb: ClassVar[str] = "see-proxy-mode"

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        mode = sandbox.survey().proxy_mode
        yield Measured("proxy_mode", mode or "-")
        if mode not in ("iptables", "nftables"):
            yield Adjusted("proxy-mode", {"mode": mode or "-"})


@dataclass(frozen=True, slots=True)
class SeeAddresses(Verb):
    """Show the addresses of all pods of the run. Measures `pods`, `pod_ips` (different ones); remembers one of `app`."""

    say: Text
    app: str = "web"
    verb: ClassVar[str] = "see-addresses"

    def arguments(self) -> tuple[str, ...]:
        return ("get", "pods", "-o", "wide")

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        pods = sandbox.seen.pods()
        for pod in pods:
            yield LogLine(str(pod["metadata"]["name"]), _ip(pod))
        sandbox.memory[f"{self.app}_ip"] = next((_ip(pod) for pod in sandbox.seen.pods(self.app)), "")
        yield Measured("pods", len(pods))
        yield Measured("pod_ips", len({*map(_ip, pods)} - {""}))


@dataclass(frozen=True, slots=True)
class AskCallers(Verb):
    """Ask each pod of an app directly, or a Service instead, `count` times: whose address do they see?

    Measures `asked`, `same` (the client's own pod IP was seen), `caller_ip`, and `seen_ip` (the last one seen).
    """

    say: Text
    app: str = "web"
    count: int = 4
    service: str = ""
    verb: ClassVar[str] = "ask-callers"

    def arguments(self) -> tuple[str, ...]:
        return ("exec", CLIENT, "--", "curl", "-s", "-m", "2", "http://{" + self.app + "_ip}:" + f"{PORT}/clientip")

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        pods = sandbox.seen.pods(self.app)
        mine = _ip(sandbox.seen.get("Pod", CLIENT) or {})
        where = {_ip(pod): f"http://{_ip(pod)}:{PORT}" for pod in pods}
        if self.service:
            where = {self.service: address(sandbox, self.service)}
        callers: list[str] = []
        asked = 0
        for place, url in where.items():
            line = ("curl", "-s", "-m", "2", "-H", "Connection: close", "-w", "\\n", f"{url}/clientip?[1-{self.count}]")
            done = sandbox.exec(CLIENT, *line, seconds=30.0)
            answers = [one.strip().rpartition(":")[0].strip("[]") for one in done.output.splitlines() if ":" in one]
            callers += answers
            asked += self.count
            name = next((str(pod["metadata"]["name"]) for pod in pods if _ip(pod) == place), place)
            yield TrafficSeen("pod", {name: len(answers)} if answers else {}, self.count - len(answers))
            yield LogLine(name, ", ".join(sorted({*answers})))
        if not callers:
            raise StudyError("no-traffic", reason="/clientip")
        yield Measured("asked", asked)
        yield Measured("same", callers.count(mine))
        yield Measured("caller_ip", mine)
        yield Measured("seen_ip", callers[-1])


@dataclass(frozen=True, slots=True)
class SeeRoutes(Verb):
    """Show the pod's own routes, the range of each node, and whether the CNI encapsulates, as it is.

    Measures `nodes`, `mtu` (of the pod's interface, bytes) and `overlay` ("-" where the CNI announces none).
    """

    say: Text
    verb: ClassVar[str] = "see-routes"

    def arguments(self) -> tuple[str, ...]:
        return ("exec", CLIENT, "--", "ip", "route")

    def perform(self, sandbox: Sandbox) -> Iterator[Event]:
        done = sandbox.exec(CLIENT, "sh", "-c", "ip route; cat /sys/class/net/eth0/mtu")
        lines = done.output.splitlines()
        for line in lines[:-1]:
            yield LogLine(CLIENT, line.strip())
        around = sandbox.survey()
        for node, cidr in around.routes.items():
            yield LogLine(node, cidr)
        yield Measured("nodes", len(around.nodes))
        if lines and lines[-1].strip().isdecimal():
            yield Measured("mtu", int(lines[-1]))
        yield Measured("overlay", around.overlay or "-")
        if len(around.nodes) == 1:
            yield Adjusted("pods-on-one-node")
        if around.overlay:
            yield Adjusted("overlay-present", {"kind": around.overlay})

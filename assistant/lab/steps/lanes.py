"""The ways a request can take from this computer, one function a lane; each gives the pod that answered, or None.

A pod answers with its own name. Every request is a connection of its own, with a deadline.
"""

from __future__ import annotations

import http.client
from collections.abc import Mapping

from assistant.lab.demo import Value
from assistant.lab.events import Event, Measured
from assistant.lab.sandbox import Sandbox
from knowledge.errors import StudyError

SHORT: Mapping[str, str] = {
    "service": "service",
    "api-proxy": "proxy",
    "port-forward": "forward",
    "node-port": "node_port",
    "load-balancer": "balancer",
    "pod": "pod",
    "keep-alive": "keep_alive",
}
"""How a lane is called in the names of measures."""


def http_get(host: str, port: int, path: str = "/hostname", seconds: float = 3.0) -> str | None:
    """The answer to one GET on a connection of its own; None where none came."""
    connection = http.client.HTTPConnection(host, port, timeout=seconds)
    try:
        connection.request("GET", path, headers={"Connection": "close"})
        response = connection.getresponse()
        text = response.read(400).decode("utf-8", "replace").strip()
        return text if response.status == 200 and text else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def ask_proxy(sandbox: Sandbox, service: str) -> str | None:
    """One GET through the API server's service proxy."""
    try:
        reply = sandbox.ask_service(service, "/hostname")
    except StudyError:
        return None
    return reply.text.strip() if reply.status == 200 and reply.text.strip() else None


def tally(lane: str, answers: Mapping[str, int], failed: int, name: str = "") -> tuple[Event, ...]:
    """What a lane measured: `{lane}_sent`, `_failed`, `_pods` (distinct), `_share` (largest, %), `_counts` ("21/20/19")."""
    total, key = sum(answers.values()), (f"{name}_" if name else "") + SHORT[lane]
    counts = sorted(answers.values(), reverse=True)
    values: dict[str, Value] = {
        "sent": total + failed,
        "failed": failed,
        "pods": len(answers),
        "share": round(100 * counts[0] / total) if total else 0,
        "counts": "/".join(map(str, counts)) or "0",
    }
    return tuple(Measured(f"{key}_{what}", value) for what, value in values.items())

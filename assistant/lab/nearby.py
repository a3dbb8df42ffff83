"""What of this computer matters where the outside is involved: is it a node itself, and does a tunnel of the learner's run.

Only looked at, never made: no packet is sent, no lock is taken. Minikube's tunnel is known by the route that it makes, and by
its own list of tunnels with the process that holds each.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

ROUTES = Path("/proc/net/route")


def is_mine(address: str) -> bool:
    """This computer has this address: then it is the node, and its outside is the cluster's inside."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
            probe.bind((address, 0))
    except OSError:
        return False
    return True


def source_toward(address: str) -> str:
    """The address this computer would send from, "" where it has no way there. Connecting a datagram socket sends nothing."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 9))
            return str(probe.getsockname()[0])
    except OSError:
        return ""


def tunnel_runs(address: str, nodes: Iterable[str]) -> bool:
    """A tunnel leads from this computer to this address of the cluster."""
    return routed(_text(ROUTES), address, nodes) or listed(_text(_minikube_home() / "tunnels.json"), address)


def routed(table: str, address: str, nodes: Iterable[str]) -> bool:
    """A table like /proc/net/route leads to the address through one of the nodes."""
    wanted, through = IPv4Address(address), set(nodes)
    for line in table.splitlines()[1:]:
        parts = line.split()
        if len(parts) < 8 or str(_little_endian(parts[2])) not in through:
            continue
        mask = _little_endian(parts[7])
        if int(mask) and wanted in IPv4Network((int(_little_endian(parts[1])), str(mask)), strict=False):
            return True
    return False


def listed(text: str, address: str) -> bool:
    """Minikube's list of tunnels has one to the address whose process lives."""
    try:
        for one in json.loads(text or "[]"):
            place = one["Route"]["DestCIDR"]
            network = IPv4Network((place["IP"], str(_mask(place["Mask"]))), strict=False)
            if IPv4Address(address) in network and _lives(int(one["Pid"])):
                return True
    except (ValueError, KeyError, TypeError):
        pass
    return False


def _mask(encoded: str) -> IPv4Address:
    """A mask as Go writes it into JSON: base64 of its four bytes."""
    import base64

    return IPv4Address(base64.b64decode(encoded))


def _lives(pid: int) -> bool:
    if sys.platform == "win32":  # pragma: no cover  (asking would end it there)
        return True
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True


def _little_endian(text: str) -> IPv4Address:
    return IPv4Address(int.from_bytes(bytes.fromhex(text), "little"))


def _minikube_home() -> Path:
    """Where Minikube keeps its own: as it finds it itself."""
    named = os.environ.get("MINIKUBE_HOME", "")
    home = Path(named) if named else Path.home()
    return home if home.name == ".minikube" else home / ".minikube"


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""

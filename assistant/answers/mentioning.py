"""Which of our subjects a text names, and where. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAMES: tuple[tuple[str, str], ...] = (
    ("port-forward", r"포트\s?포워딩|포트\s?포워드|port[ -]?forward(?:ing)?"),
    ("rolling-update", r"롤링\s?(?:업데이트|배포)|rolling[ -](?:updates?|deploys?)"),
    ("rollback", r"롤백|roll\s?back"),
    ("replicaset", r"레플리카\s?셋|replica\s?sets?"),
    ("deployment", r"디플로이먼트|deployments?"),
    ("cluster-ip", r"클러스터\s?ip|cluster\s?ip"),
    ("node-port", r"노드\s?포트|node\s?ports?"),
    ("load-balancer", r"로드\s?밸런서|load\s?balancers?"),
    ("service", r"서비스|\bservices?\b"),
    ("pod", r"파드|포드|팟|\bpods?\b"),
)
_ANY = re.compile("|".join(f"(?P<c{number}>{pattern})" for number, (_, pattern) in enumerate(_NAMES)), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mention:
    """A subject's canonical term, the words that name it, and their place in the text."""

    term: str
    text: str
    start: int
    end: int


def mentions(text: str) -> list[Mention]:
    """The subjects that the text names, in order."""
    found: list[Mention] = []
    for match in _ANY.finditer(text):
        number = int(str(match.lastgroup)[1:])
        found.append(Mention(_NAMES[number][0], match.group(0), match.start(), match.end()))
    return found

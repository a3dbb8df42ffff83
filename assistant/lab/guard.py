"""Is this the learner's Minikube, and the one they agreed to? Five checks on content; a name proves nothing. Pure over facts.

`configured` judges what the kubeconfig says before anything is sent; only if it passes is the cluster read, and `answered`
judges what came back. A refusal carries the code of the first check that failed.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from assistant.lab.kubeconfig import Kubeconfig
from knowledge.errors import StudyError

PROVIDER = "minikube.sigs.k8s.io"
NAME_LABEL = "minikube.k8s.io/name"
VERSION_LABEL = "minikube.k8s.io/version"
CHECKS = ("extension", "address", "answers", "labels", "agreed")


@dataclass(frozen=True, slots=True)
class NodeFact:
    """A node as the API shows it."""

    name: str
    labels: Mapping[str, str]
    ready: bool
    address: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the cluster said. `trouble` is "" or a code: guard-no-answer, guard-not-kubernetes, guard-not-allowed."""

    trouble: str = ""
    reason: str = ""
    version: str = ""
    nodes: tuple[NodeFact, ...] = ()
    uid: str = ""

    @property
    def minikube(self) -> str:
        """Minikube's version as its nodes are labelled, "" where they are not."""
        return next((node.labels[VERSION_LABEL] for node in self.nodes if VERSION_LABEL in node.labels), "")


@dataclass(frozen=True, slots=True)
class Check:
    """One of the five: passed, failed, or None where an earlier one failed and nobody asked. `code` says why it failed."""

    id: str
    passed: bool | None
    code: str = ""
    facts: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Examination:
    """All five checks, in the order of `CHECKS`, and what the cluster said where it was asked."""

    checks: tuple[Check, ...]
    answer: Answer | None = None

    @property
    def refusal(self) -> StudyError | None:
        """Why not; None where all five pass."""
        return next((StudyError(check.code, **check.facts) for check in self.checks if check.passed is False), None)


def _loopback_or_private(server: str) -> bool:
    host = urlsplit(server).hostname or ""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return (address.is_loopback or address.is_private) and not address.is_unspecified


def configured(profile: str, found: Kubeconfig) -> tuple[Check, Check]:
    """The first two checks, before anything is sent: Minikube's extension, and an address that is near and direct."""

    def no(code: str, **facts: str) -> tuple[Check, Check]:
        return Check("extension", False, code, {"profile": profile, **facts}), Check("address", None)

    if found.state in ("absent", "empty", "broken"):
        return no(f"guard-kubeconfig-{found.state}", path=found.path, reason=found.reason)
    entry = found.entry
    if entry is None:
        return no("guard-no-context", contexts=", ".join(found.contexts[:5]))
    if entry.provider != PROVIDER:
        return no("guard-not-minikube", server=entry.server)
    here = Check("extension", True, facts={"profile": profile})
    facts = {"profile": profile, "server": entry.server, "proxy": entry.proxy}
    if entry.proxy:
        return here, Check("address", False, "guard-proxy", facts)
    if not entry.server.startswith("https://") or not _loopback_or_private(entry.server):
        return here, Check("address", False, "guard-public-address", facts)
    if not entry.credentials:
        return here, Check("address", False, "guard-credentials", facts)
    return here, Check("address", True, facts=facts)


def answered(profile: str, answer: Answer, agreed: bool | None, expected_uid: str = "") -> tuple[Check, Check, Check]:
    """The other three: it answers as Kubernetes with a Ready node, every node is labelled, and its UID was agreed to.

    `agreed` None leaves the last one open (to look without having asked). `expected_uid`: the UID this run began with.
    """
    facts: dict[str, str | int] = {"profile": profile, "reason": answer.reason}
    if answer.trouble:
        return Check("answers", False, answer.trouble, facts), Check("labels", None), Check("agreed", None)
    if not any(node.ready for node in answer.nodes):
        return Check("answers", False, "guard-not-ready", facts), Check("labels", None), Check("agreed", None)
    answers = Check("answers", True, facts={"version": answer.version, "nodes": len(answer.nodes)})
    strange = [node.name for node in answer.nodes if node.labels.get(NAME_LABEL) != profile or VERSION_LABEL not in node.labels]
    if strange:
        labels = Check("labels", False, "guard-node-labels", {"profile": profile, "node": strange[0]})
        return answers, labels, Check("agreed", None)
    labels = Check("labels", True, facts={"version": answer.minikube})
    known = {"profile": profile, "context": profile, "uid": answer.uid}
    if expected_uid and answer.uid != expected_uid:
        return answers, labels, Check("agreed", False, "guard-other-uid", {**known, "expected": expected_uid})
    if agreed is False:
        return answers, labels, Check("agreed", False, "consent-missing", known)
    return answers, labels, Check("agreed", agreed, facts=known)

"""What a run ran on, in words that are true: "Minikube v1.38.1, driver docker", or "single-node test cluster"."""

from __future__ import annotations

import json
import os

from assistant.lab import commands
from assistant.lab.guard import Answer
from knowledge.errors import StudyError

COMMIT_LABEL = "minikube.k8s.io/commit"
"""The real command labels its nodes with the commit it was built from; a look-alike does not."""


def driver(profile: str) -> str:
    """The driver of this profile as `minikube profile list` has it, "" where it does not say."""
    try:
        line = [commands.program("minikube"), "profile", "list", "--light", "-o", "json"]
        done = commands.run(line, environment=os.environ, seconds=10.0)
        listed = json.loads(done.output)
        for one in [*(listed.get("valid") or []), *(listed.get("invalid") or [])]:
            if one.get("Name") == profile:
                return str((one.get("Config") or {}).get("Driver") or "")
    except (StudyError, OSError, ValueError, AttributeError):
        pass
    return ""


def platform(profile: str, answer: Answer) -> str:
    """The platform as it is."""
    if not any(COMMIT_LABEL in node.labels for node in answer.nodes):
        return f"{'single' if len(answer.nodes) == 1 else len(answer.nodes)}-node test cluster"
    by = driver(profile)
    return f"Minikube {answer.minikube}" + (f", driver {by}" if by else "")

"""The client pod: where requests from inside the cluster come from, by curl, sent by kubectl exec."""

from __future__ import annotations

from typing import Any

from assistant.lab.steps.objects import PAUSE, pod, pod_spec

CLIENT = "client"
"""Its name, and its label app."""


def client() -> dict[str, Any]:
    """The pod that requests are sent from."""
    return pod(CLIENT, pod_spec(PAUSE))

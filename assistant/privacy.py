"""What keeps questions and notes on this machine: inherited tracing and telemetry are switched off, in this one place.

A learner's shell may carry LANGSMITH_TRACING or an OTEL exporter from other work; unless the setting `tracing` says otherwise,
nothing of Kubenote is sent there. Called by the command before anything heavy is imported; idempotent.
"""

from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping

_OFF = {
    "LANGSMITH_TRACING": "false",
    "LANGSMITH_TRACING_V2": "false",
    "LANGCHAIN_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
    "OTEL_SDK_DISABLED": "true",
    "OTEL_TRACES_EXPORTER": "none",
    "OTEL_METRICS_EXPORTER": "none",
    "OTEL_LOGS_EXPORTER": "none",
}
_FOREIGN = ("LANGSMITH_", "LANGCHAIN_", "OTEL_EXPORTER_")
_ALWAYS_OFF = {"ANONYMIZED_TELEMETRY": "False", "DO_NOT_TRACK": "1"}


def keep_private(tracing: bool = False, environment: MutableMapping[str, str] | None = None) -> None:
    """Switch inherited tracing off, unless `tracing`; usage statistics of libraries are off in any case."""
    environment = os.environ if environment is None else environment
    environment.update(_ALWAYS_OFF)
    if tracing:
        return
    for name in [name for name in environment if name.startswith(_FOREIGN)]:
        del environment[name]
    environment.update(_OFF)
    if langsmith := sys.modules.get("langsmith.utils"):
        langsmith.get_env_var.cache_clear()

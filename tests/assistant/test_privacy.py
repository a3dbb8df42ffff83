"""Inherited tracing is switched off in one place."""

from __future__ import annotations

from assistant.privacy import keep_private

INHERITED = {
    "LANGSMITH_TRACING": "true",
    "LANGSMITH_API_KEY": "lsv2-x",
    "LANGCHAIN_TRACING_V2": "true",
    "LANGCHAIN_ENDPOINT": "https://tracing.example",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "https://otel.example",
    "PATH": "/bin",
}


def test_tracing_that_was_inherited() -> None:
    """Addresses and keys are gone, and every switch says off."""
    environment = dict(INHERITED)
    keep_private(environment=environment)
    assert not any("example" in value or "lsv2" in value for value in environment.values())
    assert environment["LANGSMITH_TRACING"] == environment["LANGCHAIN_TRACING_V2"] == "false"
    assert environment["OTEL_SDK_DISABLED"] == "true"
    assert environment["PATH"] == "/bin"


def test_tracing_that_is_wanted() -> None:
    """The setting leaves it as it is; usage statistics stay off."""
    environment = dict(INHERITED)
    keep_private(tracing=True, environment=environment)
    assert environment == {**INHERITED, "ANONYMIZED_TELEMETRY": "False", "DO_NOT_TRACK": "1"}


def test_twice() -> None:
    """A second call changes nothing."""
    environment = dict(INHERITED)
    keep_private(environment=environment)
    before = dict(environment)
    keep_private(environment=environment)
    assert environment == before

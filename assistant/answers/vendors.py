"""The chat models that can be chosen: which package speaks to each, where its key comes from, how its client is made.

Keys come from the environment or the platform's keyring and go into the client, nowhere else: no setting, log, error or
journal ever holds one.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from assistant.answers.pumping import Patience
from knowledge.errors import StudyError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

KEYRING = "kubenote"
"""The service name under which a key is looked up: `keyring set kubenote openai`."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """A provider of chat models: the extra that installs its package, and the variables that may hold its key."""

    name: str
    extra: str
    package: str
    keys: tuple[str, ...] = ()

    @property
    def installed(self) -> bool:
        return importlib.util.find_spec(self.package) is not None


VENDORS: Mapping[str, Vendor] = {
    vendor.name: vendor
    for vendor in (
        Vendor("ollama", "ollama", "langchain_ollama"),
        Vendor("openai", "openai", "langchain_openai", ("OPENAI_API_KEY",)),
        Vendor("anthropic", "anthropic", "langchain_anthropic", ("ANTHROPIC_API_KEY",)),
        Vendor("google_genai", "google", "langchain_google_genai", ("GOOGLE_API_KEY", "GEMINI_API_KEY")),
    )
}


def named(model: str) -> tuple[Vendor, str]:
    """Vendor and model of `provider:name`; StudyError `model-name` where it is none of ours."""
    provider, _, name = model.partition(":")
    vendor = VENDORS.get(provider.strip().replace("-", "_"))
    if vendor is None or not name.strip():
        raise StudyError("model-name", model=model, allowed=", ".join(VENDORS))
    return vendor, name.strip()


def key_of(vendor: Vendor, environment: Mapping[str, str] | None = None) -> str | None:
    """The vendor's key, from the environment or else the keyring; None where there is none."""
    environment = os.environ if environment is None else environment
    for variable in vendor.keys:
        if key := environment.get(variable, "").strip():
            return key
    if not vendor.keys:
        return None
    try:
        import keyring

        return keyring.get_password(KEYRING, vendor.name)
    except Exception:  # a keyring that is locked or missing is no key; backends raise errors of their own
        return None


def client(model: str, url: str, patience: Patience) -> BaseChatModel:
    """A client for this model. StudyError `model-name`, `model-extra` or `model-key-missing` where there can be none."""
    vendor, name = named(model)
    if not vendor.installed:
        raise StudyError("model-extra", model=model, extra=vendor.extra)
    key = key_of(vendor)
    if vendor.keys and not key:
        if not (vendor.name == "openai" and url):
            raise StudyError("model-key-missing", model=model, variable=vendor.keys[0], provider=vendor.name)
        key = "none"
    from langchain.chat_models import init_chat_model

    made: BaseChatModel = init_chat_model(name, model_provider=vendor.name, **_options(vendor, url, key, patience))
    return made


def closed(made: BaseChatModel) -> None:
    """Close the connections that a client keeps open, where its vendor's package lets us."""
    for path in ("root_client", "_client._client", "_client", "http_client"):
        held: Any = made
        for name in path.split("."):
            held = getattr(held, name, None)
        close = getattr(held, "close", None)
        if callable(close):
            close()


def _loopback(url: str) -> bool:
    """Is the server on this machine? Then no proxy of the environment stands between."""
    host = urlsplit(url if "//" in url else f"//{url}").hostname or ""
    return host == "localhost" or host == "::1" or host.startswith("127.")


def _options(vendor: Vendor, url: str, key: str | None, patience: Patience) -> dict[str, Any]:
    """Options of the vendor's client: no retries of its own (we fall back at once), time-outs, where the server is."""
    if vendor.name == "ollama":
        http = {"timeout": patience.first, "trust_env": not _loopback(url or os.environ.get("OLLAMA_HOST", "127.0.0.1"))}
        options: dict[str, Any] = {"temperature": 0.2, "num_ctx": 8192, "reasoning": False, "client_kwargs": http}
        return {**options, **({"base_url": url} if url else {})}
    options = {"api_key": key, "timeout": patience.first, "max_retries": 0}
    if url:
        options["base_url"] = url
    if vendor.name == "openai":
        import httpx

        options["http_client"] = httpx.Client(timeout=patience.first, trust_env=not _loopback(url))
        options |= {"stream_usage": True, "use_responses_api": False}
    if vendor.name == "anthropic":
        options["max_tokens"] = 1200
    if vendor.name == "google_genai":
        options["max_retries"] = 1
    return options

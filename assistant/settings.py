"""The settings, frozen: flag, then environment, then settings.toml in KUBENOTE_HOME, then default. The only reader of both.

An unknown key in the file or an unknown KUBENOTE_ variable is a mistake of the learner's that would else go unnoticed: it is
refused with the nearest name that exists. Keys of model vendors are not settings; they never pass through here.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, TypeAlias

import platformdirs

from knowledge.errors import StudyError

LanguageChoice: TypeAlias = Literal["auto", "ko", "en", "both"]

DEFAULT_IMAGE = "registry.k8s.io/e2e-test-images/agnhost:2.53"


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be chosen. `home` holds index, journal and own recordings."""

    home: Path
    language: LanguageChoice = "auto"
    port: int = 8501
    profile: str = "minikube"
    image: str = DEFAULT_IMAGE
    embedding: str = "use"
    """The encoder: `use` (in the wheel), `none` (lexical only), or provider:name in LangChain, as ollama:bge-m3."""
    model: str = ""
    """The chat model, provider:name, e.g. ollama:qwen3; empty: answers are composed from the notes alone."""
    model_url: str = ""
    """The base address of an OpenAI-compatible server or of Ollama; empty: the vendor's own."""
    unsupported: Literal["mark", "withhold"] = "mark"
    """What happens to a model's sentence that the notes do not support."""
    tracing: bool = False
    """Whether inherited LangSmith or OpenTelemetry settings are respected; off: nothing leaves the machine."""

    @property
    def index_folder(self) -> Path:
        return self.home / "index"

    @property
    def journal_file(self) -> Path:
        return self.home / "journal.sqlite"

    @property
    def recordings_folder(self) -> Path:
        return self.home / "recordings"


_CHOICES: Mapping[str, tuple[str, ...]] = {"language": ("auto", "ko", "en", "both"), "unsupported": ("mark", "withhold")}
NAMES: tuple[str, ...] = tuple(field.name for field in fields(Settings) if field.name != "home")


def _checked(name: str, value: Any) -> Any:
    """The value in its setting's type, or a StudyError that names the setting."""
    wanted = type(getattr(_DEFAULTS, name))
    text = str(value).strip()
    if wanted is bool:
        if text.lower() in ("1", "true", "yes", "on"):
            return True
        if text.lower() in ("0", "false", "no", "off", ""):
            return False
        raise StudyError("setting-value", name=name, value=text, allowed="true, false")
    if wanted is int:
        if not text.isdecimal() or not 1 <= int(text) <= 65535:
            raise StudyError("setting-value", name=name, value=text, allowed="1-65535")
        return int(text)
    if name in _CHOICES and text not in _CHOICES[name]:
        raise StudyError("setting-value", name=name, value=text, allowed=", ".join(_CHOICES[name]))
    return text


_DEFAULTS = Settings(home=Path())


def _known(name: str, source: str, allowed: tuple[str, ...] = NAMES) -> str:
    if name not in allowed:
        near = difflib.get_close_matches(name, allowed, n=1, cutoff=0.0)
        raise StudyError("setting-unknown", name=name, source=source, nearest=near[0])
    return name


def home_folder(environment: Mapping[str, str]) -> Path:
    """KUBENOTE_HOME, else the platform's user data folder."""
    chosen = environment.get("KUBENOTE_HOME")
    return Path(chosen).expanduser().absolute() if chosen else Path(platformdirs.user_data_dir("kubenote", appauthor=False))


def load(flags: Mapping[str, Any] | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings in force. StudyError `setting-unknown`, `setting-value` or `settings-file` where one is wrong."""
    environment = os.environ if environment is None else environment
    home = home_folder(environment)
    chosen: dict[str, Any] = {}
    file = home / "settings.toml"
    if file.is_file():
        try:
            written = tomllib.loads(file.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise StudyError("settings-file", path=str(file), reason=str(error)) from error
        for name, value in written.items():
            setting = _known(name, str(file))
            chosen[setting] = _checked(setting, value)
    for variable, value in environment.items():
        if variable.startswith("KUBENOTE_") and variable != "KUBENOTE_HOME":
            setting = _known(variable.removeprefix("KUBENOTE_").lower(), "environment", (*NAMES, "home"))
            chosen[setting] = _checked(setting, value)
    for name, value in (flags or {}).items():
        if value is not None:
            setting = _known(name, "flag")
            chosen[setting] = _checked(setting, value)
    return Settings(home=home, **chosen)


def store(settings: Settings, **changes: Any) -> Settings:
    """Write these settings to settings.toml and give the settings as they then are."""
    import tomli_w

    file = settings.home / "settings.toml"
    written: dict[str, Any] = tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}
    for name, value in changes.items():
        setting = _known(name, "page")
        written[setting] = _checked(setting, value)
    settings.home.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".toml.new")
    draft.write_text(tomli_w.dumps(written), "utf-8")
    draft.replace(file)
    return load()

"""Settings: flag before environment before file before default; what is unknown or wrong is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.settings import DEFAULT_IMAGE, load, store
from knowledge.errors import StudyError


def test_defaults_without_anything(home: Path) -> None:
    """Nothing needs to be set."""
    settings = load()
    assert (settings.home, settings.language, settings.port, settings.profile) == (home, "auto", 8501, "minikube")
    assert settings.image == DEFAULT_IMAGE


def test_flag_wins_over_environment_over_file(home: Path) -> None:
    """The nearest to the learner's hand decides."""
    home.mkdir()
    (home / "settings.toml").write_text('port = 9001\nlanguage = "en"\nprofile = "class"\n')
    environment = {"KUBENOTE_HOME": str(home), "KUBENOTE_PORT": "9002", "KUBENOTE_LANGUAGE": "ko"}
    settings = load({"port": 9003, "language": None}, environment)
    assert (settings.port, settings.language, settings.profile) == (9003, "ko", "class")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("prot = 1", "setting-unknown"),
        ("port = 99999", "setting-value"),
        ('language = "fr"', "setting-value"),
        ("=", "settings-file"),
    ],
)
def test_mistake_in_the_file(home: Path, text: str, code: str) -> None:
    """A misspelt key, an impossible value and a broken file are refused, never ignored."""
    home.mkdir()
    (home / "settings.toml").write_text(text)
    with pytest.raises(StudyError) as raised:
        load()
    assert raised.value.code == code


def test_misspelt_variable_names_the_nearest(home: Path) -> None:
    """KUBENOTE_PROFIL is not ignored."""
    with pytest.raises(StudyError) as raised:
        load({}, {"KUBENOTE_HOME": str(home), "KUBENOTE_PROFIL": "x"})
    assert raised.value.facts["nearest"] == "profile"


def test_change_from_the_page_is_kept(home: Path) -> None:
    """What is chosen in the page is there after a restart, beside what was there."""
    home.mkdir()
    (home / "settings.toml").write_text('profile = "class"\n')
    store(load(), language="en")
    assert (load().language, load().profile) == ("en", "class")

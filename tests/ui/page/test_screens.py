"""The other screens without a browser: each draws in both languages, and does what it offers."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from assistant.lab.guard import CHECKS, Check, Examination
from assistant.lab.minikube import Life
from knowledge.errors import StudyError
from ui.gate import Sight


def shown(page: AppTest, screen: str, language: str = "ko") -> AppTest:
    page.query_params["lang"] = language
    page.run()
    page.switch_page(f"screens/{screen}.py").run()
    assert not page.exception
    return page


@pytest.mark.parametrize("language", ["ko", "en", "both"])
@pytest.mark.parametrize("screen", ["lab", "notes", "review", "cluster"])
def test_every_screen(page: AppTest, screen: str, language: str) -> None:
    """It draws without an error."""
    shown(page, screen, language)


def test_the_lab_is_filtered(page: AppTest) -> None:
    """Only experiments about the chosen concept stay."""
    shown(page, "lab")
    everything = len([one for one in page.button if str(one.key).startswith("shelf-open")])
    page.get_by_key("lab-concept").set_value("replicaset").run()
    some = len([one for one in page.button if str(one.key).startswith("shelf-open")])
    assert 0 < some < everything


def test_wrong_predictions_are_gathered(page: AppTest, house: Any, moments: Any, words: Any) -> None:
    """What was predicted wrong stands in the review until a later prediction is right."""
    from dataclasses import replace

    last = moments[-1]
    wrong = (*moments[:-1], replace(last, event=replace(last.event, predicted_right=False)))
    house.journal.begin_run("r1", "replicaset-self-healing", live=False, predicted="two")
    house.journal.finish_run("r1", wrong)
    assert "내 예상: 2개" in words(shown(page, "review"))


def test_refused_questions_can_be_exported(page: AppTest, house: Any, refused: Any) -> None:
    """They stand in the review, and a spreadsheet takes none of them for a formula."""
    from dataclasses import replace

    from ui.components.refusals import exported

    house.journal.keep_refusal(replace(refused, question="=1+1"))
    shown(page, "review")
    assert len(page.dataframe) >= 1
    assert "'=1+1" in exported(house.journal.refusals())


def test_the_guard_is_part_of_the_lesson(page: AppTest, house: Any, words: Any) -> None:
    """All five checks are explained, with what this cluster answered."""
    first = Check("extension", False, "guard-not-minikube", {"profile": "minikube", "server": "https://10.0.0.1:6443"})
    checks = (first, *(Check(name, None) for name in CHECKS[1:]))
    refusal = StudyError("guard-not-minikube", profile="minikube", server="https://10.0.0.1:6443")
    house.gate.seen = Sight(Examination(checks), Life("stopped", "minikube"), refusal, 0.0)
    text = words(shown(page, "cluster"))
    assert text.count(":material/cancel:") == 1
    assert text.count(":material/radio_button_unchecked:") == 4
    assert "멈춰 있습니다" in text


def test_minikube_is_started_after_a_yes(page: AppTest, house: Any, monkeypatch: Any, until: Any, words: Any) -> None:
    """The button asks once more; then minikube's own progress is shown."""
    from assistant.lab.minikube import Done, StepSeen
    from ui.components import life

    started: list[str] = []

    def start(profile: str) -> Any:
        started.append(profile)
        yield StepSeen(3, 19, "Starting Node")
        yield Done()

    monkeypatch.setitem(life.ACTIONS, "start", start)
    house.gate.seen = Sight(Examination(()), Life("stopped", "minikube"), None, 0.0)
    shown(page, "cluster")
    assert not started
    page.button(key="yes-start").click().run()
    until(page, lambda p: p.success)
    assert started == ["minikube"]


def test_a_consent_is_withdrawn(page: AppTest, house: Any) -> None:
    """The cluster is asked about again."""
    house.journal.agree("u1", "minikube")
    house.gate.withdraw = house.journal.withdraw
    shown(page, "cluster").button(key="withdraw-u1").click().run()
    assert house.journal.consents() == ()


def test_settings_are_kept(page: AppTest, house: Any) -> None:
    """A changed setting goes to settings.toml and into use."""
    shown(page, "cluster").text_input(key="set-profile").set_value("study")
    page.button(key="set-save").click().run()
    assert house.settings.profile == "study"
    assert "study" in (house.settings.home / "settings.toml").read_text("utf-8")


def test_own_notes_are_added(page: AppTest, house: Any, until: Any, words: Any) -> None:
    """The path is handed to the library in a thread; a refusal is shown with its reason."""
    added: list[str] = []

    def add_notes(path: Any) -> None:
        added.append(str(path))
        raise StudyError("notes-missing", path=str(path))

    house.notes.add_notes = add_notes
    shown(page, "notes")
    page.get_by_key("notes-view-ko").set_value("own").run()
    page.text_input(key="own-path").set_value("/nowhere").run()
    page.button(key="own-add").click().run()
    until(page, lambda p: p.error)
    assert added == ["/nowhere"]

"""An experiment on the page without a browser: predict, play, verdict; what a live run needs; what survives."""

from __future__ import annotations

import json
from typing import Any

from streamlit.testing.v1 import AppTest

from assistant.lab import running
from assistant.lab.guard import CHECKS, Answer, Check, Examination
from assistant.lab.minikube import Life
from knowledge.errors import StudyError
from ui.gate import Sight

SLUG = "replicaset-self-healing"


def opened(page: AppTest) -> AppTest:
    page.query_params["demo"] = SLUG
    return page.run()


def sight(refusal: StudyError | None) -> Sight:
    """A Minikube that passes all checks but, perhaps, the last."""
    checks = [Check(name, True, facts={"server": "https://192.168.49.2:8443"}) for name in CHECKS[:4]]
    last = Check("agreed", refusal is None, "" if refusal is None else refusal.code, {"uid": "u1"})
    answer = Answer(version="v1.36.0", uid="u1")
    return Sight(Examination((*checks, last), answer), Life("running", "minikube"), refusal, 0.0)


def test_an_answer_offers_an_experiment(page: AppTest, answers: Any, answered: Any, until: Any, words: Any) -> None:
    """One click lays it beside the conversation."""
    answers.scripted["왜?"] = answered("왜?", offers=(SLUG,))
    page.run().chat_input[0].set_value("왜?").run()
    until(page, lambda p: [b for b in p.button if b.key and b.key.startswith("offer-open")])
    next(b for b in page.button if b.key.startswith("offer-open")).click().run()
    assert page.query_params["demo"] in (SLUG, [SLUG])
    assert page.radio(key=f"predict-{SLUG}").value is None


def test_the_recording_is_played(page: AppTest, recorded: Any, house: Any, until: Any, words: Any) -> None:
    """Predicted, played, marked as recorded, judged; and kept in the journal."""
    opened(page).radio(key=f"predict-{SLUG}").set_value("new").run()
    page.get_by_key(f"speed-{SLUG}").set_value(8.0).run()
    page.button(key=f"recorded-{SLUG}").click().run()
    until(page, lambda p: p.success)
    assert not page.exception
    shown = words(page)
    assert "녹화된 실행에서 확인됨" in shown
    assert "2026\\-11\\-30" in shown or "2026-11-30" in shown
    assert "예상이 맞았습니다" in shown
    until(page, lambda _: [run.outcome for run in house.journal.runs()] == ["proven"])
    assert house.journal.runs()[0].predicted_right is True


def test_the_picture_gets_what_it_draws(page: AppTest, recorded: Any, until: Any) -> None:
    """Pods under their owner, with what each answered."""
    opened(page).button(key=f"recorded-{SLUG}").click().run()
    until(page, lambda p: p.success)
    drawn = [json.loads(one.proto.json) for one in page.get("bidi_component") if one.proto.json]
    scene = next(one for one in drawn if "groups" in one)
    assert [pod["short"] for group in scene["groups"] for pod in group["pods"]] == ["x7k2p"]
    assert scene["lanes"][0]["fresh"] == {"web-7d9f8c-x7k2p": 3}


def test_there_is_no_cluster(page: AppTest, recorded: Any, words: Any) -> None:
    """A live run is not offered; what is missing and the recording are."""
    opened(page)
    assert page.button(key=f"live-{SLUG}").disabled
    assert not page.button(key=f"recorded-{SLUG}").disabled
    assert "내 클러스터에서 실행하려면" in words(page)


def test_there_is_no_recording(page: AppTest, words: Any) -> None:
    """It says so instead of offering one."""
    opened(page)
    if page.button(key=f"recorded-{SLUG}").disabled:
        assert "녹화는 아직 없습니다" in words(page)


def test_the_first_run_on_a_cluster(page: AppTest, house: Any, words: Any) -> None:
    """What is made and deleted is shown, and nothing runs before a yes."""
    house.gate.seen = sight(StudyError("consent-missing", profile="minikube", context="minikube", uid="u1"))
    opened(page)
    shown = words(page)
    assert "Namespace\\/kubenote\\-RUN" in shown
    assert "kind: Deployment" in shown
    assert page.button(key=f"live-{SLUG}").disabled
    page.checkbox(key=f"agree-{SLUG}").check().run()
    assert not page.button(key=f"live-{SLUG}").disabled
    assert not house.gate.agreed


def test_a_live_run_is_started(page: AppTest, house: Any, monkeypatch: Any) -> None:
    """With consent given, the run is live, with the prediction, and typed where that was asked for."""
    house.gate.seen = sight(None)
    asked: list[dict[str, Any]] = []

    def start(_demo: Any, **how: Any) -> Any:
        asked.append(how)
        raise StudyError("lab-broken", reason="a test")

    monkeypatch.setattr(house.bench, "start", start)
    opened(page).radio(key=f"predict-{SLUG}").set_value("two").run()
    page.checkbox(key=f"typed-{SLUG}").check().run()
    page.button(key=f"live-{SLUG}").click().run()
    assert asked == [{"predicted": "two", "live": True, "speed": 1.0, "typed": True}]
    assert page.error


def test_the_page_is_reloaded_during_a_run(page: AppTest, long_recorded: Any, words: Any) -> None:
    """The run is found again by the address, and can be stopped."""
    opened(page)
    page.button(key=f"recorded-{SLUG}").click().run()
    run = page.query_params["run"]
    run = run if isinstance(run, str) else run[-1]
    again = AppTest.from_file(page._script_path, default_timeout=20)
    again.query_params["demo"], again.query_params["run"] = SLUG, run
    again.run()
    again.button(key=f"stop-{run}").click().run()
    found = running.find(run)
    assert found is not None
    assert found.wait(20)


def test_the_server_was_restarted_since(page: AppTest, house: Any, moments: Any, words: Any) -> None:
    """A run of an earlier server is drawn from the journal."""
    house.journal.begin_run("old1", SLUG, live=True, predicted="new")
    house.journal.finish_run("old1", moments)
    page.query_params["run"] = "old1"
    opened(page)
    assert "이번 실행에서 확인됨" in words(page)


def test_an_unknown_experiment_is_asked_for(page: AppTest) -> None:
    """The nearest one is named."""
    page.query_params["demo"] = "replicaset-self-heeling"
    page.run()
    assert not page.exception
    assert SLUG in page.error[0].value.replace("\\", "") or any(SLUG in code.value for code in page.code)


def test_asking_goes_on_during_a_run(page: AppTest, recorded: Any, until: Any, words: Any) -> None:
    """A question is answered while the experiment runs beside it."""
    opened(page).get_by_key(f"speed-{SLUG}").set_value(0.5).run()
    page.button(key=f"recorded-{SLUG}").click().run()
    page.chat_input[0].set_value("왜?").run()
    until(page, lambda p: "한 파드로만 갑니다" in words(p))
    until(page, lambda p: p.success)

"""The command: exit codes, JSON and nothing else on standard output, failures as a sentence and a next command."""

from __future__ import annotations

import io
import json
import shutil
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from assistant.answers.answer import to_json
from ui.command import run
from ui.serving import is_free


@pytest.fixture
def ready(home: Path, lexical_index: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose notes are indexed."""
    shutil.copytree(lexical_index, home / "index")
    monkeypatch.setenv("KUBENOTE_EMBEDDING", "none")
    return home


def told(capsys: pytest.CaptureFixture[str]) -> Any:
    """What standard output says, which must be one JSON value."""
    return json.loads(capsys.readouterr().out)


def test_answer_as_json(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The quote of every citation stands in the file between its lines."""
    assert run(["ask", "포트포워딩 명령은 어떻게 쓰나요?", "--json"]) == 0
    answer = told(capsys)
    assert answer["kind"] == "answer"
    assert answer["grounded"] is True
    assert answer["citations"]
    for citation in (*answer["citations"], *answer["other"]["citations"]):
        lines = Path(citation["path"]).read_text("utf-8").splitlines()
        assert citation["quote"] in "\n".join(lines[citation["first_line"] - 1 : citation["last_line"]])
        assert f"[{citation['number']}]" in (answer["text"] + answer["other"]["text"])


def test_refused_question_exits_0_and_is_kept(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not covered is an answer: nothing is cited, the nearest sections are named, the teacher can see it later."""
    from assistant.journal import Journal

    assert run(["ask", "김치찌개 맛있게 끓이는 방법", "--json"]) == 0
    answer = told(capsys)
    assert (answer["kind"], answer["grounded"], answer["citations"], answer["offers"]) == ("not_covered", False, [], [])
    assert answer["nearest"]
    journal = Journal(ready / "journal.sqlite")
    assert [one.question for one in journal.refusals()] == ["김치찌개 맛있게 끓이는 방법"]
    journal.close()


@pytest.mark.parametrize("question", ["", "   ", "a" * 10_000])
def test_question_that_is_none(ready: Path, capsys: pytest.CaptureFixture[str], question: str) -> None:
    """An empty or endless question is wrong use, said as JSON where JSON is asked for."""
    assert run(["ask", question, "--json"]) == 2
    assert told(capsys)["error"]["code"] in ("question-empty", "question-too-long")


def test_lines_in_lines_out(ready: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """One answer a line in order; a bad line gets its error in its place, the rest goes on, and the exit code tells."""
    lines = [
        '{"question": "포트포워딩 명령은 어떻게 쓰나요?"}',
        "no json",
        '{"question": "how do I use kubectl port-forward", "language": "en", "history": ["what is a pod?"]}',
        '{"question": 3}',
        '{"question": "x", "language": "fr"}',
        '{"question": "x", "history": "y"}',
    ]

    class Stdin:
        buffer = io.BytesIO("\n".join(lines).encode())

    monkeypatch.setattr(sys, "stdin", Stdin())
    assert run(["ask", "--jsonl"]) == 1
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer.get("line") for answer in answers] == [None, 2, None, 4, 5, 6]
    assert answers[0]["language"] == "ko"
    assert answers[2]["language"] == "en"
    assert {answers[n]["error"]["code"] for n in (1, 3, 4, 5)} == {"line-broken"}


def test_demos_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Every demo with both languages, what it proves, its choices and its recording."""
    assert run(["demos", "--json"]) == 0
    demos = told(capsys)
    assert len({demo["slug"] for demo in demos}) == len(demos) > 0
    for demo in demos:
        assert demo["title"]["ko"]
        assert demo["title"]["en"]
        assert demo["proves"]
        assert len(demo["choices"]) >= 2
        assert demo["last"] is None


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["play", "no-such-demo", "--json"], "demo-unknown"),
        (["play", "replicaset-self-healing", "--predict", "x", "--recorded", "--json"], "prediction-unknown"),
        (["ask", "x", "--language", "fr", "--json"], "usage"),
        (["ask", "--nonsense", "--json"], "usage"),
        (["play", "--json"], "usage"),
    ],
)
def test_wrong_use_exits_2(capsys: pytest.CaptureFixture[str], arguments: list[str], code: str) -> None:
    """What is wrong with the call is said as JSON too."""
    assert run(arguments) == 2
    error = told(capsys)["error"]
    assert error["code"] == code
    assert error["message"]
    assert error["hint"]


def test_live_without_a_cluster_never_falls_back(capsys: pytest.CaptureFixture[str]) -> None:
    """--live is refused by the guard: exit 3, and no recording is played."""
    assert run(["play", "replicaset-self-healing", "--live", "--json"]) == 3
    assert told(capsys)["error"]["code"].startswith("guard-")


def test_misspelt_setting(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown variable is refused with the nearest name, also where JSON is asked for."""
    monkeypatch.setenv("KUBENOTE_PROFIL", "x")
    assert run(["demos", "--json"]) == 2
    error = told(capsys)["error"]
    assert error["code"] == "setting-unknown"
    assert "profile" in error["hint"]


def test_doctor_without_a_cluster(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A missing cluster is a warning: answers and recordings do without."""
    assert run(["doctor", "--json"]) == 0
    report = told(capsys)
    states = {check["id"]: check["state"] for check in report["checks"]}
    assert report["ok"] is True
    assert states["cluster"] == "warn"
    assert (states["python"], states["index"], states["journal"]) == ("ok", "ok", "ok")
    for check in report["checks"]:
        assert set(check) == {"id", "state", "fact", "hint"}
        assert check["fact"]


def test_doctor_with_a_broken_journal(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What keeps the house from working is a failure: exit 1, with what to do."""
    (ready / "journal.sqlite").write_bytes(b"no database at all" * 200)
    assert run(["doctor", "--json"]) == 1
    report = told(capsys)
    assert report["ok"] is False
    broken = next(check for check in report["checks"] if check["id"] == "journal")
    assert broken["state"] == "fail"
    assert broken["hint"]


def test_port_of_another_program(capsys: pytest.CaptureFixture[str]) -> None:
    """A port that something else has is said, with the next command; nothing is opened."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert not is_free(port)
        assert run(["--port", str(port), "--no-open"]) == 1
    assert "--port" in capsys.readouterr().err


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """The commands of the README exist."""
    assert run(["--help"]) == 0
    text = capsys.readouterr().out
    for name in ("ask", "demos", "play", "record", "clean", "doctor", "notes"):
        assert name in text


def test_own_notes_as_json(ready: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Added notes are listed with counts, answered from, and forgotten when removed; the file stays."""
    vault = tmp_path / "vault"
    vault.mkdir()
    for name, heading, text in (
        ("git", "커밋 되돌리기", "`git revert`는 지난 커밋을 되돌리는 새 커밋을 만듭니다."),
        ("bread", "반죽 발효", "반죽은 따뜻한 곳에서 한 시간 발효합니다."),
        ("books", "읽은 책", "이번 달에는 소설 두 권을 읽었습니다."),
    ):
        (vault / f"{name}.md").write_text(f"# {name}\n\n## {heading}\n\n{text}\n", "utf-8")
    assert run(["notes", "add", str(vault), "--json"]) == 0
    folder = told(capsys)[0]
    assert (folder["files"], folder["indexed"], folder["skipped"]) == (3, 3, [])
    assert run(["ask", "git revert는 커밋을 어떻게 되돌리나요?", "--json"]) == 0
    answer = told(capsys)
    assert answer["citations"][0]["origin"] == "own"
    assert run(["notes", "remove", folder["id"], "--json"]) == 0
    capsys.readouterr()
    assert run(["notes", "list", "--json"]) == 0
    assert told(capsys) == []
    assert (vault / "git.md").is_file()


def test_public_form_of_an_answer() -> None:
    """The keys of the JSON answer are a promise."""
    from assistant.answers.answer import Answer, Told

    answer = Answer("q", "q", "ko", "not_covered", 0.1, Told("ko", "t", ()), None, (), (), (), (), None, 0.0)
    assert list(to_json(answer)) == [
        "question", "resolved", "language", "kind", "grounded", "confidence", "text", "citations", "other", "corrections",
        "offers", "nearest", "related", "model", "seconds",
    ]  # fmt: skip

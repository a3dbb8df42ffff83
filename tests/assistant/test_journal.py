"""The journal keeps what happened, for several processes, and says what is wrong with a file that is none."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.answers.answer import Answer, Citation, ModelUse, Nearest, Told
from assistant.journal import Journal
from assistant.lab.demo import Odds, Verdict
from assistant.lab.events import CleanedUp, DemoFinished, Measured, Moment
from knowledge.errors import StudyError


@pytest.fixture
def journal(home: Path) -> Iterator[Journal]:
    journal = Journal(home / "journal.sqlite")
    yield journal
    journal.close()


def an_answer(kind: str = "answer") -> Answer:
    quote = Citation(1, "pod/what", "pod", "builtin", "ko", "파드란?", Path("/notes/pod/ko.md"), 9, 9, "파드는 ...")
    use = ModelUse("openai:m", 120, 30, 1.5)
    told = Told("ko", "파드는 가장 작은 배포 단위입니다. [1]", (quote,))
    nearest = (Nearest("pod/what", "파드란?", Path("/notes/pod/ko.md"), 8),)
    return Answer("파드?", "파드?", "ko", kind, 0.9, told, None, (), ("demo",), nearest, (), "openai:m", 0.01, "address", use)  # type: ignore[arg-type]


def test_conversation_is_found_again(journal: Journal, home: Path) -> None:
    """Another handle on the same file reads the conversation as it was."""
    name = journal.begin_conversation()
    journal.keep_answer(name, an_answer())
    other = Journal(home / "journal.sqlite")
    try:
        assert [message.answer for message in other.messages(name)] == [an_answer()]
        assert [one.title for one in other.conversations()] == ["파드?"]
        assert other.has_conversation(name)
        assert not other.has_conversation("guess")
    finally:
        other.close()


def test_conversation_without_a_question_is_not_listed(journal: Journal) -> None:
    """An empty conversation is no history."""
    journal.begin_conversation()
    assert journal.conversations() == ()


def test_forgotten_conversation_takes_its_messages_along(journal: Journal) -> None:
    """Forgetting deletes the messages too."""
    name = journal.begin_conversation()
    journal.keep_answer(name, an_answer())
    journal.forget_conversation(name)
    assert journal.messages(name) == ()


def test_refused_question_is_kept_and_an_answered_one_is_not(journal: Journal) -> None:
    """Only what the notes do not cover is kept for the teacher."""
    name = journal.begin_conversation()
    journal.keep_answer(name, an_answer())
    journal.keep_answer(name, an_answer("not_covered"))
    assert [(one.question, one.nearest) for one in journal.refusals()] == [("파드?", ("pod/what",))]


def test_wrong_answer_is_kept_with_its_comment(journal: Journal) -> None:
    """Question, answer and comment stand in one place."""
    journal.report_wrong(an_answer(), "틀렸습니다")
    assert [(one.answer, one.comment) for one in journal.reports()] == [(an_answer(), "틀렸습니다")]


def test_consent_is_for_one_cluster_and_can_be_withdrawn(journal: Journal) -> None:
    """A yes to one kube-system UID is no yes to another; an empty UID is never agreed to."""
    journal.agree("uid-1", "minikube")
    journal.agree("uid-1", "minikube")
    assert (journal.agreed("uid-1"), journal.agreed("uid-2"), journal.agreed("")) == (True, False, False)
    journal.withdraw("uid-1")
    assert not journal.agreed("uid-1")


def test_run_is_kept_with_all_its_moments(journal: Journal) -> None:
    """The moments come back as they were, and the list shows how the run ended."""
    verdict = Verdict("pod/what", {"n": 3}, ("n == 3",), Odds(1e-9, "fair"), "proven")
    moments = (
        Moment("r1", 0, 0.0, Measured("n", 3)),
        Moment("r1", 1, 1.0, CleanedUp("ns", True, 0.5)),
        Moment("r1", 2, 1.5, DemoFinished("finished", verdict, True)),
    )
    journal.begin_run("r1", "pod-status", live=True, predicted="three")
    journal.begin_run("r2", "other", live=False, predicted=None)
    journal.finish_run("r1", moments)
    assert journal.moments("r1") == moments
    past = journal.runs("pod-status")[0]
    assert (past.ending, past.outcome, past.predicted_right, past.live) == ("finished", "proven", True, True)
    assert [one.ending for one in journal.runs("other")] == [None]


def test_writes_are_listed_newest_first(journal: Journal) -> None:
    """Every change to a cluster can be shown."""
    journal.record_write("r1", "minikube", "ns", "create", "Pod", "a")
    journal.record_write("r1", "minikube", "ns", "delete", "Pod", "a")
    assert [write.verb for write in journal.writes()] == ["delete", "create"]


def test_another_process_writes_meanwhile(journal: Journal, home: Path) -> None:
    """What another process adds is seen at once."""
    journal.agree("uid-1", "minikube")
    code = "import sys, pathlib; from assistant.journal import Journal; Journal(pathlib.Path(sys.argv[1])).agree('uid-2', 'm')"
    subprocess.run([sys.executable, "-c", code, str(home / "journal.sqlite")], check=True)
    assert {one.uid for one in journal.consents()} == {"uid-1", "uid-2"}


def test_file_that_is_no_journal(home: Path) -> None:
    """A damaged file is said, with its path, and left as it is."""
    home.mkdir()
    file = home / "journal.sqlite"
    file.write_bytes(b"not a database, but long enough to look like one" * 100)
    with pytest.raises(StudyError) as raised:
        Journal(file).runs()
    assert raised.value.code == "journal-broken"
    assert file.read_bytes().startswith(b"not a database")


def test_journal_of_a_newer_kubenote(journal: Journal, home: Path) -> None:
    """A file with a later schema is refused, not changed."""
    import sqlite3

    journal.agree("uid-1", "minikube")
    journal.close()
    with sqlite3.connect(home / "journal.sqlite") as raw:
        raw.execute("PRAGMA user_version=999")
    raw.close()
    with pytest.raises(StudyError) as raised:
        journal.consents()
    assert raised.value.code == "journal-newer"

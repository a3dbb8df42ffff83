"""The library: what is indexed, what is embedded, what other processes add, and what damage does."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from knowledge import indexed
from knowledge.builtin import read_notes
from knowledge.corpus import Vectors
from knowledge.encoder import Encoder
from knowledge.errors import StudyError
from knowledge.folders import Converted, Skipped
from knowledge.reference import Library


@pytest.fixture
def another(index: Path, notes: Path, buckets: Any) -> Callable[[], Library]:
    """Another library over the same index, as another process would hold it."""
    return lambda: Library(index, embedding=Encoder("buckets/1", buckets), notes_folder=notes)


def own_texts(library: Library, question: str) -> list[str]:
    """The learner's passages that are candidates by a word or by their meaning, best first."""
    corpus = library.corpus()
    from knowledge.lexical import tokens

    found = corpus.own(corpus.embed(question), tokens(question))
    return [
        one.passage.text for one in sorted(found, key=lambda one: -(one.cosine + one.bm25)) if one.bm25 > 0 or one.cosine > 0.3
    ]


# our notes


def test_sections_are_aligned_by_their_anchors(library: Library) -> None:
    """A section is one in both languages, in note order, with the place of each."""
    assert [one.id for one in library.sections()] == ["kite/why", "kite/line"]
    why = library.section("kite/why")
    assert why is not None
    assert (why.place("ko").heading, why.place("en").heading) == ("연은 왜 나나요?", "Why does a kite fly?")
    assert library.section("kite/nothing") is None


def test_passages_stand_at_their_lines(library: Library) -> None:
    """In file order, and what note_text gives at those lines is the passage."""
    passages = library.passages("kite/why", "ko")
    assert [one.kind for one in passages] == ["paragraph", "item"]
    for one in passages:
        lines = library.note_text(one.path).split("\n")
        assert "\n".join(lines[one.first_line - 1 : one.last_line]) == one.text


def test_a_section_in_one_language_only(library: Library, notes: Path) -> None:
    """Its passages are given for the other language too."""
    with (notes / "kite" / "en.md").open("a", encoding="utf-8") as file:
        file.write("\n## Only here? {#only}\n\nYes.\n")
    assert [one.text for one in library.passages("kite/only", "ko")] == ["Yes."]


def test_a_concept(library: Library) -> None:
    (kite,) = library.concepts()
    assert (kite.titles["ko"], kite.titles["en"], kite.related) == ("연", "Kite", ("wind",))
    assert kite.sections == ("kite/why", "kite/line")
    assert kite.pictures["ko"].startswith("flowchart LR")
    assert kite.read_on == {"ko": "https://example.org/ko/kite"}


def test_what_learners_ask(library: Library, notes: Path) -> None:
    """Each question has its section; an anchor that is no section is left out, what is not covered is in."""
    asked = read_notes(notes).asked
    assert {(one.section, one.language) for one in asked} == {
        (section, language) for section in ("kite/why", "kite/line", "not-covered/off") for language in ("ko", "en")
    }
    list(library.sync())
    assert library.state().asked == 6


# what is embedded


def test_a_second_start_embeds_nothing(library: Library, another: Callable[[], Library], buckets: Any) -> None:
    """Neither do a new process over the same index and a third sync."""
    assert [one.done for one in library.sync()][-1] == 5
    assert len(buckets.seen) == 5
    second = another()
    assert list(second.sync()) == []
    assert len(second.sections()) == 2
    assert len(buckets.seen) == 5


def test_a_changed_line_is_embedded_alone(library: Library, notes: Path, another: Callable[[], Library], buckets: Any) -> None:
    """One passage that changes is one text; those that only move down are not embedded, and their lines are right."""
    list(library.sync())
    buckets.seen.clear()
    path = notes / "kite" / "en.md"
    path.write_text(
        path.read_text("utf-8").replace("# Kite\n", "# Kite\n\n\n\n").replace("the wind lifts", "a storm lifts"), "utf-8"
    )
    second = another()
    list(second.sync())
    assert buckets.seen == ["Kite › Why does a kite fly?\nA kite flies because a storm lifts it."]
    assert [(one.first_line, one.text) for one in second.passages("kite/line", "en")] == [
        (16, "When the line breaks, the kite drifts away.")
    ]


def test_a_renamed_note_is_not_embedded_again(library: Library, vault: Path, buckets: Any) -> None:
    """Its passages are found under the new name, and none under the old one."""
    library.add_notes(vault)
    buckets.seen.clear()
    (vault / "boats.md").rename(vault / "ships.md")
    (vault / "ships.md").write_text((vault / "ships.md").read_text("utf-8"), "utf-8")
    list(library.sync())
    corpus = library.corpus()
    assert {one.passage.path.name for one in corpus.own(corpus.embed("keel boat"), ["keel"])} == {"ships.md"}
    assert not [text for text in buckets.seen if "keel boat" not in text and not text.startswith("ships")]


def test_another_encoder(index: Path, notes: Path, library: Library, buckets: Any) -> None:
    """Vectors of one encoder are never compared with those of another: all is embedded anew, the old is gone."""
    list(library.sync())
    library.close()
    buckets.seen.clear()
    other = Library(index, embedding=Encoder("buckets/2", buckets), notes_folder=notes)
    list(other.sync())
    assert len(buckets.seen) == 5
    import chromadb

    client = chromadb.PersistentClient(str(index / "chroma-1"), settings=chromadb.Settings(anonymized_telemetry=False))
    assert {one.metadata["encoder"] for one in client.list_collections()} == {"buckets/2"}
    client.close()


def test_without_an_encoder(index: Path, notes: Path, vault: Path) -> None:
    """Words alone find."""
    library = Library(index, embedding="none", notes_folder=notes)
    library.add_notes(vault)
    assert library.corpus().embed("kite") is None
    assert library.corpus().passage_vectors.shape[1] == 0
    assert own_texts(library, "keel")[0] == "A keel keeps a boat upright."


def test_an_encoder_that_fails_to_load(index: Path, notes: Path) -> None:
    """Words alone find, and the state says why."""
    library = Library(index, embedding="no-such-encoder", notes_folder=notes)
    assert len(library.sections()) == 2
    assert library.state().encoder == "none"
    assert "encoder-unknown" in (library.state().error or "")


# the learner's notes


def test_a_folder_is_searchable_when_it_has_been_added(library: Library, vault: Path) -> None:
    added = library.add_notes(vault)
    assert (added.id, added.files, added.indexed, added.passages, added.state) == ("vault", 1, 1, 2, "ready")
    assert own_texts(library, "what keeps a boat upright")[0] == "A keel keeps a boat upright."


def test_a_heading_without_text(library: Library, vault: Path) -> None:
    library.add_notes(vault)
    assert [one.place("en").heading for one in library.corpus().own_empty] == ["Sails"]


def test_sections_and_passages_of_the_learners_notes(library: Library, vault: Path) -> None:
    library.add_notes(vault)
    section = library.section("own:vault/boats.md#oars")
    assert section is not None
    assert section.origin == "own"
    assert section.place("en").path == vault / "boats.md"
    assert [one.text for one in library.passages(section.id, "ko")] == ["Oars push water."]


def test_files_of_every_kind(library: Library, vault: Path) -> None:
    """Encodings are converted and named; what is no text is skipped with its reason; no byte of the folder changes."""
    (vault / "old.md").write_bytes("# 옛 노트\n\n닻은 무겁다.\n".encode("cp949"))
    (vault / "wide.md").write_bytes("# 넓은\r\n\r\n부표가 뜬다.\r\n".encode("utf-16"))
    (vault / "mark.md").write_bytes(b"\xef\xbb\xbf# BOM\r\n\r\nropes\r\n")
    (vault / "picture.md").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0")
    (vault / "huge.md").write_bytes(b"#" * 5_000_001)
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in sorted(vault.rglob("*"))}
    added = library.add_notes(vault)
    assert added.skipped == (Skipped("huge.md", "too-large"), Skipped("picture.md", "binary"))
    assert set(added.converted) == {Converted("old.md", "cp949"), Converted("wide.md", "utf-16")}
    assert (added.files, added.indexed) == (5, 4)
    assert own_texts(library, "닻")[0] == "닻은 무겁다."
    assert own_texts(library, "부표")[0] == "부표가 뜬다."
    (mark,) = (one for one in library.corpus().theirs.passages if one.text == "ropes")
    assert mark.first_line == 3
    assert library.note_text(vault / "old.md") == "# 옛 노트\n\n닻은 무겁다.\n"
    assert before == {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in sorted(vault.rglob("*"))}


def test_removing_a_folder(library: Library, vault: Path) -> None:
    """Nothing of it is found any more; the folder itself stays."""
    library.add_notes(vault)
    assert library.remove_notes("vault").passages == 2
    assert own_texts(library, "keel boat") == []
    assert library.note_folders() == ()
    assert (vault / "boats.md").exists()
    with pytest.raises(StudyError, match="notes-unknown"):
        library.remove_notes("vault")


def test_a_folder_that_disappears(library: Library, vault: Path) -> None:
    """It is said to be missing, leaves no ghost, and is found again when it is back."""
    library.add_notes(vault)
    vault.rename(vault.with_name("elsewhere"))
    list(library.sync())
    (folder,) = library.note_folders()
    assert (folder.state, folder.files) == ("missing", 0)
    assert own_texts(library, "keel") == []
    vault.with_name("elsewhere").rename(vault)
    list(library.sync())
    assert own_texts(library, "keel")


def test_a_deleted_file(library: Library, vault: Path) -> None:
    (vault / "more.md").write_text("# More\n\nA rudder steers.\n", "utf-8")
    library.add_notes(vault)
    assert own_texts(library, "rudder")
    (vault / "more.md").unlink()
    list(library.sync())
    assert "A rudder steers." not in own_texts(library, "rudder")


def test_a_note_that_is_gone_cannot_be_shown(library: Library, vault: Path) -> None:
    with pytest.raises(StudyError, match="note-unreadable"):
        library.note_text(vault / "nothing.md")


def test_a_large_vault_asks_the_store(library: Library, vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond a size Chroma gives the nearest; each candidate has its true cosine, and words add theirs."""
    for number in range(30):
        (vault / f"{number}.md").write_text(f"# Day {number}\n\nWe saw whale{number} and gull{number}.\n", "utf-8")
    library.add_notes(vault)
    question = "we saw whale7 and gull7"
    exact = {one.passage.id: one.cosine for one in library.corpus().own(library.corpus().embed(question), [], 50)}
    monkeypatch.setattr(indexed, "EXACT_UP_TO", 0)
    asked: list[int] = []
    nearest = library._indexing.store.nearest
    monkeypatch.setattr(library._indexing.store, "nearest", lambda *a: asked.append(1) or nearest(*a))
    corpus = library.corpus()
    found = corpus.own(corpus.embed(question), ["whale9"], 10)
    assert asked
    assert library._indexing.store.trouble is None
    assert "whale7 " in max(found, key=lambda one: one.cosine).passage.text
    assert "whale9 " in max(found, key=lambda one: one.bm25).passage.text
    assert 10 <= len(found) <= 11
    assert all(abs(one.cosine - exact[one.passage.id]) < 1e-5 for one in found)


# other processes

SECOND = """
import sys
from pathlib import Path
from knowledge.reference import Library
index, notes, vault = map(Path, sys.argv[1:4])
library = Library(index, embedding="none", notes_folder=notes)
print(library.add_notes(vault).passages, flush=True)
"""


def second_process(*arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", SECOND, *map(str, arguments)], stdout=subprocess.PIPE, text=True)


def test_what_another_process_adds_is_found_by_the_next_question(index: Path, notes: Path, vault: Path) -> None:
    library = Library(index, embedding="none", notes_folder=notes)
    assert own_texts(library, "keel") == []
    with second_process(index, notes, vault) as process:
        assert process.communicate(timeout=60)[0].strip() == "2"
    assert own_texts(library, "keel") == ["A keel keeps a boat upright."]
    assert [one.id for one in library.note_folders()] == ["vault"]


def test_processes_that_sync_at_once(index: Path, notes: Path, tmp_path: Path) -> None:
    """They take turns; what each added is there at the end, and the index is whole."""
    vaults = [tmp_path / f"vault{number}" for number in range(3)]
    for number, one in enumerate(vaults):
        one.mkdir()
        (one / "n.md").write_text(f"# N\n\nisland{number}\n", "utf-8")
    running = [second_process(index, notes, one) for one in vaults]
    for process in running:
        process.communicate(timeout=120)
        assert process.returncode == 0
    library = Library(index, embedding="none", notes_folder=notes)
    assert list(library.sync()) == []
    for number in range(3):
        assert own_texts(library, f"island{number}") == [f"island{number}"]
    assert library.state().rebuilt is None


def test_two_libraries_with_vectors(
    library: Library, another: Callable[[], Library], vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one adds the other finds through the store too: it opens it again when the state changes."""
    monkeypatch.setattr(indexed, "EXACT_UP_TO", 0)
    second = another()
    library.add_notes(vault)
    assert own_texts(second, "keel boat upright")
    (vault / "more.md").write_text("# More\n\nA rudder steers the boat.\n", "utf-8")
    list(library.sync())
    assert own_texts(second, "rudder steers")[0] == "A rudder steers the boat."
    assert second._indexing.store.trouble is None
    second.close()


def test_answers_while_an_index_is_being_built(
    library: Library, another: Callable[[], Library], vault: Path, notes: Path
) -> None:
    """The state before answers, also in a process that starts meanwhile; nobody waits."""
    library.add_notes(vault)
    path = notes / "kite" / "en.md"
    path.write_text(path.read_text("utf-8") + "\n## New? {#new}\n\nNew.\n", "utf-8")
    building = library.sync()
    next(building)
    second = another()
    assert len(second.sections()) == 2
    assert own_texts(second, "keel")
    list(building)
    assert len(second.sections()) == 3


def test_threads_that_ask_at_once(library: Library) -> None:
    """The first question of several threads makes one index, and all of them see it."""
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(len(library.sections()))) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert found == [2] * 6


# damage


def current(index: Path, kind: str) -> Path:
    return index / kind / str(json.loads((index / kind / "stamp.json").read_text("utf-8"))["name"])


@pytest.mark.parametrize("file", ["passages.npy", "facts.json", "passages.npz", "passages.words.json"])
@pytest.mark.parametrize("harm", ["cut", "removed"])
def test_a_damaged_state(
    library: Library, another: Callable[[], Library], index: Path, buckets: Any, file: str, harm: str
) -> None:
    """It is made anew, its vectors taken from where they are whole, and that is said."""
    list(library.sync())
    harmed = current(index, "builtin") / file
    if harm == "cut":
        harmed.write_bytes(harmed.read_bytes()[: harmed.stat().st_size // 3])
    else:
        harmed.unlink()
    buckets.seen.clear()
    second = another()
    assert len(second.sections()) == 2
    assert second.corpus().passage_vectors.shape == (5, 64)
    assert not [text for text in buckets.seen if "›" in text], "passages come from the store"
    assert second.state().rebuilt
    assert another().state().rebuilt, "another process can say it too"


def test_a_damaged_stamp(library: Library, another: Callable[[], Library], index: Path) -> None:
    list(library.sync())
    (index / "builtin" / "stamp.json").write_text("{", "utf-8")
    second = another()
    assert len(second.sections()) == 2
    assert "stamp" in (second.state().rebuilt or "")


def test_a_state_made_by_older_code(library: Library, another: Callable[[], Library], index: Path, buckets: Any) -> None:
    """It is made anew and its vectors are kept."""
    list(library.sync())
    stamp = index / "builtin" / "stamp.json"
    stamp.write_text(json.dumps({**json.loads(stamp.read_text("utf-8")), "made_by": "older"}), "utf-8")
    buckets.seen.clear()
    second = another()
    assert len(second.sections()) == 2
    assert buckets.seen == []
    assert "older" in (second.state().rebuilt or "")


@pytest.mark.parametrize("pattern", ["chroma.sqlite3", "*/data_level0.bin", "*/header.bin"])
def test_a_store_that_is_cut_off(
    library: Library, another: Callable[[], Library], index: Path, vault: Path, buckets: Any, pattern: str
) -> None:
    """It is made anew beside the old one when it is next needed; nothing whose vector is at hand is embedded again."""
    for hundred in range(12):
        days = (f"# Day {day}\n\nsaw whale{day}\n" for day in range(hundred * 100, hundred * 100 + 100))
        (vault / f"{hundred}.md").write_text("\n".join(days), "utf-8")
    library.add_notes(vault)
    library.close()
    harmed = list((index / "chroma-1").glob(pattern))
    if not harmed:
        pytest.skip(f"this Chroma keeps no {pattern}")
    for path in harmed:
        path.write_bytes(path.read_bytes()[:100])
    buckets.seen.clear()
    second = another()
    (vault / "new.md").write_text("# New\n\nA narwhal.\n", "utf-8")
    list(second.sync())
    assert own_texts(second, "narwhal")[0] == "A narwhal."
    assert own_texts(second, "whale77")
    assert len(buckets.seen) <= 4
    second.close()


def test_an_index_folder_that_is_removed(library: Library, another: Callable[[], Library], index: Path) -> None:
    """A library that is open goes on with what it has; the next one makes a new index."""
    list(library.sync())
    shutil.rmtree(index)
    assert len(library.sections()) == 2
    assert len(another().sections()) == 2


def test_an_index_that_cannot_be_written(tmp_path: Path, notes: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(StudyError, match="index-unwritable"):
        Library(tmp_path / "file" / "index", embedding="none", notes_folder=notes).sections()


class Failing:
    """An embedding server that is down."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        raise StudyError("encoder-failed", name="server:x", reason="connection refused")


def test_an_embedding_server_that_is_down(index: Path, notes: Path, vault: Path) -> None:
    """The index is made for words alone, notes are found, and the state says why."""
    library = Library(index, embedding=Encoder("server:x", Failing()), notes_folder=notes)
    library.add_notes(vault)
    assert own_texts(library, "keel")[0] == "A keel keeps a boat upright."
    assert "connection refused" in (library.state().error or "")


def test_an_embedding_server_that_goes_down_later(library: Library, index: Path, notes: Path, vault: Path) -> None:
    """The index stays as it is, and the question is searched by its words."""
    library.add_notes(vault)
    second = Library(index, embedding=Encoder("buckets/1", Failing()), notes_folder=notes)
    assert own_texts(second, "keel") == ["A keel keeps a boat upright."]
    assert second.corpus().passage_vectors.shape[1] == 64
    assert "connection refused" in (second.state().error or "")

"""What is forgotten is gone from every file: words, details, vectors, indexes, logs and conversations."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from retriever import Assistant, DocumentUnknown, LibraryBusy
from retriever.__main__ import main
from retriever.maintenance.erase import find_traces, traces_of
from retriever.store.sqlite.indexes import INDEX_FOLDER
from retriever.store.sqlite.library import SqliteLibrary
from retriever.store.sqlite.schema import FILE_NAME
from retriever.web.conversations import FORGOTTEN
from retriever.web.forget import forget, result_lines
from retriever.web.history import History
from tests.world import TEXTS, WordEncoder

USER = "a key of the user"
CAPTAIN = "Who is the captain of the ferry?"


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History.open(tmp_path / "talk" / "conversations.db")


def raw(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def test_nothing_of_a_forgotten_document_is_left_in_any_file(
    assistant: Assistant, history: History, tmp_path: Path
) -> None:
    conversation = history.append(USER, None, CAPTAIN, assistant.ask(CAPTAIN))
    lighthouse = assistant.ask("Who keeps the lighthouse?")
    history.append(USER, conversation, "Who keeps the lighthouse?", lighthouse)
    vector = assistant._library.documents.stored("ferry.txt").encoded[0].vector
    assert vector is not None
    for needle in (b"Tom Reed", b"The ferry to Varn", b"ferry.txt", vector.tobytes()):
        assert needle in raw(tmp_path / "library") + raw(tmp_path / "talk")
    answers, looked = forget(assistant, ["ferry.txt"], tmp_path / "talk" / "conversations.db")
    for needle in (b"Tom Reed", b"The ferry to Varn", b"ferry.txt", vector.tobytes()):
        assert needle not in raw(tmp_path / "library") + raw(tmp_path / "talk")
    named = {quote.document_id for quote in (*lighthouse.quotes, *lighthouse.nearest)}
    assert answers == 1 + ("ferry.txt" in named)
    assert (looked.left, looked.files > 5) == ((), True)
    first, *_ = history.turns(USER, conversation)
    assert (first.question, first.reply) == (CAPTAIN, FORGOTTEN)
    assert assistant.verify() == ()
    assert [summary.id for summary in assistant.documents()] == ["harbour.txt", "lighthouse.txt"]
    assert assistant.ask("Who is the harbour master?").answered


def test_a_removed_document_leaves_traces_that_forgetting_cleans_up(assistant: Assistant, tmp_path: Path) -> None:
    traces = traces_of(assistant._library, ["ferry.txt"])
    assert {"words", "path", "digest", "vector"} <= {trace.kind for trace in traces}
    assistant.remove(["ferry.txt"])
    assert find_traces(traces, [tmp_path / "library"]).left
    assistant.forget([])
    assert find_traces(traces, [tmp_path / "library"]).left == ()


def test_the_librarys_own_copy_of_the_file_goes_and_the_readers_file_stays(
    assistant: Assistant, varn: Path, tmp_path: Path
) -> None:
    handed = tmp_path / "boat.txt"
    handed.write_text("The boat of Varn was built by Nell Ashdown.")
    assistant.hand_over(handed, "boat.txt")
    assert (assistant.added / "boat.txt").exists()
    boat = next(summary.id for summary in assistant.documents() if "boat" in summary.id)
    assert assistant.forget([boat, "ferry.txt"]).left == ()
    assert not (assistant.added / "boat.txt").exists()
    assert (varn / "ferry.txt").read_text() == TEXTS["ferry.txt"]
    assert b"Ashdown" not in raw(tmp_path / "library")


def test_what_another_document_says_too_stays_and_is_not_looked_for(
    assistant: Assistant, varn: Path, tmp_path: Path
) -> None:
    (varn / "copy.txt").write_text(TEXTS["ferry.txt"])
    assistant.index([varn])
    assert assistant.forget(["ferry.txt"]).left == ()
    assert b"Tom Reed" in raw(tmp_path / "library")
    assert assistant.verify() == ()


def test_what_a_killed_process_was_building_goes_too(assistant: Assistant, tmp_path: Path) -> None:
    begun = tmp_path / "library" / INDEX_FOLDER / "building-0"
    begun.mkdir()
    (begun / "words").write_text(TEXTS["ferry.txt"])
    assert assistant.forget(["ferry.txt"]).left == ()
    assert not begun.exists()


def test_the_places_of_its_words_go_too(assistant: Assistant, tmp_path: Path) -> None:
    packed = np.random.default_rng(3).bytes(2_000)
    for name in ("ferry.txt", "harbour.txt"):  # two files may be alike up to a place
        assistant.add([replace(assistant.document(name), word_boxes=packed[:1_000] + name.encode() + packed[1_000:])])
    traces = [trace for trace in traces_of(assistant._library, ["ferry.txt"]) if trace.kind == "places of words"]
    assert traces
    assert find_traces(traces, [tmp_path / "library"]).left
    assert assistant.forget(["ferry.txt"]).left == ()
    assert find_traces(traces, [tmp_path / "library"]).left == ()


def test_a_trace_that_is_left_is_named(assistant: Assistant, tmp_path: Path) -> None:
    (tmp_path / "library" / "notes.md").write_text(TEXTS["ferry.txt"])
    looked = assistant.forget(["ferry.txt"])
    assert {left.file.name for left in looked.left} == {"notes.md"}
    lines = list(result_lines(["ferry.txt"], ["/nowhere"], 0, looked))
    assert f"STILL THERE: words in {tmp_path / 'library' / 'notes.md'}" in lines
    assert "nothing" not in lines[-1]


def test_nothing_is_forgotten_where_one_is_unknown(assistant: Assistant, history: History, tmp_path: Path) -> None:
    history.append(USER, None, CAPTAIN, assistant.ask(CAPTAIN))
    with pytest.raises(DocumentUnknown):
        forget(assistant, ["ferry.txt", "train.txt"], tmp_path / "talk" / "conversations.db")
    assert len(assistant.documents()) == 3
    assert b"Tom Reed" in raw(tmp_path / "talk")


def test_while_another_process_reads_the_old_state_the_log_is_said_to_hold_it(
    assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant._library._database._connection.execute("PRAGMA busy_timeout = 50")
    user = SqliteLibrary.open(tmp_path / "library", WordEncoder())
    with user.snapshot():
        user.documents.all()
        with pytest.raises(LibraryBusy, match="with: ibid forget"):
            assistant.forget(["ferry.txt"])
    assistant.forget([])
    assert b"Tom Reed" not in raw(tmp_path / "library")
    user.close()


@pytest.fixture
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command finds the encoder and the conversations of these tests."""
    monkeypatch.setattr("retriever.assistant._default_encoder", lambda _: WordEncoder())
    monkeypatch.setenv("IBID_HISTORY", str(tmp_path / "talk" / "conversations.db"))


@pytest.mark.usefixtures("at_home")
def test_the_command_says_what_it_did(
    assistant: Assistant, tmp_path: Path, varn: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assistant.close()
    assert main(["forget", "ferry.txt", "--yes", "--library", str(tmp_path / "library")]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"forgotten ferry.txt; its file stays where it is: {varn / 'ferry.txt'}"
    assert said[1].startswith("searched ")
    assert said[1].endswith("nothing of it is left")
    assert b"Tom Reed" not in raw(tmp_path / "library")
    assert (tmp_path / "library" / FILE_NAME).is_file()


@pytest.mark.usefixtures("at_home")
def test_the_command_says_before_what_goes_and_asks(
    assistant: Assistant,
    history: History,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    history.append(USER, None, CAPTAIN, assistant.ask(CAPTAIN, top=1))
    assistant.close()
    forget = ["forget", "ferry.txt", "--library", str(tmp_path / "library")]
    monkeypatch.setattr("builtins.input", lambda _: "")
    assert main(forget) == 1
    asked = capsys.readouterr()
    document, answers = asked.out.splitlines()
    assert document.startswith("The ferry to Varn (ferry.txt): ")
    assert answers.startswith("1 answer ")
    assert asked.err == "ibid: Nothing was forgotten.\n"
    assert b"Tom Reed" in raw(tmp_path / "library")
    monkeypatch.setattr("builtins.input", None)
    assert main([*forget, "--yes"]) == 0
    assert b"Tom Reed" not in raw(tmp_path / "library") + raw(tmp_path / "talk")


@pytest.mark.usefixtures("at_home")
def test_what_is_piped_answers_and_no_answer_is_no(
    assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant.close()
    for piped, status, is_left in (("n\n", 1, True), ("\n", 1, True), ("", 1, True), ("y\n", 0, False)):
        monkeypatch.setattr("sys.stdin", io.StringIO(piped))
        assert main(["forget", "ferry.txt", "--library", str(tmp_path / "library")]) == status
        assert (b"Tom Reed" in raw(tmp_path / "library")) == is_left


@pytest.mark.usefixtures("at_home")
def test_the_command_warns_where_another_uses_the_library(
    assistant: Assistant, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not assistant.is_used_elsewhere()
    clean = ["forget", "--library", str(tmp_path / "library")]
    assert main(clean) == 0
    assert "Another process is using this library" in capsys.readouterr().err
    with Assistant.open(tmp_path / "library", encoder=WordEncoder()) as other:
        assert assistant.is_used_elsewhere()
        assert other.is_used_elsewhere()
    assistant.close()
    assert main(clean) == 0
    assert capsys.readouterr().err == ""

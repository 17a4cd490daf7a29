"""Several processes on one library, and processes that are stopped: nothing is lost, nothing is half."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from retriever import Assistant, IndexProgress
from tests.paths import ROOT
from tests.world import TEXTS, WordEncoder

SETUP = """
import sys, time
import retriever.assistant
from tests.world import WordEncoder
retriever.assistant._default_encoder = lambda _: WordEncoder()
from retriever import Assistant, IndexProgress
from retriever.__main__ import main
"""


def python(code: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SETUP + code, *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_processes_that_index_at_once_lose_nothing(tmp_path: Path) -> None:
    """Each has files of the same names, and all start from no library at all."""
    for name in ("east", "north", "west"):
        (tmp_path / name).mkdir()
        for number in range(8):
            (tmp_path / name / f"{number}.txt").write_text(f"Boat {number} of the {name} is in the harbour.")
    code = "print('ready', flush=True); input(); sys.exit(main(['index', sys.argv[1], '--library', sys.argv[2]]))"
    running = [python(code, tmp_path / name, tmp_path / "library") for name in ("east", "north", "west")]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in running:
        out, err = process.communicate()
        assert (process.returncode, err) == (0, "")
        assert out == "8 added, 0 replaced, 0 unchanged, 0 skipped\n"
    assistant = Assistant.open(tmp_path / "library", encoder=WordEncoder())
    stored = {assistant.document(summary.id).text for summary in assistant.documents()}
    written = {f"Boat {n} of the {name} is in the harbour." for n in range(8) for name in ("east", "north", "west")}
    assert stored == written
    assert assistant.verify() == ()
    assistant.close()


def test_asking_goes_on_while_another_process_changes_the_library(
    assistant: Assistant, varn: Path, tmp_path: Path
) -> None:
    code = """if True:
        assistant = Assistant.open(__import__("pathlib").Path(sys.argv[1]), encoder=WordEncoder())
        print("ready", flush=True)
        for turn in range(10):
            assistant.remove(["ferry.txt"])
            assistant.index([__import__("pathlib").Path(sys.argv[2])])
    """
    writer = python(code, tmp_path / "library", varn)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "ready\n"
    while writer.poll() is None:
        answer = assistant.ask("Who is the captain of the ferry?")
        assert answer.library.documents in (2, 3)
        here = answer.library.documents == 3
        assert any(quote.document_id == "ferry.txt" for quote in (*answer.quotes, *answer.nearest)) == here
    assert (writer.returncode, writer.communicate()) == (0, ("", ""))
    assert assistant.verify() == ()


def test_ctrl_c_while_indexing_keeps_what_was_stored_and_the_next_run_completes(varn: Path, tmp_path: Path) -> None:
    code = """if True:
        import retriever.ingest.storing, signal
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background process starts without
        retriever.ingest.storing.PASSAGES_AT_ONCE = 1  # each file is stored before the next is read
        def wait(self, at):
            if at.files_done == 2:
                print("two are stored", flush=True)
                time.sleep(60)
        sys.modules["retriever.__main__"].IndexDisplay.update = wait
        sys.exit(main(["index", sys.argv[1], "--library", sys.argv[2]]))
    """
    process = python(code, varn, tmp_path / "library")
    assert process.stdout is not None
    assert process.stdout.readline() == "two are stored\n"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    assert process.returncode == 1
    assert err == "ibid: Interrupted. Everything stored so far is kept; run the same command again to continue.\n"
    assistant = Assistant.open(tmp_path / "library", encoder=WordEncoder())
    assert [summary.id for summary in assistant.documents()] == ["ferry.txt", "harbour.txt"]
    assert assistant.verify() == ()
    report = assistant.index([varn])
    assert (report.unchanged, report.added) == (("ferry.txt", "harbour.txt"), ("lighthouse.txt",))
    assert assistant.verify() == ()
    assistant.close()


def test_a_killed_process_leaves_whole_documents_only(varn: Path, tmp_path: Path) -> None:
    """Killed inside a transaction, when half of a document's rows are written."""
    code = """if True:
        import os, pathlib, retriever.ingest.storing, retriever.store.sqlite.passages
        retriever.ingest.storing.PASSAGES_AT_ONCE = 1
        row = retriever.store.sqlite.passages._row
        def die(number, document, item):
            if document.id == "harbour.txt":
                os.kill(os.getpid(), 9)
            return row(number, document, item)
        retriever.store.sqlite.passages._row = die
        main(["index", sys.argv[1], "--library", sys.argv[2]])
    """
    process = python(code, varn, tmp_path / "library")
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assistant = Assistant.open(tmp_path / "library", encoder=WordEncoder())
    assert [summary.id for summary in assistant.documents()] == ["ferry.txt"]
    assert assistant.verify() == ()
    assert assistant.index([varn]).added == ("harbour.txt", "lighthouse.txt")
    assistant.close()


def test_an_interrupted_first_use_leaves_no_half_library(
    varn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retriever.ingest.shipped.shipped_corpus", lambda: varn)
    monkeypatch.setenv("IBID_LIBRARY", str(tmp_path / "default"))

    def interrupt(at: IndexProgress) -> None:
        if at.files_done == 1:
            raise KeyboardInterrupt

    before = sorted(tmp_path.iterdir())
    with pytest.raises(KeyboardInterrupt):
        Assistant.open(encoder=WordEncoder(), on_progress=interrupt)
    assert sorted(tmp_path.iterdir()) == before
    assistant = Assistant.open(encoder=WordEncoder())
    assert [summary.id for summary in assistant.documents()] == list(TEXTS)
    assistant.close()


@pytest.mark.model
def test_nothing_asks_the_network(varn: Path, tmp_path: Path) -> None:
    code = """if True:
        import socket
        from retriever.encoder import SentenceEncoder
        retriever.assistant._default_encoder = lambda _: SentenceEncoder.shipped()
        def refuse(*arguments, **options):
            print("THE NETWORK WAS ASKED", arguments, file=sys.stderr)
            raise OSError("no network")
        socket.socket.connect = socket.socket.connect_ex = refuse
        socket.socket.sendto = socket.getaddrinfo = socket.create_connection = refuse
        assert main(["index", sys.argv[1], "--library", sys.argv[2]]) == 0
        assert main(["ask", "Who is the captain of the ferry?", "--top", "1", "--library", sys.argv[2]]) == 0
    """
    process = python(code, varn, tmp_path / "library")
    out, err = process.communicate()
    assert process.returncode == 0, err
    assert "THE NETWORK WAS ASKED" not in err
    assert "Tom Reed" in out

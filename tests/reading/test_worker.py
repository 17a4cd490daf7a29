"""Files are read in a process of their own; whatever a reader does there, one sentence comes back, or an extract."""

import dataclasses
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from retriever.errors import ReadingError
from retriever.reading import confinement
from retriever.reading.extract import Extract
from retriever.reading.sources import Note
from retriever.reading.worker import Worker
from retriever.records import Provenance
from retriever.settings import Limits
from tests.office import zipped
from tests.paths import ROOT

READER = "tests.faults.readers"
FILES, PROCESSES = "a ban on other files", "a ban on processes and the network"
LIMITS = Limits(seconds=60, memory_bytes=2_000_000_000, characters=1000)


@pytest.fixture(scope="module")
def shared() -> Iterator[Worker]:
    with Worker(LIMITS, [READER]) as opened:
        yield opened


@pytest.fixture
def worker() -> Iterator[Worker]:
    with Worker(LIMITS, [READER]) as opened:
        yield opened


def process_of(worker: Worker) -> int:
    assert worker._process is not None
    return worker._process.pid


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "log.txt"


def forbidden(worker: Worker, measure: str) -> None:
    """Start the process, and skip the test where the system lacks the measure."""
    read(worker, Path("log.txt"), "The ferry.")
    if measure in worker.missing:
        pytest.skip(f"this system has no {measure}")


def read(worker: Worker, file: Path, text: str) -> Extract:
    return worker.read(text.encode(), file.name, READER)


def reason(worker: Worker, file: Path, text: str) -> str:
    with pytest.raises(ReadingError) as caught:
        read(worker, file, text)
    return str(caught.value)


def test_an_extract_comes_back_as_the_reader_made_it(shared: Worker, file: Path) -> None:
    assert read(shared, file, "Ferry \u2028 \U0001f6a2\nharbour") == Extract(
        "Ferry \u2028 \U0001f6a2\nharbour",
        title=Note("A title", Provenance.TEXT, "its first heading"),
        pages=(0, 3),
        headings=((0, 2),),
        warnings=("Odd.",),
        language="en",
    )


def test_one_process_reads_many_files(shared: Worker, file: Path) -> None:
    read(shared, file, "The ferry.")
    first = process_of(shared)
    assert read(shared, file, "The harbour.").text == "The harbour."
    assert process_of(shared) == first


def test_no_process_is_started_before_the_first_file() -> None:
    with Worker() as worker:
        assert worker._process is None


def test_the_process_ends_with_the_block(file: Path) -> None:
    with Worker(LIMITS, [READER]) as worker:
        read(worker, file, "The ferry.")
        process = worker._process
    assert process is not None
    assert process.returncode is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("swell", "needs too much memory to read; split it"),
        ("stumble", r"damaged, or not what its name says \(ZeroDivisionError\)"),
        ("nest", r"damaged, or not what its name says \(RecursionError\)"),
        ("much", "holds more than 1,000 characters of text; split it"),
        ("refuse", "is refused;\nso it is"),
    ],
)
def test_a_reader_that_fails_gives_its_reason_and_the_process_stays(
    shared: Worker, file: Path, text: str, said: str
) -> None:
    read(shared, file, "The ferry.")
    first = process_of(shared)
    with pytest.raises(ReadingError, match=rf"^log\.txt .*{said}"):
        read(shared, file, text)
    assert read(shared, file, "The harbour.").text == "The harbour."
    assert process_of(shared) == first


@pytest.mark.parametrize("text", ["crash", "leave"])
def test_a_reader_that_crashes_is_named_and_the_next_file_gets_another(worker: Worker, file: Path, text: str) -> None:
    assert reason(worker, file, text).startswith("log.txt could not be read: the parser crashed")
    assert read(worker, file, "The harbour.").text == "The harbour."


def test_a_reader_that_hangs_is_ended_and_the_next_file_gets_another(worker: Worker, file: Path) -> None:
    read(worker, file, "The ferry.")
    first = worker._process
    worker.limits = dataclasses.replace(LIMITS, seconds=0.2)
    assert reason(worker, file, "hang").startswith("log.txt was not read within 0 seconds")
    assert first is not None
    assert first.returncode is not None, "it is not left behind"
    worker.limits = LIMITS
    assert read(worker, file, "The harbour.").text == "The harbour."


def test_a_process_that_was_killed_between_two_files_is_started_again(worker: Worker, file: Path) -> None:
    read(worker, file, "The ferry.")
    assert worker._process is not None
    worker._process.kill()
    worker._process.wait()
    assert read(worker, file, "The harbour.").text == "The harbour."


def test_what_a_reader_prints_is_not_taken_for_its_answer(shared: Worker, file: Path) -> None:
    assert read(shared, file, "print").text == "print"
    assert read(shared, file, "The harbour.").text == "The harbour."


def test_a_file_of_any_name_is_read(shared: Worker, tmp_path: Path) -> None:
    for name in ('a "\\\n \u00e9.txt', os.fsdecode(b"caf\xe9.txt")):
        assert read(shared, tmp_path / name, "The ferry.").text == "The ferry."


def test_ctrl_c_ends_the_process_so_that_its_answer_is_not_taken_for_the_next_files(
    worker: Worker, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(worker, file, "The ferry.")

    class Interrupted:
        def get(self, timeout: float) -> bytes:
            raise KeyboardInterrupt

        def put(self, _: bytes) -> None:
            pass

    with monkeypatch.context() as patched:
        patched.setattr("retriever.reading.worker.queue.SimpleQueue", Interrupted)
        with pytest.raises(KeyboardInterrupt):
            read(worker, file, "The lamp.")
    assert read(worker, file, "The harbour.").text == "The harbour."


@pytest.mark.parametrize(
    ("name", "content", "reader"),
    [
        ("bomb.docx", zipped({"word/document.xml": bytes(30_000_000)}), ".docx"),
        ("garbage.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 40, ".pdf"),
        ("cut.epub", zipped({"mimetype": "application/epub+zip"})[:40], ".epub"),
        ("deep.html", b"<div>" * 20_000 + b"The ferry." + b"</div>" * 20_000, ".html"),
        ("garbage.xlsx", b"\0" * 500, ".tables"),
    ],
)
def test_a_hostile_file_is_one_sentence(shared: Worker, name: str, content: bytes, reader: str) -> None:
    with pytest.raises(ReadingError, match=rf"^{name} ") as caught:
        shared.read(content, name, reader)
    assert "\n" not in str(caught.value)


def test_the_last_words_of_a_process_are_logged(worker: Worker, file: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "retriever"):
        reason(worker, file, "complain")
    assert "ended with status 3. the last words" in caplog.text


@pytest.mark.parametrize("verb", ["look", "list", "write", "delete", "rename", "truncate", "link"])
def test_a_parser_reaches_no_file(shared: Worker, file: Path, tmp_path: Path, verb: str) -> None:
    forbidden(shared, FILES)
    victim = tmp_path / "victim"
    victim.write_text("secret")
    assert "Permission denied" in reason(shared, file, f"{verb} {tmp_path if verb == 'list' else victim}")
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("victim", "secret")]


@pytest.mark.parametrize("verb", ["connect", "send", "run", "fork", "end", "chmod"])
def test_a_parser_reaches_no_network_and_no_process(shared: Worker, file: Path, tmp_path: Path, verb: str) -> None:
    forbidden(shared, PROCESSES)
    (tmp_path / "victim").write_text("secret")
    mode = (tmp_path / "victim").stat().st_mode
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        what = {"run": sys.executable, "fork": "", "end": os.getpid(), "chmod": tmp_path / "victim"}.get(verb, port)
        assert "Operation not permitted" in reason(shared, file, f"{verb} {what}".strip())
    assert (tmp_path / "victim").stat().st_mode == mode


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limits")
def test_a_parser_writes_nothing_where_only_limits_are_known(file: Path, tmp_path: Path) -> None:
    with Worker(LIMITS, [READER, "tests.faults.old_kernel"]) as worker:
        assert reason(worker, file, f"write {tmp_path / 'written'}") == "log.txt cannot be read: File too large."
        assert worker.missing == (FILES, PROCESSES)
    assert not (tmp_path / "written").read_bytes()


def test_files_are_read_on_a_system_that_refuses_every_measure(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    with Worker(LIMITS, [READER, "tests.faults.no_measure"]) as worker, caplog.at_level(logging.INFO, "retriever"):
        assert read(worker, file, "The ferry.").text == "The ferry."
        assert read(worker, file, "The harbour.").text == "The harbour."
    assert len(worker.missing) == 6
    assert len(caplog.records) == 1, "one note, not one a file"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limits")
def test_files_are_read_where_the_system_s_own_limit_is_lower() -> None:
    """As on a small machine, or under `ulimit -v`."""
    script = """
import resource
resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, 1_500_000_000))
from retriever.reading.worker import Worker
with Worker() as worker:
    print(worker.read(b"<p>The ferry.</p>", "a.html", ".html").text, worker.missing)
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert run.stdout.startswith("The ferry.")
    assert "memory" not in run.stdout


def test_each_refused_measure_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise ValueError("current limit exceeds maximum limit")  # as macOS says of RLIMIT_AS

    monkeypatch.setattr(confinement, "resource", SimpleNamespace(RLIM_INFINITY=-1, setrlimit=refuse))
    monkeypatch.setattr("retriever.reading.confinement.sys.platform", "darwin")
    assert len(confinement.confine(LIMITS, [])) == 6


def test_a_parser_sees_no_variable_of_its_user(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IBID_MILVUS_TOKEN", "secret")
    with Worker(LIMITS, [READER]) as worker:
        assert read(worker, file, "tell IBID_MILVUS_TOKEN").text == "nothing"


def test_a_parser_may_use_threads(shared: Worker, file: Path) -> None:
    assert read(shared, file, "think").text == "think"

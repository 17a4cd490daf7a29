"""Files are read in a process of their own; whatever a reader does there, one sentence comes back, or an extract."""

import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from retriever.errors import ReadingError
from retriever.reading.extract import Extract
from retriever.reading.sources import Note
from retriever.reading.worker import Worker
from retriever.records import Provenance
from retriever.settings import Limits
from tests.office import zipped

READER = "tests.faults.readers"
LIMITS = Limits(seconds=60, memory_bytes=2_000_000_000, characters=1000)


@pytest.fixture(scope="module")
def shared() -> Iterator[Worker]:
    with Worker(LIMITS) as opened:
        yield opened


@pytest.fixture
def worker() -> Iterator[Worker]:
    with Worker(LIMITS) as opened:
        yield opened


def process_of(worker: Worker) -> int:
    assert worker._process is not None
    return worker._process.pid


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "log.txt"


def read(worker: Worker, file: Path, text: str) -> Extract:
    file.write_text(text)
    return worker.read(file, READER)


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
    with Worker(LIMITS) as worker:
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
    worker._limits = dataclasses.replace(LIMITS, seconds=0.2)
    assert reason(worker, file, "hang").startswith("log.txt was not read within 0 seconds")
    assert first is not None
    assert first.returncode is not None, "it is not left behind"
    worker._limits = LIMITS
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


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limits")
def test_a_reader_writes_no_file(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with Worker(LIMITS) as worker:
        assert reason(worker, file, "write") == "log.txt cannot be read: File too large."
    assert not (tmp_path / "written").exists() or not (tmp_path / "written").read_bytes()


def test_a_file_that_is_gone_is_named(shared: Worker, file: Path) -> None:
    with pytest.raises(ReadingError, match=r"log.txt cannot be read: No such file or directory"):
        shared.read(file, READER)


def test_a_file_of_any_name_is_read(shared: Worker, tmp_path: Path) -> None:
    odd = tmp_path / 'a "\\\n \u00e9.txt'
    assert read(shared, odd, "The ferry.").text == "The ferry."


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
def test_a_hostile_file_is_one_sentence(shared: Worker, tmp_path: Path, name: str, content: bytes, reader: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ReadingError, match=rf"^{name} ") as caught:
        shared.read(tmp_path / name, reader)
    assert "\n" not in str(caught.value)

"""Libraries that cannot be used: foreign, damaged, or in use."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from retriever import Assistant, LibraryBusy, LibraryError, LibraryForeign, LibraryMissing
from retriever.__main__ import main
from retriever.store.sqlite.library import SqliteLibrary
from retriever.store.sqlite.schema import FILE_NAME
from tests.world import WordEncoder


@pytest.fixture
def folder(assistant: Assistant, tmp_path: Path) -> Path:
    """The library of Varn, closed."""
    assistant.close()
    return tmp_path / "library"


def change(folder: Path, statement: str) -> None:
    connection = sqlite3.connect(folder / FILE_NAME)
    with connection:
        connection.execute(statement)
    connection.close()


def cut(folder: Path, share: float) -> None:
    data = (folder / FILE_NAME).read_bytes()
    (folder / FILE_NAME).write_bytes(data[: int(share * len(data))])


class OtherEncoder(WordEncoder):
    name = "other words"
    digest = "6" * 64


def test_another_encoders_library_is_foreign(folder: Path) -> None:
    with pytest.raises(LibraryForeign, match=r"known words .* not by other words"):
        Assistant.open(folder, encoder=OtherEncoder())


def test_another_formats_library_is_foreign(folder: Path) -> None:
    change(folder, "UPDATE manifest SET format = 99")
    with pytest.raises(LibraryForeign, match="format 99, this Ibid reads format"):
        Assistant.open(folder, encoder=WordEncoder())


DAMAGE: dict[str, Callable[[Path], object]] = {
    "another format": lambda folder: change(folder, "UPDATE manifest SET format = 99"),
    "another encoder": lambda folder: change(folder, "UPDATE manifest SET encoder_digest = '7'"),
    "no manifest row": lambda folder: change(folder, "DELETE FROM manifest"),
    "another program's database": lambda folder: change(folder, "ALTER TABLE manifest RENAME TO goods"),
    "no database": lambda folder: (folder / FILE_NAME).write_text("The ferry sails at nine. " * 100),
    "emptied": lambda folder: cut(folder, 0),
    "cut to a stump": lambda folder: cut(folder, 0.01),
    "cut in half": lambda folder: cut(folder, 0.5),
    "cut at the end": lambda folder: cut(folder, 0.9),
    "a folder in its place": lambda folder: ((folder / FILE_NAME).unlink(), (folder / FILE_NAME).mkdir()),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
@pytest.mark.parametrize("command", ["list", "ask", "verify"])
def test_a_library_that_cannot_be_used_is_one_sentence(
    folder: Path,
    damage: Callable[[Path], object],
    command: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    damage(folder)
    shutil.rmtree(folder / "index", ignore_errors=True)
    monkeypatch.setattr("retriever.assistant._default_encoder", lambda _: WordEncoder())
    question = ["Who is the captain?"] * (command == "ask")
    status = main([command, *question, "--library", str(folder)])
    printed = capsys.readouterr()
    if status == 0:
        assert command != "verify", "reading may have no need of the pages that are lost; verification has"
    else:
        assert status == 1
        said = printed.err + printed.out * (command == "verify")
        assert "Ibid failed" not in said
        assert str(folder) in said
        assert "Traceback" not in said


@pytest.mark.parametrize("damage", ["cut to a stump", "cut in half", "no database"])
def test_a_damaged_library_says_what_to_do(folder: Path, damage: str) -> None:
    DAMAGE[damage](folder)
    with pytest.raises(LibraryError, match="index your documents again into a new folder"):
        Assistant.open(folder, encoder=WordEncoder()).verify()


def test_no_library_can_be_made_in_a_files_place(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("The ferry.")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(LibraryError, match="No library can be made in"):
            Assistant.open(place, encoder=WordEncoder(), create=True)


def test_an_emptied_library_can_be_filled_again(folder: Path, varn: Path) -> None:
    cut(folder, 0)
    with pytest.raises(LibraryMissing):
        Assistant.open(folder, encoder=WordEncoder())
    again = Assistant.open(folder, encoder=WordEncoder(), create=True)
    assert len(again.index([varn]).added) == 3
    again.close()


def test_a_library_that_another_process_keeps_writing_to_is_busy(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retriever.store.sqlite.connection._WAIT_SECONDS", 0.05)
    writer = sqlite3.connect(folder / FILE_NAME, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    library = SqliteLibrary.open(folder, WordEncoder())
    with pytest.raises(LibraryBusy, match="Another process is writing"):
        library.documents.remove(["ferry.txt"])
    assert len(library.documents.all()) == 3, "reading goes on"
    writer.execute("ROLLBACK")
    writer.close()
    library.documents.remove(["ferry.txt"])
    library.close()

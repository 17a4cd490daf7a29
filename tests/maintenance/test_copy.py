"""A library is copied completely, between both forms, or not at all."""

from dataclasses import replace
from pathlib import Path

import pytest

from retriever import Assistant, LibraryError
from retriever.__main__ import main
from tests.milvus import needs_cluster, running
from tests.world import WordEncoder


def test_a_copy_holds_all_that_was_copied(assistant: Assistant, tmp_path: Path) -> None:
    (tmp_path / "varn" / "torn.pdf").write_bytes(b"%PDF-torn")
    assistant.index([tmp_path / "varn"])
    copied = assistant.copy_to(tmp_path / "copy")
    with Assistant.open(tmp_path / "copy", encoder=WordEncoder()) as copy:
        assert (copy.state(), copy.documents()) == (assistant.state(), assistant.documents())
        assert copy.failures() == assistant.failures() != {}
        assert copy.index([tmp_path / "varn"]).added == ()
        assert (copied.documents, copied.passages) == (3, assistant.state().passages)


def test_a_copy_has_the_places_of_words(assistant: Assistant, tmp_path: Path) -> None:
    placed = replace(assistant.document("ferry.txt"), word_boxes=b"packed places")
    before = assistant.inventory()
    assistant.add([placed])
    assert assistant.copy_to(tmp_path / "copy").digest not in ("", before.digest)
    with Assistant.open(tmp_path / "copy", encoder=WordEncoder()) as copy:
        assert copy.document("ferry.txt") == placed


def test_a_copy_that_was_begun_is_finished(assistant: Assistant, tmp_path: Path) -> None:
    copied = assistant.copy_to(tmp_path / "copy")
    with Assistant.open(tmp_path / "copy", encoder=WordEncoder()) as copy:
        copy.remove(["ferry.txt"])
    assert assistant.copy_to(tmp_path / "copy") == copied


def test_a_library_with_other_documents_is_not_copied_over(assistant: Assistant, tmp_path: Path) -> None:
    assistant.copy_to(tmp_path / "copy")
    assistant.remove(["ferry.txt"])
    with pytest.raises(LibraryError, match=r"ferry\.txt.*empty one"):
        assistant.copy_to(tmp_path / "copy")


def test_a_library_is_not_copied_onto_itself(
    assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant.keep_versions()
    ferry = assistant.document("ferry.txt")
    assistant.add([replace(ferry, text=ferry.text.replace("12 crowns", "14 crowns"), sha256="1" * 64)])
    before = (assistant.versions("ferry.txt"), assistant.inventory())
    monkeypatch.chdir(tmp_path)
    (tmp_path / "linked").symlink_to(assistant.folder, target_is_directory=True)
    (tmp_path / "file").mkdir()
    (tmp_path / "file" / "library.db").symlink_to(assistant.folder / "library.db")
    for name in (assistant.folder, assistant.folder.name, "linked", f"./linked/../{assistant.folder.name}/", "file"):
        with pytest.raises(LibraryError, match="is the library that would be copied"):
            assistant.copy_to(name)
    assert assistant.keeps_versions
    assert (assistant.versions("ferry.txt"), assistant.inventory()) == before
    assert len(before[0]) == 2


def test_the_command_says_what_was_copied(
    assistant: Assistant, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retriever.assistant._default_encoder", lambda _: WordEncoder())
    passages = assistant.state().passages
    assert main(["copy", "--from", str(tmp_path / "library"), "--to", str(tmp_path / "copy")]) == 0
    assert capsys.readouterr().out.startswith(
        f"copied 3 documents and {passages} passages to {tmp_path / 'copy'}; sha256:"
    )


def test_a_copy_does_not_come_among_other_files(
    assistant: Assistant, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retriever.assistant._default_encoder", lambda _: WordEncoder())
    (here := tmp_path / "here").mkdir()
    monkeypatch.chdir(here)
    before = sorted((tmp_path / "varn").iterdir())
    assert main(["copy", "--from", str(tmp_path / "library"), "--to", str(tmp_path / "varn")]) == 1
    error = capsys.readouterr().err
    assert "has files, but no library" in error
    assert error.count("\n") == 1
    for arguments in (["copy", "--from", str(tmp_path / "library"), "--to", ""], ["list", "--library", ""]):
        with pytest.raises(SystemExit):
            main(arguments)
        assert "the value is empty" in capsys.readouterr().err
    assert (list(here.iterdir()), sorted((tmp_path / "varn").iterdir())) == ([], before)
    assistant.remove(["ferry.txt", "harbour.txt"])
    (here / ".hidden").touch()
    assert main(["copy", "--from", str(tmp_path / "library"), "--to", str(here)]) == 0
    assert capsys.readouterr().out.startswith("copied 1 document and ")


@needs_cluster
def test_a_copy_to_a_server_and_back_is_the_same_to_the_byte(assistant: Assistant, tmp_path: Path) -> None:
    with running(tmp_path / "milvus") as server:
        there = assistant.copy_to(f"{server.address}/varn")
        with Assistant.open(f"{server.address}/varn", encoder=WordEncoder()) as clustered:
            back = clustered.copy_to(tmp_path / "back")
            assert clustered.verify() == ()
    assert there == back
    with Assistant.open(tmp_path / "back", encoder=WordEncoder()) as local:
        assert local.state() == assistant.state()
        question = "Who is the captain of the ferry?"
        assert local.ask(question).quotes == assistant.ask(question).quotes

"""Files and folders become documents; what cannot is named and the rest goes on."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from retriever import Document, IndexReport, Settings
from retriever.indexing import index_documents, index_paths
from retriever.library import Library
from tests.world import FERRY, HARBOUR, TEXTS, WordEncoder

Index = Callable[..., IndexReport]


@pytest.fixture
def index(empty_library: Library, encoder: WordEncoder) -> Index:
    """Indexes paths into one library."""
    return lambda *paths: index_paths(empty_library, encoder, paths, Settings())


def ids(library: Library) -> list[str]:
    return [summary.id for summary in library.documents()]


def test_a_folder_becomes_documents_named_by_their_path_in_it(index: Index, varn: Path, empty_library: Library) -> None:
    (varn / "old").mkdir()
    (varn / "old" / "ferry.txt").write_text(HARBOUR)
    report = index(varn)
    assert report.added == ("ferry.txt", "harbour.txt", "lighthouse.txt", "old/ferry.txt")
    assert ids(empty_library) == list(report.added)


def test_a_text_is_stored_unchanged(index: Index, varn: Path, empty_library: Library) -> None:
    index(varn)
    assert {name: empty_library.document(name).text for name in TEXTS} == TEXTS


def test_what_the_sources_file_says_is_stored(index: Index, varn: Path, empty_library: Library) -> None:
    index(varn)
    harbour = empty_library.document("harbour.txt")
    assert (harbour.title, harbour.publisher, harbour.published) == (
        "The harbour master of Varn", "Island Post", "2021-03",
    )  # fmt: skip
    assert harbour.known["publisher"] == "inferred"


def test_what_has_not_changed_is_not_encoded_again(index: Index, varn: Path, encoder: WordEncoder) -> None:
    index(varn)
    before = encoder.texts_encoded
    assert index(varn).unchanged == tuple(TEXTS)
    assert encoder.texts_encoded == before


def test_a_changed_file_replaces_its_document(index: Index, varn: Path, empty_library: Library) -> None:
    index(varn)
    (varn / "ferry.txt").write_text(HARBOUR)
    report = index(varn)
    assert (report.replaced, report.unchanged) == (("ferry.txt",), ("harbour.txt", "lighthouse.txt"))
    assert empty_library.document("ferry.txt").text == HARBOUR


def test_a_changed_note_on_a_source_replaces_its_document(index: Index, varn: Path, empty_library: Library) -> None:
    index(varn)
    notes = varn / "sources.toml"
    notes.write_text(notes.read_text().replace("Island Post", "Mainland Post"))
    assert index(varn).replaced == ("harbour.txt",)
    assert empty_library.document("harbour.txt").publisher == "Mainland Post"


def test_a_file_keeps_its_id_however_it_is_named(index: Index, varn: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index(varn)
    monkeypatch.chdir(varn)
    assert index(Path("ferry.txt")).unchanged == ("ferry.txt",)
    assert index(Path()).unchanged == tuple(TEXTS)


def test_a_file_named_twice_is_read_once(index: Index, varn: Path) -> None:
    report = index(varn / "ferry.txt", varn, varn / "ferry.txt")
    assert report.added == ("ferry.txt", "harbour.txt", "lighthouse.txt")
    assert report.replaced == ()


def test_two_files_of_one_name_are_two_documents(
    index: Index, varn: Path, tmp_path: Path, empty_library: Library
) -> None:
    for folder in ("east", "west"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "log.txt").write_text(f"The boats of the {folder}.")
    assert index(tmp_path / "east", tmp_path / "west").added == ("log.txt", "west/log.txt")
    assert empty_library.document("west/log.txt").text == "The boats of the west."
    assert index(tmp_path / "west").unchanged == ("west/log.txt",)


def test_ids_do_not_depend_on_the_machine_or_the_run(varn: Path, tmp_path: Path, encoder: WordEncoder) -> None:
    reports = []
    for name in ("one", "two"):
        library = Library.create(tmp_path / name, encoder)
        reports.append(index_paths(library, encoder, [varn], Settings()))
        library.close()
    assert reports[0] == reports[1]


def test_hidden_files_and_the_notes_on_sources_are_no_documents(index: Index, varn: Path) -> None:
    (varn / ".draft.txt").write_text(FERRY)
    (varn / ".git").mkdir()
    (varn / ".git" / "log.txt").write_text(FERRY)
    report = index(varn)
    assert report.added == tuple(TEXTS)
    assert report.skipped == ()


def test_the_library_is_not_indexed_into_itself(index: Index, varn: Path, tmp_path: Path) -> None:
    report = index(tmp_path)
    assert report.added == tuple(f"varn/{name}" for name in TEXTS)
    assert report.skipped == ()


def test_a_file_that_is_gone_is_named_and_its_document_stays(index: Index, varn: Path, empty_library: Library) -> None:
    index(varn)
    (varn / "ferry.txt").unlink()
    (warning,) = index(varn).warnings
    assert warning.startswith("ferry.txt: its file is gone")
    assert "ferry.txt" in ids(empty_library)


def test_a_file_that_can_no_longer_be_read_is_said_to_stay_as_it_was(index: Index, varn: Path) -> None:
    index(varn)
    (varn / "ferry.txt").write_bytes(b"")
    (skipped,) = index(varn).skipped
    assert "empty" in skipped.reason
    assert "stays in the library as ferry.txt" in skipped.reason


def test_progress_names_each_file_and_ends_with_all(varn: Path, empty_library: Library, encoder: WordEncoder) -> None:
    seen: list[tuple[int, int, str]] = []
    index_paths(empty_library, encoder, [varn], Settings(), lambda *step: seen.append(step))
    assert [(done, count) for done, count, _ in seen] == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert [os.path.basename(name) for _, _, name in seen] == [*TEXTS, ""]


def test_documents_in_memory_are_added_and_replaced(empty_library: Library, encoder: WordEncoder) -> None:
    def ferry(text: str) -> Document:
        return Document("ferry", "The ferry", text, "memory", "text/plain", "0" * 64)

    assert index_documents(empty_library, encoder, [ferry(FERRY)]).added == ("ferry",)
    assert index_documents(empty_library, encoder, [ferry(FERRY)]).unchanged == ("ferry",)
    assert index_documents(empty_library, encoder, [ferry(HARBOUR)]).replaced == ("ferry",)
    assert empty_library.document("ferry").text == HARBOUR


@pytest.mark.parametrize("text", ["The ferry\0sails.", "The ferry \ud83d sails."])
def test_a_text_that_cannot_be_stored_is_skipped(text: str, empty_library: Library, encoder: WordEncoder) -> None:
    bad = Document("bad", "Bad", text, "memory", "text/plain", "0" * 64)
    good = Document("good", "Good", FERRY, "memory", "text/plain", "0" * 64)
    report = index_documents(empty_library, encoder, [bad, good])
    assert (report.added, [skipped.path for skipped in report.skipped]) == (("good",), ["bad"])


def test_many_documents_at_once_keep_their_own_vectors(empty_library: Library, encoder: WordEncoder) -> None:
    texts = {
        f"{number:03}": f"Boat {number}. " + ("The keeper. " if number % 2 else "The ferry. ") for number in range(150)
    }
    index_documents(
        empty_library, encoder, [Document(name, name, text, name, "text/plain", "0") for name, text in texts.items()]
    )
    for stored in empty_library.stored():
        expected = encoder.read_question(f"{stored.title}. {stored.text}", []).vector
        assert empty_library.vector_of(stored.number) == pytest.approx(expected)


def test_a_word_keeps_its_own_vector_whatever_title_stands_before_it(
    empty_library: Library, encoder: WordEncoder
) -> None:
    for title in ("", "The storm and the lamp"):
        index_documents(empty_library, encoder, [Document(title or "-", title, "A ferry.", title, "text/plain", "0")])
    one, other = (empty_library.word_vectors([stored.number])[stored.number] for stored in empty_library.stored())
    assert one.shape == (2, WordEncoder.dimension)
    assert not one[0].any(), "the encoder does not know a"
    assert one[1].any()
    assert one.tolist() == other.tolist()


def test_furniture_is_not_read(index: Index, varn: Path, empty_library: Library, encoder: WordEncoder) -> None:
    index(varn / "lighthouse.txt")
    assert len(empty_library.passages("lighthouse.txt")) == 3
    assert encoder.texts_encoded == 1

"""Files and folders become documents; what cannot is named and the rest goes on."""

import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from retriever import Assistant, Document, DocumentUnknown, IndexProgress, IndexReport, LibraryForeign, Settings
from retriever.encoder import TextVectors
from retriever.errors import ReadingInterrupted
from retriever.ingest.encoding import encode_documents
from retriever.ingest.indexing import index_documents, index_paths
from retriever.maintenance.verify import verify
from retriever.reading.files import read_document
from retriever.store.contents import text_digest
from retriever.store.sqlite.library import SqliteLibrary
from retriever.store.sqlite.schema import FILE_NAME
from tests.world import FERRY, HARBOUR, TEXTS, WordEncoder

Index = Callable[..., IndexReport]


@pytest.fixture
def index(empty_library: SqliteLibrary, encoder: WordEncoder) -> Index:
    """Indexes paths into one library."""
    return lambda *paths: index_paths(empty_library, encoder, paths, Settings())


def ids(library: SqliteLibrary) -> list[str]:
    return [summary.id for summary in library.documents.all()]


def test_a_folder_becomes_documents_named_by_their_path_in_it(
    index: Index, varn: Path, empty_library: SqliteLibrary
) -> None:
    (varn / "old").mkdir()
    (varn / "old" / "ferry.txt").write_text(HARBOUR)
    report = index(varn)
    assert report.added == ("ferry.txt", "harbour.txt", "lighthouse.txt", "old/ferry.txt")
    assert ids(empty_library) == list(report.added)


def test_a_text_is_stored_unchanged(index: Index, varn: Path, empty_library: SqliteLibrary) -> None:
    index(varn)
    assert {name: empty_library.documents.get(name).text for name in TEXTS} == TEXTS


def test_what_the_sources_file_says_is_stored(index: Index, varn: Path, empty_library: SqliteLibrary) -> None:
    index(varn)
    harbour = empty_library.documents.get("harbour.txt")
    assert (harbour.title, harbour.publisher, harbour.published) == (
        "The harbour master of Varn", "Island Post", "2021-03",
    )  # fmt: skip
    assert harbour.known["publisher"] == "inferred"


def test_what_has_not_changed_is_not_encoded_again(index: Index, varn: Path, encoder: WordEncoder) -> None:
    index(varn)
    before = encoder.texts_encoded
    assert index(varn).unchanged == tuple(TEXTS)
    assert encoder.texts_encoded == before


def test_a_changed_file_replaces_its_document(index: Index, varn: Path, empty_library: SqliteLibrary) -> None:
    index(varn)
    (varn / "ferry.txt").write_text(HARBOUR)
    report = index(varn)
    assert (report.replaced, report.unchanged) == (("ferry.txt",), ("harbour.txt", "lighthouse.txt"))
    assert empty_library.documents.get("ferry.txt").text == HARBOUR


def test_a_changed_note_on_a_source_replaces_its_document(
    index: Index, varn: Path, empty_library: SqliteLibrary
) -> None:
    index(varn)
    notes = varn / "sources.toml"
    notes.write_text(notes.read_text().replace("Island Post", "Mainland Post"))
    assert index(varn).replaced == ("harbour.txt",)
    assert empty_library.documents.get("harbour.txt").publisher == "Mainland Post"


def test_a_note_on_a_file_that_is_not_there_is_warned_of_once(index: Index, varn: Path) -> None:
    notes = varn / "sources.toml"
    notes.write_text(notes.read_text().replace('["harbour.txt"]', '["harbor.txt"]'))
    (warning,) = index(varn).warnings
    assert all(name in warning for name in ("sources.toml", "harbor.txt", "harbour.txt"))


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
    index: Index, varn: Path, tmp_path: Path, empty_library: SqliteLibrary
) -> None:
    for folder in ("east", "west"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "log.txt").write_text(f"The boats of the {folder}.")
    assert index(tmp_path / "east", tmp_path / "west").added == ("log.txt", "west/log.txt")
    assert empty_library.documents.get("west/log.txt").text == "The boats of the west."
    assert index(tmp_path / "west").unchanged == ("west/log.txt",)


def test_ids_do_not_depend_on_the_machine_or_the_run(varn: Path, tmp_path: Path, encoder: WordEncoder) -> None:
    reports = []
    for name in ("one", "two"):
        library = SqliteLibrary.create(tmp_path / name, encoder)
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


def test_a_file_that_is_gone_is_named_and_its_document_stays(
    index: Index, varn: Path, empty_library: SqliteLibrary
) -> None:
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


def test_progress_names_each_file_and_ends_with_all(
    varn: Path, empty_library: SqliteLibrary, encoder: WordEncoder
) -> None:
    seen: list[IndexProgress] = []
    index_paths(empty_library, encoder, [varn], Settings(), seen.append)
    assert {at.files for at in seen} == {3}
    assert [at.files_done for at in seen] == sorted(at.files_done for at in seen)
    assert (seen[0].files_done, seen[-1].files_done, seen[-1].name) == (0, 3, "")
    assert seen[-1].passages == empty_library.state().passages
    assert {os.path.basename(at.name) for at in seen} == {*TEXTS, ""}


def test_documents_in_memory_are_added_and_replaced(empty_library: SqliteLibrary, encoder: WordEncoder) -> None:
    def ferry(text: str) -> Document:
        return Document("ferry", "The ferry", text, "memory", "text/plain", "0" * 64)

    assert index_documents(empty_library, encoder, [ferry(FERRY)]).added == ("ferry",)
    assert index_documents(empty_library, encoder, [ferry(FERRY)]).unchanged == ("ferry",)
    assert index_documents(empty_library, encoder, [ferry(HARBOUR)]).replaced == ("ferry",)
    assert empty_library.documents.get("ferry").text == HARBOUR


@pytest.mark.parametrize("text", ["The ferry\0sails.", "The ferry \ud83d sails."])
def test_a_text_that_cannot_be_stored_is_skipped(text: str, empty_library: SqliteLibrary, encoder: WordEncoder) -> None:
    bad = Document("bad", "Bad", text, "memory", "text/plain", "0" * 64)
    good = Document("good", "Good", FERRY, "memory", "text/plain", "0" * 64)
    report = index_documents(empty_library, encoder, [bad, good])
    assert (report.added, [skipped.path for skipped in report.skipped]) == (("good",), ["bad"])


def test_many_documents_at_once_keep_their_own_vectors(empty_library: SqliteLibrary, encoder: WordEncoder) -> None:
    texts = {
        f"{number:03}": f"Boat {number}. " + ("The keeper. " if number % 2 else "The ferry. ") for number in range(150)
    }
    index_documents(
        empty_library, encoder, [Document(name, name, text, name, "text/plain", "0") for name, text in texts.items()]
    )
    for stored in empty_library.passages.all():
        expected = encoder.encode_question(f"{stored.title}. {stored.text}", []).vector
        assert empty_library.vectors.get(stored.number) == pytest.approx(expected)


def test_a_word_keeps_its_own_vector_whatever_title_stands_before_it(
    empty_library: SqliteLibrary, encoder: WordEncoder
) -> None:
    for title in ("", "The storm and the lamp"):
        index_documents(empty_library, encoder, [Document(title or "-", title, "A ferry.", title, "text/plain", "0")])
    one, other = (
        empty_library.vectors.of_words([stored.number])[stored.number] for stored in empty_library.passages.all()
    )
    assert one.shape == (2, WordEncoder.dimension)
    assert not one[0].any(), "the encoder does not know a"
    assert one[1].any()
    assert one.tolist() == other.tolist()


NIGHTS = "The lamp burnt for nine nights. " * 16
STORMS = "A storm sank three boats. " * 16


def in_two_passages(text: str, title: str = "Varn") -> Document:
    return Document("varn.txt", title, text, "varn.txt", "text/plain", text_digest(text))


@pytest.mark.parametrize(
    ("changed", "read"),
    [
        (in_two_passages(f"{NIGHTS}\n\nThe ferry sails. {STORMS}"), 1),
        (in_two_passages(f"{NIGHTS}\n\n{STORMS}", title="The island"), 2),
    ],
    ids=["one passage's text", "the title, which is read with each"],
)
def test_of_a_document_that_has_changed_only_what_has_is_read_again(
    empty_library: SqliteLibrary, encoder: WordEncoder, changed: Document, read: int
) -> None:
    index_documents(empty_library, encoder, [in_two_passages(f"{NIGHTS}\n\n{STORMS}")])
    assert encoder.texts_encoded == 2
    assert index_documents(empty_library, encoder, [changed]).replaced == ("varn.txt",)
    assert encoder.texts_encoded == 2 + read
    fresh = encode_documents(encoder, [(changed, empty_library.passages.of_document("varn.txt"))])[0]
    for ours, theirs in zip(empty_library.documents.stored("varn.txt").encoded, fresh, strict=True):
        assert ours.passage == theirs.passage
        assert ours.vector.tolist() == theirs.vector.tolist()  # type: ignore[union-attr]
        assert ours.word_vectors.tolist() == theirs.word_vectors.tolist()  # type: ignore[union-attr]


@pytest.mark.parametrize("damage", ["NULL", "zeroblob(length(vector))"])
def test_a_damaged_vector_is_not_kept(empty_library: SqliteLibrary, encoder: WordEncoder, damage: str) -> None:
    index_documents(empty_library, encoder, [in_two_passages(f"{NIGHTS}\n\n{STORMS}")])
    with closing(sqlite3.connect(empty_library.folder / FILE_NAME)) as file, file:
        file.execute(f"UPDATE passages SET vector = {damage}")
    index_documents(empty_library, encoder, [in_two_passages(f"{NIGHTS}\n\n{STORMS} At last.")])
    assert encoder.texts_encoded == 4
    vectors = np.concatenate(list(empty_library.vectors.batches(empty_library.passages.numbers())))
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(2))


def test_furniture_is_not_read(index: Index, varn: Path, empty_library: SqliteLibrary, encoder: WordEncoder) -> None:
    index(varn / "lighthouse.txt")
    assert len(empty_library.passages.of_document("lighthouse.txt")) == 3
    assert encoder.texts_encoded == 1


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are read, in order."""
    seen: list[str] = []

    def read(path: Path, *others: Any) -> Any:
        seen.append(path.name)
        return read_document(path, *others)

    monkeypatch.setattr("retriever.ingest.tasks.read_document", read)
    return seen


def index_with(library: SqliteLibrary, encoder: WordEncoder, *paths: Path, **options: Any) -> IndexReport:
    return index_paths(library, encoder, paths, Settings(), **options)


def test_what_has_not_changed_is_not_read_again(index: Index, varn: Path, readings: list[str]) -> None:
    index(varn)
    assert readings == list(TEXTS)
    (varn / "ferry.txt").touch()
    index(varn)
    assert readings == list(TEXTS)


def test_what_another_version_read_is_read_again(
    index: Index, varn: Path, readings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    index(varn)
    monkeypatch.setattr("retriever.ingest.discovery.READING_VERSION", -1)
    assert index(varn).replaced == tuple(TEXTS)
    assert readings == [*TEXTS, *TEXTS]
    assert index(varn).unchanged == tuple(TEXTS)


def test_what_is_excluded_is_not_indexed(varn: Path, empty_library: SqliteLibrary, encoder: WordEncoder) -> None:
    (varn / ".ibidignore").write_text("harbour.*\n")
    report = index_with(empty_library, encoder, varn, exclude=["light*"])
    assert report.added == ("ferry.txt",)
    assert report.skipped == ()


def numbers_of(library: SqliteLibrary, document_id: str) -> list[int]:
    return [stored.number for stored in library.passages.stored_in(document_id)]


def test_a_moved_file_keeps_its_passages_and_vectors_and_gets_a_new_id(
    index: Index, varn: Path, empty_library: SqliteLibrary, encoder: WordEncoder, readings: list[str]
) -> None:
    index(varn)
    encoded, numbers = encoder.texts_encoded, numbers_of(empty_library, "lighthouse.txt")
    (varn / "old").mkdir()
    (varn / "lighthouse.txt").rename(varn / "old" / "tower.txt")
    report = index(varn)
    assert report.moved == (("lighthouse.txt", "old/tower.txt"),)
    assert (report.added, report.replaced, report.warnings) == ((), (), ())
    assert (encoder.texts_encoded, readings) == (encoded, list(TEXTS))
    assert ids(empty_library) == ["ferry.txt", "harbour.txt", "old/tower.txt"]
    assert numbers_of(empty_library, "old/tower.txt") == numbers
    assert empty_library.documents.get("old/tower.txt").source == str(varn / "old" / "tower.txt")
    assert verify(empty_library, encoder) == ()
    assert index(varn).unchanged == ("ferry.txt", "harbour.txt", "old/tower.txt")


UNTITLED = "12 boats sank. and the captain of the ferry saw it."


def test_a_renamed_file_whose_title_came_from_its_name_is_read_anew(
    index: Index, tmp_path: Path, empty_library: SqliteLibrary, encoder: WordEncoder
) -> None:
    folder = tmp_path / "notes"
    (folder / "old").mkdir(parents=True)
    (folder / "boats.txt").write_text(UNTITLED)
    index(folder)
    assert empty_library.documents.get("boats.txt").title == "boats"
    (folder / "boats.txt").rename(folder / "storm.txt")
    report = index(folder)
    assert (report.added, report.moved) == (("storm.txt",), ())
    assert report.warnings[0].startswith("boats.txt: its file is gone")
    assert empty_library.documents.get("storm.txt").title == "storm"
    (folder / "storm.txt").rename(folder / "old" / "storm.txt")
    assert index(folder).moved == (("storm.txt", "old/storm.txt"),), "the name has stayed"
    assert verify(empty_library, encoder) == ()


def test_a_copied_file_is_another_document(index: Index, varn: Path, empty_library: SqliteLibrary) -> None:
    index(varn)
    (varn / "copy.txt").write_text(TEXTS["lighthouse.txt"])
    report = index(varn)
    assert (report.added, report.moved) == (("copy.txt",), ())
    assert "lighthouse.txt" in ids(empty_library)


def test_files_that_change_places_change_their_texts(index: Index, varn: Path, empty_library: SqliteLibrary) -> None:
    (varn / "sources.toml").unlink()
    index(varn)
    (varn / "ferry.txt").rename(varn / "x")
    (varn / "harbour.txt").rename(varn / "ferry.txt")
    (varn / "x").rename(varn / "harbour.txt")
    assert index(varn).replaced == ("ferry.txt", "harbour.txt")
    assert empty_library.documents.get("harbour.txt").text == FERRY


def test_documents_whose_file_is_gone_are_removed_where_that_is_asked_for(
    varn: Path, tmp_path: Path, empty_library: SqliteLibrary, encoder: WordEncoder
) -> None:
    (tmp_path / "elsewhere.txt").write_text(HARBOUR)
    index_with(empty_library, encoder, varn, tmp_path / "elsewhere.txt")
    (varn / "ferry.txt").unlink()
    (tmp_path / "elsewhere.txt").unlink()
    report = index_with(empty_library, encoder, varn, prune=True)
    assert (report.removed, report.warnings) == (("ferry.txt",), ())
    assert ids(empty_library) == ["elsewhere.txt", "harbour.txt", "lighthouse.txt"], "only of the folder that is named"
    assert verify(empty_library, encoder) == ()


def test_nothing_is_removed_where_no_file_is_gone(
    varn: Path, empty_library: SqliteLibrary, encoder: WordEncoder
) -> None:
    index_with(empty_library, encoder, varn)
    (varn / "ferry.txt").write_bytes(b"")
    assert index_with(empty_library, encoder, varn, prune=True).removed == ()
    assert ids(empty_library) == list(TEXTS)


def test_a_failure_is_remembered_and_the_file_not_tried_again_until_it_changes(
    index: Index, varn: Path, empty_library: SqliteLibrary, encoder: WordEncoder, readings: list[str]
) -> None:
    (varn / "bad.txt").write_bytes(bytes(100))
    (first,) = index(varn).skipped
    (second,) = index(varn).skipped
    assert first == second
    assert readings.count("bad.txt") == 1
    assert {Path(source).name: kept.reason for source, kept in empty_library.failures.all().items()} == {
        "bad.txt": first.reason
    }
    (varn / "bad.txt").write_bytes(bytes(101))
    index(varn)
    assert readings.count("bad.txt") == 2
    (varn / "bad.txt").write_text("The lamp broke.")
    assert index(varn).added == ("bad.txt",)
    assert empty_library.failures.all() == {}
    assert verify(empty_library, encoder) == ()


def test_a_failure_is_tried_again_by_another_version(
    index: Index, varn: Path, readings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (varn / "bad.txt").write_bytes(bytes(100))
    index(varn)
    monkeypatch.setattr("retriever.ingest.discovery.READING_VERSION", -1)
    index(varn)
    assert readings.count("bad.txt") == 2


def test_a_failure_is_forgotten_when_its_file_is_gone(index: Index, varn: Path, empty_library: SqliteLibrary) -> None:
    for named in (varn, varn / "bad.txt"):
        (varn / "bad.txt").write_bytes(bytes(100))
        index(varn / "bad.txt")
        assert len(empty_library.failures.all()) == 1
        (varn / "bad.txt").unlink()
        index(named)
        assert empty_library.failures.all() == {}


def test_a_failure_is_forgotten_when_the_file_is_again_what_it_was(
    index: Index, varn: Path, empty_library: SqliteLibrary
) -> None:
    index(varn)
    (varn / "ferry.txt").write_bytes(bytes(100))
    index(varn)
    assert len(empty_library.failures.all()) == 1
    (varn / "ferry.txt").write_text(FERRY)
    assert index(varn).unchanged == tuple(TEXTS)
    assert empty_library.failures.all() == {}


class WiderEncoder(WordEncoder):
    """Another model: its vectors are longer by one dimension, and it may be interrupted."""

    name = "known words, wider"
    digest = "6" * 64
    dimension = WordEncoder.dimension + 1
    origin = "/models/wider"

    def __init__(self, passages: int = 1000) -> None:
        super().__init__()
        self.passages_left = passages
        self.questions = 0

    def encode_passages(self, texts: Sequence[str], words: Sequence[Sequence[tuple[int, int]]]) -> list[TextVectors]:
        self.passages_left -= len(texts)
        if self.passages_left < 0:
            raise KeyboardInterrupt
        return [_wider(reading) for reading in super().encode_passages(texts, words)]

    def encode_question(self, question: str, words: Sequence[tuple[int, int]]) -> TextVectors:
        self.questions += 1
        return _wider(super().encode_question(question, words))


def _wider(reading: TextVectors) -> TextVectors:
    return TextVectors(np.pad(reading.vector, (0, 1)), np.pad(reading.word_vectors, ((0, 0), (0, 1))))


QUESTION = "Who is the captain of the ferry?"


def test_another_encoder_answers_once_it_has_read_everything(assistant: Assistant, varn: Path, tmp_path: Path) -> None:
    before, other = assistant.ask(QUESTION), WiderEncoder()
    seen: list[IndexProgress] = []
    assistant.change_encoder(other, seen.append)
    assert (other.texts_encoded, seen[-1].files_done, seen[-1].files) == (3, 3, 3)
    answer = assistant.ask(QUESTION)
    assert other.questions == 1
    assert [quote.text for quote in answer.quotes] == [quote.text for quote in before.quotes]
    assert answer.library.digest != before.library.digest
    assert assistant.verify() == ()
    assert assistant.index([varn]).unchanged == tuple(TEXTS), "the files need not be read again"
    assert SqliteLibrary.encoder_origin(tmp_path / "library") == "/models/wider"
    with Assistant.open(tmp_path / "library", encoder=WiderEncoder()) as opened:
        assert opened.ask(QUESTION).quotes == answer.quotes
    with pytest.raises(LibraryForeign):
        Assistant.open(tmp_path / "library", encoder=WordEncoder())


def test_a_change_of_encoder_that_was_interrupted_goes_on_from_there(
    assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retriever.ingest.encoding.PASSAGES_AT_ONCE", 1)
    before = assistant.ask(QUESTION)
    with pytest.raises(KeyboardInterrupt):
        assistant.change_encoder(WiderEncoder(passages=2))
    assert assistant.ask(QUESTION).quotes == before.quotes, "the first one answers"
    assert assistant.verify() == ()
    with Assistant.open(tmp_path / "library", encoder=WordEncoder()) as later:
        other = WiderEncoder()
        later.change_encoder(other)
        assert other.texts_encoded == 1, "two of three had been read"
        assert [quote.text for quote in later.ask(QUESTION).quotes] == [quote.text for quote in before.quotes]
        assert later.verify() == ()


def test_what_changes_while_another_encoder_reads_is_read_too(
    assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retriever.ingest.encoding.PASSAGES_AT_ONCE", 1)

    def change(at: IndexProgress) -> None:
        if at.files_done == 2:
            with Assistant.open(tmp_path / "library", encoder=WordEncoder()) as meanwhile:
                meanwhile.add([Document("a", "The wreck", "The wreck lies deep.", "memory", "text/plain", "0" * 64)])
                meanwhile.add([Document("ferry.txt", "The ferry", HARBOUR, "memory", "text/plain", "1" * 64)])
                meanwhile.remove(["harbour.txt"])

    other = WiderEncoder()
    assistant.change_encoder(other, change)
    assert [summary.id for summary in assistant.documents()] == ["a", "ferry.txt", "lighthouse.txt"]
    assert assistant.verify() == ()


def test_what_a_third_encoder_had_read_is_not_taken_for_the_seconds(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retriever.ingest.encoding.PASSAGES_AT_ONCE", 1)

    class Third(WiderEncoder):
        digest = "7" * 64

    with pytest.raises(KeyboardInterrupt):
        assistant.change_encoder(Third(passages=2))
    other = WiderEncoder()
    assistant.change_encoder(other)
    assert other.texts_encoded == 3
    assert assistant.verify() == ()


def test_who_has_the_library_open_while_another_changes_its_encoder_is_told_so(
    assistant: Assistant, tmp_path: Path
) -> None:
    """Vectors of two encoders in one library, or a question of one asked of the other's, would answer wrongly."""
    with Assistant.open(tmp_path / "library", encoder=WordEncoder()) as other:
        other.ask(QUESTION)
        assistant.change_encoder(WiderEncoder())
        with pytest.raises(LibraryForeign):
            other.ask(QUESTION)
        with pytest.raises(LibraryForeign):
            other.add([Document("a", "The wreck", "The wreck lies deep.", "memory", "text/plain", "0" * 64)])
    assert assistant.verify() == ()


def test_near_copies_are_linked_and_other_texts_are_not(assistant: Assistant) -> None:
    def document(name: str, text: str) -> Document:
        return Document(name, name, text, name, "text/plain", "0" * 64)

    assistant.add(
        [document("again", FERRY.upper()), document("points", "..."), document("more points", "...")]
    )  # fmt: skip
    copies = assistant.copies()
    assert copies["again"] == (("ferry.txt", 1.0),)
    assert copies["ferry.txt"] == (("again", 1.0),)
    assert copies["harbour.txt"] == copies["points"] == ()
    assert assistant.copies(["again"]) == {"again": copies["again"]}
    with pytest.raises(DocumentUnknown):
        assistant.copies(["mill.txt"])


def test_a_folder_that_was_emptied_is_pruned_where_it_is_named(
    index: Index, varn: Path, empty_library: SqliteLibrary, encoder: WordEncoder
) -> None:
    index(varn)
    for file in varn.iterdir():
        file.unlink()
    assert len(index(varn).warnings) == 3
    report = index_paths(empty_library, encoder, [varn], Settings(), prune=True)
    assert report.removed == tuple(TEXTS)
    assert ids(empty_library) == []


def test_a_folder_that_is_gone_prunes_nothing(
    index: Index, varn: Path, empty_library: SqliteLibrary, encoder: WordEncoder
) -> None:
    """As where the disk is not there."""
    index(varn)
    varn.rename(varn.with_name("elsewhere"))
    report = index_paths(empty_library, encoder, [varn], Settings(), prune=True)
    assert (report.removed, len(report.skipped)) == ((), 1)
    assert ids(empty_library) == list(TEXTS)


def test_a_failure_of_the_machine_is_named_and_tried_again(
    index: Index, varn: Path, empty_library: SqliteLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang(*_: object) -> None:
        raise ReadingInterrupted("ferry.txt was not read within 60 seconds: split it.")

    with monkeypatch.context() as patched:
        patched.setattr("retriever.ingest.tasks.read_document", hang)
        assert len(index(varn / "ferry.txt").skipped) == 1
        assert len(empty_library.failures.all()) == 1
    assert index(varn / "ferry.txt").added == ("ferry.txt",)
    assert empty_library.failures.all() == {}


def test_a_failure_of_the_file_is_tried_again_where_that_is_asked_for(
    index: Index, varn: Path, empty_library: SqliteLibrary, encoder: WordEncoder, readings: list[str]
) -> None:
    (varn / "bad.txt").write_bytes(bytes(100))
    index(varn)
    index_with(empty_library, encoder, varn, retry=True)
    assert readings.count("bad.txt") == 2
    index(varn)
    assert readings.count("bad.txt") == 2


def test_what_programs_leave_behind_is_left_out_without_a_word(index: Index, varn: Path) -> None:
    for name in ("~$ferry.docx", "Thumbs.db", "desktop.ini", "package-lock.json", "poetry.lock", "a.pyc", "a.txt~"):
        (varn / name).write_bytes(b"\0")
    (varn / "node_modules").mkdir()
    (varn / "node_modules" / "a.js").write_text("let a = 1")
    report = index(varn)
    assert (report.added, report.skipped, report.warnings) == (tuple(TEXTS), (), ())


def test_a_document_that_is_now_left_out_is_said_to_be(
    index: Index, varn: Path, empty_library: SqliteLibrary, encoder: WordEncoder
) -> None:
    index(varn)
    (warning,) = index_paths(empty_library, encoder, [varn], Settings(), exclude=["ferry.txt"]).warnings
    assert "ferry.txt: its file is now excluded" in warning
    pruned = index_paths(empty_library, encoder, [varn], Settings(), exclude=["ferry.txt"], prune=True)
    assert pruned.removed == ("ferry.txt",)


def test_an_id_that_another_process_gave_away_meanwhile_replaces_nothing(
    empty_library: SqliteLibrary, encoder: WordEncoder, varn: Path
) -> None:
    other = Document("ferry.txt", "Other", HARBOUR, "elsewhere/ferry.txt", "text/plain", "0" * 64)
    empty = [True]

    def meanwhile(_: IndexProgress) -> None:
        if empty:
            empty.clear()
            index_documents(empty_library, encoder, [other])

    report = index_paths(empty_library, encoder, [varn / "ferry.txt"], Settings(), meanwhile)
    assert (report.added, report.replaced) == (("ferry.txt~2",), ())
    assert empty_library.documents.get("ferry.txt").text == HARBOUR
    assert empty_library.documents.get("ferry.txt~2").text == FERRY

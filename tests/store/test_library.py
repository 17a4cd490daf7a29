"""The store: what goes in comes out, and nothing by halves."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retriever import Assistant, Document, DocumentUnknown, LibraryError, LibraryForeign, LibraryMissing
from retriever.ingest.chunking import split_passages
from retriever.ingest.encoding import encode_documents
from retriever.records import Passage, Provenance
from retriever.store.contents import EncodedPassage, text_digest
from retriever.store.sqlite import connection
from retriever.store.sqlite.library import SqliteLibrary
from retriever.store.sqlite.schema import FILE_NAME
from retriever.text.tokens import words
from tests.world import FERRY, HARBOUR, LIGHTHOUSE, WordEncoder

VECTOR = np.ones(WordEncoder.dimension, dtype=np.float32)


def document(document_id: str, text: str, source: str = "") -> Document:
    known = {"title": Provenance.INFERRED}
    return Document(document_id, f"On {document_id}", text, source or document_id, "text/plain", "0" * 64, known=known)


def put(library: SqliteLibrary, *documents: Document) -> None:
    for each in documents:
        library.documents.replace(each, encode_documents(WordEncoder(), [(each, split_passages(each))])[0])


def sources(library: SqliteLibrary) -> dict[str, str]:
    return {summary.id: summary.source for summary in library.documents.all()}


@pytest.fixture
def library(empty_library: SqliteLibrary) -> SqliteLibrary:
    put(empty_library, document("ferry", FERRY), document("harbour", HARBOUR))
    return empty_library


@pytest.fixture
def second(library: SqliteLibrary) -> Iterator[SqliteLibrary]:
    """The same library, opened a second time as another process would."""
    other = SqliteLibrary.open(library.folder, WordEncoder())
    yield other
    other.close()


def test_one_thread_reads_while_another_reads(library: SqliteLibrary) -> None:
    with library.snapshot(), ThreadPoolExecutor(1) as other:
        assert other.submit(library.passages.numbers).result(timeout=10).tolist() == library.passages.numbers().tolist()


def test_a_thread_that_reads_one_state_does_not_see_what_another_writes(library: SqliteLibrary) -> None:
    with library.snapshot(), ThreadPoolExecutor(1) as other:
        before = library.documents.all()
        other.submit(library.documents.remove, ["ferry"]).result(timeout=10)
        assert library.documents.all() == before
    assert [summary.id for summary in library.documents.all()] == ["harbour"]


def test_a_writer_reads_what_it_has_written(library: SqliteLibrary) -> None:
    with library._database.write() as connection:
        connection.execute("UPDATE documents SET title = 'Boats' WHERE id = 'ferry'")
        assert library.documents.titles(["ferry"]) == {"ferry": "Boats"}


def test_a_library_that_is_taken_away_is_not_made_anew(library: SqliteLibrary) -> None:
    library.close()
    with pytest.raises(LibraryError):
        library.documents.all()
    (library.folder / FILE_NAME).unlink()
    with pytest.raises(LibraryMissing):
        SqliteLibrary.open(library.folder, WordEncoder())
    assert not (library.folder / FILE_NAME).exists()


def test_a_document_comes_back_as_it_went_in(library: SqliteLibrary) -> None:
    assert library.documents.get("ferry") == document("ferry", FERRY)


def test_documents_are_listed_by_id_with_their_size(library: SqliteLibrary) -> None:
    listed = [(summary.id, summary.characters, summary.passages) for summary in library.documents.all()]
    assert listed == [("ferry", len(FERRY), 1), ("harbour", len(HARBOUR), 1)]
    assert library.documents.summary("ferry") == library.documents.all()[0]


def test_passages_come_back_as_they_went_in(library: SqliteLibrary) -> None:
    assert library.passages.of_document("ferry") == split_passages(document("ferry", FERRY))


def test_a_slice_counts_characters_not_bytes(library: SqliteLibrary) -> None:
    text = "Ærø 🏝️ isle. " + FERRY
    put(library, document("isle", text))
    assert library.documents.text_slice("isle", 4, 12).text == text[4:12]


def test_a_replaced_document_leaves_nothing_behind(library: SqliteLibrary) -> None:
    put(library, document("ferry", HARBOUR))
    assert library.documents.get("ferry").text == HARBOUR
    assert len(list(library.passages.all())) == 2
    assert {stored.text for stored in library.passages.stored_in("ferry")} == {
        stored.text for stored in library.passages.stored_in("harbour")
    }


def test_a_removed_document_leaves_nothing_behind(library: SqliteLibrary) -> None:
    library.documents.remove(["ferry"])
    assert list(sources(library)) == ["harbour"]
    assert {stored.passage.document_id for stored in library.passages.all()} == {"harbour"}
    assert len(library.passages.numbers()) == 1


def test_all_are_removed_or_none(library: SqliteLibrary) -> None:
    with pytest.raises(DocumentUnknown, match="'mill'"):
        library.documents.remove(["ferry", "mill"])
    assert list(sources(library)) == ["ferry", "harbour"]


def test_what_is_not_there_is_named(library: SqliteLibrary) -> None:
    for look in (
        library.documents.get,
        library.documents.summary,
        lambda name: library.documents.text_slice(name, 0, 1).text,
    ):
        with pytest.raises(DocumentUnknown, match="'mill'"):
            look("mill")


def test_a_passages_number_is_never_used_again(library: SqliteLibrary) -> None:
    before = set(library.passages.numbers().tolist())
    library.documents.remove(["harbour"])
    put(library, document("harbour", HARBOUR))
    assert max(library.passages.numbers()) > max(before)


def test_every_change_counts_the_generation_up(library: SqliteLibrary) -> None:
    before = library.manifest.generation
    put(library, document("ferry", HARBOUR))
    library.documents.remove(["ferry"])
    assert library.manifest.generation == before + 2


def test_a_failed_change_counts_nothing(library: SqliteLibrary) -> None:
    before = library.manifest
    with pytest.raises(DocumentUnknown):
        library.documents.remove(["mill"])
    assert library.manifest == before


def test_vectors_come_back_bit_by_bit(library: SqliteLibrary) -> None:
    stored = next(library.passages.stored_in("ferry"))
    encoded = encode_documents(WordEncoder(), [(document("ferry", FERRY), (stored.passage,))])[0][0]
    assert np.array_equal(library.vectors.get(stored.number), encoded.vector)
    kept = library.vectors.of_words([stored.number])[stored.number]
    assert kept.dtype == np.int8
    assert kept.shape == (len(words(stored.text)), WordEncoder.dimension)
    assert np.array_equal(kept, encoded.word_vectors)


def test_a_passage_without_words_has_no_word_vectors(library: SqliteLibrary) -> None:
    put(library, document("isle", "🏝️🏝️🏝️"))
    (stored,) = library.passages.stored_in("isle")
    assert library.vectors.of_words([stored.number])[stored.number].shape == (0, WordEncoder.dimension)


def test_titles_come_back_by_id(library: SqliteLibrary) -> None:
    assert library.documents.titles(["harbour", "ferry", "mill"]) == {"ferry": "On ferry", "harbour": "On harbour"}
    assert library.documents.titles([]) == {}


def test_the_numbers_of_documents_are_those_that_their_passages_have(library: SqliteLibrary) -> None:
    put(library, document("lighthouse", LIGHTHOUSE))
    (found,) = library.passages.stored_in("lighthouse")
    assert library.documents.numbers(["lighthouse"]).tolist() == [found.document_number]
    assert len(library.documents.numbers(["lighthouse", "ferry"])) == 2
    assert library.passages.numbers_in([found.document_number]).tolist() == [found.number]
    numbers, documents = (each.tolist() for each in library.passages.numbers_since(0))
    of = dict(zip(numbers, documents, strict=True))
    assert of == {stored.number: stored.document_number for stored in library.passages.all()}
    assert [each.tolist() for each in library.passages.numbers_since(numbers[0])] == [
        list(of)[1:],
        list(of.values())[1:],
    ]
    assert [each.tolist() for each in library.passages.numbers_since(numbers[-1])] == [[], []]
    assert library.passages.counts_until(numbers[0]) == {documents[0]: 1}
    assert library.passages.counts_until(numbers[-1]) == Counter(documents)


def test_more_documents_can_be_left_out_than_a_query_has_room_for(library: SqliteLibrary) -> None:
    many = [f"never heard of {number}" for number in range(300_000)]
    assert library.documents.numbers([*many, "ferry"]).tolist() == library.documents.numbers(["ferry"]).tolist()


def test_vectors_come_in_batches_in_the_order_of_the_numbers(
    library: SqliteLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(library, document("lighthouse", LIGHTHOUSE))
    monkeypatch.setattr("retriever.store.sqlite.vectors._VECTORS_AT_ONCE", 2)
    numbers = library.passages.numbers()
    batches = list(library.vectors.batches(numbers))
    assert [len(batch) for batch in batches] == [2, 1]
    one_by_one = [library.vectors.get(number) for number in numbers.tolist()]
    assert np.array_equal(np.concatenate(batches), np.array(one_by_one))


def test_counting_and_digesting_go_past_no_text_and_no_vector(library: SqliteLibrary) -> None:
    asked = (
        ("documents_state", "SELECT id, sha256, title, publisher, published FROM documents ORDER BY id"),
        ("passages_findable", "SELECT count(*) FROM passages WHERE NOT furniture"),
    )
    with closing(sqlite3.connect(library.folder / FILE_NAME)) as connection:
        for name, query in asked:
            (plan,) = connection.execute(f"EXPLAIN QUERY PLAN {query}")
            assert f"USING COVERING INDEX {name}" in plan[3]


@pytest.mark.parametrize(
    ("vector", "word_vectors", "said"),
    [
        (VECTOR[:3], np.ones((1, WordEncoder.dimension), dtype=np.int8), r"shape \(3,\)"),
        (VECTOR, np.ones((1, 3), dtype=np.int8), r"shape \(1, 3\)"),
        (VECTOR, np.ones(WordEncoder.dimension, dtype=np.int8), rf"shape \({WordEncoder.dimension},\)"),
    ],
)
def test_vectors_of_another_shape_are_not_stored(
    library: SqliteLibrary, vector: np.ndarray, word_vectors: np.ndarray, said: str
) -> None:
    passage = Passage("mill", 0, 4, sentences=((0, 4),))
    with pytest.raises(ValueError, match=said):
        library.documents.replace(document("mill", "Mill"), [EncodedPassage(passage, vector, word_vectors)])
    assert list(sources(library)) == ["ferry", "harbour"]


def test_the_state_is_the_same_for_the_same_documents_in_any_order(library: SqliteLibrary, tmp_path: Path) -> None:
    other = SqliteLibrary.create(tmp_path / "other", WordEncoder())
    put(other, document("harbour", HARBOUR), document("ferry", FERRY))
    assert other.state() == library.state()
    other.documents.remove(["ferry"])
    assert other.state().digest != library.state().digest
    other.close()


def test_another_process_sees_each_change_at_once(library: SqliteLibrary, second: SqliteLibrary) -> None:
    library.documents.remove(["ferry"])
    assert list(sources(second)) == ["harbour"]
    assert second.manifest == library.manifest


def test_a_snapshot_stays_the_same_while_another_process_writes(library: SqliteLibrary, second: SqliteLibrary) -> None:
    with library.snapshot():
        assert "ferry" in sources(library)
        second.documents.remove(["ferry"])
        assert library.documents.get("ferry").text == FERRY
    assert "ferry" not in sources(library)


def test_an_id_that_another_process_took_meanwhile_stays_with_its_document(library: SqliteLibrary) -> None:
    late = document("ferry", HARBOUR, source="/elsewhere/ferry")
    assert library.documents.replace(late, [], new=True) == "ferry~2"
    assert library.documents.get("ferry").text == FERRY
    assert library.documents.get("ferry~2").text == HARBOUR


def test_the_same_file_indexed_by_two_processes_is_one_document(library: SqliteLibrary) -> None:
    assert library.documents.replace(document("ferry", FERRY), [], new=True) == "ferry"
    assert list(sources(library)) == ["ferry", "harbour"]


def test_making_a_library_twice_keeps_what_is_in_it(library: SqliteLibrary) -> None:
    SqliteLibrary.create(library.folder, WordEncoder()).close()
    assert list(sources(library)) == ["ferry", "harbour"]


def test_where_no_library_is_the_error_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(LibraryMissing, match="ibid index"):
        SqliteLibrary.open(tmp_path / "nowhere", WordEncoder())
    assert not (tmp_path / "nowhere").exists()


def test_another_programs_database_is_left_as_it_was(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    connection.execute("CREATE TABLE manifest (goods TEXT)")
    connection.close()
    before = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(LibraryForeign, match="format None"):
        SqliteLibrary.open(tmp_path, WordEncoder())
    assert (tmp_path / FILE_NAME).read_bytes() == before


@settings(max_examples=30, deadline=None)
@given(text=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1), data=st.data())
def test_any_text_comes_back_and_is_cut_as_python_cuts_it(
    tmp_path_factory: pytest.TempPathFactory, text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    library = SqliteLibrary.create(tmp_path_factory.mktemp("any"), WordEncoder())
    library.documents.replace(document("any", text), [])
    assert library.documents.get("any").text == text
    assert library.documents.text_slice("any", start, end).text == text[start:end]
    assert library.documents.summary("any").characters == len(text)
    assert library.documents.text_digests() == {"any": text_digest(text)}
    library.close()


def test_each_generation_has_a_mark_of_its_own(library: SqliteLibrary) -> None:
    before = library.manifest.generation
    library.documents.remove(["ferry"])
    marks = {library._database.mark(generation) for generation in range(before + 2)}
    assert len(marks) == before + 2
    assert None not in marks
    assert library._database.mark(before + 2) is None


def test_what_came_after_a_passage_is_told(library: SqliteLibrary) -> None:
    numbers = library.passages.numbers().tolist()
    assert library.passages.count_since(numbers[0]) == len(numbers) - 1
    assert sorted(stored.number for stored in library.passages.since(numbers[0])) == numbers[1:]
    assert list(library.passages.since(numbers[-1])) == []


def test_a_library_on_a_full_disk_can_still_be_read(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = assistant.folder
    assistant.ask("Who is the captain of the ferry?")  # its indexes are stored now
    assistant.close()

    class Full:
        """A connection for which the disk has no room."""

        def execute(self, _: str) -> None:
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE  # type: ignore[attr-defined]
            raise error

        def close(self) -> None:
            pass

    opened = connection._open
    monkeypatch.setattr(
        connection, "_open", lambda file, options: Full() if "mode=rw" in options else opened(file, options)
    )
    with Assistant.open(folder, encoder=WordEncoder()) as again:
        assert again.ask("Who is the captain of the ferry?").quotes
        with pytest.raises(LibraryError, match="free some space"):
            again.remove(["ferry.txt"])

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

from retriever import Document, DocumentUnknown, LibraryError, LibraryForeign, LibraryMissing
from retriever.ingest.chunking import split_passages
from retriever.ingest.encoding import encode_documents
from retriever.records import Passage, Provenance
from retriever.store.records import EncodedPassage
from retriever.store.sqlite.library import FILE_NAME, Library, text_digest
from retriever.text.tokens import words
from tests.world import FERRY, HARBOUR, LIGHTHOUSE, WordEncoder

VECTOR = np.ones(WordEncoder.dimension, dtype=np.float32)


def document(document_id: str, text: str, source: str = "") -> Document:
    known = {"title": Provenance.INFERRED}
    return Document(document_id, f"On {document_id}", text, source or document_id, "text/plain", "0" * 64, known=known)


def put(library: Library, *documents: Document) -> None:
    for each in documents:
        library.replace(each, encode_documents(WordEncoder(), [(each, split_passages(each))])[0])


def sources(library: Library) -> dict[str, str]:
    return {summary.id: summary.source for summary in library.documents()}


@pytest.fixture
def library(empty_library: Library) -> Library:
    put(empty_library, document("ferry", FERRY), document("harbour", HARBOUR))
    return empty_library


@pytest.fixture
def second(library: Library) -> Iterator[Library]:
    """The same library, opened a second time as another process would."""
    other = Library.open(library.folder, WordEncoder())
    yield other
    other.close()


def test_one_thread_reads_while_another_reads(library: Library) -> None:
    with library.snapshot(), ThreadPoolExecutor(1) as other:
        assert other.submit(library.numbers).result(timeout=10).tolist() == library.numbers().tolist()


def test_a_thread_that_reads_one_state_does_not_see_what_another_writes(library: Library) -> None:
    with library.snapshot(), ThreadPoolExecutor(1) as other:
        before = library.documents()
        other.submit(library.remove, ["ferry"]).result(timeout=10)
        assert library.documents() == before
    assert [summary.id for summary in library.documents()] == ["harbour"]


def test_a_writer_reads_what_it_has_written(library: Library) -> None:
    with library._write() as connection:
        connection.execute("UPDATE documents SET title = 'Boats' WHERE id = 'ferry'")
        assert library.titles(["ferry"]) == {"ferry": "Boats"}


def test_a_library_that_is_taken_away_is_not_made_anew(library: Library) -> None:
    library.close()
    with pytest.raises(LibraryError):
        library.documents()
    (library.folder / FILE_NAME).unlink()
    with pytest.raises(LibraryMissing):
        Library.open(library.folder, WordEncoder())
    assert not (library.folder / FILE_NAME).exists()


def test_a_document_comes_back_as_it_went_in(library: Library) -> None:
    assert library.document("ferry") == document("ferry", FERRY)


def test_documents_are_listed_by_id_with_their_size(library: Library) -> None:
    listed = [(summary.id, summary.characters, summary.passages) for summary in library.documents()]
    assert listed == [("ferry", len(FERRY), 1), ("harbour", len(HARBOUR), 1)]
    assert library.summary("ferry") == library.documents()[0]


def test_passages_come_back_as_they_went_in(library: Library) -> None:
    assert library.passages("ferry") == split_passages(document("ferry", FERRY))


def test_a_slice_counts_characters_not_bytes(library: Library) -> None:
    text = "Ærø 🏝️ isle. " + FERRY
    put(library, document("isle", text))
    assert library.extract("isle", 4, 12).text == text[4:12]


def test_a_replaced_document_leaves_nothing_behind(library: Library) -> None:
    put(library, document("ferry", HARBOUR))
    assert library.document("ferry").text == HARBOUR
    assert len(list(library.stored())) == 2
    assert {stored.text for stored in library.stored_of("ferry")} == {
        stored.text for stored in library.stored_of("harbour")
    }


def test_a_removed_document_leaves_nothing_behind(library: Library) -> None:
    library.remove(["ferry"])
    assert list(sources(library)) == ["harbour"]
    assert {stored.passage.document_id for stored in library.stored()} == {"harbour"}
    assert len(library.numbers()) == 1


def test_all_are_removed_or_none(library: Library) -> None:
    with pytest.raises(DocumentUnknown, match="'mill'"):
        library.remove(["ferry", "mill"])
    assert list(sources(library)) == ["ferry", "harbour"]


def test_what_is_not_there_is_named(library: Library) -> None:
    for look in (library.document, library.summary, lambda name: library.extract(name, 0, 1).text):
        with pytest.raises(DocumentUnknown, match="'mill'"):
            look("mill")


def test_a_passages_number_is_never_used_again(library: Library) -> None:
    before = set(library.numbers().tolist())
    library.remove(["harbour"])
    put(library, document("harbour", HARBOUR))
    assert max(library.numbers()) > max(before)


def test_every_change_counts_the_generation_up(library: Library) -> None:
    before = library.manifest.generation
    put(library, document("ferry", HARBOUR))
    library.remove(["ferry"])
    assert library.manifest.generation == before + 2


def test_a_failed_change_counts_nothing(library: Library) -> None:
    before = library.manifest
    with pytest.raises(DocumentUnknown):
        library.remove(["mill"])
    assert library.manifest == before


def test_vectors_come_back_bit_by_bit(library: Library) -> None:
    stored = next(library.stored_of("ferry"))
    encoded = encode_documents(WordEncoder(), [(document("ferry", FERRY), (stored.passage,))])[0][0]
    assert np.array_equal(library.vector_of(stored.number), encoded.vector)
    kept = library.word_vectors([stored.number])[stored.number]
    assert kept.dtype == np.int8
    assert kept.shape == (len(words(stored.text)), WordEncoder.dimension)
    assert np.array_equal(kept, encoded.word_vectors)


def test_a_passage_without_words_has_no_word_vectors(library: Library) -> None:
    put(library, document("isle", "🏝️🏝️🏝️"))
    (stored,) = library.stored_of("isle")
    assert library.word_vectors([stored.number])[stored.number].shape == (0, WordEncoder.dimension)


def test_titles_come_back_by_id(library: Library) -> None:
    assert library.titles(["harbour", "ferry", "mill"]) == {"ferry": "On ferry", "harbour": "On harbour"}
    assert library.titles([]) == {}


def test_the_numbers_of_documents_are_those_that_their_passages_have(library: Library) -> None:
    put(library, document("lighthouse", LIGHTHOUSE))
    (found,) = library.stored_of("lighthouse")
    assert library.document_numbers(["lighthouse"]).tolist() == [found.document_number]
    assert len(library.document_numbers(["lighthouse", "ferry"])) == 2
    assert library.numbers_in([found.document_number]).tolist() == [found.number]
    numbers, documents = (each.tolist() for each in library.numbers_since(0))
    of = dict(zip(numbers, documents, strict=True))
    assert of == {stored.number: stored.document_number for stored in library.stored()}
    assert [each.tolist() for each in library.numbers_since(numbers[0])] == [list(of)[1:], list(of.values())[1:]]
    assert [each.tolist() for each in library.numbers_since(numbers[-1])] == [[], []]
    assert library.counts_until(numbers[0]) == {documents[0]: 1}
    assert library.counts_until(numbers[-1]) == Counter(documents)


def test_more_documents_can_be_left_out_than_a_query_has_room_for(library: Library) -> None:
    many = [f"never heard of {number}" for number in range(300_000)]
    assert library.document_numbers([*many, "ferry"]).tolist() == library.document_numbers(["ferry"]).tolist()


def test_vectors_come_in_batches_in_the_order_of_the_numbers(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    put(library, document("lighthouse", LIGHTHOUSE))
    monkeypatch.setattr("retriever.store.sqlite.library._VECTORS_AT_ONCE", 2)
    numbers = library.numbers()
    batches = list(library.vectors(numbers))
    assert [len(batch) for batch in batches] == [2, 1]
    one_by_one = [library.vector_of(number) for number in numbers.tolist()]
    assert np.array_equal(np.concatenate(batches), np.array(one_by_one))


def test_counting_and_digesting_go_past_no_text_and_no_vector(library: Library) -> None:
    """Also where the library was made before it could: the next change of it sees to that."""
    asked = (
        ("documents_state", "SELECT id, sha256, title, publisher, published FROM documents ORDER BY id"),
        ("passages_findable", "SELECT count(*) FROM passages WHERE NOT furniture"),
    )
    with closing(sqlite3.connect(library.folder / FILE_NAME)) as connection:
        for name, _ in asked:
            connection.execute(f"DROP INDEX {name}")
    put(library, document("lighthouse", LIGHTHOUSE))
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
    library: Library, vector: np.ndarray, word_vectors: np.ndarray, said: str
) -> None:
    passage = Passage("mill", 0, 4, sentences=((0, 4),))
    with pytest.raises(ValueError, match=said):
        library.replace(document("mill", "Mill"), [EncodedPassage(passage, vector, word_vectors)])
    assert list(sources(library)) == ["ferry", "harbour"]


def test_the_state_is_the_same_for_the_same_documents_in_any_order(library: Library, tmp_path: Path) -> None:
    other = Library.create(tmp_path / "other", WordEncoder())
    put(other, document("harbour", HARBOUR), document("ferry", FERRY))
    assert other.state() == library.state()
    other.remove(["ferry"])
    assert other.state().digest != library.state().digest
    other.close()


def test_another_process_sees_each_change_at_once(library: Library, second: Library) -> None:
    library.remove(["ferry"])
    assert list(sources(second)) == ["harbour"]
    assert second.manifest == library.manifest


def test_a_snapshot_stays_the_same_while_another_process_writes(library: Library, second: Library) -> None:
    with library.snapshot():
        assert "ferry" in sources(library)
        second.remove(["ferry"])
        assert library.document("ferry").text == FERRY
    assert "ferry" not in sources(library)


def test_an_id_that_another_process_took_meanwhile_stays_with_its_document(library: Library) -> None:
    late = document("ferry", HARBOUR, source="/elsewhere/ferry")
    assert library.replace(late, [], new=True) == "ferry~2"
    assert library.document("ferry").text == FERRY
    assert library.document("ferry~2").text == HARBOUR


def test_the_same_file_indexed_by_two_processes_is_one_document(library: Library) -> None:
    assert library.replace(document("ferry", FERRY), [], new=True) == "ferry"
    assert list(sources(library)) == ["ferry", "harbour"]


def test_making_a_library_twice_keeps_what_is_in_it(library: Library) -> None:
    Library.create(library.folder, WordEncoder()).close()
    assert list(sources(library)) == ["ferry", "harbour"]


def test_where_no_library_is_the_error_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(LibraryMissing, match="ibid index"):
        Library.open(tmp_path / "nowhere", WordEncoder())
    assert not (tmp_path / "nowhere").exists()


def test_another_programs_database_is_left_as_it_was(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    connection.execute("CREATE TABLE manifest (goods TEXT)")
    connection.close()
    before = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(LibraryForeign, match="format None"):
        Library.open(tmp_path, WordEncoder())
    assert (tmp_path / FILE_NAME).read_bytes() == before


@settings(max_examples=30, deadline=None)
@given(text=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1), data=st.data())
def test_any_text_comes_back_and_is_cut_as_python_cuts_it(
    tmp_path_factory: pytest.TempPathFactory, text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    library = Library.create(tmp_path_factory.mktemp("any"), WordEncoder())
    library.replace(document("any", text), [])
    assert library.document("any").text == text
    assert library.extract("any", start, end).text == text[start:end]
    assert library.summary("any").characters == len(text)
    assert library.text_digests() == {"any": text_digest(text)}
    library.close()


def test_each_generation_has_a_mark_of_its_own(library: Library) -> None:
    before = library.manifest.generation
    library.remove(["ferry"])
    marks = {library.mark(generation) for generation in range(before + 2)}
    assert len(marks) == before + 2
    assert None not in marks
    assert library.mark(before + 2) is None


def test_what_came_after_a_passage_is_told(library: Library) -> None:
    numbers = library.numbers().tolist()
    assert library.count_since(numbers[0]) == len(numbers) - 1
    assert sorted(stored.number for stored in library.stored_since(numbers[0])) == numbers[1:]
    assert list(library.stored_since(numbers[-1])) == []

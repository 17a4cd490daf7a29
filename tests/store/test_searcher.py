"""A question finds passages, by both indexes of the present library."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from retriever import Assistant, Hit, Settings
from retriever.ingest.indexing import index_paths
from retriever.store.sqlite.indexes import INDEX_FOLDER, SqliteIndexes
from retriever.store.sqlite.library import SqliteLibrary
from retriever.store.sqlite.searcher import SqliteExclusion, SqliteSearcher
from retriever.text.tokens import content_terms, words
from tests.world import WordEncoder


@pytest.fixture
def library(assistant: Assistant, tmp_path: Path) -> Iterator[SqliteLibrary]:
    opened = SqliteLibrary.open(tmp_path / "library", WordEncoder())
    yield opened
    opened.close()


def find(library: SqliteLibrary, question: str, count: int = 10, excluded: tuple[str, ...] = ()) -> tuple[Hit, ...]:
    vector = WordEncoder().encode_question(question, []).vector
    hidden = SqliteExclusion(library.documents.numbers(excluded), len(excluded))
    return library.indexes.open().hits(library, content_terms(words(question)), vector, Settings(), count, hidden)


def documents(hits: tuple[Hit, ...]) -> list[str]:
    return [hit.passage.document_id for hit in hits]


def test_the_passage_that_both_arms_like_comes_first_with_its_ranks(library: SqliteLibrary) -> None:
    first = find(library, "Who is the captain of the ferry?")[0]
    assert first.passage.document_id == "ferry.txt"
    assert (first.why.dense_rank, first.why.lexical_rank, first.score) == (1, 1, pytest.approx(1.0))
    assert first.why.matched == ("ferry", "captain")


def test_a_hit_holds_its_passages_words(library: SqliteLibrary) -> None:
    for hit in find(library, "storm"):
        assert (
            library.documents.text_slice(hit.passage.document_id, hit.passage.start, hit.passage.end).text == hit.text
        )


def test_what_only_one_arm_finds_has_no_rank_in_the_other(library: SqliteLibrary) -> None:
    hits = find(library, "lantern")
    assert [hit.why.lexical_rank for hit in hits] == [1, None, None]


def test_furniture_is_never_found(library: SqliteLibrary) -> None:
    assert all("Share post" not in hit.text for hit in find(library, "Share post: Recommended Videos"))


def test_what_is_excluded_is_not_found(library: SqliteLibrary) -> None:
    assert "ferry.txt" not in documents(find(library, "captain of the ferry", excluded=("ferry.txt",)))


def test_no_more_than_asked_for(library: SqliteLibrary) -> None:
    assert len(find(library, "storm", count=1)) == 1


def test_a_changed_library_gets_new_indexes_and_the_old_ones_go(library: SqliteLibrary) -> None:
    find(library, "ferry")
    library.documents.remove(["ferry.txt"])
    assert "ferry.txt" not in documents(find(library, "captain of the ferry"))
    assert len(list((library.folder / INDEX_FOLDER).iterdir())) == 1


@pytest.mark.parametrize("damage", ["deleted", "emptied", "cut"])
@pytest.mark.parametrize(
    "which",
    [
        "numbers.npy",
        "documents.npy",
        "vectors.npy",
        "lexical/meta.json",
        "lexical/*.term",
        "lexical/*.idx",
        "lexical/*.fast",
    ],
)
def test_a_damaged_index_is_built_anew(library: SqliteLibrary, which: str, damage: str) -> None:
    whole = find(library, "captain of the ferry")
    (file,) = (library.folder / INDEX_FOLDER).glob(f"*/{which}")
    data = file.read_bytes()
    file.unlink()  # never cut in place: who has it mapped into memory would be stopped by the system
    if damage != "deleted":
        file.write_bytes(b"" if damage == "emptied" else data[: len(data) // 2])
    assert find(library, "captain of the ferry") == whole


def test_a_deleted_index_folder_is_built_anew(library: SqliteLibrary) -> None:
    whole = find(library, "captain of the ferry")
    shutil.rmtree(library.folder / INDEX_FOLDER)
    assert find(library, "captain of the ferry") == whole


@pytest.fixture
def updating(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even the few passages of Varn are too many to be indexed whole at each change."""
    monkeypatch.setattr("retriever.store.sqlite.indexes._AT_ONCE", 0)


def vectors_of(library: SqliteLibrary) -> list[int]:
    """The inodes of the vectors in all index folders."""
    return [file.stat().st_ino for file in (library.folder / INDEX_FOLDER).glob("*/vectors.npy")]


@pytest.mark.usefixtures("updating")
def test_after_a_change_the_files_before_are_shared_and_the_folder_before_goes(
    library: SqliteLibrary, varn: Path
) -> None:
    before = vectors_of(library)
    library.documents.remove(["ferry.txt"])
    assert set(documents(find(library, "captain of the ferry"))) == {"lighthouse.txt", "harbour.txt"}
    with Assistant.open(library.folder, encoder=WordEncoder()) as other:
        other.index([varn])
    assert documents(find(library, "captain of the ferry"))[0] == "ferry.txt"
    assert vectors_of(library) == before


@pytest.mark.usefixtures("updating")
def test_what_comes_into_an_empty_library_is_found_and_verified(empty_assistant: Assistant, varn: Path) -> None:
    assert empty_assistant.ask("Who is the captain of the ferry?").quotes == ()
    empty_assistant.index([varn])
    assert empty_assistant.search("captain of the ferry")[0].passage.document_id == "ferry.txt"
    assert empty_assistant.verify() == ()


@pytest.mark.usefixtures("updating")
def test_a_library_in_the_place_of_another_gets_indexes_of_its_own(library: SqliteLibrary, varn: Path) -> None:
    """Another way that it went from an earlier state, here: the numbers of its passages are the same."""
    find(library, "captain of the ferry")
    kept = vectors_of(library)
    library.close()
    (library.folder / "library.db").unlink()
    with Assistant.open(library.folder, encoder=WordEncoder(), create=True) as other:
        other.index([varn / "lighthouse.txt"])
        other.index([varn / "ferry.txt", varn / "harbour.txt"])
        assert other.search("captain of the ferry")[0].passage.document_id == "ferry.txt"
        assert other.verify() == ()
    assert vectors_of(library) != kept


@pytest.mark.usefixtures("updating")
@pytest.mark.parametrize("which", ["vectors.npy", "gone.npy", "lexical/meta.json"])
def test_of_damaged_indexes_none_are_made(library: SqliteLibrary, which: str) -> None:
    (file,) = (library.folder / INDEX_FOLDER).glob(f"*/{which}")
    file.unlink()
    library.documents.remove(["harbour.txt"])
    assert documents(find(library, "captain of the ferry"))[0] == "ferry.txt"
    assert len(vectors_of(library)) == 1


@pytest.mark.usefixtures("updating")
def test_a_question_after_a_large_change_is_answered_by_what_was_indexed_before(
    assistant: Assistant, library: SqliteLibrary, varn: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexing, over = threading.Event(), SqliteIndexes.open

    def wait(self: SqliteIndexes, *, rebuild: bool = False) -> SqliteSearcher:
        assert indexing.wait(20)
        return over(self, rebuild=rebuild)

    monkeypatch.setattr(SqliteIndexes, "open", wait)
    before = assistant.ask("Who is the captain of the ferry?").library
    library.documents.remove(["harbour.txt"])
    (varn / "ferry.txt").write_text("The captain of the ferry is Ann Low.\n", encoding="utf-8")
    index_paths(library, WordEncoder(), [varn / "ferry.txt"], Settings())
    meanwhile = assistant.ask("Who is the captain of the ferry?")
    assert meanwhile.library == before
    assert {quote.document_id for quote in (*meanwhile.quotes, *meanwhile.nearest)} <= {"lighthouse.txt"}
    indexing.set()
    assistant.index([varn / "ferry.txt"])
    after = assistant.ask("Who is the captain of the ferry?")
    assert [quote.text for quote in after.quotes[:1]] == ["The captain of the ferry is Ann Low."]
    assert after.library.documents == 2


def test_what_has_changed_much_is_indexed_anew_beside_what_goes_on(
    assistant: Assistant, library: SqliteLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retriever.store.sqlite.indexes._AT_ONCE", 1)
    monkeypatch.setattr("retriever.store.sqlite.dense._WORN_GONE", 0.2)
    before = vectors_of(library)
    library.documents.remove(["harbour.txt"])
    assert assistant.ask("Who is the captain of the ferry?").library.documents == 2
    assert assistant._search._renewing is not None
    assistant._search._renewing.join()
    assert vectors_of(library) != before
    assert assistant.ask("Who is the captain of the ferry?").answered
    assert len(vectors_of(library)) == 1
    assert assistant.verify() == ()

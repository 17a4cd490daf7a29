"""A question finds passages, by both indexes of the library as it is now."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from retriever import Assistant, Hit, Settings
from retriever.library import Library
from retriever.search import INDEX_FOLDER, Search
from retriever.words import content_terms, words
from tests.world import WordEncoder


@pytest.fixture
def library(assistant: Assistant, tmp_path: Path) -> Iterator[Library]:
    opened = Library.open(tmp_path / "library", WordEncoder())
    yield opened
    opened.close()


def find(library: Library, question: str, count: int = 10, excluded: tuple[str, ...] = ()) -> tuple[Hit, ...]:
    vector = WordEncoder().read_question(question, []).vector
    hidden = library.numbers_of(excluded)
    return Search.over(library).hits(library, content_terms(words(question)), vector, Settings(), count, hidden)


def documents(hits: tuple[Hit, ...]) -> list[str]:
    return [hit.passage.document_id for hit in hits]


def test_the_passage_that_both_arms_like_comes_first_with_its_ranks(library: Library) -> None:
    first = find(library, "Who is the captain of the ferry?")[0]
    assert first.passage.document_id == "ferry.txt"
    assert (first.why.dense_rank, first.why.lexical_rank, first.score) == (1, 1, pytest.approx(1.0))
    assert first.why.matched == ("ferry", "captain")


def test_a_hit_holds_its_passages_words(library: Library) -> None:
    for hit in find(library, "storm"):
        assert library.slice(hit.passage.document_id, hit.passage.start, hit.passage.end) == hit.text


def test_what_only_one_arm_finds_has_no_rank_in_the_other(library: Library) -> None:
    hits = find(library, "lantern")
    assert [hit.why.lexical_rank for hit in hits] == [1, None, None]


def test_furniture_is_never_found(library: Library) -> None:
    assert all("Share post" not in hit.text for hit in find(library, "Share post: Recommended Videos"))


def test_what_is_excluded_is_not_found(library: Library) -> None:
    assert "ferry.txt" not in documents(find(library, "captain of the ferry", excluded=("ferry.txt",)))


def test_no_more_than_asked_for(library: Library) -> None:
    assert len(find(library, "storm", count=1)) == 1


def test_a_changed_library_gets_new_indexes_and_the_old_ones_go(library: Library) -> None:
    find(library, "ferry")
    library.remove(["ferry.txt"])
    assert "ferry.txt" not in documents(find(library, "captain of the ferry"))
    assert len(list((library.folder / INDEX_FOLDER).iterdir())) == 1


@pytest.mark.parametrize("damage", ["deleted", "emptied", "cut"])
@pytest.mark.parametrize(
    "which", ["numbers.npy", "vectors.npy", "lexical/meta.json", "lexical/*.term", "lexical/*.idx", "lexical/*.fast"]
)
def test_a_damaged_index_is_built_anew(library: Library, which: str, damage: str) -> None:
    whole = find(library, "captain of the ferry")
    (file,) = (library.folder / INDEX_FOLDER).glob(f"*/{which}")
    data = file.read_bytes()
    file.unlink()  # never cut in place: who has it mapped into memory would be stopped by the system
    if damage != "deleted":
        file.write_bytes(b"" if damage == "emptied" else data[: len(data) // 2])
    assert find(library, "captain of the ferry") == whole


def test_a_deleted_index_folder_is_built_anew(library: Library) -> None:
    whole = find(library, "captain of the ferry")
    shutil.rmtree(library.folder / INDEX_FOLDER)
    assert find(library, "captain of the ferry") == whole

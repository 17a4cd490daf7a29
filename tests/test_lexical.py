"""The index by words, over three passages of Varn."""

from pathlib import Path

import numpy as np
import pytest

from retriever.index.lexical import FOLDER_NAME, LexicalIndex

PASSAGES = [
    (1, "The lighthouse", "", "The keeper climbs the steps to the lamp."),
    (2, "The ferry", "Tickets", "A ticket costs 12,000 crowns, says the keeper of the till."),
    (3, "The ferry", "Crew", "The captain is Tom Reed of the U.S. navy."),
]


@pytest.fixture
def index(tmp_path: Path) -> LexicalIndex:
    return LexicalIndex.build(tmp_path, PASSAGES)


def numbers(found: list[tuple[int, float]]) -> list[int]:
    return [number for number, _ in found]


def test_the_passage_with_the_words_is_found(index: LexicalIndex) -> None:
    assert numbers(index.search("Who is the captain?", 10)) == [3]


def test_more_of_the_words_is_better(index: LexicalIndex) -> None:
    found = index.search("What does the keeper's ticket cost?", 10)
    assert numbers(found) == [2, 1]
    assert found[0][1] > found[1][1] > 0


def test_words_are_compared_by_their_terms(index: LexicalIndex) -> None:
    assert numbers(index.search("tickets", 10)) == [2]
    assert numbers(index.search("12000", 10)) == [2]
    assert numbers(index.search("US", 10)) == [3]


def test_a_title_and_a_heading_count_too(index: LexicalIndex) -> None:
    assert sorted(numbers(index.search("ferry", 10))) == [2, 3]
    assert numbers(index.search("crew", 10)) == [3]


def test_words_that_no_passage_has_find_nothing(index: LexicalIndex) -> None:
    assert index.search("volcano", 10) == []
    assert index.search("🌋", 10) == []


def test_no_more_than_asked_for(index: LexicalIndex) -> None:
    assert len(index.search("keeper ferry", 1)) == 1


def test_what_is_excluded_is_not_found(index: LexicalIndex) -> None:
    assert numbers(index.search("ferry", 10, excluded=np.array([2]))) == [3]


def test_ties_go_by_number(tmp_path: Path) -> None:
    twins = LexicalIndex.build(tmp_path / "twins", [(number, "", "", "a red boat") for number in (9, 4, 7)])
    assert numbers(twins.search("boat", 10)) == [4, 7, 9]


def test_what_looks_like_a_query_language_is_only_words(index: LexicalIndex) -> None:
    assert numbers(index.search('captain AND NOT (title:ferry^9 OR "', 10))[0] == 3


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    empty = LexicalIndex.build(tmp_path / "empty", [])
    assert empty.search("ferry", 10) == []
    assert empty.numbers() == set()


def test_a_built_index_is_the_same_when_it_is_opened(index: LexicalIndex, tmp_path: Path) -> None:
    opened = LexicalIndex.load(tmp_path)
    assert opened.search("keeper ferry", 10) == index.search("keeper ferry", 10)
    assert opened.numbers() == {1, 2, 3}


def test_a_missing_or_damaged_index_is_an_error(index: LexicalIndex, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="DoesNotExist"):
        LexicalIndex.load(tmp_path / "nowhere")
    (tmp_path / FOLDER_NAME / "meta.json").write_text("{")
    with pytest.raises(ValueError, match=r"meta\.json|corrupt|EOF"):
        LexicalIndex.load(tmp_path)

"""The index by words, over three passages of Varn."""

from pathlib import Path

import numpy as np
import pytest

from retriever.store.sqlite import lexical
from retriever.store.sqlite.lexical import FOLDER_NAME, LexicalIndex, Text
from retriever.text.tokens import term_of, terms

PASSAGES = [
    Text(1, 7, "The lighthouse", "", "The keeper climbs the steps to the lamp."),
    Text(2, 8, "The ferry", "Tickets", "A ticket costs 12,000 crowns, says the keeper of the till."),
    Text(3, 9, "The ferry", "Crew", "The captain is Tom Reed of the U.S. navy."),
]


@pytest.fixture
def index(tmp_path: Path) -> LexicalIndex:
    return LexicalIndex.build(tmp_path, PASSAGES)


def numbers(found: list[tuple[int, float]]) -> list[int]:
    return [number for number, _ in found]


def test_the_passage_with_the_words_is_found(index: LexicalIndex) -> None:
    assert numbers(index.search(["captain"], 10)) == [3]


def test_more_of_the_words_is_better(index: LexicalIndex) -> None:
    found = index.search(terms("keeper's ticket cost"), 10)
    assert numbers(found) == [2, 1]
    assert found[0][1] > found[1][1] > 0


def test_words_are_compared_by_their_terms(index: LexicalIndex) -> None:
    assert numbers(index.search(terms("tickets"), 10)) == [2]
    assert numbers(index.search(terms("12000"), 10)) == [2]
    assert numbers(index.search(terms("US"), 10)) == [3]


def test_a_title_and_a_heading_count_too(index: LexicalIndex) -> None:
    assert sorted(numbers(index.search(terms("ferry"), 10))) == [2, 3]
    assert numbers(index.search(terms("crew"), 10)) == [3]


def test_words_that_no_passage_has_find_nothing(index: LexicalIndex) -> None:
    assert index.search(terms("volcano"), 10) == []
    assert index.search(terms("🌋"), 10) == []


def test_no_more_than_asked_for(index: LexicalIndex) -> None:
    assert len(index.search(terms("keeper ferry"), 1)) == 1


def test_what_is_excluded_is_not_found(index: LexicalIndex) -> None:
    assert numbers(index.search(terms("ferry"), 10, excluded=np.array([8]))) == [3]


def test_ties_go_by_number(tmp_path: Path) -> None:
    twins = LexicalIndex.build(tmp_path / "twins", [Text(number, 1, "", "", "a red boat") for number in (9, 4, 7)])
    assert numbers(twins.search(terms("boat"), 10)) == [4, 7, 9]


def test_frequencies_count_the_passages_whose_own_words_hold_a_term(index: LexicalIndex) -> None:
    wanted = terms("keeper the captain ferry volcano")
    assert index.frequencies(wanted) == {"keeper": 2, "the": 3, "captain": 1, "ferri": 0, "volcano": 0}
    assert index.frequencies(wanted, np.array([7, 9])) == {
        "keeper": 1,
        "the": 1,
        "captain": 0,
        "ferri": 0,
        "volcano": 0,
    }
    assert index.passage_count == 3


def test_of_many_that_are_left_out_a_word_is_taken_to_be_as_common_as_of_all(
    index: LexicalIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lexical, "COUNTED_AT_MOST", 0)
    assert index.frequencies(terms("keeper the ferry"), np.array([7])) == {"keeper": 1, "the": 2, "ferri": 0}


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("captian", "captain"),
        ("CAPTIAN", "captain"),
        ("kaptain", "kaptain"),  # the first letter is seldom missed
        ("clmibs", "climb"),
        ("captians", "captain"),  # one turn, one letter: two slips in eight
        ("lmap", "lamp"),
        ("lmpa", "lmpa"),  # two slips in four
        ("tol", "tol"),  # too short for a slip
        ("feery", "feeri"),  # only the title has the ferry, and titles are few
        ("ferries", "ferri"),
        ("12001", "12001"),  # a number is no misspelt number
        ("volcano", "volcano"),
    ],
)
def test_a_misspelt_word_gets_the_librarys_spelling(index: LexicalIndex, typed: str, known: str) -> None:
    assert term_of(index.nearest_spelling(typed, "en")) == known


def test_slips_are_counted_in_whole_words_not_in_stems(tmp_path: Path) -> None:
    """The stem of "delegation" is "deleg", five letters from "delegaton"."""
    index = LexicalIndex.build(tmp_path / "talks", [Text(1, 1, "", "", "The delegation left.")])
    assert term_of(index.nearest_spelling("delegaton", "en")) == "deleg"


def test_of_two_near_spellings_the_commoner_is_taken(tmp_path: Path) -> None:
    bodies = ["a bolt", "a boot and a bolt", "a boot", "a boot"]
    index = LexicalIndex.build(tmp_path / "boats", [Text(at, 1, "", "", body) for at, body in enumerate(bodies)])
    assert term_of(index.nearest_spelling("boat", "en")) == "boot", "three passages have a boot, two a bolt"
    assert term_of(index.nearest_spelling("bolt", "en")) == "bolt", "what is known is not misspelt"


def test_what_looks_like_a_query_language_is_only_words(index: LexicalIndex) -> None:
    assert numbers(index.search(terms('captain AND NOT (title:ferry^9 OR "'), 10))[0] == 3


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    empty = LexicalIndex.build(tmp_path / "empty", [])
    assert empty.search(terms("ferry"), 10) == []
    assert empty.numbers() == set()
    assert empty.frequencies(["ferri"]) == {"ferri": 0}
    assert term_of(empty.nearest_spelling("ferry", "en")) == "ferri"


def test_a_built_index_is_the_same_when_it_is_opened(index: LexicalIndex, tmp_path: Path) -> None:
    opened = LexicalIndex.load(tmp_path)
    assert opened.search(terms("keeper ferry"), 10) == index.search(terms("keeper ferry"), 10)
    assert opened.numbers() == {1, 2, 3}


def test_a_missing_or_damaged_index_is_an_error(index: LexicalIndex, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="DoesNotExist"):
        LexicalIndex.load(tmp_path / "nowhere")
    (tmp_path / FOLDER_NAME / "meta.json").write_text("{")
    with pytest.raises(ValueError, match=r"meta\.json|corrupt|EOF"):
        LexicalIndex.load(tmp_path)


def test_an_update_finds_what_came_since_and_not_what_is_gone(index: LexicalIndex, tmp_path: Path) -> None:
    new = LexicalIndex.update(
        tmp_path, tmp_path / "new", np.array([2]), [Text(4, 8, "The ferry", "", "The keeper sails.")]
    )
    assert numbers(new.search(terms("keeper ferry ticket"), 10)) == [4, 1, 3]
    assert (new.numbers(), new.passage_count) == ({1, 3, 4}, 3)
    assert LexicalIndex.load(tmp_path / "new").numbers() == {1, 3, 4}
    assert index.numbers() == LexicalIndex.load(tmp_path).numbers() == {1, 2, 3}, "the index before stays whole"


def test_what_is_added_is_scored_as_if_all_had_been_indexed_at_once(tmp_path: Path) -> None:
    at_once = LexicalIndex.build(tmp_path / "at once", PASSAGES)
    LexicalIndex.build(tmp_path / "first", PASSAGES[:1])
    later = LexicalIndex.update(tmp_path / "first", tmp_path / "later", np.array([], dtype=np.int64), PASSAGES[1:])
    assert later.search(terms("keeper ferry crowns"), 10) == at_once.search(terms("keeper ferry crowns"), 10)
    assert later.frequencies(terms("the keeper")) == at_once.frequencies(terms("the keeper"))


def test_many_updates_are_merged(tmp_path: Path) -> None:
    LexicalIndex.build(tmp_path / "0", PASSAGES[:1])
    for at in range(1, 21):
        passage = Text(10 + at, 1, "", "", "A boat.")
        index = LexicalIndex.update(tmp_path / str(at - 1), tmp_path / str(at), np.array([9 + at]), [passage])
    assert index.numbers() == {1, 30}
    assert len(list((tmp_path / "20" / FOLDER_NAME).glob("*.idx"))) < 10


def test_of_a_damaged_index_no_other_is_made(index: LexicalIndex, tmp_path: Path) -> None:
    (tmp_path / FOLDER_NAME / "meta.json").write_text("{")
    with pytest.raises(ValueError, match=r"meta\.json|corrupt|EOF"):
        LexicalIndex.update(tmp_path, tmp_path / "new", np.array([2]), [])

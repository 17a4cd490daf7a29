"""Sketches of texts: they separate copies and near-copies from other texts on the same subject."""

import numpy as np
import pytest

from retriever.text.minhash import HASHES, NOTHING, Sketches, near_copies, near_copies_of, sketch
from tests.world import FERRY, HARBOUR, LIGHTHOUSE

STORY = " ".join(f"boat {number} of the {number % 7} masters sailed past lamp {number * 3}" for number in range(60))


def sketches(*texts: str) -> Sketches:
    return np.array([sketch(text) for text in texts])


def test_a_text_has_the_same_sketch_always() -> None:
    assert sketch(FERRY).tolist() == sketch(FERRY).tolist()
    assert (sketch(FERRY).shape, sketch(FERRY).dtype) == ((HASHES,), np.uint32)


@pytest.mark.parametrize(
    "other", [STORY.upper(), STORY.replace(" ", "\n"), STORY.replace(" of ", ", of "), f"  {STORY}.\n"]
)
def test_case_spaces_and_points_make_no_other_text(other: str) -> None:
    assert near_copies_of(sketches(STORY, other), 0) == [(1, 1.0)]


def test_a_near_copy_is_found_from_either_side_with_the_share_that_is_common() -> None:
    """Half as much again: two of three runs are common."""
    longer = f"{STORY} " + " ".join(f"mill {number} turned {number * 5} times in the wind of" for number in range(33))
    both = sketches(FERRY, STORY, longer)
    ((row, share),) = near_copies_of(both, 1)
    assert row == 2
    assert share == pytest.approx(0.66, abs=0.12)
    assert near_copies_of(both, 2) == [(1, share)]


def test_the_most_alike_comes_first() -> None:
    found = near_copies_of(sketches(STORY, f"{STORY} {FERRY} {HARBOUR} {LIGHTHOUSE}", STORY, f"{STORY} {FERRY}"), 0)
    assert [row for row, _ in found] == [2, 3, 1]
    assert [share for _, share in found] == sorted((share for _, share in found), reverse=True)


def test_texts_on_the_same_subject_are_not_alike() -> None:
    texts = sketches(FERRY, HARBOUR, LIGHTHOUSE)
    assert [near_copies_of(texts, row) for row in range(3)] == [[], [], []]


def test_a_text_that_holds_another_and_much_more_is_no_copy_of_it() -> None:
    assert near_copies_of(sketches(FERRY, f"{FERRY} {STORY}"), 0) == []


@pytest.mark.parametrize("text", ["", "...", "\n\n"])
def test_a_text_without_words_is_like_nothing(text: str) -> None:
    assert (sketch(text) == NOTHING).all()
    assert near_copies_of(sketches(text, text, FERRY), 0) == []


def test_texts_of_fewer_words_than_a_run_are_compared_whole() -> None:
    assert near_copies_of(sketches("The ferry", "the ferry", "The lamp", "ferry"), 0) == [(1, 1.0)]


def test_the_order_of_the_runs_and_how_many_are_hashed_at_once_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    before = sketch(STORY).tolist()
    monkeypatch.setattr("retriever.text.minhash._AT_ONCE", 7)
    assert sketch(STORY).tolist() == before


def test_all_near_copies_are_those_of_each_text() -> None:
    """Also those that agree in just half of the hashes; two texts without words, and a crowd that shares a run."""
    rows = np.random.default_rng(0).integers(0, 2**31, (60, HASHES), dtype=np.uint32)
    for row, places in enumerate((128, 100, 70, 65, 64, 63, 40, 10), start=1):
        same = np.random.default_rng(row).permutation(HASHES)[:places]
        rows[row, same] = rows[0, same]
    rows[20:40, :2] = rows[20, :2]
    rows[50:52] = NOTHING
    one_by_one = {row: near for row in range(len(rows)) if (near := near_copies_of(rows, row))}
    assert near_copies(rows) == one_by_one
    assert [row for row, _ in one_by_one[0]] == [1, 2, 3, 4, 5]
    assert near_copies(rows[:0]) == {}

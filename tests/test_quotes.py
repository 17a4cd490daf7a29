"""Probabilities become quotes: short where one sentence is sure, longer where the answer may lie in either."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retriever.evidence.quotes import LONGEST, WORD_PRICE, windows

APART, NEXT = False, True


def choose(
    probabilities: list[float], follows: list[bool], count: int = 9, words: list[int] | None = None
) -> list[tuple[int, int]]:
    """Sentences have ten words, which cost 0.015, unless told."""
    counts = words or [10] * len(probabilities)
    return windows(np.array(probabilities, dtype=np.float32), np.array(follows), counts, count)


def test_a_sure_sentence_is_a_quote_by_itself() -> None:
    """Its neighbour would add 0.005 for ten words."""
    assert choose([0.99, 0.005, 0.005], [APART, NEXT, NEXT], count=1) == [(0, 0)]


def test_two_sentences_are_one_quote_where_either_may_answer() -> None:
    assert choose([0.5, 0.5], [APART, NEXT]) == [(0, 1)]


def test_neighbours_on_both_sides_may_join() -> None:
    assert choose([0.2, 0.6, 0.2], [APART, NEXT, NEXT]) == [(0, 2)]


def test_a_neighbour_joins_while_it_adds_more_than_its_words_cost() -> None:
    """0.06 pays for 40 words."""
    assert pytest.approx(0.0015) == WORD_PRICE
    assert choose([0.94, 0.06], [APART, NEXT], 1, [10, 39]) == [(0, 1)]
    assert choose([0.94, 0.06], [APART, NEXT], 1, [10, 41]) == [(0, 0)]


def test_sentences_that_do_not_follow_each_other_are_two_quotes() -> None:
    """As where a heading, page furniture or another document begins."""
    assert choose([0.5, 0.5], [APART, APART]) == [(0, 0), (1, 1)]
    assert choose([0.3, 0.4, 0.3], [APART, NEXT, APART]) == [(0, 1), (2, 2)]


def test_a_quote_has_three_sentences_at_the_most() -> None:
    assert choose([0.2] * 5, [APART] + [NEXT] * 4, words=[1] * 5) == [(0, 2), (3, 4)]


def test_the_next_quote_is_chosen_from_what_is_left() -> None:
    """Of what little is left no neighbour pays for its words: the later quotes are short."""
    assert choose([0.98, 0.01, 0.01], [APART, APART, NEXT]) == [(0, 0), (1, 1), (2, 2)]
    assert choose([0.6, 0.2, 0.2], [APART, APART, NEXT]) == [(0, 0), (1, 2)]


def test_a_later_quote_does_not_reach_over_an_earlier_one() -> None:
    assert choose([0.01, 0.98, 0.01], [APART, NEXT, NEXT]) == [(1, 1), (0, 0), (2, 2)]


def test_what_was_not_ranked_is_not_quoted() -> None:
    assert choose([0.5, 0.0, 0.5], [APART, NEXT, NEXT]) == [(0, 0), (2, 2)]


def test_no_more_quotes_than_asked_for() -> None:
    assert choose([0.4, 0.3, 0.3], [APART] * 3, count=2) == [(0, 0), (1, 1)]
    assert choose([1.0], [APART], count=0) == []


sentences = st.lists(
    st.tuples(st.floats(0.0009765625, 1, width=32), st.booleans(), st.integers(0, 60)), min_size=1, max_size=12
)


@given(sentences)
def test_quotes_hold_every_sentence_once_and_only_what_follows(ranked: list[tuple[float, bool, int]]) -> None:
    total = sum(one[0] for one in ranked)
    follows = [APART, *(one[1] for one in ranked[1:])]
    chosen = choose([one[0] / total for one in ranked], follows, len(ranked), [one[2] for one in ranked])
    held = [at for first, last in chosen for at in range(first, last + 1)]
    assert sorted(held) == list(range(len(ranked)))
    for first, last in chosen:
        assert last - first < LONGEST
        assert all(follows[later] for _, later in pairwise(range(first, last + 1)))

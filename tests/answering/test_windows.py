"""Probabilities become quotes: short where one sentence is sure, longer where the answer may lie in either."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retriever.answering.units import TextUnit
from retriever.answering.windows import ALONE, LONGEST, MOST_ITEMS, MOST_WORDS, OTHER_SHARE, SHORT, WORD_PRICE, windows

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


def test_a_neighbour_that_is_much_less_likely_does_not_join_where_sentences_are_short() -> None:
    """Of three short sentences of another language, the two others cost next to nothing."""
    probabilities, follows = np.array([0.02, 0.94, 0.04], dtype=np.float32), np.array([APART, NEXT, NEXT])
    assert windows(probabilities, follows, [5, 5, 5], 1) == [(0, 2)]
    assert windows(probabilities, follows, [5, 5, 5], 3, share=OTHER_SHARE) == [(1, 1), (2, 2), (0, 0)]
    even = np.array([0.3, 0.4, 0.3], dtype=np.float32)
    assert windows(even, follows, [5, 5, 5], 1, share=OTHER_SHARE) == [(0, 2)]


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


def of_run(probabilities: list[float], run: TextUnit, words: int, count: int = 1) -> list[tuple[int, int]]:
    """Sentences follow each other."""
    values = np.array(probabilities, dtype=np.float32)
    follows = np.array([APART, *[NEXT] * (len(probabilities) - 1)])
    return windows(values, follows, [words] * len(probabilities), count, [run])


LIST = TextUnit((1, 2, 3, 4), 5, leads=1, introduced=True)  # a sentence before it, and one behind
STEPS = TextUnit((1, 2, 3, 4), 5)
TABLE = TextUnit((1, 2, 3, 4), 5, leads=1)


@pytest.mark.parametrize("best", [1, 2, 4])
def test_a_short_list_is_quoted_whole_with_what_introduces_it(best: int) -> None:
    assert of_run([0.9 if at == best else 0.02 for at in range(6)], LIST, words=10) == [(1, 4)]


def test_of_a_long_list_one_thing_that_is_asked_for_is_quoted_alone() -> None:
    """With what introduces it, where that is little."""
    assert of_run([0, 0, 0, 0, 0.9, 0], LIST, words=25) == [(4, 4)]
    assert of_run([0, 0, 0.9, 0, 0, 0], LIST, words=25) == [(1, 2)]
    assert of_run([0, 0.9, 0, 0, 0, 0], LIST, words=25) == [(1, 4)]
    assert of_run([0, 0, 0.3, 0.3, 0.3, 0], LIST, words=25) == [(1, 4)]


def test_steps_are_quoted_together_unless_one_has_most_of_the_probability() -> None:
    assert pytest.approx(0.5) == ALONE
    assert of_run([0, 0.4, 0.3, 0.1, 0.1, 0], STEPS, words=10) == [(1, 4)]
    assert of_run([0, 0.98, 0.01, 0, 0, 0], STEPS, words=10) == [(1, 1)]


def test_a_row_has_the_names_of_its_columns_where_they_are_near() -> None:
    assert of_run([0, 0, 0, 0.9, 0, 0], TABLE, words=10) == [(1, 3)]
    assert of_run([0, 0, 0, 0.9, 0, 0], TABLE, words=25) == [(3, 3)]


def test_of_a_run_that_is_too_long_its_start_is_quoted_or_what_is_around_the_best() -> None:
    run = TextUnit(tuple(range(40)), 40, leads=1, introduced=True)
    spread = [0.01] * 40
    assert of_run([0.1, *spread[1:]], run, words=2) == [(0, MOST_ITEMS)]
    assert of_run([*spread[:30], 0.1, *spread[31:]], run, words=2) == [(28, 39)]
    [(first, last)] = of_run([*spread[:20], 0.1, 0.05, *spread[22:]], run, words=20)
    assert first <= 20
    assert last >= 21
    assert (last - first + 1) * 20 == MOST_WORDS


def test_a_run_that_is_unlikely_to_answer_does_not_pay_for_its_words() -> None:
    probabilities = [0.9, 0.01, 0.005, 0.005, 0.005, 0]
    assert of_run(probabilities, LIST, words=25, count=2) == [(0, 0), (1, 2)]
    assert SHORT == 60
    assert of_run([0.9, 0, 0.01, 0.01, 0.01, 0], STEPS, words=10, count=2)[1] == (2, 2)


def test_no_quote_of_prose_ends_in_what_leads_a_run() -> None:
    assert of_run([0.5, 0.4, 0, 0, 0, 0], LIST, words=10, count=2) == [(0, 0), (1, 4)]


def test_code_below_a_colon_is_quoted_with_it_however_long() -> None:
    assert of_run([0, 0, 0.9], TextUnit((1, 2), 3, leads=1, introduced=True), words=70) == [(1, 2)]


def test_a_run_of_which_a_part_is_quoted_already_is_prose() -> None:
    run = TextUnit(tuple(range(20)), 20, leads=1, introduced=True)
    first, second = of_run([0.2, *[0.04] * 19], run, words=2, count=2)
    assert first == (0, MOST_ITEMS)
    assert MOST_ITEMS < second[0] <= second[1] < second[0] + LONGEST


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


@given(sentences, st.integers(0, 6), st.integers(1, 6), st.booleans())
def test_quotes_of_runs_hold_every_sentence_once_too(
    ranked: list[tuple[float, bool, int]], first: int, count: int, introduced: bool
) -> None:
    values = np.array([one[0] for one in ranked], dtype=np.float32)
    starts = tuple(range(first, min(first + count, len(ranked))))
    runs = [TextUnit(starts, starts[-1] + 1, int(introduced), introduced)] if len(starts) > 1 else []
    follows = np.array([APART, *[NEXT] * (len(ranked) - 1)])
    chosen = windows(values, follows, [one[2] for one in ranked], len(ranked), runs)
    assert sorted(at for first, last in chosen for at in range(first, last + 1)) == list(range(len(ranked)))

"""Two rankings made one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retriever.store.fusion import normalise, weighted_sum

rankings = st.dictionaries(st.integers(0, 20), st.floats(-10, 10), max_size=10).map(
    lambda scores: sorted(scores.items(), key=lambda pair: -pair[1])
)


def test_the_best_score_becomes_one_and_the_worst_nothing() -> None:
    assert normalise([(1, 9.0), (2, 6.0), (3, 5.0)]) == {1: 1.0, 2: 0.25, 3: 0.0}


def test_equal_scores_are_all_the_best() -> None:
    assert normalise([(1, 3.0), (2, 3.0)]) == {1: 1.0, 2: 1.0}
    assert normalise([]) == {}


def test_each_arm_has_its_weight_and_what_it_did_not_find_has_nothing() -> None:
    fused = dict(weighted_sum([(1, 0.9), (2, 0.5)], [(2, 7.0)], dense_weight=0.6))
    assert fused == {1: pytest.approx(0.6), 2: pytest.approx(0.4)}


def test_ties_go_by_number() -> None:
    assert [number for number, _ in weighted_sum([(5, 1.0), (3, 1.0), (4, 1.0)], [], 0.6)] == [3, 4, 5]


@given(rankings, rankings, st.floats(0, 1))
def test_fused_scores_lie_between_nothing_and_one_best_first(
    dense: list[tuple[int, float]], lexical: list[tuple[int, float]], weight: float
) -> None:
    fused = weighted_sum(dense, lexical, weight)
    scores = [score for _, score in fused]
    assert scores == sorted(scores, reverse=True)
    assert all(-1e-9 <= score <= 1 + 1e-9 for score in scores)
    assert {number for number, _ in fused} == {number for number, _ in dense} | {number for number, _ in lexical}

"""Rows of numbers become probabilities, by comparison within their list."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from retriever.answering.ranker import DEVIATION_FLOOR, KEPT, Ranker, shortlist, standardise
from retriever.learning import Floats, softmax

LISTS = arrays.arrays(np.float32, st.tuples(st.integers(1, 8), st.just(3)), elements=st.floats(-2, 2, width=32))
RANKER = Ranker(np.array([1, 2, 0, 0.5, -1, 3], dtype=np.float32))


def rows(*numbers: tuple[float, ...]) -> Floats:
    return np.array(numbers, dtype=np.float32)


def test_equal_candidates_are_all_zeros() -> None:
    assert standardise(rows((3, 5), (3, 5))).tolist() == [[0, 0, 0, 0]] * 2
    assert standardise(rows((3, 5))).tolist() == [[0, 0, 0, 0]], "so is a candidate that is alone"


def test_a_feature_counts_as_distance_from_the_best_and_as_standard_score() -> None:
    """Of 0 and 2 the mean is 1 and the deviation 1."""
    score = 1 / (1 + DEVIATION_FLOOR)
    assert standardise(rows((0,), (2,))) == pytest.approx(rows((-2, -score), (0, score)))


def test_adding_the_same_to_all_changes_nothing() -> None:
    features = rows((0, 1), (2, 5), (1, 1))
    assert standardise(features + 100) == pytest.approx(standardise(features), abs=1e-4)


def test_probabilities_are_exponentials_that_sum_to_one() -> None:
    assert softmax(np.log(rows((1, 3, 4)))[0]) == pytest.approx([1 / 8, 3 / 8, 4 / 8])
    assert softmax(rows((1000, 1000, -1000))[0]) == pytest.approx([0.5, 0.5, 0])


@given(LISTS)
def test_any_list_has_probabilities_that_sum_to_one(features: Floats) -> None:
    probabilities = RANKER.probabilities(features)
    assert probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert (probabilities >= 0).all()


@given(LISTS)
def test_the_order_of_the_candidates_does_not_matter(features: Floats) -> None:
    backwards = RANKER.probabilities(features[::-1])[::-1]
    assert backwards == pytest.approx(RANKER.probabilities(features), abs=1e-4)


def test_the_weights_decide() -> None:
    """A weight of 1 on the distance from the best: e^-2 to e^0."""
    probabilities = Ranker(rows((1, 0))[0]).probabilities(rows((0,), (2,)))
    assert probabilities[1] / probabilities[0] == pytest.approx(np.exp(2), rel=1e-4)


def test_the_best_are_kept_in_the_order_of_the_text() -> None:
    rough = np.arange(KEPT + 2, dtype=np.float32)
    assert shortlist(rough).tolist() == list(range(2, KEPT + 2))
    assert shortlist(rough[::-1]).tolist() == list(range(KEPT))
    assert shortlist(rough[:3]).tolist() == [0, 1, 2]


def test_of_equals_the_first_are_kept() -> None:
    assert shortlist(np.zeros(KEPT + 5, dtype=np.float32)).tolist() == list(range(KEPT))

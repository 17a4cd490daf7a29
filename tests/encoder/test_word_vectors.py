"""Word vectors in a byte a number: turned, rounded, and still alike."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from retriever.encoder import SHIPPED_DIGEST, Vectors
from retriever.encoder import word_vectors as module
from retriever.encoder.word_vectors import DIMENSION, WordAxes, axis_count, unit_rows
from tests.world import WordEncoder

# The plane as it is, and turned by a quarter about the point (1, 1).
PLAIN = WordAxes(np.zeros(2, np.float32), np.eye(2, dtype=np.float32))
TURNED = WordAxes(np.ones(2, np.float32), np.array([[0, 1], [-1, 0]], dtype=np.float32))


def rows(*numbers: tuple[float, ...]) -> Vectors:
    return np.array(numbers, dtype=np.float32)


def test_a_rows_largest_number_is_127() -> None:
    assert PLAIN.pack(rows((0.5, 0.25), (-8, 2))).tolist() == [[127, 64], [-127, 32]]


def test_the_mean_is_taken_off_before_turning() -> None:
    assert TURNED.pack(rows((3, 1), (1, 2))).tolist() == [[0, 127], [-127, 0]]
    assert TURNED.turn(rows((3, 1), (1, 2))) == pytest.approx(rows((0, 1), (-1, 0)))


def test_a_word_that_was_not_read_is_like_none() -> None:
    """Without care it would become the mean's opposite, and all such words alike."""
    assert TURNED.pack(rows((0, 0), (3, 1))).tolist() == [[0, 0], [0, 127]]
    assert TURNED.turn(rows((0, 0))).tolist() == [[0, 0]]


def test_no_words_have_no_rows() -> None:
    assert PLAIN.pack(np.zeros((0, 2), np.float32)).shape == (0, 2)
    assert PLAIN.turn(np.zeros((0, 2), np.float32)).shape == (0, 2)


def test_unit_rows_have_length_one_but_for_zeros() -> None:
    assert unit_rows(np.array([[3, 4], [0, 0]], dtype=np.int8)) == pytest.approx(rows((0.6, 0.8), (0, 0)))


numbers = st.floats(-10, 10, width=32)


@given(arrays.arrays(np.float32, (3, 4), elements=numbers))
def test_rounding_moves_a_word_by_no_more_than_half_a_step_an_axis(vectors: Vectors) -> None:
    """A step is the row's largest number over 127, so the error of a row is at most sqrt(4) / 2 steps."""
    axes = WordAxes.random(4)
    packed = axes.pack(vectors).astype(np.float64)
    turned = vectors.astype(np.float64) @ axes.axes
    steps = np.maximum(np.abs(turned).max(axis=1, keepdims=True), 1e-9) / 127
    assert (np.linalg.norm(packed * steps - turned, axis=1) <= steps[:, 0] * (1 + 1e-3)).all()


@given(arrays.arrays(np.float32, (2, 4), elements=numbers).filter(lambda a: (np.abs(a).max(axis=1) > 0.01).all()))
def test_a_packed_words_cosine_is_its_own_within_two_hundredths(vectors: Vectors) -> None:
    axes = WordAxes.random(4)
    question, passage = axes.turn(vectors[:1])[0], unit_rows(axes.pack(vectors[1:]))[0]
    own = unit_rows(vectors)
    assert question @ passage == pytest.approx(own[0] @ own[1], abs=0.02)


def test_random_axes_are_the_same_each_time_and_at_right_angles() -> None:
    axes = WordAxes.random(200)
    assert axes.axes.shape == (200, DIMENSION)
    assert axes.axes.T @ axes.axes == pytest.approx(np.eye(DIMENSION), abs=1e-5)
    assert np.array_equal(axes.axes, WordAxes.random(200).axes)


def test_a_small_encoder_keeps_all_its_axes() -> None:
    assert (axis_count(3), axis_count(384)) == (3, DIMENSION)
    assert WordAxes.random(3).axes.shape == (3, 3)


def test_fitted_axes_follow_where_words_vary_most() -> None:
    """Words on a long line and, a third as far, on a short one across it, about the point (5, 7)."""
    words = rows((8, 7), (2, 7), (5, 8), (5, 6))
    plain, whitened = WordAxes.fitted(words, whitening=0), WordAxes.fitted(words, whitening=0.5)
    assert plain.mean.tolist() == [5, 7]
    assert np.abs(plain.axes) == pytest.approx(np.eye(2), abs=1e-6)
    assert np.abs(whitened.axes) == pytest.approx(np.diag([1, 3]), abs=1e-5), "now both lines are as long"


def test_the_shipped_axes_are_for_the_shipped_encoder_only(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = WordEncoder()
    assert WordAxes.of(encoder).axes.shape == (encoder.dimension, encoder.dimension)
    monkeypatch.setattr(WordEncoder, "digest", SHIPPED_DIGEST)
    shipped = WordAxes.of(encoder)
    assert (shipped.mean.shape, shipped.axes.shape) == ((384,), (384, DIMENSION))
    assert shipped.axes.dtype == shipped.mean.dtype == np.float32


def test_the_shipped_axes_lie_in_the_package() -> None:
    assert Path(module.__file__).parent == module.FILE.parent
    assert module.FILE.is_file()

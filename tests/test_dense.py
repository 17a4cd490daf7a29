"""The index by meaning, over three directions of the plane."""

from pathlib import Path

import numpy as np
import pytest

from retriever.index.dense import FILE_NAME, DenseIndex

EAST, NORTH, NORTH_EAST = (1.0, 0.0), (0.0, 1.0), (0.8, 0.6)
NUMBERS = np.array([10, 20, 30])
VECTORS = np.array([EAST, NORTH, NORTH_EAST], dtype=np.float32)


def question(direction: tuple[float, float]) -> np.ndarray:
    return np.array(direction, dtype=np.float32)


@pytest.fixture
def index() -> DenseIndex:
    return DenseIndex.build(NUMBERS, VECTORS)


def test_the_nearest_comes_first_with_its_cosine(index: DenseIndex) -> None:
    found = index.search(question(EAST), 3)
    assert [number for number, _ in found] == [10, 30, 20]
    assert [score for _, score in found] == pytest.approx([1.0, 0.8, 0.0])


def test_passages_can_be_compared_by_their_numbers(index: DenseIndex) -> None:
    assert index.cosines([30, 20], question(EAST)) == pytest.approx({30: 0.8, 20: 0.0})
    assert index.cosines([], question(EAST)) == {}


def test_a_loaded_index_compares_too(index: DenseIndex, tmp_path: Path) -> None:
    index.save(tmp_path)
    assert DenseIndex.load(tmp_path).cosines([30], question(NORTH)) == pytest.approx({30: 0.6})


def test_no_more_than_asked_for(index: DenseIndex) -> None:
    assert [number for number, _ in index.search(question(NORTH), 1)] == [20]


def test_what_is_excluded_is_not_found(index: DenseIndex) -> None:
    found = index.search(question(EAST), 3, excluded=np.array([10, 20]))
    assert [number for number, _ in found] == [30]
    assert index.search(question(EAST), 3, excluded=NUMBERS) == []


def test_an_empty_index_finds_nothing() -> None:
    index = DenseIndex.build(NUMBERS[:0], VECTORS[:0])
    assert index.search(question(EAST), 3) == []


def test_a_saved_index_is_the_same_when_it_is_read(index: DenseIndex, tmp_path: Path) -> None:
    index.save(tmp_path)
    loaded = DenseIndex.load(tmp_path)
    for _ in range(3):
        np.zeros(10_000)  # memory that a freed index would be overwritten by
        assert loaded.search(question(EAST), 3) == index.search(question(EAST), 3)
    assert {number: vector.tolist() for number, vector in loaded.contents().items()} == {
        number: vector.tolist() for number, vector in index.contents().items()
    }


def test_contents_are_what_was_built(index: DenseIndex) -> None:
    assert sorted(index.contents()) == [10, 20, 30]
    assert index.contents()[30] == pytest.approx(NORTH_EAST)


def test_vectors_and_numbers_go_together() -> None:
    with pytest.raises(ValueError, match="3 vectors for 2 passages"):
        DenseIndex.build(NUMBERS[:2], VECTORS)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
def test_a_damaged_file_is_an_error(index: DenseIndex, tmp_path: Path, share: float) -> None:
    index.save(tmp_path)
    whole = (tmp_path / FILE_NAME).read_bytes()
    (tmp_path / FILE_NAME).write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(RuntimeError):
        DenseIndex.load(tmp_path)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        DenseIndex.load(tmp_path)

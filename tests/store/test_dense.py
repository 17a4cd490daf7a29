"""The index by meaning, over three directions of the plane."""

from pathlib import Path

import numpy as np
import pytest

from retriever.store.sqlite.dense import (
    ADDED,
    CELLS_NAME,
    DOCUMENTS_NAME,
    GONE_NAME,
    NUMBERS_NAME,
    VECTORS_NAME,
    DenseIndex,
)

EAST, NORTH, NORTH_EAST = (1.0, 0.0), (0.0, 1.0), (0.8, 0.6)
NUMBERS = np.array([10, 20, 30])
DOCUMENTS = np.array([1, 2, 1])
VECTORS = np.array([EAST, NORTH, NORTH_EAST], dtype=np.float32)


def question(direction: tuple[float, float]) -> np.ndarray:
    return np.array(direction, dtype=np.float32)


@pytest.fixture
def index(tmp_path: Path) -> DenseIndex:
    return DenseIndex.build(tmp_path, NUMBERS, DOCUMENTS, [VECTORS])


def test_the_nearest_comes_first_with_its_cosine(index: DenseIndex) -> None:
    found = index.search(question(EAST), 3)
    assert [number for number, _ in found] == [10, 30, 20]
    assert [score for _, score in found] == pytest.approx([1.0, 0.8, 0.0])


def test_passages_can_be_compared_by_their_numbers(index: DenseIndex) -> None:
    assert index.cosines([30, 20], question(EAST)) == pytest.approx({30: 0.8, 20: 0.0})
    assert index.cosines([], question(EAST)) == {}


def test_a_loaded_index_compares_too(index: DenseIndex, tmp_path: Path) -> None:
    assert DenseIndex.load(tmp_path).cosines([30], question(NORTH)) == pytest.approx({30: 0.6})


def test_no_more_than_asked_for(index: DenseIndex) -> None:
    assert [number for number, _ in index.search(question(NORTH), 1)] == [20]


def test_what_is_excluded_is_not_found(index: DenseIndex) -> None:
    assert [number for number, _ in index.search(question(EAST), 3, excluded=np.array([2, 7]))] == [10, 30]
    assert [number for number, _ in index.search(question(EAST), 3, excluded=np.array([1]))] == [20]
    assert index.search(question(EAST), 3, excluded=DOCUMENTS) == []


def test_what_is_not_excluded_is_counted(index: DenseIndex) -> None:
    assert [index.count(), index.count(np.array([1])), index.count(np.array([7, 2, 1]))] == [3, 1, 0]


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    index = DenseIndex.build(tmp_path, NUMBERS[:0], DOCUMENTS[:0], [VECTORS[:0]])
    assert index.cosines([10], question(EAST)) == {}
    assert index.search(question(EAST), 3) == []


def test_a_saved_index_is_the_same_when_it_is_read(index: DenseIndex, tmp_path: Path) -> None:
    loaded = DenseIndex.load(tmp_path)
    assert loaded.search(question(EAST), 3) == index.search(question(EAST), 3)
    assert loaded.numbers().tolist() == index.numbers().tolist()
    assert loaded.vectors(NUMBERS).tolist() == index.vectors(NUMBERS).tolist()


def test_contents_are_what_was_built(index: DenseIndex) -> None:
    assert index.numbers().tolist() == [10, 20, 30]
    assert index.vectors(NUMBERS).tolist() == VECTORS.tolist()


def test_vectors_and_numbers_go_together(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="3 vectors for 2 passages"):
        DenseIndex.build(tmp_path, NUMBERS[:2], DOCUMENTS[:2], [VECTORS[:1], VECTORS[1:]])
    with pytest.raises(ValueError, match="1 vectors for 3 passages"):
        DenseIndex.build(tmp_path, NUMBERS, DOCUMENTS, [VECTORS[:1]])


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9, 0.99])
@pytest.mark.parametrize(
    "name", [NUMBERS_NAME, DOCUMENTS_NAME, VECTORS_NAME, CELLS_NAME, GONE_NAME, f"{ADDED}{VECTORS_NAME}"]
)
def test_a_damaged_file_is_an_error(many: DenseIndex, tmp_path: Path, name: str, share: float) -> None:
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).unlink()  # never cut in place: the system would stop who has it mapped into memory
    (tmp_path / name).write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(RuntimeError):
        DenseIndex.load(tmp_path)


@pytest.mark.parametrize("name", [NUMBERS_NAME, DOCUMENTS_NAME, VECTORS_NAME, GONE_NAME, f"{ADDED}{NUMBERS_NAME}"])
def test_a_missing_file_is_an_error(index: DenseIndex, tmp_path: Path, name: str) -> None:
    (tmp_path / name).unlink()
    with pytest.raises(RuntimeError):
        DenseIndex.load(tmp_path)


# Many passages, as a library above the switch has them: directions of 32 dimensions, drawn by chance.
DRAWN = np.random.default_rng(7).standard_normal((4001, 32)).astype(np.float32)
*POINTS, ASKED = DRAWN / np.linalg.norm(DRAWN, axis=1, keepdims=True)
POINTS = np.stack(POINTS)
EVEN = np.arange(0, 8000, 2)


@pytest.fixture
def many(tmp_path: Path) -> DenseIndex:
    return DenseIndex.build(tmp_path, EVEN, EVEN, [POINTS[:3000], POINTS[3000:]], exact_at_most=1000)


def by_hand(hidden: np.ndarray | None = None) -> list[int]:
    found = sorted((-float(point @ ASKED), n) for n, point in zip(EVEN.tolist(), POINTS, strict=True))
    return [number for _, number in found if hidden is None or number not in hidden]


def test_the_switch_comes_with_the_size_only(index: DenseIndex, many: DenseIndex) -> None:
    assert not many.is_exact
    assert index.is_exact


def test_many_passages_are_compared_by_their_whole_vectors(many: DenseIndex) -> None:
    found = many.search(ASKED, 10)
    assert len({number for number, _ in found} & set(by_hand()[:10])) >= 8, "the cells that were not looked into"
    assert dict(found) == pytest.approx(many.cosines([number for number, _ in found], ASKED))
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)


@pytest.mark.parametrize("kept", [3, 40, 1000])
def test_what_is_left_of_many_is_found_however_few(many: DenseIndex, kept: int) -> None:
    hidden = np.random.default_rng(7).permutation(EVEN)[kept:]
    found = [number for number, _ in many.search(ASKED, 5, excluded=hidden)]
    assert found == by_hand(hidden)[:5]


def test_the_same_vectors_give_the_same_files(many: DenseIndex, tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    DenseIndex.build(tmp_path / "again", EVEN, EVEN, [POINTS], exact_at_most=1000)
    for name in (NUMBERS_NAME, DOCUMENTS_NAME, VECTORS_NAME, CELLS_NAME):
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / name).read_bytes()


def updated(before: Path, folder: Path, gone: list[int], added: dict[int, np.ndarray]) -> DenseIndex:
    """The index in one folder, updated in another; each passage is a document of its own number."""
    folder.mkdir()
    numbers = np.array(list(added), dtype=np.int64)
    return DenseIndex.update(
        before, folder, np.array(gone), numbers, numbers, [np.stack([each]) for each in added.values()]
    )


def test_an_update_finds_what_came_since_and_not_what_is_gone(index: DenseIndex, tmp_path: Path) -> None:
    south_west = -question(NORTH_EAST)
    once = updated(tmp_path, tmp_path / "once", [20], {40: south_west})
    assert [number for number, _ in once.search(south_west, 5)] == [40, 10, 30]
    assert [number for number, _ in once.search(south_west, 5, excluded=np.array([40]))] == [10, 30]
    assert once.cosines([20, 40], south_west) == pytest.approx({40: 1.0})
    assert once.numbers().tolist() == [10, 30, 40]
    assert once.counts() == {1: 2, 40: 1}
    assert once.numbers_in([1, 2]).tolist() == [10, 30]
    twice = updated(tmp_path / "once", tmp_path / "twice", [10, 40], {50: question(NORTH)})
    assert [number for number, _ in twice.search(question(EAST), 5)] == [30, 50]
    assert twice.vectors(np.array([30, 50])).tolist() == [list(map(np.float32, NORTH_EAST)), [0, 1]]
    assert [number for number, _ in index.search(question(EAST), 5)] == [10, 30, 20], "the index before stays whole"


def test_an_update_of_nothing_but_removals_compares_what_is_left(index: DenseIndex, tmp_path: Path) -> None:
    assert [number for number, _ in updated(tmp_path, tmp_path / "fewer", [10, 30], {}).search(question(EAST), 5)] == [
        20
    ]
    assert updated(tmp_path, tmp_path / "none", NUMBERS.tolist(), {}).search(question(EAST), 5) == []


def test_an_update_of_many_shares_their_files_and_wears(many: DenseIndex, tmp_path: Path) -> None:
    left = EVEN[:-1000].tolist()
    new = updated(tmp_path, tmp_path / "new", EVEN[-1000:].tolist(), {9001: ASKED})
    for name in (VECTORS_NAME, CELLS_NAME):
        assert (tmp_path / name).samefile(tmp_path / "new" / name)
    found = [number for number, _ in new.search(ASKED, len(EVEN))]
    assert found[0] == 9001
    assert set(found) <= {*left, 9001}
    assert not new.is_exact
    assert (many.is_worn, new.is_worn) == (False, True)
    assert new.can_grow(added=50_000, total=52_000)
    assert not new.can_grow(added=50_001, total=54_000)
    assert not new.can_grow(added=0, total=1999), "less than half of what it was built of"


def test_an_empty_index_can_be_updated(tmp_path: Path) -> None:
    DenseIndex.build(tmp_path, NUMBERS[:0], DOCUMENTS[:0], [VECTORS[:0]])
    some = updated(tmp_path, tmp_path / "some", [], {7: question(EAST)})
    assert some.search(question(EAST), 5) == [(7, 1.0)]

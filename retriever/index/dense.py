"""Passage vectors -> the nearest to a question's: the only home of FAISS.

The vectors lie in a file that is mapped into memory, so opening costs the same for any number. One decision: up to
`EXACT_AT_MOST` passages every vector is compared with the question; above, those of the nearest cells of an inverted
file are, a byte a dimension, and the best of them again with the whole vectors.
"""

from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from ..encoder import Vectors

NUMBERS_NAME = "numbers.npy"
VECTORS_NAME = "vectors.npy"
CELLS_NAME = "cells.faiss"
# Comparing every vector takes 0.2 ms a thousand on one core of 2024, so 10 ms here, which nobody waits for.
EXACT_AT_MOST = 50_000
# Cells grow with the root of the passages, so that choosing cells and looking into them cost alike (FAISS's guide
# to choosing an index: 4 to 16 roots); a k-means of more than 39 vectors a cell is one that FAISS does not warn of.
_CELLS_PER_ROOT = 4
_TRAINED_ON_PER_CELL = 48
# Cells looked into, of those nearest to the question, and candidates compared again for each passage asked for. Of a
# million passages in 4,000 cells, made as `eval.benchmarks.scale` makes them, 600 hold 0.974 of the ten nearest in a
# tenth of the time of comparing all, 400 hold 0.956.
_CELLS_PROBED = 600
_CANDIDATES_PER_PASSAGE = 2
_ROWS_AT_ONCE = 65_536
# One question is searched by one thread: waking a second costs more than it saves.
faiss.omp_set_num_threads(1)


class DenseIndex:
    """An index of inner products, which for unit vectors are cosines, in a folder."""

    def __init__(self, numbers: NDArray[np.int64], vectors: Vectors, cells: Any | None) -> None:  # noqa: ANN401
        """Store mapped files and FAISS's inverted file; `build` and `load` are the ways in."""
        self._numbers = numbers
        self._vectors = vectors
        self._cells = cells

    @classmethod
    def build(
        cls,
        folder: Path,
        numbers: NDArray[np.int64],
        batches: Iterable[Vectors],
        *,
        exact_at_most: int = EXACT_AT_MOST,
    ) -> "DenseIndex":
        """Index vectors in a folder.

        Args:
            folder: where the files are written; it is there.
            numbers: int64 (n_passages,), ascending.
            batches: their vectors in the same order, each float32 (n_some, dimension), rows of unit length.
            exact_at_most: with more passages than this, not all are compared with a question.

        Raises:
            ValueError: there are more or fewer vectors than numbers.
        """
        np.save(folder / NUMBERS_NAME, numbers)
        vectors = _write_vectors(folder / VECTORS_NAME, len(numbers), batches)
        if len(numbers) > exact_at_most:
            faiss.write_index(_cells_of(vectors), str(folder / CELLS_NAME))
        del vectors
        return cls.load(folder)

    @classmethod
    def load(cls, folder: Path) -> "DenseIndex":
        """Open the index that `build` wrote.

        Raises:
            RuntimeError: a file is missing or damaged.
        """
        try:
            numbers, vectors = (np.load(folder / name, mmap_mode="r") for name in (NUMBERS_NAME, VECTORS_NAME))
        except (OSError, ValueError, EOFError) as error:
            raise RuntimeError(f"the vectors in {folder} cannot be read: {error}") from error
        if len(numbers) != len(vectors):
            raise RuntimeError(f"{len(vectors)} vectors for {len(numbers)} passages in {folder}")
        cells = _load_cells(folder / CELLS_NAME) if (folder / CELLS_NAME).exists() else None
        if cells is not None and cells.ntotal != len(numbers):
            raise RuntimeError(f"the cells in {folder} hold {cells.ntotal} of {len(numbers)} passages")
        return cls(np.asarray(numbers), np.asarray(vectors), cells)

    @property
    def is_exact(self) -> bool:
        """Whether every vector is compared with a question."""
        return self._cells is None

    def search(
        self, question_vector: Vectors, count: int, excluded: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """Find the nearest passages.

        Args:
            question_vector: float32 (dimension,), unit length.
            count: how many at the most.
            excluded: int64 (n,), numbers of passages that are not to be found.

        Returns:
            Number and score, best first; score: cosine, -1..1, higher is closer.
        """
        hidden = np.empty(0, dtype=np.int64) if excluded is None else excluded
        kept = np.isin(self._numbers, hidden, invert=True)
        count = min(count, int(np.count_nonzero(kept)))
        if not count:
            return []
        question_vector = np.ascontiguousarray(question_vector, dtype=np.float32)
        search = self._compare_all if self._cells is None else self._compare_near
        rows, scores = search(question_vector, count, kept)
        return list(zip(self._numbers[rows].tolist(), scores.tolist(), strict=True))

    def cosines(self, numbers: Sequence[int], question_vector: Vectors) -> dict[int, float]:
        """Compare some passages with a question: number -> cosine, -1..1."""
        rows = self._rows(np.array(numbers, dtype=np.int64))
        return {int(self._numbers[row]): float(self._vectors[row] @ question_vector) for row in rows}

    def contents(self) -> tuple[NDArray[np.int64], Vectors]:
        """Everything in the index, as verification needs it: numbers, ascending, and their vectors, mapped."""
        return self._numbers, self._vectors

    def _rows(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where some numbers stand; those that are not here are left out."""
        rows = np.searchsorted(self._numbers, numbers)
        here = rows < len(self._numbers)
        here[here] = self._numbers[rows[here]] == numbers[here]
        return np.asarray(rows[here], dtype=np.int64)

    def _compare_all(
        self, question_vector: Vectors, count: int, kept: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], Vectors]:
        """The rows of the nearest vectors and their cosines, as FAISS's flat index finds them."""
        scores, rows = np.empty((1, count), np.float32), np.empty((1, count), np.int64)
        pointers = [faiss.swig_ptr(array) for array in (question_vector, self._vectors, scores, rows)]
        size, dimension = self._vectors.shape
        faiss.knn_inner_product(*pointers[:2], dimension, 1, size, count, *pointers[2:], _selector(kept))  # type: ignore[call-arg]
        return rows[0], scores[0]

    def _compare_near(
        self, question_vector: Vectors, count: int, kept: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], Vectors]:
        """The rows of the nearest vectors in the nearest cells and their cosines, ties by row.

        Where few passages may be found, more cells are looked into, so that as many are compared; of the very few, all.
        """
        cells: Any = self._cells
        probed = -(-_CELLS_PROBED * len(kept) // int(np.count_nonzero(kept)))
        parameters = faiss.SearchParametersIVF(nprobe=min(cells.nlist, probed), sel=_selector(kept))  # type: ignore[call-arg]
        candidates = min(len(kept), _CANDIDATES_PER_PASSAGE * count)
        found = cells.search(question_vector[None, :], candidates, params=parameters)[1][0]
        rows = np.sort(found[found >= 0])
        scores = self._vectors[rows] @ question_vector
        best = np.lexsort((rows, -scores))[:count]
        return rows[best], scores[best]


def _write_vectors(file: Path, count: int, batches: Iterable[Vectors]) -> Vectors:
    """Write vectors one batch after the other, so that they need not fit into memory, and map them."""
    remaining = iter(batches)
    first = next(remaining, np.empty((0, 0), dtype=np.float32))
    vectors = np.lib.format.open_memmap(file, "w+", np.dtype(np.float32), (count, first.shape[1]))
    written = 0
    for batch in chain([first], remaining):
        kept = batch[: max(0, count - written)]
        vectors[written : written + len(kept)] = kept
        written += len(batch)
    if written != count:
        raise ValueError(f"{written} vectors for {count} passages")
    vectors.flush()
    return np.asarray(vectors)


def _cells_of(vectors: Vectors) -> Any:  # noqa: ANN401
    """Vectors in cells around the centres of a k-means, a byte a dimension, under the numbers of their rows.

    The k-means has a seed of its own and learns from vectors at even steps: the same vectors, the same cells.
    """
    count, dimension = vectors.shape
    size = max(1, int(_CELLS_PER_ROOT * count**0.5))
    cells = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimension), dimension, size, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
    )
    cells.train(np.ascontiguousarray(vectors[:: max(1, count // (_TRAINED_ON_PER_CELL * size))]))
    for start in range(0, count, _ROWS_AT_ONCE):
        cells.add(vectors[start : start + _ROWS_AT_ONCE])
    return cells


def _load_cells(file: Path) -> Any:  # noqa: ANN401
    """Map FAISS's file into memory; it does not see itself that its end is missing.

    Raises:
        RuntimeError: the file is damaged.
    """
    cells = faiss.read_index(str(file), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)
    if not isinstance(cells, faiss.IndexIVFScalarQuantizer):
        raise RuntimeError(f"{file} holds another kind of index: {type(cells).__name__}")
    inverted: Any = cells.invlists  # faiss's stubs lag behind its own functions
    mapped: Any = faiss.downcast_InvertedLists(inverted)
    mapped.prefetch_nthread = 0  # it would start 32 threads for each question
    lists = mapped.lists
    last = lists.at(lists.size() - 1)
    if last.offset + last.capacity * (cells.code_size + np.dtype(np.int64).itemsize) > file.stat().st_size:
        raise RuntimeError(f"{file} is cut short")
    return cells


def _selector(kept: NDArray[np.bool_]) -> Any:  # noqa: ANN401
    """What FAISS asks whether a row may be found; nothing where every row may."""
    return None if kept.all() else faiss.IDSelectorBitmap(np.packbits(kept, bitorder="little"))  # type: ignore[call-arg, arg-type]

"""Passage vectors -> the nearest to a question's vector. Only this module imports FAISS.

The vectors are in files that are mapped into memory, so opening takes the same time for any number. One decision: up
to `EXACT_AT_MOST` passages, every vector is compared with the question. Above that, an inverted file selects cells,
whose vectors are compared with two bits a dimension. The best are compared again with the whole vectors.

A change does not rebuild the index. An update shares the files of the earlier index and lists the removed rows. It puts
the new vectors in separate files, and compares all of them.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from ...encoder import Vectors
from .index_files import share

NUMBERS_NAME = "numbers.npy"
DOCUMENTS_NAME = "documents.npy"
VECTORS_NAME = "vectors.npy"
CELLS_NAME = "cells.faiss"
_PART_NAMES = (NUMBERS_NAME, DOCUMENTS_NAME, VECTORS_NAME)
GONE_NAME = "gone.npy"
ADDED = "added-"  # prefix of the files of the vectors added since the build
# Comparing a thousand vectors takes 0.2 ms on one core of 2024, so 10 ms here, which nobody notices.
EXACT_AT_MOST = 50_000
# The number of cells grows with the root of the passages. FAISS warns below 39 vectors a cell in the k-means.
_TRAINED_ON_PER_CELL = 48
# Half a byte for two dimensions, so that FAISS compares 32 vectors at once in registers (fast scan).
_BITS, _DIMENSIONS_AT_ONCE = 4, 2
# The share of cells that are searched, and the candidates compared again for each passage to find. Measured on a
# million passages of `eval.benchmarks.scale`. Of the ten nearest, a share of 0.4 finds 0.9955 in 8 ms, and 0.3 finds
# 0.977 in 6 ms. Of the hundred nearest, 2 candidates find 0.942, 4 find 0.987, and 8 find 0.993. A byte a dimension
# with four times the cells found 0.974 of the ten in 32 ms, and took four times the memory.
_SHARE_PROBED = 0.4
_CANDIDATES_PER_PASSAGE = 4
_ROWS_AT_ONCE = 65_536
# Limits of an update: all added vectors are compared, which then takes 4 ms; one row in ten may be gone.
_WORN_ADDED = 20_000
_WORN_GONE = 0.1
# A search uses one thread: waking a second costs more than it saves.
faiss.omp_set_num_threads(1)


@dataclass(frozen=True, slots=True)
class _Part:
    """Vectors with ascending numbers, in rows of mapped files, and perhaps in cells too.

    Attributes:
        gone: int64 (n,), ascending, numbers of passages that were removed.
        cells: FAISS's inverted file, which finds rows; None if every vector is compared.
        numbers: int64 (n_rows,), ascending.
        documents: int64 (n_rows,), the numbers of the passages' documents.
        vectors: float32 (n_rows, dimension), rows of unit length.
    """

    gone: NDArray[np.int64]
    cells: Any | None
    numbers: NDArray[np.int64]
    documents: NDArray[np.int64]
    vectors: Vectors

    def search(
        self, question_vector: Vectors, count: int, excluded: NDArray[np.int64] | None
    ) -> tuple[NDArray[np.int64], Vectors]:
        """The numbers of the nearest passages that may be found, and their cosines."""
        kept = self.findable(excluded)
        count = min(count, int(np.count_nonzero(kept)))
        if not count:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        search = self._compare_all if self.cells is None else self._compare_near
        rows, scores = search(question_vector, count, kept)
        return self.numbers[rows], scores

    def rows(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows of some passages, without those that are not here."""
        return self._rows(numbers[np.isin(numbers, self.gone, invert=True)])

    def _rows(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        rows = np.searchsorted(self.numbers, numbers)
        here = rows < len(self.numbers)
        here[here] = self.numbers[rows[here]] == numbers[here]
        return np.asarray(rows[here], dtype=np.int64)

    def findable(self, excluded: NDArray[np.int64] | None) -> NDArray[np.bool_]:
        """Whether each row may be found: bool (n_rows,), false if removed or of an excluded document."""
        if excluded is None:
            kept = np.ones(len(self.numbers), dtype=np.bool_)
        else:
            kept = np.isin(self.documents, excluded, invert=True)
        kept[self._rows(self.gone)] = False
        return kept

    def _compare_all(
        self, question_vector: Vectors, count: int, kept: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], Vectors]:
        """The rows of the nearest vectors and their cosines, found by FAISS's flat index."""
        scores, rows = np.empty((1, count), np.float32), np.empty((1, count), np.int64)
        pointers = [faiss.swig_ptr(array) for array in (question_vector, self.vectors, scores, rows)]
        size, dimension = self.vectors.shape
        faiss.knn_inner_product(*pointers[:2], dimension, 1, size, count, *pointers[2:], _selector(kept))  # type: ignore[call-arg]
        return rows[0], scores[0]

    def _compare_near(
        self, question_vector: Vectors, count: int, kept: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], Vectors]:
        """The rows of the nearest vectors in the nearest cells and their cosines, ties by row.

        If few passages may be found, more cells are searched, so that as many are compared; in the end all.
        """
        cells: Any = self.cells
        probed = math.ceil(_SHARE_PROBED * cells.nlist * len(kept) / int(np.count_nonzero(kept)))
        parameters = faiss.SearchParametersIVF(nprobe=min(cells.nlist, probed), sel=_selector(kept))  # type: ignore[call-arg]
        candidates = min(len(kept), _CANDIDATES_PER_PASSAGE * count)
        found = cells.search(question_vector[None, :], candidates, params=parameters)[1][0]
        rows = np.sort(found[found >= 0])
        scores = self.vectors[rows] @ question_vector
        best = np.lexsort((rows, -scores))[:count]
        return rows[best], scores[best]


class DenseIndex:
    """An index of inner products, which for unit vectors are cosines, in a folder."""

    def __init__(self, whole: _Part, added: _Part) -> None:
        """Store the built part and the added part. Use `build`, `update` or `load` instead."""
        self._whole = whole
        self._added = added

    @classmethod
    def build(
        cls,
        folder: Path,
        numbers: NDArray[np.int64],
        documents: NDArray[np.int64],
        batches: Iterable[Vectors],
        *,
        exact_at_most: int = EXACT_AT_MOST,
    ) -> "DenseIndex":
        """Index vectors in a folder.

        Args:
            folder: where the files are written; it must exist.
            numbers: int64 (n_passages,), ascending.
            documents: int64 (n_passages,), the numbers of their documents, for excluding them.
            batches: their vectors in the same order, in at least one batch: float32 (n_some, dimension), rows of
                unit length.
            exact_at_most: with more passages than this, not all are compared with a question.

        Raises:
            ValueError: there are more or fewer vectors than numbers.
        """
        vectors = _write_part(folder, "", numbers, documents, batches)
        if len(numbers) > exact_at_most:
            faiss.write_index(_cells_of(vectors), str(folder / CELLS_NAME))
        _write_part(folder, ADDED, numbers[:0], documents[:0], [vectors[:0]])
        np.save(folder / GONE_NAME, numbers[:0])
        del vectors
        return cls.load(folder)

    @classmethod
    def update(
        cls,
        before: Path,
        folder: Path,
        gone: NDArray[np.int64],
        numbers: NDArray[np.int64],
        documents: NDArray[np.int64],
        batches: Iterable[Vectors],
    ) -> "DenseIndex":
        """Write an updated index to another folder. It shares the files of the index before it.

        Args:
            before: the folder of that index.
            folder: where the files are written; it must exist.
            gone: int64 (n_gone,), numbers of its passages that were removed.
            numbers: int64 (n_new,), ascending, of the new passages; each is greater than `last`.
            documents: int64 (n_new,), the numbers of their documents.
            batches: their vectors, as `build` takes them.

        Raises:
            RuntimeError: a file of the index before is missing or damaged.
            ValueError: there are more or fewer vectors than numbers.
        """
        held = cls.load(before)
        whole, added = held._whole, held._added
        for name in (*_PART_NAMES, CELLS_NAME):
            if (before / name).exists():
                share(before / name, folder / name)
        left = np.isin(added.numbers, gone, invert=True)
        _write_part(
            folder,
            ADDED,
            np.concatenate([added.numbers[left], numbers]),
            np.concatenate([added.documents[left], documents]),
            chain([added.vectors[left]], batches),
        )
        np.save(folder / GONE_NAME, np.union1d(whole.gone, whole.numbers[np.isin(whole.numbers, gone)]))
        return cls.load(folder)

    @classmethod
    def load(cls, folder: Path) -> "DenseIndex":
        """Open the index that `build` or `update` wrote.

        Raises:
            RuntimeError: a file is missing or damaged.
        """
        try:
            gone = _map_file(folder / GONE_NAME)
            whole, added = ([_map_file(folder / f"{prefix}{name}") for name in _PART_NAMES] for prefix in ("", ADDED))
        except (OSError, ValueError, EOFError) as error:
            raise RuntimeError(f"the vectors in {folder} cannot be read: {error}") from error
        for numbers, documents, vectors in (whole, added):
            if not len(numbers) == len(documents) == len(vectors):
                raise RuntimeError(
                    f"{len(vectors)} vectors and {len(documents)} documents for {len(numbers)} passages in {folder}"
                )
        cells = _load_cells(folder / CELLS_NAME) if (folder / CELLS_NAME).exists() else None
        if cells is not None and cells.ntotal != len(whole[0]):
            raise RuntimeError(f"the cells in {folder} hold {cells.ntotal} of {len(whole[0])} passages")
        return cls(_Part(gone, cells, *whole), _Part(gone[:0], None, *added))

    @property
    def is_exact(self) -> bool:
        """Whether every vector is compared with a question."""
        return self._whole.cells is None

    @property
    def is_worn(self) -> bool:
        """Whether so much has changed since the build that it should be built again."""
        rows = len(self._whole.numbers)
        return len(self._added.numbers) > _WORN_ADDED or len(self._whole.gone) > _WORN_GONE * rows

    def can_grow(self, added: int, total: int) -> bool:
        """Whether an update will do: few vectors are new, and at least half of the index is unchanged."""
        return added <= EXACT_AT_MOST and 2 * (total - added) >= len(self._whole.numbers)

    @property
    def last(self) -> int:
        """The greatest passage number that it holds or was built with; 0 if there was none."""
        return max(_last(self._added.numbers), self.whole_last)

    @property
    def whole_last(self) -> int:
        """The greatest passage number that it was built with; 0 if there was none."""
        return _last(self._whole.numbers)

    def search(
        self, question_vector: Vectors, count: int, excluded: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """Find the nearest passages.

        Args:
            question_vector: float32 (dimension,), unit length.
            count: at most this many.
            excluded: int64 (n,), numbers of documents that must not be found.

        Returns:
            Number and score, best first, ties by number; score: cosine, -1..1, higher is closer.
        """
        question_vector = np.ascontiguousarray(question_vector, dtype=np.float32)
        found = [part.search(question_vector, count, excluded) for part in (self._whole, self._added)]
        numbers, scores = (np.concatenate(each) for each in zip(*found, strict=True))
        best = np.lexsort((numbers, -scores))[:count]
        return list(zip(numbers[best].tolist(), scores[best].tolist(), strict=True))

    def count(self, excluded: NDArray[np.int64] | None = None) -> int:
        """Count the passages, without those of excluded documents."""
        return sum(int(np.count_nonzero(part.findable(excluded))) for part in (self._whole, self._added))

    def cosines(self, numbers: Sequence[int], question_vector: Vectors) -> dict[int, float]:
        """Compare some passages with a question: number -> cosine, -1..1."""
        chosen = np.array(numbers, dtype=np.int64)
        return {
            int(part.numbers[row]): float(part.vectors[row] @ question_vector)
            for part in (self._whole, self._added)
            for row in part.rows(chosen)
        }

    def numbers(self) -> NDArray[np.int64]:
        """The numbers of all passages in the index: int64 (n_passages,), ascending."""
        return np.concatenate([part.numbers[part.findable(None)] for part in (self._whole, self._added)])

    def counts(self) -> dict[int, int]:
        """Count the passages of each document: its number -> passages."""
        documents, counts = np.unique(self.documents(), return_counts=True)
        return dict(zip(documents.tolist(), counts.tolist(), strict=True))

    def numbers_in(self, documents: Sequence[int]) -> NDArray[np.int64]:
        """The numbers of the passages of some documents: int64 (n_passages,), ascending."""
        return self.numbers()[np.isin(self.documents(), documents)]

    def documents(self) -> NDArray[np.int64]:
        """The numbers of their documents, for verification: int64 (n_passages,), in the same order."""
        return np.concatenate([part.documents[part.findable(None)] for part in (self._whole, self._added)])

    def vectors(self, numbers: NDArray[np.int64]) -> Vectors:
        """The vectors of some passages, for verification: float32 (n_some, dimension), in the same order.

        Args:
            numbers: int64 (n_some,), ascending. Numbers that are not in the index are skipped.
        """
        return np.concatenate([part.vectors[part.rows(numbers)] for part in (self._whole, self._added)])


def _last(numbers: NDArray[np.int64]) -> int:
    return int(numbers[-1]) if len(numbers) else 0


def _map_file(file: Path) -> NDArray[Any]:
    return np.asarray(np.load(file, mmap_mode="r"))


def _write_part(
    folder: Path,
    prefix: str,
    numbers: NDArray[np.int64],
    documents: NDArray[np.int64],
    batches: Iterable[Vectors],
) -> Vectors:
    """Write passages' numbers, their documents' and their vectors, and map these."""
    np.save(folder / f"{prefix}{NUMBERS_NAME}", numbers)
    np.save(folder / f"{prefix}{DOCUMENTS_NAME}", documents)
    return _write_vectors(folder / f"{prefix}{VECTORS_NAME}", len(numbers), batches)


def _write_vectors(file: Path, count: int, batches: Iterable[Vectors]) -> Vectors:
    """Write vectors batch by batch, so that they need not fit into memory, and map the file.

    There must be at least one batch, which may be empty, to give the dimension.
    """
    remaining = iter(batches)
    first = next(remaining)
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
    """Group vectors into cells around the centres of a k-means, with a few bits each, by row.

    The k-means has a fixed seed and learns from evenly spaced vectors, so the same vectors give the same cells.
    """
    count, dimension = vectors.shape
    size = max(1, int(count**0.5))
    parts = dimension // _DIMENSIONS_AT_ONCE if dimension % _DIMENSIONS_AT_ONCE == 0 else dimension
    cells = faiss.IndexIVFPQFastScan(
        faiss.IndexFlatIP(dimension), dimension, size, parts, _BITS, faiss.METRIC_INNER_PRODUCT
    )
    cells.train(np.ascontiguousarray(vectors[:: max(1, count // (_TRAINED_ON_PER_CELL * size))]))
    for start in range(0, count, _ROWS_AT_ONCE):
        cells.add(vectors[start : start + _ROWS_AT_ONCE])
    return cells


def _load_cells(file: Path) -> Any:  # noqa: ANN401
    """Read FAISS's file.

    Raises:
        RuntimeError: the file is damaged.
    """
    cells = faiss.read_index(str(file), faiss.IO_FLAG_MMAP_IFC)
    if not isinstance(cells, faiss.IndexIVFPQFastScan):
        raise RuntimeError(f"{file} holds another kind of index: {type(cells).__name__}")
    return cells


def _selector(kept: NDArray[np.bool_]) -> Any:  # noqa: ANN401
    """The selector by which FAISS skips rows; none if every row may be found."""
    return None if kept.all() else faiss.IDSelectorBitmap(np.packbits(kept, bitorder="little"))  # type: ignore[call-arg, arg-type]

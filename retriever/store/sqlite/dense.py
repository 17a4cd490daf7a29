"""Passage vectors -> the nearest to a question's: the only home of FAISS.

The vectors lie in files that are mapped into memory, so opening costs the same for any number. One decision: up to
`EXACT_AT_MOST` passages every vector is compared with the question; above, those of the nearest cells of an inverted
file are, two bits a dimension, and the best of them again with the whole vectors.

What changes is not built anew: an update shares the files of the index before it, notes which of its rows are gone, and
keeps the vectors of what came since beside them, every one of which is compared.
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
from .files import share

NUMBERS_NAME = "numbers.npy"
DOCUMENTS_NAME = "documents.npy"
VECTORS_NAME = "vectors.npy"
CELLS_NAME = "cells.faiss"
_PART_NAMES = (NUMBERS_NAME, DOCUMENTS_NAME, VECTORS_NAME)
GONE_NAME = "gone.npy"
ADDED = "added-"  # before the names of the files of what came since
# Comparing every vector takes 0.2 ms a thousand on one core of 2024, so 10 ms here, which nobody waits for.
EXACT_AT_MOST = 50_000
# Cells grow with the root of the passages; a k-means of more than 39 vectors a cell is one that FAISS does not warn of.
_TRAINED_ON_PER_CELL = 48
# Half a byte a pair of dimensions: so FAISS compares 32 vectors at once in the processor's registers (fast scan).
_BITS, _DIMENSIONS_AT_ONCE = 4, 2
# Share of the cells looked into, those nearest to the question, and candidates compared again for each passage asked
# for. Of a million passages, made as `eval.benchmarks.scale` makes them, 0.4 hold 0.9955 of the ten nearest in 8 ms,
# 0.3 hold 0.977 in 6 ms; of the hundred nearest, 4 candidates for each hold 0.987, 2 hold 0.942, 8 hold 0.993. A byte
# a dimension in four times the cells held 0.974 of the ten in 32 ms, and took four times the memory.
_SHARE_PROBED = 0.4
_CANDIDATES_PER_PASSAGE = 4
_ROWS_AT_ONCE = 65_536
# What came since is all compared, which takes 4 ms then; what is gone is passed over, one in ten.
_WORN_ADDED = 20_000
_WORN_GONE = 0.1
# One question is searched by one thread: waking a second costs more than it saves.
faiss.omp_set_num_threads(1)


@dataclass(frozen=True, slots=True)
class _Part:
    """Vectors under ascending numbers, in rows of mapped files, perhaps in cells too.

    Attributes:
        gone: int64 (n,), ascending, those of the numbers that are no passages any more.
        cells: FAISS's inverted file, which finds rows; None where every vector is compared.
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
        kept = self.kept(excluded)
        count = min(count, int(np.count_nonzero(kept)))
        if not count:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        search = self._compare_all if self.cells is None else self._compare_near
        rows, scores = search(question_vector, count, kept)
        return self.numbers[rows], scores

    def rows(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where some passages stand; those that are not here are left out."""
        return self._rows(numbers[np.isin(numbers, self.gone, invert=True)])

    def _rows(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        rows = np.searchsorted(self.numbers, numbers)
        here = rows < len(self.numbers)
        here[here] = self.numbers[rows[here]] == numbers[here]
        return np.asarray(rows[here], dtype=np.int64)

    def kept(self, excluded: NDArray[np.int64] | None) -> NDArray[np.bool_]:
        """What is neither gone nor of an excluded document, bool (n_rows,)."""
        if excluded is None:
            kept = np.ones(len(self.numbers), dtype=np.bool_)
        else:
            kept = np.isin(self.documents, excluded, invert=True)
        kept[self._rows(self.gone)] = False
        return kept

    def _compare_all(
        self, question_vector: Vectors, count: int, kept: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], Vectors]:
        """The rows of the nearest vectors and their cosines, as FAISS's flat index finds them."""
        scores, rows = np.empty((1, count), np.float32), np.empty((1, count), np.int64)
        pointers = [faiss.swig_ptr(array) for array in (question_vector, self.vectors, scores, rows)]
        size, dimension = self.vectors.shape
        faiss.knn_inner_product(*pointers[:2], dimension, 1, size, count, *pointers[2:], _selector(kept))  # type: ignore[call-arg]
        return rows[0], scores[0]

    def _compare_near(
        self, question_vector: Vectors, count: int, kept: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], Vectors]:
        """The rows of the nearest vectors in the nearest cells and their cosines, ties by row.

        Where few passages may be found, more cells are looked into, so that as many are compared; of the very few, all.
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
        """Store what was built whole and what came since; `build`, `update` and `load` are the ways in."""
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
            folder: where the files are written; it is there.
            numbers: int64 (n_passages,), ascending.
            documents: int64 (n_passages,), the numbers of their documents, by which they are left out.
            batches: their vectors in the same order, at least one batch, each float32 (n_some, dimension), rows of
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
        """Index what is left and what came since in another folder, which shares the files of an index before it.

        Args:
            before: the folder of that index.
            folder: where the files are written; it is there.
            gone: int64 (n_gone,), numbers of its passages that are none any more.
            numbers: int64 (n_new,), ascending, of what came since; each is greater than `last`.
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
            gone = _mapped(folder / GONE_NAME)
            whole, added = ([_mapped(folder / f"{prefix}{name}") for name in _PART_NAMES] for prefix in ("", ADDED))
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
        """Whether so much has changed since it was built whole that it had better be built whole again."""
        rows = len(self._whole.numbers)
        return len(self._added.numbers) > _WORN_ADDED or len(self._whole.gone) > _WORN_GONE * rows

    def can_grow(self, added: int, total: int) -> bool:
        """Whether it may be updated until as many are added as are compared anyway, and no less than half is left."""
        return added <= EXACT_AT_MOST and 2 * (total - added) >= len(self._whole.numbers)

    @property
    def last(self) -> int:
        """The greatest number of a passage that it holds, or held when it was built whole; 0 where there was none."""
        return max(_last(self._added.numbers), self.whole_last)

    @property
    def whole_last(self) -> int:
        """The greatest number that it held when it was built whole; 0 where there was none."""
        return _last(self._whole.numbers)

    def search(
        self, question_vector: Vectors, count: int, excluded: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """Find the nearest passages.

        Args:
            question_vector: float32 (dimension,), unit length.
            count: how many at the most.
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
        """Count the passages, those of excluded documents left out."""
        return sum(int(np.count_nonzero(part.kept(excluded))) for part in (self._whole, self._added))

    def cosines(self, numbers: Sequence[int], question_vector: Vectors) -> dict[int, float]:
        """Compare some passages with a question: number -> cosine, -1..1."""
        wanted = np.array(numbers, dtype=np.int64)
        return {
            int(part.numbers[row]): float(part.vectors[row] @ question_vector)
            for part in (self._whole, self._added)
            for row in part.rows(wanted)
        }

    def numbers(self) -> NDArray[np.int64]:
        """The numbers of all passages in the index: int64 (n_passages,), ascending."""
        return np.concatenate([part.numbers[part.kept(None)] for part in (self._whole, self._added)])

    def counts(self) -> dict[int, int]:
        """Count the passages of each document: its number -> passages."""
        documents, counts = np.unique(self.documents(), return_counts=True)
        return dict(zip(documents.tolist(), counts.tolist(), strict=True))

    def numbers_in(self, documents: Sequence[int]) -> NDArray[np.int64]:
        """The numbers of the passages of some documents: int64 (n_passages,), ascending."""
        return self.numbers()[np.isin(self.documents(), documents)]

    def documents(self) -> NDArray[np.int64]:
        """The numbers of their documents, as verification needs them: int64 (n_passages,), in the same order."""
        return np.concatenate([part.documents[part.kept(None)] for part in (self._whole, self._added)])

    def vectors(self, numbers: NDArray[np.int64]) -> Vectors:
        """The vectors of some passages, as verification needs them: float32 (n_some, dimension), in the same order.

        Args:
            numbers: int64 (n_some,), ascending; those that are not in the index are left out.
        """
        return np.concatenate([part.vectors[part.rows(numbers)] for part in (self._whole, self._added)])


def _last(numbers: NDArray[np.int64]) -> int:
    return int(numbers[-1]) if len(numbers) else 0


def _mapped(file: Path) -> NDArray[Any]:
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
    """Write vectors one batch after the other, so that they need not fit into memory, and map them.

    There is one batch at least, be it empty, which has their dimension.
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
    """Vectors in cells around the centres of a k-means, a few bits each, under the numbers of their rows.

    The k-means has a seed of its own and learns from vectors at even steps: the same vectors, the same cells.
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
    """What FAISS asks whether a row may be found; nothing where every row may."""
    return None if kept.all() else faiss.IDSelectorBitmap(np.packbits(kept, bitorder="little"))  # type: ignore[call-arg, arg-type]

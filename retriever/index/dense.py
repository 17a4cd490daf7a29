"""Passage vectors -> the nearest to a question's: the only home of FAISS."""

from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from ..encoder import Vectors

FILE_NAME = "dense.faiss"
# One question is searched by one thread: waking a second costs more than it saves, up to 100,000 passages.
faiss.omp_set_num_threads(1)


class DenseIndex:
    """An exact index of inner products, which for unit vectors are cosines."""

    def __init__(self, index: faiss.IndexIDMap2) -> None:
        """Store a FAISS index; `build` and `load` are the ways in."""
        self._index = index

    @classmethod
    def build(cls, numbers: NDArray[np.int64], vectors: Vectors) -> "DenseIndex":
        """Index vectors, float32 (n_passages, dimension), under their passages' numbers, int64 (n_passages,)."""
        if len(numbers) != len(vectors):
            raise ValueError(f"{len(vectors)} vectors for {len(numbers)} passages")
        index = faiss.IndexIDMap2(faiss.IndexFlatIP(vectors.shape[1]))
        index.add_with_ids(np.ascontiguousarray(vectors), numbers)
        return cls(index)

    @classmethod
    def load(cls, folder: Path) -> "DenseIndex":
        """Read the index that `save` wrote.

        Raises:
            RuntimeError: the file is missing or damaged.
        """
        index = faiss.read_index(str(folder / FILE_NAME))
        if not isinstance(index, faiss.IndexIDMap2):
            raise RuntimeError(f"{folder / FILE_NAME} holds another kind of index: {type(index).__name__}")
        return cls(index)

    def save(self, folder: Path) -> None:
        """Write the index into a folder."""
        faiss.write_index(self._index, str(folder / FILE_NAME))

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
        if not self._index.ntotal:
            return []
        parameters = None
        if excluded is not None and len(excluded):
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorNot(faiss.IDSelectorBatch(excluded)))  # type: ignore[call-arg]
        scores, numbers = self._index.search(
            question_vector[None, :], min(count, self._index.ntotal), params=parameters
        )
        return [(int(n), float(s)) for n, s in zip(numbers[0], scores[0], strict=True) if n >= 0]

    def cosines(self, numbers: Sequence[int], question_vector: Vectors) -> dict[int, float]:
        """Compare some passages with a question: number -> cosine, -1..1."""
        return {number: float(self._index.reconstruct(number) @ question_vector) for number in numbers}

    def contents(self) -> dict[int, Vectors]:
        """Everything in the index, as verification needs it: number -> float32 (dimension,)."""
        numbers = faiss.vector_to_array(self._index.id_map)
        vectors = self._index.index.reconstruct_n(0, self._index.ntotal)
        return dict(zip(numbers.tolist(), vectors, strict=True))

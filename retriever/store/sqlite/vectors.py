"""The vectors of passages and of their words, as bytes in a library's file."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ...encoder import Vectors
from ...encoder.word_vectors import Bytes, axis_count
from ...errors import LibraryError
from .connection import Database

_VECTORS_AT_ONCE = 10_000  # 15 MB


class SqliteVectors:
    """Reads vectors; they are written with their passages."""

    def __init__(self, database: Database) -> None:
        """Store the open file."""
        self._database = database

    def get(self, number: int) -> Vectors | None:
        """Fetch one passage's vector, float32 (dimension,); None if its bytes are missing or of another length."""
        ((blob,),) = self._database.rows("SELECT vector FROM passages WHERE number = ?", (number,))
        return np.frombuffer(blob, np.float32) if self._has_length(blob) else None

    def batches(self, numbers: NDArray[np.int64]) -> Iterator[Vectors]:
        """Fetch the vectors of all searchable passages in batches, because they may not fit into memory.

        Args:
            numbers: int64 (n_passages,), all numbers from `SqlitePassages.numbers`.

        Returns:
            Vectors in the order of the numbers, float32 (n_batch, dimension); one empty batch for no numbers.

        Raises:
            LibraryError: a stored vector is damaged.
        """
        dimension = self._database.dimension
        if not len(numbers):
            yield np.empty((0, dimension), dtype=np.float32)
        query = "SELECT number, vector FROM passages WHERE number BETWEEN ? AND ? AND NOT furniture ORDER BY number"
        for start in range(0, len(numbers), _VECTORS_AT_ONCE):
            batch = numbers[start : start + _VECTORS_AT_ONCE]
            rows = self._database.rows(query, (int(batch[0]), int(batch[-1])))
            for number, blob in rows:
                self._check_length(number, blob)
            joined = np.frombuffer(b"".join(blob for _, blob in rows), dtype=np.float32)
            yield joined.reshape(len(rows), dimension)

    def of_words(self, numbers: Sequence[int]) -> dict[int, Bytes]:
        """Fetch the word vectors of passages: number -> int8 (n_words, n_axes).

        Raises:
            LibraryError: stored vectors are damaged.
        """
        marks = ",".join("?" * len(numbers))
        query = f"SELECT number, word_vectors, words FROM passages WHERE number IN ({marks})"  # noqa: S608
        return {row[0]: self.unpack_words(*row) for row in self._database.rows(query, numbers)}

    def unpack(self, number: int, blob: bytes | None) -> Vectors:
        """Read a passage's vector from its bytes.

        Raises:
            LibraryError: they are missing, or of another length.
        """
        self._check_length(number, blob)
        return np.frombuffer(blob or b"", np.float32)

    def unpack_words(self, number: int, blob: bytes | None, words: int) -> Bytes:
        """Read a passage's word vectors from their bytes.

        Raises:
            LibraryError: they are missing, or not as many as there are words.
        """
        axes = axis_count(self._database.dimension)
        if blob is None or len(blob) != words * axes:
            raise self._damage_error(number, f"vectors for {words} words")
        return np.frombuffer(blob, dtype=np.int8).reshape(words, axes)

    def _check_length(self, number: int, blob: bytes | None) -> None:
        if not self._has_length(blob):
            raise self._damage_error(number, f"vector of {4 * self._database.dimension} bytes")

    def _has_length(self, blob: bytes | None) -> bool:
        return blob is not None and len(blob) == 4 * self._database.dimension

    def _damage_error(self, number: int, missing: str) -> LibraryError:
        folder = self._database.folder
        return LibraryError(
            f"Passage {number} in {folder} has no {missing}; repair it with: ibid verify --repair --library {folder}"
        )

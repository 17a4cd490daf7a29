"""Values of words -> values of their sentences and passages."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..learning import Floats

# Sharpness of the soft alignment: a match counts e^(10 * 0.1) = 2.7 times as much as one that is 0.1 lower.
SHARPNESS = 10.0


@dataclass(frozen=True, slots=True)
class SentencePool:
    """Sums and maxima of the words' values over each sentence.

    Attributes:
        starts: int (n_present,), the first word of each sentence that has words.
        present: int (n_present,), the numbers of those sentences.
        count: how many sentences there are.
    """

    starts: NDArray[np.int64]
    present: NDArray[np.int64]
    count: int

    @classmethod
    def of(cls, sentence_of: NDArray[np.int64], count: int) -> "SentencePool":
        """Prepare from the sentence of each word: int (n_words,), ascending."""
        starts = np.flatnonzero(np.diff(sentence_of, prepend=-1))
        return cls(starts, sentence_of[starts], count)

    def highest(self, values: Floats, nothing: float) -> Floats:
        """float32 (..., n_words) -> (..., n_sentences)."""
        result = np.full((*values.shape[:-1], self.count), nothing, dtype=np.float32)
        if len(self.starts):
            result[..., self.present] = np.maximum.reduceat(values, self.starts, axis=-1)
        return result

    def total(self, values: Floats) -> Floats:
        """float32 (..., n_words) -> (..., n_sentences)."""
        result = np.zeros((*values.shape[:-1], self.count), dtype=np.float32)
        if len(self.starts):
            result[..., self.present] = np.add.reduceat(values, self.starts, axis=-1)
        return result

    def soft(self, similarity: Floats) -> Floats:
        """Soft alignment: the mean similarity of each sentence, weighted by its exponential."""
        weight = np.exp(SHARPNESS * similarity)
        return self.total(weight * similarity) / (self.total(weight) + np.float32(1e-9))


def highest_in(passage: NDArray[np.int64], values: Floats) -> Floats:
    """The highest value in each sentence's passage: (n, n_sentences) to the same."""
    starts = np.flatnonzero(np.diff(passage, prepend=-1))
    return np.asarray(np.maximum.reduceat(values, starts, axis=1)[:, passage])

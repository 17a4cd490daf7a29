"""The output of a model for word pieces -> the vector of a text and the vectors of its words.

A word's vector is the mean of its word pieces in the last layer. One run of the model gives both.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .base import Span, TextVectors, Vectors

if TYPE_CHECKING:
    from tokenizers import Encoding


@dataclass(frozen=True, slots=True)
class Pieces:
    """The word pieces of a text.

    Attributes:
        ids: their numbers, n_pieces of them.
        places: int (n_pieces, 2), start and end of each in the text; empty for special pieces.
    """

    ids: Sequence[int]
    places: NDArray[np.int64]

    def __len__(self) -> int:
        """How many there are."""
        return len(self.ids)

    @classmethod
    def of(cls, encoding: "Encoding", lead: Sequence[int]) -> "Pieces":
        """Take a tokenizer's pieces; `lead`, if there is one, takes the place of the first, which begins every text."""
        places = np.array(encoding.offsets, dtype=np.int64).reshape(-1, 2)
        if not lead:
            return cls(encoding.ids, places)
        before = np.zeros((len(lead), 2), dtype=np.int64)
        return cls([*lead, *encoding.ids[1:]], np.concatenate([before, places[1:]]))


def text_vectors(
    vectors: Vectors, layers: Vectors, places: Iterable[NDArray[np.int64]], words: Iterable[Sequence[Span]]
) -> list[TextVectors]:
    """Make the vectors of texts from one run of a model.

    Args:
        vectors: float32 (n_texts, dimension), of any length.
        layers: float32 (n_texts, n_pieces, dimension).
        places: for each text int (its pieces, 2), start and end of each piece, at most `n_pieces`.
        words: for each text start and end of each word.
    """
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return [
        TextVectors(vector, word_vectors(layer[: len(place)], place, spans))
        for vector, layer, place, spans in zip(unit, layers, places, words, strict=True)
    ]


def word_vectors(layer: Vectors, places: NDArray[np.int64], words: Sequence[Span]) -> Vectors:
    """Average each word's pieces.

    Args:
        layer: float32 (n_pieces, dimension).
        places: int (n_pieces, 2), start and end of each piece in the text; empty for special pieces and padding.
        words: start and end of each word, in order, disjoint.

    Returns:
        float32 (n_words, dimension).
    """
    sums = np.zeros((len(words), layer.shape[1]), dtype=np.float32)
    if not words:
        return sums
    starts = np.array([start for start, _ in words])
    ends = np.array([end for _, end in words])
    word = np.searchsorted(ends, places[:, 0], side="right")
    inside = (word < len(words)) & (places[:, 1] > places[:, 0])
    inside &= starts[np.minimum(word, len(words) - 1)] < places[:, 1]
    of_word = word[inside]  # ascending, as pieces stand in the order of the text
    first = np.flatnonzero(np.diff(of_word, prepend=-1))
    if len(first):
        sums[of_word[first]] = np.add.reduceat(layer[inside], first, axis=0)
    counts = np.bincount(of_word, minlength=len(words))
    return np.asarray(sums / np.maximum(counts, 1)[:, None], dtype=np.float32)

"""Stands in for an encoder that is not ready, so that questions are answered by their words meanwhile.

In: the encoder. Out: its name and digest, with which its library opens. One decision: it reads no question, so nothing
is alike by meaning, but passages wait for the encoder itself: what is stored is never less than whole.
"""

from collections.abc import Sequence

import numpy as np

from .base import Encoder, Span, TextVectors


class WordsOnly:
    """An encoder that reads no question."""

    def __init__(self, encoder: Encoder, dimension: int) -> None:
        """Store the encoder, and the length of its vectors, which it does not know before it is ready."""
        self._encoder = encoder
        self.name = encoder.name
        self.digest = encoder.digest
        self.origin = encoder.origin
        self.dimension = dimension

    def encode_passages(self, texts: Sequence[str], words: Sequence[Sequence[Span]]) -> list[TextVectors]:
        """Encode passages with the encoder itself, once it is ready."""
        return self._encoder.encode_passages(texts, words)

    def encode_question(self, question: str, words: Sequence[Span]) -> TextVectors:
        """Encode nothing: zeros, which are like no passage."""
        return TextVectors(
            np.zeros(self.dimension, dtype=np.float32), np.zeros((len(words), self.dimension), dtype=np.float32)
        )

    def has_word(self, word: str) -> bool:
        """Take every word for one: only the encoder knows better, and no question is respelt by chance."""
        return True

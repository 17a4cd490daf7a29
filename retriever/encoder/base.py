"""The vectors of a text, and what an encoder and its backends must offer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
# Start and end of a word, in characters of its text, the end excluded.
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class TextVectors:
    """The vectors of one text.

    Attributes:
        vector: float32 (dimension,), unit length: the text as a whole.
        word_vectors: float32 (n_words, dimension): each word in its context, as the mean of its word pieces in the last
            layer; zero for words after the encoder's greatest length.
    """

    vector: Vectors
    word_vectors: Vectors


class Encoder(Protocol):
    """Turns texts into vectors. Questions and passages have separate methods."""

    @property
    def name(self) -> str:
        """The model's name."""

    @property
    def digest(self) -> str:
        """SHA-256 of the model's weights, hexadecimal; known without loading the model."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    @property
    def origin(self) -> str | None:
        """The folder that it is loaded from; None for the shipped model."""

    def encode_passages(self, texts: Sequence[str], words: Sequence[Sequence[Span]]) -> list[TextVectors]:
        """Encode passages, each with the places of its words, in order."""

    def encode_question(self, question: str, words: Sequence[Span]) -> TextVectors:
        """Encode one question, with the places of its words, in order."""

    def has_word(self, word: str) -> bool:
        """Whether the vocabulary has the word as one piece."""


class Backend(Protocol):
    """Runs a model. All backends give the same vectors, except for rounding."""

    @property
    def name(self) -> str:
        """The runtime and its number format."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def encode_texts(self, texts: Sequence[str], words: Sequence[Sequence[Span]]) -> list[TextVectors]:
        """Encode texts, each with the places of its words, in order."""

    def encode_question(self, question: str, words: Sequence[Span]) -> TextVectors:
        """Encode one question: the same bytes each time, whatever else is encoded at the same time."""

    def has_word(self, word: str) -> bool:
        """Whether the vocabulary has the word as one piece."""

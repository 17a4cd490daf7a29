"""A model compiled for this machine, which runs without torch: the only home of OpenVINO.

The model is compiled once, into a folder named by the digest of its weights, and compared with sentence-transformers.
OpenVINO uses the fastest numbers of the processor, bfloat16 where it can. Measured on two cores, it encodes 2.8 to 3.6
times as many passages a second as sentence-transformers. ONNX Runtime reaches 1.2 times. Eight-bit weights reach 2.3
times, but their vectors differ from the model's own (cosine 0.993).
"""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from tokenizers import Tokenizer

from ..text.tokens import words
from .base import Lead, Reference, Span, TextVectors, Vectors
from .batching import RequestBatcher
from .pieces import Pieces, text_vectors
from .preparing import STEPS, tell

if TYPE_CHECKING:
    from openvino import CompiledModel

# Least cosine to the reference's vectors at which both may stand in one library; bfloat16 has at least 0.9999.
LEAST_COSINE = 0.999

# Part of the folder's name; counts up when the files in it change.
_VERSION = 1
_MODEL, _TOKENIZER, _ABOUT, _UNSUITABLE = "model.xml", "tokenizer.json", "about.json", "unsuitable.txt"

# Word pieces in one batch, with padding. More is no faster, and a question that comes in between waits longer.
_PIECES = 1024
# Lengths are padded to a multiple of this: for each new shape OpenVINO generates code, which takes milliseconds.
_STEP = 16
# How many questions of several threads may share a run, and their greatest length in word pieces. On one core, sixteen
# take 1.1 ms each and one alone 4.2 ms; 64 are no faster than sixteen.
_MOST_SHARED, _LONGEST_SHARED = 16, 32

# Texts by which the two backends are compared: short and long ones, one longer than the model reads, one with letters
# outside its vocabulary, an empty one. The first is encoded again whenever the compiled model is loaded.
_SAMPLE = (
    "Who keeps the lighthouse at the end of the island?",
    "The ferry leaves at nine.",
    "Nine o'clock is when the boat departs from the isle, but in winter, when the harbour is frozen, it stays.",
    "She paid 12.50 crowns for rye flour, São Tomé cocoa and 3 kg of salt; the baker said: «Come again!»",
    "متى تبحر العبارة؟ 🌋 Когда отплывает паром?",
    "",
    " ".join(
        f"In {1800 + year} the keeper wrote of storm number {year} in the book of the island." for year in range(9)
    ),
    "The lamp of the lighthouse went out. " * 60,
)
_WORDS = [[(word.start, word.end) for word in words(text)] for text in _SAMPLE]


class CompiledBackend:
    """A model that OpenVINO runs. Safe to use from several threads."""

    def __init__(
        self, model: "CompiledModel", tokenizer: Tokenizer, dimension: int, leads: Mapping[str, Sequence[int]]
    ) -> None:
        """Store what `load` found; call `opened` instead."""
        self._model = model
        self._tokenizer = tokenizer
        self._leads = leads
        self.dimension = dimension
        self._batcher = RequestBatcher(self._encode_batch, self._batch_limit)
        self._equal_to_alone: dict[int, bool] = {}

    @classmethod
    def opened(cls, folder: Path, digest: str, reference: Reference) -> "CompiledBackend | None":
        """Load a compiled model, and compile it first if needed; None if it cannot be compiled well.

        Args:
            folder: where compiled models lie, each in a folder of its own.
            digest: SHA-256 of the model's weights, hexadecimal.
            reference: the original model; loaded only to compile it.

        Raises:
            EncoderError: the original model cannot be loaded.
        """
        place = folder / f"{digest[:16]}-v{_VERSION}"
        if (place / _UNSUITABLE).is_file():
            return None
        try:
            return cls.load(place)
        except Exception:  # damaged files raise errors of any kind; the model is compiled again
            tell(0)
        try:
            reference.load()
            return cls._made(place, reference)
        finally:
            tell(len(STEPS))

    @classmethod
    def _made(cls, place: Path, reference: Reference) -> "CompiledBackend | None":
        """Compile the model and load it; None if it cannot be compiled well."""
        try:
            _make(place, reference)
            return cls.load(place)
        except Exception:  # any model may be given, and its conversion may fail anywhere; the reference remains
            return None

    @classmethod
    def load(cls, place: Path) -> "CompiledBackend":
        """Load a compiled model, and check its vector for one sentence.

        Raises:
            Exception: it is missing or damaged, its vector is wrong, or OpenVINO is not installed.
        """
        about = json.loads((place / _ABOUT).read_text(encoding="utf-8"))
        known = np.array(about["sample"], dtype=np.float32)
        tokenizer = Tokenizer.from_file(str(place / _TOKENIZER))
        tokenizer.enable_truncation(about["longest"])
        tokenizer.no_padding()
        model = _openvino().Core().compile_model(place / _MODEL, "CPU", _options(place))
        loaded = cls(model, tokenizer, len(known), about.get("leads", {}))
        cosine = float(loaded.encode_texts(_SAMPLE[:1], [[]])[0].vector @ known)
        if not cosine >= LEAST_COSINE:
            raise ValueError(f"its vector for {_SAMPLE[0]!r} has the cosine {cosine:.4f} to the model's own")
        return loaded

    @property
    def name(self) -> str:
        """The runtime, its number format and its number of threads."""
        number = self._model.get_property("INFERENCE_PRECISION_HINT").get_type_name()
        return f"OpenVINO, {number}, {self._model.get_property('INFERENCE_NUM_THREADS')} threads"

    def encode_texts(self, texts: Sequence[str], words: Sequence[Sequence[Span]]) -> list[TextVectors]:
        """Encode texts, each with the places of its words; texts of like length share a batch."""
        pieces = self._pieces(texts, Lead.PASSAGE)
        found: dict[int, TextVectors] = {}
        for batch, length in _batches([len(each) for each in pieces]):
            read = self._encode([pieces[at] for at in batch], length, [words[at] for at in batch])
            found.update(zip(batch, read, strict=True))
        return [found[at] for at in range(len(texts))]

    def encode_question(self, question: str, words: Sequence[Span]) -> TextVectors:
        """Encode one question; questions of other threads share its run where that changes no byte of the result."""
        (pieces,) = self._pieces([question], Lead.QUESTION)
        return self._batcher.result(_padded(len(pieces)), (pieces, words))

    def has_word(self, word: str) -> bool:
        """Whether the word is complete in the vocabulary."""
        return len(self._tokenizer.encode(word, add_special_tokens=False)) == 1

    def _pieces(self, texts: Sequence[str], lead: Lead) -> list[Pieces]:
        return [Pieces.of(each, self._leads.get(lead, ())) for each in self._tokenizer.encode_batch(list(texts))]

    def _encode_batch(self, length: int, some: Sequence[tuple[Pieces, Sequence[Span]]]) -> list[TextVectors]:
        return self._encode([pieces for pieces, _ in some], length, [spans for _, spans in some])

    def _batch_limit(self, length: int) -> int:
        """How many texts of a length may share a run: several only if each gives the same bytes as alone.

        OpenVINO chooses its code by shape, so a few texts of a shape stand for all of them. This is tested on each
        machine when it is first needed, and takes 0.1 s. On all processors tried so far the bytes were the same.
        """
        if length > _LONGEST_SHARED:
            return 1
        if length not in self._equal_to_alone:
            every = zip(self._pieces(_SAMPLE, Lead.QUESTION), _WORDS, strict=True)
            sample = [each for each in every if _padded(len(each[0])) == length]
            self._equal_to_alone[length] = bool(sample) and self._check_equal_to_alone(length, sample)
        return _MOST_SHARED if self._equal_to_alone[length] else 1

    def _check_equal_to_alone(self, length: int, sample: Sequence[tuple[Pieces, Sequence[Span]]]) -> bool:
        alone = [self._encode_batch(length, [each])[0] for each in sample]
        for size in (1 << power for power in range(1, _MOST_SHARED.bit_length())):
            rows = [row % len(sample) for row in range(size)]
            read = self._encode_batch(length, [sample[row] for row in rows])
            if not all(_same_bytes(each, alone[row]) for each, row in zip(read, rows, strict=True)):
                return False
        return True

    def _encode(self, pieces: Sequence[Pieces], length: int, words: Sequence[Sequence[Span]]) -> list[TextVectors]:
        ids = np.zeros((len(pieces), length), dtype=np.int64)
        mask = np.zeros((len(pieces), length), dtype=np.int64)
        for row, each in enumerate(pieces):
            ids[row, : len(each)] = each.ids
            mask[row, : len(each)] = 1
        # A new request each time: one request serves one thread only, and making it costs nothing.
        vectors, layers = self._model.create_infer_request().infer([ids, mask], share_outputs=True).values()
        return text_vectors(vectors, layers, [each.places for each in pieces], words)


def _same_bytes(one: TextVectors, other: TextVectors) -> bool:
    return np.array_equal(one.vector, other.vector) and np.array_equal(one.word_vectors, other.word_vectors)


def _padded(length: int) -> int:
    return -(-length // _STEP) * _STEP


def _batches(lengths: Sequence[int]) -> Iterator[tuple[list[int], int]]:
    """Batches of texts, longest first: the indexes of the texts, and the length to which they are padded."""
    padded = [_padded(length) for length in lengths]
    order = sorted(range(len(lengths)), key=lambda at: -padded[at])
    while order:
        length = padded[order[0]]
        count = max(1, _PIECES // length)
        yield order[:count], length
        order = order[count:]


def _openvino() -> Any:  # noqa: ANN401 (a module)
    """Import OpenVINO without its telemetry; without that package it falls back to a stub."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino

    return openvino


def _options(place: Path) -> dict[str, object]:
    """OpenVINO's options.

    It runs one thread for each physical core. Threads are not pinned, since a pinned thread waits while another program
    uses its core. The code generated for this processor is cached next to the model, which halves the loading time.
    """
    options = {"PERFORMANCE_HINT": "LATENCY", "ENABLE_CPU_PINNING": False}
    kept = {"CACHE_DIR": str(place), "CACHE_MODE": "OPTIMIZE_SIZE"}
    return options | (kept if os.access(place, os.W_OK) else {})


def _make(place: Path, reference: Reference) -> None:
    """Compile a model in a temporary folder, check it, and move it into place; if the check fails, write down why.

    Raises:
        OSError: the folder cannot be written.
        ValueError: the model cannot be compiled, or gives other vectors.
        ImportError: OpenVINO is not installed.
    """
    openvino = _openvino()
    place.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix="compiling-", dir=place.parent))
    try:
        problem = _compile(openvino, made, reference)
        if problem:
            shutil.rmtree(made)
            made.mkdir()
            (made / _UNSUITABLE).write_text(f"{problem}\n", encoding="utf-8")
        shutil.rmtree(place, ignore_errors=True)  # damaged
        try:
            made.rename(place)
        except OSError:  # another process was faster; its files are as good
            if not place.is_dir():
                raise
    finally:
        shutil.rmtree(made, ignore_errors=True)
    if problem:
        raise ValueError(problem)


def _compile(openvino: Any, made: Path, reference: Reference) -> str | None:  # noqa: ANN401 (a module)
    """Compile a model and compare it with the original; returns what is wrong, or None.

    Raises:
        OSError: the folder cannot be written.
    """
    tell(1)
    known = reference.encode_texts(_SAMPLE, _WORDS)
    about = {"longest": reference.longest, "sample": known[0].vector.tolist(), "leads": reference.leads}
    try:
        reference.save_tokenizer(made / _TOKENIZER)
        (made / _ABOUT).write_text(json.dumps(about), encoding="utf-8")
        openvino.save_model(reference.converted(openvino), made / _MODEL, compress_to_fp16=False)
        tell(2)
        return _difference(CompiledBackend.load(made), known)
    except OSError:
        raise
    except Exception as error:  # any model may be given, and its conversion may fail anywhere
        return f"{type(error).__name__}: {error}"


def _difference(compiled: CompiledBackend, known: Sequence[TextVectors]) -> str | None:
    """Compare the vectors of the sample with the reference's, in one batch and one by one; what is wrong, or None."""
    alone = [compiled.encode_texts([text], [spans])[0] for text, spans in zip(_SAMPLE, _WORDS, strict=True)]
    for read in (compiled.encode_texts(_SAMPLE, _WORDS), alone):
        for text, ours, theirs in zip(_SAMPLE, read, known, strict=True):
            cosine = min(_cosine(ours.vector, theirs.vector), _cosine(ours.word_vectors, theirs.word_vectors))
            if not cosine >= LEAST_COSINE:
                return f"its vectors for {text[:40]!r} have the cosine {cosine:.4f} to the model's own"
    return None


def _cosine(ours: Vectors, theirs: Vectors) -> float:
    """Cosine of two vectors, or the least cosine of two matrices' rows; two zero rows count as equal."""
    length, other = np.linalg.norm(ours, axis=-1), np.linalg.norm(theirs, axis=-1)
    cosines = (ours * theirs).sum(axis=-1) / np.maximum(length * other, 1e-9)
    return float(np.min(np.where(length + other > 0, cosines, 1), initial=1))

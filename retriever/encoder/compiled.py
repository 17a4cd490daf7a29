"""A model compiled for this machine: the only home of OpenVINO, of tokenizers, and of what is kept of both.

Compiled once from the sentence-transformers model into a folder named by the digest of its weights, and checked
against it there; from then on it runs without torch. OpenVINO reckons as the processor does best, in bfloat16 where
it has instructions for that: measured on two cores, 2.8 to 3.6 times the passages a second of sentence-transformers,
where ONNX Runtime has 1.2, and 2.3 with eight-bit weights, whose vectors differ from the model's own (cosine 0.993).
"""

import json
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from tokenizers import Encoding, Tokenizer

from ..text.tokens import words
from .pieces import readings
from .records import Reading, Span, Vectors
from .reference import Reference
from .together import Together

if TYPE_CHECKING:
    from openvino import CompiledModel

# Cosine to the reference from which the two forms' vectors may stand side by side; bfloat16's least is 0.9999.
LEAST_COSINE = 0.999

# Part of the folder's name: counts up when what is kept changes.
_VERSION = 1
_MODEL, _TOKENIZER, _ABOUT, _UNSUITABLE = "model.xml", "tokenizer.json", "about.json", "unsuitable.txt"

# Pieces that are read at once, padding included: more is no faster, and a question that comes meanwhile waits longer.
_PIECES = 1024
# Lengths are padded up to a multiple, as for each new shape OpenVINO makes code anew, for some milliseconds.
_STEP = 16
# Questions of several threads that share a run, and their length at the most, in pieces. Sixteen of them take 1.1 ms
# each of one core, one alone 4.2 ms; 64 no less than sixteen.
_TOGETHER, _TOGETHER_LENGTH = 16, 32

# What both forms read before the compiled one is trusted: of all lengths, one beyond what the model reads, one with
# letters that no vocabulary has, and none at all. The first is read again whenever the compiled one is loaded.
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


class Compiled:
    """A model that OpenVINO runs. Safe to use from several threads."""

    def __init__(self, model: "CompiledModel", tokenizer: Tokenizer, dimension: int) -> None:
        """Store what `load` found; `opened` is the way in."""
        self._model = model
        self._tokenizer = tokenizer
        self.dimension = dimension
        self._together = Together(self._read_alike, self._most_together)
        self._read_as_alone: dict[int, bool] = {}

    @classmethod
    def opened(cls, folder: Path, digest: str, reference: Reference) -> "Compiled | None":
        """Load a model's compiled form, made first where there is none; None where it has none that can be trusted.

        Args:
            folder: where compiled models lie, each in a folder of its own.
            digest: SHA-256 of the model's weights, hexadecimal.
            reference: the model itself; it is loaded only to compile it.

        Raises:
            EncoderError: the model itself cannot be loaded.
        """
        place = folder / f"{digest[:16]}-v{_VERSION}"
        if (place / _UNSUITABLE).is_file():
            return None
        try:
            return cls.load(place)
        except Exception:  # tokenizers and OpenVINO raise anything at a damaged file; it is made anew
            _ = reference.model  # what is wrong with that is not to be hidden
        try:
            _make(place, reference)
            return cls.load(place)
        except Exception:  # any model may come, and fail anywhere in what converts it: it has its reference
            return None

    @classmethod
    def load(cls, place: Path) -> "Compiled":
        """Load what was compiled, and let it read a sentence whose vector is known.

        Raises:
            Exception: it is not there, damaged, or reckons otherwise here; or OpenVINO is not installed.
        """
        about = json.loads((place / _ABOUT).read_text(encoding="utf-8"))
        known = np.array(about["sample"], dtype=np.float32)
        tokenizer = Tokenizer.from_file(str(place / _TOKENIZER))
        tokenizer.enable_truncation(about["longest"])
        tokenizer.no_padding()
        loaded = cls(_openvino().Core().compile_model(place / _MODEL, "CPU", _options(place)), tokenizer, len(known))
        cosine = float(loaded.read(_SAMPLE[:1], [[]])[0].vector @ known)
        if not cosine >= LEAST_COSINE:
            raise ValueError(f"its vector for {_SAMPLE[0]!r} has the cosine {cosine:.4f} to the model's own")
        return loaded

    @property
    def name(self) -> str:
        """What runs it, in which numbers, and on how many threads."""
        number = self._model.get_property("INFERENCE_PRECISION_HINT").get_type_name()
        return f"OpenVINO, {number}, {self._model.get_property('INFERENCE_NUM_THREADS')} threads"

    def read(self, texts: Sequence[str], words: Sequence[Sequence[Span]]) -> list[Reading]:
        """Read texts, each with the places of its words; texts of like length share a batch."""
        pieces = self._tokenizer.encode_batch(list(texts))
        found: dict[int, Reading] = {}
        for batch, length in _batches([len(each) for each in pieces]):
            read = self._read([pieces[at] for at in batch], length, [words[at] for at in batch])
            found.update(zip(batch, read, strict=True))
        return [found[at] for at in range(len(texts))]

    def read_question(self, question: str, words: Sequence[Span]) -> Reading:
        """Read one question; those that other threads bring meanwhile share a run, where that changes no byte."""
        pieces = self._tokenizer.encode(question)
        return self._together.done(_padded(len(pieces)), (pieces, words))

    def has_word(self, word: str) -> bool:
        """Whether the word stands whole in the vocabulary."""
        return len(self._tokenizer.encode(word, add_special_tokens=False)) == 1

    def _read_alike(self, length: int, some: Sequence[tuple[Encoding, Sequence[Span]]]) -> list[Reading]:
        return self._read([pieces for pieces, _ in some], length, [spans for _, spans in some])

    def _most_together(self, length: int) -> int:
        """How many texts may share a run: several only where each gives the bytes then that it gives alone.

        OpenVINO chooses its code by the shape that it is given, so what holds for some texts of a shape holds for all;
        it held on the processors tried, and is tried on this one when first needed, which takes a tenth of a second.
        """
        if length > _TOGETHER_LENGTH:
            return 1
        if length not in self._read_as_alone:
            every = zip(self._tokenizer.encode_batch(list(_SAMPLE)), _WORDS, strict=True)
            sample = [each for each in every if _padded(len(each[0])) == length]
            self._read_as_alone[length] = bool(sample) and self._is_read_as_alone(length, sample)
        return _TOGETHER if self._read_as_alone[length] else 1

    def _is_read_as_alone(self, length: int, sample: Sequence[tuple[Encoding, Sequence[Span]]]) -> bool:
        alone = [self._read_alike(length, [each])[0] for each in sample]
        for size in (1 << power for power in range(1, _TOGETHER.bit_length())):
            rows = [row % len(sample) for row in range(size)]
            read = self._read_alike(length, [sample[row] for row in rows])
            if not all(_same_bytes(each, alone[row]) for each, row in zip(read, rows, strict=True)):
                return False
        return True

    def _read(self, pieces: Sequence[Encoding], length: int, words: Sequence[Sequence[Span]]) -> list[Reading]:
        ids = np.zeros((len(pieces), length), dtype=np.int64)
        mask = np.zeros((len(pieces), length), dtype=np.int64)
        for row, each in enumerate(pieces):
            ids[row, : len(each)] = each.ids
            mask[row, : len(each)] = 1
        # A request of its own: one is for one thread, and costs nothing.
        vectors, layers = self._model.create_infer_request().infer([ids, mask], share_outputs=True).values()
        return readings(vectors, layers, [np.array(each.offsets).reshape(-1, 2) for each in pieces], words)


def _same_bytes(one: Reading, other: Reading) -> bool:
    return np.array_equal(one.vector, other.vector) and np.array_equal(one.word_vectors, other.word_vectors)


def _padded(length: int) -> int:
    return -(-length // _STEP) * _STEP


def _batches(lengths: Sequence[int]) -> Iterator[tuple[list[int], int]]:
    """Share texts out, longest first: which are read together, and the length to which they are padded."""
    padded = [_padded(length) for length in lengths]
    order = sorted(range(len(lengths)), key=lambda at: -padded[at])
    while order:
        length = padded[order[0]]
        count = max(1, _PIECES // length)
        yield order[:count], length
        order = order[count:]


def _openvino() -> Any:  # noqa: ANN401 (a module)
    """Import OpenVINO without the telemetry of its tools, of which it brings a stub for where it is not installed."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino

    return openvino


def _options(place: Path) -> dict[str, object]:
    """How a model is to be run.

    Threads are OpenVINO's own choice, one a physical core, not bound to it: bound ones wait where another program has
    their core. What it works out for this processor it keeps beside the model, which halves the time to load it.
    """
    options = {"PERFORMANCE_HINT": "LATENCY", "ENABLE_CPU_PINNING": False}
    kept = {"CACHE_DIR": str(place), "CACHE_MODE": "OPTIMIZE_SIZE"}
    return options | (kept if os.access(place, os.W_OK) else {})


def _make(place: Path, reference: Reference) -> None:
    """Compile a model beside its place, check it, and move it there; where it fails the check, note why.

    Raises:
        OSError: the folder cannot be written.
        ValueError: the model cannot be compiled, or reads otherwise then.
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
        shutil.rmtree(place, ignore_errors=True)  # it was damaged
        try:
            made.rename(place)
        except OSError:  # another process compiled it meanwhile; its files serve as well
            if not place.is_dir():
                raise
    finally:
        shutil.rmtree(made, ignore_errors=True)
    if problem:
        raise ValueError(problem)


def _compile(openvino: Any, made: Path, reference: Reference) -> str | None:  # noqa: ANN401 (a module)
    """Compile a model and compare the two; returns what is wrong, or None.

    Raises:
        OSError: the folder cannot be written.
    """
    known = reference.read(_SAMPLE, _WORDS)
    about = {"longest": reference.model.max_seq_length, "sample": known[0].vector.tolist()}
    try:
        reference.model.tokenizer.backend_tokenizer.save(str(made / _TOKENIZER))
        (made / _ABOUT).write_text(json.dumps(about), encoding="utf-8")
        openvino.save_model(_converted(openvino, reference), made / _MODEL, compress_to_fp16=False)
        return _difference(Compiled.load(made), known)
    except OSError:
        raise
    except Exception as error:  # any model may come, and fail anywhere in what converts it
        return f"{type(error).__name__}: {error}"


def _converted(openvino: Any, reference: Reference) -> Any:  # noqa: ANN401 (OpenVINO's model)
    """Trace the model: pieces and their mask -> the text's vector, and the pieces' last layer."""
    import torch

    class Both(torch.nn.Module):
        """The model, with the two of its outputs that are kept."""

        def __init__(self) -> None:
            super().__init__()
            self.model = reference.model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            """Run it."""
            output = self.model.forward({"input_ids": input_ids, "attention_mask": attention_mask})
            return output["sentence_embedding"], output["token_embeddings"]

    # Of two lengths, so that padding is part of what is traced.
    pieces = reference.model.tokenizer(list(_SAMPLE[:2]), padding=True, return_tensors="pt")
    names = ("input_ids", "attention_mask")
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # of tracing: whether it went well is measured
        return openvino.convert_model(
            Both().eval(),
            input=[(name, openvino.PartialShape([-1, -1]), openvino.Type.i64) for name in names],
            example_input=tuple(pieces[name] for name in names),
        )


def _difference(compiled: Compiled, known: Sequence[Reading]) -> str | None:
    """Compare with what the reference read of the sample, together and apart; what is wrong, or None."""
    alone = [compiled.read([text], [spans])[0] for text, spans in zip(_SAMPLE, _WORDS, strict=True)]
    for read in (compiled.read(_SAMPLE, _WORDS), alone):
        for text, ours, theirs in zip(_SAMPLE, read, known, strict=True):
            cosine = min(_cosine(ours.vector, theirs.vector), _cosine(ours.word_vectors, theirs.word_vectors))
            if not cosine >= LEAST_COSINE:
                return f"its vectors for {text[:40]!r} have the cosine {cosine:.4f} to the model's own"
    return None


def _cosine(ours: Vectors, theirs: Vectors) -> float:
    """Cosine of two vectors, or the least of two lists' rows; two zeros, words that were not read, are alike."""
    length, other = np.linalg.norm(ours, axis=-1), np.linalg.norm(theirs, axis=-1)
    cosines = (ours * theirs).sum(axis=-1) / np.maximum(length * other, 1e-9)
    return float(np.min(np.where(length + other > 0, cosines, 1), initial=1))

"""A question and a passage, read together -> which words answer, and whether the passage answers at all.

In come a question and passages, out comes a `PassageReading` for each. The model is a cross-encoder of 12 layers,
fine-tuned by `python -m training.reader`; `model-card.md` says on what. The one decision: every pair is read alone and
by one thread. In a batch, the 8 bit scales of one pair would depend on the others, and the same question would not
always give the same bytes.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from ...errors import EncoderError

if TYPE_CHECKING:
    import onnxruntime

Floats = NDArray[np.float32]

FOLDER = Path(__file__).parent
FILE = FOLDER / "reader.onnx"
TOKENIZER = FOLDER / "tokenizer.json"
FACTS = FOLDER / "reader.json"
"""What the model was made of, and the SHA-256 of its file."""

MOST_TOKENS = 256
"""Question and passage; what is longer is cut at the end. 120 English words are 150 to 180 tokens."""

MOST_QUESTION_TOKENS = 96
"""A longer question is cut, so that there is room for the passage."""

MOST_SPAN_TOKENS = 40
"""Tokens of a stretch that answers. The longest clauses that were marked by hand have 30 words."""

MOST_THREADS = 4
"""A question has ten pairs at the most."""

_SEPARATOR = ": "


@dataclass(frozen=True, slots=True)
class Tokens:
    """A question and a passage as the model takes them.

    Attributes:
        ids: token ids, at most `MOST_TOKENS`.
        types: 0 for the question's tokens, 1 for the rest.
        places: int (n_tokens, 2), start and end in the passage's text; -1 for tokens of anything else.
        asked: the same in the question.
    """

    ids: list[int]
    types: list[int]
    places: NDArray[np.int64]
    asked: NDArray[np.int64]


def tokens_of(tokenizer: Tokenizer, question: str, title: str, text: str) -> Tokens:
    """Put a question, a title, which may be empty, and a passage in tokens; what is too long is cut."""
    prefix = f"{title}{_SEPARATOR}" if title else ""
    asked = tokenizer.encode(question, add_special_tokens=False)
    if len(asked.ids) > MOST_QUESTION_TOKENS:
        question = question[: asked.offsets[MOST_QUESTION_TOKENS][0]]
    read = tokenizer.encode(question, prefix + text)
    ids = [*read.ids[: MOST_TOKENS - 1], read.ids[-1]] if len(read.ids) > MOST_TOKENS else read.ids
    types = read.type_ids[: len(ids)]
    offsets = np.array(read.offsets[: len(ids)], dtype=np.int64)
    inside = (np.array(types) == 1) & (offsets[:, 0] >= len(prefix)) & (offsets[:, 1] > offsets[:, 0])
    inside[-1] = False
    asking = (np.array(types) == 0) & (offsets[:, 1] > offsets[:, 0])
    places = np.where(inside[:, None], offsets - len(prefix), -1)
    return Tokens(ids, types, places, np.where(asking[:, None], offsets, -1))


@dataclass(frozen=True, slots=True)
class PassageReading:
    """What the reader makes of a question and a passage.

    Attributes:
        answers: log-odds that the passage answers.
        nowhere: the score of no span at all: start and end logit of the first token.
        starts: float32 (n_tokens,), start logits of the passage's tokens.
        ends: float32 (n_tokens,), end logits.
        places: int (n_tokens, 2), start and end of each token in the passage's text, ascending.
    """

    answers: float
    nowhere: float
    starts: Floats
    ends: Floats
    places: NDArray[np.int64]

    def best_span(self, start: int, end: int) -> tuple[float, int, int] | None:
        """Find the stretch that answers best within some characters of the passage.

        Args:
            start: the first character.
            end: one past the last.

        Returns:
            Its score, as far above "nowhere" (a difference of logits), and its first and one past its last character;
            None where no token lies there.
        """
        first, last = np.searchsorted(self.places[:, 0], [start, end])
        if first == last:
            return None
        scores = self.starts[first:last, None] + self.ends[None, first:last]
        reach = np.arange(last - first)
        allowed = (reach[None, :] >= reach[:, None]) & (reach[None, :] - reach[:, None] < MOST_SPAN_TOKENS)
        at = int(np.argmax(np.where(allowed, scores, -np.inf)))
        one, other = divmod(at, int(last - first))
        return (
            float(scores[one, other]) - self.nowhere,
            int(self.places[first + one, 0]),
            int(self.places[first + other, 1]),
        )


def shipped_digest() -> str:
    """SHA-256 of the model that ships with Ibid, hexadecimal."""
    return str(json.loads(FACTS.read_text(encoding="utf-8"))["sha256"])


class Reader:
    """The trained model; safe to use from several threads."""

    def __init__(self, session: "onnxruntime.InferenceSession", tokenizer: Tokenizer) -> None:
        self._session = session
        self._tokenizer = tokenizer
        self._pool = ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1), thread_name_prefix="reader")

    @classmethod
    @cache
    def shipped(cls, folder: Path = FOLDER) -> Self:
        """Load a model that ships with Ibid.

        Args:
            folder: what holds the model and what is known of it. All models have the tokenizer of this one.

        Raises:
            EncoderError: its file is missing, or is not the one that was measured.
        """
        file = folder / FILE.name
        try:
            data, facts = file.read_bytes(), (folder / FACTS.name).read_text(encoding="utf-8")
            TOKENIZER.read_bytes()
        except OSError as error:
            raise EncoderError(
                f"The reader {error.filename} cannot be read ({error.strerror}); install Ibid again."
            ) from error
        wanted, found = json.loads(facts)["sha256"], hashlib.sha256(data).hexdigest()
        if found != wanted:
            raise EncoderError(f"The reader {file} has the digest {found}, not {wanted}; install Ibid again.")
        return cls.of(data, TOKENIZER)

    @classmethod
    def of(cls, model: bytes, tokenizer: Path) -> Self:
        """Load a model that `python -m training.export` wrote.

        Args:
            model: the ONNX file's bytes.
            tokenizer: the file of its tokenizer.
        """
        import onnxruntime  # 0.1 s, which no command waits for that reads nothing

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        return cls(session, Tokenizer.from_file(str(tokenizer)))

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[PassageReading]:
        """Read passages for a question.

        Args:
            question: the question, standing alone.
            passages: title and text of each; the title may be empty.

        Returns:
            A reading for each, in their order.
        """
        if len(passages) < 2:
            return [self._read_one(question, *passage) for passage in passages]
        return list(self._pool.map(lambda passage: self._read_one(question, *passage), passages))

    def _read_one(self, question: str, title: str, text: str) -> PassageReading:
        return self._run(tokens_of(self._tokenizer, question, title, text))[0]

    def _run(self, tokens: Tokens, *more: str) -> tuple[PassageReading, list[Floats]]:
        """Read some tokens; with the reading come further outputs of the model by their names."""
        starts, ends, answers, *others = self._session.run(
            ["starts", "ends", "answers", *more],
            {
                "ids": np.array([tokens.ids], dtype=np.int64),
                "types": np.array([tokens.types], dtype=np.int64),
                "mask": np.ones((1, len(tokens.ids)), dtype=np.int64),
            },
        )
        at = np.flatnonzero(tokens.places[:, 0] >= 0)
        reading = PassageReading(
            float(answers[0]), float(starts[0, 0] + ends[0, 0]), starts[0, at], ends[0, at], tokens.places[at]
        )
        return reading, others

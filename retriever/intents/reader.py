"""Tells what a sentence asks for, with the names of one library's sources.

One decision: the model reads the vectors of the shipped encoder. A library that another model encoded has its sentences
read by the shipped one beside it; an encoder of no model, as in tests, reads none, and every sentence is a question.
"""

import threading
from collections.abc import Sequence
from functools import cached_property, lru_cache

from ..encoder import Encoder, SentenceEncoder, Vectors, WordsOnly
from ..records import Turn
from ..store.base import Library
from ..talk import AnswerKind
from ..text.question import Question, tidy
from . import Intent, IntentModel, Mentions, SourceNames, recognise
from .mentions import Frequencies

PLEASANTRIES = frozenset(
    (AnswerKind.GREETING, AnswerKind.THANKS, AnswerKind.HELP, AnswerKind.ABOUT, AnswerKind.MANAGING)
)
"""Kinds of sentences that have nothing to do with the documents."""
_REMEMBERED = 512


class IntentReader:
    """Reads sentences. Safe to use from several threads."""

    def __init__(self, library: Library, encoder: Encoder) -> None:
        """Store the library and its encoder; nothing is loaded yet."""
        self._library = library
        self._own = encoder
        self._names: dict[bool, tuple[int, SourceNames]] = {}
        self._lock = threading.Lock()
        self._is_pleasantry = lru_cache(maxsize=_REMEMBERED)(self._reads_pleasantry)

    def load(self) -> None:
        """Load the model, so that the first sentence need not wait for it."""
        if self._encoder is not None:
            self._encode("Is it loaded?")

    def read(self, question: Question, frequencies: Frequencies | None = None) -> Intent:
        """Tell what a sentence asks for.

        Args:
            question: the sentence.
            frequencies: of terms in the library's documents, so that no place is taken for a source.
        """
        if self._encoder is None:
            return Intent(AnswerKind.QUESTION, 1.0, Mentions.of(question, SourceNames()))
        return recognise(question, self._source_names(frequencies), self._encode, IntentModel.shipped())

    def without_pleasantries(self, turns: Sequence[Turn]) -> list[Turn]:
        """The turns of a conversation without thanks, greetings and the like, which no question follows up."""
        return [turn for turn in turns if turn.shown or not self._is_pleasantry(turn.question)]

    def _reads_pleasantry(self, question: str) -> bool:
        return self.read(Question.of(tidy(question))).kind in PLEASANTRIES

    @cached_property
    def _encoder(self) -> Encoder | None:
        if isinstance(self._own, WordsOnly):
            return None
        if self._own.digest == IntentModel.shipped().encoder_digest:
            return self._own
        return SentenceEncoder.shipped() if self._own.origin else None

    def _encode(self, sentence: str) -> Vectors:
        if self._encoder is None:
            raise ValueError("no encoder reads sentences here")
        words = [(word.start, word.end) for word in Question.of(sentence).words]
        return self._encoder.encode_question(sentence, words).vector

    def _source_names(self, frequencies: Frequencies | None) -> SourceNames:
        """The names of the library's sources, read once for each generation."""
        generation, kind = self._library.manifest.generation, frequencies is not None
        with self._lock:
            if kind not in self._names or self._names[kind][0] != generation:
                self._names[kind] = generation, SourceNames(self._library.documents.all(), frequencies)
            return self._names[kind][1]

"""A question -> a `Query`: everything that is read from the question's words, read once and handed on.

The question is spelt as the library spells, and encoded. It is also read for the dates and the kind of answer that it
asks for. The later steps use these and do not read the question again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ..encoder import Encoder, TextVectors, Vectors
from ..encoder.word_vectors import WordAxes
from ..records import Turn
from ..store.base import Searcher
from ..text.question import Question
from ..text.tokens import Word, content_terms, term_of
from .date_constraints import QuestionDates
from .spelling import respell

SPELT_DAY_WEIGHT = 0.5
"""Of the parts of a day's other spellings in the search: each alone is a number that may mean anything."""


@dataclass(frozen=True, slots=True)
class StandaloneQuestion:
    """A question as it is understood in its conversation.

    Attributes:
        question: to read: the rewritten question where the rewrite is reliable, else the question as typed.
        words: words of the conversation that belong to it -> weight, 0..1, next to 1 for the question's own.
        rewritten: whether the question is not as typed.
        turns: the turns that it depends on; none where it stands alone.
    """

    question: Question
    words: Mapping[str, float] = field(default_factory=dict)
    rewritten: bool = False
    turns: tuple[Turn, ...] = ()

    @property
    def text(self) -> str:
        """The question's text."""
        return self.question.text

    @property
    def depends_on_turns(self) -> bool:
        """Whether the turns before it are needed to understand it."""
        return bool(self.turns)

    @property
    def searched(self) -> Question:
        """The text to search for: the question and the words of the conversation that belong to it."""
        return Question.of(" ".join((self.text, *self.words))) if self.words else self.question

    @property
    def read_as(self) -> str:
        """What is read with the passages: the text, after the previous question where it depends on that."""
        return f"{self.turns[-1].question} {self.text}" if self.words and not self.rewritten else self.text

    @property
    def asked_with(self) -> tuple[str, ...]:
        """Says what of the conversation is used next to the text, in a sentence; empty if nothing is."""
        if not self.words:
            return ()
        listed = ", ".join(self.words)
        return (f"Asked with: {listed}" if self.rewritten else f"Asked with: “{self.turns[-1].question}” ({listed})",)

    @property
    def weights(self) -> dict[str, float]:
        """The terms of the conversation's words -> weight."""
        return {term_of(word): weight for word, weight in self.words.items()}

    @property
    def readings(self) -> tuple["StandaloneQuestion", ...]:
        """The ways to read it: in its conversation, and then as typed, where it was not rewritten but takes words."""
        alone = replace(self, words={}, turns=())
        return (self, alone) if self.words and not self.rewritten else (self,)


@dataclass(frozen=True, slots=True)
class Query:
    """A question, ready to be answered.

    Attributes:
        standalone: the question, standing alone, spelt as the library spells.
        searched: the text to search for: the question, followed by the words of the conversation that belong to it.
        vector: float32 (dimension,), unit length.
        word_vectors: float32 (n_words, n_axes), of the words of `searched`, rows of unit length.
        dates: the dates that it asks for.
        language: BCP 47 tag; None if it is not known.
    """

    standalone: StandaloneQuestion
    searched: Question
    vector: Vectors
    word_vectors: Vectors
    dates: QuestionDates
    language: str | None = None

    @classmethod
    def of(cls, standalone: StandaloneQuestion, search: Searcher, encoder: Encoder, axes: WordAxes) -> "Query":
        """Read a question.

        Args:
            standalone: the question, standing alone.
            search: knows how the library spells.
            encoder: encodes the question, and knows which words are words.
            axes: onto which the library's word vectors were turned.
        """
        question = respell(standalone.question, search, encoder.has_word)
        standalone = replace(standalone, question=question)
        searched = standalone.searched
        reading = _encode(encoder, searched.text, searched.words)
        vector = reading.vector
        if standalone.words:  # the words of the conversation count half at most
            own = [word for word in searched.words if word.end <= len(question.text)]
            vector = vector + _encode(encoder, question.text, own).vector
            vector = vector / np.linalg.norm(vector)
        return cls(standalone, searched, vector, axes.turn(reading.word_vectors), QuestionDates.of(searched))

    @property
    def question(self) -> Question:
        """The question itself, without words of the conversation."""
        return self.standalone.question

    @property
    def search_terms(self) -> tuple[str, ...]:
        """The terms of its content words, or of all its words if it has none, and of its days in other spellings."""
        return (*content_terms(self.searched.words), *self.searched.spelt_days)

    @property
    def search_weights(self) -> dict[str, float]:
        """The weights of terms that are not the question's own."""
        parts = (term for term in self.searched.spelt_days if "." not in term)  # "11.02.2022" is the whole day
        return {**self.standalone.weights, **dict.fromkeys(parts, SPELT_DAY_WEIGHT)}


def _encode(encoder: Encoder, text: str, tokens: Sequence[Word]) -> TextVectors:
    return encoder.encode_question(text, [(token.start, token.end) for token in tokens])

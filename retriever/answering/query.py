"""A question -> a `Query`: everything that is read from the question's words, read once and handed on.

The question is spelt as the library spells, and encoded. It is also read for the dates and the kind of answer that it
asks for. The later steps use these and do not read the question again.
"""

from dataclasses import dataclass, replace

from ..encoder import Encoder, Vectors
from ..encoder.word_vectors import WordAxes
from ..records import Turn
from ..store.base import Searcher
from ..text.question import Question
from ..text.tokens import content_terms
from .date_constraints import QuestionDates
from .spelling import respell

SPELT_DAY_WEIGHT = 0.5
"""Of the parts of a day's other spellings in the search: each alone is a number that may mean anything."""


@dataclass(frozen=True, slots=True)
class StandaloneQuestion:
    """A question as it may be understood in its conversation.

    Attributes:
        question: the question that stands alone.
        probability: how likely it is meant, 0..1, by its words alone.
        turns: the turns that it depends on; none where it stands alone.
        used: positions in the history of the turns that it takes words from.
        elsewhere: whether the quote shown last is no answer, unless it says what this question adds.
        beside: the question before, whose answer belongs to the answer: "Is that more than in May?".
    """

    question: Question
    probability: float = 1.0
    turns: tuple[Turn, ...] = ()
    used: tuple[int, ...] = ()
    elsewhere: bool = False
    beside: Question | None = None

    @property
    def text(self) -> str:
        """The question's text."""
        return self.question.text

    @property
    def depends_on_turns(self) -> bool:
        """Whether the turns before it are needed to understand it."""
        return bool(self.turns)

    @property
    def added(self) -> frozenset[str]:
        """The naming terms that the question before does not have."""
        before = self.turns[-1].understood_as or self.turns[-1].question if self.turns else ""
        return self.question.naming_terms - Question.of(before).naming_terms


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
        reading = encoder.encode_question(question.text, [(word.start, word.end) for word in question.words])
        standalone = replace(standalone, question=question)
        return cls(standalone, reading.vector, axes.turn(reading.word_vectors), QuestionDates.of(question))

    @property
    def question(self) -> Question:
        """The question itself."""
        return self.standalone.question

    @property
    def search_terms(self) -> tuple[str, ...]:
        """The terms of its content words, or of all its words if it has none, and of its days in other spellings."""
        return (*content_terms(self.question.words), *self.question.spelt_days)

    @property
    def search_weights(self) -> dict[str, float]:
        """The weights of terms that are not the question's own."""
        parts = (term for term in self.question.spelt_days if "." not in term)  # "11.02.2022" is the whole day
        return dict.fromkeys(parts, SPELT_DAY_WEIGHT)

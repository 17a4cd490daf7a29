"""A question -> a `Query`: everything that is read from the question's words, read once and handed on.

The question is checked, spelt as the library spells, split into words, and encoded. It is also read for the dates and
the kind of answer that it asks for. The later steps use these and do not read the question again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ..agreement.answers import AskedQuestion
from ..encoder import Encoder, TextVectors, Vectors
from ..errors import QuestionError
from ..records import Turn
from ..store.base import Searcher
from ..text.tokens import Word, term_of, words
from .dates import QuestionDates
from .spelling import respelt


@dataclass(frozen=True, slots=True)
class StandaloneQuestion:
    """A question as it is understood in its conversation.

    Attributes:
        text: to read: the rewritten question where the rewrite is reliable, else the question as typed.
        words: words of the conversation that are meant too -> weight, 0..1, beside 1 for the question's own.
        rewritten: whether the text is not as typed.
        turns: the turns that it depends on; none where it stands alone.
    """

    text: str
    words: Mapping[str, float] = field(default_factory=dict)
    rewritten: bool = False
    turns: tuple[Turn, ...] = ()

    @property
    def depends_on_turns(self) -> bool:
        """Whether the turns before it are needed to understand it."""
        return bool(self.turns)

    @property
    def searched(self) -> str:
        """What is searched for: the text and the words of the conversation that are meant too."""
        return " ".join((self.text, *self.words))

    @property
    def read_as(self) -> str:
        """What is read with the passages: the text, behind the previous question where it depends on that."""
        return f"{self.turns[-1].question} {self.text}" if self.words and not self.rewritten else self.text

    @property
    def asked_with(self) -> tuple[str, ...]:
        """Says what of the conversation is used beside the text, in a sentence; empty where nothing is."""
        if not self.words:
            return ()
        listed = ", ".join(self.words)
        return (f"Asked with: {listed}" if self.rewritten else f"Asked with: “{self.turns[-1].question}” ({listed})",)

    @property
    def weights(self) -> dict[str, float]:
        """The terms of the words that are meant too -> weight."""
        return {term_of(word): weight for word, weight in self.words.items()}

    @property
    def without_conversation(self) -> "StandaloneQuestion | None":
        """The question as typed, to be tried alone; None where it was rewritten or takes nothing from the turns."""
        return replace(self, words={}, turns=()) if self.words and not self.rewritten else None


@dataclass(frozen=True, slots=True)
class Query:
    """A question, ready to be answered.

    Attributes:
        question: the question, standing alone, spelt as the library spells.
        text: what is searched for: the question, and the words of the conversation that are meant too.
        tokens: the words of `text`, at least one; those of the question come first.
        vector: float32 (dimension,), unit length.
        word_vectors: float32 (n_tokens, dimension), of the tokens.
        dates: the dates that it asks for.
        asked: the question as the answers of several sources are compared by it.
        language: BCP 47 tag; None where it is not known.
    """

    question: StandaloneQuestion
    text: str
    tokens: tuple[Word, ...]
    vector: Vectors
    word_vectors: Vectors
    dates: QuestionDates
    asked: AskedQuestion
    language: str | None = None

    @classmethod
    def of(cls, question: StandaloneQuestion, search: Searcher, encoder: Encoder) -> "Query":
        """Read a question.

        Args:
            question: the question, standing alone.
            search: knows how the library spells.
            encoder: encodes the question, and knows which words are words.
        """
        question = replace(question, text=respelt(question.text, search, encoder.has_word))
        text = question.searched
        tokens = words(text)
        own = tuple(token for token in tokens if token.end <= len(question.text))
        reading = _encoded(encoder, text, tokens)
        vector = reading.vector
        if question.words:  # the words of the conversation count half at the most
            vector = vector + _encoded(encoder, question.text, own).vector
            vector = vector / np.linalg.norm(vector)
        return cls(
            question,
            text,
            tokens,
            vector,
            reading.word_vectors,
            QuestionDates.of(text),
            AskedQuestion(question.text),
        )


def checked_question(text: str, longest: int) -> str:
    """Tidy a question that somebody typed.

    Args:
        text: as typed.
        longest: how many words it may have.

    Raises:
        QuestionError: it holds no words, or too many.
    """
    question = tidy(text)
    if not question:
        raise QuestionError("The question is empty; type what you want to know.")
    count = len(words(question))
    if count == 0:
        raise QuestionError("The question holds no words to look for; ask it in words.")
    if count > longest:
        raise QuestionError(f"The question has {count:,} words; ask it in {longest} or fewer.")
    return question


def tidy_turns(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """The turns of a conversation, tidied as a question is."""
    return tuple(replace(turn, question=tidy(turn.question), answer=tidy(turn.answer)) for turn in turns)


def tidy(text: str) -> str:
    """Put single spaces between words, and replace what UTF-8 cannot hold."""
    return " ".join(text.encode("utf-8", "replace").decode("utf-8").split())


def _encoded(encoder: Encoder, text: str, tokens: Sequence[Word]) -> TextVectors:
    return encoder.encode_question(text, [(token.start, token.end) for token in tokens])

"""A question -> a `Query`: everything that is read from the question's words, read once and handed on.

The question is spelt as the library spells, and encoded. It is also read for the dates and the kind of answer that it
asks for. The later steps use these and do not read the question again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..encoder import Encoder, Vectors
from ..encoder.word_vectors import WordAxes
from ..records import Turn
from ..store.base import Searcher
from ..text.languages import language_of_question
from ..text.question import Question
from ..text.tokens import FUNCTION_TERMS, content_terms, letter_pairs
from .date_constraints import QuestionDates
from .spelling import respell, respell_days

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
        is_fallback: whether it is asked only if the documents make no other reading likely enough.
        refers: whether a word that was typed surely refers to something that the turns name.
    """

    question: Question
    probability: float = 1.0
    turns: tuple[Turn, ...] = ()
    used: tuple[int, ...] = ()
    elsewhere: bool = False
    beside: Question | None = None
    is_fallback: bool = False
    refers: bool = False

    @property
    def text(self) -> str:
        """The question's text."""
        return self.question.text

    @property
    def shown(self) -> str:
        """The question as the user is shown it; where it compares, both questions."""
        return f"{self.beside.text} {self.text}" if self.beside else self.text

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
        languages: of the documents that it is asked of.
    """

    standalone: StandaloneQuestion
    vector: Vectors
    word_vectors: Vectors
    dates: QuestionDates
    languages: frozenset[str] = frozenset({"en"})

    @classmethod
    def of(cls, standalone: StandaloneQuestion, search: Searcher, encoder: Encoder, axes: WordAxes) -> "Query":
        """Read a question.

        Args:
            standalone: the question, standing alone.
            search: knows how the library spells.
            encoder: encodes the question, and knows which words are words.
            axes: onto which the library's word vectors were turned.
        """
        question = respell(_in_its_language(standalone.question, search), search, encoder.has_word)
        standalone = replace(standalone, question=question)
        return cls(standalone, *_vectors(question, encoder, axes), QuestionDates.of(question), search.languages)

    def with_days_as_in(self, texts: Sequence[tuple[str, str | None]], encoder: Encoder, axes: WordAxes) -> "Query":
        """The same question with its days spelt as in some passages: itself if they spell them so, or name none."""
        question = respell_days(self.question, texts)
        if question == self.question:
            return self
        vector, word_vectors = _vectors(question, encoder, axes)
        standalone = replace(self.standalone, question=question)
        return replace(self, standalone=standalone, vector=vector, word_vectors=word_vectors)

    @property
    def question(self) -> Question:
        """The question itself."""
        return self.standalone.question

    @property
    def search_terms(self) -> tuple[str, ...]:
        """The terms of its content words, or of all its words if it has none, and of its days in other spellings.

        Names stand in documents of any language, so a word is searched for by its forms in all of them.
        """
        terms, forms = content_terms(self.question.words), self.forms
        others = (form for term in dict.fromkeys(terms) for form in forms[term][1:])
        return (*terms, *others, *letter_pairs(self.question.text), *self.spelt_days)

    @property
    def forms(self) -> dict[str, tuple[str, ...]]:
        """Each term with the terms that its word has in the library's other languages, its own first."""
        question = self.question
        others = [question.terms_in(language) for language in sorted(self.languages - {question.language})]
        return {
            term: (term, *dict.fromkeys(other for other in forms if other != term and other not in FUNCTION_TERMS))
            for term, *forms in zip(question.terms, *others, strict=True)
        }

    @property
    def terms_of(self) -> dict[str, dict[str, str]]:
        """For each other language of the library: a word's term there -> its term here."""
        question = self.question
        return {
            language: {
                form: term
                for form, term in zip(question.terms_in(language), question.terms, strict=True)
                if not {form, term} & FUNCTION_TERMS
            }
            for language in self.languages - {question.language}
        }

    @property
    def spelt_days(self) -> tuple[str, ...]:
        """The terms of its days in the other spellings of the library's languages."""
        return self.question.spelt_days({self.question.language, *self.languages}) if self.question.days else ()

    @property
    def search_weights(self) -> dict[str, float]:
        """The weights of terms that are not the question's own."""
        parts = (term for term in self.spelt_days if "." not in term)  # "11.02.2022" is the whole day
        return dict.fromkeys(parts, SPELT_DAY_WEIGHT)


def _in_its_language(question: Question, search: Searcher) -> Question:
    """A question, read in its language. Words that the library's documents of a language have speak for it."""

    def known(language: str) -> float:
        read = Question.of(question.text, language)
        naming = [term for term in read.terms if term not in FUNCTION_TERMS]
        functional = len(read.terms) - len(naming)
        return (functional + search.count_known(naming, language)) / max(1, len(read.terms))

    if search.languages <= {"en"} and known("en") == 1:
        return Question.of(question.text)  # without loading what tells languages apart
    return Question.of(question.text, language_of_question(question.text, search.languages, known))


def _vectors(question: Question, encoder: Encoder, axes: WordAxes) -> tuple[Vectors, Vectors]:
    """A question's vector, float32 (dimension,), and those of its words, float32 (n_words, n_axes)."""
    reading = encoder.encode_question(question.text, [(word.start, word.end) for word in question.words])
    return reading.vector, axes.turn(reading.word_vectors)

"""The words of a question and of candidate sentences -> how well each matches.

Words are compared by their contextual vectors ("late interaction", Khattab and Zaharia 2020). A word's weight is its
IDF. Function words count less, but they count: "who led" and "led whom" hardly differ otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from ..encoder import Vectors
from ..learning import Flags, Floats
from ..text.question import Question
from ..text.tokens import ASKING_TERMS, FUNCTION_TERMS, Word
from .candidates import Candidates
from .pooling import SentencePool, highest_in

# Weight of a function word, relative to a content word of the same IDF. Untrained MaxSim was best near it.
FUNCTION_WEIGHT = 0.15
# Similarity to a sentence without words: lower than nearly all real ones.
NOTHING = -0.2
# What a word in the title or heading counts, next to 1 for the same word in the passage.
TITLED = 0.8


@dataclass(frozen=True)
class WeightedQuery:
    """A question, ready to be compared. Not slotted, so that cached properties work.

    Attributes:
        words: its words.
        spelt: how they are spelt.
        word_vectors: float32 (n_words, n_axes), rows of unit length.
        weights: float32 (n_words,), IDF with function words damped, sum 1.
        content: float32 (n_words,), IDF of the content words, sum 1; equal shares if there are none.
    """

    words: tuple[Word, ...]
    spelt: tuple[str, ...]
    word_vectors: Vectors
    weights: Floats
    content: Floats

    @classmethod
    def of(
        cls,
        question: Question,
        word_vectors: Vectors,
        frequencies: Mapping[str, int],
        passage_count: int,
        term_weights: Mapping[str, float] | None = None,
    ) -> "WeightedQuery":
        """Weigh a question's words.

        Args:
            question: what is searched for; it has at least one word.
            word_vectors: float32 (n_words, n_axes), rows of unit length.
            frequencies: term -> passages that hold it.
            passage_count: passages in all.
            term_weights: term -> factor of its IDF, 0..1; 1 for others.
        """
        found = question.words
        counts = np.array([frequencies.get(word.term, 0) for word in found], dtype=np.float32)
        idf = np.log(1 + (passage_count - counts + 0.5) / (counts + 0.5))
        if term_weights:
            idf = idf * np.array([term_weights.get(word.term, 1.0) for word in found])
        functional = np.array([word.term in FUNCTION_TERMS for word in found])
        weights = idf * np.where(functional, FUNCTION_WEIGHT, 1.0)
        content = np.where(functional, 0.0, idf)
        content = content if content.sum() > 0 else np.ones(len(found))
        content = content / content.sum()
        return cls(
            found,
            question.spelt,
            word_vectors,
            (weights / weights.sum()).astype(np.float32),
            content.astype(np.float32),
        )

    @cached_property
    def functional(self) -> Flags:
        """Bool (n_words,): function words."""
        return np.array([word.term in FUNCTION_TERMS for word in self.words])

    @cached_property
    def asking(self) -> Flags:
        """Bool (n_words,): the question words ("who", "how many"), or the first word if there are none."""
        asks = np.array([word.term in ASKING_TERMS for word in self.words])
        if not asks.any():
            asks[0] = True
        return asks

    @cached_property
    def rarest(self) -> NDArray[np.int64]:
        """Int (at most 3,): the rarest content words."""
        return np.argsort(-self.content, kind="stable")[:3]

    @cached_property
    def naming(self) -> Flags:
        """Bool (n_words,): names and numbers: words with digits, or with a capital after the first word."""
        return np.array(
            [
                (spelt[0].isdigit() or (spelt[0].isupper() and position > 0)) and word.term not in FUNCTION_TERMS
                for position, (word, spelt) in enumerate(zip(self.words, self.spelt, strict=True))
            ],
            dtype=bool,
        )


@dataclass(frozen=True)
class Comparison:
    """A question's words, compared with the candidates'. Not slotted, so that cached properties work.

    Attributes:
        query: the question.
        candidates: the sentences.
        by_sentence: pools the values of words over their sentences.
        codes: int (n_words,), the question's first word with the same term, else -1.
        similarity: float32 (n_question_words, n_words), cosines of all words.
        best: float32 (n_question_words, n_sentences), each word's best similarity in the sentence, -1..1.
        soft: float32 (n_question_words, n_sentences), each word's soft alignment with the sentence, -1..1.
        shared: bool (n_question_words, n_sentences), whether the sentence has the word itself.
        titled: bool (n_question_words, n_sentences), whether its document's title or heading has it.
        by_words: whether words are alike only if they have the same term.
    """

    query: WeightedQuery
    candidates: Candidates
    by_sentence: SentencePool
    codes: NDArray[np.int64]
    similarity: Floats
    best: Floats
    soft: Floats
    shared: Flags
    titled: Flags
    by_words: bool = False

    def before(self, values: Floats, nothing: float) -> Floats:
        """The values of the sentence directly before; `nothing` if there is none."""
        moved = np.full_like(values, nothing)
        moved[:, 1:] = values[:, :-1]
        moved[:, ~self.candidates.follows] = nothing
        return moved

    def after(self, values: Floats, nothing: float) -> Floats:
        """The values of the sentence directly after; `nothing` if there is none."""
        moved = np.full_like(values, nothing)
        followed = np.append(self.candidates.follows[1:], False)
        moved[:, :-1] = values[:, 1:]
        moved[:, ~followed] = nothing
        return moved

    def over_passage(self, values: Floats) -> Floats:
        """The highest value in the sentence's passage."""
        return highest_in(self.candidates.passage, values)

    @cached_property
    def best_in_passage(self) -> Floats:
        """float32 (n_question_words, n_sentences): each word's best similarity in the sentence's passage."""
        return self.over_passage(self.best)

    @cached_property
    def coverage(self) -> Floats:
        """float32 (n_sentences,), -1..1: how much of the question each sentence's passage meets.

        The question's naming words count by their best similarity in the passage, or by the title or heading.
        """
        return np.asarray(self.query.content @ np.maximum(self.best_in_passage, TITLED * self.titled))

    @cached_property
    def has(self) -> Floats:
        """float32 (n_question_words, n_sentences): 1 if the sentence has the word itself."""
        return self.shared.astype(np.float32)

    @cached_property
    def novel(self) -> Flags:
        """Bool (n_words,): content words that are not in the question; an answer is made of these."""
        return np.asarray((self.codes < 0) & ~self.candidates.functional)


def compare(query: WeightedQuery, candidates: Candidates, *, by_words: bool = False) -> Comparison:
    """Compare every word of a question with every word of the candidates.

    Args:
        query: the question.
        candidates: the sentences.
        by_words: words are alike only if they have the same term, for vectors of an encoder that cannot read them.
    """
    count = len(candidates.sentences)
    codes = _codes(query, candidates)
    shared = _shared(query, candidates, codes, count)
    titled = np.array([[word.term in title for title in candidates.title_terms] for word in query.words], dtype=bool)
    if by_words:
        similarity = (np.array(first_places(query))[:, None] == codes[None, :]).astype(np.float32)
    else:
        similarity = query.word_vectors @ candidates.word_vectors.T
    pool = SentencePool.of(candidates.sentence_of, count)
    best, soft = pool.highest(similarity, NOTHING), pool.soft(similarity)
    return Comparison(
        query, candidates, pool, codes, similarity, best, soft, shared, titled[:, candidates.passage], by_words
    )


def first_places(query: WeightedQuery) -> list[int]:
    """For each word of the question, the first one with the same term."""
    first: dict[str, int] = {}
    return [first.setdefault(word.term, at) for at, word in enumerate(query.words)]


def _codes(query: WeightedQuery, candidates: Candidates) -> NDArray[np.int64]:
    places = dict(zip((word.term for word in query.words), first_places(query), strict=True))
    return np.fromiter(map(places.get, candidates.terms, repeat(-1)), np.int64, len(candidates.terms))


def _shared(query: WeightedQuery, candidates: Candidates, codes: NDArray[np.int64], count: int) -> Flags:
    shared = np.zeros((len(query.words), count), dtype=bool)
    known = codes >= 0
    shared[codes[known], candidates.sentence_of[known]] = True
    return shared[first_places(query)] & ~query.functional[:, None]

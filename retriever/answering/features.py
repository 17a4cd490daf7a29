"""A question and the sentences of the passages found -> one row of numbers a sentence.

Most numbers come from comparing the question's words with the sentence's, vector by vector, each word read in its
context ("late interaction", Khattab and Zaharia 2020), softened and weighed by rarity. A word's weight is its IDF; a
function word counts too, as "who led" and "led whom" differ by little else, but less.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, repeat

import numpy as np
from numpy.typing import NDArray

from ..encoder import Vectors
from ..encoder.word_vectors import Bytes, unit_rows
from ..records import Hit, Passage
from ..text.tokens import ASKING_TERMS, FUNCTION_TERMS, Word, terms, words

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]

# Weight of a function word beside a content word of the same IDF; untrained MaxSim was best near it.
FUNCTION_WEIGHT = 0.15
# Sharpness of the soft alignment: the word that matches best has e^(10 * 0.1) = 2.7 times the say of one 0.1 below it.
SHARPNESS = 10.0
# Similarity where a sentence has no word to compare: lower than nearly all real ones.
NOTHING = -0.2
# What a neighbouring sentence's match counts beside the sentence's own.
NEIGHBOUR = 0.9
# What a word in the title or heading counts, beside 1 for the same word in the passage.
TITLED = 0.8


@dataclass(frozen=True)
class WeightedQuery:
    """A question, ready to be compared. Not slotted: what several features need is worked out once.

    Attributes:
        words: its words, misspelt ones with the library's own term.
        spelt: the words as typed.
        word_vectors: float32 (n_words, n_axes), rows of unit length.
        weights: float32 (n_words,), IDF with function words damped, sum 1.
        content: float32 (n_words,), IDF of the words that name something, sum 1; even where none does.
    """

    words: tuple[Word, ...]
    spelt: tuple[str, ...]
    word_vectors: Vectors
    weights: Floats
    content: Floats

    @classmethod
    def of(
        cls,
        question: str,
        found: Sequence[Word],
        word_vectors: Vectors,
        frequencies: Mapping[str, int],
        passage_count: int,
        term_weights: Mapping[str, float] | None = None,
    ) -> "WeightedQuery":
        """Weigh a question's words.

        Args:
            question: the question, standing alone.
            found: its words, at least one.
            word_vectors: float32 (n_words, n_axes), rows of unit length.
            frequencies: term -> passages that hold it.
            passage_count: passages in all.
            term_weights: term -> what it counts beside its IDF, 0..1; those not in it count 1.
        """
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
            tuple(found),
            tuple(question[word.start : word.end] for word in found),
            word_vectors,
            (weights / weights.sum()).astype(np.float32),
            content.astype(np.float32),
        )

    @cached_property
    def functional(self) -> Flags:
        """Bool (n_words,): words that name nothing."""
        return np.array([word.term in FUNCTION_TERMS for word in self.words])

    @cached_property
    def asking(self) -> Flags:
        """Bool (n_words,): the words that ask ("who", "how many"), or the first word where none does."""
        asks = np.array([word.term in ASKING_TERMS for word in self.words])
        if not asks.any():
            asks[0] = True
        return asks

    @cached_property
    def rarest(self) -> NDArray[np.int64]:
        """Int (at most 3,): the rarest of the words that name something."""
        return np.argsort(-self.content, kind="stable")[:3]

    @cached_property
    def naming(self) -> Flags:
        """Bool (n_words,): names and numbers: capitals but for the first word, and digits."""
        return np.array(
            [
                (spelt[0].isdigit() or (spelt[0].isupper() and position > 0)) and word.term not in FUNCTION_TERMS
                for position, (word, spelt) in enumerate(zip(self.words, self.spelt, strict=True))
            ],
            dtype=bool,
        )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer: the passage it stands in, and its place in the document's text."""

    hit: Hit
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Candidates:
    """The sentences of some passages, in the order of the documents' texts, and their words.

    Attributes:
        sentences: n_sentences of them.
        follows: bool (n_sentences,), whether a sentence directly follows the one before it in the list.
        passage: int (n_sentences,), the sentence's passage, counted from 0 in the order of the list.
        terms: the words' terms, n_words of them.
        places: int (n_words, 2), start and end of each word in its document's text.
        word_vectors: float32 (n_words, n_axes), rows of unit length.
        sentence_of: int (n_words,), ascending, the word's sentence.
        functional: bool (n_words,), words that name nothing.
        word_counts: (n_sentences,), words of each, as spaces part them.
        meanings: float32 (n_sentences, n_axes), rows of unit length: the mean of each sentence's naming words.
        title_terms: of each passage, the terms of its document's title and its heading.
    """

    sentences: tuple[Candidate, ...]
    follows: Flags
    passage: NDArray[np.int64]
    terms: tuple[str, ...]
    places: NDArray[np.int64]
    word_vectors: Vectors
    sentence_of: NDArray[np.int64]
    functional: Flags
    word_counts: tuple[int, ...]
    meanings: Vectors
    title_terms: tuple[frozenset[str], ...]

    @classmethod
    def of(
        cls,
        hits: Sequence[Hit],
        titles: Mapping[str, str],
        word_vectors: Mapping[int, Bytes],
    ) -> "Candidates":
        """Gather the sentences of the passages found.

        Args:
            hits: the passages.
            titles: document id -> title.
            word_vectors: passage number -> int8 (n_words, n_axes), the words as `words` finds them in its text.
        """
        ordered = sorted(hits, key=lambda hit: (hit.passage.document_id, hit.passage.start))
        parts = [
            _passage_words(hit.passage, hit.text, titles[hit.passage.document_id], packed.tobytes(), packed.shape[1])
            for hit, packed in ((hit, word_vectors[hit.number]) for hit in ordered)
        ]
        counts = [len(part.word_counts) for part in parts]
        firsts = np.cumsum([0, *counts[:-1]]).tolist()
        befores = [None, *ordered[:-1]]
        return cls(
            tuple(Candidate(hit, *one) for hit, part in zip(ordered, parts, strict=True) for one in part.sentences),
            np.array(
                [
                    at > 0 or _adjoins(before, hit)
                    for before, hit, count in zip(befores, ordered, counts, strict=True)
                    for at in range(count)
                ],
                dtype=bool,
            ),
            np.repeat(np.arange(len(parts)), counts),
            tuple(chain.from_iterable(part.terms for part in parts)),
            np.concatenate([part.places for part in parts]),
            np.concatenate([part.vectors for part in parts]),
            np.concatenate([first + part.sentence_of for first, part in zip(firsts, parts, strict=True)]),
            np.concatenate([part.functional for part in parts]),
            tuple(chain.from_iterable(part.word_counts for part in parts)),
            np.concatenate([part.meanings for part in parts]),
            tuple(part.title_terms for part in parts),
        )


@dataclass(frozen=True, slots=True)
class _PassageWords:
    """A passage, ready to be compared: what `Candidates` has of it, its sentences counted from 0.

    Attributes:
        sentences: start and end of each in the document's text, and its text.
    """

    sentences: tuple[tuple[int, int, str], ...]
    terms: tuple[str, ...]
    places: NDArray[np.int64]
    vectors: Vectors
    sentence_of: NDArray[np.int64]
    functional: Flags
    word_counts: tuple[int, ...]
    meanings: Vectors
    title_terms: frozenset[str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What comparing a question with candidates gave.

    Attributes:
        features: float32 (n_sentences, n_features), in the order of `FEATURES`.
        best: float32 (n_question_words, n_sentences), each word's best similarity in the sentence, -1..1.
        soft: float32 (n_question_words, n_sentences), each word's soft alignment with the sentence, -1..1.
        shared: bool (n_question_words, n_sentences), whether the sentence has the word itself.
        titled: bool (n_question_words, n_sentences), whether its document's title or heading has it.
        similarity: float32 (n_question_words, n_words), cosines of all words.
    """

    features: Floats
    best: Floats
    soft: Floats
    shared: Flags
    titled: Flags
    similarity: Floats


def compare(asked: WeightedQuery, candidates: Candidates) -> Comparison:
    """Compare a question with every candidate sentence."""
    met = match_terms(asked, candidates)
    columns = [function(met) for function in FEATURES.values()]
    features = np.stack(columns, axis=1).astype(np.float32)
    return Comparison(features, met.best, met.soft, met.shared, met.titled, met.similarity)


def query_coverage(asked: WeightedQuery, candidates: Candidates, comparison: Comparison) -> Floats:
    """Measure how much of a question each sentence's passage meets.

    Returns:
        float32 (n_sentences,), -1..1: the question's naming words by their best similarity in the passage, or by the
        title or heading of its document.
    """
    in_passage = _highest_in(candidates.passage, comparison.best)
    return np.asarray(asked.content @ np.maximum(in_passage, TITLED * comparison.titled))


def match_terms(asked: WeightedQuery, candidates: Candidates) -> "TermMatches":
    """Compare every word of a question with every word of the candidates."""
    count = len(candidates.sentences)
    similarity = asked.word_vectors @ candidates.word_vectors.T
    by_sentence = _SentencePool.of(candidates.sentence_of, count)
    best = by_sentence.highest(similarity, NOTHING)
    soft = by_sentence.soft(similarity)
    codes = _codes(asked, candidates)
    shared = _shared(asked, candidates, codes, count)
    titled = np.array([[word.term in title for title in candidates.title_terms] for word in asked.words], dtype=bool)[
        :, candidates.passage
    ]
    return TermMatches(asked, candidates, by_sentence, codes, similarity, best, soft, shared, titled)


@dataclass(frozen=True, slots=True)
class _SentencePool:
    """Sums and maxima of the words' values over each sentence.

    Attributes:
        starts: int (n_present,), the first word of each sentence that has words.
        present: int (n_present,), those sentences.
        count: how many sentences there are.
    """

    starts: NDArray[np.int64]
    present: NDArray[np.int64]
    count: int

    @classmethod
    def of(cls, sentence_of: NDArray[np.int64], count: int) -> "_SentencePool":
        """Find where sentences start: int (n_words,), ascending, the sentence of each word."""
        starts = np.flatnonzero(np.diff(sentence_of, prepend=-1))
        return cls(starts, sentence_of[starts], count)

    def highest(self, values: Floats, nothing: float) -> Floats:
        """float32 (..., n_words) -> (..., n_sentences)."""
        result = np.full((*values.shape[:-1], self.count), nothing, dtype=np.float32)
        if len(self.starts):
            result[..., self.present] = np.maximum.reduceat(values, self.starts, axis=-1)
        return result

    def total(self, values: Floats) -> Floats:
        """float32 (..., n_words) -> (..., n_sentences)."""
        result = np.zeros((*values.shape[:-1], self.count), dtype=np.float32)
        if len(self.starts):
            result[..., self.present] = np.add.reduceat(values, self.starts, axis=-1)
        return result

    def soft(self, similarity: Floats) -> Floats:
        """Soft alignment: the similarities' mean, weighed by the exponential of themselves."""
        weight = np.exp(SHARPNESS * similarity)
        return self.total(weight * similarity) / (self.total(weight) + np.float32(1e-9))


@dataclass(frozen=True)
class TermMatches:
    """The words of a question and of the candidates, compared: what the features are computed from.

    Not slotted: what several features need is worked out once.

    Attributes:
        codes: int (n_words,), the question's first word with the same term, -1 where none has it.
    """

    query: WeightedQuery
    candidates: Candidates
    by_sentence: _SentencePool
    codes: NDArray[np.int64]
    similarity: Floats
    best: Floats
    soft: Floats
    shared: Flags
    titled: Flags

    def before(self, values: Floats, nothing: float) -> Floats:
        """The values of the sentence before, where one directly precedes."""
        moved = np.full_like(values, nothing)
        moved[:, 1:] = values[:, :-1]
        moved[:, ~self.candidates.follows] = nothing
        return moved

    def after(self, values: Floats, nothing: float) -> Floats:
        """The values of the sentence after, where one directly follows."""
        moved = np.full_like(values, nothing)
        followed = np.append(self.candidates.follows[1:], False)
        moved[:, :-1] = values[:, 1:]
        moved[:, ~followed] = nothing
        return moved

    def over_passage(self, values: Floats) -> Floats:
        """The highest value in the sentence's passage."""
        return _highest_in(self.candidates.passage, values)

    @cached_property
    def best_in_passage(self) -> Floats:
        """float32 (n_question_words, n_sentences): each word's best similarity in the sentence's passage."""
        return self.over_passage(self.best)

    @cached_property
    def has(self) -> Floats:
        """float32 (n_question_words, n_sentences): 1 where the sentence has the word itself."""
        return self.shared.astype(np.float32)

    @cached_property
    def novel(self) -> Flags:
        """Bool (n_words,): words that the question has not and that name something: what an answer is made of."""
        return np.asarray((self.codes < 0) & ~self.candidates.functional)


def _highest_in(passage: NDArray[np.int64], values: Floats) -> Floats:
    """The highest value in each sentence's passage: (n, n_sentences) to the same."""
    starts = np.flatnonzero(np.diff(passage, prepend=-1))
    return np.asarray(np.maximum.reduceat(values, starts, axis=1)[:, passage])


def _mean_rows(values: Floats, chosen: Flags) -> Floats:
    return values[chosen].mean(axis=0) if chosen.any() else np.zeros(values.shape[1], dtype=np.float32)


def _backward(met: TermMatches) -> Floats:
    nearest = met.similarity.max(axis=0)
    weights = np.where(met.candidates.functional, np.float32(0.2), np.float32(1))
    return met.by_sentence.total(nearest * weights) / (met.by_sentence.total(weights) + np.float32(1e-9))


def _novel_near(met: TermMatches, similarity: Floats) -> Floats:
    return met.by_sentence.highest(np.where(met.novel, similarity, np.float32(NOTHING)), NOTHING)


def _focus(met: TermMatches) -> Floats:
    """How near a new word comes to what asks and the first name behind it: "how many Cubans"."""
    asking = met.query.asking
    similarity = met.similarity[asking].mean(axis=0)
    behind = [k for k in range(int(np.argmax(asking)) + 1, len(asking)) if not met.query.functional[k]][:1]
    return _novel_near(met, similarity + met.similarity[behind[0]] if behind else similarity)


def _novel_soft(met: TermMatches) -> Floats:
    similarity = met.query.weights @ met.similarity
    exponentials = np.where(met.novel, np.exp(SHARPNESS * similarity), np.float32(1e-4))
    return np.asarray(np.log(met.by_sentence.total(exponentials) + np.float32(1e-4)) / SHARPNESS)


def _bigrams(met: TermMatches) -> Floats:
    """Share of the question's neighbouring words that are neighbours in the sentence too."""
    codes, functional = _first_places(met.query), met.query.functional.tolist()
    wanted = [
        (codes[one], codes[one + 1]) for one in range(len(codes) - 1) if not (functional[one] and functional[one + 1])
    ]
    sentence_of = met.candidates.sentence_of
    within = sentence_of[:-1] == sentence_of[1:]
    share = np.zeros(met.by_sentence.count, dtype=np.float32)
    for first, second in dict.fromkeys(wanted):
        found = within & (met.codes[:-1] == first) & (met.codes[1:] == second)
        share[sentence_of[:-1][found]] += 1  # once a sentence, however often it stands there
    return np.asarray(share / max(1, len(wanted)), dtype=np.float32)


def _in_context(met: TermMatches) -> Floats:
    around = np.maximum(met.before(met.best, NOTHING), met.after(met.best, NOTHING))
    return np.asarray(met.query.weights @ np.maximum(met.best, NEIGHBOUR * around))


def _names(met: TermMatches, having: Floats, without: float) -> Floats:
    naming = met.query.naming
    if not naming.any():
        return np.full(met.by_sentence.count, without, dtype=np.float32)
    return np.asarray(having[naming].mean(axis=0), dtype=np.float32)


# Those that remain of twice as many, of which each in turn was left out whose absence did most good, or least harm, to
# the likelihood of squad2's answers, leaving one article out; the loss was lowest at these.
FEATURES: Mapping[str, Callable[[TermMatches], Floats]] = {
    # Words compared by vector.
    "content_soft": lambda s: s.query.content @ s.soft,
    "function_soft": lambda s: _mean_rows(s.soft, s.query.functional & ~s.query.asking),
    "asking_soft": lambda s: _mean_rows(s.soft, s.query.asking),
    "in_context": _in_context,
    "passage_best": lambda s: s.query.weights @ s.best_in_passage,
    "backward": _backward,
    # What the sentence adds to the question.
    "novel_focus": _focus,
    "novel_soft": _novel_soft,
    # Words compared as words.
    "shared_before": lambda s: s.query.content @ np.maximum(s.has, s.before(s.has, 0)),
    "shared_title": lambda s: s.query.content @ (s.shared | s.titled),
    "bigrams": _bigrams,
    "names": lambda s: _names(s, s.has, 0.0),
    "names_passage": lambda s: _names(s, np.maximum(s.over_passage(s.has), s.titled), 1.0),
}


def _adjoins(before: Hit | None, hit: Hit) -> bool:
    """Whether a passage goes on where the one before it ended, without a heading or furniture between."""
    return (
        before is not None
        and before.passage.document_id == hit.passage.document_id
        and before.number + 1 == hit.number
        and bool(hit.passage.sentences)
        and hit.passage.sentences[0][0] == hit.passage.start
    )


# A passage takes some 70 kB.
@lru_cache(maxsize=512)
def _passage_words(passage: Passage, text: str, title: str, packed: bytes, axes: int) -> _PassageWords:
    """Make a passage ready to be compared; passages come again and again.

    Args:
        passage: the passage.
        text: its text.
        title: its document's title.
        packed: int8 (n_words, n_axes), its words' vectors, as bytes that can be compared.
        axes: n_axes.
    """
    base, spans = passage.start, np.array(passage.sentences) - passage.start
    found = words(text)
    if len(packed) != axes * len(found):
        raise ValueError(f"{len(packed) // axes} vectors for {len(found)} words in {passage.location}")
    starts = np.array([word.start for word in found], dtype=np.int64)
    at = np.searchsorted(spans[:, 1], starts, side="right")
    inside = np.flatnonzero((at < len(spans)) & (starts >= np.append(spans[:, 0], 0)[at]))
    chosen = [found[k] for k in inside.tolist()]
    vectors = unit_rows(np.frombuffer(packed, np.int8).reshape(-1, axes)[inside])
    functional = np.array([word.term in FUNCTION_TERMS for word in chosen], dtype=bool)
    by_sentence = _SentencePool.of(at[inside], len(spans))
    sentences = [(base + start, base + end, text[start:end]) for start, end in spans.tolist()]
    return _PassageWords(
        tuple(sentences),
        tuple(word.term for word in chosen),
        base + np.array([word[:2] for word in chosen], dtype=np.int64).reshape(-1, 2),
        vectors,
        at[inside],
        functional,
        tuple(len(one.split()) for _, _, one in sentences),
        unit_rows(by_sentence.total((vectors * ~functional[:, None]).T).T),
        frozenset(terms(title)) | frozenset(terms(passage.heading or "")),
    )


def _first_places(asked: WeightedQuery) -> list[int]:
    """For each of the question's words the first with the same term."""
    first: dict[str, int] = {}
    return [first.setdefault(word.term, at) for at, word in enumerate(asked.words)]


def _codes(asked: WeightedQuery, candidates: Candidates) -> NDArray[np.int64]:
    places = dict(zip((word.term for word in asked.words), _first_places(asked), strict=True))
    return np.fromiter(map(places.get, candidates.terms, repeat(-1)), np.int64, len(candidates.terms))


def _shared(asked: WeightedQuery, candidates: Candidates, codes: NDArray[np.int64], count: int) -> Flags:
    shared = np.zeros((len(asked.words), count), dtype=bool)
    known = codes >= 0
    shared[codes[known], candidates.sentence_of[known]] = True
    return shared[_first_places(asked)] & ~asked.functional[:, None]

"""The whole candidate list -> the probability that a quote answers.

It is the product of two probabilities: that the documents answer at all, and that this quote does, if they do. Each is
a logistic regression on a few signals, which tell a real answer from a near miss:

- what the reader says of the quote's passage, and of the others;
- how well the passage matches the question's rarest words;
- how far the best candidate is ahead of the others.

Both are fitted on collections that the reader was not trained on, with and without the answer in them
(`python -m training.verdict`). Where the reader doesn't know the language, other signals take its place. They say how
far the quote's passage is ahead of the others, since how near two words are differs between languages
(`python -m training.languages`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..learning import Flags, Floats, Regression
from .candidates import Candidates
from .matching import Comparison, WeightedQuery
from .reader_scores import UNREAD, ReaderScores

# The rank given to a passage that shares no word with the question.
WITHOUT_RANK = 100
# A passage is compared with the third best of the others, as the best may say the same: a copy, or a translation.
RIVAL = 3


@dataclass(frozen=True)
class RankedQuote:
    """A quote and the list that it was chosen from. Not slotted, so that cached properties work.

    Attributes:
        query: the question.
        candidates: all sentences.
        comparison: the question compared with them.
        said: the reader's scores of them.
        probabilities: float32 (n_sentences,), sum 1.
        window: first and last sentence of the quote.
        dated: whether the question asks for a time and the quote, or its document's date, is of that time.
    """

    query: WeightedQuery
    candidates: Candidates
    comparison: Comparison
    said: ReaderScores
    probabilities: Floats
    window: tuple[int, int]
    dated: bool = False

    @property
    def span(self) -> slice:
        """The quote's sentences."""
        return slice(self.window[0], self.window[1] + 1)

    @cached_property
    def top(self) -> int:
        """The quote's likeliest sentence."""
        return self.window[0] + int(np.argmax(self.probabilities[self.span]))

    @cached_property
    def mass(self) -> float:
        """Probability that the quote answers, if any quote does."""
        return float(self.probabilities[self.span].sum())

    @cached_property
    def around(self) -> Floats:
        """float32 (n_question_words,): each word's best similarity in the quote's passage."""
        return np.asarray(self.comparison.best[:, self._same_passage].max(axis=1))

    @cached_property
    def _same_passage(self) -> slice:
        passage = self.candidates.passage
        first, last = passage[self.window[0]], passage[self.window[1]]
        return slice(int(np.searchsorted(passage, first)), int(np.searchsorted(passage, last, side="right")))


def _margin(found: RankedQuote) -> float:
    before, behind = found.probabilities[: found.span.start], found.probabilities[found.span.stop :]
    return found.mass - float(max(before.max(initial=0.0), behind.max(initial=0.0)))


def _other_answers(found: RankedQuote) -> float:
    """The reader's best score outside the quote's passages."""
    passage = found.candidates.passage
    others = (passage < passage[found.window[0]]) | (passage > passage[found.window[1]])
    return float(found.said.answers[others].max(initial=UNREAD))


def _numbers(found: RankedQuote) -> Flags:
    """Bool (n_question_words,): numbers and codes."""
    return np.array([any(map(str.isdigit, spelt)) for spelt in found.query.spelt])


def _numbers_nowhere(found: RankedQuote) -> float:
    """Whether the question has a number or code that is in no passage or title, apart from a matching date."""
    there = found.comparison.shared.any(axis=1) | found.comparison.titled.any(axis=1)
    return float(not found.dated and bool((_numbers(found) & ~there).any()))


def _rarest(values: Floats, found: RankedQuote) -> float:
    return float(values[found.query.rarest].min())


def _lexical_rank(found: RankedQuote) -> float:
    rank = found.candidates.sentences[found.top].hit.why.lexical_rank
    return float(np.log(rank or WITHOUT_RANK))


# Chosen from 32 signals, one by one, by how much each improved the likelihood of held-out collections. More signals,
# or trees instead of a sum, fit the training collections better and the held-out ones worse.
SIGNALS: Mapping[str, Callable[[RankedQuote], float]] = {
    "answers": lambda f: float(f.said.answers[f.span].max()),
    "span": lambda f: float(f.said.spans[f.span].max()),
    "best_answers": lambda f: float(f.said.answers.max()),
    "other_answers": _other_answers,
    "mass": lambda f: float(np.log(f.mass + 0.01)),
    "margin": _margin,
    "passage_rarest": lambda f: _rarest(f.around, f),
    "quote_rarest": lambda f: _rarest(f.comparison.best[:, f.span].max(axis=1), f),
    "all_soft": lambda f: float(f.comparison.soft[:, f.top].mean()),
    "numbers_nowhere": _numbers_nowhere,
    "lexical_rank": _lexical_rank,
}


def _ahead(found: RankedQuote, values: Floats) -> float:
    """How far the quote's passage is ahead of the other passages.

    Args:
        found: the quote.
        values: float32 (n_sentences,), the same for all sentences of a passage.
    """
    passage = found.candidates.passage
    firsts = np.flatnonzero(np.diff(passage, prepend=-1))
    others = np.sort(values[firsts[passage[firsts] != passage[found.top]]])
    return float(values[found.top] - others[-min(RIVAL, len(others))]) if len(others) else 0.0


def _score_ahead(found: RankedQuote) -> float:
    return _ahead(found, np.array([one.hit.score for one in found.candidates.sentences], dtype=np.float32))


def _here(found: RankedQuote) -> Flags:
    """Bool (n_question_words,): words that the quote's passage has itself."""
    here = found.candidates.passage == found.candidates.passage[found.top]
    return np.asarray(found.comparison.shared[:, here].any(axis=1))


def _shared(found: RankedQuote) -> float:
    """How much of the question's naming words the quote's passage has, 0..1."""
    return float(found.query.content @ _here(found))


def _numbers_missing(found: RankedQuote) -> float:
    """Whether the question has a number or code that the quote's passage lacks, apart from a matching date."""
    there = _here(found) | found.comparison.titled[:, found.top]
    return float(not found.dated and bool((_numbers(found) & ~there).any()))


def _missed(found: RankedQuote) -> float:
    """How much better another passage meets a word of the question, 0..1: a rare word, which may be another's name."""
    best = found.comparison.best_in_passage
    here = np.maximum(best[:, found.top], found.comparison.titled[:, found.top])
    return float(((best.max(axis=1) - here) * found.query.content).max() / found.query.content.max())


# Chosen from 49 signals for the likelihood of a language left out, with near misses: questions that name the year,
# number or person of another article.
UNREAD_SIGNALS: Mapping[str, Callable[[RankedQuote], float]] = {
    **{name: SIGNALS[name] for name in ("mass", "margin", "lexical_rank")},
    "numbers_missing": _numbers_missing,
    "missed": _missed,
    "shared": _shared,
    "score_ahead": _score_ahead,
    "coverage_ahead": lambda f: _ahead(f, f.comparison.coverage),
}


@dataclass(frozen=True, slots=True)
class Calibrator:
    """The two probabilities.

    Attributes:
        present: that the documents answer, judged by the first quote's signals.
        right: that a quote does, if they do.
    """

    present: Regression
    right: Regression

    def probability(self, signals: Floats) -> float:
        """Score a first quote: float32 (n_signals,) to 0..1."""
        return self.present.probability(signals) * self.right.probability(signals)


def signals_of(found: RankedQuote, signals: Mapping[str, Callable[[RankedQuote], float]] = SIGNALS) -> Floats:
    """Measure a quote: float32 (n_signals,), in the order of the signals."""
    return np.array([signal(found) for signal in signals.values()], dtype=np.float32)

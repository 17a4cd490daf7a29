"""The whole candidate list -> the probability that a quote answers.

It is the product of two: that the documents answer at all, and that this quote does, if they do. Each is a logistic
regression on what tells a real answer from the nearest that there is: what the reader says of the quote's passage and
of the others, how far the question's rarest words are met, and how sharply one candidate stands out. Both are fitted
on collections that the reader never saw, with and without the answer in them (`python -m training.verdict`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from .features import Comparison
from .matching import WeightedQuery
from .pooling import Floats
from .reader_scores import UNREAD, ReaderScores
from .sentences import Candidates

# Standard scores are cut here, so that no odd question is judged by one feature alone.
MOST_DEVIATIONS = 4.0
# Rank of a passage that shares no word with the question.
WITHOUT_RANK = 100


@dataclass(frozen=True)
class RankedQuote:
    """A quote and the list that it was chosen from. Not slotted: what several signals need is worked out once.

    Attributes:
        query: the question.
        candidates: all sentences.
        comparison: the question compared with them.
        said: what the reader says of them.
        probabilities: float32 (n_sentences,), sum 1.
        window: first and last sentence of the quote.
        dated: whether a time is asked for, and the quote is of it, be it by its document's date.
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
        """Probability that the quote answers, were one to answer."""
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
    """The best of the passages that the quote does not stand in."""
    passage = found.candidates.passage
    others = (passage < passage[found.window[0]]) | (passage > passage[found.window[1]])
    return float(found.said.answers[others].max(initial=UNREAD))


def _numbers_nowhere(found: RankedQuote) -> float:
    """Whether the question has a number or a code that stands in no passage or title, and is no time that is met."""
    numbers = np.array([any(map(str.isdigit, spelt)) for spelt in found.query.spelt])
    there = found.comparison.shared.any(axis=1) | found.comparison.titled.any(axis=1)
    return float(not found.dated and bool((numbers & ~there).any()))


def _rarest(values: Floats, found: RankedQuote) -> float:
    return float(values[found.query.rarest].min())


def _lexical_rank(found: RankedQuote) -> float:
    rank = found.candidates.sentences[found.top].hit.why.lexical_rank
    return float(np.log(rank or WITHOUT_RANK))


# Chosen of 32, one after another, by what each adds to the likelihood of the collections left out in turn; more of
# them, and trees in place of a sum, fit the collections at hand better and those left out worse.
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


@dataclass(frozen=True, slots=True)
class Regression:
    """A trained logistic regression.

    Attributes:
        means: float32 (n_signals,), of the training data.
        deviations: float32 (n_signals,).
        weights: float32 (n_signals,), on standard scores.
        intercept: added to the weighted sum.
    """

    means: Floats
    deviations: Floats
    weights: Floats
    intercept: float

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> "Regression":
        """Read one from its fields, as a model file has them."""
        means, deviations, weights = (
            np.array(fields[name], dtype=np.float32) for name in ("means", "deviations", "weights")
        )
        return cls(means, deviations, weights, fields["intercept"])

    @property
    def fields(self) -> dict[str, object]:
        """Its fields, as a model file has them: what `of` reads."""
        arrays = {name: getattr(self, name).tolist() for name in ("means", "deviations", "weights")}
        return {**arrays, "intercept": self.intercept}

    def probability(self, signals: Floats) -> float:
        """Judge one quote: float32 (n_signals,) to 0..1."""
        total = float(clipped(signals, self.means, self.deviations) @ self.weights) + self.intercept
        return float(1 / (1 + np.exp(-total)))


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
        """Judge a first quote: float32 (n_signals,) to 0..1."""
        return self.present.probability(signals) * self.right.probability(signals)


def clipped(signals: Floats, means: Floats, deviations: Floats) -> Floats:
    """Standard scores, cut at `MOST_DEVIATIONS`: float32 (..., n_signals)."""
    return np.asarray(np.clip((signals - means) / deviations, -MOST_DEVIATIONS, MOST_DEVIATIONS), dtype=np.float32)


def signals_of(found: RankedQuote, names: Sequence[str] = tuple(SIGNALS)) -> Floats:
    """Measure a quote: float32 (n_signals,), in the order of the names."""
    return np.array([SIGNALS[name](found) for name in names], dtype=np.float32)

"""The whole candidate list -> the probability that a quote answers.

It is the product of two: that the documents answer at all, and that this quote does, if they do. Each is a logistic
regression on what tells a real answer from the nearest that there is: how far the question's words are met in the quote
and around it, which names are missing, and how sharply one candidate stands out. The first is fitted on questions
with their answer in the library, with the answering paragraph out, and with the whole article out; the second on the
first of these alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from .features import Asked, Candidates, Comparison, Flags, Floats

# Similarity under which a question's word counts as unmet; between what unrelated and what related words have.
UNMET = 0.55
# Standard scores are cut here, so that no odd question is judged by one feature alone.
MOST_DEVIATIONS = 4.0
# Rank of a passage that shares no word with the question.
WITHOUT_RANK = 100


@dataclass(frozen=True)
class Found:
    """A quote and the list that it was chosen from. Not slotted: what several signals need is worked out once.

    Attributes:
        asked: the question.
        candidates: all sentences.
        comparison: the question compared with them.
        probabilities: float32 (n_sentences,), sum 1.
        window: first and last sentence of the quote.
        best_cosine: of the nearest passage with the question, -1..1.
        cosine_gap: by how much the nearest passage is nearer than the nearest five in the mean.
    """

    asked: Asked
    candidates: Candidates
    comparison: Comparison
    probabilities: Floats
    window: tuple[int, int]
    best_cosine: float
    cosine_gap: float

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
    def met(self) -> Flags:
        """Bool (n_question_words,): words that stand in the quote's passage, its title or its heading."""
        return np.asarray(
            self.comparison.shared[:, self._same_passage].any(axis=1) | self.comparison.titled[:, self.top]
        )

    @property
    def text(self) -> str:
        """The quote's sentences."""
        return " ".join(one.text for one in self.candidates.sentences[self.span])

    @property
    def surroundings(self) -> str:
        """The passages that the quote stands in, under their document's title and their headings."""
        places = self.candidates.passage[[*self.window]].tolist()
        hits = [self.candidates.sentences[at].hit for at in self.window]
        title = self.candidates.titles[places[0]]
        return "\n".join([title, *(text for hit in hits for text in (hit.passage.heading or "", hit.text))])

    @cached_property
    def _same_passage(self) -> slice:
        passage = self.candidates.passage
        first, last = passage[self.window[0]], passage[self.window[1]]
        return slice(int(np.searchsorted(passage, first)), int(np.searchsorted(passage, last, side="right")))


def _margin(found: Found) -> float:
    before, behind = found.probabilities[: found.span.start], found.probabilities[found.span.stop :]
    return found.mass - float(max(before.max(initial=0.0), behind.max(initial=0.0)))


def _entropy(found: Found) -> float:
    some = found.probabilities[found.probabilities > 0]
    return float(-(some * np.log(some)).sum())


def _names_missing(found: Found) -> float:
    naming = found.asked.naming
    return float((~found.met[naming]).mean()) if naming.any() else 0.0


def _rarest(values: Floats, found: Found) -> float:
    return float(values[found.asked.rarest].min())


def _lexical_rank(found: Found) -> float:
    rank = found.candidates.sentences[found.top].hit.why.lexical_rank
    return float(np.log(rank or WITHOUT_RANK))


# Those that remain of 26, of which each in turn was left out whose absence did most good, or least harm, to the
# likelihood of squad2's outcomes, leaving one article out.
SIGNALS: Mapping[str, Callable[[Found], float]] = {
    "mass": lambda f: float(np.log(f.mass + 0.01)),
    "margin": _margin,
    "entropy": _entropy,
    "passage_best": lambda f: float(f.asked.content @ f.around),
    "passage_rarest": lambda f: _rarest(f.around, f),
    "quote_rarest": lambda f: _rarest(f.comparison.best[:, f.span].max(axis=1), f),
    "unmet": lambda f: float(f.asked.content @ (f.around < UNMET)),
    "names_missing": _names_missing,
    "titled": lambda f: float(f.asked.content @ f.comparison.titled[:, f.top]),
    "all_soft": lambda f: float(f.comparison.soft[:, f.top].mean()),
    "twenty": lambda f: f.comparison.twenty,
    "best_cosine": lambda f: f.best_cosine,
    "cosine_gap": lambda f: f.cosine_gap,
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


def signals_of(found: Found, names: Sequence[str] = tuple(SIGNALS)) -> Floats:
    """Measure a quote: float32 (n_signals,), in the order of the names."""
    return np.array([SIGNALS[name](found) for name in names], dtype=np.float32)

"""The whole candidate list -> the probability that a quote answers.

A logistic regression on what tells a real answer from the nearest that there is: how far the question's words are met
in the quote and around it, which names are missing, and how sharply one candidate stands out. It is fitted on questions
with their answer in the library, with the answering paragraph out, and with the whole article out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .features import FEATURES, Asked, Candidates, Comparison, Flags, Floats

# Similarity under which a question's word counts as unmet; between what unrelated and what related words have.
UNMET = 0.55
# Standard scores are cut here, so that no odd question is judged by one feature alone.
MOST_DEVIATIONS = 4.0


@dataclass(frozen=True, slots=True)
class Found:
    """A quote and the list that it was chosen from.

    Attributes:
        asked: the question.
        candidates: all sentences.
        comparison: the question compared with them.
        probabilities: float32 (n_sentences,), sum 1.
        window: first and last sentence of the quote.
        cosine: of the quote's passage with the question, -1..1.
        best_cosine: of the nearest passage.
    """

    asked: Asked
    candidates: Candidates
    comparison: Comparison
    probabilities: Floats
    window: tuple[int, int]
    cosine: float
    best_cosine: float

    @property
    def span(self) -> slice:
        """The quote's sentences."""
        return slice(self.window[0], self.window[1] + 1)

    @property
    def top(self) -> int:
        """The quote's likeliest sentence."""
        return self.window[0] + int(np.argmax(self.probabilities[self.span]))

    @property
    def mass(self) -> float:
        """Probability that the quote answers, were one to answer."""
        return float(self.probabilities[self.span].sum())

    @property
    def around(self) -> Floats:
        """float32 (n_question_words,): each word's best similarity in the quote's passage."""
        return np.asarray(self.comparison.best[:, self._same_passage].max(axis=1))

    @property
    def met(self) -> Flags:
        """Bool (n_question_words,): words that stand in the quote's passage, its title or its heading."""
        return np.asarray(
            self.comparison.shared[:, self._same_passage].any(axis=1) | self.comparison.titled[:, self.top]
        )

    @property
    def _same_passage(self) -> Flags:
        passage = self.candidates.passage
        return np.asarray((passage >= passage[self.window[0]]) & (passage <= passage[self.window[1]]))


def _margin(found: Found) -> float:
    others = np.delete(found.probabilities, np.arange(found.window[0], found.window[1] + 1))
    return found.mass - float(others.max(initial=0.0))


def _entropy(found: Found) -> float:
    some = found.probabilities[found.probabilities > 0]
    return float(-(some * np.log(some)).sum())


def _names_missing(found: Found) -> float:
    naming = found.asked.naming
    return float((~found.met[naming]).mean()) if naming.any() else 0.0


def _overall(found: Found) -> Floats:
    return np.asarray(found.asked.weights @ found.comparison.best)


def _gap(found: Found) -> float:
    highest = np.sort(_overall(found))[::-1][:4]
    return float(highest[0] - highest.mean())


def _rarest(values: Floats, found: Found) -> float:
    return float(values[np.argsort(-found.asked.content, kind="stable")[:3]].min())


def _feature(name: str) -> Callable[[Found], float]:
    column = list(FEATURES).index(name)
    return lambda found: float(found.comparison.features[found.top, column])


SIGNALS: Mapping[str, Callable[[Found], float]] = {
    "mass": lambda f: float(np.log(f.mass + 0.01)),
    "margin": _margin,
    "entropy": _entropy,
    "quote_best": lambda f: float(f.asked.content @ f.comparison.best[:, f.span].max(axis=1)),
    "passage_best": lambda f: float(f.asked.content @ f.around),
    "passage_met": lambda f: float(f.asked.content @ f.met),
    "passage_rarest": lambda f: _rarest(f.around, f),
    "quote_rarest": lambda f: _rarest(f.comparison.best[:, f.span].max(axis=1), f),
    "unmet": lambda f: float(f.asked.content @ (f.around < UNMET)),
    "names_missing": _names_missing,
    "unknown": lambda f: f.asked.unknown,
    "highest": lambda f: float(_overall(f).max()),
    "gap": _gap,
    "all_soft": lambda f: float(f.comparison.soft[:, f.top].mean()),
    "cosine": lambda f: f.cosine,
    "best_cosine": lambda f: f.best_cosine,
    "question_length": lambda f: float(np.log(len(f.asked.words))),
    **{
        name: _feature(name)
        for name in ("content_soft", "function_soft", "asking_soft", "novel_focus", "novel_near", "shared", "bigrams")
    },
}


@dataclass(frozen=True, slots=True)
class Calibrator:
    """The trained regression.

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

    def probability(self, signals: Floats) -> float:
        """Judge one quote: float32 (n_signals,) to 0..1."""
        total = float(clipped(signals, self.means, self.deviations) @ self.weights) + self.intercept
        return float(1 / (1 + np.exp(-total)))


def clipped(signals: Floats, means: Floats, deviations: Floats) -> Floats:
    """Standard scores, cut at `MOST_DEVIATIONS`: float32 (..., n_signals)."""
    return np.asarray(np.clip((signals - means) / deviations, -MOST_DEVIATIONS, MOST_DEVIATIONS), dtype=np.float32)


def signals_of(found: Found, names: Sequence[str] = tuple(SIGNALS)) -> Floats:
    """Measure a quote: float32 (n_signals,), in the order of the names."""
    return np.array([SIGNALS[name](found) for name in names], dtype=np.float32)

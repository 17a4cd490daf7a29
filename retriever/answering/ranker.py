"""Features of candidate sentences -> the probability that each is the answer, if one of them is.

A linear, list-wise model (conditional logit, McFadden 1974): softmax over the candidates of a weighted sum. Each
feature counts twice, as its distance from the list's best and as its standard score within the list, since what is near
for one question is far for another.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..learning import Flags, Floats, softmax
from .reader_scores import ReaderScores

# Candidates that are ranked; of those left out fewer than 1 in 100 answers on squad2.
KEPT = 30
# Added to a feature's deviation, so that a list where all are alike does not blow up.
DEVIATION_FLOOR = 0.01


@dataclass(frozen=True, slots=True)
class Ranker:
    """The trained weights.

    Attributes:
        weights: float32 (2 * n_features,).
    """

    weights: Floats

    def probabilities(self, features: Floats) -> Floats:
        """Weigh candidates: float32 (n, n_features) to float32 (n,), sum 1."""
        return softmax(standardise(features) @ self.weights)


def standardise(features: Floats) -> Floats:
    """Compare within the list: float32 (n, n_features) to float32 (n, 2 * n_features)."""
    from_best = features - features.max(axis=0)
    scores = (features - features.mean(axis=0)) / (features.std(axis=0) + DEVIATION_FLOOR)
    return np.concatenate([from_best, scores], axis=1)


def shortlist(rough: Floats, headings: Flags | None = None) -> NDArray[np.int64]:
    """Choose the candidates worth ranking: int (n_chosen,), ascending positions.

    Args:
        rough: float32 (n_sentences,), a rough score; `KEPT` sentences are chosen by it.
        headings: bool (n_sentences,), which of them are headings. They are chosen in addition, if they score as high.
    """
    if headings is None or not headings.any():
        return np.sort(np.argsort(-rough, kind="stable")[:KEPT])
    sentences = np.flatnonzero(~headings)
    kept = sentences[np.argsort(-rough[sentences], kind="stable")[:KEPT]]
    return np.sort(np.concatenate([kept, np.flatnonzero(headings & (rough >= rough[kept[-1]]))]))


# What a sentence is ranked by once its passage is read: what its words say, and what the reader does.
READ_FEATURES: Mapping[str, Callable[[Floats, ReaderScores], Floats]] = {
    "by_words": lambda by_words, _: np.log(by_words + np.float32(1e-4)),
    "span": lambda _, said: said.spans,
    "span_share": lambda _, said: _log_share(said.spans),
    "answers": lambda _, said: said.answers,
    "both": lambda _, said: np.minimum(said.spans, said.answers),
}


def combine(by_words: Floats, said: ReaderScores, combiner: Ranker) -> Floats:
    """Rank once more by what the reader says: float32 (n_sentences,), sum 1; 0 for those not worth ranking."""
    chosen = np.flatnonzero(by_words > 0)
    probabilities = np.zeros(len(by_words), dtype=np.float32)
    probabilities[chosen] = softmax((read_features(by_words, said)[chosen] * combiner.weights).sum(axis=1))
    return probabilities


def read_features(by_words: Floats, said: ReaderScores) -> Floats:
    """What `combine` weighs: float32 (n_sentences, n_read_features)."""
    return np.stack([feature(by_words, said) for feature in READ_FEATURES.values()], axis=1).astype(np.float32)


def _log_share(scores: Floats) -> Floats:
    """Each score's log-share of the exponentials of all."""
    below = scores - scores.max()
    return np.asarray(below - np.log(np.exp(below).sum()), dtype=np.float32)

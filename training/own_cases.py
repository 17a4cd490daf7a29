"""`python -m training.own_cases`: would a user's own judged answers improve the probabilities that Ibid gives them?

Each of the three invented collections stands for a user who has judged the first quote of every answer. An offset of
the logit of the confidence is fitted on their cases, and measured on cases that were left out (ten folds). Ibid has
none: see `docs/measured.md`.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.__main__ import COLLECTIONS
from eval.datasets import Gold, find_collections, read_collections
from eval.runs import collection_over
from retriever import Quote
from retriever.answering.selection import CLEAR_CONFIDENCE
from retriever.answering.verdict import PRESENT

FOLDS = 10
PENALTY = 4.0
"""Of the square of the offset: four cases' weight, so that a few cases don't move it far."""
_STEPS = 50  # of Newton's method, which needs about five
_EDGE = 1e-4  # probabilities nearer to 0 or 1 count as this

Floats = NDArray[np.float64]


def offset(confidence: Floats, right: Floats) -> float:
    """Fit the offset of the logit under which the cases are likeliest.

    Args:
        confidence: float64 (n_cases,), 0..1.
        right: float64 (n_cases,), 1 if the quote was right, else 0.
    """
    shift, logits = 0.0, _logit(confidence)
    for _ in range(_STEPS):
        expected = _sigmoid(logits + shift)
        slope = float((right - expected).sum()) - PENALTY * shift
        shift += slope / (float((expected * (1 - expected)).sum()) + PENALTY)
    return shift


def held_out(confidence: Floats, right: Floats) -> Floats:
    """The confidence of each case, moved by the offset that the other folds give."""
    moved = confidence.copy()
    for fold in range(FOLDS):
        out = np.arange(len(right)) % FOLDS == fold
        moved[out] = _sigmoid(_logit(confidence[out]) + offset(confidence[~out], right[~out]))
    return moved


def log_loss(confidence: Floats, right: Floats) -> float:
    """Mean negative logarithm of the probability of what was so; lower is better."""
    bounded = np.clip(confidence, _EDGE, 1 - _EDGE)
    return float(-np.mean(right * np.log(bounded) + (1 - right) * np.log(1 - bounded)))


def _logit(probability: Floats) -> Floats:
    bounded = np.clip(probability, _EDGE, 1 - _EDGE)
    return np.asarray(np.log(bounded / (1 - bounded)))


def _sigmoid(value: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-value)))


def _is_right(quote: Quote, gold: tuple[Gold, ...]) -> bool:
    return any(
        one.document_id == quote.document_id and quote.start <= one.start and one.end <= quote.end for one in gold
    )


def main() -> int:
    """Print the figures of each user before and after."""
    with tempfile.TemporaryDirectory() as folder:
        users = {name: collection_over(docs, Path(folder)) for name, docs in find_collections(COLLECTIONS).items()}
        texts = {name: {one.id: a.document(one.id).text for one in a.documents()} for name, a in users.items()}
        judged: dict[str, list[tuple[float, float, bool]]] = {name: [] for name in users}
        for question in read_collections(COLLECTIONS, texts).questions:
            if question.history:
                continue
            answer = users[question.collection].ask(question.text)
            first = answer.shown[0] if answer.shown else None
            right = first is not None and question.answerable and _is_right(first, question.gold)
            judged[question.collection].append((answer.confidence, float(right), answer.present >= PRESENT))
    print("user       cases  log loss, moved  clear and wrong, moved  clear and right, moved")
    for name, cases in judged.items():
        confidence = np.array([case[0] for case in cases])
        outcome = np.array([case[1] for case in cases])
        present = np.array([case[2] for case in cases])
        moved = held_out(confidence, outcome)
        losses = [log_loss(one, outcome) for one in (confidence, moved)]
        clear = [present & (one >= CLEAR_CONFIDENCE) for one in (confidence, moved)]
        wrong, good = ([int((one & (outcome == said)).sum()) for one in clear] for said in (0, 1))
        counts = f"{wrong[0]:17}{wrong[1]:7}{good[0]:17}{good[1]:7}"
        print(f"{name:10}{len(cases):6}{losses[0]:10.3f}{losses[1]:7.3f}{counts}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Two sources' answers to one question -> the probability that they say the same, and that they differ.

A softmax regression of three outcomes (not comparable, the same, different) over `FEATURES`. It is fitted by
`python -m training.agreement` on answered questions of which one source was edited, on unedited articles and on
invented cases; the weights are in `model.json`.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..learning import model_fields
from ..text.question import Question
from .comparing import Likeness, compare_spans
from .kinds import Kind
from .retelling import ToldTwice

FILE = Path(__file__).with_name("model.json")
FEATURES = tuple(
    """answers_least span_least answers_most context_least question_least question_apart identifiers_apart
    identifiers_least equal rounding different one_sided numbers_equal overlap said_by_other denial phrase
    told_again retold other_subjects altered""".split()
)
_WEIGHED_APART = ("different", "equal", "retold")
"""If one of these is so, all features weigh differently."""

Floats = NDArray[np.float64]


def features_of(question: Question, told: ToldTwice, likeness: Likeness) -> Floats:
    """Describe two answers, with how their values compare: float64 (n_features,), in the order of `FEATURES`."""
    one, other = told.surer, told.other
    both = len(one.context & other.context)
    met = [len(question.naming_terms & each.said) / max(1, len(question.naming_terms)) for each in (one, other)]
    apart = (question.naming_terms & one.said) ^ (question.naming_terms & other.said)
    named = [len(question.identifiers & each.said) for each in (one, other)]
    names = max(1, len(question.identifiers))
    numeric = all(any(value.kind is not Kind.NAME for value in each.values) for each in (one, other))
    row = {
        "answers_least": min(one.answers, other.answers),
        "span_least": min(one.score, other.score),
        "answers_most": max(one.answers, other.answers),
        "context_least": both / max(1, max(len(one.context), len(other.context))),
        "question_least": min(met),
        "question_apart": len(apart) / max(1, len(question.naming_terms)),
        "identifiers_apart": len(question.identifiers & (one.said ^ other.said)) / names,
        "identifiers_least": min(named) / names if question.identifiers else 1.0,
        "equal": likeness is Likeness.EQUAL,
        "rounding": likeness is Likeness.ROUNDING,
        "different": likeness is Likeness.DIFFERENT,
        "one_sided": likeness is Likeness.ONE_SIDED,
        "numbers_equal": numeric and likeness in (Likeness.EQUAL, Likeness.ROUNDING),
        "overlap": len(one.terms & other.terms) / max(1, len(one.terms | other.terms)),
        "said_by_other": sum(
            bool(a.terms) and (a.terms - b.terms) <= b.quote_terms for a, b in ((one, other), (other, one))
        ),
        "denial": one.denies is not other.denies,
        "phrase": not (one.values and other.values),
        "told_again": told.retelling.share,
        "retold": told.is_retold,
        "other_subjects": told.have_other_subjects(question),
        "altered": told.is_altered,
    }
    return np.array([row[name] for name in FEATURES], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class RelationEstimate:
    """How two answers stand to each other.

    Attributes:
        same: probability, 0..1, that they say the same.
        differ: probability, 0..1, that they answer the same question with different values.
        likeness: how their values compare.
    """

    same: float
    differ: float
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class RelationModel:
    """The fitted regression.

    Attributes:
        mean: float64 (n_features,), by which features are standardised.
        deviation: float64 (n_features,), likewise.
        weights: float64 (n_columns, 3).
        same_from: probability from which two answers are shown to say the same.
        differ_from: probability from which two values are shown to differ.
        retold_differ_from: the same, where one sentence retells the other.
    """

    mean: Floats
    deviation: Floats
    weights: Floats
    same_from: float
    differ_from: float
    retold_differ_from: float

    @classmethod
    @cache
    def shipped(cls) -> "RelationModel":
        """Read the weights that ship with Ibid."""
        fields = model_fields(FILE, "python -m training.agreement", features=FEATURES)
        return cls(
            np.array(fields["mean"]),
            np.array(fields["deviation"]),
            np.array(fields["weights"]),
            fields["same_from"],
            fields["differ_from"],
            fields["retold_differ_from"],
        )

    def relation(self, question: Question, told: ToldTwice) -> RelationEstimate:
        """Judge two answers."""
        likeness = compare_spans(*told.values)
        row = features_of(question, told, likeness)
        scores = columns_of(row[None], self.mean, self.deviation)[0] @ self.weights
        odds = np.exp(scores - scores.max())
        _, same, differ = (odds / odds.sum()).tolist()
        return RelationEstimate(same, differ, likeness)


def columns_of(rows: Floats, mean: Floats, deviation: Floats) -> Floats:
    """Standardise features, and add their products with those of `_WEIGHED_APART` and a constant.

    Args:
        rows: float64 (n_pairs, n_features).
        mean: float64 (n_features,), what a feature is on average.
        deviation: float64 (n_features,), its standard deviation.

    Returns:
        float64 (n_pairs, n_columns).
    """
    standard = (rows - mean) / deviation
    products = [rows[:, [FEATURES.index(name)]] * standard for name in _WEIGHED_APART]
    return np.column_stack([standard, *products, np.ones(len(rows))])

"""The arithmetic that several trained models share: a softmax over a list, and a logistic regression.

The weights are fitted in `training`; each model keeps its own in a `model.json`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]

# Standard scores are clipped here, so that one extreme signal does not decide alone.
MOST_DEVIATIONS = 4.0


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
        """Make one from the fields of a model file."""
        means, deviations, weights = (
            np.array(fields[name], dtype=np.float32) for name in ("means", "deviations", "weights")
        )
        return cls(means, deviations, weights, fields["intercept"])

    @property
    def fields(self) -> dict[str, object]:
        """The fields for a model file, which `of` reads."""
        arrays = {name: getattr(self, name).tolist() for name in ("means", "deviations", "weights")}
        return {**arrays, "intercept": self.intercept}

    def probability(self, signals: Floats) -> float:
        """Turn the signals of one case, float32 (n_signals,), into a probability, 0..1."""
        total = float(standard_scores(signals, self.means, self.deviations) @ self.weights) + self.intercept
        return float(1 / (1 + np.exp(-total)))


def standard_scores(signals: Floats, means: Floats, deviations: Floats) -> Floats:
    """Standard scores, clipped at `MOST_DEVIATIONS`: float32 (..., n_signals)."""
    return np.asarray(np.clip((signals - means) / deviations, -MOST_DEVIATIONS, MOST_DEVIATIONS), dtype=np.float32)


def softmax(scores: Floats) -> Floats:
    """Exponentials that sum to 1."""
    exponentials = np.exp(scores - scores.max())
    return np.asarray(exponentials / exponentials.sum(), dtype=np.float32)

"""What several trained models share: a softmax over a list, a logistic regression, and reading a model file.

The weights are fitted in `training`; each model keeps its own in a `model.json`.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
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


def log_probability(probability: float) -> float:
    """The logarithm of a probability, 0..1; of nothing, a finite one."""
    return float(np.log(probability + 1e-3))


def log_odds(probability: float) -> float:
    """The logarithm of the odds of a probability, 0..1; of nothing and of certainty, a finite one."""
    return float(np.log((probability + 1e-3) / (1 - probability + 1e-3)))


def standard_scores(signals: Floats, means: Floats, deviations: Floats) -> Floats:
    """Standard scores, clipped at `MOST_DEVIATIONS`: float32 (..., n_signals)."""
    return np.asarray(np.clip((signals - means) / deviations, -MOST_DEVIATIONS, MOST_DEVIATIONS), dtype=np.float32)


def softmax(scores: Floats) -> Floats:
    """Exponentials that sum to 1."""
    exponentials = np.exp(scores - scores.max())
    return np.asarray(exponentials / exponentials.sum(), dtype=np.float32)


def model_fields(file: Path, made_by: str, **measured: Iterable[str]) -> dict[str, Any]:
    """Read a model file, and check that its weights belong to what the code measures.

    Args:
        file: JSON, as the training wrote it.
        made_by: the command that makes it again.
        measured: field of the file -> the names that it must list, in this order.

    Raises:
        ValueError: the weights were fitted on other features.
    """
    fields: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    if any(fields[name] != list(names) for name, names in measured.items()):
        raise ValueError(f"{file.name} was trained on other features; make it again with: {made_by}")
    return fields

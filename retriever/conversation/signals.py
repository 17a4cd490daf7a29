"""A question and its turns -> features that tell whether it depends on them."""

from collections.abc import Callable, Mapping

import numpy as np

from ..learning import Floats
from .resolution import Resolution
from .wording import asks_alone, refers_to_turns


def _odds(probability: float) -> float:
    """The logarithm of the odds of a probability, 0..1."""
    return float(np.log((probability + 1e-3) / (1 - probability + 1e-3)))


SIGNALS: Mapping[str, Callable[[Resolution], float]] = {
    "nothing": lambda one: _odds(one.nothing),
    "refers": lambda one: _odds(max((gap.gap.probability for gap in one.gaps if not gap.gap.is_left_out), default=0.0)),
    "left_out": lambda one: _odds(max((gap.gap.probability for gap in one.gaps if gap.gap.is_left_out), default=0.0)),
    "found": lambda one: max((1 - gap.things.nothing for gap in one.gaps), default=0.0),
    "fragment": lambda one: _odds(one.fragment),
    "continues": lambda one: float(one.opened.joined or asks_alone(one.opened.body)),
    "points": lambda one: float(refers_to_turns(one.question.text)),
    "naming": lambda one: float(np.log1p(len(one.question.naming_terms))),
    "named": lambda one: float(any(phrase.named for phrase in one.question.phrases)),
}

NAMES = tuple(SIGNALS)


def signals_of(resolution: Resolution) -> Floats:
    """Measure a question: float32 (n_names,)."""
    return np.array([signal(resolution) for signal in SIGNALS.values()], dtype=np.float32)

"""A question and its turns -> features that tell whether it depends on them."""

from collections.abc import Callable, Mapping

import numpy as np

from ..learning import Floats, log_odds
from .resolution import Resolution
from .wording import refers_to_turns

SIGNALS: Mapping[str, Callable[[Resolution], float]] = {
    "nothing": lambda one: log_odds(one.nothing),
    "refers": lambda one: log_odds(
        max((gap.gap.probability for gap in one.gaps if not gap.gap.is_left_out), default=0.0)
    ),
    "left_out": lambda one: log_odds(
        max((gap.gap.probability for gap in one.gaps if gap.gap.is_left_out), default=0.0)
    ),
    "found": lambda one: max((1 - gap.things.nothing for gap in one.gaps), default=0.0),
    "fragment": lambda one: log_odds(one.fragment),
    "continues": lambda one: float(one.continues),
    "points": lambda one: float(refers_to_turns(one.question.text)),
    "naming": lambda one: float(np.log1p(len(one.question.naming_terms))),
    "named": lambda one: float(any(phrase.named for phrase in one.question.phrases)),
}

NAMES = tuple(SIGNALS)


def signals_of(resolution: Resolution) -> Floats:
    """Measure a question: float32 (n_names,)."""
    return np.array([signal(resolution) for signal in SIGNALS.values()], dtype=np.float32)

"""A reading of a question -> features that tell how likely it is meant, by its words alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from ..learning import Floats, log_odds, log_probability
from .resolution import Resolution
from .wording import is_fragment


class Kind(StrEnum):
    """How a reading is made."""

    TYPED = "typed"
    NAMED = "named"
    COMPLETED = "completed"
    FILLED = "filled"
    ASKED = "asked"
    JOINED = "joined"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a question may mean.

    Attributes:
        text: the question, standing alone.
        kind: how it is made.
        back: how many turns back it takes its words from, 0 for none.
        log_odds: how likely the thing is that it names, as a logarithm; 0 if it names none.
        likeness: name -> how well it fits, 0..1.
        compares: whether the answer before belongs to the answer.
        elsewhere: whether what was shown last is no answer, unless it names what is new.
    """

    text: str
    kind: Kind
    back: int = 0
    log_odds: float = 0.0
    likeness: Mapping[str, float] = field(default_factory=dict)
    compares: bool = False
    elsewhere: bool = False


LIKENESS = (
    "subject added parallel counted moved and_asked quoted named agrees disagrees person quoted_person pair "
    "words left_out gaps content"
).split()
FEATURES = (
    *(kind.value for kind in Kind),
    "log_odds",
    "filled_log_odds",
    "typed_dependence",
    "typed_nothing",
    "joined_nothing",
    "fragment",
    "filled_fragment",
    "filled_tagged",
    *LIKENESS,
)


def features_of(reading: Reading, resolution: Resolution, dependence: float) -> Floats:
    """Measure a reading, given the probability that its question depends on earlier turns: float32 (n_features,)."""
    fragment = is_fragment(resolution.opened.body)
    likeness = [reading.likeness.get(name, 0.0) for name in LIKENESS]
    kinds = [float(reading.kind is kind) for kind in Kind]
    typed = log_odds(1 - dependence)
    nothing = log_probability(resolution.nothing)
    tagged = log_odds(resolution.fragment)
    return np.array(
        [
            *kinds,
            reading.log_odds if reading.kind is not Kind.FILLED else 0.0,
            reading.log_odds if reading.kind is Kind.FILLED else 0.0,
            typed if reading.kind is Kind.TYPED else 0.0,
            nothing if reading.kind is Kind.TYPED else 0.0,
            nothing if reading.kind is Kind.JOINED else 0.0,
            float(fragment and reading.kind is Kind.JOINED),
            float(fragment and reading.kind is Kind.FILLED),
            tagged if reading.kind is Kind.FILLED else 0.0,
            *likeness,
        ],
        dtype=np.float32,
    )

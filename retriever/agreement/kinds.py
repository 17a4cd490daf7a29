"""What a value is: its kind, how its words bound it, and the record of one."""

from dataclasses import dataclass
from enum import StrEnum

from ..text.calendar import Time


class Kind(StrEnum):
    """What a value is."""

    COUNT = "count"
    MONEY = "money"
    SHARE = "share"
    POINTS = "points"
    LENGTH = "length"
    MASS = "mass"
    AREA = "area"
    VOLUME = "volume"
    SPEED = "speed"
    HEAT = "heat"
    DURATION = "duration"
    AGE = "age"
    MULTIPLE = "multiple"
    FREQUENCY = "frequency"
    SCORE = "score"
    CLOCK = "clock"
    TIME = "time"
    NAME = "name"


class Bound(StrEnum):
    """How the words around a number bound it."""

    EXACT = "exact"
    ABOUT = "about"
    MORE = "more"
    LESS = "less"


@dataclass(frozen=True, slots=True)
class Value:
    """A value that a text names.

    Attributes:
        kind: what it is.
        start: first character in the text, words that bound it included.
        end: one past the last.
        number: in the kind's base unit: metres, kilograms, seconds, percent, minutes since midnight, times a year.
        step: to which step it is exact: 100 for 32,500.
        sure: whether `step` is sure; 40 may be told to the one or to the ten.
        bound: how its words bound it.
        between: for "10 to 12" and "dozens", the least and the most that it may be.
        unit: currency, else empty.
        fate: what became of those it counts ("dead", "injured"); empty if that is not said.
        time: for a time, its days.
        name: for a name, its folded words, titles left out; for a score, its two numbers.
    """

    kind: Kind
    start: int
    end: int
    number: float = 0.0
    step: float = 0.0
    sure: bool = True
    bound: Bound = Bound.EXACT
    between: tuple[float, float] | None = None
    unit: str = ""
    fate: str = ""
    time: Time | None = None
    name: tuple[str, ...] = ()

"""Two values of one kind -> equal, a rounding of each other, or different."""

from enum import StrEnum

from rapidfuzz.fuzz import ratio

from ..text.nations import NationForm, nation_of
from .kinds import Bound, Kind, Value


class Likeness(StrEnum):
    """How two values compare."""

    EQUAL = "equal"
    ROUNDING = "rounding"
    DIFFERENT = "different"
    UNLIKE = "unlike"


# Share by which a rounding may miss: "about 300" is said of 312, not of 340.
_ROUNDED = 0.1
# The same for a number that is only told to be passed or nearly reached, as far as to the next step: "more than 1,000"
# is said of 1,200, not of 2,000.
_BOUNDED = 0.2
# The same for a number that does not say that it is rounded, and may be told to its last zero: 32,000 and 32,500.
_ROUNDED_UNSAID = 0.02
# Two units' sizes are known to that share; a month is the twelfth part of a year.
_SAME_SIZE = 0.006
# Letters in common, in percent, from which two words are one name's spellings: Zelensky, Zelenskyy.
_SPELT_ALIKE = 85


def likeness(one: Value, other: Value) -> Likeness:
    """Compare two values; those of other kinds or currencies, and people to whom other things happened, are unlike."""
    if one.kind is not other.kind or one.unit != other.unit or (one.fate and other.fate and one.fate != other.fate):
        return Likeness.UNLIKE
    if one.kind is Kind.TIME:
        return _times(one, other)
    if one.kind is Kind.NAME:
        return Likeness.EQUAL if same_name(one.name, other.name) else _nations(one, other)
    if one.kind is Kind.SCORE:
        return Likeness.EQUAL if one.name == other.name else Likeness.DIFFERENT
    return _numbers(one, other)


def _nations(one: Value, other: Value) -> Likeness:
    """Compare two names as those of countries: a town may lie in one, and a person speak for it."""
    first, second = nation_of(one.name), nation_of(other.name)
    countries = [each is not None and each[1] is not NationForm.CAPITAL for each in (first, second)]
    if first and second:
        same = first[0] == second[0]
        return (Likeness.EQUAL if all(countries) else Likeness.UNLIKE) if same else Likeness.DIFFERENT
    return Likeness.UNLIKE if any(countries) else Likeness.DIFFERENT


def _times(one: Value, other: Value) -> Likeness:
    first, second = one.time, other.time
    if first is None or second is None:
        return Likeness.UNLIKE
    return Likeness.EQUAL if first.within(second) or second.within(first) else Likeness.DIFFERENT


def _numbers(one: Value, other: Value) -> Likeness:
    if one.between or other.between:
        return Likeness.ROUNDING if _may_meet(one, other) else Likeness.DIFFERENT
    largest = max(abs(one.number), abs(other.number))
    apart = abs(one.number - other.number) / largest if largest else 0.0
    converted = one.step != other.step and one.kind not in (Kind.COUNT, Kind.MONEY, Kind.SHARE)
    if apart <= 1e-9 or (apart <= _SAME_SIZE and converted):
        return Likeness.EQUAL
    if _admits(one, other, apart) or _admits(other, one, apart):
        return Likeness.ROUNDING
    return Likeness.DIFFERENT


def _may_meet(one: Value, other: Value) -> bool:
    """Whether two values, of which one is told as a span, may be the same."""
    (low, high), (least, most) = (each.between or (each.number, each.number) for each in (one, other))
    return low <= most and least <= high


def _admits(rounded: Value, exact: Value, apart: float) -> bool:
    """Whether one number may be a rounding of the other."""
    if rounded.kind in (Kind.CLOCK, Kind.RANK, Kind.AGE):
        return False
    more = exact.number - rounded.number
    if rounded.bound in (Bound.MORE, Bound.LESS):
        beyond = more if rounded.bound is Bound.MORE else -more
        return beyond >= 0 and (apart <= _ROUNDED or (apart <= _BOUNDED and beyond < rounded.step))
    if rounded.bound is Bound.ABOUT:
        return apart <= _ROUNDED
    coarser = rounded.step > exact.step and abs(more) <= rounded.step / 2
    return coarser and (rounded.sure or apart <= _ROUNDED_UNSAID)


def same_name(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two names may be one: the shorter one's words are all in the longer, or its letters."""
    short, long = sorted((one, other), key=len)
    if all(any(_same_word(word, each) for each in long) for word in short):
        return True
    initials = "".join(word[0] for word in long)
    return len(short) == 1 and len(long) > 2 and short[0] == initials


def _same_word(one: str, other: str) -> bool:
    if one == other:
        return True
    initial = min(len(one), len(other)) == 1 and one[0] == other[0]
    return initial or (min(len(one), len(other)) > 3 and ratio(one, other) >= _SPELT_ALIKE)

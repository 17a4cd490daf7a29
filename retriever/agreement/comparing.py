"""Two values of one kind -> equal, a rounding of each other, or different."""

import re
from collections.abc import Sequence
from enum import StrEnum
from itertools import permutations

from rapidfuzz.fuzz import ratio

from ..text.nations import NationForm, nation_of
from ..text.tokens import fold
from .answers import SourceAnswer
from .kinds import Bound, Kind, Value


class Likeness(StrEnum):
    """How two values compare."""

    EQUAL = "equal"
    ROUNDING = "rounding"
    DIFFERENT = "different"
    WITHIN = "within"
    UNLIKE = "unlike"
    ONE_SIDED = "one-sided"


_RETOLD = 0.5
"""Share of their words from which two phrases may be one: "land and sea routes", "routes by land and at sea"."""

_ORDER = (Likeness.EQUAL, Likeness.ROUNDING, Likeness.WITHIN, Likeness.DIFFERENT, Likeness.UNLIKE)
_PART_OF = re.compile(r"(?:,|\bin)\s(?:the\s)?$")
_YEAR = re.compile(r"\b(?:1\d{3}|20\d\d)\b")
# Share by which a rounding may miss: "about 300" can be 312, but not 340.
_ROUNDED = 0.1
# The same for a number that is only told to be passed or nearly reached, as far as to the next step: "more than 1,000"
# can be 1,200, but not 2,000.
_BOUNDED = 0.2
# The same for a number that does not say that it is rounded, and may be told to its last zero: 32,000 and 32,500.
_ROUNDED_UNSAID = 0.02
# Two units' sizes are known to that share; a month is the twelfth part of a year.
_SAME_SIZE = 0.006
# Letters in common, in percent, from which two words are one name's spellings: Zelensky, Zelenskyy.
_SPELT_ALIKE = 85


def compare_spans(one: SourceAnswer, other: SourceAnswer) -> Likeness:
    """Compare the words that answer in two sources.

    Numbers, money, dates and the like are compared by value; names and phrases by their words, where one may be part of
    the other ("Price", "State Department spokesman Ned Price").
    """
    if fold(one.text) == fold(other.text):
        return Likeness.EQUAL
    first, second = ([value for value in each.values if value.kind is not Kind.NAME] for each in (one, other))
    contained = bool(one.terms and other.terms) and (one.terms <= other.terms or other.terms <= one.terms)
    if first and second:
        return _by_value(one, other, first, second) or (Likeness.EQUAL if contained else Likeness.UNLIKE)
    if first or second:
        return Likeness.EQUAL if contained else Likeness.ONE_SIDED
    return _by_words(one, other)


def _by_value(
    one: SourceAnswer, other: SourceAnswer, first: Sequence[Value], second: Sequence[Value]
) -> Likeness | None:
    """The worst likeness of the values of one kind; None if no kind is in both.

    "Double the 16,500 of May" names a multiple, and 16,500 is not what it gives.
    """
    if len({any(value.kind is Kind.MULTIPLE for value in values) for values in (first, second)}) > 1:
        return None
    found = []
    for kind in {(value.kind, value.unit) for value in first}:
        ours, theirs = ([value for value in each if (value.kind, value.unit) == kind] for each in (first, second))
        few, many = sorted((ours, theirs), key=len)
        found += [min((likeness(value, each) for each in many), key=_ORDER.index) for value in few]
        found += [Likeness.DIFFERENT for a, b in zip(ours, theirs, strict=False) if _ranges_differ(a, b)]
    years, others = (set(_YEAR.findall(each.text)) for each in (one, other))
    if years and others and years.isdisjoint(others) and not any(value.kind is Kind.MONEY for value in first):
        found.append(Likeness.DIFFERENT)
    return max(found, key=_ORDER.index) if found else None


def _ranges_differ(one: Value, other: Value) -> bool:
    """Whether both are spans whose ends lie apart: "5,000 to 30,000", "2,000 to 30,000"."""
    return bool(one.between and other.between) and any(
        abs(a - b) > _ROUNDED * abs(a) for a, b in zip(one.between or (), other.between or (), strict=True)
    )


def _by_words(one: SourceAnswer, other: SourceAnswer) -> Likeness:
    """Compare names and phrases; those that share half of their words may be one thing in other words."""
    if _lies_in(one.text, other.text) or _lies_in(other.text, one.text):
        return Likeness.WITHIN
    coded, others = ({term for term in each.terms if any(map(str.isdigit, term))} for each in (one, other))
    if coded and others and not (coded <= others or others <= coded):
        return Likeness.DIFFERENT
    if any(
        all(any(_same_word(word, each) for each in b) for word in a) for a, b in permutations((one.terms, other.terms))
    ):
        return Likeness.EQUAL
    for value in one.values:
        for each in other.values:
            nations = nation_of(value.name), nation_of(each.name)
            whole = all(
                len(name) == 1 or len(answer.terms) <= 2 for name, answer in ((value.name, one), (each.name, other))
            )
            if nations[0] and nations[1] and nations[0][0] == nations[1][0] and whole:
                return _nations(value, each)
            if same_initials(value.name, each.name):
                return Likeness.EQUAL
    shared = len(one.terms & other.terms) / max(1, len(one.terms | other.terms))
    return Likeness.UNLIKE if shared >= _RETOLD else Likeness.DIFFERENT


def _lies_in(one: str, other: str) -> bool:
    """Whether one text names the other as what it is a part of: "Porto, Portugal", "a town in Corran county"."""
    return one.endswith(other) and _PART_OF.search(one, 0, len(one) - len(other)) is not None


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
        return (Likeness.EQUAL if all(countries) else Likeness.WITHIN) if same else Likeness.DIFFERENT
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
    """Whether two values may be the same, if one of them is a range."""
    (low, high), (least, most) = (each.between or (each.number, each.number) for each in (one, other))
    return low <= most and least <= high


def _admits(rounded: Value, exact: Value, apart: float) -> bool:
    """Whether one number may be a rounding of the other."""
    if rounded.kind in (Kind.CLOCK, Kind.AGE):
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
    return same_initials(one, other) or all(any(_same_word(word, each) for each in long) for word in short)


def same_initials(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether one name is the other's initials: "WHO", "World Health Organization"; three words or more."""
    short, long = sorted((one, other), key=len)
    return len(short) == 1 and len(long) > 2 and short[0] == "".join(word[0] for word in long)


def _same_word(one: str, other: str) -> bool:
    if one == other:
        return True
    initial = min(len(one), len(other)) == 1 and one[0] == other[0]
    return initial or (min(len(one), len(other)) > 3 and ratio(one, other) >= _SPELT_ALIKE)

"""A sentence that gives the same thing for several times -> the value of the time that the question asks for.

In: the sentence and the words that the reader takes for the answer. Out: the words to take instead, if those are of
another time: "312 in 2024, against 287 in 2023". One decision: a value belongs to the time that stands beside it, such
that all values and times of the sentence together stand as close as possible. In doubt the reader's choice stays.
"""

import re
from collections.abc import Sequence
from functools import cache

from ..agreement.kinds import Kind, Value
from ..agreement.values import values_in
from ..records import Span
from ..text.calendar import Time
from ..text.time_expressions import event_times, times_in
from ..text.tokens import FUNCTION_TERMS, term_of, terms
from .date_constraints import DateConstraint

CLAUSE_END = 60
"""Characters that a stop or semicolon between a value and a time counts for: more than a clause between them has."""

MOST_VALUES = 12
"""Values and times of a sentence that are told apart; one with more is a list that was no sentence."""

_STOP = re.compile(r"[;:.!?](?=\s)")
_UNIT = re.compile(r"[\s\u00a0-]?([^\W\d_]+)")


def timely_span(text: str, span: Span, asked: DateConstraint) -> Span:
    """The words of a sentence that answer for the time that is asked for.

    Args:
        text: the sentence.
        span: start and end in it of the words that the reader has chosen.
        asked: the times that the question asks the sentence's document for.

    Returns:
        Start and end; as they were given unless they are a value of another time.
    """
    named = event_times(times_in(text, asked.published, asked.language))
    wanted = {one for one in named if any(one.meets(time) for time in asked.times)}
    found = [one for one in values_in(text, tuple(named), asked.language) if one.kind not in (Kind.TIME, Kind.NAME)]
    chosen = [one for one in found if one.start < span[1] and span[0] < one.end]
    if not wanted or not chosen:
        return span
    alike = [one for one in found if (one.kind, one.unit) == (chosen[0].kind, chosen[0].unit)]
    if not 1 < len(alike) + len(named) <= MOST_VALUES:
        return span
    times = dict(_pairs(text, alike, named))
    right = [value for value, time in times.items() if time in wanted]
    if not right or (len(chosen) == 1 and chosen[0] in right):
        return span
    of_another = times.get(chosen[0], next(iter(wanted))) not in wanted
    unit = _unit(text, chosen[-1])
    for value in right:
        theirs = _unit(text, value)
        if value in chosen or theirs == unit or (of_another and not (theirs and unit)):
            return value.start, _end(text, value, span, unit if theirs == unit else "")
    return span


def _pairs(text: str, values: Sequence[Value], times: Sequence[Time]) -> list[tuple[Value, Time]]:
    """The values and the times that belong together; each is in one pair at most."""
    parted = values[-1].end <= times[0].start or times[-1].end <= values[0].start
    if parted and len(values) == len(times) == len({one.days for one in times}):  # "in 2023 and 2024 it had 41 and 44"
        return list(zip(values, times, strict=True))
    ordered: list[Value | Time] = sorted([*values, *times], key=lambda one: one.start)

    @cache
    def best(at: int) -> tuple[int, int, tuple[tuple[Value, Time], ...]]:
        """Of what stands from here on: the number of pairs, negative; the distance within them; and the pairs."""
        if at + 1 >= len(ordered):
            return 0, 0, ()
        one, other = ordered[at : at + 2]
        without = best(at + 1)
        if isinstance(one, Value) == isinstance(other, Value):
            return without
        count, distance, pairs = best(at + 2)
        pair = (one, other) if isinstance(one, Value) else (other, one)
        joined = count - 1, distance + _distance(text, one, other), (pair, *pairs)
        return min(without, joined, key=lambda each: each[:2])  # type: ignore[return-value]

    return list(best(0)[2])


def _distance(text: str, one: Value | Time, other: Value | Time) -> int:
    return other.start - one.end + CLAUSE_END * len(_STOP.findall(text, one.end, other.start))


def _unit(text: str, value: Value) -> str:
    """The term of the word that says what a value counts; empty if none does, or the value itself says it."""
    word = _UNIT.match(text, value.end) if value.kind is Kind.COUNT else None
    term = term_of(word[1]) if word else ""
    return "" if term in FUNCTION_TERMS else term


def _end(text: str, value: Value, span: Span, unit: str) -> int:
    """Where a value ends, with the word behind it where the reader has chosen that word too."""
    word = _UNIT.match(text, value.end) if unit and unit in terms(text[slice(*span)]) else None
    return word.end() if word else value.end

"""Sentences that other parts of Ibid have written in English -> the same in the language that is spoken.

In: an error, a remark or a place, as it stands in a record. Out: its translation, or itself where there is none. One
decision: those parts know of no language, and records, JSON and saved conversations hold English. So the page looks up
the sentence when it shows it, and a sentence with values in it by the words around them. The files have one
message for all such sentences: `{0} is encrypted: save it without a password and add it again.`
"""

import re
from functools import cache

from ...text.calendar import MONTHS
from .catalogue import catalogue_of, gettext, pgettext
from .formats import date_words, number
from .language import ENGLISH, language

_PLACE = re.compile(r"\{(\d)\}")
_DATE = re.compile(rf"(?:(\d{{1,2}}) )?({'|'.join(one.capitalize() for one in MONTHS)}) (\d{{4}})")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
_LEAST_SPACES = 2
"""Of a sentence; a name with fewer is never taken for one."""


def translated(sentence: str) -> str:
    """A sentence of another part of Ibid in the language that is spoken."""
    if not sentence or language() == ENGLISH:
        return sentence
    known = gettext(sentence)
    if known != sentence:
        return known
    for pieces, said in _patterns(language()):
        values = values_between(sentence, pieces)
        if values is not None:
            return said.format(*map(_value, values))
    return sentence


def _value(value: str) -> str:
    """A value in a sentence: a name as it is; a number, a date, "it", a sentence or a list of parts translated."""
    if value == "it":
        return pgettext("the file", "it")
    if _THOUSANDS.fullmatch(value):
        return number(int(value.replace(",", "")))
    if date := _DATE.fullmatch(value):
        return date_words(_iso(*date.groups()))
    if value.count(" ") < _LEAST_SPACES:
        return value
    whole = translated(value)
    return whole if whole != value else ", ".join(map(translated, value.split(", ")))


def _iso(day: str | None, month: str, year: str) -> str:
    """A date of ISO 8601, from the words of `text.calendar.date_words`."""
    iso = f"{year}-{MONTHS.index(month.lower()) + 1:02}"
    return f"{iso}-{int(day):02}" if day else iso


def values_between(sentence: str, pieces: tuple[str, ...]) -> list[str] | None:
    """What stands between the fixed pieces of a sentence; None if it is another sentence.

    The time grows with the sentence's length, as each piece is looked for once.

    Args:
        sentence: the sentence.
        pieces: two or more, in order; the first begins the sentence and the last ends it, either may be empty.
    """
    first, *between, last = pieces
    end = len(sentence) - len(last)
    if end < len(first) or not sentence.startswith(first) or not sentence.endswith(last):
        return None
    values, at = [], len(first)
    for piece in between:
        found = sentence.find(piece, at, end)
        if found < 0:
            return None
        values.append(sentence[at:found])
        at = found + len(piece)
    values.append(sentence[at:end])
    return values if all(values) else None


@cache
def _patterns(code: str) -> tuple[tuple[tuple[str, ...], str], ...]:
    """The fixed pieces of each sentence with values, and its translation."""
    return tuple((tuple(_PLACE.split(message)[::2]), said) for message, said in catalogue_of(code).patterns)

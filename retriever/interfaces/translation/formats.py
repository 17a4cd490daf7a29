"""Numbers, dates and ranks as the language that is spoken writes them.

In: numbers, ISO 8601 dates. Out: words for people. One decision: English is written as everywhere else in Ibid, and the
other languages as the Unicode Consortium's data (CLDR) have it, through Babel; but French first days, which these lack.
"""

import re
from datetime import date, datetime

from ...text import calendar
from .catalogue import gettext
from .language import ENGLISH, language

_FIRST_DAY = re.compile(r"\b1(?=\s?–|\s[^\W\d])")
"""The first day of a month in a French date or interval; CLDR writes it as a number like any other."""


def number(value: float, decimals: int = 0) -> str:
    """A number: `4,100` in English, `4.100` in German."""
    if language() == ENGLISH:
        return f"{value:,.{decimals}f}"
    from babel.numbers import format_decimal

    return format_decimal(value, format=f"#,##0.{'0' * decimals}".rstrip("."), locale=language())


def date_words(time: str | None) -> str:
    """A date or interval of ISO 8601, as `text.calendar.date_words` writes it in English; nothing for None."""
    if not time or language() == ENGLISH:
        return calendar.date_words(time)
    first, _, last = time.partition("/")
    if not last:
        return _date_words(first)
    if calendar.is_decade(time):
        return decade_words(first)
    return _interval(first, last) or gettext("{first} to {last}").format(
        first=_date_words(first), last=_date_words(last)
    )


def decade_words(year: str) -> str:
    """Ten years by their first one: `the 1990s`."""
    return gettext("the {year}s").format(year=year)


def time_words(moment: datetime) -> str:
    """A moment, by this machine's clock: `22 November 2026, 07:15`."""
    local = moment.astimezone()
    return f"{date_words(local.date().isoformat())}, {local:%H:%M}"


def ordinal(rank: int) -> str:
    """A rank: `1st`, `2nd`, `11th`."""
    if language() == "fr":
        return "1er" if rank == 1 else f"{rank}e"
    if language() == "es":
        return f"{rank}.º"
    if language() != ENGLISH:
        return f"{rank}."
    ending = "th" if 10 <= rank % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{ending}"


def _date_words(iso: str) -> str:
    """A single date, perhaps reduced to its month or year; what is no date stays."""
    from babel.dates import format_date, format_skeleton

    span = calendar.span_of(iso)
    if span is None or len(iso) == 4:
        return iso
    if len(iso) == 7:
        return str(format_skeleton("yMMMM", span.first, locale=language()))
    return _first_day_words(str(format_date(span.first, "long", locale=language())))


def _interval(first: str, last: str) -> str:
    """Two dates of one year, with the year once; empty for others."""
    from babel.dates import format_interval

    if len(first) != len(last) or len(first) == 4 or first[:4] != last[:4]:
        return ""
    begin, end = calendar.span_of(first), calendar.span_of(last)
    if begin is None or end is None:
        return ""
    skeleton = "yMMMM" if len(first) == 7 else "yMMMMd"
    days: tuple[date, date] = (begin.first, end.first)
    return _first_day_words(str(format_interval(*days, skeleton, locale=language())))


def _first_day_words(words: str) -> str:
    """A date with the first day of a month as French writes it: `1er avril 2022`. Other languages write a number."""
    return _FIRST_DAY.sub("1er", words) if language() == "fr" else words

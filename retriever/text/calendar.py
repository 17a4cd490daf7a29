"""The calendar: months, weekdays and seasons, and spans of days as ISO 8601 and in words."""

from calendar import monthrange
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = tuple("january february march april may june july august september october november december".split())
WEEKDAYS = tuple("monday tuesday wednesday thursday friday saturday sunday".split())
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
"""Season -> the month that it begins with, on the northern half of the earth."""

_MONTH_LONG = timedelta(31)


@dataclass(frozen=True, slots=True)
class Time:
    """A span of days that a text names.

    Attributes:
        first: its first day.
        last: its last day, included.
        start: first character of the words that name it.
        end: one past the last.
        since: whether it only began then: "since 2018".
        reported: whether it is only the time of a statement: "said on Monday".
    """

    first: date
    last: date
    start: int = 0
    end: int = 0
    since: bool = False
    reported: bool = False

    def meets(self, other: "Time") -> bool:
        """Whether the two have a day in common."""
        return self.first <= other.last and other.first <= self.last

    def within(self, other: "Time") -> bool:
        """Whether all of its days are among the other's."""
        return other.first <= self.first and self.last <= other.last

    def matches(self, other: "Time") -> bool:
        """Whether what is counted in the one may be compared with what is counted in the other: March, not the year."""
        days = sorted((self.last - self.first, other.last - other.first))
        return self.meets(other) and days[1] <= max(_MONTH_LONG, 2 * days[0])

    @property
    def iso(self) -> str:
        """ISO 8601: a date, perhaps reduced (`2022-03`), or an interval (`2021-10/2022-03`)."""
        for length in (4, 7, 10):
            whole = span_of(self.first.isoformat()[:length])
            if whole and (whole.first, whole.last) == (self.first, self.last):
                return self.first.isoformat()[:length]
        first, last = self.first.isoformat(), self.last.isoformat()
        if (first[5:], last[5:]) == ("01-01", "12-31"):
            return f"{first[:4]}/{last[:4]}"
        whole_months = self.first.day == 1 and self.last.day == monthrange(self.last.year, self.last.month)[1]
        return f"{first[:7]}/{last[:7]}" if whole_months else f"{first}/{last}"

    @property
    def days(self) -> str:
        """The days in words: "March 2022", "until 20 April 2022", "from 22 April 2022 on"."""
        if self.first == date.min:
            return f"until {date_words(self.last.isoformat())}"
        return f"from {date_words(self.first.isoformat())} on" if self.last == date.max else date_words(self.iso)


def span_of(iso: str | None) -> Time | None:
    """The days of an ISO 8601 date, perhaps reduced (`2022-04`, `2022`); None for None or what is no date."""
    try:
        parts = [int(part) for part in (iso or "").split("-")]
        year, month, day = (*parts, 0, 0)[:3]
        last = (month or 12, day or monthrange(year, month or 12)[1])
        return Time(date(year, month or 1, day or 1), date(year, *last))
    except ValueError:
        return None


def is_decade(time: str) -> bool:
    """Whether an interval of ISO 8601 is ten years such as the 1990s: `1990/1999`."""
    first, _, last = time.partition("/")
    return len(first) == len(last) == 4 and first[3] == "0" and int(last) - int(first) == 9


def date_words(time: str | None) -> str:
    """A date or interval of ISO 8601 for people, nothing for None.

    `22 April 2022` for `2022-04-22`, `April 2022` for `2022-04`, `October 2021 to March 2022` for `2021-10/2022-03`,
    `February to March 2022` for `2022-02/2022-03`, `the 1990s` for `1990/1999`.
    """
    first, _, last = (time or "").partition("/")
    if last:
        same_year = len(first) > 4 and first[:4] == last[:4]
        begins = date_words(first).removesuffix(f" {first[:4]}") if same_year else date_words(first)
        return f"the {first}s" if is_decade(f"{first}/{last}") else f"{begins} to {date_words(last)}"
    year, month, day = ([*first.split("-"), "", ""])[:3]
    parts = (day.lstrip("0"), MONTHS[int(month) - 1].capitalize() if month else "", year)
    return " ".join(part for part in parts if part)


def slashed_days(figures: str) -> tuple[date, ...]:
    """The days that figures such as `2/11/2022` may name: with the month first, as in America, or the day first."""
    first, second, year = map(int, figures.split("/"))
    found = []
    for month, day in ((first, second), (second, first)):
        with suppress(ValueError):
            found.append(date(year, month, day))
    return tuple(dict.fromkeys(found))


def spellings(day: date) -> str:
    """The ways in which texts write a day, one after the other."""
    month = MONTHS[day.month - 1]
    dotted = f"{day.day:02}.{day.month:02}.{day.year} {day.day}.{day.month}.{day.year}"
    return f"{day.isoformat()} {dotted} {day.day} {day.month} {month} {month[:3]}"


def month_number(name: str) -> int:
    """The number, from 1, of a month's name or its first three letters, in either case."""
    return next(number for number, month in enumerate(MONTHS, 1) if month.startswith(name[:3].lower()))


def months(year: int, month: int, count: int) -> Time:
    """So many months from one on; the month may lie outside 1..12."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    end_year, end_month = year + (month + count - 2) // 12, (month + count - 2) % 12 + 1
    return Time(date(year, month, 1), date(end_year, end_month, monthrange(end_year, end_month)[1]))

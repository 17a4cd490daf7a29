"""Words that name a time -> the days they name: "on Thursday", "last month", "in 2018", "three years ago".

In: a text and the date that it was published. Out: spans of days with their places in the text. One decision: nothing
depends on today; where only a document's month or year is known, its "Thursday" is some day of that, and without a date
it is no time.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from .numbers import NUMBER_WORD, whole_number
from .tokens import FUNCTION_TERMS, term_of

_MONTHS = "january february march april may june july august september october november december".split()
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_MONTH = (
    rf"(?:{'|'.join(name.capitalize() for name in _MONTHS)}|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?![\d,]*\d)"
_YEAR = r"(?:1[5-9]|20)\d\d(?![\d%])(?!,\d)(?!\.\d)"
_WEEKDAY = "|".join(name.capitalize() for name in _WEEKDAYS)
_SEASON = "|".join(_SEASONS)
_DAY_WORDS = {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1}
_AGO_DAYS = {"day": 1, "week": 7}
# "May 4" is a day, "May" alone a month only behind such a word, as "march", "august" and "may" are words too.
_BEFORE_MONTH = (
    r"(?:in|since|from|until|till|through|to|of|by|during|for|early|late|mid|last|next|this|between|and|before|after)"
)

_PATTERN = re.compile(
    rf"""(?x)\b(?=\w)(?:  # at most places that is all that is looked at
      \b(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})\b
    | \b(?P<day1>{_DAY})\s+(?:of\s+)?(?P<month1>{_MONTH})(?:,?\s+(?P<year1>{_YEAR}))?
    | \b(?P<month2>{_MONTH})\s+(?P<day2>{_DAY})(?:,?\s+(?P<year2>{_YEAR}))?
    | \b(?P<month3>{_MONTH})(?:\s+of|,)?\s+(?P<year3>{_YEAR})
    | \b(?i:(?P<part>first|second|third|fourth)[\s-](?P<partof>quarter|half)\s+of)\s+(?P<year4>{_YEAR})
    | \bQ(?P<quarter>[1-4])\s+(?P<year5>{_YEAR})
    | \b(?i:(?P<season>{_SEASON}))(?:\s+of)?\s+(?P<year6>{_YEAR})
    | \b(?P<decade>(?:1[5-9]|20)\d0)s\b
    | \b(?i:(?P<which>last|this|next|past)\s+(?P<unit>week|month|year|{_SEASON}))\b
    | \b(?i:(?P<which2>last|this|next))\s+(?P<month7>{_MONTH})\b
    | (?:\b(?i:(?P<which3>last|this|next))\s+)?\b(?P<weekday>{_WEEKDAY})\b
    | \b(?i:(?P<dayword>{"|".join(_DAY_WORDS)}))\b
    | \b(?i:(?P<number>{NUMBER_WORD}|\d{{1,3}})\s+(?P<ago>day|week|month|year|decade)s?\s+(?:ago|earlier)\b)
    | (?P<month8>(?<!\w)(?:{_MONTH}))(?=\b)
    | (?<![\d.,$£€-])\b(?P<year>{_YEAR})\b
    )
    """
)
_PLACED = re.compile(rf"(?i)\b{_BEFORE_MONTH}[\s-]+$")
_AHEAD = timedelta(122)  # four months
_A_DAY = timedelta(1)
_MONTH_LONG = timedelta(31)
_VERBS = frozenset({"march", "may", "august"})
_FUTURE = re.compile(r"(?i)\b(?:will|due|scheduled|planned|plans|expected|next|set to|to be held|coming)\b")
_RELATIVE = re.compile(
    r"(?i)\b(?:last|this|next|past)\s(?:week|month|year)\b|\b(?:\w+\s){0,2}ago\b|\b(?:today|yesterday|tomorrow)\b"
)
_UNIT = re.compile(rf"(?i)\b(?:(?P<unit>day|week|month)s?|{'|'.join(_DAY_WORDS)}|{_WEEKDAY})\b")
_REACHES = re.compile(r"(?i)\b(before|until|by|since|after)\s+(?:the\s+)?(?:end of\s+)?(?:fiscal\s+(?:year\s+)?)?$")
_SINCE = re.compile(r"(?i)\bsince\s+(?:the\s+)?(?:early\s+|late\s+)?$")
# What has not been since a time, or is the first since, says nothing of that time.
_NOT_SINCE = re.compile(
    r"(?i)\b(?:not|no|never|none|nobody|\w+n['’]t|first|last|only|worst|best|most|least|(?:high|low|larg|bigg|small|long|"
    r"short|strong|weak|cold|hott|warm|wett|dri|deadli|few|great|fast|slow|steep|sharp|deep)est)\b[^.;]*"
    r"\bsince\s(?:\S+\s){0,2}$"
)
_SINCE_ANOTHER = re.compile(r"(?i)\bsince\s(?:[^\s,;]+\s){2,8}$")
_FROM = re.compile(r"(?i)\b(?:from|between)\s+(?:fiscal years?\s+)?$")
_TO = re.compile(r"(?i)\s*(?:to|through|until|till|and|-|–)\s*(?:fiscal year\s+)?")
# A bare year stands behind a word that goes with a time, or before a noun as a name does: "the 2017 accords".
_BEFORE_YEAR = re.compile(
    r"(?i)(?:\b(?:in|since|from|until|till|to|of|by|before|after|during|the|and|between|year|years|early|late|mid|for|"
    r"through|than|a|about|around|all|over|fiscal)[\s-]+|[(–,]\s?|^)$"
)
_TOLD = re.compile(
    r"(?i)\b(?:sa(?:id|ys?|ying)|told(?: \w+)?|announc(?:e|es|ed|ing)|report(?:s|ed)?|stated|wrote)\s+"
    r"(?:late\s+)?(?:on\s+)?$"
)
# What only tells which thing is meant: "the 2017 accords", "the April 2022 talks", "by 2017 migration accords".
_WHICH = re.compile(r"(?i)(?:\b(the|an?|its|their|this|that|our|his|her)|\b(?:of|by|under|to))\s+$")
_WORD_BEHIND = re.compile(r"[\s-]+([^\W\d_][\w.’'-]*)")
# What is told of the day of the document, whatever other time is named beside it.
_NOW = re.compile(r"(?i)\b(?:now|currently|still|so far|to date|recently|no longer|continues?)\b")


@dataclass(frozen=True, slots=True)
class Time:
    """A span of days that a text names.

    Attributes:
        first: its first day.
        last: its last day, included.
        start: first character of the words that name it.
        end: one past the last.
        since: whether it only began then: "since 2018".
        told: whether it is only when that was said: "said on Monday".
    """

    first: date
    last: date
    start: int = 0
    end: int = 0
    since: bool = False
    told: bool = False

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


def date_words(time: str | None) -> str:
    """A date or interval of ISO 8601 for people, nothing for None.

    `22 April 2022` for `2022-04-22`, `April 2022` for `2022-04`, `October 2021 to March 2022` for `2021-10/2022-03`,
    `February to March 2022` for `2022-02/2022-03`, `the 1990s` for `1990/1999`.
    """
    first, _, last = (time or "").partition("/")
    if last:
        decade = len(first) == len(last) == 4 and first[3] == "0" and int(last) - int(first) == 9
        same_year = len(first) > 4 and first[:4] == last[:4]
        begins = date_words(first).removesuffix(f" {first[:4]}") if same_year else date_words(first)
        return f"the {first}s" if decade else f"{begins} to {date_words(last)}"
    year, month, day = ([*first.split("-"), "", ""])[:3]
    parts = (day.lstrip("0"), _MONTHS[int(month) - 1].capitalize() if month else "", year)
    return " ".join(part for part in parts if part)


@lru_cache(maxsize=1024)
def times_in(text: str, published: str | None) -> tuple[Time, ...]:
    """Find the times that a text names.

    Args:
        text: the text.
        published: ISO 8601 date, perhaps reduced, of its document, or None where unknown: then only whole dates and
            years are found.

    Returns:
        The times in the order of the text; "from October to March" is one.
    """
    base = span_of(published)
    found: list[Time] = []
    for match in _PATTERN.finditer(text):
        time = _resolved(match, text, base)
        if time is None:
            continue
        since = _SINCE.search(text, 0, match.start()) is not None
        told = _TOLD.search(text, 0, match.start()) is not None
        time = replace(time, start=match.start(), end=match.end(), since=since, told=told)
        if found and _ranged(text, found[-1], time):
            time = replace(time, first=found[-1].first, start=found.pop().start)
        found.append(time)
    return tuple(found)


def times_asked(question: str, published: str | None, newest: str | None) -> tuple[Time, ...]:
    """Find the times that a question is about, as a document would understand it.

    Args:
        question: the question.
        published: ISO 8601 date of the document that may answer, or None: a month without a year is its own.
        newest: ISO 8601 date of the library's newest document, from which "last month" and "now" are counted.

    Returns:
        The times; what is before one, or since it, reaches as far as there are dates. A time that only tells which
        thing is meant ("the 2017 accords") is not asked for.
    """
    relative = _RELATIVE.search(question) is not None
    return tuple(
        reaching(time, match[1].lower() if (match := _REACHES.search(question, 0, time.start)) else "")
        for time in times_in(question, newest if relative else published)
        if not tells_which(question, time)
    )


def taken_as(question: str, newest: str | None) -> tuple[str, ...]:
    """Say how a question's words for a time that hang on the newest document are taken, a sentence each."""
    day = date_words(newest)
    taken = [
        f"“{question[time.start : time.end]}” is taken as {time.days}, counted from the newest document ({day})."
        for time in _counted(question, newest)
    ]
    known = f"the newest document is dated {day}, no closer" if newest else "no document has a date"
    return (*taken, *(f"Which days “{words}” means cannot be told: {known}." for words in untold(question, newest)))


def untold(question: str, newest: str | None) -> tuple[str, ...]:
    """Find a question's words for a time of which cannot be told from the newest document which it is."""
    counted = _counted(question, newest)
    return tuple(
        match[0]
        for match in _RELATIVE.finditer(question)
        if not match[0].lower().endswith(("ago", "today"))  # "How long ago was it?" asks for no time
        and not any(time.start < match.end() and match.start() < time.end for time in counted)
    )


def _counted(question: str, newest: str | None) -> tuple[Time, ...]:
    """The times of a question that hang on the newest document, where its date is exact enough for them."""
    if not _RELATIVE.search(question):
        return ()
    fixed = times_in(question, None)
    return tuple(
        time
        for time in times_in(question, newest)
        if time not in fixed and time.last - time.first < _longest(question[time.start : time.end])
    )


def _longest(words: str) -> timedelta:
    """The longest that words for a time may mean: a day, a week, a month, or more."""
    units = {"day": _A_DAY, "week": 7 * _A_DAY, "month": _MONTH_LONG}
    named = _UNIT.search(words)
    return units[(named["unit"] or "day").lower()] if named else timedelta.max


def reaching(time: Time, word: str) -> Time:
    """The days before, until, since, after or by a time, as far as there are dates; those of the time behind others."""
    match word:
        case "since":
            return replace(time, last=date.max)
        case "after":
            return replace(time, first=time.last + _A_DAY, last=date.max)
        case "by" | "until":
            return replace(time, first=date.min)
        case "before":
            return replace(time, first=date.min, last=time.first - _A_DAY)
    return time


def speaks_of(text: str, published: str | None, asked: Iterable[Time]) -> bool:
    """Whether a text may speak of one of some times: it names it, or names none and its document is of it, or of none.

    What it says of "the 2017 accords", and of "now", is of its document's time too. When it was said counts only where
    that is asked for, or no other time is named.
    """
    asked = tuple(asked)
    told = any(time.told for time in asked)
    named, own = times_in(text, published) if told else so(times_in(text, published)), span_of(published)
    dated = _NOW.search(text) is not None or all(tells_which(text, time) for time in named)
    spoken = [
        *(replace(time, last=date.max) if time.since else time for time in named),
        *([own] if own and dated else []),
    ]
    return not spoken or any(time.meets(each) for time in spoken for each in asked)


def tells_which(text: str, time: Time) -> bool:
    """Whether a time only tells which thing is meant: "the 2017 accords"."""
    before, behind = _WHICH.search(text, 0, time.start), _WORD_BEHIND.match(text, time.end)
    if before is None or behind is None or term_of(behind[1]) in FUNCTION_TERMS:
        return False
    return before[1] is not None or behind[1].islower()


def not_since(text: str, time: Time) -> bool:
    """Whether what is told has not been since a time, or is the first since: "had not been held since 2018"."""
    return _NOT_SINCE.search(text, 0, time.start) is not None


def of_another(text: str, time: Time) -> bool:
    """Whether a time is of what something else is counted from: "since Biden took office last year"."""
    return _SINCE_ANOTHER.search(text, 0, time.start) is not None


def _ranged(text: str, earlier: Time, later: Time) -> bool:
    joined = _TO.fullmatch(text, earlier.end, later.start) is not None
    return joined and earlier.first <= later.last and _FROM.search(text, 0, earlier.start) is not None


def so(times: Sequence[Time]) -> Sequence[Time]:
    """Of some times those at which something was so, not only said; all where there are no others."""
    return [time for time in times if not time.told] or times


def nearest(times: Iterable[Time], place: int) -> Time | None:
    """The time that is named nearest to a place in the text."""
    return min(times, key=lambda time: max(time.start - place, place - time.end, 0), default=None)


def _resolved(match: re.Match[str], text: str, base: Time | None) -> Time | None:
    groups = {name: value for name, value in match.groupdict().items() if value}
    for name, resolve in _RESOLVERS.items():
        if name in groups:
            try:
                return resolve(groups, base, text, match.start())
            except (ValueError, OverflowError):
                return None
    return None


Groups = dict[str, str]


def _iso(groups: Groups, _base: Time | None, _text: str, _at: int) -> Time | None:
    return span_of(groups["iso"])


def _day(groups: Groups, base: Time | None, _text: str, _at: int) -> Time | None:
    n = "1" if "day1" in groups else "2"
    month, day = _month_number(groups[f"month{n}"]), int(re.sub(r"\D", "", groups[f"day{n}"]))
    year = groups.get(f"year{n}") or _year_near(base, month, day)
    return _one(date(int(year), month, day)) if year else None


def _month_of_year(groups: Groups, _base: Time | None, _text: str, _at: int) -> Time:
    return _months(int(groups["year3"]), _month_number(groups["month3"]), 1)


def _part_of_year(groups: Groups, _base: Time | None, _text: str, _at: int) -> Time:
    if "quarter" in groups:
        return _months(int(groups["year5"]), 3 * int(groups["quarter"]) - 2, 3)
    length = 3 if groups["partof"].lower() == "quarter" else 6
    number = "first second third fourth".split().index(groups["part"].lower())
    return _months(int(groups["year4"]), 1 + number * length, length)


def _season(groups: Groups, _base: Time | None, _text: str, _at: int) -> Time:
    return _months(int(groups["year6"]), _SEASONS[groups["season"].lower()], 3)


def _decade(groups: Groups, _base: Time | None, _text: str, _at: int) -> Time:
    year = int(groups["decade"])
    return Time(date(year, 1, 1), date(year + 9, 12, 31))


def _relative(groups: Groups, base: Time | None, _text: str, _at: int) -> Time | None:
    if base is None:
        return None
    step = {"last": -1, "past": -1, "this": 0, "next": 1}[groups["which"].lower()]
    unit, day = groups["unit"].lower(), base.first
    if unit == "year":
        return _months(day.year + step, 1, 12) if day.year == base.last.year else None
    if unit == "month":
        return _months(day.year, day.month + step, 1) if _same_month(base) else None
    if unit == "week":
        monday = day - timedelta(day.weekday()) + timedelta(7 * step)
        return Time(monday, monday + timedelta(6)) if base.first == base.last else base
    season = _months(day.year, _SEASONS[unit], 3)
    return _months(day.year + (step if (step < 0) == (season.last >= day) else 0), _SEASONS[unit], 3)


def _month_alone(groups: Groups, base: Time | None, text: str, at: int) -> Time | None:
    name = groups.get("month7") or groups["month8"]
    if "month8" in groups and name.lower() in _VERBS and not _PLACED.search(text, 0, at):
        return None
    month = _month_number(name)
    step = {"last": -1, "next": 1}.get(groups.get("which2", "").lower(), 0)
    if step and base and _same_month(base):
        this_year = (month - base.first.month) * step > 0
        return _months(base.first.year + (0 if this_year else step), month, 1)
    year = _year_near(base, month, 15)
    return _months(year, month, 1) if year else None


def _weekday(groups: Groups, base: Time | None, text: str, at: int) -> Time | None:
    if base is None or base.first != base.last:
        return base  # some day of the month or year that the document is of
    number = _WEEKDAYS.index(groups["weekday"].lower())
    which = groups.get("which3", "").lower()
    ahead = which == "next" or (which != "last" and _FUTURE.search(text, max(0, at - 80), at) is not None)
    days = (number - base.first.weekday()) % 7 if ahead else -((base.first.weekday() - number) % 7)
    if (which == "last" and days == 0) or (which == "next" and days == 0):
        days = 7 if ahead else -7
    return _one(base.first + timedelta(days))


def _day_word(groups: Groups, base: Time | None, _text: str, _at: int) -> Time | None:
    if base is None or base.first != base.last:
        return base
    return _one(base.first + timedelta(_DAY_WORDS[groups["dayword"].lower()]))


def _ago(groups: Groups, base: Time | None, _text: str, _at: int) -> Time | None:
    if base is None:
        return None
    count, unit = whole_number(groups["number"]), groups["ago"].lower()
    if unit in _AGO_DAYS:
        return _one(base.first - timedelta(count * _AGO_DAYS[unit])) if base.first == base.last else None
    if unit == "month":
        return _months(base.first.year, base.first.month - count, 1) if _same_month(base) else None
    return _months(base.first.year - count * (10 if unit == "decade" else 1), 1, 12)


def _year(groups: Groups, _base: Time | None, text: str, at: int) -> Time | None:
    return _months(int(groups["year"]), 1, 12) if _BEFORE_YEAR.search(text, 0, at) else None


# The first of these groups that took part in a match says what the match is.
_RESOLVERS: dict[str, Callable[[Groups, Time | None, str, int], Time | None]] = {
    "iso": _iso,
    "day1": _day,
    "day2": _day,
    "year3": _month_of_year,
    "part": _part_of_year,
    "quarter": _part_of_year,
    "season": _season,
    "decade": _decade,
    "unit": _relative,
    "month7": _month_alone,
    "weekday": _weekday,
    "dayword": _day_word,
    "ago": _ago,
    "month8": _month_alone,
    "year": _year,
}


def _one(day: date) -> Time:
    return Time(day, day)


def _months(year: int, month: int, count: int) -> Time:
    """So many months from one on; the month may lie outside 1..12."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    end_year, end_month = year + (month + count - 2) // 12, (month + count - 2) % 12 + 1
    return Time(date(year, month, 1), date(end_year, end_month, monthrange(end_year, end_month)[1]))


def _month_number(name: str) -> int:
    return next(number for number, month in enumerate(_MONTHS, 1) if month.startswith(name[:3].lower()))


def _same_month(base: Time) -> bool:
    return (base.first.year, base.first.month) == (base.last.year, base.last.month)


def _year_near(base: Time | None, month: int, day: int) -> int | None:
    """The year of a day that is named without: the document's own or one beside it, so that the day is near its date.

    Texts tell mostly of what has been: what would lie more than `_AHEAD` ahead was a year before.
    """
    if base is None or base.first.year != base.last.year:
        return None
    if not _same_month(base):
        return base.first.year
    here = base.last
    years = (here.year + 1, here.year, here.year - 1)
    return next(year for year in years if date(year, month, min(day, 28)) - here <= _AHEAD)

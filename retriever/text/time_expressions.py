"""Words that name a time -> the days they name: "on Thursday", "last month", "in 2018", "three years ago".

Nothing depends on today. The words are understood by the date of the document that has them. Where only its month or
year is known, its "Thursday" is some day of that, and without a date it is no time.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache

from .calendar import MONTHS, SEASONS, WEEKDAYS, Time, month_number, months, slashed_days, span_of
from .calendar_names import CalendarNames, NamedDay
from .lookback import search_before
from .numbers import NUMBER_WORD, ORDINALS, whole_number
from .tokens import FUNCTION_TERMS, plain_digits, term_of

_MONTH = rf"(?:{'|'.join(name.capitalize() for name in MONTHS)}|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?!,{0,9}\d)"
_YEAR = r"(?:1[5-9]|20)\d\d(?![\d%])(?!,\d)(?!\.\d)"
WEEKDAY_PATTERN = "|".join(name.capitalize() for name in WEEKDAYS)
_SEASON = "|".join(SEASONS)
DAY_WORDS = {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1}
_AGO_DAYS = {"day": 1, "week": 7}
# "May 4" is a day, "May" alone a month only after such a word, as "march", "august" and "may" are words too.
_BEFORE_MONTH = (
    r"(?:in|since|from|until|till|through|to|of|by|during|for|early|late|mid|last|next|this|between|and|before|after)"
)

_PATTERN = re.compile(
    rf"""(?x)\b(?=\w)(?:  # at most places that is all that is looked at
      \b(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})\b
    | (?<![\d./])(?P<dotted>\d{{1,2}}\.\d{{1,2}}\.{_YEAR})(?![\w/]|\.\d)
    | (?<![\d./])(?P<slashed>\d{{1,2}}/\d{{1,2}}/{_YEAR})(?![\w/]|\.\d)
    | \b(?P<day1>{_DAY})\s+(?:of\s+)?(?P<month1>{_MONTH})(?:,?\s+(?P<year1>{_YEAR}))?
    | \b(?P<month2>{_MONTH})\s+(?P<day2>{_DAY})(?:,?\s+(?P<year2>{_YEAR}))?
    | \b(?P<month3>{_MONTH})(?:\s+of|,)?\s+(?P<year3>{_YEAR})
    | \b(?i:(?P<part>first|second|third|fourth)[\s-](?P<partof>quarter|half)\s+of)\s+(?P<year4>{_YEAR})
    | \bQ(?P<quarter>[1-4])\s+(?P<year5>{_YEAR})
    | \b(?i:(?P<season>{_SEASON}))(?:\s+of)?\s+(?P<year6>{_YEAR})
    | \b(?P<decade>(?:1[5-9]|20)\d0)s\b
    | \b(?i:(?P<which>last|this|next|past)\s+(?P<unit>week|month|year|{_SEASON}))\b
    | \b(?i:(?P<which2>last|this|next))\s+(?P<month7>{_MONTH})\b
    | (?:\b(?i:(?P<which3>last|this|next))\s+)?\b(?P<weekday>{WEEKDAY_PATTERN})\b
    | \b(?i:(?P<dayword>{"|".join(DAY_WORDS)}))\b
    | \b(?i:(?P<number>{NUMBER_WORD}|\d{{1,3}})\s+(?P<ago>day|week|month|year|decade)s?\s+(?:ago|earlier)\b)
    | (?P<month8>(?<!\w)(?:{_MONTH}))(?=\b)
    | (?<![\d.,$£€-])\b(?P<year>{_YEAR})\b
    )
    """
)
_PLACED = re.compile(rf"(?i)\b{_BEFORE_MONTH}[\s-]+$")
_AHEAD = timedelta(122)  # four months
_CLOSE = timedelta(31)
_VERBS = frozenset({"march", "may", "august"})
_FUTURE = re.compile(r"(?i)\b(?:will|due|scheduled|planned|plans|expected|next|set to|to be held|coming)\b")
_UNTIL = re.compile(
    r"(?i)\b(?:by|before|until|till|no later than|not later than|due(?: on| in)?)\s+"
    r"(?:(?:the\s+)?(?:end|beginning|start|middle|close)\s+of\s+|early\s+|late\s+|mid[\s-]+|the\s+)*$"
)
_AHEAD_VERB = re.compile(r"(?i)\b(?:shall|must|should|please|ha(?:s|ve) to|needs? to|(?:is|are) to|can be|may be)\b")
_PAST = re.compile(
    r"(?i)\b(?:was|were|had|did|took|said|made|came|went|saw|began|held|rose|fell|won|lost|met|led|left|told|sent|gave|got"
    r"|found|became|brought|built|bought|broke|ran|spoke|stood|wrote|sold|sank|paid|last|ago|since|(?:has|have)(?!\s+to\b))\b"
    r"|(?<!\bis )(?<!\bare )(?<!\bbe )(?<!\bbeing )\b"
    r"(?!(?:hundr|inde|ne|se|fe|spe|exce|proce|succe)ed\b)[a-z]{2,}ed\b"
)
"""What tells that a sentence is about the past; "is closed" and "be paid" do not."""

_SENTENCE_END = re.compile(r"[.!?…](?=\s)")
_FEWEST_WORDS = 5  # of a sentence that would show its tense
_LOOK_AROUND = 200  # characters of a sentence on each side of a time
# What comes again and again is at no one time: "every Monday", "each 1 May", "on 1 May of each year", "Monday to
# Friday" in a sentence about neither past nor future.
_RECURRING_BEFORE = re.compile(
    r"(?i)\b(?:(?:every|each|any)\s+(?:(?:other|second|third|fourth|first|last|year|month|week)\s+)?|"
    r"(?:annually|yearly|weekly|monthly|always|usually)\s+)(?:(?:on|in|by|until|before|from)\s+)?(?:the\s+)?$"
)
_RECURRING_BEHIND = re.compile(
    r"(?i),?\s*(?:(?:of|in)\s+)?(?:(?:each|every|any)\s+(?:year|month|week)|annually|yearly|weekly|monthly)\b"
)
_WEEKDAY_RANGE = re.compile(rf"(?:{WEEKDAY_PATTERN})\s*(?:to|through|till|until|[-–])\s*(?:{WEEKDAY_PATTERN})\b")
_DAY_KINDS = ("iso", "dotted", "slashed", "day1", "day2")
_RECURRING_KINDS = ("day1", "day2", "weekday", "month8")
_SINCE = re.compile(r"(?i)\bsince\s+(?:the\s+)?(?:early\s+|late\s+)?$")
# What has not been since a time, or is the first since, says nothing of that time.
_NOT_SINCE = re.compile(
    r"(?i)\b(?:not|no|never|none|nobody|\w+n['’]t|first|last|only|worst|best|most|least|(?:high|low|larg|bigg|small|long|"
    r"short|strong|weak|cold|hott|warm|wett|dri|deadli|few|great|fast|slow|steep|sharp|deep)est)\b[^.;]*"
    r"\bsince\s(?:\S+\s){0,2}$"
)
_SINCE_ANOTHER = re.compile(r"(?i)\bsince\s(?:[^\s,;]+\s){2,8}$")
_FROM = re.compile(r"(?i)\b(?P<word>from|between)\s+(?:fiscal years?\s+)?$")
_TO = re.compile(
    r"(?i)\s*(?:(?P<word>to|through|until|till|and)\b|(?P<dash>[-–—]))\s*(?:(?:on|the|fiscal year)\s+)?(?:and\s+)?"
)
_IN_A_ROW = re.compile(r"(?i)(?:,|,?\s+(?:and|or|&|to|until))\s+(?:on\s+)?")
# What is moved from one time to another is at each of them, not at the days between.
_MOVED = re.compile(
    r"(?i)\b(?:moved?|postponed?|rescheduled?|shift(?:ed)?|changed?|brought|put|pushed|delay(?:ed)?|extend(?:ed)?|deferr?(?:ed)?|"
    r"adjourn(?:ed)?|transfer(?:red)?)\b[^.;]{0,60}$"
)
# A weekday beside a day is that day: "Friday, 21 June", "21 June (Friday)", "yesterday (20 June)".
_WEEKDAY_FIRST = re.compile(r"(?i)(?:,\s*|\s*\(\s*|\s+)(?:the\s+)?")
_WEEKDAY_LAST = re.compile(r"(?i),?\s+a\s+|\s*\(\s*(?:a\s+)?|,\s+(?=\w+(?:[,.;:)]|$))")
# The first of some days of one month: "1 to 5 July", "between 1 and 5 July"; and the last: "July 1-5, 2024".
_DAYS_BEFORE = re.compile(
    rf"(?i)(?<![\w.,/$£€-])(?:(?<=between )(?P<and>{_DAY})\s+and\s+|"
    rf"(?P<to>{_DAY})(?:\s?[-–—]\s?|\s+(?:to|through|until|till)\s+)(?:the\s+)?)$"
)
_DAYS_BEHIND = re.compile(
    rf"(?:[-–—](?P<day>{_DAY})\b(?:,?\s+(?P<year>{_YEAR}))?|"
    rf"\s+(?:to|through|until|till|[-–—])\s+(?P<day2>{_DAY}),?\s+(?P<year2>{_YEAR}))"
)
_YEARS_BEHIND = re.compile(rf"-(?P<year>{_YEAR})\b(?!-)")
# A bare year stands after a word that goes with a time, or before a noun as a name does: "the 2017 accords".
_BEFORE_YEAR = re.compile(
    r"(?i)(?:\b(?:in|since|from|until|till|to|of|by|before|after|during|the|and|between|year|years|early|late|mid|for|"
    r"through|than|a|about|around|all|over|fiscal)[\s-]+|[(–,]\s?|^)$"
)
_REPORTED = re.compile(
    r"(?i)\b(?:sa(?:id|ys?|ying)|told(?: \w+)?|announc(?:e|es|ed|ing)|report(?:s|ed)?|stated|wrote)\s+"
    r"(?:late\s+)?(?:on\s+)?$"
)
# A time that only identifies a thing: "the 2017 accords", "the April 2022 talks", "by 2017 migration accords".
_WHICH = re.compile(r"(?i)(?:\b(the|an?|its|their|this|that|our|his|her)|\b(?:of|by|under|to))\s+$")
_WORD_BEHIND = re.compile(r"[\s-]+([^\W\d_][\w.’'-]*)")


@dataclass(frozen=True, slots=True)
class TimeExpressions:
    """The words for times in a text, found once, to be understood by one date or another.

    Attributes:
        text: the text.
        matches: what was found, in the order of the text.
        language: ISO 639-1 code; None for English.
    """

    text: str
    matches: tuple[re.Match[str], ...] = field(repr=False, compare=False)
    language: str | None = None

    @classmethod
    def of(cls, text: str, language: str | None = None) -> "TimeExpressions":
        """Find the words for times in a text of a language. In other languages than English these are whole dates."""
        if language in (None, "en"):
            return cls(text, tuple(_PATTERN.finditer(text)))
        return cls(text, tuple(CalendarNames.of(language).pattern.finditer(plain_digits(text))), language)

    def times(self, published: str | None) -> tuple[Time, ...]:
        """Understand them by the date of a document.

        Args:
            published: ISO 8601 date, perhaps reduced, or None where unknown: then only whole dates and years are found.

        Returns:
            The times in the order of the text; "from October to March" is one.
        """
        text, base = self.text, span_of(published)
        if self.language is not None:
            return self._dates(base)
        found: list[Time] = []
        before: _Phrase | None = None
        for phrase in _with_years(text, _phrases(self.matches, text)):
            time = phrase.time(text, base)
            if before is not None and _ranged(text, before, phrase):
                earlier = found.pop() if found and found[-1].start == before.start else None
                found += filter(None, _period(text, (before, earlier), (phrase, time)))
            elif time is not None:
                found.append(time)
            before = phrase
        return tuple(found)

    def _dates(self, base: Time | None) -> tuple[Time, ...]:
        """The days, months and years that are named in another language than English."""
        found = ((match, self.named(match, base)) for match in self.matches)
        return tuple(replace(time, start=match.start(), end=match.end()) for match, time in found if time)

    def named(self, match: re.Match[str], base: Time | None) -> Time | None:
        """The time that one of the matches names, as a document of some date means it; None for no time."""
        if self.language is None:
            return _Phrase.of(match).resolved(self.text, base)
        said = CalendarNames.of(self.language).read(match)
        return None if said is None else _named(said, base, self.text, match.start())


@lru_cache(maxsize=1024)
def times_in(text: str, published: str | None, language: str | None = None) -> tuple[Time, ...]:
    """Find the times that a text names, as a document of some date means them; see `TimeExpressions.times`."""
    return TimeExpressions.of(text, language).times(published)


def days_in(text: str, language: str | None = None) -> tuple[date, ...]:
    """The single days that a text names whole; both days of figures that may be read in two ways."""
    return tuple(day for _, days in spelt_days_in(text, language) for day in days)


def spelt_days_in(text: str, language: str | None = None) -> list[tuple[re.Match[str], tuple[date, ...]]]:
    """Find the days that a text names whole: the words that name each, and the days that they may mean."""
    found = []
    expressions = TimeExpressions.of(text, language)
    for match in expressions.matches:
        days: tuple[date, ...] = ()
        if expressions.language is None and match["slashed"]:
            days = slashed_days(match["slashed"])
        elif (time := expressions.named(match, None)) is not None and time.first == time.last:
            days = (time.first,)
        if days:
            found.append((match, days))
    return found


def identifies_thing(text: str, time: Time) -> bool:
    """Whether a time only identifies a thing: "the 2017 accords"."""
    before, behind = search_before(_WHICH, text, time.start), _WORD_BEHIND.match(text, time.end)
    if before is None or behind is None or term_of(behind[1]) in FUNCTION_TERMS:
        return False
    return before[1] is not None or behind[1].islower()


def not_since(text: str, time: Time) -> bool:
    """Whether a text says that nothing happened since a time, or the first time since: "not held since 2018"."""
    return search_before(_NOT_SINCE, text, time.start) is not None


def counts_from_event(text: str, time: Time) -> bool:
    """Whether a time is of what something else is counted from: "since Biden took office last year"."""
    return search_before(_SINCE_ANOTHER, text, time.start) is not None


def event_times(times: Sequence[Time]) -> Sequence[Time]:
    """Of some times those at which something was so, not only said; all if there are no others."""
    return [time for time in times if not time.reported] or times


def nearest(times: Iterable[Time], place: int) -> Time | None:
    """The time that is named nearest to a place in the text."""
    return min(times, key=lambda time: max(time.start - place, place - time.end, 0), default=None)


Groups = dict[str, str]


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Words that name one time, with a weekday that stands beside a day.

    Attributes:
        groups: what the words say, by the groups of `_PATTERN`; `on` is the weekday, `from` and `until` a day or year.
        at: where the words that `_PATTERN` found start.
        start: first character of all of them.
        end: one past the last.
    """

    groups: Groups
    at: int
    start: int
    end: int

    @classmethod
    def of(cls, match: re.Match[str]) -> "_Phrase":
        groups = {name: value for name, value in match.groupdict().items() if value}
        return cls(groups, match.start(), match.start(), match.end())

    @property
    def is_day(self) -> bool:
        """Whether it names a day of a month."""
        return any(name in self.groups for name in _DAY_KINDS)

    @property
    def lacks_year(self) -> bool:
        """Whether it names a day or a month, but not its year."""
        return any(name in self.groups for name in ("day1", "day2", "month8")) and not self.year

    @property
    def year(self) -> str:
        """The year that it names beside the day or month; empty for none."""
        return next((self.groups[name] for name in ("year1", "year2", "year3") if name in self.groups), "")

    def in_year(self, year: int | str) -> "_Phrase":
        """The same day or month in a year."""
        name = "year1" if "day1" in self.groups else "year2" if "day2" in self.groups else "year3"
        month = {"month3": self.groups["month8"]} if "month8" in self.groups else {}
        kept = {name: value for name, value in self.groups.items() if name != "month8"}
        return replace(self, groups={**kept, **month, name: str(year)})

    def time(self, text: str, base: Time | None) -> Time | None:
        """The days that it names, as a document of some date means it, with their place; None for no time."""
        time = self.resolved(text, base)
        if time is None:
            return None
        since = search_before(_SINCE, text, self.start) is not None
        reported = search_before(_REPORTED, text, self.start) is not None
        return replace(time, start=self.start, end=self.end, since=since, reported=reported)

    def resolved(self, text: str, base: Time | None) -> Time | None:
        """The days that it names; None for no time."""
        if _recurs(self.groups, text, self):
            return None
        for name, resolve in _RESOLVERS.items():
            if name in self.groups:
                try:
                    return resolve(self.groups, base, text, self.at)
                except (ValueError, OverflowError):
                    return None
        return None


def _phrases(matches: Iterable[re.Match[str]], text: str) -> list[_Phrase]:
    """The words for times, those that name one time together as one."""
    found: list[_Phrase] = []
    for match in matches:
        if found and match.start() < found[-1].end:
            continue  # the year of "July 1-5, 2024"
        phrase = _after_weekday(_Phrase.of(match), found, text)
        if found and found[-1].is_day and _names_weekday(phrase):
            beside = _WEEKDAY_LAST.match(text, found[-1].end)
            if beside and beside.end() == phrase.start:
                day = found.pop()
                phrase = replace(day, end=phrase.end, groups=day.groups | _weekday_of(phrase))
        elif "day1" in phrase.groups and (days := search_before(_DAYS_BEFORE, text, phrase.start)):
            if not found or found[-1].end <= days.start():
                first = days["and"] or days["to"]
                phrase = replace(phrase, start=days.start(), groups=phrase.groups | {"from": first})
                phrase = _after_weekday(phrase, found, text)
        elif "day2" in phrase.groups and not phrase.year and (days := _DAYS_BEHIND.match(text, phrase.end)):
            year = days["year"] or days["year2"]
            phrase = replace(phrase, end=days.end(), groups=phrase.groups | {"until": days["day"] or days["day2"]})
            phrase = phrase.in_year(year) if year else phrase
        elif "year" in phrase.groups and (last := _YEARS_BEHIND.match(text, phrase.end)):
            phrase = replace(phrase, end=last.end(), groups=phrase.groups | {"until": last["year"]})
        found.append(phrase)
    return found


def _after_weekday(phrase: _Phrase, found: list[_Phrase], text: str) -> _Phrase:
    """A day with the weekday that stands before it, which is taken from what was found."""
    if not (found and phrase.is_day and _names_weekday(found[-1])):
        return phrase
    if _WEEKDAY_FIRST.fullmatch(text, found[-1].end, phrase.start) is None:
        return phrase
    weekday = found.pop()
    on = {} if "from" in phrase.groups else _weekday_of(weekday)
    return replace(phrase, start=weekday.start, groups=phrase.groups | on)


def _names_weekday(phrase: _Phrase) -> bool:
    return not phrase.is_day and ("weekday" in phrase.groups or "dayword" in phrase.groups)


def _weekday_of(phrase: _Phrase) -> Groups:
    return {"on": phrase.groups["weekday"]} if "weekday" in phrase.groups else {}


def _with_years(text: str, phrases: list[_Phrase]) -> list[_Phrase]:
    """Days and months in a row, each with the year that the last one has: "on 1 July and 30 September 2024"."""
    for place in range(len(phrases) - 2, -1, -1):
        one, following = phrases[place], phrases[place + 1]
        alike = one.is_day == following.is_day and one.lacks_year and following.year
        if alike and _IN_A_ROW.fullmatch(text, one.end, following.start) and not _ranged(text, one, following):
            phrases[place] = one.in_year(following.year)
    return phrases


def _ranged(text: str, earlier: _Phrase, later: _Phrase) -> bool:
    """Whether two times are the first and last of a period: "from 1 July to 30 September", "May – June 2024"."""
    joined = _TO.fullmatch(text, earlier.end, later.start)
    if joined is None or _names_weekday(earlier) != _names_weekday(later):
        return False
    said = search_before(_FROM, text, earlier.start)
    if joined["word"] == "and" and not (said and said["word"].lower() == "between"):
        return False
    if said is None and (_names_weekday(earlier) or not (joined["dash"] or (earlier.is_day and later.is_day))):
        return False
    return search_before(_MOVED, text, earlier.start) is None


def _period(
    text: str, earlier: tuple[_Phrase, Time | None], later: tuple[_Phrase, Time | None]
) -> tuple[Time | None, ...]:
    """A period of two times, of which one may tell the year of the other; both if it would end before it begins."""
    (first, begins), (last, ends) = earlier, later
    if first.lacks_year and ends and (not last.lacks_year or begins is None):
        begins = _last_before(first, ends, text)
    elif last.lacks_year and begins:
        ends = _first_after(last, begins, text)
    if begins is None or ends is None or begins.first > ends.last:
        return begins, ends
    return (replace(ends, first=begins.first, start=begins.start),)


def _last_before(phrase: _Phrase, end: Time, text: str) -> Time | None:
    years = (end.last.year, end.last.year - 1)
    found = (phrase.in_year(year).time(text, None) for year in years)
    return next((time for time in found if time and time.first <= end.last), None)


def _first_after(phrase: _Phrase, begin: Time, text: str) -> Time | None:
    years = (begin.first.year, begin.first.year + 1)
    found = (phrase.in_year(year).time(text, None) for year in years)
    return next((time for time in found if time and time.last >= begin.first), None)


def _named(said: NamedDay, base: Time | None, text: str, at: int) -> Time | None:
    """The days of a date in another language, as a document of some date means them."""
    try:
        year = said.year or _year_meant(base, said.month, said.day or None, text, at)
        if not year:
            return None
        if said.day:
            return _one(date(year, said.month, said.day))
        return months(year, said.month, 1) if said.month else months(year, 1, 12)
    except ValueError:
        return None


def _recurs(groups: Groups, text: str, phrase: _Phrase) -> bool:
    """Whether a day or month without a year is named as one that comes again."""
    if not any(name in groups for name in _RECURRING_KINDS) or phrase.year:
        return False
    before = _RECURRING_BEFORE.search(text, max(0, phrase.start - 60), phrase.start)
    if before is not None or _RECURRING_BEHIND.match(text, phrase.end) is not None:
        return True
    if "weekday" not in groups:
        return False
    sentence = _sentence_around(text, phrase.start)
    in_range = any(groups["weekday"] in found[0] for found in _WEEKDAY_RANGE.finditer(sentence))
    return in_range and not _PAST.search(sentence) and not _FUTURE.search(sentence)


def _iso(groups: Groups, _base: Time | None, _text: str, _at: int) -> Time | None:
    return span_of(groups["iso"])


def _dotted(groups: Groups, _base: Time | None, _text: str, _at: int) -> Time | None:
    day, month, year = map(int, groups["dotted"].split("."))
    return _one(date(year, month, day))


def _slashed(groups: Groups, _base: Time | None, _text: str, _at: int) -> Time | None:
    """The day that figures with strokes name; their year where they may be read in two ways."""
    days = slashed_days(groups["slashed"])
    return _one(days[0]) if len(days) == 1 else span_of(groups["slashed"][-4:])


def _day(groups: Groups, base: Time | None, text: str, at: int) -> Time | None:
    n = "1" if "day1" in groups else "2"
    month, day = month_number(groups[f"month{n}"]), _number(groups[f"day{n}"])
    year = (
        groups.get(f"year{n}")
        or _year_on(base, month, day, groups.get("on", ""))
        or _year_meant(base, month, day, text, at)
    )
    if not year:
        return None
    first, last = (date(int(year), month, _number(groups.get(end, str(day)))) for end in ("from", "until"))
    return Time(first, last) if first <= last else _one(date(int(year), month, day))


def _number(figures: str) -> int:
    """The number of a day such as "21st"."""
    return int(re.sub(r"\D", "", figures))


def _year_on(base: Time | None, month: int, day: int, weekday: str) -> int | None:
    """The year, near a document's own, in which a day falls on a weekday; None if the day is near anyway.

    A writer errs on the weekday of a day about now more often than they name a day of another year without that year.
    """
    if base is None or not weekday:
        return None
    years = [base.first.year + step for step in (0, -1, 1)]
    if any(abs(date(year, month, min(day, 28)) - base.first) <= _CLOSE for year in years):
        return None
    number = WEEKDAYS.index(weekday.lower())
    return next((year for year in years if _falls_on(year, month, day, number)), None)


def _falls_on(year: int, month: int, day: int, weekday: int) -> bool:
    return day <= monthrange(year, month)[1] and date(year, month, day).weekday() == weekday


def _month_of_year(groups: Groups, _base: Time | None, _text: str, _at: int) -> Time:
    return months(int(groups["year3"]), month_number(groups["month3"]), 1)


def _part_of_year(groups: Groups, _base: Time | None, _text: str, _at: int) -> Time:
    if "quarter" in groups:
        return months(int(groups["year5"]), 3 * int(groups["quarter"]) - 2, 3)
    length = 3 if groups["partof"].lower() == "quarter" else 6
    number = ORDINALS.index(groups["part"].lower())
    return months(int(groups["year4"]), 1 + number * length, length)


def _season(groups: Groups, _base: Time | None, _text: str, _at: int) -> Time:
    return months(int(groups["year6"]), SEASONS[groups["season"].lower()], 3)


def _decade(groups: Groups, _base: Time | None, _text: str, _at: int) -> Time:
    year = int(groups["decade"])
    return Time(date(year, 1, 1), date(year + 9, 12, 31))


def _relative(groups: Groups, base: Time | None, _text: str, _at: int) -> Time | None:
    if base is None:
        return None
    step = {"last": -1, "past": -1, "this": 0, "next": 1}[groups["which"].lower()]
    unit, day = groups["unit"].lower(), base.first
    if unit == "year":
        return months(day.year + step, 1, 12) if day.year == base.last.year else None
    if unit == "month":
        return months(day.year, day.month + step, 1) if _same_month(base) else None
    if unit == "week":
        monday = day - timedelta(day.weekday()) + timedelta(7 * step)
        return Time(monday, monday + timedelta(6)) if base.first == base.last else base
    season = months(day.year, SEASONS[unit], 3)
    return months(day.year + (step if (step < 0) == (season.last >= day) else 0), SEASONS[unit], 3)


def _month_alone(groups: Groups, base: Time | None, text: str, at: int) -> Time | None:
    name = groups.get("month7") or groups["month8"]
    if "month8" in groups and name.lower() in _VERBS and not search_before(_PLACED, text, at):
        return None
    month = month_number(name)
    step = {"last": -1, "next": 1}.get(groups.get("which2", "").lower(), 0)
    if step and base and _same_month(base):
        this_year = (month - base.first.month) * step > 0
        return months(base.first.year + (0 if this_year else step), month, 1)
    year = _year_meant(base, month, None, text, at)
    return months(year, month, 1) if year else None


def _weekday(groups: Groups, base: Time | None, text: str, at: int) -> Time | None:
    if base is None or base.first != base.last:
        return base  # some day of the month or year that the document is of
    number = WEEKDAYS.index(groups["weekday"].lower())
    which = groups.get("which3", "").lower()
    ahead = which == "next" or (which != "last" and _FUTURE.search(text, max(0, at - 80), at) is not None)
    days = (number - base.first.weekday()) % 7 if ahead else -((base.first.weekday() - number) % 7)
    if (which == "last" and days == 0) or (which == "next" and days == 0):
        days = 7 if ahead else -7
    return _one(base.first + timedelta(days))


def _day_word(groups: Groups, base: Time | None, _text: str, _at: int) -> Time | None:
    if base is None or base.first != base.last:
        return base
    return _one(base.first + timedelta(DAY_WORDS[groups["dayword"].lower()]))


def _ago(groups: Groups, base: Time | None, _text: str, _at: int) -> Time | None:
    if base is None:
        return None
    count, unit = whole_number(groups["number"]), groups["ago"].lower()
    if unit in _AGO_DAYS:
        return _one(base.first - timedelta(count * _AGO_DAYS[unit])) if base.first == base.last else None
    if unit == "month":
        return months(base.first.year, base.first.month - count, 1) if _same_month(base) else None
    return months(base.first.year - count * (10 if unit == "decade" else 1), 1, 12)


def _year(groups: Groups, _base: Time | None, text: str, at: int) -> Time | None:
    if not search_before(_BEFORE_YEAR, text, at):
        return None
    first, last = int(groups["year"]), int(groups.get("until", groups["year"]))
    return months(first, 1, 12 * (last - first + 1)) if first <= last else months(first, 1, 12)


# The first of these groups that took part in a match says what the match is.
_RESOLVERS: dict[str, Callable[[Groups, Time | None, str, int], Time | None]] = {
    "iso": _iso,
    "dotted": _dotted,
    "slashed": _slashed,
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


def _same_month(base: Time) -> bool:
    return (base.first.year, base.first.month) == (base.last.year, base.last.month)


def _year_meant(base: Time | None, month: int, day: int | None, text: str, at: int) -> int | None:
    """The year of a day or month that is named without: the document's own or one next to it.

    Texts tell mostly of what has been: what would lie more than `_AHEAD` ahead was a year before. A sentence about the
    future, or a limit ("by October"), means the next such time. None if it would be long past, but nothing says so.
    """
    if base is None or base.first.year != base.last.year:
        return None
    here = base.last
    if not _same_month(base):
        return here.year
    years = (here.year + 1, here.year, here.year - 1)
    near = next(year for year in years if date(year, month, min(day or 15, 28)) - here <= _AHEAD)
    sentence = _sentence_around(text, at)
    ahead = _UNTIL.search(text, max(0, at - 60), at) or _FUTURE.search(sentence) or _AHEAD_VERB.search(sentence)
    past = _PAST.search(sentence)
    if ahead and not past:
        is_over = (month, day or base.last.day) < (here.month, base.first.day)
        return here.year + is_over
    is_long_past = here - date(near, month, min(day or 15, 28)) > _AHEAD
    is_whole = len(sentence.split()) >= _FEWEST_WORDS
    return None if is_long_past and is_whole and (ahead or not past) else near


def _sentence_around(text: str, at: int) -> str:
    """The sentence that a place is in, or the part of it near the place."""
    first = max(0, at - _LOOK_AROUND)
    start = max((stop.end() for stop in _SENTENCE_END.finditer(text, first, at)), default=first)
    stop = _SENTENCE_END.search(text, at, at + _LOOK_AROUND)
    return text[start : stop.end() if stop else at + _LOOK_AROUND]

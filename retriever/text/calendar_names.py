"""Days in words in other languages than English: "3. März 2021", "3 de marzo de 2021", "令和3年3月3日".

In: a text in a language. Out: what it says of each day or month, as numbers. One decision: only the names of months
come from a list, Unicode's CLDR by way of babel, and the eras of Japan and Taiwan, which babel lacks.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from .tokens import fold

_ERAS = {"明治": 1868, "大正": 1912, "昭和": 1926, "平成": 1989, "令和": 2019, "民國": 1912, "民国": 1912}
"""Era -> its first year, which is also spelt 元年."""

_SPAN = r"[間间前来來以多]|[的の](?:歷|历|歴)|\s?(?:동안|전)"  # 1500年前: so many years, and not that year

_YEAR = r"(?:1[5-9]|20)\d\d(?![\d%])(?![.,]\d)"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_LINK = r"(?:d(?:[^\W\d_]{0,2}\s+|['’]))?"  # de, del, di, d’
_ORDINAL = r"(?:\.|º|ª|°|-?[^\W\d_]{1,2})?"  # 3., 1er, 1º, 3-го
_BEFORE_MONTH = re.compile(r"(?:^|\s)(?:[^\W\d_]{1,4}\s+|[^\W\d_]{1,2}['’])$")
_BEFORE_YEAR = re.compile(r"(?:^|\s)[^\W\d_]{1,3}\s+$|\(\s?$")


@dataclass(frozen=True, slots=True)
class NamedDay:
    """What words say of a day; each number is 0 where they do not say it."""

    year: int
    month: int = 0
    day: int = 0


@dataclass(frozen=True, slots=True)
class CalendarNames:
    """The names of the months in a language, and what finds days in it.

    Attributes:
        months: name, in lower case and without accents -> number from 1.
        full: the full names, one a month.
        pattern: finds days, months and years.
    """

    months: Mapping[str, int]
    full: tuple[str, ...]
    pattern: re.Pattern[str]

    @classmethod
    @cache
    def of(cls, language: str) -> "CalendarNames":
        """The names in a language, by its ISO 639-1 code; none where they are not known."""
        from babel import UnknownLocaleError
        from babel.dates import get_month_names  # 40 ms

        try:
            wide, *others = (
                [_last_word(get_month_names(width, context, language)[number]) for number in range(1, 13)]
                for width in ("wide", "abbreviated")
                for context in ("format", "stand-alone")
            )
        except UnknownLocaleError:
            wide, others = [], []
        months: dict[str, int] = {}
        spelt: set[str] = set()
        for names in (wide, *others):
            for number, (name, known) in enumerate(zip(names, wide, strict=True), 1):
                # Where a language has no other names for this, babel 2.18 may give those of a language loaded before.
                if len(name) > 2 and name.isalpha() and fold(name)[0] == fold(known)[0]:
                    months.setdefault(fold(name), number)
                    spelt |= {name, fold(name), unicodedata.normalize("NFD", name)}
        return cls(months, tuple(wide), _pattern(spelt))

    def spellings(self, year: int, month: int, day: int) -> str:
        """The ways in which texts of the language write a day, one after the other."""
        figures = f"{day:02}.{month:02}.{year} {day}.{month}.{year} {day:02}/{month:02}/{year}"
        return f"{figures} {day} {self.full[month - 1]}" if self.full else figures

    def read(self, match: re.Match[str]) -> NamedDay | None:
        """What words that `pattern` found say; None if they are no time after all."""
        text, kind = match.string, match.lastgroup
        if match["iso"]:
            return NamedDay(*map(int, match["iso"].split("-")))
        if match["letters"]:
            return _in_letters(match)
        if match["figures"]:
            day, month, year = map(int, re.findall(r"\d+", match[0]))
            return NamedDay(year, month, day)
        if match["month1"]:
            return NamedDay(int(match["year1"] or 0), self._number(match["month1"]), int(match["day1"]))
        if match["month2"]:
            return NamedDay(int(match["year2"]), self._number(match["month2"]), int(match["day2"]))
        if match["month3"]:
            return NamedDay(int(match["year3"]), self._number(match["month3"]))
        start = match.start()
        if match["month4"]:
            is_placed = len(match["month4"]) > 3 and _BEFORE_MONTH.search(text, max(0, start - 9), start)
            return NamedDay(0, self._number(match["month4"])) if is_placed else None
        is_placed = kind is not None and _BEFORE_YEAR.search(text, max(0, start - 9), start)
        return NamedDay(int(match["year"])) if is_placed else None

    def _number(self, name: str) -> int:
        return self.months[fold(name)]


def _in_letters(match: re.Match[str]) -> NamedDay:
    """What a date in Chinese, Japanese or Korean says, its year counted in an era or not."""
    year, month, day = (int(match[name] or 0) for name in ("year0", "month0", "day0"))
    if match["era"]:
        year = _ERAS[match["era"]] - 1 + (1 if match["count"] == "元" else int(match["count"]))
    return NamedDay(year, month or int(match["month5"] or 0), day or int(match["day5"] or 0))


def _last_word(name: str) -> str:
    """A month's name without the word before it, as in Catalan "d’abril", and without its stop."""
    return re.split(r"[\s'’]", name.rstrip("."))[-1].lower()


def _pattern(spelt: set[str]) -> re.Pattern[str]:
    """What finds days in a language whose months have these names."""
    month = "|".join(sorted(map(re.escape, spelt), key=len, reverse=True)) or "(?!)"
    return re.compile(
        rf"""(?xi)
          (?<![\w./-])(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})(?![\w-])
        | (?<!\d)(?P<letters>
            (?:(?P<era>{"|".join(_ERAS)})\s?(?P<count>元|\d{{1,3}})|(?P<year0>{_YEAR}))\s?[年년](?!{_SPAN})
            (?:\s?(?P<month0>\d{{1,2}})\s?[月월](?:\s?(?P<day0>\d{{1,2}})\s?[日号號일])?)?
          | (?P<month5>\d{{1,2}})\s?[月월]\s?(?P<day5>\d{{1,2}})\s?[日号號일])
        | (?<![\w./-])(?P<figures>{_DAY}(?:\.\s?\d{{1,2}}\.\s?|/\d{{1,2}}/|-\d{{1,2}}-){_YEAR})(?![\w/]|[.-]\d)
        | (?<![\d.,/])(?P<day1>{_DAY}){_ORDINAL}\s+{_LINK}(?P<month1>{month})(?![\w-])
          \.?(?:,?\s+{_LINK}(?P<year1>{_YEAR}))?
        | \b(?P<year2>{_YEAR})\.?\s+(?P<month2>{month})\s+(?P<day2>{_DAY})\b
        | \b(?P<month3>{month})(?!\w)\.?,?\s+{_LINK}(?P<year3>{_YEAR})
        | \b(?P<month4>{month})(?![\w-])
        | (?<![\d.,$£€-])\b(?P<year>{_YEAR})\b(?!\s?[€$£])
        """
    )

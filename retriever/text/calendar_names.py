"""Days in words in other languages than English: "3. März 2021", "3 de marzo de 2021", "2021年3月3日".

In: a text in a language. Out: what it says of each day or month, as numbers. One decision: only the names of months
come from a list, Unicode's CLDR by way of babel.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from .tokens import fold

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
        if match["iso"] or match["letters"]:
            return NamedDay(*map(int, re.findall(r"\d+", match[0])))
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


def _last_word(name: str) -> str:
    """A month's name without the word before it, as in Catalan "d’abril", and without its stop."""
    return re.split(r"[\s'’]", name.rstrip("."))[-1].lower()


def _pattern(spelt: set[str]) -> re.Pattern[str]:
    """What finds days in a language whose months have these names."""
    month = "|".join(sorted(map(re.escape, spelt), key=len, reverse=True)) or "(?!)"
    return re.compile(
        rf"""(?xi)
          (?<![\w./-])(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})(?![\w-])
        | (?<!\d)(?P<letters>{_YEAR}\s?[年년]\s?\d{{1,2}}\s?[月월](?:\s?\d{{1,2}}\s?[日일])?)
        | (?<![\w./-])(?P<figures>{_DAY}(?:\.\s?\d{{1,2}}\.\s?|/\d{{1,2}}/|-\d{{1,2}}-){_YEAR})(?![\w/]|[.-]\d)
        | (?<![\d.,/])(?P<day1>{_DAY}){_ORDINAL}\s+{_LINK}(?P<month1>{month})(?![\w-])
          \.?(?:,?\s+{_LINK}(?P<year1>{_YEAR}))?
        | \b(?P<year2>{_YEAR})\.?\s+(?P<month2>{month})\s+(?P<day2>{_DAY})\b
        | \b(?P<month3>{month})(?!\w)\.?,?\s+{_LINK}(?P<year3>{_YEAR})
        | \b(?P<month4>{month})(?![\w-])
        | (?<![\d.,$£€-])\b(?P<year>{_YEAR})\b(?!\s?[€$£])
        """
    )

"""Dates in metadata and in the first lines of a text -> ISO 8601 dates, perhaps reduced (`2022-04`, `2022`).

Nothing is guessed and nothing depends on today. Dates without a year are left out, and so are dates that two
countries read differently, such as 03/04/2022.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parsedate

from ..text.calendar import MONTHS, month_number

LONGEST_DATE_CHARACTERS = 80
"""A longer text is a sentence; the longest date seen in metadata, with weekday, time and zone, has 60."""

DATELINE_LINES = 8
"""Lines at the top of a news text that may hold its date: headline, standfirst, byline, place."""

LONGEST_STATED = 500
"""Characters of a line in which the words of `_STATED` are looked for."""

LONGEST_DATELINE_WORDS = 12
"""A line with only author and date is shorter; most sentences that mention a date are longer."""

_MONTH = "|".join((*MONTHS, "sept\\.?", *(rf"{name[:3]}\.?" for name in MONTHS)))
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"

_DASHED = re.compile(
    r"(?P<year>\d{4})(?:(?P<mark>[-/.])(?P<month>\d{1,2})(?:(?P=mark)(?P<day>\d{1,2}))?)?(?:[Tt\s+Z].*)?"
)
"""ISO 8601 with its marks, and 2022/04/21; then perhaps a time."""

_COMPACT = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:T?\d{6}|T\d{4})?(?:[Z.+-].*)?")
"""ISO 8601 without marks: 20220421T103000Z."""

_PDF = re.compile(r"D:(?P<year>\d{4})(?P<month>\d{2})?(?P<day>\d{2})?.*")
_EAST_ASIAN = re.compile(r"(?P<year>\d{4})\s?[年년]\s?(?P<month>\d{1,2})\s?[月월](?:\s?(?P<day>\d{1,2})\s?[日일])?.*")

_WORDS = re.compile(
    rf"""(?ix) {_WEEKDAY}
    (?: (?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?[\s-]+(?:of\s+)?(?P<month>{_MONTH})[\s,-]+(?P<year>\d{{4}})
      | (?P<month2>{_MONTH})\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?[\s,]+(?P<year2>\d{{4}})
      | (?P<month3>{_MONTH})[\s,]+(?P<year3>\d{{4}}) )
    (?!\d)"""
)
"""English dates: 21 April 2022, April 21, 2022, Apr. 2022, with or without the weekday."""

_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)")
_PUBLISHED = re.compile(
    r"(?i)\b(?:(?:first\s+)?published|posted|filed|issued|released|adopted|dated|date(?!\s+of\b))\b(?:\s+on)?\s*:?\s*"
)
_NAME = r"[^\W\d_a-zß-öø-ÿ][\w.’'&-]*|(?:of|for|the|and|de|der|du|la|le|van|von|&)(?=\s)"
NAMES = re.compile(rf"(?:{_NAME})(?:\s+(?:{_NAME}))*")
"""Words that begin with capitals, and small ones between them: "Ministry of Health"."""

_STATED = re.compile(
    r"(?:^|[^\w\s]\s*|\s)(?:Filed|FILED|Published|PUBLISHED|Issued|ISSUED|Released|RELEASED)"
    rf"(?:\s+by\s+{NAMES.pattern},?)?(?:\s+[Oo]n)?\s*:?\s+(?=\d|[A-Z])"
)
"""Words at which a document states its date, in a line of any length."""

_DOCUMENT = (
    r"(?:agreement|announcement|article|bulletin|circular|contract|decision|document|edition|form|guide|issue|letter|list|"
    r"manual|memo|memorandum|newsletter|notice|order|page|paper|policy|regulation|release|report|rules?|statement|text|"
    r"version)"
)
_OWN = re.compile(
    rf"(?i)(?:\bthis\s+(?:\w+\s)?{_DOCUMENT},?\s+(?:was\s+|is\s+)?(?:first\s+)?(?:issued|published|released|filed|posted|dated)"
    r"|(?:^|[,;(|·–—-]\s*)(?:issued|published|released|posted|dated))\s+(?:on\s+)?(?=\d|[A-Z])"
)
"""The same in a sentence, such as "This notice was issued 3 January 2022" or "Circular 4, issued 3 January 2022"."""

_LABEL = re.compile(
    r"(?i)(?:(?:issue\s+|publication\s+)?date(?:\s+of\s+(?:issue|publication))?|dated|datum|fecha|data|dato|päivämäärä|дата|"
    r"tarih|dátum|ημερομηνία|日付|日期|날짜)\s*[:：–—-]\s*(?=\S)"
)
"""Words before a document's own date at the start of a line, in the languages that `iso_date` reads."""

_MARKUP = re.compile(r"^[#>\s]+(?=\S)|[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}")
_ISO_DAY = re.compile(r"(?<![\w-])\d{4}-\d{2}-\d{2}(?![\w-])")
_BEFORE_DAY = re.compile(r"(?:[,;|·•/(]|\s[–—-])\s*$")
_BYLINE = re.compile(r"(?i:(?:(?:words|text|story|report|written|reported|edited)\s+)?by)\s+(?=[^\W\d_a-z])")
_PARTED = re.compile(r"\s*[,;|·•/()]\s*|\s+[–—-]\s+|\.\s+(?=(?:[Ww]ritten |[Tt]ext )?[Bb]y\s)")

_CHANGED = re.compile(r"(?i)\b(?:updated|modified|changed|edited|accessed|retrieved|birth|born|death|died)\b")
_PLACE = re.compile(r"[^\W\d_a-z][^a-z\n(]{2,40}(?:,\s[^\n\d,()]{2,20})?,\s")
_DASH = re.compile(r"[.,]?\s*(?:\([^()\n]{2,40}\)\s*)?[-–—]")


_LANGUAGES = "de fr es it pt nl pl cs sv da nb fi ru uk tr hu ro el id".split()
"""Languages with their own names of months; with all its 200, dateparser needs seconds to find that none fits."""


def iso_date(text: str) -> str | None:
    """Read a date as metadata writes it.

    Args:
        text: ISO 8601 or RFC 2822, a PDF's date, or words in English or another language ("21. Mai 2022"), perhaps
            with a time and zone. The day is the one written, in the zone it was written in.

    Returns:
        ISO 8601 date, reduced if the month or the day is missing; None if it is not a date, has no year, or can be
        read in two ways.
    """
    text = " ".join(text.split())
    if not text or len(text) > LONGEST_DATE_CHARACTERS:
        return None
    for pattern in (_DASHED, _COMPACT, _PDF, _EAST_ASIAN):
        if numbers := pattern.fullmatch(text):
            return _make_date(numbers["year"], numbers["month"], numbers["day"])
    if found := _WORDS.match(text):
        return _from_words(found)
    if found := _YEAR_LAST.match(text):
        return _year_last(int(found[1]), int(found[3]), found[4])
    fields = _rfc_2822(text)
    return _make_date(*fields) if fields else _in_another_language(text)


def dateline(text: str) -> str | None:
    """Find the day on which a news text was published, if one of its first lines names it.

    Args:
        text: the text from its start.

    Returns:
        ISO 8601 date of "Published April 21, 2022", "WASHINGTON, April 21, 2022 (Reuters) - ..." or a line that is
        little more than a date; None if no line has a day with its year, or if one line names several.
    """
    return next(filter(None, map(_dateline, first_lines(text))), None)


@dataclass(frozen=True, slots=True)
class Imprint:
    """A line of names and a day: "The Varn Gazette, 4 March 2024. By Ann Ames".

    Attributes:
        day: ISO 8601 date.
        names: who or what else it names, without bylines.
    """

    day: str
    names: tuple[str, ...]


def first_lines(text: str) -> list[str]:
    """The lines at the top of a text in which its date and publisher may stand, without the marks of Markdown."""
    lines = (_MARKUP.sub("", line).strip() for line in text[:5_000].splitlines())
    return [line for line in lines if line][:DATELINE_LINES]


def imprint(line: str) -> Imprint | None:
    """What a line says that is only names, bylines and one day; None for any other line."""
    found = [*_WORDS.finditer(line), *_ISO_DAY.finditer(line)] if len(line) <= LONGEST_STATED else []
    if len(found) != 1 or (day := _first_date(found[0][0])) is None:
        return None
    before, after = line[: found[0].start()], line[found[0].end() :].rstrip(" .")
    if (before and not _BEFORE_DAY.search(before)) or (after and not _PARTED.match(after)):
        return None
    parts = [part.strip(" .") for side in (before, after) for part in _PARTED.split(side)]
    if not all(NAMES.fullmatch(_BYLINE.sub("", part, count=1)) for part in parts if part):
        return None
    return Imprint(day, tuple(part for part in parts if part and not _BYLINE.match(part)))


def _dateline(line: str) -> str | None:
    if stated := _STATED.search(line[:LONGEST_STATED]):
        return _first_date(line[stated.end() :])
    if (own := _OWN.search(line[:LONGEST_STATED])) and (own[0].lower().startswith("this") or _ends_in_date(line, own)):
        return _first_date(line[own.end() :])
    if label := _LABEL.match(line):
        labelled = iso_date(line[label.end() :].rstrip(" ."))
        return labelled if labelled and len(labelled) > len("2022") else None
    place = _PLACE.match(line)
    if place and (found := _WORDS.match(line, place.end())) and _DASH.match(line, found.end()):
        return _with_day(_from_words(found))
    if not _CHANGED.search(line) and (named := imprint(line)):
        return named.day
    if len(line.split()) > LONGEST_DATELINE_WORDS or line.endswith((".", "?", "!")):
        return None
    if (said := _PUBLISHED.search(line)) and (first := _first_date(line[said.end() :])):
        return first
    if _CHANGED.search(line):
        return None
    dates = {_with_day(_from_words(each)) for each in _WORDS.finditer(line)}
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}(?:[T\s]\d{2}:\d{2}.*)?", line):
        dates.add(_with_day(iso_date(line)))
    return dates.pop() if len(dates) == 1 else None


def _ends_in_date(line: str, said: re.Match[str]) -> bool:
    """Whether nothing comes after a date: else it may be that of another thing, which the line tells about."""
    found = _WORDS.match(line, said.end())
    return found is not None and not line[found.end() :].strip(" .)")


def _first_date(text: str) -> str | None:
    """The day at the start of a text."""
    if words := _WORDS.match(text):
        return _with_day(_from_words(words))
    numbers = re.match(r"[\d/.-]+", text)
    return _with_day(iso_date(numbers[0])) if numbers else None


def _with_day(found: str | None) -> str | None:
    """A date if it has a day, else None."""
    return found if found and len(found) == len("2022-04-21") else None


def _from_words(found: re.Match[str]) -> str | None:
    month = found["month"] or found["month2"] or found["month3"]
    year = found["year"] or found["year2"] or found["year3"]
    return _make_date(year, month_number(month), found["day"] or found["day2"])


def _year_last(first: int, second: int, year: str) -> str | None:
    """21/04/2022 or 04/21/2022, if only one reading is possible."""
    readings = {_make_date(year, month, day) for month, day in ((first, second), (second, first))} - {None}
    return readings.pop() if len(readings) == 1 else None


def _rfc_2822(text: str) -> tuple[int, int, int] | None:
    fields = parsedate(text) if re.search(r"\d{4}", text) else None
    return fields[:3] if fields else None


def _in_another_language(text: str) -> str | None:
    """Read a date in words with dateparser, which is imported only here because it loads slowly."""
    if not re.search(r"(?<!\d)\d{4}(?!\d)", text) or not re.search(r"[^\W\d_]{2}", text):
        return None
    from dateparser import parse

    for parts, length in ((["day", "month", "year"], 10), (["month", "year"], 7)):
        found = parse(
            text,
            languages=_LANGUAGES,
            settings={
                "PARSERS": ["absolute-time"],
                "REQUIRE_PARTS": parts,
                "RELATIVE_BASE": datetime(2000, 1, 1),
                "RETURN_AS_TIMEZONE_AWARE": False,
            },
        )
        if found is not None:
            return str(found.date())[:length]
    return None


def _make_date(year: str | int, month: str | int | None, day: str | int | None) -> str | None:
    """The date made of its parts, or None if there is no such day."""
    try:
        whole = date(int(year), int(month or 1), int(day or 1)).isoformat()
    except ValueError:
        return None
    return whole[: 10 if day else 7 if month else 4]

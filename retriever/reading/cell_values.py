"""Numbers and times of a sheet -> what its cells show, by their number formats (ECMA-376, part 1, 18.8.31).

A format says what a cell looks like: `0.0%`, `#,##0.00 [$€-407]`, `DD/MM/YYYY`. What a format leaves to the settings of
the reader's machine cannot be known: such dates are given in ISO 8601.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from itertools import pairwise

from ..text.calendar import MONTHS, WEEKDAYS

LONGEST_FORMAT = 255
"""Characters of a format, as in Excel; a longer one is ignored."""

_PART = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_.|\*.|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[[^\]]*\]'
    r"|(?P<general>(?i:general))|(?P<digits>[#0?][#0?,.]*|\.[#0?]+,*)|(?P<other>.)"
)
"""The parts of a number's format."""

_SECTION = re.compile(r'((?:"[^"]*"|\\.|\[[^\]]*\]|[^;])*)(?:;|$)')
_SHOWN_AS_IT_IS = re.compile(r"(?i)@|.*\[[<>=].*|.*/.*|.*0e[+-].*")
"""Formats of numbers that are ignored: text, conditions, fractions and powers of ten."""

_TIME_PART = re.compile(
    r'(?i)"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_.|\*.|\[\$[^\]-]*-(?P<locale>[^\]]*)\]'
    r"|\[(?P<elapsed>h+|m+|s+)\]|(?P<condition>\[[<>=])|\[[^\]]*\]|(?P<half>am/pm|a/p)|(?P<unit>y+|m+|d+|h+|s+)|\.(?P<fraction>0+)"
    r"|(?P<letter>[a-z@#0?])|(?P<other>.)"
)
"""The parts of a time's format."""

_OF_THE_MACHINE = ("mm-dd-yy", "m/d/yy h:mm")
"""openpyxl's names of the formats 14 and 22: a program shows them as the machine's settings say."""

_ENGLISH, _PRIMARY_LANGUAGE, _LARGEST_LOCALE = 0x09, 0x3FF, 0xEFFF
"""Windows' numbers of languages; larger ones stand for the machine's own settings, other digits or calendars."""

_SECONDS = {"h": 3600, "m": 60, "s": 1}


def format_number(value: float, number_format: str) -> str:
    """A number as a sheet shows it.

    Args:
        value: the number.
        number_format: the cell's format, such as `#,##0.00` or `0%;[Red]-0%`.

    Returns:
        The number with the separators of the format (a comma for thousands, a stop for decimals), or with up to 15
        digits for other formats.
    """
    if number_format == "General" or len(number_format) > LONGEST_FORMAT:
        return f"{value:.15g}"
    sections = [found[1] for found in _SECTION.finditer(number_format)][:3]
    section = sections[0] if sections else ""
    sign = "-" if value < 0 else ""
    if value < 0 and len(sections) > 1 and sections[1]:
        section, sign = sections[1], ""
    elif value == 0 and len(sections) > 2 and sections[2]:
        section = sections[2]
    parts = list(_PART.finditer(section))
    digits = sum(part["digits"] is not None or part["general"] is not None for part in parts)
    if _SHOWN_AS_IT_IS.fullmatch(section) or digits > 1 or not parts:
        return f"{value:.15g}"
    percent = any(part["other"] == "%" for part in parts)
    number = abs(Decimal(repr(value))) * (100 if percent else 1)
    shown = (
        part["quoted"]
        or part["escaped"]
        or part["currency"]
        or part["other"]
        or (f"{float(number):.15g}" if part["general"] else _digits(number, part["digits"] or ""))
        for part in parts
    )
    return sign + "".join(shown).strip()


def _digits(number: Decimal, pattern: str) -> str:
    """A number that isn't negative by the pattern of its digits, such as `#,##0.0#`; "" without one."""
    if not pattern:
        return ""
    thousands = len(pattern) - len(pattern.rstrip(","))  # each comma at the end drops three digits
    whole, _, decimals = pattern.rstrip(",").partition(".")
    number = number.scaleb(-3 * thousands).quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP)
    integer, _, fraction = f"{number:f}".partition(".")
    while len(fraction) > decimals.count("0") and fraction.endswith("0"):
        fraction = fraction[:-1]
    integer = integer.zfill(whole.count("0"))
    if "," in whole:
        integer = f"{int(integer):,}"
    return f"{integer}.{fraction}" if fraction else integer


def format_time(value: date | time | timedelta, number_format: str) -> str:
    """A day, a time of day or a length of time as a sheet shows it.

    Args:
        value: the time.
        number_format: the cell's format, such as `DD/MM/YYYY` or `[h]:mm`.

    Returns:
        The time by the format; in ISO 8601 where the format leaves the look to the machine, needs the names of another
        language than English, or asks for what the value does not have.
    """
    return "".join(_written(value, *_known_parts(number_format))).strip() or _iso(value)


@lru_cache(1_000)
def _known_parts(number_format: str) -> tuple[Sequence[re.Match[str]], dict[int, str]]:
    """The parts of a time's format, and their units as in `_units`; none if it leaves the look to the machine."""
    section = _SECTION.match(number_format) if len(number_format) <= LONGEST_FORMAT else None
    parts = tuple(_TIME_PART.finditer(section[1])) if section and number_format not in _OF_THE_MACHINE else ()
    units = _units(parts)
    return (parts, units) if _is_known(parts, units) else ((), {})


def _units(parts: Sequence[re.Match[str]]) -> dict[int, str]:
    """The units of time by the place of their part: `M` for minutes, which have the letter of months in a format."""
    named = {place: part["unit"] or part["elapsed"] for place, part in enumerate(parts)}
    units = {place: unit.lower() for place, unit in named.items() if unit}
    letters = [(place, unit[0]) for place, unit in units.items()]
    for (place, letter), (next_place, next_letter) in pairwise(letters):
        if letter == "h" and next_letter == "m":
            units[next_place] = units[next_place].upper()
        elif letter == "m" and next_letter == "s":
            units[place] = units[place].upper()
    return units


def _is_known(parts: Sequence[re.Match[str]], units: dict[int, str]) -> bool:
    """Whether the format says how a time looks on every machine, in figures or in English."""
    named = any(unit.startswith(("mmm", "ddd")) for unit in units.values())
    return bool(units) and all(
        not part["letter"]
        and not part["condition"]
        and (not part["locale"] or _knows_locale(part["locale"], named=named))
        for part in parts
    )


def _knows_locale(locale: str, *, named: bool) -> bool:
    """Whether a locale of a format is English, or any real one if no month or weekday is `named`."""
    try:
        number = int(locale, 16)
    except ValueError:
        return locale.lower().startswith("en") or (not named and not locale.lower().startswith("x-"))
    return number <= _LARGEST_LOCALE and (not named or number & _PRIMARY_LANGUAGE == _ENGLISH)


def _written(value: date | time | timedelta, parts: Sequence[re.Match[str]], units: dict[int, str]) -> list[str]:
    """The parts of a time by its format; none if the value lacks one of them."""
    fraction = next((len(part["fraction"]) for part in parts if part["fraction"]), 0)
    half = next((part["half"] for part in parts if part["half"]), "")
    if isinstance(value, timedelta):
        elapsed, moment = value, None
    elif isinstance(value, time):
        elapsed, moment = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second), None
        elapsed += timedelta(microseconds=value.microsecond)
    else:
        moment = value if isinstance(value, datetime) else datetime.combine(value, time())
        elapsed = moment - datetime.combine(moment.date(), time())
    if elapsed < timedelta() or (any(unit[0] in "ymd" for unit in units.values()) and moment is None):
        return []
    if any(part["elapsed"] for part in parts) and moment is not None:
        return []
    is_rounded = not fraction and any(unit[0] == "s" for unit in units.values())
    whole = (elapsed + timedelta(milliseconds=500 if is_rounded else 0)) // timedelta(seconds=1)
    shown = []
    for place, part in enumerate(parts):
        if part["elapsed"]:
            shown.append(f"{whole // _SECONDS[part['elapsed'][0].lower()]:0{len(part['elapsed'])}}")
        elif place in units:
            shown.append(_clock(whole, units[place], half) or _day(moment, units[place]))
        elif part["half"]:
            late = whole % 86_400 >= 43_200
            shown.append(part["half"].split("/")[late])
        elif part["fraction"]:
            shown.append(f".{elapsed.microseconds:06}"[: 1 + fraction])
        else:
            shown.append(part["quoted"] or part["escaped"] or part["other"] or "")
    return shown


def _clock(seconds: int, unit: str, half: str) -> str:
    """Hours, minutes or seconds of a time of day; "" for a unit of days."""
    if unit[0] not in "hMs":
        return ""
    hour = seconds // 3600 % 24
    figures = {"h": (hour - 1) % 12 + 1 if half else hour, "M": seconds // 60 % 60, "s": seconds % 60}[unit[0]]
    return f"{figures:0{min(len(unit), 2)}}"


def _day(moment: datetime | None, unit: str) -> str:
    """The year, month, day or weekday."""
    if moment is None:
        return ""
    if unit[0] == "y":
        return f"{moment.year:04}" if len(unit) > 2 else f"{moment.year % 100:02}"
    if len(unit) < 3:
        return f"{moment.month if unit[0] == 'm' else moment.day:0{len(unit)}}"
    name = (MONTHS[moment.month - 1] if unit[0] == "m" else WEEKDAYS[moment.weekday()]).capitalize()
    return name[0] if len(unit) == 5 else name if len(unit) > 3 else name[:3]


def _iso(value: date | time | timedelta) -> str:
    """ISO 8601 without a time of day at midnight; a length of time as hours, minutes and seconds."""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    return value.isoformat("minutes") if isinstance(value, time) else str(value)

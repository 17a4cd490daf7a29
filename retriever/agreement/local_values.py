"""Text in another language than English -> the numbers that it names: money, shares, measures, counts.

In: a text and its language. Out: values with their places: "1.234,56 Euro", "zwölf Tage", "deux cents euros", "30 %".
One decision: no word list of our own. CLDR (by way of babel) names the units and currencies, text2num reads the words.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from ..text.tokens import is_cut_by_letters, plain_digits
from .kinds import Kind, Value
from .patterns import CURRENCIES, UNITS

_SPOKEN = frozenset("da de es fr it nl pt".split())
"""Languages whose number words are read; text2num knows them."""

_CLDR_UNITS = {
    "length": "kilometer meter centimeter millimeter mile foot inch yard",
    "mass": "kilogram gram milligram tonne pound ounce",
    "area": "hectare acre square-kilometer square-meter",
    "volume": "liter milliliter gallon",
    "speed": "kilometer-per-hour",
    "duration": "second minute hour day week month year decade",
}
"""CLDR's units, which `UNITS` has too, some by another name."""

_NAMED_OTHERWISE = {
    "kilometer-per-hour": "km/h",
    "square-kilometer": "square_km",
    "square-meter": "square_meters",
    "milliliter": "ml",
}

_CODES = {"EUR": "euro", "USD": "dollar", "GBP": "pound", "CHF": "franc", "JPY": "yen", "CNY": "yuan", "PLN": "zloty"}
_DIGITS = (
    r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:,\d+)?"  # 1 234,56
    r"|\d{1,3}(?:['’]\d{3})+(?:[.,]\d+)?"  # 1'234.56
    r"|\d{1,3}(?:\.\d{3})+(?:,\d+)?"  # 1.234,56
    r"|\d{1,3}(?:,\d{3})+\.\d+"  # 1,234.56, which nobody reads otherwise
    r"|\d+(?:,\d+|\.\d{1,2})?"
)
_WITH_POINT = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_DECIMAL_POINT = frozenset("he hi ja ko ms ta te th zh".split())
_WITHOUT_SPACES = frozenset("ja ko zh".split())
"""Languages in which a number may stand directly behind a word, and its unit begin another."""

_MYRIADS = {"千": 1e3, "万": 1e4, "萬": 1e4, "만": 1e4, "百万": 1e6, "억": 1e8, "亿": 1e8, "億": 1e8, "兆": 1e12}
_PART = rf"(\d{{1,3}}(?:,\d{{3}})+|\d+(?:\.\d+)?)({'|'.join(sorted(_MYRIADS, key=len, reverse=True))})?"
_LONGEST_UNIT = 6
"""Letters of a unit in such a language."""

_BEHIND = re.compile(
    rf"[ \u00a0\u202f-]?(?:d(?:[^\W\d_]{{0,2}}[ \u00a0]|['’]))?"  # "2,5 millones de euros"
    rf"(?P<unit>[%％{''.join(CURRENCIES)}]|°C|[^\W\d_]+(?:[-/][^\W\d_]+|[²2])?)(?:[ \u00a0](?P<more>[^\W\d_]+))?"
)
_TOKEN = re.compile(r"\w+(?:-\w+)*|\s+|[^\w\s]")
_SIGNS = "|".join((*map(re.escape, CURRENCIES), *_CODES))
_LEAST_MAGNITUDE = 1000.0


@dataclass(frozen=True, slots=True)
class _Token:
    """A word of a text, in the form that text2num reads."""

    word: str
    start: int
    end: int

    def text(self) -> str:
        """The word."""
        return self.word

    def nt_separated(self, _previous: object) -> bool:
        """Nothing but the text parts words."""
        return False

    def not_a_number_part(self) -> bool:
        """Any word may be part of a number."""
        return False


def local_values(text: str, language: str) -> Iterator[Value]:
    """Find the numbers of a text in a language, by its ISO 639-1 code, in order."""
    text = plain_digits(text)
    pattern, units = _pattern(language), _units(language)
    spoken = {one.start: one for one in _spoken(text, language)}
    for match in pattern.finditer(text):
        if language in _WITHOUT_SPACES:
            yield _measured(text, _in_myriads(match), units, match["sign"] or "")
            continue
        digits = _plain(match["digits"], language)
        size, end = 1.0, match.end("digits")
        following = spoken.get(end) or spoken.get(end + 1)
        if following and following.number >= _LEAST_MAGNITUDE and following.step == following.number:
            size, end = following.number, following.end  # "3,5 Millionen"
            del spoken[following.start]
        places = len(digits.partition(".")[2])
        zeros = 0 if places else len(digits) - len(digits.rstrip("0")) if digits.strip("0") else 0
        step = 10.0 ** (zeros - places) if size == 1 or places else 1.0
        value = Value(Kind.COUNT, match.start(), end, float(digits) * size, step * size, zeros == 0 or size > 1)
        yield _measured(text, value, units, match["sign"] or "")
    for value in spoken.values():
        yield _measured(text, value, units, "")


def _in_myriads(match: re.Match[str]) -> Value:
    """The number of a match in digits and myriads, such as 3万5000."""
    parts = [(digits.replace(",", ""), _MYRIADS.get(size, 1.0)) for digits, size in re.findall(_PART, match["digits"])]
    digits, size = parts[-1]
    places = len(digits.partition(".")[2])
    zeros = 0 if places or size > 1 or not digits.strip("0") else len(digits) - len(digits.rstrip("0"))
    number = sum(float(digits) * size for digits, size in parts)
    return Value(Kind.COUNT, match.start(), match.end("digits"), number, 10.0 ** (zeros - places) * size, zeros == 0)


def _spoken(text: str, language: str) -> list[Value]:
    """The numbers in words."""
    if language not in _SPOKEN:
        return []
    from text_to_num import find_numbers  # only for these languages

    tokens = [_Token(match[0], *match.span()) for match in _TOKEN.finditer(text)]
    found = []
    for one in find_numbers(tokens, language, 2):  # "ein", "une" are articles
        first, last = tokens[one.start], tokens[one.end - 1]
        said = text[first.start : last.end]
        if one.is_ordinal or any(map(str.isdigit, said)):
            continue
        whole = str(int(one.value))
        step = 10.0 ** (len(whole) - len(whole.rstrip("0"))) if one.value else 1.0
        found.append(Value(Kind.COUNT, first.start, last.end, one.value, step, step == 1))
    return found


def _measured(text: str, value: Value, units: Mapping[str, tuple[Kind, float, str]], sign: str) -> Value:
    """A number with the unit or the currency that stands beside it."""
    if sign:
        return replace(value, kind=Kind.MONEY, unit=CURRENCIES.get(sign) or _CODES[sign])
    behind = _BEHIND.match(text, value.end)
    if behind is None:
        return value
    letters = range(min(len(behind["unit"]), _LONGEST_UNIT), 0, -1) if is_cut_by_letters(behind["unit"]) else ()
    shorter = (behind["unit"][:count] for count in letters)
    for spelt in (f"{behind['unit']} {behind['more']}", behind["unit"], *shorter):
        if known := units.get(spelt.lower()):
            kind, size, unit = known
            end = behind.end("more") if " " in spelt and behind["more"] else behind.start("unit") + len(spelt)
            return replace(value, kind=kind, end=end, number=value.number * size, step=value.step * size, unit=unit)
    return value


@cache
def _pattern(language: str) -> re.Pattern[str]:
    if language in _WITHOUT_SPACES:
        return re.compile(rf"(?:(?P<sign>{_SIGNS})\s?|(?<![A-Za-z0-9_.,/-]))(?P<digits>(?:{_PART})+)(?![\d/]|[.,]\d)")
    digits = _WITH_POINT if language in _DECIMAL_POINT else _DIGITS
    return re.compile(rf"(?:(?<!\w)(?P<sign>{_SIGNS})[ \u00a0]?|(?<![\w.,/’'-]))(?P<digits>{digits})(?![\d/]|[.,]\d)")


def _plain(digits: str, language: str) -> str:
    """Digits as Python reads them."""
    if language in _DECIMAL_POINT:
        return digits.replace(",", "")
    whole = re.sub(r"[ \u00a0\u202f'’]", "", digits)
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", whole):
        return whole.replace(".", "").replace(",", ".")
    if "," in whole and "." in whole:
        return whole.replace(",", "")
    return whole.replace(",", ".")


@cache
def _units(language: str) -> dict[str, tuple[Kind, float, str]]:
    """The names of units and currencies in a language, in lower case -> kind, base units, currency."""
    from babel import Locale, UnknownLocaleError

    found: dict[str, tuple[Kind, float, str]] = {"%": (Kind.SHARE, 1.0, ""), "°c": (Kind.HEAT, 1.0, "")}
    found["％"] = found["%"]
    found["per cento"] = found["%"]  # CLDR has only "percento"
    found |= {name: (Kind.MONEY, 1.0, unit) for name, unit in (("元", "yuan"), ("円", "yen"), ("원", "won"))}
    found |= {sign: (Kind.MONEY, 1.0, unit) for sign, unit in CURRENCIES.items()}
    found |= {code.lower(): (Kind.MONEY, 1.0, unit) for code, unit in _CODES.items()}
    try:
        locale = Locale.parse(language)
    except UnknownLocaleError:
        return found
    for group, names in _CLDR_UNITS.items():
        for name in names.split():
            kind, size = UNITS[_NAMED_OTHERWISE.get(name, name)]
            for spelt in _names_of(locale._data["unit_patterns"].get(f"{group}-{name}", {})):
                found.setdefault(spelt, (kind, size, ""))
    for spelt in _names_of(locale._data["unit_patterns"].get("concentr-percent", {})):
        found.setdefault(spelt, (Kind.SHARE, 1.0, ""))
    for code, unit in _CODES.items():
        plurals = locale._data["currency_names_plural"].get(code) or {}
        for spelt in (locale.currencies.get(code, ""), locale.currency_symbols.get(code, code), *plurals.values()):
            found.setdefault(str(spelt).split(" ")[-1 if language == "de" else 0].lower(), (Kind.MONEY, 1.0, unit))
    return found


def _names_of(patterns: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    """The names in CLDR's patterns of a unit, such as "{0} Tage", without those that say "per"."""
    for width in ("long", "short"):
        for form, pattern in dict(patterns.get(width, {})).items():
            spelt = str(pattern).replace("\u00a0", " ").replace("\u202f", " ")
            if form != "per" and spelt.startswith("{0}"):
                yield spelt.removeprefix("{0}").strip().rstrip(".").lower()

"""Text -> the values that it names, as what they are: counts, money, shares, measures, spans of time, scores, names.

In: a text and the times it names. Out: values with their places. One decision: a value keeps the words that bound it
("more than 32,000", "nearly 7"), and how finely it was told, so that a rounding is known for what it is.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import takewhile

from ..numerals import MAGNITUDES, NUMBER_WORD, NUMBER_WORDS, SMALL, whole_number
from ..times import Time
from ..words import FUNCTION_TERMS, fold, terms, words


class Kind(StrEnum):
    """What a value is."""

    COUNT = "count"
    MONEY = "money"
    SHARE = "share"
    POINTS = "points"
    LENGTH = "length"
    MASS = "mass"
    AREA = "area"
    VOLUME = "volume"
    SPEED = "speed"
    HEAT = "heat"
    DURATION = "duration"
    AGE = "age"
    MULTIPLE = "multiple"
    FREQUENCY = "frequency"
    SCORE = "score"
    CLOCK = "clock"
    RANK = "rank"
    TIME = "time"
    NAME = "name"


class Bound(StrEnum):
    """How the words around a number bound it."""

    EXACT = "exact"
    ABOUT = "about"
    MORE = "more"
    LESS = "less"


@dataclass(frozen=True, slots=True)
class Value:
    """A value that a text names.

    Attributes:
        kind: what it is.
        start: first character in the text, words that bound it included.
        end: one past the last.
        number: in the kind's base unit: metres, kilograms, seconds, percent, minutes since midnight, times a year.
        step: how finely it was told: 100 for 32,500.
        sure: whether `step` is sure; 40 may be told to the one or to the ten.
        bound: how its words bound it.
        between: for "10 to 12" and "dozens", the least and the most that it may be.
        unit: currency, else empty.
        nouns: terms of what is counted.
        time: for a time, its days.
        name: for a name, its folded words, titles left out; for a score, its two numbers.
        loose: for a name, whether it may be none: a first word, or one such as "Cuban" before what it describes.
    """

    kind: Kind
    start: int
    end: int
    number: float = 0.0
    step: float = 0.0
    sure: bool = True
    bound: Bound = Bound.EXACT
    between: tuple[float, float] | None = None
    unit: str = ""
    nouns: frozenset[str] = frozenset()
    time: Time | None = None
    name: tuple[str, ...] = ()
    loose: bool = False


_MILE, _FOOT = 1609.344, 0.3048
_HOUR, _DAY = 3600.0, 86400.0
_YEAR = 365.25 * _DAY
# Unit -> its kind, and how many base units it has.
_UNITS: dict[str, tuple[Kind, float]] = {
    spelt: (kind, size)
    for kind, sizes in {
        Kind.LENGTH: {
            "km kms kilometre kilometres kilometer kilometers": 1000,
            "m metre metres meter meters": 1,
            "cm centimetre centimetres centimeter centimeters": 0.01,
            "mm millimetre millimetres millimeter millimeters": 0.001,
            "mile miles": _MILE,
            "ft foot feet": _FOOT,
            "inch inches": 0.0254,
            "yard yards": 0.9144,
        },
        Kind.MASS: {
            "kg kilo kilos kilogram kilograms kilogramme kilogrammes": 1,
            "g gram grams gramme grammes": 0.001,
            "mg milligram milligrams": 1e-6,
            "tonne tonnes ton tons": 1000,
            "lb lbs": 0.45359237,
            "ounce ounces oz": 0.0283495,
        },
        Kind.AREA: {
            "hectare hectares ha": 10_000,
            "acre acres": 4046.856,
            "square_km square_kilometres square_kilometers": 1e6,
            "square_metres square_meters square_metre": 1,
            "square_miles square_mile": _MILE**2,
            "square_feet": _FOOT**2,
        },
        Kind.VOLUME: {
            "litre litres liter liters": 1,
            "millilitre millilitres ml": 0.001,
            "gallon gallons": 3.785412,
            "barrel barrels": 158.987,
        },
        Kind.SPEED: {
            "km/h kmh kph": 1 / 3.6,
            "mph": _MILE / _HOUR,
            "m/s": 1,
            "knot knots": 0.514444,
            "kilometres_per_hour kilometers_per_hour kilometres_an_hour kilometers_an_hour": 1 / 3.6,
            "miles_per_hour miles_an_hour": _MILE / _HOUR,
        },
        Kind.DURATION: {
            "second seconds": 1,
            "minute minutes mins": 60,
            "hour hours hrs": _HOUR,
            "day days": _DAY,
            "night nights": _DAY,
            "week weeks": 7 * _DAY,
            "fortnight fortnights": 14 * _DAY,
            "month months": _YEAR / 12,
            "year years": _YEAR,
            "decade decades": 10 * _YEAR,
        },
        Kind.MONEY: {"dollar dollars usd": 1, "euro euros eur": 1, "pound pounds gbp": 1, "cent cents": 0.01}
        | {"crown crowns krone kroner krona kronor": 1, "yen": 1, "yuan": 1, "rupee rupees": 1, "franc francs": 1}
        | {"rouble roubles ruble rubles": 1, "peso pesos": 1, "real reais": 1, "rand": 1, "zloty": 1, "lira": 1},
    }.items()
    for names, size in sizes.items()
    for spelt in names.split()
}
_CURRENCIES = {"$": "dollar", "£": "pound", "€": "euro", "¥": "yen", "₹": "rupee"}
_SHORT = {"k": 10**3, "m": 10**6, "mn": 10**6, "bn": 10**9, "tn": 10**12}

_BOUNDS = {
    Bound.MORE: "more than|over|above|at least|no fewer than|no less than|upwards of|exceeding|in excess of|just over|"
    "slightly more than|a little over|well over|a minimum of",
    Bound.LESS: "less than|fewer than|under|below|up to|at most|no more than|nearly|almost|close to|just under|"
    "just below|not quite|a maximum of",
    Bound.ABOUT: "about|around|some|roughly|approximately|an estimated|estimated|circa|an average of|in the region of|"
    "on average|approx\\.?|~",
}
_BOUND = "|".join(f"(?P<{bound.value}>{spelt.replace(' ', chr(92) + 's')})" for bound, spelt in _BOUNDS.items())
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_COMPOUND = (
    r"square\s(?:kilomet(?:re|er)s?|met(?:re|er)s?|miles?|feet|km)"
    r"|(?:kilomet(?:re|er)s|miles)\s(?:per|an)\shour|km/h|m/s"
)
_NUMBER = re.compile(
    rf"""(?ix)
    (?<![\w.,/]) (?<![^\W\d]-) (?:(?:{_BOUND})\s+)?
    (?P<sign>(?:US|A|C|NZ)?\$|£|€|¥|₹)?
    (?: (?P<half>half\s+an?\s+(?P<halved>million|billion|hour|mile|dozen|century)) (?!\w)
      | (?P<digits>{_DIGITS})(?:(?:[\s-](?P<magnitude>hundred|thousand|million|billion|trillion|dozen)|
          \s?(?P<short>bn|mn|tn)|(?P<bare>[km]))(?!\w)(?!\s(?:long|high|deep|tall|wide|away|below|above|race)\b))?
      | (?P<words>\b(?:{NUMBER_WORDS}))(?!\w)
      | (?P<one>\ban?)(?=\s(?:year|month|week|day|decade|fortnight|hour)\b) )
    (?: (?P<percent>\s?%|\s?per\s?cent\b|\spct\b)
      | \s(?P<points>(?:percentage\s)?points?\b)
      | \s?°\s?(?P<degree>[CF])\b | \sdegrees(?:\s(?P<scale>celsius|fahrenheit|centigrade))?\b
      | [\s-]?(?P<unit>{_COMPOUND}|[a-zA-Z]+)(?![\w%]) )?
    (?P<andhalf>\sand\sa\shalf\b)?
    """
)
_CLOCK = re.compile(
    r"(?i)\b(?:(?P<hour>\d{1,2})(?:[:.](?P<minute>[0-5]\d))?\s?(?P<half>a\.m\.|p\.m\.|am\b|pm\b)|"
    r"(?P<hour24>[01]?\d|2[0-3]):(?P<minute24>[0-5]\d)\b|"
    rf"(?P<spoken>{'|'.join(SMALL)}|\d{{1,2}})(?:\s?o['’]clock|(?=\sin\sthe\s(?:morning|afternoon|evening)))"
    r"(?:\s(?:in\sthe\s(?P<part>morning|afternoon|evening)))?|(?P<named>noon|midday|midnight))"
)
_SCORE = re.compile(r"(?<![\d.,/-])(\d{1,3})\s?[-–]\s?(\d{1,3})(?![\d.,/-]|\s?(?:%|percent|per cent|years?|people))")
_FRACTIONS = {"half": 50.0, "third": 100 / 3, "quarter": 25.0, "fifth": 20.0, "tenth": 10.0}
_FRACTION = re.compile(
    rf"(?i)(?:\b(?:{_BOUND})\s+)?(?:\b(?P<count>one|two|three|four|nine|an?)[\s-](?P<part>half|third|quarter|fifth|tenth)s?"
    r"|\b(?P<alone>half))(?=\s(?:of|the|all|its|their|his|her)\b)"
    r"|\b(?P<few>one|two|three|four|nine|\d)\s(?:in|out\sof)\s(?P<many>two|three|four|five|ten|\d+)\b"
)
_MULTIPLES = {
    "double|doubled|doubling|twice|twofold|two-fold": 2.0,
    "triple|tripled|tripling|treble|trebled|threefold|three-fold": 3.0,
    "quadruple|quadrupled|fourfold|four-fold": 4.0,
    "halve|halved|halving": 0.5,
}
_MULTIPLE = re.compile(rf"(?i)(?:\b(?:{_BOUND})\s+)?\b(?P<multiple>{'|'.join(_MULTIPLES)})\b")
_A_YEAR = {
    "hour": 8766.0,
    "day": 365.25,
    "night": 365.25,
    "week": 365.25 / 7,
    "month": 12.0,
    "quarter": 4.0,
    "year": 1.0,
}
_PERIOD = "|".join(_A_YEAR)
_ADVERBS = {
    "hourly": 8766.0,
    "daily|nightly": 365.25,
    "weekly": 365.25 / 7,
    "monthly": 12.0,
    "quarterly": 4.0,
    "semiannually|biannually|half-yearly": 2.0,
    "annually|yearly": 1.0,
}
_FREQUENCY = re.compile(
    rf"(?i)\b(?:(?:(?P<twice>once|twice)|(?P<times>{NUMBER_WORD}|\d+)\stimes)\s(?:an?|per|every|each)\s(?P<each>{_PERIOD})"
    rf"|every\s(?:(?P<other>other|second)\s|(?P<count>{NUMBER_WORD}|\d+)\s)?(?P<period>{_PERIOD})s?"
    rf"|(?P<adverb>{'|'.join(_ADVERBS)}))\b"
)
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_VAGUELY = {"dozens": 24, "hundreds": 200, "thousands": 2_000, "millions": 2_000_000, "tens": 20, "scores": 40}
_VAGUE = re.compile(
    r"(?i)\b(?P<vague>tens|dozens|scores|hundreds|thousands|millions)(?:\sof\s(?P<of>thousands|millions))?\b"
)
_RANGE = re.compile(r"(?i)\s(?:and|to)\s|\s?[-–]\s?")
_RANK = re.compile(rf"(?i)\b(?:(?P<word>{'|'.join(_ORDINALS)})|(?P<digits>\d{{1,3}})(?:st|nd|rd|th))\b")
_AGE_BEFORE = re.compile(r"(?i)(?:\baged?(?:\sof)?|\bat\sthe\sage\sof)\s$")
_AGE_AFTER = re.compile(r"(?i)[\s-](?:years?)[\s-]old\b")
_AGED = re.compile(r"(?<=[a-zà-ÿ]), (\d{1,3})(?=,(?!\d))|, who is (\d{1,3})\b|\bis (\d{1,3})(?= and\b|[,.](?!\d))")
_WEIGHED = re.compile(r"(?i)\b(?:weigh\w*|weight|heav\w+|baby|catch)\b")
_NUMBER_OF = re.compile(r"(?i)\b(?:number|total|tally|toll|count)\s+of\s+((?:[\w’'-]+\s+){0,3}[\w’'-]+)")
_NAME_LINKS = r"(?:de|del|della|di|da|dos|du|von|van|der|den|bin|ibn|al|el|la|le|of|y|&)"
_CAPITAL = r"(?:(?:[A-Z]\.)+|(?:Mr|Mrs|Ms|Dr|St|Prof|Gen|Gov|Sen|Rep|Col|Sgt|Lt|Capt)\.|[A-ZÀ-ÖØ-Þ](?:[\w’'-]*\w)?)"
_NAME = re.compile(rf"(?<![\w’'.-]){_CAPITAL}(?:[ ]{_NAME_LINKS}(?=[ ][A-ZÀ-ÖØ-Þ])|[ ]{_CAPITAL})*")
_POSSESSIVE = re.compile(r"['’]s?$")
_DESCRIBES = re.compile(r"\w+(?:an|ese|ish|ic|’s|'s)\s[a-z]")
_CALENDAR = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december mondays tuesdays wednesdays thursdays fridays saturdays sundays""".split()
)
_TITLES = frozenset(
    """minister secretary president prime vice deputy foreign mr mrs ms miss dr sir dame lord lady captain coach judge
    justice professor prof senator sen rep representative governor gov mayor chief general colonel king queen prince
    princess pope sheikh chairman chairwoman director officer executive manager assistant state affairs of for the
    spokesman spokeswoman spokesperson ambassador commissioner chancellor sergeant inspector detective bishop cardinal
    striker midfielder defender goalkeeper""".split()
)


@lru_cache(maxsize=1024)
def values_in(text: str, times: tuple[Time, ...]) -> tuple[Value, ...]:
    """Find the values that a text names, in the order of the text."""
    taken: list[tuple[int, int]] = []
    found: list[Value] = []

    def add(some: Iterator[Value]) -> None:
        for value in some:
            if not any(value.start < end and start < value.end for start, end in taken):
                taken.append((value.start, value.end))
                found.append(value)

    add(Value(Kind.TIME, time.start, time.end, time=time) for time in times)
    for reader in (_clocks, _scores, _ages, _frequencies, _shares, _numbers, _multiples, _ranks):
        add(reader(text))
    add(_names(text))
    return tuple(sorted(found, key=lambda value: (value.start, value.end, value.kind)))


def _bound(match: re.Match[str]) -> Bound:
    return next((bound for bound in _BOUNDS if match[bound.value]), Bound.EXACT)


def _clocks(text: str) -> Iterator[Value]:
    for match in _CLOCK.finditer(text):
        if match["named"]:
            minutes = 0 if match["named"].lower() == "midnight" else 720
        elif match["hour24"]:
            minutes = 60 * int(match["hour24"]) + int(match["minute24"])
        else:
            spoken = match["spoken"]
            hour = whole_number(spoken) if spoken else int(match["hour"])
            late = (match["half"] or "").lower().startswith("p") or (match["part"] or "") in ("afternoon", "evening")
            minutes = 60 * (hour % 12 + 12 * late) + int(match["minute"] or 0)
        yield Value(Kind.CLOCK, match.start(), match.end(), minutes, 1)


def _scores(text: str) -> Iterator[Value]:
    for match in _SCORE.finditer(text):
        most, least = sorted((int(match[1]), int(match[2])), reverse=True)
        yield Value(Kind.SCORE, match.start(), match.end(), name=(str(most), str(least)))


def _ages(text: str) -> Iterator[Value]:
    for match in _AGED.finditer(text):
        group = match.lastindex or 1
        yield Value(Kind.AGE, match.start(group), match.end(group), float(match[group]), 1)


def _frequencies(text: str) -> Iterator[Value]:
    for match in _FREQUENCY.finditer(text):
        if match["adverb"]:
            number = next(each for spelt, each in _ADVERBS.items() if match["adverb"].lower() in spelt.split("|"))
        elif match["each"]:
            count = 1 + (match["twice"].lower() == "twice") if match["twice"] else whole_number(match["times"])
            number = count * _A_YEAR[match["each"].lower()]
        else:
            count = 2 if match["other"] else whole_number(match["count"] or "one")
            number = _A_YEAR[match["period"].lower()] / max(1, count)
        yield Value(Kind.FREQUENCY, match.start(), match.end(), number)


def _shares(text: str) -> Iterator[Value]:
    for match in _FRACTION.finditer(text):
        if match["few"]:
            share = 100 * whole_number(match["few"]) / max(1, whole_number(match["many"]))
        else:
            count = whole_number(match["count"]) if match["count"] else 1
            share = count * _FRACTIONS[(match["part"] or match["alone"]).lower()]
        # A fraction is told in halves, thirds and quarters: to some two points.
        yield Value(Kind.SHARE, match.start(), match.end(), share, 4, True, _bound(match))


def _numbers(text: str) -> Iterator[Value]:
    for match in _VAGUE.finditer(text):
        least = _VAGUELY[match["vague"].lower()] * (_VAGUELY.get((match["of"] or "").lower(), 2) / 2)
        between = (least, least * 5)
        nouns = _counted(text, match.start(), match.end())
        yield Value(Kind.COUNT, match.start(), match.end(), least, least, between=between, nouns=nouns)
    before: tuple[Value, float] | None = None
    for value, scale in _single(text):
        joined = before and _RANGE.fullmatch(text, before[0].end, value.start)
        if (
            before
            and joined
            and before[0].kind in (Kind.COUNT, value.kind)
            and _starts_range(text, before[0], joined[0])
        ):
            least = before[0].number / before[1] * scale if before[0].kind is Kind.COUNT else before[0].number
            start = before[0].start - len("between ") * (joined[0].strip() == "and")
            whole = replace(value, start=start, number=(least + value.number) / 2, between=(least, value.number))
            before = None
            yield whole
            continue
        if before:
            yield before[0]
        before = value, scale
    if before:
        yield before[0]


def _starts_range(text: str, value: Value, joint: str) -> bool:
    """Whether "10" begins "between 10 and 12" or "10 to 12"; not so in "rose from 10 to 12"."""
    word = text[: value.start].rstrip().rpartition(" ")[2].lower()
    return word == "between" if joint.strip() == "and" else word != "from" and value.bound is not Bound.MORE


def _single(text: str) -> Iterator[tuple[Value, float]]:
    """The numbers one by one, each with how many base units make one of it."""
    for match in _NUMBER.finditer(text):
        number, step, sure, magnitude = _read(match)
        kind, size, unit, end = _kind_of(match, text)
        if match["andhalf"] and kind is Kind.DURATION:
            number, step = number + 0.5, 0.5
        elif match["andhalf"]:
            end = min(end, match.start("andhalf"))
        if kind is Kind.HEAT and size != 1:
            number, step, size = (number - 32) / 1.8, step / 1.8, 1
        nouns = _counted(text, match.start(), end) if kind is Kind.COUNT else frozenset()
        value = Value(kind, match.start(), end, number * size, step * size, sure, _bound(match), unit=unit, nouns=nouns)
        yield value, size * magnitude


def _read(match: re.Match[str]) -> tuple[float, float, bool, float]:
    """The number, how finely it is told, whether that is sure, and the magnitude it was told in."""
    if match["half"]:
        size = {"million": 10**6, "billion": 10**9, "dozen": 12}.get(match["halved"].lower(), 1)
        return 0.5 * size, 0.1 * size, True, size
    if match["one"]:
        return 1.0, 1.0, True, 1.0
    if match["words"]:
        number = whole_number(match["words"])
        return float(number), *_told(str(number)), 1.0
    digits = match["digits"].replace(",", "")
    size = MAGNITUDES.get((match["magnitude"] or "").lower(), 1) * _SHORT.get(
        (match["short"] or match["bare"] or "").lower(), 1
    )
    step, sure = _told(digits)
    if size > 1 and "." not in digits:
        step, sure = 1.0, True  # "3 billion" is told to the billion
    return float(digits) * size, step * size, sure, size


def _told(digits: str) -> tuple[float, bool]:
    """How finely a number in digits is told, and whether that is sure: not so with zeros at its end."""
    if "." in digits:
        return 10.0 ** -len(digits.partition(".")[2]), True
    zeros = len(digits) - len(digits.rstrip("0")) if digits.strip("0") else 0
    return 10.0**zeros, zeros == 0


def _kind_of(match: re.Match[str], text: str) -> tuple[Kind, float, str, int]:
    """Kind, size of the unit, currency, and where the value ends."""
    unit = re.sub(r"\s", "_", (match["unit"] or "").lower())
    known = _UNITS.get(unit)
    after = match.start("unit") if match["unit"] else match.end()
    bare = len(text[:after].rstrip(" -"))
    if match["sign"]:
        sign = _CURRENCIES[match["sign"][-1]]
        return Kind.MONEY, 1, sign, bare
    if match["percent"]:
        return Kind.SHARE, 1, "", match.end("percent")
    if match["points"] and "percentage" in match["points"].lower():
        return Kind.POINTS, 1, "", match.end("points")
    if match["degree"] or match["scale"]:
        fahrenheit = (match["degree"] or match["scale"]).lower().startswith("f")
        return Kind.HEAT, 1.8 if fahrenheit else 1, "", match.end()
    if unit in ("times", "fold"):
        return Kind.MULTIPLE if _times_as(text, match.end()) else Kind.COUNT, 1, "", bare
    if _AGE_BEFORE.search(text, 0, match.start()) or (unit in ("year", "years") and _AGE_AFTER.match(text, bare)):
        return Kind.AGE, 1, "", bare
    if match["halved"] and (half := _UNITS.get(match["halved"].lower())):
        return half[0], half[1], "", match.end("halved")
    if known and known[0] is Kind.MONEY and unit.startswith("pound") and _WEIGHED.search(text):
        known = (Kind.MASS, 0.45359237)
    if known:
        kind, size = known
        currency = re.sub(r"s$", "", unit) if kind is Kind.MONEY else ""
        currency = {"usd": "dollar", "eur": "euro", "gbp": "pound", "cent": "dollar"}.get(currency, currency)
        return kind, size, currency, match.end("andhalf") if match["andhalf"] else match.end("unit")
    return Kind.COUNT, 1, "", bare


def _times_as(text: str, end: int) -> bool:
    """Whether "five times" compares ("five times as many") and does not count ("stopped them 209,000 times")."""
    return re.match(r"(?i)\s(?:as|more|higher|larger|greater|the|that|those|what)\b", text[end : end + 12]) is not None


def _counted(text: str, start: int, end: int) -> frozenset[str]:
    """Terms of what a number counts: up to three words behind it, or those of "the number of ..." before it."""
    behind: list[str] = []
    for word in words(text[end : end + 60])[:4]:
        between = text[end : end + word.start] if not behind else ""
        if word.term in FUNCTION_TERMS or any(mark in between for mark in ",.;:()"):
            break
        behind.append(word.term)
        if len(behind) == 3 or text[end + word.end : end + word.end + 1] in tuple(",.;:()"):
            break
    if behind:
        return frozenset(behind)
    before = text[max(0, start - 160) : start]
    sentence = re.split(r"[.!?]\s", before)[-1]
    named = list(_NUMBER_OF.finditer(sentence))
    return frozenset(takewhile(lambda term: term not in FUNCTION_TERMS, terms(named[-1][1]))) if named else frozenset()


def _multiples(text: str) -> Iterator[Value]:
    for match in _MULTIPLE.finditer(text):
        spelt = match["multiple"].lower()
        number = next(number for names, number in _MULTIPLES.items() if spelt in names.split("|"))
        yield Value(Kind.MULTIPLE, match.start(), match.end(), number, number / 5, True, _bound(match))


def _ranks(text: str) -> Iterator[Value]:
    for match in _RANK.finditer(text):
        number = _ORDINALS.index(match["word"].lower()) + 1 if match["word"] else int(match["digits"])
        yield Value(Kind.RANK, match.start(), match.end(), number, 1)


def _names(text: str) -> Iterator[Value]:
    for match in _NAME.finditer(text):
        spelt = list(re.finditer(r"\S+", match.group()))
        while spelt and _starts_loose(spelt[0].group()):
            spelt.pop(0)
        named = [fold(_POSSESSIVE.sub("", word.group())).replace(".", "") for word in spelt]
        if named and not (len(named) == 1 and (named[0] in _CALENDAR or len(named[0]) < 2)):
            start = match.start() + spelt[0].start()
            loose = len(named) == 1 and (start == 0 or _DESCRIBES.match(text, start) is not None)
            yield Value(Kind.NAME, start, match.end(), name=tuple(_without_titles(named)), loose=loose)


def _starts_loose(word: str) -> bool:
    return bool(terms(word)) and terms(word)[0] in FUNCTION_TERMS


def _without_titles(words_: Sequence[str]) -> list[str]:
    """A person's own name: what follows the last title, else all of it."""
    places = [place for place, word in enumerate(words_) if word.rstrip(".") in _TITLES]
    own = words_[places[-1] + 1 :] if places else words_
    return list(own or words_)

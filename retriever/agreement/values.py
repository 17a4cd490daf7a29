"""Text -> the values that it names, as what they are: counts, money, shares, measures, spans of time, scores, names.

In: a text and the times it names. Out: values with their places. One decision: a value keeps the words that bound it
("more than 32,000", "nearly 7"), and how finely it was told, so that a rounding is known for what it is.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from ..text.calendar import Time
from ..text.lookback import LONGEST_LOOKBACK, search_before
from ..text.numbers import MAGNITUDES, whole_number
from ..text.tokens import FUNCTION_TERMS, fold, terms
from .kinds import Bound, Kind, Value
from .local_values import local_values
from .patterns import (
    A_YEAR,
    ADVERBS,
    AGE_AFTER,
    AGE_BEFORE,
    AGED,
    BOUNDS,
    CALENDAR,
    CLOCK,
    CURRENCIES,
    FATE,
    FRACTION,
    FRACTIONS,
    FREQUENCY,
    MULTIPLE,
    MULTIPLES,
    NAME,
    NUMBER,
    PART,
    POSSESSIVE,
    RANGE,
    SCORE,
    SHORT,
    TITLES,
    UNITS,
    VAGUE,
    VAGUELY,
    WEIGHED,
)


@lru_cache(maxsize=1024)
def values_in(text: str, times: tuple[Time, ...], language: str | None = None) -> tuple[Value, ...]:
    """Find the values that a text in a language (None for English) names, in the order of the text."""
    taken = bytearray(len(text))  # 1 for each character of a value
    found: list[Value] = []

    def add(some: Iterator[Value]) -> None:
        for value in some:
            if not any(taken[value.start : value.end]):
                taken[value.start : value.end] = b"\1" * (value.end - value.start)
                found.append(value)

    add(Value(Kind.TIME, time.start, time.end, time=time) for time in times)
    if language in (None, "en"):
        for find in (_clocks, _scores, _ages, _frequencies, _shares, _numbers, _multiples):
            add(find(text))
    else:
        add(local_values(text, language))
    add(_names(text))
    found.sort(key=lambda value: (value.start, value.end, value.kind))
    return tuple(
        value for before, value in zip([None, *found], found, strict=False) if not _is_rate(text, before, value)
    )


def _is_rate(text: str, before: Value | None, value: Value) -> bool:
    """Whether "a week" says how often the value before it counts, "40 hours a week", and is no time that passes."""
    if before is None or value.kind is not Kind.DURATION or before.kind in (Kind.NAME, Kind.TIME):
        return False
    return text[value.start : value.end].lower().startswith(("a ", "an ")) and bool(
        _BESIDE.fullmatch(text, before.end, value.start)
    )


_BESIDE = re.compile(r"\s(?:[\w’'-]{1,30}\s){0,2}")


def _bound(match: re.Match[str]) -> Bound:
    return next((bound for bound in BOUNDS if match[bound.value]), Bound.EXACT)


def _clocks(text: str) -> Iterator[Value]:
    for match in CLOCK.finditer(text):
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
    for match in SCORE.finditer(text):
        most, least = sorted((int(match[1]), int(match[2])), reverse=True)
        yield Value(Kind.SCORE, match.start(), match.end(), name=(str(most), str(least)))


def _ages(text: str) -> Iterator[Value]:
    for match in AGED.finditer(text):
        group = match.lastindex or 1
        yield Value(Kind.AGE, match.start(group), match.end(group), float(match[group]), 1)


def _frequencies(text: str) -> Iterator[Value]:
    for match in FREQUENCY.finditer(text):
        if match["adverb"]:
            number = next(each for spelt, each in ADVERBS.items() if match["adverb"].lower() in spelt.split("|"))
        elif match["each"]:
            count = 1 + (match["twice"].lower() == "twice") if match["twice"] else whole_number(match["times"])
            number = count * A_YEAR[match["each"].lower()]
        else:
            count = 2 if match["other"] else whole_number(match["count"] or "one")
            number = A_YEAR[match["period"].lower()] / max(1, count)
        yield Value(Kind.FREQUENCY, match.start(), match.end(), number)


def _shares(text: str) -> Iterator[Value]:
    for match in FRACTION.finditer(text):
        if match["few"]:
            share = 100 * whole_number(match["few"]) / max(1, whole_number(match["many"]))
        else:
            count = whole_number(match["count"]) if match["count"] else 1
            share = count * FRACTIONS[(match["part"] or match["alone"]).lower()]
        # A fraction such as a half or a third is exact to some two points.
        yield Value(Kind.SHARE, match.start(), match.end(), share, 4, True, _bound(match))


def _numbers(text: str) -> Iterator[Value]:
    for match in VAGUE.finditer(text):
        least = VAGUELY[match["vague"].lower()] * (VAGUELY.get((match["of"] or "").lower(), 2) / 2)
        between = (least, least * 5)
        yield Value(Kind.COUNT, match.start(), match.end(), least, least, between=between)
    before: tuple[Value, float] | None = None
    for value, scale in _single(text):
        joined = before and RANGE.fullmatch(text, before[0].end, value.start)
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
    word = text[max(0, value.start - LONGEST_LOOKBACK) : value.start].rstrip().rpartition(" ")[2].lower()
    return word == "between" if joint.strip() == "and" else word != "from" and value.bound is not Bound.MORE


def _single(text: str) -> Iterator[tuple[Value, float]]:
    """The numbers one by one, each with how many base units make one of it."""
    for match in NUMBER.finditer(text):
        number, step, sure, magnitude = _read_number(match)
        kind, size, unit, end = _kind_of(match, text)
        if match["andhalf"] and kind is Kind.DURATION:
            number, step = number + 0.5, 0.5
        elif match["andhalf"]:
            end = min(end, match.start("andhalf"))
        if kind is Kind.HEAT and size != 1:
            number, step, size = (number - 32) / 1.8, step / 1.8, 1
        value = Value(kind, match.start(), end, number * size, step * size, sure, _bound(match), unit=unit)
        yield replace(value, fate=_fate(text, match.start(), end)) if kind is Kind.COUNT else value, size * magnitude


def _read_number(match: re.Match[str]) -> tuple[float, float, bool, float]:
    """The number, its step, whether the step is certain, and the magnitude that follows it."""
    if match["half"]:
        size = {"million": 10**6, "billion": 10**9, "dozen": 12}.get(match["halved"].lower(), 1)
        return 0.5 * size, 0.1 * size, True, size
    if match["one"]:
        return 1.0, 1.0, True, 1.0
    if match["words"]:
        number = whole_number(match["words"])
        return float(number), *_step_of(str(number)), 1.0
    digits = match["digits"].replace(",", "")
    size = MAGNITUDES.get((match["magnitude"] or "").lower(), 1) * SHORT.get(
        (match["short"] or match["bare"] or "").lower(), 1
    )
    step, sure = _step_of(digits)
    if size > 1 and "." not in digits:
        step, sure = 1.0, True  # "3 billion" is exact to the billion
    return float(digits) * size, step * size, sure, size


def _step_of(digits: str) -> tuple[float, bool]:
    """The step to which a number in digits is exact, and whether that is certain: not with zeros at its end."""
    if "." in digits:
        return 10.0 ** -len(digits.partition(".")[2]), True
    zeros = len(digits) - len(digits.rstrip("0")) if digits.strip("0") else 0
    return 10.0**zeros, zeros == 0


def _kind_of(match: re.Match[str], text: str) -> tuple[Kind, float, str, int]:
    """Kind, size of the unit, currency, and where the value ends."""
    unit = re.sub(r"\s", "_", (match["unit"] or "").lower())
    known = UNITS.get(unit)
    after = match.start("unit") if match["unit"] else match.end()
    bare = len(text[:after].rstrip(" -"))
    if match["sign"]:
        sign = CURRENCIES[match["sign"][-1]]
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
    if search_before(AGE_BEFORE, text, match.start()) or (unit in ("year", "years") and AGE_AFTER.match(text, bare)):
        return Kind.AGE, 1, "", bare
    if match["halved"] and (half := UNITS.get(match["halved"].lower())):
        return half[0], half[1], "", match.end("halved")
    if known and known[0] is Kind.MONEY and unit.startswith("pound") and _speaks_of_weight(text):
        known = (Kind.MASS, 0.45359237)
    if known:
        kind, size = known
        currency = re.sub(r"s$", "", unit) if kind is Kind.MONEY else ""
        currency = {"usd": "dollar", "eur": "euro", "gbp": "pound", "cent": "dollar"}.get(currency, currency)
        return kind, size, currency, match.end("andhalf") if match["andhalf"] else match.end("unit")
    return Kind.COUNT, 1, "", bare


@lru_cache(maxsize=16)
def _speaks_of_weight(text: str) -> bool:
    return WEIGHED.search(text) is not None


def _times_as(text: str, end: int) -> bool:
    """Whether "five times" compares ("five times as many") and does not count ("stopped them 209,000 times")."""
    return re.match(r"(?i)\s(?:as|more|higher|larger|greater|the|that|those|what)\b", text[end : end + 12]) is not None


def _fate(text: str, start: int, end: int) -> str:
    """What happened to the counted: the first word for it after the number, else the last before it."""
    last = min(len(text), end + LONGEST_LOOKBACK)
    stop = PART.search(text, end, last)
    behind = FATE.search(text, end, stop.start() if stop else last)
    first = max(0, start - LONGEST_LOOKBACK)
    before = max((part.end() for part in PART.finditer(text, first, start)), default=first)
    found = [behind] if behind else list(FATE.finditer(text, before, start))
    return found[-1].lastgroup or "" if found else ""


def _multiples(text: str) -> Iterator[Value]:
    for match in MULTIPLE.finditer(text):
        spelt = match["multiple"].lower()
        number = next(number for names, number in MULTIPLES.items() if spelt in names.split("|"))
        yield Value(Kind.MULTIPLE, match.start(), match.end(), number, number / 5, True, _bound(match))


def _names(text: str) -> Iterator[Value]:
    for match in NAME.finditer(text):
        spelt = list(re.finditer(r"\S+", match.group()))
        while spelt and _is_function_word(spelt[0].group()):
            spelt.pop(0)
        named = [fold(POSSESSIVE.sub("", word.group())).replace(".", "") for word in spelt]
        if named and not (len(named) == 1 and (named[0] in CALENDAR or len(named[0]) < 2)):
            start = match.start() + spelt[0].start()
            yield Value(Kind.NAME, start, match.end(), name=tuple(_without_titles(named)))


def _is_function_word(word: str) -> bool:
    return bool(terms(word)) and terms(word)[0] in FUNCTION_TERMS


def _without_titles(words_: Sequence[str]) -> list[str]:
    """A person's own name: what follows the last title, else all of it."""
    places = [place for place, word in enumerate(words_) if word.rstrip(".") in TITLES]
    own = words_[places[-1] + 1 :] if places else words_
    return list(own or words_)

"""Two quotes that nobody has read -> whether one tells the other again, with the same values or with another one.

In: two quotes in one language, which no reader has read for the question. Out: their values, side by side. One
decision: only sentences that are nearly the same but for one value are compared, so that they tell of one thing.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import pairwise

from ..records import Quote
from ..text.sentences import split_sentences
from ..text.time_expressions import times_in
from ..text.tokens import FUNCTION_TERMS, fold, is_cut_by_letters, spelt_words, words
from .comparing import Likeness, likeness
from .kinds import Kind, Value
from .retelling import paired
from .values import values_in

FEWEST_TERMS, FEWEST_LETTERS = 4, 8
"""Words, or letters in a script without spaces, that two sentences share beside the value; function words left out."""

IN_ORDER = 0.8
"""How much of the two sentences must be the same words in the same order: 0, nothing, to 1, all."""

SURELY_APART = 0.1
"""Share by which two numbers must differ where other words stand before them: "about 30" may be 32."""

_MEASURED = frozenset(Kind) - {Kind.NAME, Kind.MULTIPLE}
_DENIALS = {
    "ar": "لا لم لن ليس ليست غير دون بدون",
    "da": "ikke ingen intet aldrig uden",
    "de": "nicht nichts kein keine keinen keinem keiner keines nie niemals ohne weder",
    "en": "not no never none nor without cannot neither",
    "es": "no nunca ni ningún ninguno ninguna jamás sin tampoco",
    "fr": "ne pas jamais aucun aucune ni sans non",
    "it": "non mai nessun nessuno nessuna né senza",
    "nl": "niet geen nooit zonder noch",
    "no": "ikke ingen aldri uten",
    "pl": "nie nigdy bez ani żaden żadna",
    "pt": "não nunca nem nenhum nenhuma jamais sem",
    "ru": "не нет ни никогда без",
    "sv": "inte ingen inget aldrig utan",
}
_DENYING_LETTERS = {"ja": "ない|ません|なかっ|ず|ぬ|無|不", "ko": "않|안 |못|없|아니", "zh": "不|没|沒|未|无|無|非"}
"""What denies, in the languages in which sentences are compared: one that says no is not told again by one that says
yes."""


Pairs = tuple[tuple[Value, Value], ...]
"""Values of two quotes that stand for each other, placed in the quotes' texts: all of them where all are the same, else
the only two that are not."""


@dataclass(frozen=True)
class _Told:
    """A sentence of a quote. Not slotted, so that cached properties work."""

    start: int
    text: str
    language: str
    base: str | None

    @cached_property
    def values(self) -> tuple[Value, ...]:
        """What it measures: numbers, times, money and the like."""
        found = values_in(self.text, times_in(self.text, self.base, self.language), self.language)
        return tuple(value for value in found if value.kind in _MEASURED)

    def terms(self, without: Value) -> list[str]:
        """The terms of its words but for a value and function words, in order."""
        return [
            word.term
            for word in words(self.text, self.language)
            if word.term not in FUNCTION_TERMS and not without.start <= word.start < without.end
        ]

    def names(self) -> frozenset[str]:
        """The terms of its words that may name something: not in lower case, but for a capital that begins it."""
        letters = ((at, word.term, self.text[word.start]) for at, word in enumerate(words(self.text, self.language)))
        return frozenset(term for at, term, first in letters if not (first.islower() or (at == 0 and first.isupper())))

    def denials(self) -> int:
        """How often it denies."""
        return len(_denial(self.language).findall(self.text))

    def before(self, value: Value) -> str:
        """The word before a value."""
        return fold((spelt_words(self.text[: value.start]) or [""])[-1])


def values_told_twice(one: Quote, other: Quote, bases: tuple[str | None, str | None]) -> Pairs:
    """Compare two quotes; nothing if no sentence of one tells one of the other again.

    Args:
        one: the first quote.
        other: the second.
        bases: ISO 8601 date of each one's document, from which its words for times are counted, or None.
    """
    language = one.language or "en"
    if language != (other.language or "en") or language not in _DENIALS.keys() | _DENYING_LETTERS.keys():
        return ()
    ours, theirs = (list(_sentences(quote, language, base)) for quote, base in zip((one, other), bases, strict=True))
    compared = (_compared(a, b) for a in ours for b in theirs)
    return next((found for found in compared if found), ())


def _sentences(quote: Quote, language: str, base: str | None) -> Iterator[_Told]:
    for start, end in split_sentences(quote.text, language=language):
        told = _Told(start, quote.text[start:end], language, base)
        if told.values:
            yield told


def _compared(one: _Told, other: _Told) -> Pairs:
    pairs = _values_to_compare(one, other)
    if not pairs or one.denials() != other.denials():
        return ()
    a, b = pairs[0]
    ours, theirs = one.terms(a), other.terms(b)
    told = paired(ours, theirs)
    there = [told[at] for at in sorted(told)]
    in_order = 1 + sum(after > before for before, after in pairwise(there))
    added = set(ours) ^ set(theirs)
    enough = FEWEST_LETTERS if is_cut_by_letters(one.text) else FEWEST_TERMS
    if len(told) < max(enough, min(len(ours), len(theirs))) or added & (one.names() | other.names()):
        return ()
    if 2 * in_order < IN_ORDER * (len(ours) + len(theirs)):
        return ()
    found = likeness(a, b)
    if found is Likeness.UNLIKE or (found is Likeness.DIFFERENT and not _surely_apart(one, other, a, b)):
        return ()
    return tuple((_moved(a, one.start), _moved(b, other.start)) for a, b in pairs)


def _values_to_compare(one: _Told, other: _Told) -> list[tuple[Value, Value]]:
    """The only value that each has and the other lacks, or all where all are the same."""
    ours, theirs = ([_key(value) for value in told.values] for told in (one, other))
    if Counter(ours) == Counter(theirs):
        return [(value, other.values[theirs.index(key)]) for value, key in zip(one.values, ours, strict=True)]
    apart = [value for value, key in zip(one.values, ours, strict=True) if key not in theirs]
    its = [value for value, key in zip(other.values, theirs, strict=True) if key not in ours]
    return [(apart[0], its[0])] if len(apart) == len(its) == 1 else []


def _moved(value: Value, by: int) -> Value:
    return replace(value, start=value.start + by, end=value.end + by)


def _key(value: Value) -> tuple[Kind, float, str, str]:
    return value.kind, value.number, value.unit, value.time.iso if value.time else ""


def _surely_apart(one: _Told, other: _Told, a: Value, b: Value) -> bool:
    """Whether two values differ, whatever the words before them say, such as "about"."""
    largest = max(abs(a.number), abs(b.number))
    return a.kind is Kind.TIME or one.before(a) == other.before(b) or abs(a.number - b.number) > SURELY_APART * largest


@cache
def _denial(language: str) -> re.Pattern[str]:
    if language in _DENYING_LETTERS:
        return re.compile(_DENYING_LETTERS[language])
    return re.compile(rf"(?i)\b(?:{'|'.join(_DENIALS[language].split())}|\w+n['’]t)\b")

"""A question and a quote -> what the quote claims: the values in it that may answer, best first.

One decision: a value answers by its kind and by the words around it, not by its size; what it takes from the quote's
words alone is weighed in one sum, so that the weights stand in one place.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from ..records import Quote
from ..text.calendar import Time, span_of
from ..text.sentences import split_sentences
from ..text.time_expressions import counts_from_event, event_times, nearest, not_since, times_in
from ..text.tokens import terms, words
from .asking import ExpectedAnswer
from .kinds import Kind, Value
from .values import values_in

# What speaks for a value, beside the share of the question's words that its sentence says (0..1).
_COUNTED = 0.5  # it counts what the question counts
_MARKED = 0.3  # it lies in the part of the quote that is marked as the answer
_CLOSE = 0.3  # it stands beside a word of the question
_CUED = 0.4  # "10 km long" for "how long"
_SURE = 0.2  # its quote is likely to answer
_LOOSE = 0.3  # against it: it may be no name
_LATER_KIND = 0.15  # the question's second kind, and so on
_CLOSE_CHARACTERS = 40
_CUE_CHARACTERS = 20
_PEOPLE = frozenset(
    terms("""people person persons men women children passengers victims residents others injured dead fatalities
    civilians patients workers staff visitors spectators guests""")
)
_PLAIN_NOT = re.compile(r"(?i)\b(?:not|no|never|\w+n['’]t)\b")
_PLACED = re.compile(r"(?i)\b(?:in|at|to|from|near|of|for|outside|into|on)\s(?:the\s)?$")
_CLAUSE = re.compile(
    r"(?i)[,;:–—]\s|\s(?:but|although|though|even though|while|whereas|because|after|before|which|who)\s"
)
_PARTED = re.compile(r"[,;:–—]|\s(?:and|but|than)\s")
_NOT = re.compile(
    r"(?i)\b(?:not|no|never|none|nor|without|cannot|\w+n['’]t|neither|den(?:y|ies|ied)|refus\w+|reject\w+|suspend\w*|"
    r"halt\w*|stopped|ended|ceased|bann\w+|cancel\w+|closed|ruled out|fail\w*|declin\w+|lacks?|scrapped|abandoned)\b"
)


class Polarity(StrEnum):
    """What a quote says to a question of yes or no."""

    YES = "yes"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a quote gives as the answer.

    Attributes:
        position: the quote's position in the answer.
        document_id: the quote's document.
        published: days on which that was published, or None.
        text: the words that answer, as the quote has them.
        score: how much speaks for its being the answer; comparable within one question.
        said: share, 0..1, of the question's words that its sentence says.
        counts: whether it counts what the question counts; true where nothing is counted.
        time: the time that its sentence speaks of, or None.
        shown: ISO 8601 date by which readers are told of when it is, or None.
        value: the value, or None for yes and no.
        side: for a question of yes or no.
        denied: whether its sentence says that something was not so.
    """

    position: int
    document_id: str
    published: Time | None
    text: str
    score: float
    said: float
    counts: bool
    time: Time | None
    shown: str | None
    value: Value | None = None
    side: Polarity | None = None
    denied: bool = False


@lru_cache(maxsize=256)
def claims_of(
    expected: ExpectedAnswer, quote: Quote, position: int, near: frozenset[str], base: str | None
) -> tuple[Claim, ...]:
    """Find what a quote may claim.

    Args:
        expected: what the question asks for.
        quote: the quote.
        position: its position in the answer.
        near: terms of the question that it says in other words.
        base: ISO 8601 date by which its words for times are understood.

    Returns:
        Claims in no order; none that speak of another time than the question. Kept, as the quotes of an answer are
        compared twice: to be chosen, and when they are.
    """
    times = times_in(quote.text, base)
    asked = expected.dates.times(base)
    around = frozenset(terms(f"{quote.text} {quote.title}"))
    found: list[Claim] = []
    for start, end in split_sentences(quote.text):
        sentence = quote.text[start:end]
        own = [time for time in times if start <= time.start < end]
        if asked and own and Kind.TIME not in expected.kinds and not any(_fits(time, asked) for time in own):
            continue
        said = expected.share_met(terms(sentence), around, near)
        reader = _ClaimFinder(expected, quote, position, sentence, start, around, said, tuple(own), asked)
        found += list(reader.sides() if expected.yes_no else reader.values())
    return tuple(found)


def _fits(time: Time, asked: tuple[Time, ...]) -> bool:
    return any(time.within(each) or time.matches(each) for each in asked)


@dataclass(frozen=True, slots=True)
class _ClaimFinder:
    """One sentence of a quote, and what is needed to read claims from it."""

    expected: ExpectedAnswer
    quote: Quote
    position: int
    sentence: str
    start: int
    around: frozenset[str]
    said: float
    times: tuple[Time, ...]
    asked: tuple[Time, ...]

    def values(self) -> Iterator[Claim]:
        """The values of the kinds that are asked for."""
        own = [replace(time, start=time.start - self.start, end=time.end - self.start) for time in self.times]
        places = [word.start for word in words(self.sentence) if word.term in self.expected.needed]
        for value in values_in(self.sentence, tuple(own)):
            if value.kind not in self.expected.kinds or (value.kind is Kind.NAME and not self._may_name(value)):
                continue
            if self.expected.since_when and not (value.time and value.time.since):
                continue
            time = None if value.kind is Kind.TIME else self._time_of(value)
            if time and self.asked and not _fits(time, self.asked):
                continue
            counted = bool(value.nouns & self.expected.counted)
            yield self._claim(
                self.sentence[value.start : value.end],
                self._score(value, places, counted),
                self._answers(value),
                time,
                value=value,
            )

    def _score(self, value: Value, places: list[int], counted: bool) -> float:
        score = self.said + _SURE * self.quote.confidence - _LOOSE * value.loose
        score -= _LATER_KIND * self.expected.kinds.index(value.kind)
        score -= _COUNTED * (not self._befell(value))
        if self.expected.counted and value.kind is Kind.COUNT and value.nouns:
            score += _COUNTED if counted else 0 if self._people(value) else -_COUNTED
        if self.quote.highlight:
            first, last = (edge - self.start for edge in self.quote.highlight)
            score += _MARKED * (value.start < last and first < value.end)
        away = min((max(value.start - place, place - value.end, 0) for place in places), default=1000)
        score += _CLOSE / (1 + away / _CLOSE_CHARACTERS)
        behind = terms(self.sentence[value.end : value.end + _CUE_CHARACTERS])[:1]
        return score + _CUED * (not self.expected.direction.isdisjoint(behind))

    def _answers(self, value: Value) -> bool:
        """Whether a value may be set against another source's."""
        aside = value.time is not None and counts_from_event(self.sentence, value.time)
        fits = self._counts(value) and self._befell(value) and self._directed(value) and self._spoken_of(value)
        return fits and not (value.loose or aside)

    def _counts(self, value: Value) -> bool:
        """Whether a value counts what is counted, where the question counts and the value says what it counts."""
        counted = self.expected.counted
        return not (counted and value.nouns) or bool(value.nouns & counted) or self._people(value)

    def _befell(self, value: Value) -> bool:
        """Whether what is asked for became of those that a value counts, where both are said."""
        return not (self.expected.fates and value.fate) or value.fate in self.expected.fates

    def _directed(self, value: Value) -> bool:
        """Whether a measure is of what is asked: "212 metres tall" for "how tall", not "350 metres from the river"."""
        measured = value.kind in (Kind.LENGTH, Kind.MASS, Kind.SPEED) and bool(self.expected.direction)
        return not measured or not self.expected.direction.isdisjoint(terms(self.sentence))

    def _spoken_of(self, value: Value) -> bool:
        """Whether the clause of a number says anything of what is asked, not only another clause of its sentence."""
        if value.kind in (Kind.NAME, Kind.TIME):
            return True
        return self.expected.share_met(terms(self._clause(value)), self.around, frozenset()) > 0

    def _people(self, value: Value) -> bool:
        """Whether both count people, whatever they call them."""
        return bool(self.expected.counted & _PEOPLE) and bool(value.nouns & _PEOPLE)

    def _time_of(self, value: Value) -> Time | None:
        """The time that a value is of: of those named in its sentence, one behind it in its clause, or the nearest."""
        place = self.start + value.end
        behind = [
            time
            for time in event_times(self.times)
            if time.start >= place and not _PARTED.search(self.quote.text, place, time.start)
        ]
        return nearest(behind or event_times(self.times), place)

    def _may_name(self, value: Value) -> bool:
        if all(word in self.expected.folded for word in value.name):
            return False
        return not self.expected.place or _PLACED.search(self.sentence, 0, value.start) is not None

    def sides(self) -> Iterator[Claim]:
        """Yes or no, by whether the clause that says most of the question denies it."""
        edges = [0, *(match.start() for match in _CLAUSE.finditer(self.sentence)), len(self.sentence)]
        best = (0, 0, 0, 0)
        for first, last in pairwise(edges):
            clause = self.sentence[first:last]
            met = [word for word in words(clause) if self.expected.says(word.term)]
            if len(met) > best[0]:
                best = (len(met), first, first + met[0].start, first + met[-1].end)
        count, first, start, end = best
        if count:
            denial = _NOT.search(self.sentence, first, min(len(self.sentence), end + 12))
            start, end = (min(start, denial.start()), max(end, denial.end())) if denial else (start, end)
            own = nearest(self.times, self.start + start)
            text = self.sentence[start:end]
            yield self._claim(text, self.said, True, own, side=Polarity.NO if denial else Polarity.YES)

    def _clause(self, value: Value) -> str:
        """The clause that a value stands in."""
        starts = [match.end() for match in _CLAUSE.finditer(self.sentence, 0, value.start)]
        end = _CLAUSE.search(self.sentence, value.end)
        return self.sentence[starts[-1] if starts else 0 : end.start() if end else len(self.sentence)]

    def _claim(
        self,
        text: str,
        score: float,
        counts: bool,
        time: Time | None,
        value: Value | None = None,
        side: Polarity | None = None,
    ) -> Claim:
        published = span_of(self.quote.published)
        document_id = self.quote.document_id
        clause = self.sentence if value is None else self._clause(value)
        since = value.time if value and value.time and value.time.since else None
        denied = _PLAIN_NOT.search(clause) is not None or (since is not None and not_since(self.sentence, since))
        shown = self.quote.speaks_of or self.quote.published
        return Claim(
            self.position, document_id, published, text, score, self.said, counts, time, shown, value, side, denied
        )

"""Sentences that name a time -> a timeline: what happened when, each point in a document's own words.

In: the passages of each document. Out: points in the order of time. One decision: a sentence stands at one time, the
most exact that it says something of; what it only compares with, or was only said then, is none, nor is the date of
its document where that is known to the month or the year alone.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from .filters import Scope
from .records import DocumentSummary
from .store.base import Library
from .store.records import StoredPassage
from .text.calendar import Time, span_of
from .text.datelines import dateline_length
from .text.time_expressions import counts_from_event, identifies_thing, not_since, times_in
from .text.tokens import FUNCTION_TERMS, words

_FEWEST_WORDS, _MOST_WORDS = 5, 60  # a heading is shorter, a paragraph longer
_MOST_TIMES = 3  # a sentence that names more lists them, and tells of none
# Share of the shorter sentence's naming words from which two that stand at one time tell the same.
_TOLD_ALIKE = 0.6
_COMPARED = 200  # points of one time that a further one is compared with; beyond, what is told alike stands twice
# How exact a time is by its days, up to a week, a quarter, a year, more; and what else makes a sentence one that a
# stranger understands. Only their order matters, and only where there are more points than a reader is shown.
_EXACT = ((7, 3.0), (93, 2.0), (366, 1.0), (10**6, 0.0))
_A_NAME, _MOST_NAMES, _A_NUMBER, _LEANING, _SINCE = 0.3, 5, 0.5, -1.5, -1.0

_ONLY_COMPARED = re.compile(
    r"(?i)(?:\b(?:date|published|posted|updated|before|until|till|by|after|than|versus|compared (?:to|with))\s+"
    r"(?:(?:all of|the|fiscal|year|early|late|end of|in)\s+)*)$"
)
_CAPITAL = re.compile(r"(?<=\w[\w,;:”)] )[A-Z]\w")  # not the word that begins the sentence
_NUMBER = re.compile(r"[$€£]?\d[\d,.]*\b")
_LEANS = re.compile(r"[“\"'‘]?(?:He|She|It|They|We|I|You|This|That|These|Those|But|And|So|Then|There|Here)\b")


@dataclass(frozen=True, slots=True)
class Point:
    """A sentence that says what happened when.

    Attributes:
        time: ISO 8601 date, perhaps reduced, or interval.
        document_id: its document.
        start: first character in the document's text.
        end: one past the last.
        text: `Document.text[start:end]`.
        title: of its document.
        publisher: of its document, or None.
        weight: how much it tells a stranger; higher is more.
        also: other documents' sentences that tell the same of the same time.
    """

    time: str
    document_id: str
    start: int
    end: int
    text: str
    title: str
    publisher: str | None
    weight: float
    also: tuple["Point", ...] = ()

    @property
    def days(self) -> tuple[date, date]:
        """Its first day and its last."""
        first, last = (span_of(part) for part in (self.time.partition("/")[0], self.time.rpartition("/")[2]))
        return (first.first if first else date.min, last.last if last else date.max)


class Timeline:
    """The timeline of a library: each document is read for it once, and again when it has changed."""

    def __init__(self, library: Library) -> None:
        """Prepare for a library; nothing is read yet."""
        self._library = library
        self._merged: tuple[tuple[int, Scope], tuple[Point, ...]] | None = None
        self._by_document: dict[str, tuple[tuple[object, ...], tuple[Point, ...]]] = {}

    def points(self, scope: Scope, since: str, until: str) -> tuple[Point, ...]:
        """What happened in a span of time, in the order of time; what several documents say alike is one point.

        Args:
            scope: whose sentences.
            since: ISO 8601 date, perhaps reduced: nothing that was over before. Empty: any.
            until: the same: nothing that began after it. Empty: any.
        """
        key = self._library.manifest.generation, scope
        merged = self._merged
        if merged is None or merged[0] != key or not self._library.is_transactional:
            # Without a snapshot, which would make questions wait: a change meanwhile makes another generation.
            documents = [document for document in self._library.documents.all() if scope.takes(document)]
            merged = key, merge_points(point for one in documents for point in self._points(one))
            self._merged = merged
        return points_between(merged[1], since, until)

    def _points(self, document: DocumentSummary) -> tuple[Point, ...]:
        # The digest is the file's: which of its lines its site repeats may change without it.
        state = document.sha256, document.published, document.publisher, document.passages
        known = self._by_document.get(document.id)
        if known is None or known[0] != state:
            known = state, points_of(document, self._library.passages.stored_in(document.id))
            self._by_document[document.id] = known
        return known[1]


def points_of(document: DocumentSummary, passages: Iterable[StoredPassage]) -> tuple[Point, ...]:
    """Find the points of one document, in the order of its text.

    Args:
        document: the document.
        passages: those of its passages that can be found.
    """
    return tuple(
        point
        for stored in passages
        for start, end in stored.passage.sentences
        if (point := _point(document, stored.text[start - stored.passage.start : end - stored.passage.start], start))
    )


def merge_points(points: Iterable[Point]) -> tuple[Point, ...]:
    """Put points into the order of time; what several tell alike of one time is one, which lists the others."""
    kept: dict[str, list[tuple[frozenset[str], Point]]] = {}
    for point in sorted(points, key=lambda one: (-one.weight, one.document_id, one.start)):
        there, naming = kept.setdefault(point.time, []), _naming(point.text)
        for place, (terms, other) in enumerate(there[:_COMPARED]):
            if _alike(naming, terms):
                there[place] = terms, replace(other, also=_with(other, point))
                break
        else:
            there.append((naming, point))
    every = (point for there in kept.values() for _, point in there)
    return tuple(sorted(every, key=lambda one: (one.time.replace("/", "~"), one.document_id, one.start)))


def most_informative(points: Sequence[Point], count: int) -> tuple[Point, ...]:
    """Of points in the order of time so many as are to be shown, in that order: those that tell most."""
    order = sorted(range(len(points)), key=lambda place: -points[place].weight)
    return tuple(points[place] for place in sorted(order[:count]))


def points_between(points: Iterable[Point], since: str, until: str) -> tuple[Point, ...]:
    """Keep the points of which a day lies in a span of time.

    Args:
        points: the points.
        since: ISO 8601 date, perhaps reduced, or empty: from its first day on.
        until: the same: up to its last day.
    """
    first, last = span_of(since), span_of(until)
    return tuple(
        point
        for point in points
        if not (first and point.days[1] < first.first) and not (last and point.days[0] > last.last)
    )


def _point(document: DocumentSummary, whole: str, start: int) -> Point | None:
    lead = dateline_length(whole, document.published)
    text, start = whole[lead:], start + lead
    if not _FEWEST_WORDS <= len(text.split()) <= _MOST_WORDS:
        return None
    time = _time_of(text, document.published)
    if time is None:
        return None
    weight = _exactness(time) + _worth(text) + _SINCE * time.since
    return Point(
        time.iso, document.id, start, start + len(text), text, document.title, document.publisher, round(weight, 2)
    )


def _time_of(text: str, published: str | None) -> Time | None:
    """The most exact time that a sentence tells of."""
    named = times_in(text, published)
    if len(named) > _MOST_TIMES:
        return None
    own = span_of(published)
    vague = (own.first, own.last) if own and own.first != own.last else None
    told = (
        time
        for time in named
        if not (time.reported or identifies_thing(text, time) or (time.first, time.last) == vague)
        and not _ONLY_COMPARED.search(text, 0, time.start)
        and not counts_from_event(text, time)
        and not (time.since and not_since(text, time))
    )
    return max(told, key=lambda time: (not time.since, _exactness(time)), default=None)


def _exactness(time: Time) -> float:
    return next(worth for most, worth in _EXACT if (time.last - time.first).days < most)


def _worth(text: str) -> float:
    names = len(_CAPITAL.findall(text))
    leaning = _LEANS.match(text) is not None
    numbers = _NUMBER.search(text) is not None
    return _A_NAME * min(names, _MOST_NAMES) + _A_NUMBER * numbers + _LEANING * leaning


def _naming(text: str) -> frozenset[str]:
    return frozenset(word.term for word in words(text)) - FUNCTION_TERMS


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= _TOLD_ALIKE * max(1, min(len(one), len(other)))


def _with(point: Point, other: Point) -> tuple[Point, ...]:
    """The other sources of a point with one more, each document once."""
    known = {point.document_id, *(one.document_id for one in point.also)}
    return point.also if other.document_id in known else (*point.also, other)

"""Sentences that name a time -> a timeline: what happened when, in the documents' own words.

In: the passages of each document. Out: points in the order of time. One decision: a sentence is a point at each time at
which something happened or is due; of times that overlap, the most exact one counts. A time that it only compares with
does not count, nor the time of a report or of a byline. The document's own date does not count either if it is only a
month or a year.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from .answering.pictures import boxes_of, origin_of
from .filters import Scope
from .records import DocumentSummary, Origin
from .store.base import Library
from .store.contents import StoredPassage
from .store.versions import in_scope
from .text.bibliography import is_bibliographic
from .text.calendar import Time, is_decade, span_of
from .text.datelines import dateline_length
from .text.lookback import search_before
from .text.time_expressions import counts_from_event, identifies_thing, not_since, times_in
from .text.tokens import count_words, naming_terms

MANY = 12
"""Events from which headings part them: more than fit on a screen."""
_FEWEST_WORDS, _MOST_WORDS = 5, 60  # a heading is shorter, a paragraph longer
_MOST_TIMES = 3  # a sentence with more is a list of times, not an event
# Two sentences of one time say the same if they share this part of the shorter one's content words.
_SAME = 0.6
_COMPARED = 200  # a point is compared with so many others of its time; beyond that, repetitions are not merged
# Weights of a point: by how exact its time is (within a week, a quarter, a year, longer), and by how well the sentence
# is understood alone. They only matter for choosing which points to show, so only their order counts.
_EXACT = ((7, 3.0), (93, 2.0), (366, 1.0), (10**6, 0.0))
_A_NAME, _MOST_NAMES, _A_NUMBER, _DEPENDENT, _SINCE = 0.3, 5, 0.5, -1.5, -1.0

_ONLY_COMPARED = re.compile(
    r"(?i)(?:\b(?:date|published|posted|updated|before|until|till|by|after|than|versus|compared (?:to|with))\s+"
    r"(?:(?:all of|the|fiscal|year|early|late|end of|in)\s+)*)$"
)
# "By" and "before" name a limit, not a comparison, if the sentence says what has to be done until then.
_LIMIT = re.compile(r"(?i)\b(?:by|before|until|till)\s+(?:(?:the|early|late|end of|in)\s+)*$")
_DUE = re.compile(
    r"(?i)\b(?:must|shall|should|will|ha(?:s|ve) to|needs? to|(?:is|are) to|please|due|deadline|required|valid|"
    r"expires?|no later than|(?:apply|submit|return|register|pay|send|file)\b)\b"
)
_BYLINE = re.compile(r"\W*(?:(?:[Ww]ritten |[Rr]eport(?:ed|ing) |[Ee]dited )?[Bb]y|BY|Author:|Reporter:)\s+[A-Z]")
_WORD = re.compile(r"[^\W\d_]{3,}")
_BYLINE_WORDS = frozenset(
    "and the for from with reporter correspondent editor writer staff press photo photos text read min minutes updated "
    "published posted written edited reported reporting".split()
)
_CAPITAL = re.compile(r"(?<=\w[\w,;:”)] )[A-Z]\w")  # not the first word of the sentence
_NUMBER = re.compile(r"[$€£]?\d[\d,.]*\b")
_DEPENDS = re.compile(r"[“\"'‘]?(?:He|She|It|They|We|I|You|This|That|These|Those|But|And|So|Then|There|Here)\b")


@dataclass(frozen=True, slots=True)
class Point:
    """A sentence that says what happened when.

    Attributes:
        time: ISO 8601 date, month, year or interval.
        document_id: its document.
        start: first character in the document's text.
        end: one past the last.
        text: `Document.text[start:end]`.
        title: of its document.
        publisher: of its document, or None.
        weight: how well it is understood alone; higher is better.
        origin: whether any of its words was read from a picture; told by `Timeline.points`.
        also: other documents' sentences that say the same about the same time.
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
    origin: Origin = Origin.TEXT

    @property
    def days(self) -> tuple[date, date]:
        """Its first and last day."""
        first, last = (span_of(part) for part in (self.time.partition("/")[0], self.time.rpartition("/")[2]))
        return (first.first if first else date.min, last.last if last else date.max)


class Timeline:
    """The timeline of a library. Each document is read once, and again after it changed."""

    def __init__(self, library: Library) -> None:
        """Prepare for a library; nothing is read yet."""
        self._library = library
        self._merged: tuple[tuple[int, Scope], tuple[Point, ...]] | None = None
        self._by_document: dict[str, tuple[tuple[object, ...], tuple[Point, ...]]] = {}

    def points(self, scope: Scope, since: str, until: str) -> tuple[Point, ...]:
        """List what happened in a span of time, by date. Similar sentences of several documents are one point.

        Args:
            scope: the documents to use.
            since: ISO 8601 date, month or year: leaves out what ended before it. Empty: any.
            until: the same: leaves out what began after it. Empty: any.
        """
        key = self._library.manifest.generation, scope
        merged = self._merged
        if merged is None or merged[0] != key or not self._library.is_transactional:
            # No snapshot is taken, since it would make questions wait. A change meanwhile makes a new generation.
            documents = in_scope(self._library.documents, scope)
            merged = key, merge_points(point for one in documents for point in self._points(one))
            self._merged = merged
        return points_between(merged[1], since, until)

    def _points(self, document: DocumentSummary) -> tuple[Point, ...]:
        # The digest is the file's. Which of its lines are boilerplate can change without it.
        state = document.sha256, document.published, document.publisher, document.passages
        known = self._by_document.get(document.id)
        if known is None or known[0] != state:
            found = points_of(document, self._library.passages.stored_in(document.id))
            boxes = boxes_of(self._library, document.id, document.media_type) if found else None
            known = state, tuple(replace(one, origin=origin_of(boxes, one.start, one.end)) for one in found)
            self._by_document[document.id] = known
        return known[1]


def sections_of(points: Iterable[Point]) -> dict[str, list[Point]]:
    """Group points by the year in which they begin, or their decade; of a year with many, by month.

    Args:
        points: in the order of time.

    Returns:
        ISO 8601 year, month or interval of ten years -> its points, in the same order.
    """
    points = tuple(points)
    begins = [one.time if is_decade(one.time) else one.time.partition("/")[0][:7] for one in points]
    months = Counter(begin[:4] for begin in begins if len(begin) == len("2022-04"))
    sections: dict[str, list[Point]] = {}
    for begin, point in zip(begins, points, strict=True):
        has_months = is_decade(begin) or months[begin[:4]] > MANY
        sections.setdefault(begin if has_months else begin[:4], []).append(point)
    return sections


def points_of(document: DocumentSummary, passages: Iterable[StoredPassage]) -> tuple[Point, ...]:
    """Find the points of one document, in the order of its text.

    Args:
        document: the document.
        passages: its passages that can be found by a search.
    """
    return tuple(
        point
        for stored in passages
        for start, end in stored.passage.sentences
        if not is_bibliographic(
            stored.text[start - stored.passage.start : end - stored.passage.start], stored.passage.heading
        )
        for point in _points(document, stored.text[start - stored.passage.start : end - stored.passage.start], start)
    )


def merge_points(points: Iterable[Point]) -> tuple[Point, ...]:
    """Sort points by time. Points that say the same about one time become one, which lists the others."""
    kept: dict[str, list[tuple[frozenset[str], Point]]] = {}
    for point in sorted(points, key=lambda one: (-one.weight, one.document_id, one.start)):
        there, naming = kept.setdefault(point.time, []), naming_terms(point.text)
        for place, (terms, other) in enumerate(there[:_COMPARED]):
            if _alike(naming, terms):
                there[place] = terms, replace(other, also=_with(other, point))
                break
        else:
            there.append((naming, point))
    every = (point for there in kept.values() for _, point in there)
    return tuple(sorted(every, key=lambda one: (one.time.replace("/", "~"), one.document_id, one.start)))


def most_informative(points: Sequence[Point], count: int) -> tuple[Point, ...]:
    """Choose the `count` points with the highest weight, and keep their order."""
    order = sorted(range(len(points)), key=lambda place: -points[place].weight)
    return tuple(points[place] for place in sorted(order[:count]))


def points_between(points: Iterable[Point], since: str, until: str) -> tuple[Point, ...]:
    """Keep the points that overlap a span of time.

    Args:
        points: the points.
        since: ISO 8601 date, month or year, from its first day on; or empty.
        until: the same, up to its last day.
    """
    first, last = span_of(since), span_of(until)
    return tuple(
        point
        for point in points
        if not (first and point.days[1] < first.first) and not (last and point.days[0] > last.last)
    )


def _points(document: DocumentSummary, whole: str, start: int) -> Iterator[Point]:
    lead = dateline_length(whole, document.published, document.language)
    text, start = whole[lead:], start + lead
    if not _FEWEST_WORDS <= count_words(text) <= _MOST_WORDS or _is_byline(text):
        return
    for time in _times_of(text, document.published, document.language):
        weight = _exactness(time) + _worth(text) + _SINCE * time.since
        yield Point(
            time.iso, document.id, start, start + len(text), text, document.title, document.publisher, round(weight, 2)
        )


def _is_byline(text: str) -> bool:
    """Whether a line only says who wrote the text and when."""
    if text.rstrip().endswith((".", "!", "?")) and not _BYLINE.match(text):
        return False
    return all(word in _BYLINE_WORDS or word != word.lower() for word in _WORD.findall(text))


def _times_of(text: str, published: str | None, language: str | None) -> list[Time]:
    """The times at which a thing happened or is due, in the sentence's order; the more exact of two that overlap."""
    named = times_in(text, published, language)
    if len(named) > _MOST_TIMES:
        return []
    own = span_of(published)
    vague = (own.first, own.last) if own and own.first != own.last else None
    is_due = _DUE.search(text) is not None
    candidates = (
        time
        for time in named
        if not (time.reported or identifies_thing(text, time) or (time.first, time.last) == vague)
        and (
            not search_before(_ONLY_COMPARED, text, time.start) or (is_due and search_before(_LIMIT, text, time.start))
        )
        and not counts_from_event(text, time)
        and not (time.since and not_since(text, time))
    )
    chosen: list[Time] = []
    for time in sorted(candidates, key=lambda time: (time.since, -_exactness(time), time.start)):
        if not any(time.meets(other) for other in chosen) and not (time.since and chosen):
            chosen.append(time)
    return sorted(chosen, key=lambda time: time.start)


def _exactness(time: Time) -> float:
    return next(worth for most, worth in _EXACT if (time.last - time.first).days < most)


def _worth(text: str) -> float:
    names = len(_CAPITAL.findall(text))
    depends = _DEPENDS.match(text) is not None
    numbers = _NUMBER.search(text) is not None
    return _A_NAME * min(names, _MOST_NAMES) + _A_NUMBER * numbers + _DEPENDENT * depends


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= _SAME * max(1, min(len(one), len(other)))


def _with(point: Point, other: Point) -> tuple[Point, ...]:
    """The other sources of a point and one more, each document once."""
    known = {point.document_id, *(one.document_id for one in point.also)}
    return point.also if other.document_id in known else (*point.also, other)

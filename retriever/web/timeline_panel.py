"""The timeline next to the chat, as HTML: an axis that shows how many events each year has, and the events.

In: points, and what the user chose to see of them. Out: mark-up, escaped by Jinja. One decision: a year that is chosen
shows all of its events; the whole timeline shows the most informative ones.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..filters import Scope
from ..interfaces.html.source import Link
from ..interfaces.html.templating import render
from ..interfaces.translation.catalogue import gettext
from ..interfaces.translation.formats import date_words
from ..records import DocumentSummary
from ..text import calendar
from ..timeline import Point, most_informative, sections_of

POINTS = 60
"""Points of the timeline that are shown at first, and as many more each time."""

MOST_BARS = 40
"""Bars of the axis; a longer time is told in steps of ten years, or of a hundred."""
LEAST_HEIGHT = 8  # percent, so that one event can be seen and pressed

Ask = Callable[[str, str | None], Sequence[str]]
"""Makes questions of a sentence and its document's date."""


@dataclass(frozen=True, slots=True)
class TimelineView:
    """What the user sees of the timeline.

    Attributes:
        find: words that each shown event or its source contains.
        document: id of the only document to show; empty for all.
        year: the only years to show, as `2022` or `2020-2029`; empty for all.
        count: at most this many events: the most informative ones.
    """

    find: str = ""
    document: str = ""
    year: str = ""
    count: int = POINTS

    @property
    def years(self) -> str:
        """The only years to show, for people."""
        return _years_words(self.year)

    @classmethod
    def of_fields(cls, fields: Mapping[str, str]) -> "TimelineView":
        """Read the data of a control; what is no number counts as not given."""
        count = str(fields.get("count", ""))
        find, document, year = (str(fields.get(name, "")) for name in ("find", "document", "year"))
        return cls(find, document, year, int(count) if count.isdecimal() else POINTS)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the axis.

    Attributes:
        year: its years, as in `TimelineView`.
        label: for people.
        count: how many events it has.
        height: percent of the highest bar.
    """

    year: str
    label: str
    count: int
    height: int


def timeline_html(
    points: Sequence[Point],
    documents: Sequence[DocumentSummary],
    scope: Scope,
    asked: int,
    view: TimelineView,
    make: Ask,
) -> str:
    """What happened when, by quote.

    Args:
        points: all points in the scope, in the order of time.
        documents: all documents of the library.
        scope: the documents that the points come from.
        asked: how many these are.
        view: what of them is shown.
        make: makes questions of a sentence.
    """
    wanted = view.find.casefold().split()
    there = [one for one in points if not view.document or view.document in _documents_of(one)]
    found = [one for one in there if all(word in _words_of_point(one) for word in wanted)]
    bars = bars_of(found)
    chosen = [one for one in found if not view.year or _is_within(one, view.year)]
    published = {one.id: one.published for one in documents}
    shown = most_informative(chosen, view.count)
    sections = sections_of(shown).items()

    def about(point: Point) -> tuple[Point, Link, list[tuple[Point, Link]], str]:
        return (point, *_opening(point), _question(point, make(point.text, published.get(point.document_id))))

    named = {document for point in points for document in _documents_of(point)}
    return render(
        "timeline.html",
        sections=[(time, date_words(time).removeprefix("the "), map(about, those)) for time, those in sections],
        bars=bars if len(bars) > 1 else [],
        total=len(found),
        listed=len(chosen),
        more=len(chosen) - len(shown),
        next_count=view.count + POINTS,
        view=view,
        sources=[one for one in documents if one.id in named],
        scope=scope,
        taken=asked,
        count=len(documents),
    )


def bars_of(points: Sequence[Point]) -> list[Bar]:
    """The bars of an axis over the points' first days: a bar for each year, or for each ten or hundred."""
    years = sorted(_first_year(one) for one in points if one.time[:4].isdecimal())
    if not years:
        return []
    step = next(step for step in (1, 10, 100, 10_000) if (years[-1] // step - years[0] // step) < MOST_BARS)
    counted = Counter(year // step for year in years)
    most = max(counted.values())
    steps = range(years[0] // step, years[-1] // step + 1)
    return [
        Bar(
            str(at) if step == 1 else f"{at * step}-{at * step + step - 1}",
            _years_words(str(at) if step == 1 else f"{at * step}-{at * step + step - 1}"),
            counted[at],
            max(LEAST_HEIGHT, round(100 * counted[at] / most)) if counted[at] else 0,
        )
        for at in steps
    ]


def _years_words(years: str) -> str:
    """Years of the axis for people: `1990 to 1999`."""
    first, _, last = years.partition("-")
    return gettext("{first} to {last}").format(first=first, last=last) if last else first


def _first_year(point: Point) -> int:
    return int(point.time[:4])


def _is_within(point: Point, years: str) -> bool:
    first, _, last = years.partition("-")
    if not first.isdecimal() or not point.time[:4].isdecimal():
        return False
    return int(first) <= _first_year(point) <= int(last if last.isdecimal() else first)


def _documents_of(point: Point) -> set[str]:
    return {point.document_id, *(other.document_id for other in point.also)}


def _question(point: Point, made: Sequence[str]) -> str:
    """What is asked about an event; questions are made in English."""
    words = calendar.date_words(point.time)
    preposition = "on" if words[:1].isdigit() and len(point.time) == 10 else "in"
    return made[0] if made else f"What happened {preposition} {words}?"


def _opening(point: Point) -> tuple[Link, list[tuple[Point, Link]]]:
    return Link.to(point), [(other, Link.to(other)) for other in point.also]


def _words_of_point(point: Point) -> str:
    sources = (f"{one.title} {one.publisher or ''}" for one in (point, *point.also))
    return f"{point.text} {point.time} {date_words(point.time)} {' '.join(sources)}".casefold()

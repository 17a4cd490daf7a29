"""The report of a checked draft as HTML: a file that opens without Ibid, and the panel of the page.

In: a `CheckReport`. Out: mark-up. One decision: a quotation is shown as the draft has it, with the
differences in it, so that one look tells what to mend.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ...check.records import Change, ChangeOf, CheckedQuotation, CheckReport, FoundPlace, Status, WordChange
from ..check_text import STATUS_WORDS, draft_place, remarks, summary
from ..translation.formats import date_words
from .cards import CARD_STYLE
from .source import Link
from .templating import render


@dataclass(frozen=True, slots=True)
class QuotedPart:
    """A part of a quotation, as the draft has it or its source.

    Attributes:
        text: its words.
        kind: `same`, `ours` (only the draft has it), `theirs` (only the source has it), or `honest`.
    """

    text: str
    kind: str = "same"


@dataclass(frozen=True, slots=True)
class ShownQuotation:
    """A checked quotation as the report shows it."""

    number: int
    checked: CheckedQuotation

    @property
    def status(self) -> str:
        """Its status in words."""
        return STATUS_WORDS[self.checked.status]

    @property
    def where(self) -> str:
        """Where it stands in the draft; may be empty."""
        return draft_place(self.checked).rstrip(": ")

    @property
    def remarks(self) -> list[str]:
        """What is to be said of it besides the differences of words, which are marked in it."""
        lines, changes = list(remarks(self.checked)), self.checked.changes
        told = lines[: len(lines) - len(changes)]
        marked = zip(lines[len(told) :], changes, strict=True)
        return told + [line for line, change in marked if change.honest or change.of is not ChangeOf.WORDS]

    @property
    def parts(self) -> list[QuotedPart]:
        """Its words, with the differences in them."""
        return list(_parts(self.checked))

    @property
    def places(self) -> list["ShownPlace"]:
        """Where it stands, each place once."""
        return [ShownPlace(place) for place in dict.fromkeys(self.checked.places)]

    @property
    def also(self) -> list["ShownPlace"]:
        """Other documents with the same words."""
        return [ShownPlace(place) for place in self.checked.also]


@dataclass(frozen=True, slots=True)
class ShownPlace:
    """A place in a document as the report shows it."""

    place: FoundPlace

    @property
    def when(self) -> str:
        """The document's date; empty if unknown."""
        return date_words(self.place.published)

    @property
    def digest(self) -> str:
        """The digest in the page's address."""
        return Link.over(self.place.text, (0, len(self.place.text))).digest


def check_html(report: CheckReport) -> str:
    """Write a report as one HTML file: with its style, without scripts, and it loads nothing."""
    style = Markup(CARD_STYLE)  # noqa: S704 (our own file)
    return render("check.html", style=style, **_values(report, live=False))


def check_panel_html(report: CheckReport) -> str:
    """Write a report for the page: its places open the source."""
    return render("check_panel.html", **_values(report, live=True))


def _values(report: CheckReport, *, live: bool) -> dict[str, object]:
    shown = [ShownQuotation(number, checked) for number, checked in enumerate(report.quotations, start=1)]
    return {
        "report": report,
        "summary": summary(report).removeprefix(f"{report.draft}: "),
        "wrong": [one for one in shown if one.checked.is_wrong],
        "right": [one for one in shown if not one.checked.is_wrong],
        "values": [(remark, ShownPlace(remark.place)) for remark in report.values],
        "live": live,
    }


def _parts(checked: CheckedQuotation) -> Iterator[QuotedPart]:
    quotation = checked.quotation
    at, last = quotation.start, quotation.end
    text = quotation.text

    def ours(first: int, end: int) -> str:
        return text[first - quotation.start : end - quotation.start]

    for change in sorted(_inside(checked), key=lambda one: one.span):
        first, end = max(at, change.span[0]), max(at, change.span[1])
        yield QuotedPart(ours(at, first))
        if change.honest:
            yield QuotedPart(ours(first, end), "honest")
        else:
            if change.change is not Change.LEFT_OUT:
                yield QuotedPart(ours(first, end), "ours")
            if change.change is not Change.PUT_IN:
                yield QuotedPart(change.source, "theirs")
        at = end
    yield QuotedPart(ours(at, last))


def _inside(checked: CheckedQuotation) -> Sequence[WordChange]:
    quotation = checked.quotation
    if checked.status is Status.NOT_IN_LIBRARY:
        return ()
    return [one for one in checked.changes if quotation.start <= one.span[0] <= one.span[1] <= quotation.end]

"""An answer as a card: a question with its quotes, as HTML. Pure functions, no Gradio."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from ..records import Answer, Difference, DifferenceKind, DocumentSummary, Known, Quote
from .markup import date_words, render, said
from .source import Link, Source

DIFFERING = {
    DifferenceKind.CONFLICT: "Sources differ:",
    DifferenceKind.LATER: "Changed over time:",
    DifferenceKind.ROUNDING: "Roughly the same:",
}


@dataclass(frozen=True, slots=True)
class Numbered:
    """A quote as the page shows it.

    Attributes:
        position: its position in the answer.
        place: where it stands in its document, for people.
        known: how its document's publisher and date are known.
        gone: whether the document has been removed since.
    """

    position: int
    quote: Quote
    place: str
    known: Mapping[str, Known]
    gone: bool = False

    @classmethod
    def of(cls, position: int, quote: Quote, source: Source | None) -> "Numbered":
        """A quote with its source, which is None where that has been removed."""
        if source is None:
            return cls(position, quote, f"page {quote.page}" if quote.page else "", {}, gone=True)
        return cls(position, quote, source.place(quote), source.document.known)

    @property
    def publisher(self) -> str:
        """The publisher, saying so where it is inferred; empty where unknown."""
        return said(self.quote.publisher, self.known.get("publisher"))

    @property
    def when(self) -> str:
        """The date, saying so where it is inferred; empty where unknown."""
        return said(date_words(self.quote.published), self.known.get("published"))

    @property
    def citation(self) -> str:
        """The quote with its origin, for a reader's own text."""
        parts = (self.publisher, f"“{self.quote.title}”", self.when, self.place)
        return f"“{self.quote.text}” — {', '.join(part for part in parts if part)}."

    @property
    def link(self) -> str:
        """What stands behind the page's address to open the source at this quote."""
        return f"#{urlencode({'document': self.quote.document_id, **Link.to(self.quote).fields})}"

    @property
    def parts(self) -> tuple[str, str, str]:
        """The text before, in and after the part that answers."""
        text = self.quote.text
        start, end = self.quote.highlight or (len(text), len(text))
        return text[:start], text[start:end], text[end:]


def turn_html(
    number: int,
    answer: Answer,
    sources: Mapping[str, Source],
    library: Sequence[DocumentSummary],
) -> str:
    """One question with its answer.

    Args:
        number: the turn's position in the conversation, counted from 0.
        answer: what the assistant gave.
        sources: the source of each quote that is still in the library, by document id.
        library: every document, for the span of dates of a refusal.

    Returns:
        A list item with the question as its headline.
    """
    quotes = [
        Numbered.of(position, quote, sources.get(quote.document_id))
        for position, quote in enumerate(answer.quotes or answer.nearest)
    ]
    repeated = [position for group in answer.agreement.same for position in group[1:]]
    return render(
        "turn.html",
        number=number,
        answer=answer,
        quotes=quotes,
        shown=[quote for quote in quotes if quote.position not in repeated],
        same={group[0]: [quotes[position] for position in group[1:]] for group in answer.agreement.same},
        differing=[
            (DIFFERING[difference.kind], difference_parts(difference, quotes))
            for difference in answer.agreement.differing
        ],
        span=sorted((one for one in library if one.published and not answer.left_out), key=_published),
    )


def _published(document: DocumentSummary) -> str:
    return document.published or ""


def difference_parts(difference: Difference, quotes: Sequence[Numbered]) -> list[tuple[str, str, Numbered]]:
    """Each value, who names it (and when, where time tells them apart), and the first quote that does."""
    parts = []
    for value, position in zip(difference.values, difference.quotes, strict=False):
        item = quotes[position]
        when = item.when if difference.kind is DifferenceKind.LATER else ""
        parts.append((value, ", ".join(filter(None, (item.quote.publisher or item.quote.title, when))), item))
    return parts


def message_html(question: str, message: str) -> str:
    """A question that failed, with one clear sentence."""
    return render("message.html", question=question, message=message)


def spoken(answer: Answer) -> str:
    """What a screen reader says when an answer arrives."""
    if not answer.quotes:
        return "These documents don’t say."
    first = answer.quotes[0]
    verdict = "" if answer.verdict == "clear" else "Unsure: the nearest these documents come. "
    return f"{verdict}{first.text} {', '.join(filter(None, (first.publisher, date_words(first.published))))}"

"""An answer as HTML: pure functions, no Gradio.

In: records. Out: mark-up in which every word that comes from a document, a question or an error is escaped
by Jinja, so that a hostile document shows its mark-up instead of running it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from ..records import Answer, Difference, Document, DocumentSummary, Known, Quote
from .source import Source

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

EXAMPLES = (
    "How many Cubans were apprehended at the border in March?",
    "Who led the Cuban delegation?",
    "Why did Cubans fly to Nicaragua?",
    "What does Cuba blame for irregular migration?",
    "How many Cubans have a final deportation order?",
)
"""Real questions of the five articles that ship with Ibid, each with a clear answer there."""

SHIPPED = ("000_", "001_", "002_", "003_", "004_")
"""How the ids of the shipped articles begin; the examples are offered only where all five are there."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """A quote as the page shows it.

    Attributes:
        position: its position in the answer.
        place: where it stands in its document, for people.
        known: how its document's publisher and date are known.
    """

    position: int
    quote: Quote
    place: str
    known: Mapping[str, Known]

    @property
    def publisher(self) -> str:
        """The publisher, saying so where it is inferred; empty where unknown."""
        return _said(self.quote.publisher, self.known.get("publisher"))

    @property
    def when(self) -> str:
        """The date, saying so where it is inferred; empty where unknown."""
        return _said(date_words(self.quote.published), self.known.get("published"))

    @property
    def citation(self) -> str:
        """The quote with its origin, for a reader's own text."""
        parts = (self.publisher, f"“{self.quote.title}”", self.when, self.place)
        return f"“{self.quote.text}” — {', '.join(part for part in parts if part)}."

    @property
    def parts(self) -> tuple[str, str, str]:
        """The text before, in and after the part that answers."""
        text = self.quote.text
        start, end = self.quote.highlight or (len(text), len(text))
        return text[:start], text[start:end], text[end:]


def date_words(published: str | None) -> str:
    """A date for people: `22 April 2022` for `2022-04-22`, `April 2022` for `2022-04`, nothing for None."""
    year, month, day = ([*(published or "").split("-"), "", ""])[:3]
    parts = (day.lstrip("0"), MONTHS[int(month) - 1] if month else "", year)
    return " ".join(part for part in parts if part)


def origin(document: Document | DocumentSummary) -> str:
    """The masthead line of a document: publisher and date, saying which of them is inferred or unknown."""
    publisher = _said(document.publisher, document.known.get("publisher"))
    published = _said(date_words(document.published), document.known.get("published"))
    return f"{publisher or 'Publisher unknown'} · {published or 'date unknown'}"


def _said(value: str | None, known: Known | None) -> str:
    return f"{value} (inferred)" if value and known is Known.INFERRED else value or ""


def ordinal(rank: int) -> str:
    """A rank for people: `1st`, `2nd`, `11th`."""
    ending = "th" if 10 <= rank % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{ending}"


def turn_html(number: int, answer: Answer, sources: Mapping[str, Source], library: Sequence[DocumentSummary]) -> str:
    """One question with its answer.

    Args:
        number: the turn's position in the conversation, counted from 0.
        answer: what the assistant gave.
        sources: the source of each quote, by document id.
        library: every document, for the span of dates of a refusal.

    Returns:
        A list item with the question as its headline.
    """
    quotes = [
        _numbered(position, quote, sources[quote.document_id])
        for position, quote in enumerate(answer.quotes or answer.nearest)
    ]
    repeated = [position for group in answer.agreement.same for position in group[1:]]
    return _render(
        "turn.html",
        number=number,
        answer=answer,
        quotes=quotes,
        shown=[quote for quote in quotes if quote.position not in repeated],
        same={group[0]: [quotes[position] for position in group[1:]] for group in answer.agreement.same},
        differing=[difference_parts(difference, quotes) for difference in answer.agreement.differing],
        span=sorted((document for document in library if document.published), key=_published),
    )


def _numbered(position: int, quote: Quote, source: Source) -> Numbered:
    return Numbered(position, quote, source.place(quote), source.document.known)


def _published(document: DocumentSummary) -> str:
    return document.published or ""


def difference_parts(difference: Difference, quotes: Sequence[Numbered]) -> list[tuple[str, Numbered]]:
    """Each value with the first quote that names it."""
    return [(value, quotes[position]) for value, position in zip(difference.values, difference.quotes, strict=False)]


def message_html(question: str, message: str, waiting: bool = False) -> str:
    """A question that has no answer yet, or that failed with one clear sentence."""
    return _render("message.html", question=question, message=message, waiting=waiting)


def spoken(answer: Answer) -> str:
    """What a screen reader says when an answer arrives."""
    if not answer.quotes:
        return "These documents don’t say."
    first = answer.quotes[0]
    verdict = "" if answer.verdict == "clear" else "Unsure: the nearest these documents come. "
    return f"{verdict}{first.text} {', '.join(filter(None, (first.publisher, date_words(first.published))))}"


def source_html(source: Source, quotes: Sequence[Quote] = (), chosen: int | None = None, number: int = 0) -> str:
    """A document opened for reading.

    Args:
        source: the document.
        quotes: all quotes of the answer, of this and of other documents; those of this one are marked.
        chosen: position of the quote to stand at, or None to open the document at its top.
        number: the turn that the quotes belong to.

    Returns:
        The source panel's content.
    """
    document = source.document
    marks = [
        (position, (quote.start, quote.end))
        for position, quote in sorted(enumerate(quotes), key=lambda item: item[0] != chosen)
        if quote.document_id == document.id
    ]
    paragraphs = [
        (paragraph, list(source.pieces(paragraph, marks)))
        for paragraph in source.paragraphs
        if not _repeats_title(source, paragraph.start, paragraph.end)
    ]
    length = max(len(document.text), 1)
    rail = sorted((round(100 * span[0] / length, 1), position) for position, span in marks)
    return _render(
        "source.html",
        document=document,
        paragraphs=paragraphs,
        count=len(quotes),
        chosen=chosen,
        number=number,
        rail=rail,
    )


def _repeats_title(source: Source, start: int, end: int) -> bool:
    document = source.document
    return document.text[start:end] == document.title and not document.text[:start].strip()


def library_html(library: Sequence[DocumentSummary]) -> str:
    """The list of documents, each opening its source."""
    return _render("library.html", library=library)


def welcome_html(library: Sequence[DocumentSummary] | None, loading: bool = False, error: str = "") -> str:
    """The empty state: what the library holds and what can be asked.

    Args:
        library: its documents, or None while it is being opened.
        loading: whether the model still loads, so that answers must wait.
        error: why the library can't be opened.

    Returns:
        The welcome panel's content.
    """
    shipped = library is not None and all(
        any(document.id.rsplit("/", 1)[-1].startswith(prefix) for document in library) for prefix in SHIPPED
    )
    return _render("welcome.html", library=library, loading=loading, error=error, examples=EXAMPLES if shipped else ())


def hint_html(hint: str, spoken_text: str = "") -> str:
    """The line under the question's field; `spoken_text` is for screen readers only."""
    unseen = Markup('<span class="unseen">{}</span>').format(spoken_text) if spoken_text else ""
    return str(escape(hint) + unseen)


_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters.update(origin=origin, date_words=date_words, ordinal=ordinal)


def _render(template: str, **values: object) -> str:
    return _templates.get_template(template).render(values)

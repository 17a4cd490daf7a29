"""Citations of the library's documents, for every interface: what is cited, where, and in which style.

In: a document's id, and the characters of a quote. Out: a `CitedItem`, and the fields of a citation for programs. One
decision: a place in a citation is the place that the page shows: the printed page, else the paragraph, the row, the
time.
"""

import re
from collections.abc import Sequence

from ..assistant import Assistant
from ..citing.item import CitedItem, PinPoint
from ..citing.styles import Citation
from ..errors import QuestionError
from ..reading.geometry import WordBoxes
from ..records import Document, Passage, Quote, Span, row_range
from .html.source import Source

_TIME = re.compile(r"\d{1,3}:\d\d(?::\d\d)?")
_SUBTITLES = ("x-subrip", "vtt")


def cited_document(assistant: Assistant, document_id: str, span: Span | None = None) -> CitedItem:
    """A document as citations name it, and the place of some of its characters.

    Args:
        assistant: has the document.
        document_id: its id.
        span: the characters that are quoted; None for the whole document.

    Raises:
        DocumentUnknown: no document has that id.
        QuestionError: the document has no such characters.
    """
    if span is None:
        return CitedItem.of(assistant.document(document_id), fetched=assistant.fetched_on(document_id))
    source = Source.load(assistant, document_id)
    start, end = span
    length = len(source.document.text)
    if not 0 <= start < end <= length:
        raise QuestionError(f"{document_id} has {length:,} characters; there is no {start}:{end}.")
    near = [each for each in assistant.passages(document_id) if each.start < end and start < each.end]
    heading = near[0].heading if near else None
    return CitedItem.of(source.document, _pin_point(source, span, _rows(near, span), heading), source.fetched)


def cited_quote(source: Source, quote: Quote) -> CitedItem:
    """The source of a quote as citations name it, and the quote's place."""
    place = _pin_point(source, (quote.start, quote.end), quote.rows, quote.heading)
    return CitedItem.of(source.document, place, source.fetched)


def citation_fields(item: CitedItem, citation: Citation) -> dict[str, object]:
    """A citation for programs, as `ibid cite --json` prints it."""
    return {
        "document_id": item.fields["id"],
        "style": citation.style.value,
        "note": citation.note,
        "note_html": citation.note_html,
        "reference": citation.reference,
        "reference_html": citation.reference_html,
        "inferred": list(item.uncertain),
        "item": dict(item.fields),
    }


def _rows(passages: Sequence[Passage], span: Span) -> Span | None:
    """The rows of a table that some characters stand in."""
    return row_range(
        row
        for passage in passages
        for (start, end), row in zip(passage.sentences, passage.rows, strict=False)
        if start < span[1] and span[0] < end
    )


def _pin_point(source: Source, span: Span, rows: Span | None, heading: str | None) -> PinPoint:
    document = source.document
    if any(kind in document.media_type for kind in _SUBTITLES):
        return PinPoint(time=heading) if heading and _TIME.fullmatch(heading) else PinPoint()
    inside = f"row{'s' if rows[0] != rows[1] else ''} {_range(*map(str, rows))}" if rows else ""
    if source.page_name == "sheet":
        return PinPoint(inside=", ".join(filter(None, (f"sheet {heading}" if heading else "", inside))))
    if not document.pages:
        return PinPoint(paragraph="" if rows else _paragraphs(source, span), inside=inside)
    first, last = (document.page_at(place) or 1 for place in (span[0], span[1] - 1))
    if source.page_name != "page":
        return PinPoint(inside=", ".join(filter(None, (f"{source.page_name} {_range(str(first), str(last))}", inside))))
    labels = _labels(document)
    return PinPoint(page=_range(*(labels.get(page, str(page)) for page in (first, last))), inside=inside)


def _labels(document: Document) -> dict[int, str]:
    """The printed numbers of pages, where the file names them."""
    pages = WordBoxes.from_bytes(document.word_boxes).pages
    return {number: page.label for number, page in enumerate(pages, start=1) if page.label}


def _paragraphs(source: Source, span: Span) -> str:
    numbers = [
        paragraph.number
        for paragraph in source.paragraphs
        if paragraph.number and paragraph.start < span[1] and span[0] < paragraph.end
    ]
    return _range(str(numbers[0]), str(numbers[-1])) if numbers else ""


def _range(first: str, last: str) -> str:
    return first if first == last else f"{first}-{last}"

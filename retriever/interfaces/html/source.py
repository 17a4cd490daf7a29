"""A document laid out for reading: its paragraphs, the place of a quote in them, and the marked parts.

In: a `Document` with the spans of its furniture and headings. Out: paragraphs; `text_view` cuts them at the marks. One
decision: paragraphs are counted as a user would count them, without titles, headings and furniture.
"""

import hashlib
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from ...records import Document, Quote
from ...text.context import words_after, words_before
from ...timeline import Point
from ..translation.catalogue import gettext
from ..translation.sentences import translated

LONGEST_WRAPPED_LINE = 120
"""Characters; a text with a longer line was not wrapped by hand, so that each of its lines is a paragraph."""

NEAR = 240
"""Characters on each side of a quote that show where it stands: three lines."""

PAGE_NAMES = {"presentation": "slide", "spreadsheet": "sheet", "epub": "chapter"}
"""Part of a media type -> what its pages are called, where that is not `page`."""

Span = tuple[int, int]


class DocumentProvider(Protocol):
    """A source of documents: the part of `Assistant` that reading needs."""

    def document(self, document_id: str) -> Document:
        """The document with that id; raises `DocumentUnknown` if there is none."""

    def furniture(self, document_id: str) -> tuple[Span, ...]:
        """Spans of the page's furniture."""

    def headings(self, document_id: str) -> tuple[Span, ...]:
        """Spans of heading lines."""

    def fetched_on(self, document_id: str) -> str:
        """The day on which it was fetched from the web, as an ISO 8601 date; empty if it was not."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked part of a document.

    Attributes:
        position: the place of its quote in the answer, or None for a link.
        span: its start and end in the text.
        answer: the same of the words in it that answer the question, if they are known.
    """

    position: int | None
    span: Span
    answer: Span | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A part of a document that an address names, and the beginning of the digest of its words."""

    span: Span
    digest: str

    @classmethod
    def to(cls, quote: Quote | Point) -> "Link":
        """The link to a quote, or to a point of the timeline."""
        return cls.at(quote.text, quote.start)

    @classmethod
    def at(cls, words: str, start: int) -> "Link":
        """The link to words of a document that begin at a character of it."""
        return cls((start, start + len(words)), _digest(words))

    @classmethod
    def over(cls, text: str, span: Span) -> "Link":
        """The link to a part of a document's text."""
        return cls(span, _digest(text[span[0] : span[1]]))

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> "Link":
        """Read the fields of an address.

        Raises:
            ValueError: they are not numbers.
        """
        return cls((int(fields["start"]), int(fields.get("end", 0))), fields.get("digest", ""))

    @property
    def fields(self) -> dict[str, str]:
        """The fields in the address."""
        return {"start": str(self.span[0]), "end": str(self.span[1]), "digest": self.digest}

    def place_in(self, text: str) -> Span | None:
        """Where a text has the same words, if it has them at the same place."""
        return self.span if self.stands_in(text) else None

    def stands_in(self, text: str) -> bool:
        """Whether the document still has the same words there."""
        start, end = self.span
        return 0 <= start < end <= len(text) and _digest(text[start:end]) == self.digest


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A block of the document. `kind` is `text`, `heading` or `furniture`; only text has a `number`."""

    start: int
    end: int
    kind: str
    number: int | None


@dataclass(frozen=True, slots=True)
class Source:
    """A document with everything that is needed to show it.

    Attributes:
        document: the document.
        paragraphs: its blocks, in the order of the text.
        fetched: the day on which it was fetched from the web, as an ISO 8601 date; empty if it was not.
    """

    document: Document
    paragraphs: tuple[Paragraph, ...]
    fetched: str = ""

    @classmethod
    def load(cls, documents: DocumentProvider, document_id: str) -> "Source":
        """Fetch a document.

        Args:
            documents: an assistant, or another source of documents.
            document_id: the document's id.

        Returns:
            The document, cut into paragraphs.
        """
        document = documents.document(document_id)
        cut = cls.from_document(document, documents.furniture(document_id), documents.headings(document_id))
        return replace(cut, fetched=documents.fetched_on(document_id))

    @classmethod
    def from_document(
        cls, document: Document, furniture: Sequence[Span] = (), headings: Sequence[Span] = ()
    ) -> "Source":
        """Cut a document into paragraphs; number those that are neither heading nor furniture from 1."""
        paragraphs, number = [], 0
        is_furniture, is_heading = _overlapping(furniture), _overlapping(headings)
        for start, end in blocks(document.text):
            if is_furniture(start, end):
                kind = "furniture"
            elif is_heading(start, end) or document.text[start:end] == document.title:
                kind = "heading"
            else:
                kind, number = "text", number + 1
            paragraphs.append(Paragraph(start, end, kind, number if kind == "text" else None))
        return cls(document, tuple(paragraphs))

    @property
    def page_name(self) -> str:
        """The name for a page in this kind of document: `page`, `slide`, `sheet` or `chapter`."""
        return next((name for part, name in PAGE_NAMES.items() if part in self.document.media_type), "page")

    def place(self, quote: Quote) -> str:
        """The place of a quote, for people: that of `Quote.place`, else `paragraph 12`."""
        if place := quote.place(self.page_name):
            return translated(place)
        position = bisect_right([paragraph.start for paragraph in self.paragraphs], quote.start) - 1
        number = self.paragraphs[position].number if position >= 0 else None
        return gettext("paragraph {number}").format(number=number) if number else gettext("heading")

    def around(self, quote: Quote) -> tuple[str, str] | None:
        """What stands before and after a quote, in whole words; None if the quote is not there now."""
        if not (span := self.find_quote(quote)):
            return None
        text = self.document.text
        before, after = words_before(text, span[0], NEAR), words_after(text, span[1], NEAR)
        if span[0] > NEAR:
            before = f"…{before.lstrip()}"
        if span[1] + NEAR < len(text):
            after = f"{after.rstrip()}…"
        return before, after

    def find_quote(self, quote: Quote) -> Span | None:
        """The place of a quote's words now: the same, another one in a changed document, or None."""
        return place_of(quote, self.document.text)

    def shown_paragraphs(self) -> Iterator[Paragraph]:
        """The paragraphs in reading order, without a first one that only repeats the title."""
        return (paragraph for paragraph in self.paragraphs if not self._repeats_title(paragraph))

    def _repeats_title(self, paragraph: Paragraph) -> bool:
        text = self.document.text
        return text[paragraph.start : paragraph.end] == self.document.title and not text[: paragraph.start].strip()


def place_of(quote: Quote, text: str) -> Span | None:
    """The place of a quote's words in a text: its own, another one, or None."""
    if text[quote.start : quote.end] == quote.text:
        return quote.start, quote.end
    start = text.find(quote.text)
    return (start, start + len(quote.text)) if start >= 0 else None


def blocks(text: str) -> Iterator[Span]:
    """Spans of the paragraphs of a text, without the white space around them."""
    wrapped = max(map(len, text.splitlines()), default=0) <= LONGEST_WRAPPED_LINE
    separator = r"\n[^\S\n]*\n\s*" if wrapped else r"\n\s*"
    edges = [0, *(edge for match in re.finditer(separator, text) for edge in match.span()), len(text)]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        block = text[start:end]
        if block.strip():
            yield start + len(block) - len(block.lstrip()), end - len(block) + len(block.rstrip())


def _overlapping(spans: Sequence[Span]) -> Callable[[int, int], bool]:
    """Whether a span overlaps one of some separate spans; quick even for books."""
    apart = sorted(spans)
    ends = [end for _, end in apart]

    def overlapping(start: int, end: int) -> bool:
        at = bisect_right(ends, start)
        return at < len(apart) and apart[at][0] < end

    return overlapping

"""A document laid out for reading: its paragraphs, where a quote stands among them, and what is marked.

In: a `Document` with the spans of its furniture and headings. Out: paragraphs, cut into marked and plain
pieces. One decision: a paragraph is what a reader counts on the page; titles, headings and furniture are not counted.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from ..records import Document, Quote

LONGEST_WRAPPED_LINE = 120
"""Characters; a text with a longer line was not wrapped by hand, so that each of its lines is a paragraph."""

Span = tuple[int, int]


class Shelf(Protocol):
    """Where documents are taken from: the part of `Assistant` that reading needs."""

    def document(self, document_id: str) -> Document:
        """The document with that id; `DocumentUnknown` where there is none."""

    def furniture(self, document_id: str) -> tuple[Span, ...]:
        """Spans of the page's furniture."""

    def headings(self, document_id: str) -> tuple[Span, ...]:
        """Spans of heading lines."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that is marked as a whole or not at all; `quote` is the position of the quote it belongs to."""

    text: str
    quote: int | None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A block of the document. `kind` is `text`, `heading` or `furniture`; only text has a `number`."""

    start: int
    end: int
    kind: str
    number: int | None


@dataclass(frozen=True, slots=True)
class Source:
    """A document with everything that reading it needs."""

    document: Document
    paragraphs: tuple[Paragraph, ...]

    @classmethod
    def take(cls, shelf: Shelf, document_id: str) -> "Source":
        """Takes a document from the shelf.

        Args:
            shelf: an assistant, or whatever holds documents.
            document_id: the document's id.

        Returns:
            The document, cut into paragraphs.
        """
        document = shelf.document(document_id)
        return cls.from_document(document, shelf.furniture(document_id), shelf.headings(document_id))

    @classmethod
    def from_document(
        cls, document: Document, furniture: Sequence[Span] = (), headings: Sequence[Span] = ()
    ) -> "Source":
        """Cuts a document into paragraphs, counting from 1 those that are neither heading nor furniture."""
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

    def place(self, quote: Quote) -> str:
        """Where a quote stands, for people: `page 3` where the document has pages, else `paragraph 12`."""
        if quote.page is not None:
            return f"page {quote.page}"
        position = bisect_right([paragraph.start for paragraph in self.paragraphs], quote.start) - 1
        number = self.paragraphs[position].number if position >= 0 else None
        return f"paragraph {number}" if number else "heading"

    def pieces(self, paragraph: Paragraph, marks: Sequence[tuple[int, Span]]) -> Iterator[Piece]:
        """Cuts a paragraph at the edges of the marks.

        Args:
            paragraph: one of this source's paragraphs.
            marks: position and span of each quote; where two overlap the earlier in this sequence wins.

        Yields:
            Pieces which joined are the paragraph's text.
        """
        edges = {paragraph.start, paragraph.end}
        for _, span in marks:
            edges.update(edge for edge in span if paragraph.start < edge < paragraph.end)
        for start, end in pairwise(sorted(edges)):
            quote = next((position for position, mark in marks if mark[0] <= start < mark[1]), None)
            yield Piece(self.document.text[start:end], quote)


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
    """Tells whether a stretch shares a character with one of some spans, which are apart; quick for books too."""
    apart = sorted(spans)
    ends = [end for _, end in apart]

    def overlapping(start: int, end: int) -> bool:
        at = bisect_right(ends, start)
        return at < len(apart) and apart[at][0] < end

    return overlapping

"""The text of a document, as the page shows it: paragraphs, and rows of tables as tables again.

In: a `Source`, the marked parts of its text, and its doubtful words. Out: what the template `source.html` needs. Two
decisions: a row whose line does not say its columns stays a paragraph, so that no cell stands in a wrong column. A line
break that only wraps a text is a space; one that is meant, as before an item of a list or in code, is kept.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ...reading.geometry import WordBoxes
from ...reading.ocr.doubt import doubtful_spans
from ...records import Document
from ...text.blocks import NARROWEST_WRAPPED, split_blocks
from .source import Mark, Paragraph, Source, Span

ROWS_AT_ONCE = 100
"""Rows of one table on the page; a browser draws a longer one slowly, so the next rows get a table of their own."""

MOST_CELLS = 50_000
"""Cells shown in tables; of a larger sheet the further rows are lines, which cost a browser less."""

MOST_COLUMNS = 60
"""Columns of a table that is shown as one; in a wider one nobody finds the way."""

_CELL_END, _NAME_END = "; ", ": "
_LINE_BREAK = re.compile(r"[^\S\n]*\n[^\S\n]*")
_FENCE = re.compile(r"^[^\S\n]*(?:```|~~~)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Part:
    """Some words: whether they answer the question, and whether they were read from a picture and are unsure."""

    text: str
    answers: bool = False
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that are marked together, or plain."""

    mark: Mark | None
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """Its words."""
        return "".join(part.text for part in self.parts)


@dataclass(frozen=True, slots=True)
class ShownParagraph:
    """A paragraph, with the number of the page that begins before it, or None; whether its lines are meant."""

    paragraph: Paragraph
    page: int | None
    pieces: tuple[Piece, ...]

    @property
    def has_lines(self) -> bool:
        """Whether it has line breaks that are meant, as a list or code has."""
        return any("\n" in piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of a table: its number, and the pieces of each of its cells."""

    number: int
    cells: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, slots=True)
class ShownTable:
    """Rows with the same columns, with the number of the page that begins before them, or None."""

    columns: tuple[str, ...]
    rows: tuple[ShownRow, ...]
    page: int | None


Block = ShownParagraph | ShownTable


@dataclass(slots=True)
class _Rows:
    """Rows that are being collected: the names of their columns, and for each its number and cells by name."""

    page: int | None
    columns: list[str] = field(default_factory=list)
    rows: list[tuple[int, dict[str, Span]]] = field(default_factory=list)

    def takes(self, number: int, cells: dict[str, Span]) -> bool:
        """Whether a row belongs to the same table: it comes later, and half of its columns are there."""
        known = sum(name in self.columns for name in cells)
        return len(self.rows) < ROWS_AT_ONCE and number > self.rows[-1][0] and 2 * known >= len(cells)

    def add(self, number: int, cells: dict[str, Span]) -> None:
        """Add a row; a column that no row before had comes after the one that stands before it."""
        place = 0
        for name in cells:
            if name in self.columns:
                place = self.columns.index(name) + 1
            else:
                self.columns.insert(place, name)
                place += 1
        self.rows.append((number, cells))


def blocks_of(source: Source, marks: Sequence[Mark]) -> Iterator[Block]:
    """A document in reading order, without a first paragraph that only repeats its title.

    Args:
        source: the document.
        marks: the parts to mark; if two overlap, the earlier in this sequence wins.
    """
    cutter, numbers = _Cutter(source.document, marks), dict(source.document.rows)
    collected: _Rows | None = None
    page, left = None, MOST_CELLS
    for paragraph in source.shown_paragraphs():
        here = source.document.page_at(paragraph.start)
        begun, page = here if here != page else None, here
        number = numbers.get(paragraph.start)
        cells = cells_of(source.document.text, paragraph) if number and left > 0 else {}
        if collected and (begun or not cells or not number or not collected.takes(number, cells)):
            yield cutter.table(collected)
            collected = None
        if number and cells:
            collected = collected or _Rows(begun)
            collected.add(number, cells)
            left -= len(cells)
        else:
            yield ShownParagraph(paragraph, begun, tuple(cutter.paragraph(paragraph)))
    if collected:
        yield cutter.table(collected)


def cells_of(text: str, paragraph: Paragraph) -> dict[str, Span]:
    """The cells of a row by the names of their columns: `Site: North wing; Task: Gutters.` has two.

    The first column may have no name, as in `Paint; Hours: 3; Cost: 450.`; its name is empty then.

    Returns:
        Start and end of each cell's value in the text; nothing if not each cell says its column.
    """
    cells: dict[str, Span] = {}
    name, position = "", paragraph.start
    parts = text[paragraph.start : paragraph.end].split(_CELL_END)
    for part in parts:
        before, colon, _ = part.partition(_NAME_END)
        end = position + len(part)
        if colon:
            if before in cells:  # two columns of one name, or a value that looks like a cell
                return {}
            name = before
            cells[name] = position + len(before) + len(_NAME_END), end
        else:  # a value may hold a semicolon
            cells[name] = cells.get(name, (position, end))[0], end
        position = end + len(_CELL_END)
    return cells if 1 + ("" in cells) < len(cells) <= MOST_COLUMNS else {}


class _Cutter:
    """Cuts stretches of a text at the edges of marks, answers and doubtful words."""

    def __init__(self, document: Document, marks: Sequence[Mark]) -> None:
        self._text, self._marks = document.text, marks
        self._doubtful = _doubtful_words(document)
        self._wraps: list[Span] = []
        self._is_code = False

    def paragraph(self, paragraph: Paragraph) -> Iterator[Piece]:
        """The pieces of the next paragraph of the text, with its lines where they are meant."""
        block = self._text[paragraph.start : paragraph.end]
        fences = len(_FENCE.findall(block))
        is_code, self._is_code = self._is_code or fences > 0, self._is_code != (fences % 2 == 1)
        if not is_code and "\n" in block and max(map(len, block.split("\n"))) >= NARROWEST_WRAPPED:
            lines = split_blocks(self._text, paragraph.start, paragraph.end)
            self._wraps = [
                one.span() for line in lines for one in _LINE_BREAK.finditer(self._text, line.start, line.end)
            ]
        yield from self.pieces(paragraph.start, paragraph.end)
        self._wraps = []

    def table(self, collected: _Rows) -> ShownTable:
        """The rows of a table. A full stop that the reader has put behind every row is left out."""
        ends = [max(end for _, end in cells.values()) for _, cells in collected.rows]
        stop = all(self._text[end - 1] == "." for end in ends)
        rows = []
        for (number, cells), last in zip(collected.rows, ends, strict=True):
            spans = (cells.get(name, (0, 0)) for name in collected.columns)
            rows.append(
                ShownRow(number, tuple(tuple(self.pieces(start, end - (stop and end == last))) for start, end in spans))
            )
        return ShownTable(tuple(collected.columns), tuple(rows), collected.page)

    def pieces(self, start: int, end: int) -> Iterator[Piece]:
        """The pieces from one character to another; together they are the text there."""
        near = [mark for mark in self._marks if mark.span[0] < end and start < mark.span[1]]
        first = bisect_left(self._doubtful, start, key=lambda span: span[1])
        last = bisect_left(self._doubtful, end, key=lambda span: span[0])
        unsure = self._doubtful[first:last]
        spans = [*(mark.span for mark in near), *(mark.answer for mark in near if mark.answer), *unsure]
        edges = sorted({start, end, *(edge for span in spans for edge in span if start < edge < end)})
        mark: Mark | None = None
        parts: list[Part] = []
        for begin, stop in pairwise(edges):
            at = next((mark for mark in near if mark.span[0] <= begin < mark.span[1]), None)
            if parts and at is not mark:
                yield Piece(mark, tuple(parts))
                parts = []
            mark = at
            answers = at is not None and at.answer is not None and at.answer[0] <= begin < at.answer[1]
            doubtful = any(one <= begin < other for one, other in unsure)
            parts.append(Part(self._unwrapped(begin, stop), answers, doubtful))
        if parts:
            yield Piece(mark, tuple(parts))

    def _unwrapped(self, start: int, end: int) -> str:
        """The text from one character to another, with a space for each break that only wraps it."""
        words, at = "", start
        for first, last in self._wraps:
            if at < last and first < end:
                words += self._text[at:first] + " " * (first >= start)
                at = min(last, end)
        return words + self._text[at:end]


def _doubtful_words(document: Document) -> tuple[Span, ...]:
    try:
        return doubtful_spans(WordBoxes.from_bytes(document.word_boxes), document.text, 0)
    except ValueError:  # damaged; `ibid verify` tells
        return ()

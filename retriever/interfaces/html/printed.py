"""The pages of a document as printed: for each its image's address, its size, and the boxes of quotes on it.

In: a `Document` and the marked parts of its text. Out: what the template `printed.html` needs. The images themselves
are drawn when the browser asks for them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from ...reading.geometry import Box, LineBox, PrintedPage, WordBoxes
from ...records import Document
from .source import Mark

WIDTHS = (600, 900, 1_300, 1_900, 2_800, 4_000)
"""Pixels of the images between which the browser chooses, by the page's width on the screen and its density."""

ROOM = 5.0
"""Points beside the lines of a quote in their picture."""

ROOM_ABOVE = 2.0
"""Points above and below them; with more, their picture would show parts of the next lines."""

FARTHEST_BELOW = 2.0
"""Heights of a line from it to the next one in the same picture; a gap would show lines of other text."""

LONGEST_ALTERNATIVE = 6_000
"""Characters of a page's text in place of its image; a page of a newspaper has more, and a screen reader the text."""


@dataclass(frozen=True, slots=True)
class QuoteBox:
    """A box around the words of one line of a quote, in per cent of the page.

    Attributes:
        position: of the quote in the answer, or None for a link.
        left: from the page's left edge.
        top: from its upper edge.
        width: of the box.
        height: the same.
    """

    position: int | None
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page as printed.

    Attributes:
        number: from 1.
        label: its printed number, if that is another one; else "".
        width: in points.
        height: the same.
        address: of its image, without the width.
        text: what is printed on it.
        boxes: of the quotes on it.
    """

    number: int
    label: str
    width: float
    height: float
    address: str
    text: str
    boxes: tuple[QuoteBox, ...]

    @property
    def sources(self) -> str:
        """The addresses of its images, each with its width in pixels."""
        return ", ".join(f"{self.address}?width={width} {width}w" for width in WIDTHS)


def sheets_of(document: Document, marks: Sequence[Mark]) -> tuple[Sheet, ...]:
    """The pages of a document as printed; none if it has none, or what is known of them is damaged.

    Args:
        document: the document.
        marks: the marked parts of its text.
    """
    try:
        words = WordBoxes.from_bytes(document.word_boxes)
    except ValueError:
        return ()  # `ibid verify` tells
    boxes: dict[int, list[QuoteBox]] = {}
    for mark in marks:
        for line in words.lines(*mark.span):
            boxes.setdefault(line.page, []).append(_box(line, words.pages[line.page - 1], mark.position))
    return tuple(_sheets(document, words.pages, boxes))


@dataclass(frozen=True, slots=True)
class LinesPicture:
    """The part of a page that shows the lines of a quote.

    Attributes:
        address: of the page's image.
        page: width and height of the page, in points.
        part: left, top, width and height of the part, in points.
    """

    address: str
    page: tuple[float, float]
    part: tuple[float, float, float, float]


def pictures_of_lines(document: Document, start: int, end: int) -> tuple[LinesPicture, ...]:
    """The parts of pages that show some lines; a new one begins with each page, each column and after each gap.

    Args:
        document: the document.
        start: the first character of the lines in its text.
        end: one past the last.
    """
    try:
        words = WordBoxes.from_bytes(document.word_boxes)
    except ValueError:
        return ()
    groups: list[tuple[int, list[Box]]] = []
    for line in words.lines(start, end):
        if groups and groups[-1][0] == line.page and _is_below(groups[-1][1][-1], line.box):
            groups[-1][1].append(line.box)
        else:
            groups.append((line.page, [line.box]))
    return tuple(_part(document, number, words.pages[number - 1], boxes) for number, boxes in groups)


def _is_below(above: Box, box: Box) -> bool:
    """Whether a line stands beside another one, or close below it."""
    height = min(above[3] - above[1], box[3] - box[1])
    return -height < box[1] - above[1] and box[1] - above[3] < FARTHEST_BELOW * height


def _part(document: Document, number: int, page: PrintedPage, boxes: Sequence[Box]) -> LinesPicture:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    left, top = max(min(lefts) - ROOM, 0), max(min(tops) - ROOM_ABOVE, 0)
    right, bottom = min(max(rights) + ROOM, page.width), min(max(bottoms) + ROOM_ABOVE, page.height)
    part = tuple(round(value, 1) for value in (left, top, right - left, bottom - top))
    address = f"api/documents/{quote(document.id)}/pages/{number}.png?width={WIDTHS[2]}"
    return LinesPicture(address, page[:2], (part[0], part[1], part[2], part[3]))


def file_address(document: Document) -> str:
    """The address of the file that a document was read from."""
    return f"api/documents/{quote(document.id)}/file"


def _sheets(document: Document, pages: Sequence[PrintedPage], boxes: dict[int, list[QuoteBox]]) -> Iterator[Sheet]:
    start = f"api/documents/{quote(document.id)}/pages"
    for number, page in enumerate(pages, start=1):
        label = page.label if page.label != str(number) else ""
        text = document.text_of_page(number) if number <= len(document.pages) else ""
        yield Sheet(
            number,
            label,
            page.width,
            page.height,
            f"{start}/{number}.png",
            text[:LONGEST_ALTERNATIVE],
            tuple(boxes.get(number, ())),
        )


def _box(line: LineBox, page: PrintedPage, position: int | None) -> QuoteBox:
    left, top, right, bottom = line.box
    across, down = 100 / page.width, 100 / page.height
    return QuoteBox(
        position,
        round(left * across, 3),
        round(top * down, 3),
        round((right - left) * across, 3),
        round((bottom - top) * down, 3),
    )

"""Where the words of a document stand on its pages, as a PDF or a picture shows them.

A reader makes a `WordBoxes` beside its text. The library keeps it as a few bytes a word. A quote asks it for the boxes
of its lines. The columns of numbers are stored as differences, one byte plane after the other, and compressed.
"""

import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..records import Origin

Box = tuple[float, float, float, float]
"""Left, top, right and bottom, in points from the upper left corner of the page as it is shown."""

STEPS_PER_POINT = 4
"""Places are stored in quarters of a point: a letter of the smallest print is eight of them wide."""

STEPS_OF_CONFIDENCE = 255

LARGEST_PLACE = 100_000.0
"""Points; a page is at most 14,400 wide, and a broken file may name any number."""

FARTHEST_ALONG = 3.0
"""Heights of a line between two words of it; the gap between two columns may be smaller, but it never goes back."""

_OCR, _SIDEWAYS = 1, 2
_FORMAT = b"\x01"
_COLUMNS = 9


class PrintedPage(NamedTuple):
    """A page as it is shown: turned and cropped.

    Attributes:
        width: in points.
        height: in points.
        label: its printed number, such as "iv", or "" if the file names none.
    """

    width: float
    height: float
    label: str = ""


class PlacedWord(NamedTuple):
    """A word, or the part of a divided word that stands on one line.

    Attributes:
        start: its first character in `Document.text`.
        end: one past the last.
        page: the page's number, from 1.
        box: where it stands.
        confidence: 0..1, how sure its letters are; 1 for a word of a text layer.
        origin: whether it comes from the file's text or was read from a picture.
        sideways: whether it runs up or down the page as shown.
    """

    start: int
    end: int
    page: int
    box: Box
    confidence: float = 1.0
    origin: Origin = Origin.TEXT
    sideways: bool = False


class LineBox(NamedTuple):
    """The box around the words of one line.

    Attributes:
        page: the page's number, from 1.
        box: where they stand.
        start: their first character in `Document.text`.
        end: one past the last.
    """

    page: int
    box: Box
    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class WordBoxes:
    """The places of a document's words, in the order of its text.

    Attributes:
        pages: the document's pages, in order.
        spans: int32 (n_words, 2), start and end in `Document.text`; ascending, without overlap.
        page_numbers: int32 (n_words,), from 1.
        boxes: float32 (n_words, 4), as `Box`.
        confidences: float32 (n_words,), 0..1.
        by_ocr: bool (n_words,), whether a word was read from a picture.
        sideways: bool (n_words,), whether it runs up or down the page.
    """

    pages: tuple[PrintedPage, ...]
    spans: NDArray[np.int32]
    page_numbers: NDArray[np.int32]
    boxes: NDArray[np.float32]
    confidences: NDArray[np.float32]
    by_ocr: NDArray[np.bool_]
    sideways: NDArray[np.bool_]

    @classmethod
    def from_words(cls, pages: Iterable[PrintedPage], words: Iterable[PlacedWord]) -> "WordBoxes":
        """Collect words in the order of the text. A word that overlaps the one before it is left out.

        Args:
            pages: the document's pages, in order.
            words: their words; `start` never goes down.
        """
        found = list(words)
        return cls.from_columns(
            pages,
            np.array([word[:2] for word in found], np.int32).reshape(-1, 2),
            np.array([word.page for word in found], np.int32),
            np.array([word.box for word in found], np.float64).reshape(-1, 4),
            confidences=np.array([word.confidence for word in found], np.float32),
            by_ocr=np.array([word.origin is Origin.OCR for word in found], np.bool_),
            sideways=np.array([word.sideways for word in found], np.bool_),
        )

    @classmethod
    def from_columns(
        cls,
        pages: Iterable[PrintedPage],
        spans: NDArray[np.int32],
        page_numbers: NDArray[np.int32],
        boxes: NDArray[np.float64],
        *,
        confidences: NDArray[np.float32] | None = None,
        by_ocr: NDArray[np.bool_] | None = None,
        sideways: NDArray[np.bool_],
    ) -> "WordBoxes":
        """As `from_words`, from arrays shaped as the attributes; without confidences and origins, a text layer's."""
        starts, ends = spans.T
        furthest = np.maximum.accumulate(np.append(0, ends[:-1])) if len(ends) else ends
        kept = (starts >= furthest) & (ends > starts)
        count = len(spans)
        certain = np.ones(count, np.float32) if confidences is None else confidences
        read = np.zeros(count, np.bool_) if by_ocr is None else by_ocr
        placed = np.clip(np.nan_to_num(boxes), 0, LARGEST_PLACE).astype(np.float32)
        columns = [column[kept] for column in (spans, page_numbers, placed, certain, read, sideways)]
        return cls(tuple(pages), *columns)

    @classmethod
    def from_bytes(cls, data: bytes) -> "WordBoxes":
        """Read what `to_bytes` wrote; no bytes are no words.

        Raises:
            ValueError: the bytes are damaged.
        """
        if not data:
            return cls.from_words((), ())
        try:
            return cls._unpacked(data)
        except (zlib.error, KeyError, IndexError, TypeError, OverflowError) as error:
            raise ValueError(f"the places of the words are damaged ({error})") from error

    @classmethod
    def _unpacked(cls, data: bytes) -> "WordBoxes":
        if data[:1] != _FORMAT:
            raise ValueError("the places of the words are in a format that this Ibid does not know")
        head_length = int.from_bytes(data[1:5], "big")
        head = json.loads(zlib.decompress(data[5 : 5 + head_length]))
        count = int(head["words"])
        unpacker = zlib.decompressobj()
        planes = unpacker.decompress(data[5 + head_length :], 4 * _COLUMNS * count + 1)
        if len(planes) != 4 * _COLUMNS * count:
            raise IndexError(f"{count} words, {len(planes)} bytes")
        bytes_of = np.frombuffer(planes, np.uint8).reshape(_COLUMNS, 4, count)
        columns = np.ascontiguousarray(bytes_of.transpose(0, 2, 1)).view("<i4")[:, :, 0]
        gaps, lengths, pages, lefts, widths, tops, heights, confidences, flags = columns
        ends = np.cumsum(gaps + lengths, dtype=np.int32)
        rights, top = np.cumsum(lefts + widths), np.cumsum(tops)
        boxes = np.stack([rights - widths, top, rights, top + np.cumsum(heights)], axis=1)
        return cls(
            pages=tuple(PrintedPage(*page) for page in head["pages"]),
            spans=np.stack([ends - lengths, ends], axis=1),
            page_numbers=np.cumsum(pages, dtype=np.int32),
            boxes=(boxes / STEPS_PER_POINT).astype(np.float32),
            confidences=(confidences / STEPS_OF_CONFIDENCE).astype(np.float32),
            by_ocr=flags & _OCR != 0,
            sideways=flags & _SIDEWAYS != 0,
        )

    def to_bytes(self) -> bytes:
        """Pack them for the library; b"" if there are neither words nor pages."""
        if not self.pages and not len(self):
            return b""
        steps = np.rint(self.boxes.astype(np.float64) * STEPS_PER_POINT).astype(np.int64)
        left, top, right, bottom = steps.T
        start, end = self.spans.T
        columns = [
            start - np.append(0, end[:-1]),
            end - start,
            np.diff(self.page_numbers, prepend=0),
            left - np.append(0, right[:-1]),
            right - left,
            np.diff(top, prepend=0),
            np.diff(bottom - top, prepend=0),
            np.rint(self.confidences * STEPS_OF_CONFIDENCE),
            self.by_ocr * _OCR + self.sideways * _SIDEWAYS,
        ]
        planes = np.stack(columns).astype("<i4")[:, :, None].view(np.uint8).transpose(0, 2, 1)
        head = zlib.compress(json.dumps({"words": len(self), "pages": self.pages}).encode())
        return _FORMAT + len(head).to_bytes(4, "big") + head + zlib.compress(planes.tobytes())

    def __len__(self) -> int:
        """The number of words."""
        return len(self.spans)

    def within(self, start: int, end: int) -> slice:
        """Which words stand in characters `start` to `end` (excluded) of the text, wholly or in part."""
        first = int(np.searchsorted(self.spans[:, 1], start, side="right"))
        last = int(np.searchsorted(self.spans[:, 0], end, side="left"))
        return slice(first, max(first, last))

    def origin(self, start: int, end: int) -> Origin | None:
        """Where the words of a stretch of text come from: OCR if any of them does; None without words."""
        found = self.by_ocr[self.within(start, end)]
        return None if not len(found) else Origin.OCR if found.any() else Origin.TEXT

    def lines(self, start: int, end: int) -> tuple[LineBox, ...]:
        """The boxes around characters `start` to `end` (excluded) of the text, one for each line, in its order.

        Of a word that is only partly inside, the box covers that share of its letters.
        """
        numbers = range(len(self))[self.within(start, end)]
        return tuple(_joined(self._cut(number, start, end) for number in numbers))

    def _cut(self, number: int, start: int, end: int) -> tuple[LineBox, bool]:
        """A word's part between two characters, and whether it runs sideways."""
        first, last = map(int, self.spans[number])
        left, top, right, bottom = map(float, self.boxes[number])
        sideways = bool(self.sideways[number])
        begin, stop = max(first, start), min(last, end)
        if not sideways:
            step = (right - left) / (last - first)
            left, right = left + step * (begin - first), right - step * (last - stop)
        return LineBox(int(self.page_numbers[number]), (left, top, right, bottom), begin, stop), sideways


def _joined(words: Iterable[tuple[LineBox, bool]]) -> Iterator[LineBox]:
    """Join the words that follow each other on a line."""
    line, was_sideways = None, False
    for word, sideways in words:
        if line is not None and sideways == was_sideways and _continues(line, word, sideways):
            line = LineBox(line.page, _union(line.box, word.box), line.start, word.end)
            continue
        if line is not None:
            yield line
        line, was_sideways = word, sideways
    if line is not None:
        yield line


def _continues(line: LineBox, word: LineBox, sideways: bool) -> bool:
    """Whether a word stands on a line, next to the words before it."""
    along, across = (1, 0) if sideways else (0, 1)
    height = min(box[across + 2] - box[across] for box in (line.box, word.box))
    shared = min(line.box[across + 2], word.box[across + 2]) - max(line.box[across], word.box[across])
    gap = max(line.box[along], word.box[along]) - min(line.box[along + 2], word.box[along + 2])
    return line.page == word.page and 2 * shared >= height and gap <= FARTHEST_ALONG * max(height, 1.0)


def _union(box: Box, other: Box) -> Box:
    return min(box[0], other[0]), min(box[1], other[1]), max(box[2], other[2]), max(box[3], other[3])

"""Images of a document's pages, drawn on demand from the user's own file, and the file itself.

Each image is drawn in the limited process. The last ones are kept in memory, up to a bound. One decision: the file must
have the digest that it had when it was read. Else its pages are not those that the quotes come from.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from ..errors import OriginalChanged, PageUnknown
from ..records import Document
from ..settings import Limits
from .geometry import Box, LineBox, PrintedPage, WordBoxes
from .worker import Worker

MOST_BYTES_KEPT = 64_000_000
"""Of images that were drawn last: about 200 pages of text, 10 photos."""

USUAL_WIDTH = 1_200
"""Pixels of a page's image, if no width is asked for: A4 at 145 dpi."""

MOST_WIDTH = 4_000

LIMITS = Limits(seconds=30, memory_bytes=2_500_000_000)
"""Of drawing one page; a page of a map takes some seconds."""

_RENDERER = ".rendering"


class PageImages:
    """Draws pages. Safe to use from several threads, one page after the other."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        """Start nothing yet."""
        self._worker = Worker(limits)
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
        self._size = 0

    def png(
        self, document: Document, page: int, width: int = USUAL_WIDTH, span: tuple[int, int] | None = None
    ) -> bytes:
        """Draw a page.

        Args:
            document: the document.
            page: the page's number, from 1.
            width: of the image in pixels; less if the page is too large.
            span: characters of the text whose words are marked.

        Raises:
            PageUnknown: the document has no such page.
            OriginalChanged: its file is gone, or is another one now.
            ReadingError: the page cannot be drawn.
        """
        words = WordBoxes.from_bytes(document.word_boxes)
        printed = printed_page(document, words, page)
        boxes = [line.box for line in words.lines(*span) if line.page == page] if span else []
        data = original(document)
        with self._lock:
            return self._drawn(data, document, page, printed, min(max(width, 1), MOST_WIDTH), boxes)

    def close(self) -> None:
        """End the process and drop the images."""
        with self._lock:
            self._worker.close()
            self._kept.clear()
            self._size = 0

    def _drawn(
        self, data: bytes, document: Document, page: int, printed: PrintedPage, width: int, boxes: Sequence[Box]
    ) -> bytes:
        key = (document.sha256, page, width, tuple(boxes))
        image = self._kept.pop(key, None)
        if image is None:
            image = self._worker.render(
                data,
                Path(document.source).name,
                _RENDERER,
                {
                    "media_type": document.media_type,
                    "page": page,
                    "page_size": printed[:2],
                    "width": width,
                    "boxes": boxes,
                },
            )
            self._size += len(image)
        self._kept[key] = image
        while self._size > MOST_BYTES_KEPT and len(self._kept) > 1:
            self._size -= len(self._kept.popitem(last=False)[1])
        return image


def printed_page(document: Document, words: WordBoxes, page: int) -> PrintedPage:
    """The size and the printed number of a page.

    Raises:
        PageUnknown: the document has no such page.
    """
    count = len(words.pages)
    if not count:
        raise PageUnknown(
            f"{document.id} has no printed pages: only PDFs and pictures do. If it is one, index its file again."
        )
    if not 1 <= page <= count:
        raise PageUnknown(f"{document.id} has {count:,} {'page' if count == 1 else 'pages'}; there is no page {page}.")
    return words.pages[page - 1]


def original(document: Document) -> bytes:
    """The bytes of the file that a document was read from.

    Raises:
        OriginalChanged: the file is gone, cannot be read, or has changed since.
    """
    path = Path(document.source)
    try:
        data = path.read_bytes() if path.is_absolute() and path.is_file() else None
    except OSError as error:
        raise OriginalChanged(f"The file {path} cannot be read: {error.strerror or error}.") from error
    if data is None:
        raise OriginalChanged(f"The file {path} is no longer there; its text is still in the library.")
    if hashlib.sha256(data).hexdigest() != document.sha256:
        raise OriginalChanged(f"The file {path} has changed since it was read; index it again to see it.")
    return data


def quote_lines(document: Document, start: int, end: int) -> tuple[LineBox, ...]:
    """The boxes around some characters of a document's text, one for each line."""
    return WordBoxes.from_bytes(document.word_boxes).lines(start, end)

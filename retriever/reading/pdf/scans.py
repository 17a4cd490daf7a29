"""Pages of a PDF whose words are only to be seen -> the same pages with words that OCR has read.

There are three kinds: pages without a text layer, pages whose text layer is wrong (`text_layer`), and pages with a
large picture beside their text. Such a picture is taken only if it holds prose, so that the labels of a chart do not
stand between two paragraphs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pypdfium2 as pdfium

from .. import ocr
from ..geometry import Box
from ..ocr.lines import Picture
from ..ocr.pages import OcrLine, OcrPage, read_page
from ..page_log import current_log
from .ocr_runs import runs_of
from .page_pictures import large_pictures, text_boxes
from .runs import PdfPage, characters
from .text_layer import is_other_text

SCALE = 200 / 72
"""Pixels a point: 200 dots an inch."""

MOST_PIXELS = 12_000_000
"""Pixels of a page's picture at most; A3 at 200 dpi has 7.7 million."""

MOST_PAGES = 2_000
"""Pages of one file that OCR reads; they take hours."""

FEWEST_PROSE_LINES, PROSE_LINE = 3, 25
"""Lines of prose in a picture beside text, and the characters of such a line; labels in charts are shorter."""

Read = Callable[[], OcrPage]


@dataclass(slots=True)
class Scans:
    """What was found out about the pages of one file; their numbers, from 0.

    Attributes:
        wordless: only pictures, in which OCR found no words.
        unread: OCR would have to read them, and did not.
        wrong: their text layer was wrong, and OCR has read them.
        doubted: their text layer looks wrong, and OCR did not read them.
    """

    wordless: list[int] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)
    wrong: list[int] = field(default_factory=list)
    doubted: list[int] = field(default_factory=list)


def read_scans(
    document: pdfium.PdfDocument, pages: Sequence[PdfPage], without_text: Sequence[int]
) -> tuple[list[PdfPage], Scans]:
    """Read the pages whose words are only to be seen, if OCR is installed.

    Args:
        document: the open file.
        pages: its pages as their text layers give them.
        without_text: numbers, from 0, of pages that show something but have no text.
    """
    scans = Scans()
    doubted = [number for number, page in enumerate(pages) if page.looks_wrong]
    if not ocr.is_available():
        scans.unread, scans.doubted = list(without_text), doubted
        return list(pages), scans
    jobs: dict[int, Read] = {}
    for number, page in enumerate(pages):
        if number in without_text or page.looks_wrong:
            jobs[number] = _whole(document, number)
        elif boxes := large_pictures(page):
            jobs[number] = _parts(document, number, boxes)
    scans.unread = [number for number in list(jobs)[MOST_PAGES:] if number in without_text]
    read = list(pages)
    for number in list(jobs)[:MOST_PAGES]:
        seen = _logged(number, len(jobs), jobs[number])
        read[number] = _with_seen(pages[number], seen)
        if number in without_text and not seen.lines:
            scans.wordless.append(number)
        elif pages[number].looks_wrong and read[number] is not pages[number]:
            scans.wrong.append(number)
    return read, scans


def rendered(page: pdfium.PdfPage) -> tuple[Picture, float]:
    """A page's picture, and its pixels a point."""
    width, height = page.get_size()
    scale = min(SCALE, (MOST_PIXELS / max(width * height, 1.0)) ** 0.5)
    bitmap = page.render(scale=scale, force_bitmap_format=pdfium.raw.FPDFBitmap_BGR)
    try:
        return np.ascontiguousarray(bitmap.to_numpy()), scale
    finally:
        bitmap.close()


def _with_seen(page: PdfPage, seen: OcrPage) -> PdfPage:
    """A page with the words that OCR has read of it; the page itself if they are none, or are what its layer says."""
    if not seen.lines:
        return page
    if page.looks_wrong:
        layer = " ".join(run.text for runs in page.turns for run in runs)
        return replace(page, turns=runs_of(seen)) if is_other_text(layer, seen.text) else page
    words = text_boxes(page)
    turns = runs_of(OcrPage(tuple(line for line in seen.lines if not _is_printed(line, words))))
    if not page.turns or page.frame.turn or page.frame.box[:2] != (0, 0):
        return replace(page, turns=[*page.turns, *turns])
    both = [[*page.turns[0], *turns[0]], *page.turns[1:], *turns[1:]]
    return replace(page, turns=sorted(both, key=characters, reverse=True))


def _is_printed(line: OcrLine, words: Sequence[Box]) -> bool:
    """Whether most words of a line are where the text layer has one."""
    middles = [((word.box[0] + word.box[2]) / 2, (word.box[1] + word.box[3]) / 2) for word in line.words]
    held = sum(any(box[0] <= x <= box[2] and box[1] <= y <= box[3] for box in words) for x, y in middles)
    return 2 * held > len(middles)


def _logged(number: int, count: int, read: Read) -> OcrPage:
    return OcrPage.from_json(current_log().page(number, count, lambda: read().to_json()))


def _whole(document: pdfium.PdfDocument, number: int) -> Read:
    def read() -> OcrPage:
        picture, scale = _picture(document, number)
        return OcrPage(()) if picture is None else read_page(ocr.line_reader(), picture, 1 / scale)

    return read


def _parts(document: pdfium.PdfDocument, number: int, boxes: Sequence[Box]) -> Read:
    """Reads the pictures on a page, each if it holds prose."""

    def read() -> OcrPage:
        picture, scale = _picture(document, number)
        if picture is None:
            return OcrPage(())
        lines: list[OcrLine] = []
        for left, top, right, bottom in boxes:
            first_row, last_row, first_column, last_column = (round(at * scale) for at in (top, bottom, left, right))
            part = np.ascontiguousarray(picture[first_row:last_row, first_column:last_column])
            seen = read_page(ocr.line_reader(), part, 1 / scale)
            if _is_prose(seen):
                lines += seen.moved(left, top, picture.shape[0] / scale - bottom).lines
        return OcrPage(tuple(lines))

    return read


def _picture(document: pdfium.PdfDocument, number: int) -> tuple[Picture | None, float]:
    """A page's picture; None if the page is broken."""
    try:
        page = document[number]
    except pdfium.PdfiumError:
        return None, 1.0
    try:
        return rendered(page)
    except pdfium.PdfiumError:
        return None, 1.0
    finally:
        page.close()


def _is_prose(page: OcrPage) -> bool:
    return sum(len(line.text) >= PROSE_LINE for line in page.lines) >= FEWEST_PROSE_LINES


MOST_PAGES_NAMED = 10
"""Pages that a warning names one by one."""


def page_warnings(scans: Scans, name: str) -> list[str]:
    """A sentence for each kind of page whose words its user should know to be missing or replaced."""
    said = (
        (scans.unread, "no text, perhaps only pictures of it", ocr.advice()),
        (scans.wordless, "only pictures", "no words were found in them"),
        (scans.wrong, "a text that is not what they show", "Ibid has read their pictures instead"),
        (scans.doubted, "a text that looks wrong", "compare it with the page"),
    )
    return [f"{_named(pages, name)} {what}: {then}." for pages, what, then in said if pages]


def _named(pages: Sequence[int], name: str) -> str:
    named = ", ".join(str(number + 1) for number in pages[:MOST_PAGES_NAMED])
    more = f" and {len(pages) - MOST_PAGES_NAMED} more" if len(pages) > MOST_PAGES_NAMED else ""
    return f"Page {named} of {name} has" if len(pages) == 1 else f"Pages {named}{more} of {name} have"

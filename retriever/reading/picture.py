"""A picture (PNG, JPEG, TIFF, WEBP) -> the text that it shows, read by OCR: a scan, a photo of a page, a screenshot.

A TIFF may have several pages. The words come in reading order, as from a PDF.
"""

from functools import partial

from ..errors import ReadingError
from . import ocr
from .extract import Extract
from .geometry import PrintedPage
from .page_log import current_log
from .pdf import extract_of
from .pdf.ocr_runs import runs_of
from .pdf.runs import PageFrame, PdfPage


def read(data: bytes, name: str) -> Extract:
    """Read a picture.

    Raises:
        ReadingError: OCR is not installed, or the picture is broken, too large, or without words.
    """
    if not ocr.is_available():
        raise ReadingError(f"{name} is a picture: {ocr.advice()}.")
    from .ocr.frames import Frames
    from .ocr.pages import OcrPage, read_page

    frames = Frames(data, name)

    def read_frame(number: int) -> object:
        picture, points_per_pixel = frames.picture(number)
        return read_page(ocr.line_reader(), picture, points_per_pixel).to_json()

    pages, wordless = [], []
    for number in range(frames.count):
        seen = OcrPage.from_json(current_log().page(number, frames.count, partial(read_frame, number)))
        wordless += [] if seen.lines else [number]
        width, height = frames.size(number)
        pages.append(PdfPage(runs_of(seen), frame=PageFrame(PrintedPage(width, height), (0, 0, width, height), 0)))
    if len(wordless) == frames.count:
        raise ReadingError(f"{name} is a picture in which no words were found: there is nothing in it to read.")
    return extract_of(pages, Extract(""))

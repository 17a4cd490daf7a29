"""The large pictures on a PDF page that has text beside them.

A searchable scan is a picture too, with its words on it in a text layer. Such a picture is not read again.
"""

import ctypes
from collections.abc import Iterator, Sequence

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ..geometry import Box
from .glyphs import PrintedWord
from .runs import PdfPage
from .word_places import boxes_as_shown

LARGE_PICTURE = 0.15
"""Share of a page that a picture beside text covers at least; a logo or a portrait is smaller."""

MOST_OVER_IT = 150
"""Characters of a text layer on a picture that is read all the same: a stamp or a page number on a scan."""

MOST_OBJECTS = 5_000
"""Objects of a page among which pictures are looked for; a drawn map has more."""


def large_pictures(document: pdfium.PdfDocument, number: int, page: PdfPage) -> list[Box]:
    """The places of large pictures that the text layer says nothing of, as the page is shown.

    Args:
        document: the open file.
        number: the page's number, from 0.
        page: its text layer.
    """
    try:
        opened = document[number]
    except pdfium.PdfiumError:
        return []
    try:
        pictures = list(_pictures(opened))
    finally:
        opened.close()
    if not pictures:
        return []
    words = _words(page)
    places = text_boxes(page)
    width, height = page.frame.printed[:2]
    found: list[Box] = []
    for left, top, right, bottom in _shown(pictures, page):
        box = (max(left, 0.0), max(top, 0.0), min(right, width), min(bottom, height))
        area = max(box[2] - box[0], 0.0) * max(box[3] - box[1], 0.0)
        over = sum(len(word.text) for word, place in zip(words, places, strict=True) if _holds_middle(box, place))
        if area >= LARGE_PICTURE * width * height and over <= MOST_OVER_IT and box not in found:
            found.append(box)
    return found


def text_boxes(page: PdfPage) -> list[Box]:
    """The places of the words of a page's text layer, as the page is shown."""
    return _shown(_words(page), page)


def _words(page: PdfPage) -> list[PrintedWord]:
    return [word for runs in page.turns for run in runs for word in run.words]


def _shown(words: Sequence[PrintedWord], page: PdfPage) -> list[Box]:
    boxes = boxes_as_shown(words, np.zeros(len(words), np.int32), [page.frame])
    return [(left, top, right, bottom) for left, top, right, bottom in boxes.tolist()]


def _pictures(page: pdfium.PdfPage) -> Iterator[PrintedWord]:
    """The places of a page's pictures, each as that of a word without letters."""
    bounds = [ctypes.c_float() for _ in range(4)]
    for place in range(min(pdfium_c.FPDFPage_CountObjects(page.raw), MOST_OBJECTS)):
        item = pdfium_c.FPDFPage_GetObject(page.raw, place)
        if pdfium_c.FPDFPageObj_GetType(item) != pdfium_c.FPDF_PAGEOBJ_IMAGE:
            continue
        if pdfium_c.FPDFPageObj_GetBounds(item, *bounds):
            left, bottom, right, top = (each.value for each in bounds)
            yield PrintedWord.filling("", (left, right), (bottom, top), 0)


def _holds_middle(box: Box, other: Box) -> bool:
    x, y = (other[0] + other[2]) / 2, (other[1] + other[3]) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]

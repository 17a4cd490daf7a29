"""A page of a PDF -> where its pictures stand."""

import ctypes
from collections.abc import Iterator

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from .glyphs import PrintedWord

MOST_OBJECTS = 5_000
"""Objects of a page among which pictures are looked for; a drawn map has more."""


def pictures_of(page: pdfium.PdfPage) -> Iterator[PrintedWord]:
    """The places of a page's pictures, each as that of a word without letters."""
    bounds = [ctypes.c_float() for _ in range(4)]
    for place in range(min(pdfium_c.FPDFPage_CountObjects(page.raw), MOST_OBJECTS)):
        item = pdfium_c.FPDFPage_GetObject(page.raw, place)
        if pdfium_c.FPDFPageObj_GetType(item) != pdfium_c.FPDF_PAGEOBJ_IMAGE:
            continue
        if pdfium_c.FPDFPageObj_GetBounds(item, *bounds):
            left, bottom, right, top = (each.value for each in bounds)
            yield PrintedWord.filling("", (left, right), (bottom, top), 0)

"""A page of a PDF -> where its pictures stand.

What the file marks as an artifact is left out: by its own word that is no part of its content (ISO 32000-1, 14.8.2.2).
"""

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
        if pdfium_c.FPDFPageObj_GetType(item) != pdfium_c.FPDF_PAGEOBJ_IMAGE or _is_artifact(item):
            continue
        if pdfium_c.FPDFPageObj_GetBounds(item, *bounds):
            left, bottom, right, top = (each.value for each in bounds)
            yield PrintedWord.filling("", (left, right), (bottom, top), 0)


def _is_artifact(item: object) -> bool:
    name, length = (pdfium_c.FPDF_WCHAR * 16)(), ctypes.c_ulong()
    for place in range(max(pdfium_c.FPDFPageObj_CountMarks(item), 0)):
        mark = pdfium_c.FPDFPageObj_GetMark(item, place)
        known = pdfium_c.FPDFPageObjMark_GetName(mark, name, ctypes.sizeof(name), length)
        if known and bytes(name)[: length.value].decode("utf-16-le").rstrip("\0") == "Artifact":
            return True
    return False

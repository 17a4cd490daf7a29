"""The functions of pdfium that are called for each word, with addresses as plain numbers.

That takes 0.35 microseconds a call where ctypes' own objects take 0.6, and a long file has a million such calls.
"""

import ctypes
from collections.abc import Callable
from typing import Any

import pypdfium2.raw as pdfium_c

_ADDRESS, _NUMBER = ctypes.c_void_p, ctypes.c_int


def address(pointer: object) -> int:
    """Where a pointer points; 0 if nowhere."""
    return ctypes.cast(pointer, _ADDRESS).value or 0  # type: ignore[arg-type]


def _direct(function: object, result: type, *arguments: type) -> Callable[..., Any]:
    return ctypes.CFUNCTYPE(result, *arguments)(address(function))


text_object_of: Callable[[int, int], int | None] = _direct(pdfium_c.FPDFText_GetTextObject, _ADDRESS, _ADDRESS, _NUMBER)
"""The text object of a glyph: the page of text, the glyph's number."""

font_of: Callable[[int], int | None] = _direct(pdfium_c.FPDFTextObj_GetFont, _ADDRESS, _ADDRESS)
"""The font of a text object."""

content_of: Callable[[int], int] = _direct(pdfium_c.FPDFPageObj_GetMarkedContentID, _NUMBER, _ADDRESS)
"""The number of the marked content that an object of a page belongs to; negative if it belongs to none."""

find_origin: Callable[[int, int, int, int], int] = _direct(
    pdfium_c.FPDFText_GetCharOrigin, _NUMBER, _ADDRESS, _NUMBER, _ADDRESS, _ADDRESS
)
"""Where a glyph starts: the page of text, its number, two doubles to fill. 0 if it has no place."""

find_box: Callable[[int, int, int], int] = _direct(
    pdfium_c.FPDFText_GetLooseCharBox, _NUMBER, _ADDRESS, _NUMBER, _ADDRESS
)
"""The box of a glyph: the page of text, its number, an `FS_RECTF` to fill. 0 if it has none."""

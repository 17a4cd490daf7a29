"""Which paragraphs of a page a tagged PDF sets as quotations: those in an element `BlockQuote` (ISO 32000-1, 14.8.4).

A note belongs to the element that it stands in, but is no part of the quotation.
"""

import ctypes
from collections.abc import Iterator

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

DEEPEST = 50
"""Elements in one another that are looked at to find where a paragraph begins."""

MOST_ELEMENTS = 20_000
"""Elements of a page that are looked at; a table has one for each cell."""

_PARAGRAPHS = frozenset(("P", "LI", "TR", "H", "H1", "H2", "H3", "H4", "H5", "H6"))
_NOTES = frozenset(("Note", "FENote"))


def quoted_paragraphs(page: pdfium.PdfPage) -> dict[int, int]:
    """The marked content of a page that is quoted.

    Returns:
        The number of the marked content -> that of its paragraph on the page; below 0 if it began on an earlier page.
    """
    tree = pdfium_c.FPDF_StructTree_GetForPage(page.raw)
    if not tree:
        return {}
    try:
        return dict(_quoted(tree))
    finally:
        pdfium_c.FPDF_StructTree_Close(tree)


def _quoted(tree: object) -> Iterator[tuple[int, int]]:
    count = pdfium_c.FPDF_StructTree_CountChildren(tree)
    waiting = [(pdfium_c.FPDF_StructTree_GetChildAtIndex(tree, place), 0) for place in range(count)]
    paragraph = seen = 0
    while waiting and seen < MOST_ELEMENTS:
        seen += 1
        element, within = waiting.pop()
        if not element:
            continue
        kind = _kind(element)
        if within and kind in _NOTES:
            continue
        if kind == "BlockQuote" or (within and kind in _PARAGRAPHS):
            paragraph += 1
            within = -paragraph if _began_earlier(element) else paragraph
        for place in range(pdfium_c.FPDF_StructElement_CountChildren(element)):
            content = pdfium_c.FPDF_StructElement_GetChildMarkedContentID(element, place) if within else -1
            if content >= 0:
                yield content, within
            else:
                waiting.append((pdfium_c.FPDF_StructElement_GetChildAtIndex(element, place), within))


def _began_earlier(element: object) -> bool:
    """Whether the first content of an element stands on another page: pdfium has nothing in its place."""
    for _ in range(DEEPEST):
        if not element:
            return True
        is_content = pdfium_c.FPDF_StructElement_GetChildMarkedContentID(element, 0) >= 0
        if is_content or not pdfium_c.FPDF_StructElement_CountChildren(element):
            return False
        element = pdfium_c.FPDF_StructElement_GetChildAtIndex(element, 0)
    return False


def _kind(element: object) -> str:
    """An element's type, as "P"; empty if it is longer than those that count."""
    name = ctypes.create_string_buffer(32)
    length = pdfium_c.FPDF_StructElement_GetType(element, name, len(name))
    return name.raw[: max(length - 2, 0)].decode("utf-16-le") if length <= len(name) else ""

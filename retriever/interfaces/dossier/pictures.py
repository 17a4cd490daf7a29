"""The printed pages that a case file quotes, drawn, as HTML and PDF show them."""

from ...assistant import Assistant
from ...errors import DocumentUnknown, LibraryError, ReadingError
from .contents import Dossier, ShownPin

MOST_PICTURES = 100
"""Pages that are drawn into one file; of 150 kB each, more would not open on a phone."""


def drawn_pages(dossier: Dossier, assistant: Assistant, width: int) -> tuple[dict[int, bytes], int]:
    """Draw the page of each quote, its words marked.

    Args:
        dossier: the case file.
        assistant: draws the pages.
        width: of a picture, in pixels.

    Returns:
        The place of a quote -> its page as PNG; and how many are left out, as the file would be too large.
    """
    pictures: dict[int, bytes] = {}
    left_out = 0
    for item in dossier.pins:
        if len(pictures) >= MOST_PICTURES:
            left_out += _page_of(item) is not None
        elif drawn := _drawn(item, assistant, width):
            pictures[item.place] = drawn
    return pictures, left_out


def _page_of(item: ShownPin) -> int | None:
    """The printed page that a quote stands on now."""
    if item.document is None or item.span is None or not item.document.word_boxes:
        return None
    return item.document.page_at(item.span[0]) or 1


def _drawn(item: ShownPin, assistant: Assistant, width: int) -> bytes:
    """The page of a quote; empty if it has none, or its file is gone."""
    page = _page_of(item)
    if page is None or item.document is None:
        return b""
    try:
        return assistant.page_image(item.document.id, page, width=width, quote=item.span)
    except (DocumentUnknown, ReadingError, LibraryError):
        return b""

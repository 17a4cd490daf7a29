"""A case file as one HTML file: it opens offline, and shows each quote inside its source and on its printed page.

In: a `Dossier`, and an assistant for the pictures. Out: HTML that loads nothing and runs nothing.
"""

import base64

from markupsafe import Markup

from ...assistant import Assistant
from ...check.draft import EXCERPT, OPEN_POINT, OWN_NOTE, REFUSED, TAGS
from ...errors import DocumentUnknown, LibraryError, ReadingError
from ..html.cards import CARD_STYLE
from ..html.templating import render
from .contents import STATE_WORDS, Dossier, ShownPin

WIDTH = 900
"""Pixels of a picture of a page: as wide as it is read, about 150 kB."""
MOST_PICTURES = 100
"""Pages that are drawn into one file; of 150 kB each, more would not open on a phone."""


def as_page(dossier: Dossier, assistant: Assistant) -> str:
    """Write a case file as HTML.

    Args:
        dossier: the case file.
        assistant: draws the pages.
    """
    pictures: dict[int, str] = {}
    left_out = 0
    for item in dossier.pins:
        if len(pictures) >= MOST_PICTURES:
            left_out += _page_of(item) is not None
        elif picture := _picture(item, assistant):
            pictures[item.place] = picture
    prefixes = {"note": OWN_NOTE, "open": OPEN_POINT, "refused": REFUSED, "tags": TAGS}
    prefixes |= {"excerpt": EXCERPT}
    return render(
        "dossier.html",
        style=Markup(CARD_STYLE),  # noqa: S704 (our own file)
        dossier=dossier,
        pictures=pictures,
        left_out=left_out,
        said=STATE_WORDS,
        prefixes=prefixes,
        one_line=_one_line,
    )


def _one_line(text: str) -> str:
    """A text in one paragraph, with the spaces at its ends: the quote follows or comes before."""
    lead, tail = text[:1].isspace() * " ", text[-1:].isspace() * " "
    return f"{lead}{' '.join(text.split())}{tail}"


def _page_of(item: ShownPin) -> int | None:
    """The printed page that a quote stands on now."""
    if item.document is None or item.span is None or not item.document.word_boxes:
        return None
    return item.document.page_at(item.span[0]) or 1


def _picture(item: ShownPin, assistant: Assistant) -> str:
    """The page of a quote as a data address; empty if it has none, or its file is gone."""
    page = _page_of(item)
    if page is None or item.document is None:
        return ""
    try:
        drawn = assistant.page_image(item.document.id, page, width=WIDTH, quote=item.span)
    except (DocumentUnknown, ReadingError, LibraryError):
        return ""
    return f"data:image/png;base64,{base64.b64encode(drawn).decode()}"

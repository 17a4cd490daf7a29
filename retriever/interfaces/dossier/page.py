"""A case file as one HTML file: it opens offline, and shows each quote inside its source and on its printed page.

In: a `Dossier`, and an assistant for the pictures. Out: HTML that loads nothing and runs nothing.
"""

import base64

from markupsafe import Markup

from ...assistant import Assistant
from ...check.draft import EXCERPT, OPEN_POINT, OWN_NOTE, REFUSED, TAGS
from ..html.cards import CARD_STYLE
from ..html.templating import render
from .contents import STATE_WORDS, Dossier
from .pictures import drawn_pages

WIDTH = 900
"""Pixels of a picture of a page: as wide as it is read, about 150 kB."""


def as_page(dossier: Dossier, assistant: Assistant) -> str:
    """Write a case file as HTML.

    Args:
        dossier: the case file.
        assistant: draws the pages.
    """
    drawn, left_out = drawn_pages(dossier, assistant, WIDTH)
    pictures = {place: f"data:image/png;base64,{base64.b64encode(one).decode()}" for place, one in drawn.items()}
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

"""The large pictures on a PDF page that has text beside them.

A searchable scan is a picture too, with its words on it in a text layer. Such a picture is not read again.
"""

from collections.abc import Sequence

import numpy as np

from ..geometry import Box
from .glyphs import PrintedWord
from .runs import PdfPage
from .word_places import boxes_as_shown

LARGE_PICTURE = 0.15
"""Share of a page that a picture beside text covers at least; a logo or a portrait is smaller."""

MOST_OVER_IT = 150
"""Characters of a text layer on a picture that is read all the same: a stamp or a page number on a scan."""


def large_pictures(page: PdfPage) -> list[Box]:
    """The places of large pictures that the text layer says nothing of, as the page is shown."""
    if not page.pictures:
        return []
    words = _words(page)
    places = text_boxes(page)
    width, height = page.frame.printed[:2]
    found: list[Box] = []
    for left, top, right, bottom in _shown(page.pictures, page):
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


def _holds_middle(box: Box, other: Box) -> bool:
    x, y = (other[0] + other[2]) / 2, (other[1] + other[3]) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]

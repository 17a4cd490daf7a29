"""The pieces of a page become lines in reading order, the columns one after the other.

In come pieces, out come stretches of lines. The one decision: in doubt a line begins no new column, for a table that
is read column by column says nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .glyphs import Piece
from .lines import Line, line_of, rows_of
from .pieces import Page, characters

FEWEST_COLUMN_LINES = 3
"""Lines that make a column; two are as well a caption or two names side by side."""

FEWEST_COLUMN_CHARACTERS = 15
"""Characters of most lines of a column: the cells of a table are shorter, the lines of a narrow column are not."""

DEEPEST_COLUMNS = 3
"""How often a region is parted in two, so that at most eight columns are told apart."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Lines that are read one after the other: a stretch of a column.

    Attributes:
        lines: one or more, from the top down.
        aside: whether they are written in another quarter turn than most of the page, as a stamp along the margin.
    """

    lines: list[Line]
    aside: bool


def find_flows(page: Page) -> list[Flow]:
    """Put a page's pieces in reading order; what is written sideways comes last."""
    return [
        Flow(lines, aside=turn > 0)
        for turn, pieces in enumerate(page.turns)
        for lines in _in_reading_order(pieces, DEEPEST_COLUMNS)
    ]


def _in_reading_order(pieces: Sequence[Piece], depth: int) -> list[list[Line]]:
    """The lines of a region, a list for each stretch of a column; it is parted `depth` times at most."""
    if not pieces:
        return []
    rows = rows_of(pieces)
    gutter = _gutter(pieces) if depth else None
    if gutter is None:
        return [[line_of(row) for row in rows]]
    flows: list[list[Line]] = []
    across: list[Line] = []  # lines over the whole width
    for parted, band in _bands(rows, gutter):
        left = [piece for row in band for piece in row if piece.right <= gutter]
        right = [piece for row in band for piece in row if piece.right > gutter]
        if parted and _are_columns(left, right):
            flows += [across] if across else []
            flows += _in_reading_order(left, depth - 1) + _in_reading_order(right, depth - 1)
            across = []
        else:
            across += [line_of(row) for row in band]
    return [*flows, across] if across else flows


def _bands(rows: Sequence[list[Piece]], gutter: float) -> Iterator[tuple[bool, list[list[Piece]]]]:
    """Stretches of rows that the gutter parts, and of rows that run across it."""
    band: list[list[Piece]] = []
    parted = False
    for row in rows:
        clear = not any(piece.left < gutter < piece.right for piece in row)
        if band and clear != parted:
            yield parted, band
            band = []
        parted = clear
        band.append(row)
    if band:
        yield parted, band


def _gutter(pieces: Sequence[Piece]) -> float | None:
    """Where a column starts to the right of which, and to the left, most pieces lie, and few across."""
    lefts = np.sort([piece.left for piece in pieces])
    rights = np.sort([piece.right for piece in pieces])
    places = np.unique(lefts) - 0.5  # glyphs overlap their origin by less than half a point
    before = np.searchsorted(rights, places, side="right")
    after = len(lefts) - np.searchsorted(lefts, places, side="left")
    worth = np.minimum(before, after) - (len(pieces) - before - after)
    worth[(before < FEWEST_COLUMN_LINES) | (after < FEWEST_COLUMN_LINES)] = -len(pieces) - 1
    best = int(np.argmax(worth))
    return float(places[best]) if worth[best] >= -len(pieces) else None


def _are_columns(left: Sequence[Piece], right: Sequence[Piece]) -> bool:
    """Whether two halves are read one after the other: each is lines of prose, not the cells of a table."""
    return all(len(rows_of(half)) >= FEWEST_COLUMN_LINES and _is_prose(half) for half in (left, right))


def _is_prose(pieces: Sequence[Piece]) -> bool:
    """Whether at least half of the text stands in pieces as long as a line."""
    long = sum(len(piece.text) for piece in pieces if len(piece.text) >= FEWEST_COLUMN_CHARACTERS)
    return 2 * long >= characters(pieces)

"""Runs of a PDF page -> lines in reading order, one column after the other.

In doubt there is no new column, because a table that is read column by column makes no sense.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .glyphs import TextRun
from .runs import PdfPage, characters
from .text_lines import TextLine, line_of, rows_of

FEWEST_COLUMN_LINES = 3
"""Lines that make a column; two are as well a caption or two names side by side."""

FEWEST_COLUMN_CHARACTERS = 15
"""Characters of most lines of a column: the cells of a table are shorter, the lines of a narrow column are not."""

DEEPEST_COLUMNS = 3
"""How often a region is divided in two, so that at most eight columns are found."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Lines that are read one after the other: a part of a column.

    Attributes:
        lines: one or more, from the top down.
        aside: whether they are turned against most of the page, such as a stamp along the margin.
    """

    lines: list[TextLine]
    aside: bool


def find_flows(page: PdfPage) -> list[Flow]:
    """Put a page's runs in reading order; sideways text comes last."""
    return [
        Flow(lines, aside=turn > 0)
        for turn, runs in enumerate(page.turns)
        for lines in _in_reading_order(runs, DEEPEST_COLUMNS)
    ]


def _in_reading_order(runs: Sequence[TextRun], depth: int) -> list[list[TextLine]]:
    """The lines of a region, one list for each part of a column; the region is divided at most `depth` times."""
    if not runs:
        return []
    rows = rows_of(runs)
    gutter = _gutter(runs) if depth else None
    if gutter is None:
        return [[line_of(row) for row in rows]]
    flows: list[list[TextLine]] = []
    across: list[TextLine] = []  # lines over the whole width
    for parted, band in _bands(rows, gutter):
        left = [run for row in band for run in row if run.right <= gutter]
        right = [run for row in band for run in row if run.right > gutter]
        if parted and _are_columns(left, right):
            flows += [across] if across else []
            flows += _in_reading_order(left, depth - 1) + _in_reading_order(right, depth - 1)
            across = []
        else:
            across += [line_of(row) for row in band]
    return [*flows, across] if across else flows


def _bands(rows: Sequence[list[TextRun]], gutter: float) -> Iterator[tuple[bool, list[list[TextRun]]]]:
    """Groups of rows that the gutter divides, and of rows that cross it."""
    band: list[list[TextRun]] = []
    parted = False
    for row in rows:
        clear = not any(run.left < gutter < run.right for run in row)
        if band and clear != parted:
            yield parted, band
            band = []
        parted = clear
        band.append(row)
    if band:
        yield parted, band


def _gutter(runs: Sequence[TextRun]) -> float | None:
    """The start of a column, if most runs are to its right or its left, and few cross it."""
    lefts = np.sort([run.left for run in runs])
    rights = np.sort([run.right for run in runs])
    places = np.unique(lefts) - 0.5  # glyphs overlap their origin by less than half a point
    before = np.searchsorted(rights, places, side="right")
    after = len(lefts) - np.searchsorted(lefts, places, side="left")
    worth = np.minimum(before, after) - (len(runs) - before - after)
    worth[(before < FEWEST_COLUMN_LINES) | (after < FEWEST_COLUMN_LINES)] = -len(runs) - 1
    best = int(np.argmax(worth))
    return float(places[best]) if worth[best] >= -len(runs) else None


def _are_columns(left: Sequence[TextRun], right: Sequence[TextRun]) -> bool:
    """Whether two halves are read one after the other, because each has lines of prose, not cells of a table."""
    return all(len(rows_of(half)) >= FEWEST_COLUMN_LINES and _is_prose(half) for half in (left, right))


def _is_prose(runs: Sequence[TextRun]) -> bool:
    """Whether at least half of the text is in runs as long as a line."""
    long = sum(len(run.text) for run in runs if len(run.text) >= FEWEST_COLUMN_CHARACTERS)
    return 2 * long >= characters(runs)

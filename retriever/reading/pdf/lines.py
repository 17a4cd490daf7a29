"""Runs of a PDF page -> lines, from the top down.

Runs that are far apart on one line are cells of a table, and a tab is put between them. Columns were separated before,
in `columns`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .glyphs import TextRun
from .runs import GLUED_GAP, distance

CELL_GAP = 2.0
"""Ems between two cells of a table row; a justified line is seldom stretched so far."""

_LEFTWARD = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")  # Hebrew, Arabic and their kin


@dataclass(frozen=True, slots=True, eq=False)
class TextLine:
    """One line of a column: its runs put together, measured as they are.

    Attributes:
        text: its words.
        left: where it starts.
        right: where it ends.
        baseline: of its longest run, as its size is.
        size: of its font.
        bold: whether nearly all of it is.
        cells: whether it is a row of a table.
        runs: what it is put together from.
    """

    text: str
    left: float
    right: float
    baseline: float
    size: float
    bold: bool
    cells: bool
    runs: Sequence[TextRun]


def rows_of(runs: Iterable[TextRun]) -> list[list[TextRun]]:
    """Runs that share a baseline, raised and lowered figures included, from the top down, each from the left."""
    rows: list[list[TextRun]] = []
    anchor = None
    for run in sorted(runs, key=lambda run: (-run.baseline, run.left)):
        if anchor is not None and anchor.baseline - run.baseline < min(
            0.55 * max(anchor.size, run.size), 0.75 * min(anchor.size, run.size)
        ):
            rows[-1].append(run)
            anchor = max(anchor, run, key=lambda run: run.size)
        else:
            rows.append([run])
            anchor = run
    for row in rows:
        row.sort(key=lambda run: run.left)
        if 2 * sum(_LEFTWARD.search(run.text) is not None for run in row) > len(row):
            row.reverse()
    return rows


def line_of(row: Sequence[TextRun]) -> TextLine:
    """Put a row of runs together."""
    chief = max(row, key=lambda run: len(run.text))
    text, cells = row[0].text, False
    for before, run in pairwise(row):
        gap = distance(before, run) / chief.size
        cell = gap > CELL_GAP and len(text) > 4  # what is shorter is a bullet or a number
        cells = cells or cell
        text += ("\t" if cell else " " if gap > GLUED_GAP else "") + run.text
    letters = sum(len(run.text.replace(" ", "")) for run in row)
    return TextLine(
        text=text,
        left=min(run.left for run in row),
        right=max(run.right for run in row),
        baseline=chief.baseline,
        size=chief.size,
        bold=sum(run.bold for run in row) >= 0.9 * letters,  # a mark or a number may be lighter
        cells=cells,
        runs=row,
    )


def bare(title: str) -> str:
    """A title's letters, so that numbers, case and spacing count for nothing."""
    return "".join(letter for letter in title.casefold() if letter.isalpha())

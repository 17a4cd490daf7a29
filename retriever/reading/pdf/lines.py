"""The pieces of a page become lines.

In come pieces, out come lines, from the top down. The one decision: what is far apart on one line is two cells of a
table, parted by a tab; whether it is two columns is told before (`columns`).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .glyphs import Piece
from .pieces import GLUED_GAP, distance

CELL_GAP = 2.0
"""Ems between two cells of a table row; a justified line is seldom stretched so far."""

_LEFTWARD = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")  # Hebrew, Arabic and their kin


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One line of a column: its pieces put together, measured as they are.

    Attributes:
        text: its words.
        left: where it starts.
        right: where it ends.
        baseline: of its longest piece, as its size is.
        size: of its font.
        bold: whether nearly all of it is.
        cells: whether it is a row of a table.
        pieces: what it is put together from.
    """

    text: str
    left: float
    right: float
    baseline: float
    size: float
    bold: bool
    cells: bool
    pieces: Sequence[Piece]


def rows_of(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """Pieces that share a baseline, raised and lowered figures included, from the top down, each from the left."""
    rows: list[list[Piece]] = []
    anchor = None
    for piece in sorted(pieces, key=lambda piece: (-piece.baseline, piece.left)):
        if anchor is not None and anchor.baseline - piece.baseline < min(
            0.55 * max(anchor.size, piece.size), 0.75 * min(anchor.size, piece.size)
        ):
            rows[-1].append(piece)
            anchor = max(anchor, piece, key=lambda piece: piece.size)
        else:
            rows.append([piece])
            anchor = piece
    for row in rows:
        row.sort(key=lambda piece: piece.left)
        if 2 * sum(_LEFTWARD.search(piece.text) is not None for piece in row) > len(row):
            row.reverse()
    return rows


def line_of(row: Sequence[Piece]) -> Line:
    """Put a row of pieces together."""
    chief = max(row, key=lambda piece: len(piece.text))
    text, cells = row[0].text, False
    for before, piece in pairwise(row):
        gap = distance(before, piece) / chief.size
        cell = gap > CELL_GAP and len(text) > 4  # what is shorter is a bullet or a number
        cells = cells or cell
        text += ("\t" if cell else " " if gap > GLUED_GAP else "") + piece.text
    letters = sum(len(piece.text.replace(" ", "")) for piece in row)
    return Line(
        text=text,
        left=min(piece.left for piece in row),
        right=max(piece.right for piece in row),
        baseline=chief.baseline,
        size=chief.size,
        bold=sum(piece.bold for piece in row) >= 0.9 * letters,  # a mark or a number may be lighter
        cells=cells,
        pieces=row,
    )


def bare(title: str) -> str:
    """A title's letters, so that numbers, case and spacing count for nothing."""
    return "".join(letter for letter in title.casefold() if letter.isalpha())

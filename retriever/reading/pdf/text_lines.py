"""Runs of a PDF page -> lines, from the top down.

Runs that are far apart on one line are cells of a table, with a tab between them. `columns` has already separated the
columns.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..raised import lowered, raised, settle
from .glyphs import GLUED_GAP, LEFTWARD, RAISED_BY, SMALLER, PrintedWord, TextRun, distance

CELL_GAP = 2.0
"""Ems between two cells of a table row; a justified line is seldom stretched so far."""

NEAR_GAP = 0.35
"""Ems between a raised or lowered run and its word at most."""

LONGEST_RAISED = 12
"""Characters of a run that is raised or lowered: several marks of notes, an exponent."""


@dataclass(frozen=True, slots=True, eq=False)
class TextLine:
    """One line of a column: its runs put together.

    Attributes:
        text: its words.
        left: where it starts.
        right: where it ends.
        baseline: of its longest run.
        size: of that run's font.
        bold: whether nearly all of it is.
        cells: whether it is a row of a table.
        runs: its runs.
        table_row: its number in a table with rules, from 1.
        quoted: as for a run.
    """

    text: str
    left: float
    right: float
    baseline: float
    size: float
    bold: bool
    cells: bool
    runs: Sequence[TextRun]
    table_row: int | None = None
    quoted: int = 0

    @property
    def words(self) -> Sequence[PrintedWord]:
        """The words of its runs."""
        return self.runs[0].words if len(self.runs) == 1 else [word for run in self.runs for word in run.words]


def rows_of(runs: Iterable[TextRun]) -> list[list[TextRun]]:
    """Groups of runs on one baseline, with raised and lowered figures, from the top down and from left to right."""
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
        leftward = sum(len(run.text) for run in row if not run.text.isascii() and LEFTWARD.search(run.text))
        if 2 * leftward > sum(len(run.text) for run in row):  # by letters: a mark of a note is a run too
            row.reverse()
    return rows


def line_of(row: Sequence[TextRun]) -> TextLine:
    """Put a row of runs together."""
    chief = max(row, key=lambda run: len(run.text))
    text, cells = row[0].text, any(run.alone for run in row)
    if len(row) > 1 and distance(*row[:2]) < NEAR_GAP * chief.size:
        text = _marked_text(row[0], chief)
    for before, run in pairwise(row):
        gap = distance(before, run) / chief.size
        cell = gap > CELL_GAP and len(text) > 4  # a shorter run is a bullet or a number
        cells = cells or cell
        text += ("\t" if cell else " " if gap > GLUED_GAP else "") + (
            _marked_text(run, chief) if gap < NEAR_GAP else run.text
        )
    letters = sum(len(run.text.replace(" ", "")) for run in row)
    return TextLine(
        text=settle(text),
        left=min(run.left for run in row),
        right=max(run.right for run in row),
        baseline=chief.baseline,
        size=chief.size,
        bold=sum(run.bold for run in row) >= 0.9 * letters,  # a mark or a number may be lighter
        cells=cells,
        runs=row,
        table_row=next((run.table_row for run in row if run.table_row is not None), None),
        quoted=chief.quoted,
    )


def _marked_text(run: TextRun, chief: TextRun) -> str:
    """A run's text, marked if it is raised above the line of the main run, or lowered below it."""
    above = (run.baseline - chief.baseline) / chief.size
    if run.size > SMALLER * chief.size or len(run.text) > LONGEST_RAISED or abs(above) < RAISED_BY:
        return run.text
    return raised(run.text) if above > 0 else lowered(run.text)


def bare(title: str) -> str:
    """A title's letters only, so that numbers, case and spacing don't matter."""
    return "".join(filter(str.isalpha, title.casefold()))

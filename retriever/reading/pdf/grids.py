"""Tables with drawn rules on a PDF page -> a run for each row, with the names of its columns.

The rules say which words share a cell, so nothing is guessed. A table has at least two columns and two rows, separated
by lines that meet, and words in at least half of its cells. Two cells without a rule between them are one.
"""

import ctypes
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ..builder import one_line
from ..rows import Row, row_lines
from .glyphs import PrintedWord, TextRun
from .text_lines import TextLine, line_of, rows_of

MOST_OBJECTS = 20_000
"""Objects of a page that are looked at for rules; a map or a plot has more."""

MOST_RULES = 1_500
"""Rules of one page: a table of 500 rows and 20 columns, each cell with its own box, has more only before merging."""

MOST_PARTS_WITHOUT_RULE = 8
"""Straight parts of a path in which a rule is looked for; the outline of a drawing has none, and often thousands."""

MOST_CURVES = 8
"""Curves of a path that may hold rules; two boxes with round corners have so many, drawings often thousands."""

NEAR = 3.0
"""Points between two rules that are one; a thick rule is drawn as a box of up to 2."""

SHORTEST_RULE = 4.0
"""Points; shorter lines are ticks and signs."""

MOST_SHORT_LINES = 2
"""Lines of a cell that may all be ended on purpose, as an address; more are rows of their own."""

LONGEST_CELL = 500
"""Characters; a longer cell holds prose, and its rules are a frame."""


@dataclass(slots=True)
class Rule:
    """A straight line: its position across, its start and its end, in points."""

    at: float
    start: float
    end: float

    def reaches(self, place: float) -> bool:
        """Whether it passes a position."""
        return self.start - NEAR <= place <= self.end + NEAR


@dataclass(frozen=True, slots=True)
class Grid:
    """The rules of one table.

    Attributes:
        columns: the start of each column, ascending, and the end of the last one.
        rows: the same for its rows, from the bottom up.
        upright: its vertical rules.
        level: its horizontal ones.
    """

    columns: list[float]
    rows: list[float]
    upright: list[Rule]
    level: list[Rule]

    def holds(self, run: TextRun) -> bool:
        """Whether a run is inside."""
        middle = (run.left + run.right) / 2
        return self.columns[0] < middle < self.columns[-1] and self.rows[0] < run.baseline + 1 < self.rows[-1]

    def parts(self, left: TextRun | PrintedWord, right: TextRun | PrintedWord) -> bool:
        """Whether a vertical rule separates two runs of one line, or a run and a word."""
        return any(
            left.right - NEAR < rule.at < right.left + NEAR and rule.start <= left.baseline <= rule.end
            for rule in self.upright
        )


def find_grids(page: pdfium.PdfPage) -> list[Grid]:
    """The tables with rules on a page, from the top down."""
    upright, level = _rules(page)
    if not upright or not level or len(upright) + len(level) > MOST_RULES:
        return []
    groups: list[tuple[list[Rule], list[Rule]]] = []
    for rule in upright:
        met = [line for line in level if line.reaches(rule.at) and rule.reaches(line.at)]
        joined = [group for group in groups if any(line in group[1] for line in met)]
        groups = [group for group in groups if group not in joined]
        lines = [line for group in joined for line in group[1]]
        groups.append(
            ([rule, *(one for group in joined for one in group[0])], lines + [one for one in met if one not in lines])
        )
    grids = [Grid(_places(uprights), _places(levels), uprights, levels) for uprights, levels in groups]
    return sorted((grid for grid in grids if len(grid.columns) > 2 < len(grid.rows)), key=lambda grid: -grid.rows[-1])


def word_rows(grid: Grid, runs: Sequence[TextRun]) -> list[TextRun] | None:
    """A run for each row of a table, or None if the rules do not belong to a table.

    Args:
        grid: its rules.
        runs: the runs inside.
    """
    cells = _cells(grid)
    texts: dict[tuple[int, int], list[TextRun]] = {}
    for run in runs:
        column = bisect_right(grid.columns, (run.left + run.right) / 2) - 1
        row = bisect_right(grid.rows, run.baseline + 1) - 1
        texts.setdefault(cells[row, column], []).append(run)
    words = {cell: one_line(" ".join(line_of(row).text for row in rows_of(inside))) for cell, inside in texts.items()}
    if len({column for _, column in words}) < 2 or 2 * len(words) < len(set(cells.values())):
        return None
    edges = {cell: grid.columns[column + 1] for (_, column), cell in sorted(cells.items())}
    if any(len(text) > LONGEST_CELL for text in words.values()) or any(
        _is_layout(inside, grid.columns[cell[1]], edges[cell]) for cell, inside in texts.items()
    ):
        return None
    places = range(len(grid.rows) - 2, -1, -1)
    table: list[Row] = [_row(cells, words, row, len(grid.columns) - 1) for row in places]
    bold = [_is_bold(run for cell, inside in texts.items() if cell[0] == row for run in inside) for row in places]
    size = sorted(run.size for run in runs)[len(runs) // 2]
    lines = list(row_lines(table, headed=bold[0] and not all(bold)))
    printed = [_printed(cells, texts, row, len(grid.columns) - 1) for row in places]
    header = printed[: lines[0][0] - 1] if lines else []
    return [
        TextRun(
            line,
            grid.columns[0],
            grid.columns[-1],
            _baseline(grid, runs, places[number - 1], size),
            size,
            0,
            alone=True,
            table_row=number,
            words=[
                word for column in zip(*header, printed[number - 1], strict=True) for cell in column for word in cell
            ],
        )
        for number, line in lines
    ]


def _printed(
    cells: dict[tuple[int, int], tuple[int, int]], texts: dict[tuple[int, int], list[TextRun]], row: int, width: int
) -> list[list[PrintedWord]]:
    """The words of each column of a row, with their places; those of a merged cell in each column that it covers."""
    return [
        [word for line in rows_of(texts.get(cells[row, column], ())) for run in line for word in run.words]
        for column in range(width)
    ]


def _is_layout(runs: Sequence[TextRun], left: float, right: float) -> bool:
    """Whether a cell from `left` to `right` contains a table without rules: words far apart, or short lines."""
    lines = [line_of(row) for row in rows_of(runs)]
    end = right - max(0.0, min(line.left for line in lines) - left)  # as much room on the right as on the left
    ended = sum(_has_room(line, below, end) for line, below in pairwise(lines))
    return any(line.cells for line in lines) or (len(lines) > MOST_SHORT_LINES and 2 * ended > len(lines) - 1)


def _has_room(line: TextLine, below: TextLine, end: float) -> bool:
    """Whether a line starts although its first word would have fitted at the end of the line above."""
    if below.text[0].islower():
        return False
    word = below.text.split(maxsplit=1)[0]
    return line.right + (below.right - below.left) * len(word) / len(below.text) + 0.5 * line.size < end


def _row(
    cells: dict[tuple[int, int], tuple[int, int]], words: dict[tuple[int, int], str], row: int, width: int
) -> list[str | None]:
    """The texts of a row; None if a cell further left covers the column."""
    return [
        None if column and cells[row, column] == cells[row, column - 1] else words.get(cells[row, column], "")
        for column in range(width)
    ]


def _baseline(grid: Grid, runs: Sequence[TextRun], row: int, size: float) -> float:
    """The baseline of a row's first line, or the row's top if it has no words."""
    own = [run.baseline for run in runs if grid.rows[row] < run.baseline + 1 < grid.rows[row + 1]]
    return max(own, default=grid.rows[row + 1] - size)


def _is_bold(runs: Iterable[TextRun]) -> bool:
    found = list(runs)
    return bool(found) and all(2 * run.bold > len(run.text) for run in found)


def _cells(grid: Grid) -> dict[tuple[int, int], tuple[int, int]]:
    """Row and column of each place -> row and column of the upper left place of its cell."""
    cells: dict[tuple[int, int], tuple[int, int]] = {}
    for row in range(len(grid.rows) - 2, -1, -1):
        middle = (grid.rows[row] + grid.rows[row + 1]) / 2
        for column in range(len(grid.columns) - 1):
            centre = (grid.columns[column] + grid.columns[column + 1]) / 2
            cell = (row, column)
            if column and not _is_ruled(grid.upright, grid.columns[column], middle):
                cell = cells[row, column - 1]
            elif row < len(grid.rows) - 2 and not _is_ruled(grid.level, grid.rows[row + 1], centre):
                cell = cells[row + 1, column]
            cells[row, column] = cell
    return cells


def _is_ruled(rules: Sequence[Rule], at: float, place: float) -> bool:
    return any(abs(rule.at - at) <= NEAR and rule.start <= place <= rule.end for rule in rules)


def _places(rules: Sequence[Rule]) -> list[float]:
    """The positions of rules, ascending; rules near each other count once."""
    places: list[float] = []
    for rule in sorted(rules, key=lambda rule: rule.at):
        if not places or rule.at - places[-1] > NEAR:
            places.append(rule.at)
    return places


def _rules(page: pdfium.PdfPage) -> tuple[list[Rule], list[Rule]]:
    """The vertical and the horizontal rules that a page draws."""
    upright: list[Rule] = []
    level: list[Rule] = []
    paths = _PathReader()
    count = pdfium_c.FPDFPage_CountObjects(page.raw)
    for number in range(count if count <= MOST_OBJECTS else 0):
        item = pdfium_c.FPDFPage_GetObject(page.raw, number)
        if pdfium_c.FPDFPageObj_GetType(item) != pdfium_c.FPDF_PAGEOBJ_PATH:
            continue
        rules_before = len(upright) + len(level)
        for part, ((x, y), (other_x, other_y)) in enumerate(paths.segments(item), start=1):
            if abs(x - other_x) < 1 and abs(y - other_y) >= SHORTEST_RULE:
                upright.append(Rule((x + other_x) / 2, min(y, other_y), max(y, other_y)))
            elif abs(y - other_y) < 1 and abs(x - other_x) >= SHORTEST_RULE:
                level.append(Rule((y + other_y) / 2, min(x, other_x), max(x, other_x)))
            if part == MOST_PARTS_WITHOUT_RULE and len(upright) + len(level) == rules_before:
                break
        if len(upright) + len(level) > MOST_OBJECTS:
            return [], []
    return _merge(upright), _merge(level)


class _PathReader:
    """Reads drawn paths. The variables for pdfium's answers are made once per page."""

    def __init__(self) -> None:
        self._fill, self._stroke, self._matrix = ctypes.c_int(), ctypes.c_int(), pdfium_c.FS_MATRIX()
        self._x, self._y = ctypes.c_float(), ctypes.c_float()
        self._to_x, self._to_y = ctypes.pointer(self._x), ctypes.pointer(self._y)

    def segments(self, item: object) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
        """The straight parts of a drawn path."""
        fill, stroke, matrix = self._fill, self._stroke, self._matrix
        pdfium_c.FPDFPath_GetDrawMode(item, fill, stroke)
        count = pdfium_c.FPDFPath_CountSegments(item)
        if not (fill.value or stroke.value) or count > MOST_OBJECTS or not pdfium_c.FPDFPageObj_GetMatrix(item, matrix):
            return
        a, b, c, d, e, f = matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f
        first = last = (0.0, 0.0)
        curves = 0
        for number in range(count):
            segment = pdfium_c.FPDFPath_GetPathSegment(item, number)
            pdfium_c.FPDFPathSegment_GetPoint(segment, self._to_x, self._to_y)
            x, y = self._x.value, self._y.value
            point = (a * x + c * y + e, b * x + d * y + f)
            kind = pdfium_c.FPDFPathSegment_GetType(segment)
            if kind == pdfium_c.FPDF_SEGMENT_MOVETO:
                first = point
            elif kind == pdfium_c.FPDF_SEGMENT_LINETO:
                yield last, point
            elif (curves := curves + 1) > MOST_CURVES:
                return
            if pdfium_c.FPDFPathSegment_GetClose(segment):
                yield point, first
            last = point


def _merge(rules: Sequence[Rule]) -> list[Rule]:
    """Join rules that overlap or continue each other."""
    merged: list[Rule] = []
    for rule in sorted(rules, key=lambda rule: (round(rule.at / NEAR), rule.start)):
        before = merged[-1] if merged else None
        if before and abs(before.at - rule.at) <= NEAR and rule.start <= before.end + NEAR:
            before.end = max(before.end, rule.end)
        else:
            merged.append(Rule(rule.at, rule.start, rule.end))
    return merged

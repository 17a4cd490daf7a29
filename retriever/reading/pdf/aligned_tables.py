"""Tables without drawn rules on a PDF page -> a line for each row, with the names of its columns.

Columns are seen from the words: over several lines, they leave the same places empty. Only what is certainly a table is
changed: it has a header, every column is aligned, and a column has numbers below its name. All else stays as it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ..rows import header_length, is_number, named_lines
from .columns import Flow
from .glyphs import PrintedWord, TextRun, distance
from .text_lines import TextLine, line_of

FEWEST_ROWS = 3
"""Lines of a table: its header and two rows. Two lines may be a title with its date."""

GUTTER = 0.7
"""Ems between two columns, which no cell enters; three spaces."""

ROW_GAP = 3.2
"""Ems from one row to the next at most; rows are seldom parted by more than two blank lines."""

WRAPPED_GAP = 1.4
"""Ems from a line to the next one of the same cell at most."""

OFF_LINE = 0.6
"""Ems by which the edges of a column's cells may differ, as numbers with a sign do."""

ALIGNED = 0.75
"""Share of a column's cells that must share an edge or the middle."""

FILLED = 0.2
"""Share of a column's cells that must have words."""

HEADER_GAP = 1.3
"""Gap below a header of several lines, in units of the gap between them."""

MOST_HEADER_LINES = 3
"""Lines of a header: a name, what it counts, its unit."""

NUMBERS = 0.6
"""Share of a column's words that must be numbers, in one column at least."""

MOST_ROWS = 250
"""Lines of a table; a page has no more, and the work grows with their square."""

LONGEST_CELL = 90
"""Characters; a longer cell is a line of prose."""


@dataclass(frozen=True, slots=True)
class _Cell:
    """Words between two wide gaps of a line."""

    text: str
    left: float
    right: float
    runs: list[TextRun]


@dataclass(frozen=True, slots=True)
class _CellRow:
    """A line as cells."""

    line: TextLine
    cells: list[_Cell]


@dataclass(frozen=True, slots=True)
class _Table:
    """The lines in place of those of a table, and what its next page needs.

    Attributes:
        lines: the lines.
        names: of its columns.
        columns: where each one starts and ends.
        rows: how many rows it has so far, with its header.
    """

    lines: list[TextLine]
    names: list[str]
    columns: list[tuple[float, float]]
    rows: int


def with_named_rows(pages: Sequence[Sequence[Flow]]) -> list[list[Flow]]:
    """The flows of each page, where a line of a table names its columns. A table may continue on the next page."""
    above: _Table | None = None
    named: list[list[Flow]] = []
    for flows in pages:
        named.append([])
        for flow in flows:
            if not flow.aside:
                flow, above = _named(flow, above)
            named[-1].append(flow)
    return named


def _named(flow: Flow, above: _Table | None) -> tuple[Flow, _Table | None]:
    """A flow with named rows, and the table that its last line belongs to.

    Args:
        flow: the flow.
        above: the table with which the flow before it ended.
    """
    if above is None and sum(map(_has_gap, flow.lines)) < FEWEST_ROWS:
        return flow, None
    rows = [_CellRow(line, _cells_of(line)) for line in flow.lines]
    lines: list[TextLine] = []
    table = None
    at = 0
    while at < len(rows):
        end = _end_of_table(rows, at)
        table = _worded(rows[at:end]) if end - at >= FEWEST_ROWS else None
        if table is None and at == 0 and above is not None:
            table = _continued(rows[:end], above)
        if table is None and end - at > 1 and len(rows[at].cells) < len(rows[at + 1].cells):
            end = at + 1  # a title with its date, perhaps
        lines += table.lines if table else (row.line for row in rows[at:end])
        at = end
    return replace(flow, lines=lines), table


def _continued(rows: Sequence[_CellRow], above: _Table) -> _Table | None:
    """The lines in place of the first ones of a page, if they are in the columns of the table above."""
    columns = list(above.columns)
    for row in rows:
        columns = _merged(columns, row)
    is_alike = len(columns) == len(above.columns) and all(_are_apart(row, columns) for row in rows)
    if not is_alike or not any(len(row.cells) > 1 for row in rows):
        return None
    table, lines, runs = _joined(rows, columns, 1)
    if not any(map(_has_any_number, table)):
        return None
    named = [
        _row_line(lines[place], text, columns, [run for cell in runs[place] for run in cell], above.rows + place + 1)
        for place, text in named_lines([above.names], table)
    ]
    return _Table(named, above.names, columns, above.rows + len(table))


def _has_gap(line: TextLine) -> bool:
    """Whether two of its words may be in two cells."""
    gap = GUTTER * line.size
    return line.cells or any(after.left - word.right >= gap for word, after in pairwise(line.words))


def _cells_of(line: TextLine) -> list[_Cell]:
    groups: list[list[TextRun]] = []
    for run in (part for whole in line.runs for part in _parted(whole, GUTTER * line.size)):
        if groups and distance(groups[-1][-1], run) < GUTTER * line.size:
            groups[-1].append(run)
        else:
            groups.append([run])
    return [
        _Cell(line_of(group).text, min(run.left for run in group), max(run.right for run in group), group)
        for group in groups
    ]


def _parted(run: TextRun, gap: float) -> list[TextRun]:
    """A run, cut where its words are at least a gap apart: the cells of a narrow table may be drawn as one."""
    cuts = [place for place, (word, after) in enumerate(pairwise(run.words), 1) if after.left - word.right >= gap]
    if not cuts:
        return [run]
    ends, position = [0], 0
    for word in run.words:
        start = run.text.find(word.text, position)
        if start < 0:
            return [run]
        position = start + len(word.text)
        ends.append(position)
    borders = [0, *cuts, len(run.words)]
    return [_cut(run, run.text[ends[first] : ends[last]], run.words[first:last]) for first, last in pairwise(borders)]


def _cut(run: TextRun, text: str, words: list[PrintedWord]) -> TextRun:
    bold = len(text) if 2 * run.bold > len(run.text) else 0
    return replace(run, text=text.strip(), left=words[0].left, right=words[-1].right, bold=bold, words=words)


def _end_of_table(rows: Sequence[_CellRow], at: int) -> int:
    """One past the last line of what may be a table that begins with a line."""
    end = at + 1
    if len(rows[at].cells) < 2 or rows[at].line.table_row is not None or _is_below_cells(rows, at):
        return end
    columns = _merged([], rows[at])
    while end < min(len(rows), at + MOST_ROWS) and _is_near(rows[end - 1].line, rows[end].line):
        wider = _merged(columns, rows[end])
        changed = rows[end : end + 1] if wider == columns else rows[at : end + 1]
        if not all(_are_apart(row, wider) for row in changed) or not _belongs(rows[end], columns, wider):
            break
        columns, end = wider, end + 1
    while len(rows[end - 1].cells) < 2 and not _may_continue(rows[end - 2].line, rows[end - 1], columns):
        end -= 1
    return end


def _is_below_cells(rows: Sequence[_CellRow], at: int) -> bool:
    """Whether the line right above has cells too: then it may name groups of columns, and no line is a sure header."""
    if not at or len(rows[at - 1].cells) < 2:
        return False
    return rows[at - 1].line.baseline - rows[at].line.baseline < WRAPPED_GAP * rows[at].line.size


def _is_near(above: TextLine, line: TextLine) -> bool:
    return line.table_row is None and 0 < above.baseline - line.baseline < ROW_GAP * max(above.size, line.size)


def _belongs(row: _CellRow, columns: Sequence[tuple[float, float]], wider: Sequence[tuple[float, float]]) -> bool:
    """Whether a line may be of the table above it. A single cell must be within one of its columns."""
    if len(row.cells) > 1:
        return max(len(cell.text) for cell in row.cells) <= LONGEST_CELL
    return len(wider) == len(columns) and any(
        left - GUTTER * row.line.size <= row.cells[0].left and row.cells[0].right <= right + GUTTER * row.line.size
        for left, right in columns
    )


def _may_continue(above: TextLine, row: _CellRow, columns: Sequence[tuple[float, float]]) -> bool:
    """Whether the last line of a table may be the rest of a cell, and not a note below the table."""
    is_near = above.baseline - row.line.baseline < WRAPPED_GAP * row.line.size
    return is_near and _column_of(row.cells[0], columns) > 0


def _merged(columns: Sequence[tuple[float, float]], row: _CellRow) -> list[tuple[float, float]]:
    """Where each column starts and ends with one more line, if no cell enters the places between them."""
    gutter = GUTTER * row.line.size
    merged: list[tuple[float, float]] = []
    for left, right in sorted([*columns, *((cell.left, cell.right) for cell in row.cells)]):
        if merged and left - merged[-1][1] < gutter:
            merged[-1] = (merged[-1][0], max(merged[-1][1], right))
        else:
            merged.append((left, right))
    return merged


def _are_apart(row: _CellRow, columns: Sequence[tuple[float, float]]) -> bool:
    """Whether the cells of a line are in different columns."""
    places = [_column_of(cell, columns) for cell in row.cells]
    return len(set(places)) == len(places)


def _column_of(cell: _Cell, columns: Sequence[tuple[float, float]]) -> int:
    return next(place for place, (left, right) in enumerate(columns) if left <= cell.left and cell.right <= right)


def _worded(rows: Sequence[_CellRow]) -> _Table | None:
    """The lines in place of those of a table, or None if it is not certain that they are one."""
    columns: list[tuple[float, float]] = []
    for row in rows:
        columns = _merged(columns, row)
    if len(columns) < 2 or not _are_aligned(rows, columns):
        return None
    height = _header_height(rows)
    table, lines, runs = _joined(rows, columns, height)
    is_bold = lines[0].bold and len(columns) > 2 and not any(line.bold for line in lines[1:])
    length = header_length(table, headed=is_bold)
    if length > 1 and height == 1:
        return None  # names of groups of columns do not show where their groups end
    names, body = table[0], table[1:]
    if not length or len(body) < FEWEST_ROWS - 1 or not (is_bold or _has_numbers(body)):
        return None
    if not all(names[1:]) or len(set(names)) < len(names) or (not _has_any_number(body[0]) and _has_numbers(body)):
        return None  # the names of the rows have no name themselves, but all columns have one of their own
    printed = [[run for cells in zip(runs[0], row, strict=True) for cell in cells for run in cell] for row in runs[1:]]
    named = [
        _row_line(lines[place + 1], text, columns, printed[place], place + 2)
        for place, text in named_lines([names], body)
    ]
    return _Table(named, names, columns, len(table))


def _row_line(
    line: TextLine, text: str, columns: Sequence[tuple[float, float]], runs: Sequence[TextRun], number: int
) -> TextLine:
    """The line of a row; `runs` are what is printed of it."""
    left, right = columns[0][0], columns[-1][1]
    return replace(line, text=text, bold=False, cells=True, runs=runs, table_row=number, left=left, right=right)


def _header_height(rows: Sequence[_CellRow]) -> int:
    """How many lines the header has, by the wider gap below it; 1 if all gaps are alike."""
    gaps = [above.line.baseline - row.line.baseline for above, row in pairwise(rows)]
    for height in range(2, min(MOST_HEADER_LINES, len(gaps)) + 1):
        inside, below = max(gaps[: height - 1]), gaps[height - 1]
        if inside < WRAPPED_GAP * rows[0].line.size and below > HEADER_GAP * inside:
            has_number = any(is_number(cell.text) for row in rows[1:height] for cell in row.cells)
            return 1 if has_number else height
    return 1


def _joined(
    rows: Sequence[_CellRow], columns: Sequence[tuple[float, float]], header_height: int
) -> tuple[list[list[str]], list[TextLine], list[list[list[TextRun]]]]:
    """The cells' texts by column, the line of each row, and the runs of each cell.

    The lines of the header are one row. Any other line that only continues words joins the row above it.
    """
    table: list[list[str]] = []
    lines: list[TextLine] = []
    runs: list[list[list[TextRun]]] = []
    for place, row in enumerate(rows):
        texts = [""] * len(columns)
        inside: list[list[TextRun]] = [[] for _ in columns]
        for cell in row.cells:
            column = _column_of(cell, columns)
            texts[column], inside[column] = cell.text, cell.runs
        if 0 < place < header_height or (table and _continues(texts, table[-1], rows[place - 1].line, row.line)):
            table[-1] = [f"{above} {text}".strip() for above, text in zip(table[-1], texts, strict=True)]
            runs[-1] = [above + below for above, below in zip(runs[-1], inside, strict=True)]
        else:
            table.append(texts)
            lines.append(row.line)
            runs.append(inside)
    return table, lines, runs


def _continues(texts: Sequence[str], above: Sequence[str], line_above: TextLine, line: TextLine) -> bool:
    """Whether a line continues the cells of the row above it: without a first cell, all words below words."""
    is_near = line_above.baseline - line.baseline < WRAPPED_GAP * line.size
    return (
        is_near
        and not texts[0]
        and line.bold == line_above.bold
        and all(
            over and not is_number(text) and not is_number(over)
            for text, over in zip(texts, above, strict=True)
            if text
        )
    )


def _are_aligned(rows: Sequence[_CellRow], columns: Sequence[tuple[float, float]]) -> bool:
    """Whether in each column most cells share their left edge, right edge or middle, and enough have words."""
    found: list[list[_Cell]] = [[] for _ in columns]
    for row in rows:
        for cell in row.cells:
            found[_column_of(cell, columns)].append(cell)
    size = rows[0].line.size
    for cells in found:
        if len(cells) < max(2, FILLED * len(rows)):
            return False
        edges = (
            [cell.left for cell in cells],
            [cell.right for cell in cells],
            [cell.left + cell.right for cell in cells],
        )
        if not any(
            _share_an_edge(places, OFF_LINE * size * factor) for places, factor in zip(edges, (1, 1, 2), strict=True)
        ):
            return False
    return True


def _share_an_edge(places: Sequence[float], width: float) -> bool:
    """Whether most places are within a width of each other."""
    ordered = sorted(places)
    count = len(ordered)
    needed = max(2, round(ALIGNED * count))
    return any(ordered[first + needed - 1] - ordered[first] <= width for first in range(count - needed + 1))


def _has_any_number(row: Sequence[str]) -> bool:
    return any(map(is_number, row))


def _has_numbers(body: Sequence[Sequence[str]]) -> bool:
    """Whether a column after the first has mostly numbers."""
    for column in range(1, len(body[0])):
        words = [row[column] for row in body if row[column]]
        if len(words) > 1 and sum(map(is_number, words)) >= NUMBERS * len(words):
            return True
    return False

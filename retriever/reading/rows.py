"""Rows of a table -> a line for each, such as `Name: Ada; Age: 36`.

A row contains the names of its columns, because it is quoted alone. If no row has names, the line has only the cells:
"Ada; 36." An empty cell is shown as a dash.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from .builder import one_line

LONGEST_NAME = 120
"""Characters of a column's name; headers of financial reports reach 80, and a longer cell is prose."""

ROWS_LOOKED_AT = 20
"""Rows below a header in which a number is looked for: more than the words that may stand above the first one."""

_NUMBER = re.compile(
    r"[(\[]?[+\-−–~<>≈]?\s?(?:[€$£¥]|[A-Z]{3}\s)?\s?\d[\d\s.,'’:/–-]*(?:[%‰°€$£¥]|\s?[A-Za-z]{1,3})?[)\]]?|[-–—]+"
)
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_STOPS = ".!?…。！？؟।"

MOST_COVERED_ROWS = 10_000
"""Rows that one merged cell may cover; a false number would fill the memory."""

EMPTY_CELL = "—"
"""What stands for an empty cell, as in many printed tables."""

Row = Sequence[str | None]


class TableGrid:
    """The cells of a table by row and column; a merged cell is repeated in each row that it covers.

    Attributes:
        rows: the texts of the cells; None if a cell further left covers the column.
    """

    def __init__(self) -> None:
        """Begin with no row."""
        self.rows: list[list[str | None]] = []
        self._open: dict[int, tuple[str | None, int]] = {}  # column -> what covers it, and in how many rows from here

    def add(self, cells: Iterable[tuple[str, int, int]]) -> None:
        """Add a row: the text of each of its own cells, and how many columns and rows the cell covers."""
        row: list[str | None] = []
        begun: dict[int, tuple[str | None, int]] = {}
        for text, columns, rows in cells:
            self._cover(row)
            for column in range(columns):
                if rows > 1:
                    begun[len(row)] = (None if column else text, min(rows, MOST_COVERED_ROWS))
                row.append(None if column else text)
        self._cover(row)
        self._open = {column: (text, left - 1) for column, (text, left) in {**self._open, **begun}.items() if left > 1}
        self.rows.append(row)

    def _cover(self, row: list[str | None]) -> None:
        """Put the cells that reach down from above into the next columns."""
        while len(row) in self._open:
            row.append(self._open[len(row)][0])


def row_lines(rows: Sequence[Row], *, headed: bool) -> Iterator[tuple[int, str]]:
    """Write the rows of a table, or of a sheet with titles, several tables and notes, as lines.

    Args:
        rows: the cells' texts, column by column, "" for an empty one, None for a column that the cell before it covers;
            an empty row separates two tables.
        headed: whether the first full row names the columns of a table of words. If numbers stand below words, the
            rows themselves show it.

    Yields:
        The number of a row in `rows`, from 1, and its line, for each row that isn't empty. A header has a line only if
        no row below uses its names.
    """
    table = _clean(rows)
    names: dict[int, str] = {}
    named = False
    table_begins = True
    index = 0
    while index < len(table):
        length = _header_length(table, index, headed and not named) if table_begins else 0
        if length:
            names, named = _names(table[index : index + length]), True
        elif any(table[index]):
            yield index + 1, _line(table[index], names)
        table_begins = not length and len(_filled_columns(table[index])) < 2
        index += length or 1


def named_lines(header: Sequence[Row], rows: Sequence[Row]) -> Iterator[tuple[int, str]]:
    """Write the rows of a table with a known header as lines.

    Args:
        header: one row with the names of the columns, or two if groups of columns have names too.
        rows: the cells' texts, as in `row_lines`.

    Yields:
        The place of a row in `rows`, from 0, and its line, for each row that isn't empty.
    """
    names = _names(_clean(header))
    for place, row in enumerate(_clean(rows)):
        if any(row):
            yield place, _line(row, names)


def header_length(rows: Sequence[Row], *, headed: bool) -> int:
    """How many rows at the top name the columns: none, one, or two if groups of columns have names too.

    Args:
        rows: the cells' texts, as in `row_lines`.
        headed: the same.
    """
    return _header_length(_clean(rows), 0, headed)


def is_number(cell: str) -> bool:
    """Whether a cell holds a number or a date in digits, perhaps with a unit; a dash counts too."""
    return len(cell) <= LONGEST_NAME and _NUMBER.fullmatch(cell) is not None


def _clean(rows: Sequence[Row]) -> list[list[str | None]]:
    return [[None if cell is None else one_line(cell) for cell in row] for row in rows]


def _filled_columns(row: Row) -> list[int]:
    """The columns that are not empty."""
    return [column for column, cell in enumerate(row) if cell]


def _header_length(table: Sequence[Row], index: int, headed: bool) -> int:
    """How many rows from `index` on name the columns: none, one, or two if groups of columns have names too."""
    if not _looks_like_names(table[index]):
        return 0
    below = index + 1
    two = (
        below < len(table)
        and len(_filled_columns(table[index])) < len(_filled_columns(table[below]))
        and _looks_like_names(table[below])
    )
    length = 2 if two else 1
    return length if _names_values(table, index, length) or (headed and _has_row_below(table, index + length)) else 0


def _looks_like_names(row: Row) -> bool:
    """Whether two or more cells are filled, and each could name a column: short words, or a year."""
    cells = [cell for cell in row if cell]
    return len(cells) > 1 and all(
        len(cell) <= LONGEST_NAME and (not _NUMBER.fullmatch(cell) or _YEAR.fullmatch(cell)) for cell in cells
    )


def _names_values(table: Sequence[Row], index: int, length: int) -> bool:
    """Whether a number is below a name. A year below a year doesn't count, because both would be values."""
    names = _names(table[index : index + length])
    for row in table[index + length : index + length + ROWS_LOOKED_AT]:
        for column in names.keys() & set(_filled_columns(row)):
            cell = row[column] or ""
            if is_number(cell) and not (_YEAR.fullmatch(cell) and _YEAR.fullmatch(names[column])):
                return True
    return False


def _has_row_below(table: Sequence[Row], below: int) -> bool:
    return any(any(row) for row in table[below : below + ROWS_LOOKED_AT])


def _names(header: Sequence[Row]) -> dict[int, str]:
    """The names by column; the name of a group of columns comes first."""
    names: dict[int, str] = {}
    for row in header:
        name = ""
        for column, cell in enumerate(row):
            name = name if cell is None else cell.rstrip(":")
            above = names.get(column, name)
            if name:
                names[column] = name if above == name else f"{above}, {name}"
    return names


def _line(row: Row, names: dict[int, str]) -> str:
    """A row in words; a lone first cell is a label or a note, and has no name."""
    columns = _filled_columns(row)
    if len(columns) == 1 and (columns[0] not in names or (columns[0] == 0 and len(names) > 1)):
        return row[columns[0]] or ""
    empty = [column for column in names if column >= len(row) or row[column] == ""]
    cells = {column: row[column] for column in columns}
    if len(empty) <= len(columns):  # of a wide row with a few values, only those are written
        cells |= dict.fromkeys(empty, EMPTY_CELL)
    line = "; ".join(
        f"{names[column]}: {cell}" if column in names else f"{cell}" for column, cell in sorted(cells.items())
    )
    return line if line[-1] in _STOPS else f"{line}."

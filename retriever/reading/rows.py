"""Rows of a table -> a line for each, such as `Name: Ada; Age: 36`.

A row carries the names of its columns, since it is quoted alone. If no row has the names, the cells stand alone:
"Ada; 36."
"""

import re
from collections.abc import Iterator, Sequence

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

Row = Sequence[str]


def row_lines(rows: Sequence[Row], *, headed: bool) -> Iterator[str]:
    """Word the rows of a table, or of a sheet with titles, several tables and notes.

    Args:
        rows: the cells' texts, column by column, "" for an empty one; an empty row parts two tables.
        headed: whether the first full row names the columns of a table of words; where numbers stand below words,
            the rows themselves tell.

    Yields:
        One line for each row that isn't empty; a header has one of its own only where no row below bears its names.
    """
    table = [[one_line(cell) for cell in row] for row in rows]
    names: dict[int, str] = {}
    named = False
    table_begins = True
    index = 0
    while index < len(table):
        length = _header_length(table, index, headed and not named) if table_begins else 0
        if length:
            names, named = _names(table[index : index + length]), True
        elif any(table[index]):
            yield _line(table[index], names)
        table_begins = not length and len(_filled(table[index])) < 2
        index += length or 1


def _filled(row: Row) -> list[int]:
    """The columns that hold something."""
    return [column for column, cell in enumerate(row) if cell]


def _header_length(table: Sequence[Row], index: int, headed: bool) -> int:
    """How many rows from `index` on name the columns: none, one, or two where groups of columns have names too."""
    if not _looks_like_names(table[index]):
        return 0
    below = index + 1
    two = (
        below < len(table)
        and len(_filled(table[index])) < len(_filled(table[below]))
        and _looks_like_names(table[below])
    )
    length = 2 if two else 1
    return length if _names_values(table, index, length) or (headed and _has_row_below(table, index + length)) else 0


def _looks_like_names(row: Row) -> bool:
    """Whether every cell that is filled, and there are two or more, could name a column: short words, or a year."""
    cells = [cell for cell in row if cell]
    return len(cells) > 1 and all(
        len(cell) <= LONGEST_NAME and (not _NUMBER.fullmatch(cell) or _YEAR.fullmatch(cell)) for cell in cells
    )


def _names_values(table: Sequence[Row], index: int, length: int) -> bool:
    """Whether a number stands below a name: one that isn't a year below a year, which would be two rows of values."""
    names = _names(table[index : index + length])
    for row in table[index + length : index + length + ROWS_LOOKED_AT]:
        for column in names.keys() & set(_filled(row)):
            cell = row[column]
            is_number = len(cell) <= LONGEST_NAME and _NUMBER.fullmatch(cell)
            if is_number and not (_YEAR.fullmatch(cell) and _YEAR.fullmatch(names[column])):
                return True
    return False


def _has_row_below(table: Sequence[Row], below: int) -> bool:
    return any(any(row) for row in table[below : below + ROWS_LOOKED_AT])


def _names(header: Sequence[Row]) -> dict[int, str]:
    """The names by column, those of a group of columns before the column's own."""
    names: dict[int, str] = {}
    for row in header:
        for column in _filled(row):
            name = row[column].rstrip(":")
            names[column] = f"{names[column]}, {name}" if column in names else name
    return names


def _line(row: Row, names: dict[int, str]) -> str:
    """A row in words; a lone first cell is a label or a note, and has no name."""
    columns = _filled(row)
    if len(columns) == 1 and (columns[0] not in names or (columns[0] == 0 and len(names) > 1)):
        return row[columns[0]]
    line = "; ".join(f"{names[column]}: {row[column]}" if column in names else row[column] for column in columns)
    return line if line[-1] in _STOPS else f"{line}."

"""Sheets (XLSX) and tables in plain text (CSV, TSV) -> a line for each row, such as `Name: Ada; Age: 36`.

A row alone says nothing, so each value follows the name of its column. Numbers and dates look as in the program.
"""

import csv
import io
import re
import warnings
from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta

from openpyxl import load_workbook
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.utils import range_boundaries
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from ..errors import ReadingError
from .archive import Archive, open_archive
from .builder import ExtractBuilder, broken_file, picture_line
from .cell_values import format_number, format_time
from .extract import Extract
from .plain import decode_text
from .rows import MOST_COVERED_ROWS, Row, row_lines
from .unread import UnreadContents, is_decorative

MOST_CELLS = 1_000_000
"""Filled cells that are read of a file: a price list of 100,000 rows and ten columns, which a worker reads in 20 s."""

MOST_PLACES = 5_000_000
"""Cells with the empty ones between them: one filled cell a row in a sheet's last column makes 16,384 of each."""

LONGEST_CELL = 1_000_000
"""Characters of a cell in plain text; more is a quotation mark that was never closed."""

LARGEST_SHEET_BYTES = 100_000_000
"""XML of a sheet that is searched for merged cells and formulas; a larger one fills a worker's memory."""

MOST_COVERED_COLUMNS = 1_000
"""Columns that a merged cell may cover; more is a title over an empty sheet."""

MOST_NAMED = 10
"""Cells that a warning names one by one."""

SNIFFED_CHARACTERS = 16_384
"""The head of a table in plain text, by which its delimiter is found."""

_DELIMITERS = ",;\t|"
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?\bref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_WITHOUT_VALUE = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
"""A cell with a formula and no value (ECMA-376, part 1, 18.3.1.4)."""

_CELL_NAME = re.compile(rb'\br="([A-Z]{1,3}\d{1,7})"')


def read(data: bytes, name: str) -> Extract:
    """Read a workbook, or a table in plain text.

    Args:
        data: the file's bytes.
        name: its name; the suffix says which of the two it is, unless the bytes are those of a workbook.

    Returns:
        Its text; a sheet is a page with its name as heading.

    Raises:
        ReadingError: it is encrypted, broken, not what its suffix says, or has no text.
    """
    is_plain = name.lower().endswith((".csv", ".tsv")) and not data.startswith(b"PK")
    return _read_plain(data, name) if is_plain else _read_workbook(data, name)


class _CellBudget:
    """How many cells of a file may still be read."""

    def __init__(self) -> None:
        self._filled = MOST_CELLS
        self._places = MOST_PLACES

    def take(self, rows: Iterator[list[str]]) -> Iterator[list[str]]:
        """The rows until the budget is used up."""
        for row in rows:
            self._filled -= sum(map(bool, row))
            self._places -= max(len(row), 1)
            if self._is_used_up:
                return
            yield row

    @property
    def _is_used_up(self) -> bool:
        return self._filled < 0 or self._places < 0

    def warn(self, builder: ExtractBuilder, name: str) -> None:
        """Warn if the budget was used up."""
        if self._is_used_up:
            builder.warn(
                f"{name} is too large. Rows after {MOST_CELLS:,} filled cells, or {MOST_PLACES:,} cells in all, were "
                "not read: split it."
            )


# Workbooks --------------------------------------------------------------------------------------------------


def _read_workbook(data: bytes, name: str) -> Extract:
    archive = open_archive(data, name)
    builder = ExtractBuilder()
    budget = _CellBudget()
    filled = False
    unread = UnreadContents()
    without_value: list[str] = []
    with broken_file(name), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of what it would lose when writing
        workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        for sheet in workbook.worksheets:
            if sheet.sheet_state != "visible":
                builder.warn(f'The sheet "{sheet.title}" of {name} is hidden and was not read.')
                continue
            builder.page()
            builder.add(sheet.title, heading=True)
            sheet.reset_dimensions()  # they are often wrong, and rows would be padded to them
            rows = list(budget.take([_format_cell(cell) for cell in row] for row in sheet.iter_rows()))
            xml = _sheet_xml(archive, sheet)
            without_value += [f"{sheet.title}!{cell}" for cell in _without_value(xml)]
            for number, line in row_lines(_with_merged_cells(rows, xml), headed=True):
                builder.add(line, row=number)
                filled = True
            _add_drawings(builder, archive, sheet, unread)
        if not filled:
            raise ReadingError(
                f"{name} holds no values: if it holds formulas, open it in its program and save it there."
            )
        if without_value:
            builder.warn(_formulas_warning(without_value, name))
        budget.warn(builder, name)
        unread.warn(builder, name)
        return builder.build(name, archive.office_facts(), headline=False)


def _add_drawings(builder: ExtractBuilder, archive: Archive, sheet: ReadOnlyWorksheet, unread: UnreadContents) -> None:
    """Add what the file says of a sheet's pictures, and count what it says nothing of."""
    for kind, path in archive.related(sheet._worksheet_path.lstrip("/")):
        if kind != "drawing" or path not in archive:
            continue
        drawing = archive.xml(path)
        for picture in drawing.iter("{*}pic"):
            properties = next(picture.iter("{*}cNvPr"), None)
            line = picture_line(None if properties is None else properties.get("descr"))
            builder.add(line)
            unread.pictures += not line and not (properties is not None and is_decorative(properties))
        unread.charts += sum(1 for _ in drawing.iter("{*}graphicFrame"))


def _sheet_xml(archive: Archive, sheet: ReadOnlyWorksheet) -> bytes:
    """The XML of a sheet, or nothing if it is too large."""
    path = sheet._worksheet_path.lstrip("/")
    is_small = path in archive and archive.zipped.getinfo(path).file_size <= LARGEST_SHEET_BYTES
    return archive.read(path) if is_small else b""


def _without_value(xml: bytes) -> Iterator[str]:
    """The names of the cells with a formula but no value; an empty text or an error counts as a value."""
    for found in _WITHOUT_VALUE.finditer(xml):
        name = _CELL_NAME.search(found[1])
        if name and b't="str"' not in found[1]:
            yield name[1].decode()


def _formulas_warning(cells: Sequence[str], name: str) -> str:
    named = ", ".join(cells[:MOST_NAMED]) + (f" and {len(cells) - MOST_NAMED} more" if len(cells) > MOST_NAMED else "")
    cells_hold = "a cell holds a formula" if len(cells) == 1 else f"{len(cells)} cells hold formulas"
    return (
        f"In {name} {cells_hold} without a stored value, so no result was read ({named}): open the file in its "
        "program and save it there."
    )


def _with_merged_cells(rows: Sequence[list[str]], xml: bytes) -> Sequence[Row]:
    """The rows, with the text of each merged cell in every row that it covers."""
    filled: list[list[str | None]] = [[*row] for row in rows]
    for found in _MERGED.finditer(xml):
        left, top, right, bottom = range_boundaries(found[1].decode())
        if bottom - top >= MOST_COVERED_ROWS or right - left >= MOST_COVERED_COLUMNS:
            continue
        text = rows[top - 1][left - 1] if top <= len(rows) and left <= len(rows[top - 1]) else ""
        for row in filled[top - 1 : bottom]:
            row += [""] * (right - len(row))
            row[left - 1 : right] = [text, *[None] * (right - left)]
    return filled


def _format_cell(cell: ReadOnlyCell) -> str:
    """A cell's value as the program shows it; "" if it is empty or an error."""
    value = cell.value
    if value is None or cell.data_type == "e":
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return format_number(value, cell.number_format or "General")
    if isinstance(value, date | time | timedelta):
        return format_time(value, cell.number_format or "General")
    return str(value)


# Plain text -------------------------------------------------------------------------------------------------


def _read_plain(data: bytes, name: str) -> Extract:
    text, warning = decode_text(data, name)
    builder = ExtractBuilder(warning)
    budget = _CellBudget()
    csv.field_size_limit(LONGEST_CELL)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, name))
        for number, line in row_lines(list(budget.take(rows)), headed=True):
            builder.add(line, row=number)
    except csv.Error as error:
        raise ReadingError(f"{name} cannot be read as a table ({error}): look for a missing quotation mark.") from error
    budget.warn(builder, name)
    return builder.build(name, Extract(""), headline=False, why_empty="it may hold nothing but delimiters")


def _delimiter(text: str, name: str) -> str:
    """The delimiter: a tab in a TSV, else the one in the head of the table, else a comma."""
    if name.lower().endswith(".tsv"):
        return "\t"
    try:
        return csv.Sniffer().sniff(text[:SNIFFED_CHARACTERS], _DELIMITERS).delimiter
    except csv.Error:
        lines: Sequence[str] = text[:SNIFFED_CHARACTERS].splitlines()
        return max(_DELIMITERS, key=lambda delimiter: lines[0].count(delimiter))

"""An evidence table as CSV and as a workbook, which no spreadsheet takes for formulas.

In: rows of an evidence table. Out: bytes. One decision: words of documents are only ever text. In CSV, which has no
types, a cell that a spreadsheet would calculate begins with an apostrophe; in a workbook it is marked as text.
"""

import csv
from collections.abc import Sequence
from io import BytesIO, StringIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from ..evidence.table import EvidenceRow
from .evidence_fields import FILE_COLUMNS, row_values
from .text import fit_for_xml

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the start of a formula (OWASP, "CSV Injection")."""
LONGEST_CELL = 32_767
"""Characters; Excel refuses a workbook with a longer one."""
_WIDTHS = {"question": 30, "title": 36, "quote": 80, "answer": 30, "place": 18, "sha256": 20}


def as_csv(rows: Sequence[EvidenceRow]) -> bytes:
    """Write a table as CSV: UTF-8 with a mark, by which Excel knows it, and lines that end with CR LF."""
    file = StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(FILE_COLUMNS)
    for row in rows:
        writer.writerow([_harmless(value) for value in _values(row)])
    return b"\xef\xbb\xbf" + file.getvalue().encode("utf-8", "replace")


def as_workbook(rows: Sequence[EvidenceRow]) -> bytes:
    """Write a table as a workbook: a sheet with a row for each pair, and a grid of documents by questions."""
    book = Workbook(write_only=True)
    listed = book.create_sheet("Evidence")
    for at, name in enumerate(FILE_COLUMNS):
        listed.column_dimensions[chr(ord("A") + at)].width = _WIDTHS.get(name, 14)
    listed.freeze_panes = "A2"
    listed.append([_heading(listed, name) for name in FILE_COLUMNS])
    for row in rows:
        listed.append([_cell(listed, value) for value in _values(row)])
    questions = list(dict.fromkeys(row.question for row in rows))
    grid = book.create_sheet("Grid")
    grid.freeze_panes = "B2"
    grid.append([_heading(grid, words) for words in ("document", *questions)])
    said = {(row.document.id, row.question): row.quote.text if row.quote else "" for row in rows}
    for document in dict.fromkeys(row.document.id for row in rows):
        grid.append([_cell(grid, words) for words in (document, *(said.get((document, q), "") for q in questions))])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _values(row: EvidenceRow) -> list[str | int | float | None]:
    """The cells of a row."""
    values = row_values(row)
    return [values[name] for name in FILE_COLUMNS]


def _harmless(value: str | int | float | None) -> str | int | float | None:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def _cell(sheet: Worksheet, value: str | int | float | None) -> WriteOnlyCell:
    """A cell whose text is text: `data_type` keeps it from being a formula, `quotePrefix` when somebody edits it."""
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value)
    text = fit_for_xml(value)[:LONGEST_CELL]
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if text.startswith(_FORMULA):
        cell.quotePrefix = True
    return cell


def _heading(sheet: Worksheet, words: str) -> WriteOnlyCell:
    cell = _cell(sheet, words)
    cell.font = Font(bold=True)
    return cell

"""Tables in Markdown and other plain text -> a line for each row, such as `Name: Ada; Age: 36`.

A table is a header, a rule of as many cells below it (`|---|:--:|`), and rows up to a line without a bar (GitHub
Flavored Markdown, 4.10). A table of prose is left unchanged, because its cells are quoted sentence by sentence.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from statistics import median

from ..records import RowStart
from ..text.sentences import LONGEST_ROW
from .extract import Extract
from .rows import named_lines

_RULE = re.compile(r"\|?[ \t]*:?[-=]+:?[ \t]*(?:[|+][ \t]*:?[-=]+:?[ \t]*)*\|?")
_INNER_RULE = re.compile(r"(?=[^\n]*---)[\s|:=+-]*")
_BAR = re.compile(r"(?<!\\)\|")
_FENCE = re.compile(r"[ \t]*(```+|~~~+)")


@dataclass(slots=True)
class _Table:
    """A table in a text: its lines from the header on, and its rows with their numbers."""

    start: int
    end: int
    header: list[str]
    rows: list[tuple[int, list[str]]] = field(default_factory=list)


def with_named_rows(extract: Extract) -> Extract:
    """A plain text in which each row of a table is a paragraph that names its columns."""
    lines = extract.text.splitlines(keepends=True)
    text = _GrowingText()
    done = 0
    for table in _tables(lines):
        text.add("".join(lines[done : table.start]))
        for place, line in named_lines([table.header], [cells for _, cells in table.rows]):
            text.add_row(line, table.rows[place][0])
        done = table.end
    if not done:
        return extract
    text.add("".join(lines[done:]))
    return replace(extract, text="".join(text.pieces), rows=tuple(text.rows))


class _GrowingText:
    """A text with rows as paragraphs of their own.

    Attributes:
        pieces: its parts.
        rows: where each row starts, and its number.
    """

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.rows: list[RowStart] = []
        self._length = 0

    def add(self, text: str) -> None:
        """Add lines of the file."""
        if self.rows and text.strip():
            self._part_from(text)
        self._append(text)

    def add_row(self, line: str, number: int) -> None:
        """Add a row as a paragraph."""
        self._part_from(line)
        self.rows.append((self._length, number))
        self._append(f"{line}\n")

    def _part_from(self, text: str) -> None:
        """Put a blank line before a text, unless there is one."""
        last = self.pieces[-1].splitlines()[-1] if self.pieces and self.pieces[-1] else ""
        if last.strip() and text.splitlines()[0].strip():
            self._append("\n")

    def _append(self, text: str) -> None:
        self.pieces.append(text)
        self._length += len(text)


def _tables(lines: Sequence[str]) -> Iterator[_Table]:
    """The tables outside of code."""
    fence = ""
    at = 0
    while at < len(lines):
        mark = _FENCE.match(lines[at])
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        table = None if fence else _table_at(lines, at)
        if table:
            yield table
        at = table.end if table else at + 1


def _table_at(lines: Sequence[str], at: int) -> _Table | None:
    """The table whose header is a line, if there is one and its cells are not prose."""
    if at + 2 >= len(lines) or "|" not in lines[at] or "|" not in lines[at + 1].replace("+", "|"):
        return None
    header = _cells(lines[at])
    if not _RULE.fullmatch(lines[at + 1].strip()) or len(header) != len(_cells(lines[at + 1].replace("+", "|"))):
        return None
    table = _Table(at, at + 2, header)
    while table.end < len(lines) and "|" in lines[table.end]:
        line = lines[table.end]
        if not _INNER_RULE.fullmatch(line):
            table.rows.append((len(table.rows) + 2, _cells(line)))
        table.end += 1
    sizes = [sum(len(cell.split()) for cell in cells) for _, cells in table.rows]
    return table if any(header) and any(sizes) and median(sizes) <= LONGEST_ROW else None


def _cells(line: str) -> list[str]:
    """The texts between the bars of a line; a bar after a backslash belongs to its text."""
    inside = re.sub(r"^\||(?<!\\)\|$", "", line.strip())
    return [cell.strip().replace("\\|", "|") for cell in _BAR.split(inside)]

"""Tables of a page -> lines of text, for the tables with data.

Other tables only arrange the page. A table has data unless a cell contains prose or something that only a layout needs.
"""

import re
from collections.abc import Iterator, Sequence

from lxml import etree

from ..rows import Row, row_lines
from .markup import HEADINGS, Element

LONGEST_CELL = 500
"""Characters; a longer cell holds prose, and its table is there for the layout."""

LARGEST_SPAN = 100
"""Columns that one cell may span; no table that is read has more, and a false number would fill the memory."""

_NO_CELL = HEADINGS | frozenset("table pre blockquote article section header footer main nav form hr".split())


def data_tables(tree: Element) -> set[Element]:
    """The tables with data. A table that contains another one, or an element of `_NO_CELL`, is layout."""
    found: list[Element] = []
    opened: list[Element] = []
    layout: set[Element] = set()
    for event, element in etree.iterwalk(tree, events=("start", "end"), tag=_NO_CELL):
        if event == "start":
            for table in reversed(opened):
                if table in layout:
                    break  # and so are those around it
                layout.add(table)
            if element.tag == "table":
                opened.append(element)
                found.append(element)
        elif element.tag == "table":
            opened.pop()
    return {table for table in found if table not in layout and _holds_data(table)}


def _holds_data(table: Element) -> bool:
    """Whether a table has at least two rows and two columns, and no cell with prose."""
    widths = sorted(sum(1 for _ in row.iterchildren("td", "th")) for row in table.iter("tr"))
    return (
        table.get("role") not in ("presentation", "none")
        and len(widths) > 1
        and widths[len(widths) // 2] > 1
        and all(len("".join(cell.itertext())) <= LONGEST_CELL for cell in table.iter("td", "th"))
    )


def columns_covered(cell: Element) -> int:
    """How many columns a cell takes."""
    return min(_number(cell, "colspan"), LARGEST_SPAN)


def rows_covered(cell: Element) -> int:
    """How many rows a cell takes; more than the table has if the cell reaches to the table's end."""
    return _number(cell, "rowspan")


def _number(cell: Element, name: str) -> int:
    written = (cell.get(name) or "").strip()
    return max(1, int(written)) if re.fullmatch(r"[0-9]{1,4}", written) else 1


def table_lines(rows: Sequence[Row], headings: Sequence[list[bool]]) -> Iterator[tuple[int, str]]:
    """A table's rows as lines. If the first column has names for the rows, each line starts with the name.

    Args:
        rows: the texts of each row's cells.
        headings: whether each of them is a heading (`th`).

    Yields:
        The number of each row, from 1, and its line.
    """
    first = next((row for row in headings if row), [])
    sideways = not all(first) and sum(row[:1] == [True] for row in headings) * 2 > len(headings)
    if not sideways:
        yield from row_lines(rows, headed=bool(first) and all(first))
        return
    for number, row in enumerate(rows, start=1):
        head, *values = row
        rest = "; ".join(value for value in values if value)
        if head or rest:
            yield number, f"{head.rstrip(':')}: {rest}." if head and rest else head or rest

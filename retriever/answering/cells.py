"""A row of a table, such as `Name: Ada; Age: 36`, and a question -> the cell that the question asks for.

The question names a column ("What is the price of ...?"). A column whose value is in the question too says which row is
meant, not what is asked. In doubt no cell is chosen.
"""

from collections.abc import Iterator

from ..records import Span
from ..text.tokens import FUNCTION_TERMS, terms

_CELL_END = "; "
_NAME_END = ": "


def asked_cell(row: str, asked: frozenset[str]) -> Span | None:
    """Find the cell that a question asks for.

    Args:
        row: a row with the names of its columns.
        asked: the terms of the question.

    Returns:
        Start and end of the cell's value in the row; None if the question names no column, or two as well.
    """
    found = []
    for name, (start, end) in _cells(row):
        own = frozenset(terms(name))
        named = asked & (own - FUNCTION_TERMS or own)
        value = terms(row[start:end])  # an empty cell has none, and may be what is asked for
        if named and not (value and asked.issuperset(value)):
            found.append((len(named), (start, end)))
    most = max((count for count, _ in found), default=0)
    best = [span for count, span in found if count == most]
    return best[0] if len(best) == 1 else None


def _cells(row: str) -> Iterator[tuple[str, Span]]:
    """The name of each cell's column, and the span of its value; a value may hold semicolons."""
    name, start, position = "", 0, 0
    for part in row.removesuffix(".").split(_CELL_END):
        before, colon, _ = part.partition(_NAME_END)
        if colon:
            if name:
                yield name, (start, position - len(_CELL_END))
            name, start = before, position + len(before) + len(_NAME_END)
        position += len(part) + len(_CELL_END)
    if name:
        yield name, (start, position - len(_CELL_END))

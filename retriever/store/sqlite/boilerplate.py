"""The lines that several documents of a site share, counted whenever a document is added or removed."""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Sequence

import numpy as np

from ...reading.repeated_lines import are_several, edge_lines
from ...records import Document
from ..contents import EncodedPassage, OutdatedDocument
from .checksums import store_checksums
from .connection import Database
from .passages import PASSAGE_COLUMNS, add_passages, passage_from


class SqliteBoilerplate:
    """Finds repeated lines, and exchanges the passages that they change."""

    def __init__(self, database: Database, get_document: Callable[[str], Document]) -> None:
        """Store the open file, and the function that reads a document from it by its id."""
        self._database = database
        self._get_document = get_document

    def repeated(self, lines: Collection[int]) -> frozenset[int]:
        """Find which of some `edge_lines` several documents of their site have."""
        if not lines:
            return frozenset()
        marks = ",".join("?" * len(lines))
        with self._database.write() as connection:
            query = f"SELECT DISTINCT line FROM lines WHERE repeated AND line IN ({marks})"  # noqa: S608
            return frozenset(line for (line,) in connection.execute(query, tuple(lines)))

    def outdated(self, count: int) -> tuple[OutdatedDocument, ...]:
        """Find documents that were cut when their sites repeated other lines than now, `count` at most."""
        with self._database.write() as connection:
            rows = connection.execute(
                "SELECT DISTINCT d.number, d.id FROM lines l JOIN documents d ON d.number = l.document "
                "WHERE l.repeated <> l.applied ORDER BY d.number LIMIT ?",
                (count,),
            ).fetchall()
            return tuple(self._outdated(number, document_id) for number, document_id in rows)

    def recut(self, outdated: OutdatedDocument, gone: Collection[int], encoded: Sequence[EncodedPassage]) -> None:
        """Exchange those passages of an outdated document that change; see `base.Boilerplate.recut`."""
        for item in encoded:
            item.check(self._database.dimension)
        transaction = self._database.change() if gone or encoded else self._database.write()
        with transaction as connection:
            number = outdated.number
            rows = connection.execute("SELECT number FROM passages WHERE document = ? ORDER BY start", (number,))
            if [row[0] for row in rows] != list(outdated.passages):
                return
            connection.executemany("DELETE FROM passages WHERE number = ?", [(each,) for each in gone])
            add_passages(connection, number, outdated.document, encoded)
            connection.execute("UPDATE lines SET applied = 0 WHERE document = ?", (number,))
            connection.executemany(
                "UPDATE lines SET applied = 1 WHERE line = ? AND document = ?",
                [(line, number) for line in outdated.repeated],
            )
            store_checksums(connection, number)

    def _outdated(self, number: int, document_id: str) -> OutdatedDocument:
        rows = self._database.rows(
            f"SELECT {PASSAGE_COLUMNS} FROM passages p JOIN documents d ON d.number = p.document "  # noqa: S608
            "WHERE d.number = ? ORDER BY p.start",
            (number,),
        )
        lines = self._database.rows("SELECT line FROM lines WHERE document = ? AND repeated", (number,))
        passages = {row[0]: passage_from(row) for row in rows}
        repeated = frozenset(line for (line,) in lines)
        return OutdatedDocument(number, self._get_document(document_id), passages, repeated)


def add_lines(
    connection: sqlite3.Connection, document_number: int, document: Document, applied: Collection[int]
) -> frozenset[int]:
    """Write the lines of a new document, and return them."""
    lines = edge_lines(document)
    rows = [(line, document_number, line in applied) for line in lines]
    connection.executemany("INSERT INTO lines (line, document, applied) VALUES (?, ?, ?)", rows)
    return lines


def lines_of(connection: sqlite3.Connection, document_id: str) -> set[int]:
    """The lines of a document."""
    query = "SELECT line FROM lines JOIN documents ON number = document WHERE id = ?"
    return {line for (line,) in connection.execute(query, (document_id,))}


def count_lines(connection: sqlite3.Connection, lines: Iterable[int]) -> None:
    """Find again which lines are repeated, after a document with them was added or removed."""
    query = "SELECT sketch FROM lines JOIN documents ON number = document WHERE line = ? ORDER BY document"
    for line in lines:
        repeated = are_several(np.frombuffer(blob, np.uint32) for (blob,) in connection.execute(query, (line,)))
        connection.execute(
            "UPDATE lines SET repeated = ? WHERE line = ? AND repeated = ?", (repeated, line, not repeated)
        )

"""The passages of a library in a folder: their places and words."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ...records import Document, Passage, Span
from ..contents import EncodedPassage, StoredPassage, sentences_from, with_rows
from .connection import Database, Row

PASSAGE_COLUMNS = "p.number, d.id, p.start, p.end, p.heading, p.page, p.furniture, p.sentences"


class SqlitePassages:
    """Reads passages; they are written with their document."""

    def __init__(self, database: Database) -> None:
        """Store the open file."""
        self._database = database

    def of_document(self, document_id: str) -> tuple[Passage, ...]:
        """Fetch a document's passages in the order of the text, page furniture included."""
        rows = self._database.rows(
            f"SELECT {PASSAGE_COLUMNS} FROM passages p JOIN documents d ON d.number = p.document "  # noqa: S608
            "WHERE d.id = ? ORDER BY p.start",
            (document_id,),
        )
        return tuple(passage_from(row) for row in rows)

    def all(self) -> Iterator[StoredPassage]:
        """Go through every searchable passage by document id and start; one document at a time is in memory."""
        for (number,) in self._database.rows("SELECT number FROM documents ORDER BY id"):
            yield from self._select("AND p.document = ?", (number,))

    def since(self, number: int) -> Iterator[StoredPassage]:
        """Go through the searchable passages that were added after the one with a number."""
        yield from self._select("AND p.number > ?", (number,))

    def stored_in(self, document_id: str) -> Iterator[StoredPassage]:
        """Go through the searchable passages of one document."""
        yield from self._select("AND d.id = ?", (document_id,))

    def fetch(self, numbers: Sequence[int]) -> dict[int, StoredPassage]:
        """Fetch passages by their numbers; numbers of removed passages are left out."""
        marks = ",".join("?" * len(numbers))
        return {stored.number: stored for stored in self._select(f"AND p.number IN ({marks})", numbers)}

    def not_reencoded(self, count: int) -> tuple[StoredPassage, ...]:
        """Searchable passages that have no vectors of a new encoder yet, `count` at most."""
        return tuple(self._select("AND p.number NOT IN (SELECT number FROM reencoded)", (), count))

    def places(self, numbers: Iterable[int]) -> dict[int, tuple[str, int]]:
        """Look up passages: number -> document id and start; numbers of removed passages are left out."""
        wanted = list(numbers)
        marks = ",".join("?" * len(wanted))
        rows = self._database.rows(
            f"SELECT p.number, d.id, p.start FROM passages p JOIN documents d ON d.number = p.document "  # noqa: S608
            f"WHERE p.number IN ({marks})",
            wanted,
        )
        return {number: (document_id, start) for number, document_id, start in rows}

    def numbers(self) -> NDArray[np.int64]:
        """The numbers of all searchable passages: int64 (n_passages,), ascending."""
        return self.numbers_since(0)[0]

    def numbers_since(self, number: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The numbers of the searchable passages that were added after the one with a number, 0 for all.

        Returns:
            Numbers, int64 (n_passages,), ascending, and those of their documents, int64 (n_passages,).
        """
        # The plus keeps SQLite in its covering index; the primary key would lead it past all texts and vectors.
        query = "SELECT number, document FROM passages WHERE +number > ? AND NOT furniture"
        rows = np.array(self._database.rows(query, (number,)), dtype=np.int64).reshape(-1, 2)
        rows = rows[np.argsort(rows[:, 0])]
        return np.ascontiguousarray(rows[:, 0]), np.ascontiguousarray(rows[:, 1])

    def count_since(self, number: int) -> int:
        """Count the searchable passages that were added after the one with a number."""
        query = "SELECT count(*) FROM passages WHERE +number > ? AND NOT furniture"  # the plus as above
        return int(self._database.rows(query, (number,))[0][0])

    def counts_until(self, number: int) -> dict[int, int]:
        """Count the searchable passages with at most this number, by document: document number -> passages."""
        query = "SELECT document, count(*) FROM passages WHERE +number <= ? AND NOT furniture GROUP BY document"
        return dict(self._database.rows(query, (number,)))

    def numbers_in(self, document_numbers: Iterable[int]) -> NDArray[np.int64]:
        """The numbers of the searchable passages of some documents: int64 (n_passages,)."""
        rows = self._database.rows(
            "SELECT number FROM passages WHERE NOT furniture AND document IN (SELECT value FROM json_each(?))",
            (json.dumps(list(document_numbers)),),
        )
        return np.array([row[0] for row in rows], dtype=np.int64)

    def _select(self, condition: str, values: Sequence[object], count: int = -1) -> Iterator[StoredPassage]:
        query = (
            f"SELECT d.title, d.detected, p.text, p.document, {PASSAGE_COLUMNS} "  # noqa: S608
            "FROM passages p JOIN documents d ON d.number = p.document "
            f"WHERE NOT p.furniture {condition} ORDER BY d.id, p.start LIMIT {count}"
        )
        for title, language, text, document_number, *row in self._database.rows(query, values):
            yield StoredPassage(row[0], document_number, passage_from(tuple(row)), title, text, language)


def add_passages(
    connection: sqlite3.Connection, document_number: int, document: Document, encoded: Sequence[EncodedPassage]
) -> None:
    """Write passages of a document."""
    connection.executemany(
        "INSERT INTO passages (document, start, end, heading, page, furniture, sentences, text, vector, "
        "word_vectors, words) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [_row(document_number, document, item) for item in encoded],
    )


def passage_from(row: Row) -> Passage:
    """Read the columns `PASSAGE_COLUMNS`."""
    _, document_id, start, end, heading, page, furniture, sentences = row
    spans, rows = sentences_from(json.loads(sentences))
    return Passage(document_id, start, end, heading, page, bool(furniture), spans, rows)


def spans_from(text: str | None) -> tuple[Span, ...] | None:
    """Read spans from JSON; None stays None."""
    return None if text is None else tuple((start, end) for start, end in json.loads(text))


def _row(document_number: int, document: Document, item: EncodedPassage) -> tuple[object, ...]:
    passage = item.passage
    return (
        document_number,
        passage.start,
        passage.end,
        passage.heading,
        passage.page,
        passage.furniture,
        json.dumps(with_rows(passage)),
        document.text[passage.start : passage.end],
        None if item.vector is None else item.vector.astype(np.float32).tobytes(),
        None if item.word_vectors is None else item.word_vectors.tobytes(),
        0 if item.word_vectors is None else len(item.word_vectors),
    )

"""Checksums of everything that is stored about a document. With them, verification notices a changed byte."""

import hashlib
import sqlite3
from collections.abc import Iterable
from itertools import chain

from .connection import Row

DOCUMENT_COLUMNS = (
    "id, title, text, source, media_type, sha256, publisher, published, known, pages, author, language, link, "
    "headings, furniture, rows, warnings, word_boxes, collection"
)


def store_checksums(connection: sqlite3.Connection, document_number: int) -> None:
    """Store the checksums of a document's present state."""
    checksums = _checksums(connection, document_number)
    connection.execute("INSERT OR REPLACE INTO seals VALUES (?, ?, ?)", (document_number, *checksums))


def compare_checksums(connection: sqlite3.Connection, document_number: int) -> tuple[bool, bool]:
    """Whether a document's own row and its passages are unchanged; without checksums, both count as unchanged."""
    query = "SELECT facts, passages FROM seals WHERE document = ?"
    stored = connection.execute(query, (document_number,)).fetchone()
    now = _checksums(connection, document_number)
    return (stored[0] == now[0], stored[1] == now[1]) if stored else (True, True)


def renew_checksum(connection: sqlite3.Connection, document_number: int, before: str, after: str) -> None:
    """Store a checksum over other columns of a document's own row, if the one over the columns before is right."""
    (stored,) = connection.execute("SELECT facts FROM seals WHERE document = ?", (document_number,)).fetchone()
    if stored == checksum_of_details(connection, document_number, before):
        new = checksum_of_details(connection, document_number, after)
        connection.execute("UPDATE seals SET facts = ? WHERE document = ?", (new, document_number))


def _checksums(connection: sqlite3.Connection, document_number: int) -> tuple[str, str]:
    """SHA-256, hexadecimal, of a document's own row and of its passages, vectors included."""
    passages = "SELECT * FROM passages WHERE document = ? ORDER BY number"
    return checksum_of_details(connection, document_number), _sha256(connection.execute(passages, (document_number,)))


def checksum_of_details(connection: sqlite3.Connection, document_number: int, columns: str = DOCUMENT_COLUMNS) -> str:
    """SHA-256, hexadecimal, of a document's own row."""
    details = f"SELECT {columns}, text_sha256, read_as, sketch FROM documents WHERE number = ?"  # noqa: S608
    return _sha256(connection.execute(details, (document_number,)))


def _sha256(rows: Iterable[Row]) -> str:
    digest = hashlib.sha256()
    for value in chain.from_iterable(rows):
        data = value if isinstance(value, bytes) else repr(value).encode("utf-8", "surrogatepass")
        digest.update(b"%d:" % len(data) + data)
    return digest.hexdigest()

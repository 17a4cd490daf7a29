"""What happens to the earlier text of a document when another takes its place: it goes, or stays as a version."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain, count

from ...records import Document
from ..contents import text_digest
from .checksums import store_checksums

KEEP_VERSIONS = "keep_versions"
"""The option of a library that keeps what its documents said before."""


def replace_version(connection: sqlite3.Connection, document: Document, add: Callable[[str | None, str], int]) -> int:
    """Put a document in the place of the one that has its id.

    Args:
        connection: in a transaction.
        document: the document.
        add: writes its row, from the document that it is a version of and when it was stored; returns its number.

    Returns:
        Its number.
    """
    query = "SELECT number, version_of, sha256, text_sha256, stored_at FROM documents WHERE id = ?"
    before = connection.execute(query, (document.id,)).fetchone()
    now = datetime.now(UTC).isoformat()  # exact: versions are in this order
    if before is None:
        return add(None, now)
    number, version_of, sha256, text_sha256, stored_at = before
    is_same = sha256 == document.sha256 or text_sha256 == text_digest(document.text)
    if version_of is None and not is_same and _is_kept(connection):
        _keep(connection, number, document.id)
    else:
        connection.execute("DELETE FROM documents WHERE number = ?", (number,))
    new = add(version_of, stored_at if is_same else max(now, stored_at))
    query = "UPDATE documents SET collection = ? WHERE version_of = ? AND collection <> ? RETURNING number"
    for (moved,) in connection.execute(query, (document.collection, document.id, document.collection)).fetchall():
        store_checksums(connection, moved)
    return new


def _is_kept(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM options WHERE name = ?", (KEEP_VERSIONS,)).fetchone() is not None


def replace_id(connection: sqlite3.Connection, document: Document, of: str) -> Document:
    """A version of a document under its own id, or another one that is free, and in the collection of the document."""
    (collection,) = connection.execute("SELECT collection FROM documents WHERE id = ?", (of,)).fetchone()
    own = document.id if document.id.startswith(f"{of}@") else ""
    return replace(document, id=_free_id(connection, of, own), collection=collection)


def _free_id(connection: sqlite3.Connection, document_id: str, own: str = "") -> str:
    taken = "SELECT 1 FROM documents WHERE id = ?"
    names = chain(filter(None, (own,)), (f"{document_id}@{place}" for place in count(1)))
    return next(one for one in names if not connection.execute(taken, (one,)).fetchone())


def _keep(connection: sqlite3.Connection, number: int, document_id: str) -> None:
    """Make a document an earlier version, under an id of its own; it no longer counts for the lines of its site."""
    free = _free_id(connection, document_id)
    connection.execute("UPDATE documents SET id = ?, version_of = ? WHERE number = ?", (free, document_id, number))
    connection.execute("DELETE FROM lines WHERE document = ?", (number,))
    store_checksums(connection, number)

"""Earlier formats of `library.db` -> this one, one step for each format.

A step changes the tables in place; it has the connection, so it can also read the stored texts again. All steps run in
one transaction when a library is opened: an interruption leaves the earlier format.
"""

import dataclasses
import sqlite3
from collections.abc import Callable, Mapping

from ...text.languages import language_of
from ...text.tokens import is_cut_by_letters
from ..contents import Manifest
from .boilerplate import add_lines, count_lines
from .checksums import DOCUMENT_COLUMNS, checksum_of_details, renew_checksum
from .connection import table_names
from .documents import document_from
from .schema import (
    ADD_MARK,
    CHECKSUMS,
    COLLECTIONS,
    COVERING_INDEXES,
    FORMAT,
    LANGUAGES,
    LINES,
    MARKS,
    REENCODED,
    VERSIONS,
    statements,
)

Step = Callable[[sqlite3.Connection], None]


def migrate(connection: sqlite3.Connection, manifest: Manifest) -> Manifest:
    """Change a library to this format.

    Args:
        connection: open, outside a transaction.
        manifest: of a format in `STEPS`, or of this one.

    Returns:
        Its manifest afterwards.
    """
    if manifest.format == FORMAT:
        return manifest
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        ((format_now,),) = connection.execute("SELECT format FROM manifest")  # another process may have been first
        for number in range(format_now, FORMAT):
            STEPS[number](connection)
        connection.execute("UPDATE manifest SET format = ?", (FORMAT,))
    return dataclasses.replace(manifest, format=FORMAT)


def _complete_tables(connection: sqlite3.Connection) -> None:
    """Format 2 -> 3: add the tables that format 2 added only when they were needed."""
    has_lines = "lines" in table_names(connection)
    script = COVERING_INDEXES + MARKS + CHECKSUMS + REENCODED + ("" if has_lines else LINES)
    for statement in statements(script):
        connection.execute(statement)
    connection.execute(ADD_MARK.replace("OR REPLACE", "OR IGNORE"))
    if not has_lines:
        lines: set[int] = set()
        documents = f"SELECT number, {_COLUMNS_OF_3}, '[]', '[]', x'', '' FROM documents"  # noqa: S608
        for number, *row in connection.execute(documents).fetchall():
            lines |= add_lines(connection, number, document_from(tuple(row)), ())
        count_lines(connection, lines)


def _add_rows_and_warnings(connection: sqlite3.Connection) -> None:
    """Format 3 -> 4: documents have the rows of their tables, and warnings about what was not read.

    Both are empty until a file is read again. A document whose checksum was right gets one with the new columns; a
    damaged one keeps its own, so that verification still finds it.
    """
    for name in ("rows", "warnings"):
        connection.execute(f"ALTER TABLE documents ADD COLUMN {name} TEXT NOT NULL DEFAULT '[]'")
    _renew_checksums(connection, _COLUMNS_OF_3, _COLUMNS_OF_4)


def _add_word_boxes(connection: sqlite3.Connection) -> None:
    """Format 4 -> 5: documents have the places of their words on their pages, empty until a file is read again."""
    connection.execute("ALTER TABLE documents ADD COLUMN word_boxes BLOB NOT NULL DEFAULT x''")
    _renew_checksums(connection, _COLUMNS_OF_4, _COLUMNS_OF_5)


def _add_collections(connection: sqlite3.Connection) -> None:
    """Format 5 -> 6: documents belong to collections; all of them to the one without a name."""
    connection.execute("ALTER TABLE documents ADD COLUMN collection TEXT NOT NULL DEFAULT ''")
    for statement in statements(COLLECTIONS):
        connection.execute(statement)
    _renew_checksums(connection, _COLUMNS_OF_5, DOCUMENT_COLUMNS)


def _add_languages(connection: sqlite3.Connection) -> None:
    """Format 6 -> 7: documents have the language that their text is in.

    Sentences and words of other languages than English are found in another way now. Their files are read again when
    they are indexed next.
    """
    connection.execute("ALTER TABLE documents ADD COLUMN detected TEXT")
    connection.execute(LANGUAGES)
    for (number,) in connection.execute("SELECT number FROM documents").fetchall():
        query = "SELECT text, language FROM documents WHERE number = ?"
        text, declared = connection.execute(query, (number,)).fetchone()
        language = language_of(text, declared)
        connection.execute("UPDATE documents SET detected = ? WHERE number = ?", (language, number))
        if language not in (None, "en") or is_cut_by_letters(text):
            _have_read_again(connection, number)


def _have_read_again(connection: sqlite3.Connection, number: int) -> None:
    """Forget how a document's file was read, so that it is read again; a checksum that is right stays right."""
    seal = connection.execute("SELECT facts FROM seals WHERE document = ?", (number,)).fetchone()
    is_right = seal is not None and seal[0] == checksum_of_details(connection, number)
    connection.execute("UPDATE documents SET read_as = '' WHERE number = ?", (number,))
    if is_right:
        values = (checksum_of_details(connection, number), number)
        connection.execute("UPDATE seals SET facts = ? WHERE document = ?", values)


def _add_versions(connection: sqlite3.Connection) -> None:
    """Format 7 -> 8: a document can be an earlier version of another. When the texts were stored is not known."""
    connection.execute("ALTER TABLE documents ADD COLUMN version_of TEXT")
    connection.execute("ALTER TABLE documents ADD COLUMN stored_at TEXT NOT NULL DEFAULT ''")
    for statement in statements(VERSIONS):
        connection.execute(statement)


def _renew_checksums(connection: sqlite3.Connection, before: str, after: str) -> None:
    for (number,) in connection.execute("SELECT document FROM seals").fetchall():
        renew_checksum(connection, number, before, after)


_COLUMNS_OF_5 = DOCUMENT_COLUMNS.removesuffix(", collection")
_COLUMNS_OF_4 = _COLUMNS_OF_5.removesuffix(", word_boxes")
_COLUMNS_OF_3 = _COLUMNS_OF_4.removesuffix(", rows, warnings")
STEPS: Mapping[int, Step] = {
    2: _complete_tables,
    3: _add_rows_and_warnings,
    4: _add_word_boxes,
    5: _add_collections,
    6: _add_languages,
    7: _add_versions,
}

"""The upkeep of a library's case files: copying them with the library, checking them, erasing what a document gave.

In: the file. Out: counts and problems. One decision: what is erased with a document are its words and names; a user's
own notes and questions stay.
"""

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ..errors import CaseFileError, LibraryError
from .database import CaseDatabase
from .dossiers import checksum

_COPIED = ("files", "used", "pins", "points", "standing", "seen", "notices", "cases")
_LOG = ("", "-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased of some documents, or would be: the numbers of pins, notices and judged answers."""

    pins: int = 0
    notices: int = 0
    cases: int = 0

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.pins or self.notices or self.cases)


def copy_case_files(source: Path, target: Path) -> None:
    """Copy the case files of one library's folder to another's.

    Raises:
        LibraryError: the other has case files of its own.
        CaseFileError: they cannot be read or written.
    """
    ours, theirs = CaseDatabase(source), CaseDatabase(target)
    if not ours.exists or source.resolve() == target.resolve():
        return
    if theirs.exists and theirs.identity != ours.identity:
        raise LibraryError(f"{theirs.file} has case files of its own; copy into a library that has none.")
    made = theirs.file.with_name(f"{theirs.file.name}.new")
    with theirs.translate_errors():
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        made.unlink(missing_ok=True)
        os.close(os.open(made, os.O_RDWR | os.O_CREAT, 0o600))
        with ours.reading() as connection, closing(sqlite3.connect(made)) as copied:
            connection.backup(copied)
            if _rows(connection) != _rows(copied):
                raise CaseFileError(f"{made} is not what was copied; run the same command again.")
        for log in _LOG[1:]:
            theirs.file.with_name(theirs.file.name + log).unlink(missing_ok=True)
        made.replace(theirs.file)


def problems_of(folder: Path) -> Iterator[tuple[str, str]]:
    """What is wrong with the case files in a library's folder: where, and what."""
    database = CaseDatabase(folder)
    if not database.exists:
        return
    name = database.file.name
    try:
        with database.reading() as connection:
            (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if found != "ok":
                yield name, f"its file is damaged ({found}); take it from a backup"
                return
            for number, quote, kept in connection.execute("SELECT number, quote, checksum FROM pins").fetchall():
                if checksum(quote) != kept:
                    yield f"{name}, pin {number}", "its words are not those that were pinned; pin them again"
    except CaseFileError as error:
        yield name, str(error).rstrip(".")


@dataclass(frozen=True, slots=True)
class Erasing:
    """What is erased: whole documents, and earlier versions of documents that stay.

    Attributes:
        documents: ids.
        versions: id of a document that stays, and hexadecimal digest of the file of a version of it.
    """

    documents: frozenset[str]
    versions: frozenset[tuple[str, str]] = frozenset()

    @property
    def named(self) -> frozenset[str]:
        """The ids of all documents that notices may quote."""
        return self.documents | {one for one, _ in self.versions}

    def has(self, document_id: str, fields: str) -> bool:
        """Whether something kept of a document, its fields as JSON, is of what is erased."""
        if document_id in self.documents:
            return True
        return document_id in self.named and (document_id, json.loads(fields or "{}").get("sha256")) in self.versions


def count_naming(folder: Path, erasing: Erasing) -> Erased:
    """What would be erased with some documents."""
    with CaseDatabase(folder).reading() as connection:
        return _counted(connection, erasing)


def erase_documents(folder: Path, erasing: Erasing) -> Erased:
    """Erase what the case files have of some documents: quotes, names, places. Pins without words keep their notes.

    Raises:
        CaseFileError: they cannot be changed.
    """
    database = CaseDatabase(folder)
    if not database.exists:
        return Erased()
    with database.writing() as connection:
        erased = _counted(connection, erasing)
        connection.execute("DELETE FROM pins WHERE deleted IS NOT NULL")
        for number in _kept_of(connection, "pins", "quote", erasing):
            connection.execute(
                "UPDATE pins SET quote = '', document_id = '', checksum = ? WHERE number = ?", (checksum(""), number)
            )
        for number in _kept_of(connection, "cases", "fields", erasing):
            connection.execute("DELETE FROM cases WHERE number = ?", (number,))
        for standing, document_id, answer in connection.execute("SELECT * FROM seen").fetchall():
            if erasing.has(document_id, answer):
                connection.execute("DELETE FROM seen WHERE standing = ? AND document_id = ?", (standing, document_id))
        for number in _naming(connection, erasing.named):
            connection.execute("DELETE FROM notices WHERE number = ?", (number,))
        for number, scope in connection.execute("SELECT number, scope FROM standing").fetchall():
            fields = json.loads(scope)
            if erasing.documents.intersection(fields.get("documents", ())):
                kept = [each for each in fields["documents"] if each not in erasing.documents] or [""]  # none, not all
                connection.execute(
                    "UPDATE standing SET scope = ? WHERE number = ?",
                    (json.dumps(fields | {"documents": kept}), number),
                )
    database.scrub()
    return erased


def _kept_of(connection: sqlite3.Connection, table: str, fields: str, erasing: Erasing) -> list[int]:
    """The numbers of the rows of a table that are of what is erased."""
    rows = connection.execute(f"SELECT number, document_id, {fields} FROM {table}")  # noqa: S608 (our own names)
    return [number for number, document_id, found in rows if erasing.has(document_id, found)]


def _counted(connection: sqlite3.Connection, erasing: Erasing) -> Erased:
    deleted = {number for (number,) in connection.execute("SELECT number FROM pins WHERE deleted IS NOT NULL")}
    pins = set(_kept_of(connection, "pins", "quote", erasing)) - deleted
    cases = _kept_of(connection, "cases", "fields", erasing)
    return Erased(len(pins), len(_naming(connection, erasing.named)), len(cases))


def _naming(connection: sqlite3.Connection, ids: frozenset[str]) -> list[int]:
    """The notices of some documents, and those that name one as the other side of a contradiction."""
    rows = connection.execute("SELECT number, document_id, notice FROM notices").fetchall()
    others = (
        (number, own, {one["document_id"] for one in json.loads(notice)["against"]}) for number, own, notice in rows
    )
    return [number for number, own, against in others if own in ids or ids & against]


def _rows(connection: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    return {name: connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in _COPIED}  # noqa: S608 (our own names)

"""The upkeep of a library's case files: copying them with the library, checking them, erasing what a document gave.

In: the file. Out: counts and problems. One decision: what is erased with a document are its words and names; a user's
own notes and questions stay.
"""

import json
import os
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ..errors import CaseFileError, LibraryError
from .database import CaseDatabase, translate_errors
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
    with translate_errors(theirs.file):
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


def count_naming(folder: Path, document_ids: Collection[str]) -> Erased:
    """What would be erased with some documents."""
    with CaseDatabase(folder).reading() as connection:
        return _counted(connection, frozenset(document_ids))


def erase_documents(folder: Path, document_ids: Collection[str]) -> Erased:
    """Erase what the case files have of some documents: quotes, names, places. Pins without words keep their notes.

    Raises:
        CaseFileError: they cannot be changed.
    """
    database, ids = CaseDatabase(folder), frozenset(document_ids)
    if not database.exists:
        return Erased()
    with database.writing() as connection:
        erased = _counted(connection, ids)
        connection.execute("DELETE FROM pins WHERE deleted IS NOT NULL")
        for document_id in ids:
            gone = ("", "", checksum(""), document_id)
            connection.execute("UPDATE pins SET quote = ?, document_id = ?, checksum = ? WHERE document_id = ?", gone)
            connection.execute("DELETE FROM seen WHERE document_id = ?", (document_id,))
            connection.execute("DELETE FROM cases WHERE document_id = ?", (document_id,))
        for (number,) in _naming(connection, ids):
            connection.execute("DELETE FROM notices WHERE number = ?", (number,))
        for number, scope in connection.execute("SELECT number, scope FROM standing").fetchall():
            fields = json.loads(scope)
            if ids.intersection(fields.get("documents", ())):
                kept = [each for each in fields["documents"] if each not in ids] or [""]  # none, rather than all
                connection.execute(
                    "UPDATE standing SET scope = ? WHERE number = ?",
                    (json.dumps(fields | {"documents": kept}), number),
                )
    database.scrub()
    return erased


def _counted(connection: sqlite3.Connection, ids: frozenset[str]) -> Erased:
    pins = sum(one in ids for (one,) in connection.execute("SELECT document_id FROM pins WHERE deleted IS NULL"))
    cases = sum(one in ids for (one,) in connection.execute("SELECT document_id FROM cases"))
    return Erased(pins, len(_naming(connection, ids)), cases)


def _naming(connection: sqlite3.Connection, ids: frozenset[str]) -> list[tuple[int]]:
    """The notices of some documents, and those that name one as the other side of a contradiction."""
    rows = connection.execute("SELECT number, document_id, notice FROM notices").fetchall()
    others = (
        (number, own, {one["document_id"] for one in json.loads(notice)["against"]}) for number, own, notice in rows
    )
    return [(number,) for number, own, against in others if own in ids or ids & against]


def _rows(connection: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    return {name: connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in _COPIED}  # noqa: S608 (our own names)

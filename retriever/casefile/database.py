"""The file of the case files: its format and its transactions.

In: the library's folder. Out: connections. One decision: there is no file until something is kept.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ..errors import CaseFileError
from ..store.user_file import UNDO, FileFormat, UserFile, timestamp

FILE_NAME = "casefile.db"

_TABLES = (
    "CREATE TABLE made (id TEXT NOT NULL)",
    "INSERT INTO made VALUES (lower(hex(randomblob(16))))",
    "CREATE TABLE files (id TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, folded TEXT NOT NULL, "
    "shared INTEGER NOT NULL, created TEXT NOT NULL, UNIQUE (owner, folded))",
    "CREATE TABLE used (reader TEXT PRIMARY KEY, file TEXT NOT NULL REFERENCES files (id) ON DELETE CASCADE)",
    "CREATE TABLE pins (number INTEGER PRIMARY KEY AUTOINCREMENT, file TEXT NOT NULL REFERENCES files (id) "
    "ON DELETE CASCADE, position INTEGER NOT NULL, quote TEXT NOT NULL, document_id TEXT NOT NULL, "
    "checksum TEXT NOT NULL, note TEXT NOT NULL, tags TEXT NOT NULL, pinned TEXT NOT NULL, deleted TEXT)",
    "CREATE INDEX pins_file ON pins (file, position)",
    "CREATE TABLE points (number INTEGER PRIMARY KEY AUTOINCREMENT, file TEXT NOT NULL REFERENCES files (id) "
    "ON DELETE CASCADE, kind TEXT NOT NULL, words TEXT NOT NULL, done INTEGER NOT NULL, noted TEXT NOT NULL)",
    "CREATE TABLE standing (number INTEGER PRIMARY KEY AUTOINCREMENT, owner TEXT NOT NULL, question TEXT NOT NULL, "
    "scope TEXT NOT NULL, created TEXT NOT NULL, run INTEGER NOT NULL, library TEXT NOT NULL)",
    "CREATE TABLE seen (standing INTEGER NOT NULL REFERENCES standing (number) ON DELETE CASCADE, "
    "document_id TEXT NOT NULL, answer TEXT NOT NULL, PRIMARY KEY (standing, document_id)) WITHOUT ROWID",
    "CREATE TABLE notices (number INTEGER PRIMARY KEY AUTOINCREMENT, standing INTEGER NOT NULL REFERENCES standing "
    "(number) ON DELETE CASCADE, run INTEGER NOT NULL, document_id TEXT NOT NULL, notice TEXT NOT NULL, "
    "made TEXT NOT NULL, read INTEGER NOT NULL, sent INTEGER NOT NULL, UNIQUE (standing, run, document_id))",
    "CREATE TABLE cases (number INTEGER PRIMARY KEY AUTOINCREMENT, owner TEXT NOT NULL, judged TEXT NOT NULL, "
    "document_id TEXT NOT NULL, fields TEXT NOT NULL)",
)
_FORMAT = FileFormat(
    holds="case files",
    application=b"Ibic",
    tables=_TABLES,
    error=CaseFileError,
    otherwise="move it away or take it from a backup",
)


class CaseDatabase(UserFile):
    """The file of a library's case files, saved questions and judged answers. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        """Name the file in a library's folder; it is made when something is first kept."""
        super().__init__(folder / FILE_NAME, _FORMAT)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Open the file for one call, or an empty one in memory if there is none.

        Raises:
            CaseFileError: it cannot be read, is damaged, or belongs to another program or version.
        """
        if self.exists:
            with self.connect() as connection:
                _FORMAT.check(connection, self.file)
                yield connection
        else:
            with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
                _FORMAT.apply(connection, self.file)
                yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, in a file that is made if there is none. It also erases what was taken out long enough ago.

        Raises:
            CaseFileError: as `reading`, or it cannot be written.
        """
        if not self.exists:
            self.make()
        with self.transaction() as connection:
            _FORMAT.check(connection, self.file)
            connection.execute("DELETE FROM pins WHERE deleted < ?", (timestamp(UNDO),))
            yield connection

    def scrub(self) -> None:
        """Overwrite everything that was deleted, in the file and its log, if there is one."""
        if self.exists:
            super().scrub()

    @property
    def identity(self) -> str:
        """What tells this file and its copies from every other: 32 random letters."""
        with self.reading() as connection:
            (made,) = connection.execute("SELECT id FROM made").fetchone()
            return str(made)

    def erase_row(self, table: str, number: int, owner: str) -> bool:
        """Erase a row of an account, with what belongs to it. Returns whether there was one."""
        with self.writing() as connection:
            query = f"DELETE FROM {table} WHERE number = ? AND owner = ?"  # noqa: S608 (our own names)
            erased = connection.execute(query, (stored_number(number), owner)).rowcount
        self.scrub()
        return bool(erased)


def stored_number(number: int) -> int:
    """A number from outside that SQLite can hold; 0, which no row has, for any other."""
    return number if 0 < number < 2**62 else 0

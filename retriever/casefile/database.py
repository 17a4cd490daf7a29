"""The file of the case files: its format, its transactions, and the errors that it can have.

In: the library's folder. Out: connections. One decision, as for the conversations: each call opens the file, does one
transaction and closes it again, so that threads and processes share it, and no log keeps words that were erased.
"""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ..errors import CaseFileError

FILE_NAME = "casefile.db"
FORMAT = 1
APPLICATION = int.from_bytes(b"Ibic")
"""SQLite's mark of the program that a file belongs to."""
UNDO = timedelta(hours=1)
"""How long a pin that was taken out can be put back."""
WAIT_SECONDS = 10
"""A transaction takes milliseconds, and a user is waiting."""

_TABLES = (
    "CREATE TABLE made (id TEXT NOT NULL)",
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
    f"PRAGMA application_id = {APPLICATION}",
    f"PRAGMA user_version = {FORMAT}",
)


class CaseDatabase:
    """The file of a library's case files, saved questions and judged answers. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        """Name the file in a library's folder; it is made when something is first kept."""
        self.file = folder / FILE_NAME

    @property
    def exists(self) -> bool:
        """Whether anything has been kept."""
        return self.file.is_file()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Open the file for one call, or an empty one in memory if there is none.

        Raises:
            CaseFileError: it cannot be read, is damaged, or belongs to another program or version.
        """
        with translate_errors(self.file), closing(self._opened()) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, in a file that is made if there is none. It also erases what was taken out long enough ago.

        Raises:
            CaseFileError: as `reading`, or it cannot be written.
        """
        with translate_errors(self.file):
            if not self.exists:
                self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                os.close(os.open(self.file, os.O_RDWR | os.O_CREAT, 0o600))
            with closing(self._opened()) as connection, connection:
                connection.execute("BEGIN IMMEDIATE")
                _make_or_check(connection, self.file)
                connection.execute("DELETE FROM pins WHERE deleted < ?", (now(UNDO),))
                yield connection

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

    def scrub(self) -> None:
        """Overwrite everything that was deleted, in the file and its log."""
        if not self.exists:
            return
        with self.reading() as connection:
            with suppress(sqlite3.OperationalError):  # no space, or another writer; the words are overwritten already
                connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _opened(self) -> sqlite3.Connection:
        if not self.exists:
            connection = sqlite3.connect(":memory:", isolation_level=None)
            _make_or_check(connection, self.file)
            return connection
        address = f"{self.file.resolve().as_uri()}?mode=rw"
        connection = sqlite3.connect(address, uri=True, timeout=WAIT_SECONDS, isolation_level=None)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        if connection.execute("PRAGMA user_version").fetchone() == (0,):
            return connection  # another thread is making it, or this one will
        _check(connection, self.file)
        return connection


def now(ago: timedelta = timedelta()) -> str:
    """The moment as it is stored; all have one length, so that they sort."""
    return (datetime.now(UTC) - ago).isoformat(timespec="microseconds")


def stored_number(number: int) -> int:
    """A number from outside that SQLite can hold; 0, which no row has, for any other."""
    return number if 0 < number < 2**62 else 0


def plain(text: str) -> str:
    """A text from outside, in a form that SQLite can hold: half a character is replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _make_or_check(connection: sqlite3.Connection, file: Path) -> None:
    if connection.execute("SELECT 1 FROM sqlite_master").fetchone():
        _check(connection, file)
        return
    for statement in _TABLES:
        connection.execute(statement)
    connection.execute("INSERT INTO made VALUES (?)", (secrets.token_hex(16),))


def _check(connection: sqlite3.Connection, file: Path) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION:
        raise CaseFileError(f"{file} belongs to another program; move it away.")
    if found != FORMAT:
        raise CaseFileError(
            f"The case files in {file} have format {found}, but this version of Ibid reads format {FORMAT}; "
            "use the version that made them."
        )


@contextmanager
def translate_errors(file: Path) -> Iterator[None]:
    """Turn the errors of SQLite and of the disk into ours."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise CaseFileError(f"Another process is writing to {file}; try again when it is done.") from error
        raise _unusable(file, str(error)) from error
    except sqlite3.Error as error:
        raise CaseFileError(f"{file} is damaged ({error}); move it away, or take it from a backup.") from error
    except OSError as error:
        raise _unusable(file, error.strerror or str(error)) from error


def _unusable(file: Path, reason: str) -> CaseFileError:
    return CaseFileError(f"{file} cannot be read or saved ({reason}); free some space, and let Ibid write there.")

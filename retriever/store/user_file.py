"""A SQLite file of what users keep beside the documents: conversations, case files.

In: a path and its format. Out: connections. One decision: each call opens the file, does one transaction and closes it
again. So threads and processes share the file, and no log remains in which erased words could be read.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

from ..errors import IbidError

UNDO = timedelta(hours=1)
"""How long what was deleted can be restored."""

_WAIT_SECONDS = 10  # a transaction takes milliseconds, and a user is waiting


@dataclass(frozen=True, slots=True)
class FileFormat:
    """What a file holds, and what is said when it can't be used.

    Attributes:
        holds: its contents in the plural, as a sentence names them: "conversations".
        application: four letters, SQLite's mark of the program that a file belongs to.
        tables: the statements that make its tables.
        error: what its errors are raised as.
        otherwise: what a user can do where this file can't be used: "move it away".
        migrations: the statements that make each earlier format the next one, from format 1 on.
    """

    holds: str
    application: bytes
    tables: tuple[str, ...]
    error: type[IbidError]
    otherwise: str
    migrations: tuple[tuple[str, ...], ...] = ()

    @property
    def number(self) -> int:
        """The format's number, from 1."""
        return len(self.migrations) + 1

    def check(self, connection: sqlite3.Connection, file: Path) -> int:
        """Returns the number of the format that a file has; 0 if it is empty.

        Raises:
            IbidError: as `error`; the file belongs to another program or version.
        """
        if not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
            return 0
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (found,) = connection.execute("PRAGMA user_version").fetchone()
        if application != int.from_bytes(self.application):
            raise self.error(f"{file} belongs to another program; {self.otherwise}.")
        if not 1 <= found <= self.number:
            raise self.error(
                f"The {self.holds} in {file} have format {found}, but this version of Ibid reads format {self.number}; "
                f"use the version that made them, or {self.otherwise}."
            )
        return int(found)

    def apply(self, connection: sqlite3.Connection, file: Path) -> None:
        """Make the tables in an empty file, and bring one of an earlier format to this one.

        Raises:
            IbidError: as `check`.
        """
        found = self.check(connection, file)
        steps = self.migrations[found - 1 :] if found else (self.tables,)
        for statement in chain(*steps):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {int.from_bytes(self.application)}")
        connection.execute(f"PRAGMA user_version = {self.number}")

    @contextmanager
    def translate_errors(self, file: Path) -> Iterator[None]:
        """Turn the errors of SQLite and of the disk into this format's, each with what to do."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                message = f"Another process is writing to the {self.holds} in {file}; try again when it is done."
                raise self.error(message) from error
            raise self._unusable(file, str(error)) from error
        except sqlite3.Error as error:
            message = f"{file} is damaged, or holds no {self.holds} of Ibid ({error}); {self.otherwise}."
            raise self.error(message) from error
        except OSError as error:
            raise self._unusable(file, error.strerror or str(error)) from error

    def _unusable(self, file: Path, reason: str) -> IbidError:
        return self.error(
            f"The {self.holds} in {file} cannot be read or saved ({reason}); "
            f"free some space and let Ibid write there, or {self.otherwise}."
        )


class UserFile:
    """One such file. Safe to use from several threads; nothing to close."""

    def __init__(self, file: Path, kind: FileFormat) -> None:
        """Name the file; it need not be there yet."""
        self.file = file
        self._kind = kind

    @property
    def exists(self) -> bool:
        """Whether there is such a file. One that another thread or process has only begun is empty."""
        return self.file.is_file() and self.file.stat().st_size > 0

    def make(self) -> None:
        """Make the file for its owner only, or bring it to the present format.

        Raises:
            IbidError: it cannot be read or written, is damaged, or belongs to another program or version.
        """
        with self.translate_errors():
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self.file, os.O_RDWR | os.O_CREAT, 0o600))
        with self.transaction() as connection:
            self._kind.apply(connection, self.file)

    @contextmanager
    def connect(self) -> Iterator[sqlite3.Connection]:
        """Open the file for one call. If somebody has removed it, it is not made again.

        Raises:
            IbidError: it cannot be read or written, or is damaged.
        """
        address = f"{self.file.resolve().as_uri()}?mode=rw"
        with (
            self.translate_errors(),
            closing(sqlite3.connect(address, uri=True, timeout=_WAIT_SECONDS, isolation_level=None)) as connection,
        ):
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Open the file for one transaction, which is undone if an error is raised in it.

        Raises:
            IbidError: as `connect`, or another process writes to it for long.
        """
        with self.connect() as connection, connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection

    def scrub(self) -> None:
        """Overwrite everything that was deleted, in the file and its log."""
        with self.connect() as connection:
            with suppress(sqlite3.OperationalError):  # no space, or another writer; the words are overwritten already
                connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def translate_errors(self) -> AbstractContextManager[None]:
        """Turn the errors of SQLite and of the disk into those of this file, each with what to do."""
        return self._kind.translate_errors(self.file)


def timestamp(ago: timedelta = timedelta()) -> str:
    """A moment before now as it is stored; all have one length, so that they sort."""
    return (datetime.now(UTC) - ago).isoformat(timespec="microseconds")


def storable(text: str) -> str:
    """A text from outside, in a form that SQLite can hold: half a character is replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")

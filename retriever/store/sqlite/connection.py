"""Connections to `library.db`: one that writes, and one for each thread that reads.

Each change is one transaction and makes a new generation. Writers wait for each other. Readers never wait, because each
has its own connection.
"""

import dataclasses
import sqlite3
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ...errors import LibraryBusy, LibraryError, LibraryForeign, LibraryMissing
from ...records import LibraryState
from ..contents import Manifest, library_digest
from .folder_lock import FolderLock
from .schema import ADD_MARK, FILE_NAME, FORMAT, OLDEST_FORMAT

Row = tuple[Any, ...]

_NO_ROOM = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
_WAIT_SECONDS = 30  # one document's transaction takes milliseconds; after 30 s a process must be stuck
# Connections that are kept open for later readers, each with up to 2 MB of pages; opening one takes 0.2 ms.
_READERS_KEPT = 8


class Database:
    """The file of an open library. Safe to use from several threads."""

    def __init__(self, connection: sqlite3.Connection, folder: Path, manifest: Manifest) -> None:
        """Store an open connection, which writes.

        Args:
            connection: from `connect`.
            folder: the library's folder.
            manifest: what the library was made with.
        """
        self._connection = connection
        self._lock = threading.RLock()
        self._readers: deque[sqlite3.Connection] = deque()
        self._closed = False
        self._of_thread = threading.local()
        self._manifest = manifest
        self.folder = folder
        self.folder_lock = FolderLock(folder)

    def close(self) -> None:
        """Close the file; threads that are reading it can finish."""
        with self._lock:
            self._closed = True
            self._connection.close()
        while self._readers:
            self._readers.pop().close()
        self.folder_lock.release()

    @property
    def dimension(self) -> int:
        """The length of a passage's vector."""
        return self._manifest.dimension

    @property
    def manifest(self) -> Manifest:
        """What the library was made with, and its generation now, including other processes' changes.

        Raises:
            LibraryForeign: another process has changed its encoder since it was opened.
        """
        made = self._manifest
        ((generation, encoder, digest),) = self.rows("SELECT generation, encoder, encoder_digest FROM manifest")
        if digest != made.encoder_digest:
            raise LibraryForeign(
                f"The library in {self.folder} was given another encoder, {encoder} ({digest[:12]}), while it was "
                "open; start Ibid again to go on with that one."
            )
        return dataclasses.replace(made, generation=generation)

    def reload_manifest(self) -> None:
        """Read again what the library was made with, after its encoder has changed."""
        with self._lock:
            self._manifest = read_manifest(self._connection, self.folder)

    def mark(self, generation: int) -> str | None:
        """The mark of a generation; None if it never existed, or if its vectors have been replaced."""
        rows = self.rows("SELECT mark FROM marks WHERE generation = ?", (generation,))
        return str(rows[0][0]) if rows else None

    def state(self) -> LibraryState:
        """Count the library and digest it."""
        rows = self.rows(
            "SELECT id, sha256, title, publisher, published FROM documents WHERE version_of IS NULL ORDER BY id"
        )
        newest = "document NOT IN (SELECT number FROM documents WHERE version_of IS NOT NULL)"
        passages = self.rows(f"SELECT count(*) FROM passages WHERE NOT furniture AND {newest}")[0][0]  # noqa: S608
        return LibraryState(len(rows), passages, library_digest(self._manifest.encoder_digest, rows))

    def damage(self) -> str | None:
        """Have SQLite check the file; what it reports, in a sentence, or None."""
        reported = [row[0] for row in self.rows("PRAGMA integrity_check")]
        return None if reported == ["ok"] else f"SQLite finds the file damaged: {'; '.join(reported[:3])}"

    def rows(self, query: str, values: Sequence[object] = ()) -> list[Row]:
        """Read the rows of a query, through this thread's connection."""
        with translated_errors(self.folder), self.reading() as connection:
            return connection.execute(query, tuple(values)).fetchall()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let this thread read one state of the library, whatever others write meanwhile."""
        with translated_errors(self.folder), self.reading() as connection:
            if connection.in_transaction:
                yield
                return
            connection.execute("BEGIN")
            try:
                yield
            finally:
                connection.rollback()

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """A transaction that makes a new generation."""
        with self.write() as connection:
            _ = self.manifest  # raises after a change of encoder: vectors of two encoders must not be mixed
            yield connection
            connection.execute("UPDATE manifest SET generation = generation + 1")
            connection.execute(ADD_MARK)

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction that does not affect answers."""
        with self._lock, translated_errors(self.folder), self._connection as connection, self._through(connection):
            connection.execute("BEGIN IMMEDIATE")
            yield connection

    @contextmanager
    def alone(self) -> Iterator[sqlite3.Connection]:
        """The writing connection, outside a transaction, for VACUUM."""
        with self._lock, translated_errors(self.folder):
            yield self._connection

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection for this thread to read: its current one, else one that no other thread uses."""
        current = getattr(self._of_thread, "connection", None)
        if current is not None:
            yield current
            return
        try:
            connection = self._connection if self._closed else self._readers.pop()
        except IndexError:
            connection = connect(self.folder / FILE_NAME)
        try:
            with self._through(connection):
                yield connection
        finally:
            if self._closed or len(self._readers) >= _READERS_KEPT:
                connection.close()
            else:
                self._readers.append(connection)

    @contextmanager
    def _through(self, connection: sqlite3.Connection) -> Iterator[None]:
        """Let this thread read through a connection."""
        before = getattr(self._of_thread, "connection", None)
        self._of_thread.connection = connection
        try:
            yield
        finally:
            self._of_thread.connection = before


def connect(file: Path, *, create: bool = False) -> sqlite3.Connection:
    """Open the file with the settings that durability and erasure need.

    All are set here, because a system's own SQLite may have been compiled with others.
    """
    connection = _open(file, "mode=rwc" if create else "mode=rw")
    try:
        connection.execute("SELECT 1 FROM sqlite_master")
    except sqlite3.OperationalError as error:
        connection.close()
        if error.sqlite_errorcode & 0xFF not in _NO_ROOM or _size(file.with_name(f"{file.name}-wal")):
            raise
        # The disk is full, so SQLite cannot share the file's state with other processes. Nobody can change the file
        # either, and it can be read as it is.
        connection = _open(file, "mode=ro&immutable=1")
    # With a write-ahead log, NORMAL would lose in a power cut what was already reported as stored. FULL costs 3 ms a
    # document.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")  # passages are removed with their document
    connection.execute("PRAGMA secure_delete = ON")  # removed data is overwritten, not only unlinked
    connection.execute("PRAGMA trusted_schema = OFF")  # a file from elsewhere can call no functions
    return connection


def _open(file: Path, options: str) -> sqlite3.Connection:
    address = f"{file.absolute().as_uri()}?{options}"
    return sqlite3.connect(address, uri=True, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Switch to a write-ahead log, so that readers never wait. The file keeps the setting.

    SQLite may refuse while another process uses the file.
    """
    with suppress(sqlite3.OperationalError):
        connection.execute("PRAGMA journal_mode = WAL")


def read_manifest(connection: sqlite3.Connection, folder: Path) -> Manifest:
    """Read what a library was made with.

    Raises:
        LibraryMissing: the file holds no tables.
        LibraryForeign: the format is neither this one nor an earlier one that can be migrated.
        LibraryError: the file is not a library.
    """
    tables = table_names(connection)
    if not tables:
        raise missing_error(folder)  # another process is about to make it, or the file was emptied
    if "manifest" not in tables:
        raise LibraryError(f"{folder / FILE_NAME} is not a library of Ibid; name another folder.")
    row = connection.execute("SELECT * FROM manifest").fetchone() or (None,)
    if row[0] not in range(OLDEST_FORMAT, FORMAT + 1):
        raise LibraryForeign(
            f"The library in {folder} has format {row[0]}, this Ibid reads format {FORMAT}; "
            "index your documents again into a new folder, or remove this one first and index them as before."
        )
    return Manifest(*row)


def missing_error(folder: Path) -> LibraryMissing:
    """The error for a folder without a library."""
    return LibraryMissing(f"There is no library in {folder}; make one with: ibid index PATH --library {folder}")


def table_names(connection: sqlite3.Connection) -> set[str]:
    """The names of the tables in the file."""
    return {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


@contextmanager
def translated_errors(folder: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours.

    Raises:
        LibraryBusy: another process holds the lock.
        LibraryError: any other error of SQLite's.
    """
    try:
        yield
    except sqlite3.Error as error:
        if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
            raise LibraryBusy(
                f"Another process is writing to the library in {folder}; try again when it is done."
            ) from error
        if isinstance(error, sqlite3.OperationalError):
            raise LibraryError(
                f"The library in {folder} cannot be used ({reason(error)}); free some space and let Ibid write there."
            ) from error
        raise LibraryError(
            f"{folder / FILE_NAME} is damaged, or not a library of Ibid ({reason(error)}); "
            "index your documents again into a new folder."
        ) from error


def reason(error: Exception) -> str:
    """What the system said, without the file's name."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)

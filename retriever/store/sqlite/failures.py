"""The files that a library in a folder could not read."""

from collections.abc import Iterable

from ..contents import ReadingFailure
from .connection import Database


class SqliteFailures:
    """Notes which files failed, so that they are tried again only after they change."""

    def __init__(self, database: Database) -> None:
        """Store the open file."""
        self._database = database

    def all(self) -> dict[str, ReadingFailure]:
        """List them: source -> failure."""
        rows = self._database.rows("SELECT source, sha256, read_as, reason FROM failures ORDER BY source")
        return {source: ReadingFailure(sha256, read_as, reason) for source, sha256, read_as, reason in rows}

    def add(self, source: str, failure: ReadingFailure) -> None:
        """Note that a file could not be read."""
        with self._database.write() as connection:
            row = (source, failure.sha256, failure.read_as, failure.reason)
            connection.execute("INSERT OR REPLACE INTO failures VALUES (?, ?, ?, ?)", row)

    def remove(self, sources: Iterable[str]) -> None:
        """Drop the notes of some files."""
        with self._database.write() as connection:
            connection.executemany("DELETE FROM failures WHERE source = ?", [(source,) for source in sources])

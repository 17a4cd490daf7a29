"""The format of the file that holds the conversations, and the errors that it can have.

In: a connection to a file, or an error of SQLite. Out: a file of our format, or an error that says what to do.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import HistoryError
from ..settings import HISTORY_VARIABLE

FORMAT = 2
APPLICATION = int.from_bytes(b"Ibid")
"""SQLite's mark of the program that a file belongs to: another program's file is not written to."""

_TABLES = (
    "CREATE TABLE conversations (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, reader TEXT NOT NULL, "
    "title TEXT NOT NULL, words TEXT NOT NULL, created TEXT NOT NULL, changed TEXT NOT NULL, deleted TEXT, "
    "scope TEXT NOT NULL DEFAULT '')",
    "CREATE INDEX conversations_reader ON conversations (reader, changed)",
    # The question is JSON, like the reply: SQLite cannot store half a surrogate pair.
    "CREATE TABLE turns (conversation INTEGER NOT NULL REFERENCES conversations (number) ON DELETE CASCADE, "
    "number INTEGER NOT NULL, question TEXT NOT NULL, reply TEXT NOT NULL, words TEXT NOT NULL, "
    "PRIMARY KEY (conversation, number))",
    f"PRAGMA application_id = {APPLICATION}",
    f"PRAGMA user_version = {FORMAT}",
)


def make_or_check(connection: sqlite3.Connection, file: Path) -> None:
    """Make the tables in an empty file; check the format of any other.

    Raises:
        HistoryError: it belongs to another program or version.
    """
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
        for statement in _TABLES:
            connection.execute(statement)
    elif application != APPLICATION:
        raise HistoryError(f"{file} belongs to another program; name another file with {HISTORY_VARIABLE}.")
    elif found == 1:  # conversations did not keep their filter yet
        connection.execute("ALTER TABLE conversations ADD COLUMN scope TEXT NOT NULL DEFAULT ''")
        connection.execute(f"PRAGMA user_version = {FORMAT}")
    elif found != FORMAT:
        raise HistoryError(
            f"The conversations in {file} have format {found}, but this version of Ibid reads format {FORMAT}; "
            f"use the version that made them, or name another file with {HISTORY_VARIABLE}."
        )


@contextmanager
def translate_errors(file: Path) -> Iterator[None]:
    """Turn the errors of SQLite and of the disk into ours."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise HistoryError(
                f"Another process is writing to the conversations in {file}; try again when it is done."
            ) from error
        raise _unusable(file, str(error)) from error
    except sqlite3.Error as error:
        raise HistoryError(
            f"{file} is damaged, or holds no conversations of Ibid ({error}); "
            f"move it away, or name another file with {HISTORY_VARIABLE}."
        ) from error
    except OSError as error:
        raise _unusable(file, error.strerror or str(error)) from error


def _unusable(file: Path, reason: str) -> HistoryError:
    return HistoryError(
        f"The conversations in {file} cannot be read or saved ({reason}); "
        f"free some space and let Ibid write there, or name another file with {HISTORY_VARIABLE}."
    )

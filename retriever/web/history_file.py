"""The format of the file that holds the conversations, and the errors that it can have."""

from ..errors import HistoryError
from ..settings import HISTORY_VARIABLE
from ..store.user_file import FileFormat

HISTORY_FORMAT = FileFormat(
    holds="conversations",
    application=b"Ibid",
    tables=(
        "CREATE TABLE conversations (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, reader TEXT NOT NULL, "
        "title TEXT NOT NULL, words TEXT NOT NULL, created TEXT NOT NULL, changed TEXT NOT NULL, deleted TEXT, "
        "scope TEXT NOT NULL DEFAULT '')",
        "CREATE INDEX conversations_reader ON conversations (reader, changed)",
        # The question is JSON, like the reply: SQLite cannot store half a surrogate pair.
        "CREATE TABLE turns (conversation INTEGER NOT NULL REFERENCES conversations (number) ON DELETE CASCADE, "
        "number INTEGER NOT NULL, question TEXT NOT NULL, reply TEXT NOT NULL, words TEXT NOT NULL, "
        "PRIMARY KEY (conversation, number))",
    ),
    error=HistoryError,
    otherwise=f"move it away, or name another file with {HISTORY_VARIABLE}",
    migrations=(("ALTER TABLE conversations ADD COLUMN scope TEXT NOT NULL DEFAULT ''",),),
)

"""The removal of every trace of a document from a library in a folder."""

import json
from collections.abc import Collection

from ...errors import LibraryBusy
from .connection import Database
from .indexes import SqliteIndexes


class SqliteErasure:
    """Looks for traces, and writes the files again without them."""

    def __init__(self, database: Database, indexes: SqliteIndexes) -> None:
        """Store the open file and its indexes."""
        self._database = database
        self._indexes = indexes

    def check_possible(self) -> None:
        """Do nothing: a folder's files can always be searched."""

    def is_used_elsewhere(self) -> bool:
        """Whether another process has the library open, such as the page; on Windows it is unknown, and False."""
        return self._database.folder_lock.has_others()

    def is_text_elsewhere(self, text: str, document_ids: Collection[str]) -> bool:
        """Whether any other document has a text: in its words, its title or another detail."""
        others = (
            "SELECT 1 FROM documents WHERE id NOT IN (SELECT value FROM json_each(?)) AND (instr(text, ?) OR instr("
            "json_array(id, title, source, sha256, author, link), ?)) LIMIT 1"
        )
        return bool(self._database.rows(others, (json.dumps(list(document_ids)), text, text)))

    def is_vector_elsewhere(self, vector: bytes, document_ids: Collection[str]) -> bool:
        """Whether a passage of any other document has a vector."""
        others = (
            "SELECT 1 FROM passages p JOIN documents d ON d.number = p.document "
            "WHERE p.vector = ? AND d.id NOT IN (SELECT value FROM json_each(?)) LIMIT 1"
        )
        return bool(self._database.rows(others, (vector, json.dumps(list(document_ids)))))

    def are_word_boxes_elsewhere(self, piece: bytes, document_ids: Collection[str]) -> bool:
        """Whether the packed places of any other document's words have a piece."""
        others = (
            "SELECT 1 FROM documents WHERE instr(word_boxes, ?) AND id NOT IN (SELECT value FROM json_each(?)) LIMIT 1"
        )
        return bool(self._database.rows(others, (piece, json.dumps(list(document_ids)))))

    def scrub(self) -> None:
        """Write indexes and file again and empty the log, so that nobody can read removed documents in them.

        Raises:
            LibraryBusy: another process is reading or writing, so the log could not be emptied.
        """
        self._indexes.build_without_traces()
        with self._database.alone() as connection:
            connection.execute("VACUUM")
            ((busy, *_),) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if busy:
            raise LibraryBusy(
                f"Another process is using the library in {self._database.folder}, so its log still holds the removed "
                "documents; when that process has ended, empty the log with: ibid forget"
            )

"""The change of a library to another encoder. Its vectors wait in a separate table until all are there."""

from collections.abc import Mapping

import numpy as np

from ...encoder import Encoder, Vectors
from ...encoder.word_vectors import Bytes
from ..contents import StoredPassage
from .checksums import store_checksums
from .connection import Database
from .passages import SqlitePassages


class SqliteReencoding:
    """Collects a new encoder's vectors, then replaces all at once."""

    def __init__(self, database: Database, passages: SqlitePassages) -> None:
        """Store the open file, and the reader of its passages."""
        self._database = database
        self._passages = passages

    def pending(self, encoder: Encoder, count: int) -> tuple[StoredPassage, ...]:
        """Passages that the new encoder has yet to read; see `base.Reencoding.pending`."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM reencoded WHERE encoder_digest <> ?", (encoder.digest,))
        return self._passages.not_reencoded(count)

    def store(self, encoder: Encoder, vectors: Mapping[int, tuple[Vectors, Bytes]]) -> None:
        """Store the new encoder's vectors: passage number -> vector, word vectors."""
        with self._database.write() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO reencoded SELECT number, ?, ?, ?, ? FROM passages WHERE number = ?",
                [
                    (encoder.digest, vector.astype(np.float32).tobytes(), packed.tobytes(), len(packed), number)
                    for number, (vector, packed) in vectors.items()
                ],
            )

    def finish(self, encoder: Encoder) -> bool:
        """Let the new encoder's vectors answer, in one transaction, if it has read every passage.

        Returns:
            Whether it had; another process may have added documents meanwhile.
        """
        with self._database.change() as connection:
            missing = (
                "SELECT count(*) FROM passages WHERE NOT furniture AND number NOT IN (SELECT number FROM reencoded)"
            )
            if connection.execute(missing).fetchone()[0]:
                return False
            connection.execute(
                "UPDATE passages SET (vector, word_vectors, words) = (SELECT r.vector, r.word_vectors, r.words "
                "FROM reencoded r WHERE r.number = passages.number) WHERE NOT furniture"
            )
            connection.execute("DELETE FROM reencoded")
            connection.execute("DELETE FROM marks")  # indexes of the old vectors must not be updated to the new ones
            for (number,) in connection.execute("SELECT document FROM seals").fetchall():
                store_checksums(connection, number)
            made = (encoder.name, encoder.digest, encoder.dimension, encoder.origin)
            connection.execute(
                "UPDATE manifest SET encoder = ?, encoder_digest = ?, dimension = ?, encoder_origin = ?", made
            )
        self._database.reload_manifest()
        return True

"""The store: documents, passages and vectors in one SQLite file, `library.db`, which is the one truth.

Each change is one transaction and counts the generation up; the indexes are caches named by the generation they were
built from. Writers wait for each other; readers never wait, as each reads through a connection of its own.
"""

import dataclasses
import hashlib
import json
import os
import sqlite3
import threading
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from itertools import chain, count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...encoder import Encoder, Vectors
from ...encoder.word_vectors import Bytes, axis_count
from ...errors import DocumentUnknown, LibraryBusy, LibraryError, LibraryForeign, LibraryMissing
from ...filters import EVERYTHING, Scope
from ...reading.boilerplate import are_several, edge_lines
from ...records import Document, DocumentSummary, LibraryState, Manifest, Passage, Provenance, Span, inferred_of
from ...text.minhash import HASHES, Sketches, sketch
from ..records import (
    Addition,
    DocumentOrigin,
    EncodedPassage,
    OutdatedDocument,
    ReadingFailure,
    StoredDocument,
    StoredPassage,
    TextSlice,
)
from .presence import Presence

Row = tuple[Any, ...]

FORMAT = 2
FILE_NAME = "library.db"
_VECTORS_AT_ONCE = 10_000  # 15 MB
_WAIT_SECONDS = 30  # one document's transaction takes milliseconds; 30 s is a stuck process
# Connections that are kept open for readers to come, each with up to 2 MB of pages; opening one takes 0.2 ms.
_READERS_KEPT = 8

_TABLES = """
CREATE TABLE manifest (
    format INTEGER NOT NULL, encoder TEXT NOT NULL, encoder_digest TEXT NOT NULL,
    dimension INTEGER NOT NULL, generation INTEGER NOT NULL, encoder_origin TEXT
);
CREATE TABLE documents (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, text TEXT NOT NULL,
    source TEXT NOT NULL, media_type TEXT NOT NULL, publisher TEXT, published TEXT, known TEXT NOT NULL,
    pages TEXT NOT NULL, sha256 TEXT NOT NULL, author TEXT, language TEXT, link TEXT, headings TEXT, furniture TEXT,
    text_sha256 TEXT NOT NULL, read_as TEXT NOT NULL, sketch BLOB NOT NULL
);
CREATE TABLE failures (
    source TEXT PRIMARY KEY, sha256 TEXT NOT NULL, read_as TEXT NOT NULL, reason TEXT NOT NULL
);
CREATE TABLE passages (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    document INTEGER NOT NULL REFERENCES documents (number) ON DELETE CASCADE,
    start INTEGER NOT NULL, end INTEGER NOT NULL, heading TEXT, page INTEGER, furniture INTEGER NOT NULL,
    sentences TEXT NOT NULL, text TEXT NOT NULL, vector BLOB, word_vectors BLOB, words INTEGER NOT NULL
);
CREATE INDEX passages_document ON passages (document);
CREATE INDEX documents_source ON documents (source);
"""
# The lines that stand at the edges of documents, by which those are found that a site repeats: `edge_lines`. `repeated`
# is whether it does, `applied` whether it did when the document was cut into passages. Added to libraries without them.
_LINES = """
CREATE TABLE lines (
    line INTEGER NOT NULL, document INTEGER NOT NULL REFERENCES documents (number) ON DELETE CASCADE,
    repeated INTEGER NOT NULL DEFAULT 0, applied INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (line, document)
) WITHOUT ROWID;
CREATE INDEX lines_document ON lines (document);
CREATE INDEX lines_repeated ON lines (line, repeated);
CREATE INDEX lines_outdated ON lines (document) WHERE repeated <> applied;
"""
_DOCUMENT = (
    "id, title, text, source, media_type, sha256, publisher, published, known, pages, author, language, link, "
    "headings, furniture"
)
_SUMMARIES = (
    "SELECT d.id, title, publisher, published, known, media_type, length(text), "
    "(SELECT count(*) FROM passages p WHERE p.document = d.number AND NOT furniture), sha256, source FROM documents d"
)
# What is asked of all passages or documents at once is answered from these, without going past their texts and vectors.
# Added to libraries without them.
_COVERING = (
    "CREATE INDEX IF NOT EXISTS passages_findable ON passages (document, furniture)",
    "CREATE INDEX IF NOT EXISTS documents_state ON documents (id, sha256, title, publisher, published)",
)
# A mark for each generation, drawn anew: who knows a generation's mark knows that library, not one that was put in its
# place, or was taken back to an earlier state and has gone another way since. Added to libraries without them.
_MARKS = "CREATE TABLE IF NOT EXISTS marks (generation INTEGER PRIMARY KEY, mark TEXT NOT NULL)"
_MARK = "INSERT OR REPLACE INTO marks SELECT generation, hex(randomblob(6)) FROM manifest"
# Digests of all that was stored of a document, by which verification tells a changed byte. Added to libraries without
# them, whose documents count as whole until they are stored again.
_SEALS = (
    "CREATE TABLE IF NOT EXISTS seals (document INTEGER PRIMARY KEY REFERENCES documents (number) ON DELETE CASCADE, "
    "facts TEXT NOT NULL, passages TEXT NOT NULL)"
)
# What another encoder has read so far, until the library changes over to it.
_REENCODED = (
    "CREATE TABLE IF NOT EXISTS reencoded (number INTEGER PRIMARY KEY REFERENCES passages (number) ON DELETE CASCADE, "
    "encoder_digest TEXT NOT NULL, vector BLOB NOT NULL, word_vectors BLOB NOT NULL, words INTEGER NOT NULL)"
)
_PASSAGE = "p.number, d.id, p.start, p.end, p.heading, p.page, p.furniture, p.sentences"


class Library:
    """An open library. Safe to use from several threads; close it when done."""

    def __init__(self, connection: sqlite3.Connection, folder: Path, manifest: Manifest) -> None:
        """Store an open connection, which writes; `create` and `open` are the ways in."""
        self._connection = connection
        self._lock = threading.RLock()
        self._readers: deque[sqlite3.Connection] = deque()
        self._closed = False
        self._own = threading.local()
        self.folder = folder
        self._manifest = manifest
        self._presence = Presence(folder)

    @classmethod
    def create(cls, folder: Path, encoder: Encoder) -> "Library":
        """Make an empty library in a folder, which is made too.

        Raises:
            LibraryError: the folder cannot be written, or holds a library already.
        """
        file = folder / FILE_NAME
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))  # its log will have the same permissions
            connection = _connect(file, create=True)
        except (OSError, sqlite3.Error) as error:
            raise LibraryError(
                f"No library can be made in {folder} ({_reason(error)}); name another folder."
            ) from error
        with _translated(folder), closing(connection), connection:
            connection.execute("BEGIN IMMEDIATE")
            if not _tables(connection):
                for statement in (*(_TABLES + _LINES).split(";")[:-1], *_COVERING):
                    connection.execute(statement)
                manifest = (FORMAT, encoder.name, encoder.digest, encoder.dimension, 0, encoder.origin)
                connection.execute("INSERT INTO manifest VALUES (?, ?, ?, ?, ?, ?)", manifest)
                connection.execute(_MARKS)
                connection.execute(_MARK)
        connection.close()
        return cls.open(folder, encoder)

    @classmethod
    def open(cls, folder: Path, encoder: Encoder) -> "Library":
        """Open the library in a folder.

        Raises:
            LibraryMissing: there is none.
            LibraryForeign: another format version or another encoder made it.
            LibraryError: the file is not a library, or is damaged.
        """
        if not (folder / FILE_NAME).is_file():
            raise _missing(folder)
        with _translated(folder), ExitStack() as opened:
            connection = opened.enter_context(closing(_connect(folder / FILE_NAME)))
            manifest = _manifest(connection, folder)
            if manifest.encoder_digest != encoder.digest:  # the same model in a folder of another name is the same
                raise LibraryForeign(
                    f"The library in {folder} was made by the encoder {manifest.encoder} "
                    f"({manifest.encoder_digest[:12]}), not by {encoder.name} ({encoder.digest[:12]}); "
                    "use that encoder, or index your documents again into a new folder."
                )
            _let_readers_read(connection)
            opened.pop_all()
        return cls(connection, folder, manifest)

    @staticmethod
    def encoder_origin(folder: Path) -> str | None:
        """The folder of the encoder that made a library; None for the shipped one, or where no library can be read."""
        if not (folder / FILE_NAME).is_file():
            return None
        try:
            with closing(_connect(folder / FILE_NAME)) as connection:
                return _manifest(connection, folder).encoder_origin
        except (sqlite3.Error, LibraryError):
            return None  # `open` says what is wrong

    def close(self) -> None:
        """Close the file; who still reads it reads on."""
        with self._lock:
            self._closed = True
            self._connection.close()
        while self._readers:
            self._readers.pop().close()
        self._presence.end()

    def is_used_elsewhere(self) -> bool:
        """Whether another process has it open, such as a page; unknown on Windows, where it says no."""
        return self._presence.has_others()

    @property
    def place(self) -> str:
        """How a user names it: its folder."""
        return str(self.folder)

    @property
    def is_transactional(self) -> bool:
        """A snapshot is of one generation."""
        return True

    @property
    def manifest(self) -> Manifest:
        """What the library was made with, and its generation now, other processes' changes included.

        Raises:
            LibraryForeign: another process has let another encoder read it since it was opened.
        """
        made = self._manifest
        ((generation, encoder, digest),) = self._rows("SELECT generation, encoder, encoder_digest FROM manifest")
        if digest != made.encoder_digest:
            raise LibraryForeign(
                f"The library in {self.folder} was given another encoder, {encoder} ({digest[:12]}), while it was "
                "open; start Ibid again to go on with that one."
            )
        return dataclasses.replace(made, generation=generation)

    def mark(self, generation: int) -> str | None:
        """The mark of one of the library's generations; None where that never was, or its passages have changed."""
        try:
            rows = self._rows("SELECT mark FROM marks WHERE generation = ?", (generation,))
        except LibraryError:
            if "marks" in _tables(self._connection):
                raise
            return None  # a library made before generations were marked, and not changed since
        return str(rows[0][0]) if rows else None

    def replace(
        self,
        document: Document,
        encoded: Sequence[EncodedPassage],
        *,
        new: bool = False,
        read_as: str = "",
        repeated: Collection[int] = (),
    ) -> str:
        """Add a document, in place of the one that has its id if there is one.

        Args:
            document: the document.
            encoded: its passages, in order.
            new: its id was free when it was chosen; where another process has given it to another source
                meanwhile, that document stays and this one gets the next free id.
            read_as: how its file was read, so that a file that is the same, and read alike, need not be read again.
            repeated: which of its `edge_lines` its passages were cut by, as `repeated` told.

        Returns:
            The id that the document has.

        Raises:
            ValueError: a vector's length is not the library's.
            LibraryBusy: another process kept writing for 30 s.
        """
        for item in encoded:
            item.check(self._manifest.dimension)
        with self._change() as connection:
            if new:
                document = dataclasses.replace(document, id=_free_id(connection, document))
            lines = _lines_of(connection, document.id)
            connection.execute("DELETE FROM documents WHERE id = ?", (document.id,))
            row = connection.execute(
                f"INSERT INTO documents ({_DOCUMENT}, text_sha256, read_as, sketch) "  # noqa: S608
                f"VALUES ({', '.join('?' * 18)})",
                (*_document_row(document), text_digest(document.text), read_as, sketch(document.text).tobytes()),
            )
            connection.execute("DELETE FROM failures WHERE source = ?", (document.source,))
            _add_passages(connection, row.lastrowid or 0, document, encoded)
            _count_lines(connection, lines | _add_lines(connection, row.lastrowid or 0, document, repeated))
            _seal(connection, row.lastrowid or 0)
        return document.id

    def replace_some(self, some: Sequence[Addition]) -> tuple[str, ...]:
        """Add some documents, one after the other, each as `replace` does."""
        return tuple(
            self.replace(one.document, one.encoded, new=one.new, read_as=one.read_as, repeated=one.repeated)
            for one in some
        )

    def remove(self, document_ids: Sequence[str]) -> None:
        """Remove documents, all or none.

        Raises:
            DocumentUnknown: one of the ids is not in the library; then none is removed.
        """
        with self._change() as connection:
            lines: set[int] = set()
            for document_id in document_ids:
                lines |= _lines_of(connection, document_id)
                if connection.execute("DELETE FROM documents WHERE id = ?", (document_id,)).rowcount == 0:
                    raise unknown(document_id)
            _count_lines(connection, lines)

    def scrub(self) -> None:
        """Write the file anew and empty its log, so that what was removed can be read nowhere in them.

        Raises:
            LibraryBusy: another process is reading or writing, so that the log could not be emptied.
        """
        with self._lock, _translated(self.folder):
            self._connection.execute("VACUUM")
            ((busy, *_),) = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if busy:
            raise LibraryBusy(
                f"Another process uses the library in {self.folder}, whose log still holds what was removed; "
                "when it has ended, empty it with: ibid forget"
            )

    def stands_elsewhere(self, text: str, document_ids: Collection[str]) -> bool:
        """Whether a text stands in a document that is none of some: in its words, its title or another detail."""
        others = (
            "SELECT 1 FROM documents WHERE id NOT IN (SELECT value FROM json_each(?)) AND (instr(text, ?) OR instr("
            "json_array(id, title, source, sha256, author, link), ?)) LIMIT 1"
        )
        return bool(self._rows(others, (json.dumps(list(document_ids)), text, text)))

    def has_vector_elsewhere(self, vector: bytes, document_ids: Collection[str]) -> bool:
        """Whether a passage of a document that is none of some has a vector."""
        others = (
            "SELECT 1 FROM passages p JOIN documents d ON d.number = p.document "
            "WHERE p.vector = ? AND d.id NOT IN (SELECT value FROM json_each(?)) LIMIT 1"
        )
        return bool(self._rows(others, (vector, json.dumps(list(document_ids)))))

    def repeated(self, lines: Collection[int]) -> frozenset[int]:
        """Find which of some `edge_lines` several documents of their site have."""
        if not lines:
            return frozenset()
        marks = ",".join("?" * len(lines))
        with self._write() as connection:
            query = f"SELECT DISTINCT line FROM lines WHERE repeated AND line IN ({marks})"  # noqa: S608
            return frozenset(line for (line,) in connection.execute(query, tuple(lines)))

    def outdated(self, count: int) -> tuple[OutdatedDocument, ...]:
        """Find documents that were cut when their sites repeated other lines than now, `count` at the most."""
        with self._write() as connection:
            rows = connection.execute(
                "SELECT DISTINCT d.number, d.id FROM lines l JOIN documents d ON d.number = l.document "
                "WHERE l.repeated <> l.applied ORDER BY d.number LIMIT ?",
                (count,),
            ).fetchall()
            return tuple(self._outdated(number, document_id) for number, document_id in rows)

    def recut(self, outdated: OutdatedDocument, gone: Collection[int], encoded: Sequence[EncodedPassage]) -> None:
        """Change what other lines that its site repeats change of a document's passages; the others stay as they are.

        Where another process has cut or replaced it meanwhile, nothing is changed.

        Args:
            outdated: the document as it was found.
            gone: the numbers of its passages that go.
            encoded: the passages in their place.

        Raises:
            ValueError: a vector's length is not the library's.
            LibraryBusy: another process kept writing for 30 s.
        """
        for item in encoded:
            item.check(self._manifest.dimension)
        with self._change() if gone or encoded else self._write() as connection:
            number = outdated.number
            rows = connection.execute("SELECT number FROM passages WHERE document = ? ORDER BY start", (number,))
            if [row[0] for row in rows] != list(outdated.passages):
                return
            connection.executemany("DELETE FROM passages WHERE number = ?", [(each,) for each in gone])
            _add_passages(connection, number, outdated.document, encoded)
            connection.execute("UPDATE lines SET applied = 0 WHERE document = ?", (number,))
            connection.executemany(
                "UPDATE lines SET applied = 1 WHERE line = ? AND document = ?",
                [(line, number) for line in outdated.repeated],
            )
            _seal(connection, number)

    def not_reencoded(self, encoder: Encoder, count: int) -> tuple[StoredPassage, ...]:
        """Passages that another encoder has yet to read before the library can change over to it.

        Args:
            encoder: the other encoder; what a third one read, of a change that was given up, is dropped.
            count: how many at the most.
        """
        with self._write() as connection:
            if "reencoded" in _tables(connection):
                (begun,) = connection.execute("SELECT min(encoder_digest) FROM reencoded").fetchone()
                if begun not in (None, encoder.digest):
                    connection.execute("DROP TABLE reencoded")
            connection.execute(_REENCODED)
        return tuple(self._stored("AND p.number NOT IN (SELECT number FROM reencoded)", (), count))

    def store_reencoded(self, encoder: Encoder, read: Mapping[int, tuple[Vectors, Bytes]]) -> None:
        """Keep what another encoder read, beside what answers until all is read: number -> vector, word vectors."""
        with self._write() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO reencoded SELECT number, ?, ?, ?, ? FROM passages WHERE number = ?",
                [
                    (encoder.digest, vector.astype(np.float32).tobytes(), packed.tobytes(), len(packed), number)
                    for number, (vector, packed) in read.items()
                ],
            )

    def change_over(self, encoder: Encoder) -> bool:
        """Let another encoder's vectors answer, in one transaction, if it has read every passage.

        Returns:
            Whether it had; another process may have added documents meanwhile.
        """
        with self._change() as connection:
            missing = (
                "SELECT count(*) FROM passages WHERE NOT furniture AND number NOT IN (SELECT number FROM reencoded)"
            )
            if connection.execute(missing).fetchone()[0]:
                return False
            connection.execute(
                "UPDATE passages SET (vector, word_vectors, words) = (SELECT r.vector, r.word_vectors, r.words "
                "FROM reencoded r WHERE r.number = passages.number) WHERE NOT furniture"
            )
            connection.execute("DROP TABLE reencoded")
            connection.execute("DELETE FROM marks")  # what was made of the other vectors is no beginning any more
            for (number,) in connection.execute("SELECT document FROM seals").fetchall():
                _seal(connection, number)
            made = (encoder.name, encoder.digest, encoder.dimension, encoder.origin)
            connection.execute(
                "UPDATE manifest SET encoder = ?, encoder_digest = ?, dimension = ?, encoder_origin = ?", made
            )
        with self._lock:
            self._manifest = _manifest(self._connection, self.folder)
        return True

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let this thread read from one state of the library, whatever others write meanwhile."""
        with _translated(self.folder), self._reading() as connection:
            if connection.in_transaction:
                yield
                return
            connection.execute("BEGIN")
            try:
                yield
            finally:
                connection.rollback()

    def documents(self) -> tuple[DocumentSummary, ...]:
        """List the documents, in the order of their ids."""
        return tuple(_summary(row) for row in self._rows(f"{_SUMMARIES} ORDER BY d.id"))

    def summary(self, document_id: str) -> DocumentSummary:
        """Fetch a document's line in the list.

        Raises:
            DocumentUnknown: no document has that id.
        """
        rows = self._rows(f"{_SUMMARIES} WHERE d.id = ?", (document_id,))
        if not rows:
            raise unknown(document_id)
        return _summary(rows[0])

    def titles(self, document_ids: Iterable[str]) -> dict[str, str]:
        """Fetch the titles of some documents: id -> title."""
        ids = list(document_ids)
        marks = ",".join("?" * len(ids))
        return dict(self._rows(f"SELECT id, title FROM documents WHERE id IN ({marks})", ids))  # noqa: S608

    def published_of(self, document_ids: Iterable[str]) -> dict[str, str | None]:
        """Fetch the dates of some documents: id -> ISO 8601 date, perhaps reduced, or None."""
        ids = list(document_ids)
        marks = ",".join("?" * len(ids))
        return dict(self._rows(f"SELECT id, published FROM documents WHERE id IN ({marks})", ids))  # noqa: S608

    def published_span(self) -> tuple[str, str] | None:
        """The first and the last date of all documents, as ISO 8601 writes them, or None where none has one."""
        ((first, last),) = self._rows("SELECT min(published), max(published) FROM documents")
        return (first, last) if first else None

    def document(self, document_id: str) -> Document:
        """Fetch a document with its text.

        Raises:
            DocumentUnknown: no document has that id.
        """
        rows = self._rows(f"SELECT {_DOCUMENT} FROM documents WHERE id = ?", (document_id,))  # noqa: S608
        if not rows:
            raise unknown(document_id)
        values = dict(zip(_DOCUMENT.split(", "), rows[0], strict=True))
        values |= {"known": _known(values["known"]), "pages": tuple(json.loads(values["pages"]))}
        values |= {name: _spans(values[name]) for name in ("headings", "furniture")}
        return Document(**values)

    def passages(self, document_id: str) -> tuple[Passage, ...]:
        """Fetch a document's passages in the order of the text, furniture included."""
        rows = self._rows(
            f"SELECT {_PASSAGE} FROM passages p JOIN documents d ON d.number = p.document "  # noqa: S608
            "WHERE d.id = ? ORDER BY p.start",
            (document_id,),
        )
        return tuple(_passage(row) for row in rows)

    def stored(self) -> Iterator[StoredPassage]:
        """Go through every passage that can be found, in the order of document ids and starts, a document at a time."""
        for (number,) in self._rows("SELECT number FROM documents ORDER BY id"):
            yield from self._stored("AND p.document = ?", (number,))

    def places(self, numbers: Iterable[int]) -> dict[int, tuple[str, int]]:
        """Find where passages stand: number -> document id and start; a number that is gone is left out."""
        wanted = list(numbers)
        marks = ",".join("?" * len(wanted))
        rows = self._rows(
            f"SELECT p.number, d.id, p.start FROM passages p JOIN documents d ON d.number = p.document "  # noqa: S608
            f"WHERE p.number IN ({marks})",
            wanted,
        )
        return {number: (document_id, start) for number, document_id, start in rows}

    def count_since(self, number: int) -> int:
        """Count the passages that can be found and were added after one with a number."""
        # The plus lets SQLite look into its index of all passages only, and not go past their texts and vectors.
        return int(self._rows("SELECT count(*) FROM passages WHERE +number > ? AND NOT furniture", (number,))[0][0])

    def stored_since(self, number: int) -> Iterator[StoredPassage]:
        """Go through the passages that can be found and were added after one with a number."""
        yield from self._stored("AND p.number > ?", (number,))

    def fetch(self, numbers: Sequence[int]) -> dict[int, StoredPassage]:
        """Fetch passages by their numbers; a number that is gone is left out."""
        marks = ",".join("?" * len(numbers))
        return {stored.number: stored for stored in self._stored(f"AND p.number IN ({marks})", numbers)}

    def stored_of(self, document_id: str) -> Iterator[StoredPassage]:
        """Go through the passages of one document that can be found."""
        yield from self._stored("AND d.id = ?", (document_id,))

    def vector_of(self, number: int) -> Vectors | None:
        """Fetch one passage's vector, float32 (dimension,); None where its bytes are missing or of another length."""
        blob = self._rows("SELECT vector FROM passages WHERE number = ?", (number,))[0][0]
        whole = blob is not None and len(blob) == 4 * self._manifest.dimension
        return np.frombuffer(blob, np.float32) if whole else None

    def document_numbers(self, document_ids: Iterable[str]) -> NDArray[np.int64]:
        """Find the numbers of some documents: int64 (n_documents,); an id that is not there is left out."""
        # One value for all ids, of which a filter may leave out more than SQLite lets a query have values.
        ids = json.dumps(list(document_ids))
        rows = self._rows("SELECT number FROM documents WHERE id IN (SELECT value FROM json_each(?))", (ids,))
        return np.array([row[0] for row in rows], dtype=np.int64)

    def hide(self, document_ids: Collection[str], scope: Scope = EVERYTHING) -> NDArray[np.int64] | None:
        """What a search is given to leave out documents, and those that a scope does not take.

        Returns:
            Their numbers, int64 (n,); None where none is to be left out.
        """
        left_out = frozenset(document_ids) | scope.left_out(self.documents() if scope else ())
        return self.document_numbers(left_out) if left_out else None

    def numbers(self) -> NDArray[np.int64]:
        """The numbers of all passages that can be found: int64 (n_passages,), ascending."""
        return self.numbers_since(0)[0]

    def numbers_since(self, number: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The numbers of the passages that can be found and were added after one, 0 for all.

        Returns:
            Numbers, int64 (n_passages,), ascending, and those of their documents, int64 (n_passages,).
        """
        query = "SELECT number, document FROM passages WHERE +number > ? AND NOT furniture"  # the plus as above
        rows = np.array(self._rows(query, (number,)), dtype=np.int64).reshape(-1, 2)
        rows = rows[np.argsort(rows[:, 0])]
        return np.ascontiguousarray(rows[:, 0]), np.ascontiguousarray(rows[:, 1])

    def counts_until(self, number: int) -> dict[int, int]:
        """Count the passages of each document that can be found and were not added after one: number -> passages."""
        query = "SELECT document, count(*) FROM passages WHERE +number <= ? AND NOT furniture GROUP BY document"
        return dict(self._rows(query, (number,)))

    def numbers_in(self, document_numbers: Iterable[int]) -> NDArray[np.int64]:
        """The numbers of the passages of some documents that can be found: int64 (n_passages,)."""
        rows = self._rows(
            "SELECT number FROM passages WHERE NOT furniture AND document IN (SELECT value FROM json_each(?))",
            (json.dumps(list(document_numbers)),),
        )
        return np.array([row[0] for row in rows], dtype=np.int64)

    def vectors(self, numbers: NDArray[np.int64]) -> Iterator[Vectors]:
        """Fetch the vectors of all passages that can be found, some at once, as they need not fit into memory.

        Args:
            numbers: int64 (n_passages,), what `numbers` found.

        Returns:
            Vectors in the order of the numbers, float32 (n_some, dimension); of none, one empty batch.

        Raises:
            LibraryError: a stored vector is damaged.
        """
        if not len(numbers):
            yield np.empty((0, self._manifest.dimension), dtype=np.float32)
        length = 4 * self._manifest.dimension
        query = "SELECT number, vector FROM passages WHERE number BETWEEN ? AND ? AND NOT furniture ORDER BY number"
        for start in range(0, len(numbers), _VECTORS_AT_ONCE):
            some = numbers[start : start + _VECTORS_AT_ONCE]
            rows = self._rows(query, (int(some[0]), int(some[-1])))
            for number, blob in rows:
                if blob is None or len(blob) != length:
                    raise self._damaged(number, f"vector of {length} bytes")
            joined = np.frombuffer(b"".join(blob for _, blob in rows), dtype=np.float32)
            yield joined.reshape(len(rows), self._manifest.dimension)

    def word_vectors(self, numbers: Sequence[int]) -> dict[int, Bytes]:
        """Fetch the word vectors of passages: number -> int8 (n_words, n_axes).

        Raises:
            LibraryError: stored vectors are damaged.
        """
        marks = ",".join("?" * len(numbers))
        rows = self._rows(f"SELECT number, word_vectors, words FROM passages WHERE number IN ({marks})", numbers)  # noqa: S608
        return {number: self._unpacked(number, blob, count) for number, blob, count in rows}

    def whole(self, document_id: str) -> StoredDocument:
        """Fetch a document with its passages and their vectors, so that it can be put back once it is removed.

        Raises:
            DocumentUnknown: no document has that id.
            LibraryError: stored vectors are damaged.
        """
        document = self.document(document_id)
        rows = self._rows(
            f"SELECT p.vector, p.word_vectors, p.words, {_PASSAGE} FROM passages p "  # noqa: S608
            "JOIN documents d ON d.number = p.document WHERE d.id = ? ORDER BY p.start",
            (document_id,),
        )
        encoded = []
        for vector, word_vectors, word_count, *row in rows:
            passage = _passage(tuple(row))
            if passage.furniture:
                encoded.append(EncodedPassage(passage))
                continue
            if vector is None or len(vector) != 4 * self._manifest.dimension:
                raise self._damaged(row[0], "whole vector")
            encoded.append(
                EncodedPassage(
                    passage, np.frombuffer(vector, np.float32), self._unpacked(row[0], word_vectors, word_count)
                )
            )
        ((read_as,),) = self._rows("SELECT read_as FROM documents WHERE id = ?", (document_id,))
        return StoredDocument(document, tuple(encoded), read_as)

    def extract(self, document_id: str, start: int, end: int) -> TextSlice:
        """Cut characters `start` to `end` (excluded) out of a document's text, with what a quote says of its document.

        Raises:
            DocumentUnknown: no document has that id.
        """
        query = "SELECT substr(text, ?, ?), title, publisher, published, pages, known FROM documents WHERE id = ?"
        rows = self._rows(query, (start + 1, end - start, document_id))
        if not rows:
            raise unknown(document_id)
        text, title, publisher, published, pages, known = rows[0]
        return TextSlice(text, title, publisher, published, tuple(json.loads(pages)), inferred_of(_known(known)))

    def origins(self) -> dict[str, DocumentOrigin]:
        """What each document was made from, in the order of their ids: source -> origin."""
        rows = self._rows("SELECT source, id, title, known, sha256, read_as FROM documents ORDER BY id")
        return {
            source: DocumentOrigin(document_id, title, _known(known).get("title"), sha256, read_as)
            for source, document_id, title, known, sha256, read_as in rows
        }

    def move(self, document_id: str, new_id: str, source: str) -> None:
        """Give a document another id and source; its passages and vectors stay.

        Raises:
            DocumentUnknown: no document has that id.
        """
        with self._change() as connection:
            changed = connection.execute(
                "UPDATE documents SET id = ?, source = ? WHERE id = ?", (new_id, source, document_id)
            )
            if changed.rowcount == 0:
                raise unknown(document_id)
            _seal(connection, *connection.execute("SELECT number FROM documents WHERE id = ?", (new_id,)).fetchone())
            connection.execute("DELETE FROM failures WHERE source = ?", (source,))

    def failures(self) -> dict[str, ReadingFailure]:
        """The files that could not be read: source -> failure."""
        rows = self._rows("SELECT source, sha256, read_as, reason FROM failures ORDER BY source")
        return {source: ReadingFailure(sha256, read_as, reason) for source, sha256, read_as, reason in rows}

    def remember_failure(self, source: str, failure: ReadingFailure) -> None:
        """Note that a file could not be read, so that it is not tried again before it changes."""
        with self._write() as connection:
            row = (source, failure.sha256, failure.read_as, failure.reason)
            connection.execute("INSERT OR REPLACE INTO failures VALUES (?, ?, ?, ?)", row)

    def forget_failures(self, sources: Iterable[str]) -> None:
        """Drop what was noted of some files."""
        with self._write() as connection:
            connection.executemany("DELETE FROM failures WHERE source = ?", [(source,) for source in sources])

    def sketches(self, document_ids: Iterable[str] | None = None) -> tuple[tuple[str, ...], Sketches]:
        """The sketches of some texts, of all unless told: ids in order, and uint32 (n_documents, n_hashes)."""
        ids = [] if document_ids is None else list(document_ids)
        chosen = "" if document_ids is None else f"WHERE id IN ({','.join('?' * len(ids))})"
        rows = self._rows(f"SELECT id, sketch FROM documents {chosen} ORDER BY id", ids)  # noqa: S608
        joined = np.frombuffer(b"".join(blob for _, blob in rows), dtype=np.uint32)
        return tuple(row[0] for row in rows), joined.reshape(len(rows), HASHES)

    def text_digests(self) -> dict[str, str]:
        """Fetch the digest that each document's text had when it was stored: id -> SHA-256, hexadecimal."""
        return dict(self._rows("SELECT id, text_sha256 FROM documents"))

    def state(self) -> LibraryState:
        """Count the library and digest it: the same documents, metadata and encoder give the same digest."""
        rows = self._rows("SELECT id, sha256, title, publisher, published FROM documents ORDER BY id")
        passages = self._rows("SELECT count(*) FROM passages WHERE NOT furniture")[0][0]
        return LibraryState(len(rows), passages, library_digest(self._manifest.encoder_digest, rows))

    def sealed(self, document_id: str) -> tuple[bool, bool]:
        """Whether what is stored of a document is to the byte what was stored: its own row, and its passages.

        A document stored before there were seals counts as whole.
        """
        rows = self._rows("SELECT number FROM documents WHERE id = ?", (document_id,))
        with self._lock, _translated(self.folder):
            if not rows or "seals" not in _tables(self._connection):
                return True, True
            query = "SELECT facts, passages FROM seals WHERE document = ?"
            seal = self._connection.execute(query, rows[0]).fetchone()
            now = _seals_of(self._connection, *rows[0])
            return (seal[0] == now[0], seal[1] == now[1]) if seal else (True, True)

    def damage(self) -> str | None:
        """Ask SQLite to check the file; what it complains of, in a sentence, or None."""
        said = [row[0] for row in self._rows("PRAGMA integrity_check")]
        return None if said == ["ok"] else f"SQLite finds the file damaged: {'; '.join(said[:3])}"

    def _stored(self, condition: str, values: Sequence[object], count: int = -1) -> Iterator[StoredPassage]:
        query = (
            f"SELECT d.title, p.text, p.document, {_PASSAGE} FROM passages p JOIN documents d ON d.number = p.document "  # noqa: S608
            f"WHERE NOT p.furniture {condition} ORDER BY d.id, p.start LIMIT {count}"
        )
        for title, text, document_number, *row in self._rows(query, values):
            yield StoredPassage(row[0], document_number, _passage(tuple(row)), title, text)

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[Row]:
        with _translated(self.folder), self._reading() as connection:
            return connection.execute(query, tuple(values)).fetchall()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """The connection that this thread reads through: the one it has already, else one that no other thread has."""
        own = getattr(self._own, "connection", None)
        if own is not None:
            yield own
            return
        try:
            connection = self._connection if self._closed else self._readers.pop()
        except IndexError:
            connection = _connect(self.folder / FILE_NAME)
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
        before = getattr(self._own, "connection", None)
        self._own.connection = connection
        try:
            yield
        finally:
            self._own.connection = before

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        """A transaction that makes a new generation."""
        with self._write() as connection:
            _ = self.manifest  # vectors of two encoders must not stand side by side
            yield connection
            connection.execute("UPDATE manifest SET generation = generation + 1")
            connection.execute(_MARK)

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        """A transaction that changes nothing an answer is made of."""
        with self._lock, _translated(self.folder), self._connection as connection, self._through(connection):
            connection.execute("BEGIN IMMEDIATE")
            if "lines" not in _tables(connection):
                self._begin_lines(connection)
            for statement in (*_COVERING, _MARKS, _SEALS):
                connection.execute(statement)
            yield connection

    def _begin_lines(self, connection: sqlite3.Connection) -> None:
        """Note the lines of all documents of a library made before lines were noted."""
        for statement in _LINES.split(";")[:-1]:
            connection.execute(statement)
        lines: set[int] = set()
        for number, document_id in connection.execute("SELECT number, id FROM documents").fetchall():
            lines |= _add_lines(connection, number, self.document(document_id), ())
        _count_lines(connection, lines)

    def _outdated(self, number: int, document_id: str) -> OutdatedDocument:
        rows = self._rows(
            f"SELECT {_PASSAGE} FROM passages p JOIN documents d ON d.number = p.document "  # noqa: S608
            "WHERE d.number = ? ORDER BY p.start",
            (number,),
        )
        lines = self._rows("SELECT line FROM lines WHERE document = ? AND repeated", (number,))
        passages = {row[0]: _passage(row) for row in rows}
        return OutdatedDocument(number, self.document(document_id), passages, frozenset(line for (line,) in lines))

    def _unpacked(self, number: int, blob: bytes | None, words: int) -> Bytes:
        axes = axis_count(self._manifest.dimension)
        if blob is None or len(blob) != words * axes:
            raise self._damaged(number, f"vectors for {words} words")
        return np.frombuffer(blob, dtype=np.int8).reshape(words, axes)

    def _damaged(self, number: int, missing: str) -> LibraryError:
        return LibraryError(
            f"Passage {number} in {self.folder} has no {missing}; mend it with: "
            f"ibid verify --repair --library {self.folder}"
        )


def unknown(document_id: str) -> DocumentUnknown:
    """What is raised where no document has an id."""
    return DocumentUnknown(f"No document has the id {document_id!r}; see them with: ibid list")


def library_digest(encoder_digest: str, rows: Iterable[Row]) -> str:
    """Digest a library: id, file's digest, title, publisher and date of each document, in the order of their ids."""
    digest = hashlib.sha256(f"{FORMAT} {encoder_digest}".encode())
    for row in rows:
        digest.update(json.dumps(row).encode())
    return f"sha256:{digest.hexdigest()}"


def text_digest(text: str) -> str:
    """SHA-256 of a text in UTF-8, hexadecimal; lone surrogates, which UTF-8 has no place for, are kept."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _connect(file: Path, *, create: bool = False) -> sqlite3.Connection:
    """Open the file with the settings that its promises rest on; `_let_readers_read` sets the one that the file keeps.

    Said outright, as a system's own SQLite may have been compiled with others.
    """
    address = f"{file.absolute().as_uri()}?mode={'rwc' if create else 'rw'}"
    connection = sqlite3.connect(
        address, uri=True, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
    )
    # What was reported as stored is on the disk: with a write-ahead log, NORMAL would lose it in a power cut. A
    # document waits 3 ms for that.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")  # passages go with their document
    connection.execute("PRAGMA secure_delete = ON")  # what is removed is overwritten, not only unlinked
    connection.execute("PRAGMA trusted_schema = OFF")  # a file that somebody handed over can call no functions
    return connection


def _let_readers_read(connection: sqlite3.Connection) -> None:
    """Switch to a write-ahead log, which the file keeps; while another process uses it, SQLite may not wait to."""
    with suppress(sqlite3.OperationalError):
        connection.execute("PRAGMA journal_mode = WAL")


def _manifest(connection: sqlite3.Connection, folder: Path) -> Manifest:
    tables = _tables(connection)
    if not tables:
        raise _missing(folder)  # another process is about to make it, or the file was emptied
    if "manifest" not in tables:
        raise LibraryError(f"{folder / FILE_NAME} is not a library of Ibid; name another folder.")
    row = connection.execute("SELECT * FROM manifest").fetchone() or (None,)
    if row[0] != FORMAT:
        raise LibraryForeign(
            f"The library in {folder} has format {row[0]}, this Ibid reads format {FORMAT}; "
            "index your documents again into a new folder, or remove this one first and index them as before."
        )
    return Manifest(*row)


def _missing(folder: Path) -> LibraryMissing:
    return LibraryMissing(f"There is no library in {folder}; make one with: ibid index PATH --library {folder}")


def _free_id(connection: sqlite3.Connection, document: Document) -> str:
    query = "SELECT 1 FROM documents WHERE id = ? AND source <> ?"
    candidates = chain([document.id], (f"{document.id}~{number}" for number in count(2)))
    return next(each for each in candidates if not connection.execute(query, (each, document.source)).fetchone())


def _add_passages(
    connection: sqlite3.Connection, document_number: int, document: Document, encoded: Sequence[EncodedPassage]
) -> None:
    connection.executemany(
        "INSERT INTO passages (document, start, end, heading, page, furniture, sentences, text, vector, "
        "word_vectors, words) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [_passage_row(document_number, document, item) for item in encoded],
    )


def _seal(connection: sqlite3.Connection, document_number: int) -> None:
    """Note digests of what is stored of a document now."""
    seals = _seals_of(connection, document_number)
    connection.execute("INSERT OR REPLACE INTO seals VALUES (?, ?, ?)", (document_number, *seals))


def _seals_of(connection: sqlite3.Connection, document_number: int) -> tuple[str, str]:
    """SHA-256, hexadecimal, of a document's own row and of its passages, vectors included, as they are stored."""
    facts = f"SELECT {_DOCUMENT}, text_sha256, read_as, sketch FROM documents WHERE number = ?"  # noqa: S608
    passages = "SELECT * FROM passages WHERE document = ? ORDER BY number"
    return _digest_of(connection.execute(facts, (document_number,))), _digest_of(
        connection.execute(passages, (document_number,))
    )


def _digest_of(rows: Iterable[Row]) -> str:
    digest = hashlib.sha256()
    for value in chain.from_iterable(rows):
        data = value if isinstance(value, bytes) else repr(value).encode("utf-8", "surrogatepass")
        digest.update(b"%d:" % len(data) + data)
    return digest.hexdigest()


def _add_lines(
    connection: sqlite3.Connection, document_number: int, document: Document, applied: Collection[int]
) -> frozenset[int]:
    """Note the lines of a document that is new, and give them back."""
    lines = edge_lines(document)
    rows = [(line, document_number, line in applied) for line in lines]
    connection.executemany("INSERT INTO lines (line, document, applied) VALUES (?, ?, ?)", rows)
    return lines


def _lines_of(connection: sqlite3.Connection, document_id: str) -> set[int]:
    query = "SELECT line FROM lines JOIN documents ON number = document WHERE id = ?"
    return {line for (line,) in connection.execute(query, (document_id,))}


def _count_lines(connection: sqlite3.Connection, lines: Iterable[int]) -> None:
    """Note which of some lines stand in several documents, now that one has come or gone."""
    query = "SELECT sketch FROM lines JOIN documents ON number = document WHERE line = ? ORDER BY document"
    for line in lines:
        repeated = are_several(np.frombuffer(blob, np.uint32) for (blob,) in connection.execute(query, (line,)))
        connection.execute(
            "UPDATE lines SET repeated = ? WHERE line = ? AND repeated = ?", (repeated, line, not repeated)
        )


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours.

    Raises:
        LibraryBusy: another process holds the lock.
        LibraryError: anything else that SQLite says.
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
                f"The library in {folder} cannot be used ({_reason(error)}); make room and let Ibid write there."
            ) from error
        raise LibraryError(
            f"{folder / FILE_NAME} is damaged, or not a library of Ibid ({_reason(error)}); "
            "index your documents again into a new folder."
        ) from error


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _known(text: str) -> dict[str, Provenance]:
    return {name: Provenance(value) for name, value in json.loads(text).items()}


def _summary(row: Row) -> DocumentSummary:
    names = (
        "id",
        "title",
        "publisher",
        "published",
        "known",
        "media_type",
        "characters",
        "passages",
        "sha256",
        "source",
    )
    values = dict(zip(names, row, strict=True))
    return DocumentSummary(**{**values, "known": _known(values["known"])})


def _document_row(document: Document) -> tuple[object, ...]:
    return (
        document.id,
        document.title,
        document.text,
        document.source,
        document.media_type,
        document.sha256,
        document.publisher,
        document.published,
        json.dumps(dict(document.known)),
        json.dumps(document.pages),
        document.author,
        document.language,
        document.link,
        None if document.headings is None else json.dumps(document.headings),
        None if document.furniture is None else json.dumps(document.furniture),
    )


def _passage_row(document_number: int, document: Document, item: EncodedPassage) -> tuple[object, ...]:
    passage = item.passage
    return (
        document_number,
        passage.start,
        passage.end,
        passage.heading,
        passage.page,
        passage.furniture,
        json.dumps(passage.sentences),
        document.text[passage.start : passage.end],
        None if item.vector is None else item.vector.astype(np.float32).tobytes(),
        None if item.word_vectors is None else item.word_vectors.tobytes(),
        0 if item.word_vectors is None else len(item.word_vectors),
    )


def _passage(row: Row) -> Passage:
    _, document_id, start, end, heading, page, furniture, sentences = row
    return Passage(document_id, start, end, heading, page, bool(furniture), _spans(sentences) or ())


def _spans(text: str | None) -> tuple[Span, ...] | None:
    return None if text is None else tuple((start, end) for start, end in json.loads(text))

"""The documents of a library in a folder: their texts and details, added and removed with their passages."""

import dataclasses
import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from functools import partial
from itertools import chain, count

import numpy as np
from numpy.typing import NDArray

from ...records import Document, DocumentSummary, Provenance, inferred_of
from ...text.languages import language_of
from ...text.minhash import HASHES, Sketches, sketch
from ..contents import (
    Addition,
    DocumentOrigin,
    DocumentVersion,
    EncodedPassage,
    StoredDocument,
    TextSlice,
    text_digest,
    unknown_document,
)
from .boilerplate import add_lines, count_lines, lines_of
from .checksums import DOCUMENT_COLUMNS, compare_checksums, store_checksums
from .connection import Database, Row
from .passages import PASSAGE_COLUMNS, add_passages, passage_from, spans_from
from .vectors import SqliteVectors
from .versioning import KEEP_VERSIONS, replace_id, replace_version

_SUMMARIES = (
    "SELECT d.id, title, publisher, published, known, media_type, length(text), "
    "(SELECT count(*) FROM passages p WHERE p.document = d.number AND NOT furniture), sha256, source, warnings, "
    "author, collection, detected FROM documents d"
)
_VERSIONS = _SUMMARIES.replace("SELECT ", "SELECT version_of, d.number, stored_at, ", 1)
_SUMMARY_FIELDS = (
    "id title publisher published known media_type characters passages sha256 source warnings author collection "
    "language".split()
)


class SqliteDocuments:
    """Reads and writes documents; each change is one transaction."""

    def __init__(self, database: Database, vectors: SqliteVectors) -> None:
        """Store the open file, and the reader of its vectors."""
        self._database = database
        self._vectors = vectors

    def all(self) -> tuple[DocumentSummary, ...]:
        """List the documents, in the order of their ids."""
        return tuple(
            _summary(row) for row in self._database.rows(f"{_SUMMARIES} WHERE version_of IS NULL ORDER BY d.id")
        )

    def summary(self, document_id: str) -> DocumentSummary:
        """Fetch a document's line in the list.

        Raises:
            DocumentUnknown: no document has that id.
        """
        return _summary(self._one(f"{_SUMMARIES} WHERE d.id = ?", (document_id,)))

    def get(self, document_id: str) -> Document:
        """Fetch a document with its text.

        Raises:
            DocumentUnknown: no document has that id.
        """
        return document_from(self._one(f"SELECT {DOCUMENT_COLUMNS} FROM documents WHERE id = ?", (document_id,)))  # noqa: S608

    def stored(self, document_id: str) -> StoredDocument:
        """Fetch a document with its passages and their vectors, so that it can be added again or elsewhere.

        Raises:
            DocumentUnknown: no document has that id.
            LibraryError: stored vectors are damaged.
        """
        document = self.get(document_id)
        rows = self._database.rows(
            f"SELECT p.vector, p.word_vectors, p.words, {PASSAGE_COLUMNS} FROM passages p "  # noqa: S608
            "JOIN documents d ON d.number = p.document WHERE d.id = ? ORDER BY p.start",
            (document_id,),
        )
        encoded = []
        for vector, word_vectors, words, *row in rows:
            number, passage = row[0], passage_from(tuple(row))
            if passage.furniture:
                encoded.append(EncodedPassage(passage))
            else:
                packed = self._vectors.unpack_words(number, word_vectors, words)
                encoded.append(EncodedPassage(passage, self._vectors.unpack(number, vector), packed))
        (read_as,) = self._one("SELECT read_as FROM documents WHERE id = ?", (document_id,))
        return StoredDocument(document, tuple(encoded), read_as)

    def word_boxes(self, document_id: str) -> bytes:
        """Fetch where a document's words stand on its pages, packed; b"" if unknown.

        Raises:
            DocumentUnknown: no document has that id.
        """
        (packed,) = self._one("SELECT word_boxes FROM documents WHERE id = ?", (document_id,))
        return bytes(packed)

    def text_slice(self, document_id: str, start: int, end: int) -> TextSlice:
        """Fetch characters `start` to `end` (excluded) of a document's text, with the details that a quote needs.

        Raises:
            DocumentUnknown: no document has that id.
        """
        columns = "title, publisher, published, pages, known, media_type, detected, version_of IS NOT NULL"
        query = f"SELECT substr(text, ?, ?), {columns} FROM documents WHERE id = ?"  # noqa: S608
        text, title, publisher, published, pages, known, media_type, language, is_earlier = self._one(
            query, (start + 1, end - start, document_id)
        )
        inferred = inferred_of(_known(known))
        about = title, publisher, published, tuple(json.loads(pages)), inferred, media_type, language
        return TextSlice(text, *about, bool(is_earlier))

    def titles(self, document_ids: Iterable[str]) -> dict[str, str]:
        """Fetch the titles of some documents: id -> title."""
        return dict(self._columns("id, title", document_ids))

    def publication_dates(self, document_ids: Iterable[str]) -> dict[str, str | None]:
        """Fetch the dates of some documents: id -> ISO 8601 date, perhaps without day or month, or None."""
        return dict(self._columns("id, published", document_ids))

    def languages(self, document_ids: Iterable[str]) -> dict[str, str | None]:
        """Fetch the languages of some documents: id -> ISO 639-1 code, or None where it is not known."""
        return dict(self._columns("id, detected", document_ids))

    def all_languages(self) -> frozenset[str]:
        """The languages of all documents; English stands for those that are not known."""
        return frozenset(row[0] or "en" for row in self._database.rows("SELECT DISTINCT detected FROM documents"))

    def date_range(self) -> tuple[str, str] | None:
        """The first and the last date of all documents, as ISO 8601 writes them, or None if none has one."""
        ((first, last),) = self._database.rows(
            "SELECT min(published), max(published) FROM documents WHERE version_of IS NULL"
        )
        return (first, last) if first else None

    def origins(self) -> dict[str, DocumentOrigin]:
        """The file that each document was made from, in the order of their ids: source -> origin."""
        rows = self._database.rows(
            "SELECT source, id, title, known, sha256, read_as FROM documents WHERE version_of IS NULL ORDER BY id"
        )
        return {
            source: DocumentOrigin(document_id, title, _known(known).get("title"), sha256, read_as)
            for source, document_id, title, known, sha256, read_as in rows
        }

    def sketches(self, document_ids: Iterable[str] | None = None) -> tuple[tuple[str, ...], Sketches]:
        """The sketches of some texts, or of all: ids in order, and uint32 (n_documents, n_hashes)."""
        if document_ids is None:
            rows = self._database.rows("SELECT id, sketch FROM documents WHERE version_of IS NULL ORDER BY id")
        else:
            rows = sorted(self._columns("id, sketch", document_ids))
        joined = np.frombuffer(b"".join(blob for _, blob in rows), dtype=np.uint32)
        return tuple(row[0] for row in rows), joined.reshape(len(rows), HASHES)

    def text_digests(self) -> dict[str, str]:
        """Fetch the digest that each document's text had when it was stored: id -> SHA-256, hexadecimal."""
        return dict(self._database.rows("SELECT id, text_sha256 FROM documents"))

    def numbers(self, document_ids: Iterable[str]) -> NDArray[np.int64]:
        """Find the numbers of some documents: int64 (n_documents,); unknown ids are left out."""
        # One value for all ids: a scope may exclude more than SQLite lets a query have values.
        ids = json.dumps(list(document_ids))
        rows = self._database.rows("SELECT number FROM documents WHERE id IN (SELECT value FROM json_each(?))", (ids,))
        return np.array([row[0] for row in rows], dtype=np.int64)

    def checksums_match(self, document_id: str) -> tuple[bool, bool]:
        """Whether the stored bytes of a document are unchanged: those of its details, and those of its passages."""
        numbers = self.numbers([document_id]).tolist()
        with self._database.alone() as connection:
            return compare_checksums(connection, numbers[0]) if numbers else (True, True)

    def replace(
        self,
        document: Document,
        encoded: Sequence[EncodedPassage],
        *,
        new: bool = False,
        read_as: str = "",
        repeated: Collection[int] = (),
    ) -> str:
        """Add a document, in place of the one that has its id; see `base.Documents.replace`."""
        for item in encoded:
            item.check(self._database.dimension)
        with self._database.change() as connection:
            if new:
                document = dataclasses.replace(document, id=_free_id(connection, document))
            lines = lines_of(connection, document.id)
            number = replace_version(connection, document, partial(_add, connection, document, read_as))
            connection.execute("DELETE FROM failures WHERE source = ?", (document.source,))
            add_passages(connection, number, document, encoded)
            count_lines(connection, lines | add_lines(connection, number, document, repeated))
            store_checksums(connection, number)
        return document.id

    def replace_all(self, additions: Sequence[Addition]) -> tuple[str, ...]:
        """Add several documents in order, each as `replace` does, in a transaction of its own."""
        return tuple(
            self.replace(one.document, one.encoded, new=one.new, read_as=one.read_as, repeated=one.repeated)
            for one in additions
        )

    def remove(self, document_ids: Sequence[str]) -> None:
        """Remove documents, all or none.

        Raises:
            DocumentUnknown: one of the ids is not in the library; then none is removed.
        """
        with self._database.change() as connection:
            lines: set[int] = set()
            for document_id in document_ids:
                lines |= lines_of(connection, document_id)
                connection.execute("DELETE FROM documents WHERE version_of = ?", (document_id,))
                if connection.execute("DELETE FROM documents WHERE id = ?", (document_id,)).rowcount == 0:
                    raise unknown_document(document_id)
            count_lines(connection, lines)

    def move(self, document_id: str, new_id: str, source: str) -> None:
        """Give a document another id and source; its passages and vectors stay.

        Raises:
            DocumentUnknown: no document has that id.
        """
        with self._database.change() as connection:
            changed = connection.execute(
                "UPDATE documents SET id = ?, source = ? WHERE id = ?", (new_id, source, document_id)
            )
            if changed.rowcount == 0:
                raise unknown_document(document_id)
            (number,) = connection.execute("SELECT number FROM documents WHERE id = ?", (new_id,)).fetchone()
            store_checksums(connection, number)
            connection.execute("UPDATE documents SET version_of = ? WHERE version_of = ?", (new_id, document_id))
            connection.execute("DELETE FROM failures WHERE source = ?", (source,))

    def assign(self, document_ids: Sequence[str], collection: str) -> None:
        """Let documents belong to a collection, all or none; their passages and vectors stay.

        Raises:
            DocumentUnknown: one of the ids is not in the library; then none is moved.
        """
        with self._database.change() as connection:
            for document_id in document_ids:
                query = "UPDATE documents SET collection = ? WHERE id = ? OR version_of = ? RETURNING number"
                moved = connection.execute(query, (collection, document_id, document_id)).fetchall()
                if not moved:
                    raise unknown_document(document_id)
                for (number,) in moved:
                    store_checksums(connection, number)

    def ids_in(self, collections: Collection[str]) -> frozenset[str]:
        """The ids of the documents of some collections."""
        query = "SELECT id FROM documents WHERE collection IN (SELECT value FROM json_each(?))"
        return frozenset(row[0] for row in self._database.rows(query, (json.dumps(list(collections)),)))

    def versions(self, document_id: str | None = None) -> tuple[DocumentVersion, ...]:
        """The texts that a document has had, or that all have; see `base.Documents.versions`."""
        some = "" if document_id is None else "WHERE ? IN (d.id, version_of) "
        query = f"{_VERSIONS} {some}ORDER BY coalesce(version_of, d.id), version_of IS NULL, stored_at, d.number"
        rows = self._database.rows(query, () if document_id is None else (document_id,))
        return tuple(
            DocumentVersion(_summary(tuple(row)), of or row[0], number, stored_at)
            for of, number, stored_at, *row in rows
        )

    def note_stored(self, document_id: str, moment: str) -> None:
        """Note when a document was stored first; see `base.Documents.note_stored`."""
        with self._database.change() as connection:
            connection.execute("UPDATE documents SET stored_at = ? WHERE id = ?", (moment, document_id))

    def add_version(self, version: StoredDocument, of: str) -> None:
        """Add an earlier version of a document again; see `base.Documents.add_version`."""
        with self._database.change() as connection:
            document = replace_id(connection, version.document, of)
            number = _add(connection, document, version.read_as, of, version.stored_at)
            add_passages(connection, number, document, version.encoded)
            store_checksums(connection, number)

    @property
    def keeps_versions(self) -> bool:
        """Whether what a document said before is kept when it changes."""
        return bool(self._database.rows("SELECT 1 FROM options WHERE name = ?", (KEEP_VERSIONS,)))

    def keep_versions(self, keep: bool) -> None:
        """Keep what documents say before they change, from now on; or keep it no longer, and remove what was kept."""
        with self._database.change() as connection:
            if keep:
                connection.execute("INSERT OR REPLACE INTO options VALUES (?, '1')", (KEEP_VERSIONS,))
            else:
                connection.execute("DELETE FROM options WHERE name = ?", (KEEP_VERSIONS,))
                connection.execute("DELETE FROM documents WHERE version_of IS NOT NULL")

    def earlier_numbers(self) -> NDArray[np.int64]:
        """The numbers of all earlier versions: int64 (n,)."""
        rows = self._database.rows("SELECT number FROM documents WHERE version_of IS NOT NULL")
        return np.array([row[0] for row in rows], dtype=np.int64)

    def _columns(self, columns: str, document_ids: Iterable[str]) -> list[Row]:
        ids = list(document_ids)
        marks = ",".join("?" * len(ids))
        return self._database.rows(f"SELECT {columns} FROM documents WHERE id IN ({marks})", ids)  # noqa: S608

    def _one(self, query: str, values: Sequence[object]) -> Row:
        """The row of the document whose id is the last of the values."""
        rows = self._database.rows(query, values)
        if not rows:
            raise unknown_document(str(values[-1]))
        return rows[0]


def document_from(row: Row) -> Document:
    """Read the columns `DOCUMENT_COLUMNS`."""
    values = dict(zip(DOCUMENT_COLUMNS.split(", "), row, strict=True))
    values |= {"known": _known(values["known"]), "pages": tuple(json.loads(values["pages"]))}
    values |= {name: spans_from(values[name]) for name in ("headings", "furniture", "rows")}
    values["warnings"] = tuple(json.loads(values["warnings"]))
    return Document(**values)


def _add(
    connection: sqlite3.Connection, document: Document, read_as: str, version_of: str | None, stored_at: str
) -> int:
    """Write a document's own row; returns its number."""
    columns = f"{DOCUMENT_COLUMNS}, text_sha256, read_as, sketch, detected, version_of, stored_at"
    row = (*_row(document), text_digest(document.text), read_as, sketch(document.text).tobytes())
    row += (language_of(document.text, document.language), version_of, stored_at)
    marks = ", ".join("?" * len(row))
    return connection.execute(f"INSERT INTO documents ({columns}) VALUES ({marks})", row).lastrowid or 0  # noqa: S608


def _row(document: Document) -> tuple[object, ...]:
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
        json.dumps(document.rows),
        json.dumps(document.warnings),
        document.word_boxes,
        document.collection,
    )


def _free_id(connection: sqlite3.Connection, document: Document) -> str:
    query = "SELECT 1 FROM documents WHERE id = ? AND source <> ?"
    candidates = chain([document.id], (f"{document.id}~{number}" for number in count(2)))
    return next(each for each in candidates if not connection.execute(query, (each, document.source)).fetchone())


def _summary(row: Row) -> DocumentSummary:
    values = dict(zip(_SUMMARY_FIELDS, row, strict=True))
    values |= {"known": _known(values["known"]), "warnings": tuple(json.loads(values["warnings"]))}
    return DocumentSummary(**values)


def _known(text: str) -> dict[str, Provenance]:
    return {name: Provenance(value) for name, value in json.loads(text).items()}

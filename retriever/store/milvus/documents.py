"""The documents of a library on a server."""

import base64
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from ...errors import LibraryError
from ...records import Document, DocumentSummary
from ...text.minhash import HASHES, Sketches
from ..contents import Addition, DocumentOrigin, DocumentVersion, EncodedPassage, StoredDocument, TextSlice
from . import row_format as rows_of
from .cache import Cache
from .document_rows import DocumentRows
from .engine import Engine
from .line_notes import LineNotes
from .long_texts import read_parts, read_texts, read_texts_of
from .passages import MilvusVectors, damage_error
from .row_format import key_of, number_of, part_key
from .writing import DocumentWriter

_WHOLE = (rows_of.DETAILS, rows_of.TEXT, rows_of.WORD_BOXES)


class MilvusDocuments:
    """Reads documents, and has them written."""

    def __init__(
        self,
        engine: Engine,
        rows: DocumentRows,
        vectors: MilvusVectors,
        lines: LineNotes,
        writer: DocumentWriter,
        place: str,
    ) -> None:
        """Store the parts of the library, and how a user names it."""
        self._engine = engine
        self._rows = rows
        self._vectors = vectors
        self._lines = lines
        self._writer = writer
        self._place = place
        self._parts: Cache[str, str] = Cache()
        self._pages: Cache[int, tuple[int, ...]] = Cache()

    def all(self) -> tuple[DocumentSummary, ...]:
        """List the documents, in the order of their ids."""
        return tuple(row.summary for row in self._rows.all())

    def summary(self, document_id: str) -> DocumentSummary:
        """Fetch a document's line in the list.

        Raises:
            DocumentUnknown: no document has that id.
        """
        return self._rows.get(document_id).summary

    def get(self, document_id: str) -> Document:
        """Fetch a document with its text.

        Raises:
            DocumentUnknown: no document has that id.
        """
        row = self._rows.get(document_id)
        document = rows_of.document_of(*read_texts_of(self._engine, row.version, *_WHOLE))
        return replace(document, collection=row.summary.collection)

    def stored(self, document_id: str) -> StoredDocument:
        """Fetch a document with its passages and their vectors, so that another library can take it.

        Raises:
            DocumentUnknown: no document has that id.
            LibraryError: stored vectors are damaged.
        """
        row = self._rows.get(document_id)
        *whole, cuts = read_texts_of(self._engine, row.version, *_WHOLE, rows_of.CUTS)
        document, passages = rows_of.document_of(*whole), rows_of.passages_of(cuts, document_id)
        document = replace(document, collection=row.summary.collection)
        found = [number_of(row.version, one.start) for one in passages if not one.furniture]
        vectors, word_vectors = self._vectors.some(found), self._vectors.of_words(found)
        if missing := set(found) - vectors.keys():
            raise damage_error(self._place, f"passage {min(missing)} has no vector")
        numbers = iter(found)
        encoded = [
            EncodedPassage(one)
            if one.furniture
            else EncodedPassage(one, vectors[number := next(numbers)], word_vectors[number])
            for one in passages
        ]
        return StoredDocument(document, tuple(encoded), row.origin.read_as)

    def word_boxes(self, document_id: str) -> bytes:
        """Fetch where a document's words stand on its pages, packed; b"" if unknown.

        Raises:
            DocumentUnknown: no document has that id.
        """
        (packed,) = read_texts_of(self._engine, self._rows.get(document_id).version, rows_of.WORD_BOXES)
        return base64.b64decode(packed)

    def text_slice(self, document_id: str, start: int, end: int) -> TextSlice:
        """Fetch characters `start` to `end` (excluded) of a document's text, without fetching the whole text.

        Raises:
            DocumentUnknown: no document has that id.
        """
        row = self._rows.get(document_id)
        about, pages = row.summary, self._pages.some([row.version], self._read_pages)[row.version]
        text = self._characters(row.version, start, end)
        return TextSlice(
            text,
            about.title,
            about.publisher,
            about.published,
            pages,
            about.inferred,
            about.media_type,
            about.language,
        )

    def titles(self, document_ids: Iterable[str]) -> dict[str, str]:
        """Fetch the titles of some documents: id -> title."""
        return {one.id: one.title for one in self._summaries(document_ids)}

    def publication_dates(self, document_ids: Iterable[str]) -> dict[str, str | None]:
        """Fetch the dates of some documents: id -> ISO 8601 date, perhaps without day or month, or None."""
        return {one.id: one.published for one in self._summaries(document_ids)}

    def languages(self, document_ids: Iterable[str]) -> dict[str, str | None]:
        """Fetch the languages of some documents: id -> ISO 639-1 code, or None where it is not known."""
        return {one.id: one.language for one in self._summaries(document_ids)}

    def date_range(self) -> tuple[str, str] | None:
        """The first and the last date of all documents, or None if none has one."""
        return self._rows.counts().date_range

    def origins(self) -> dict[str, DocumentOrigin]:
        """The file that each document was made from, in the order of their ids: source -> origin."""
        return {row.summary.source: row.origin for row in self._rows.all()}

    def sketches(self, document_ids: Iterable[str] | None = None) -> tuple[tuple[str, ...], Sketches]:
        """The sketches of some texts, or of all: ids in order, and uint32 (n_documents, n_hashes)."""
        if document_ids is None:
            rows = list(self._rows.all())
        else:
            rows = sorted(self._rows.some(map(key_of, document_ids)).values(), key=lambda one: one.summary.id)
        empty = np.empty((0, HASHES), np.uint32)
        return tuple(row.summary.id for row in rows), np.vstack([empty, *(row.sketch for row in rows)])

    def text_digests(self) -> dict[str, str]:
        """Fetch the digest that each document's text had when it was stored: id -> SHA-256, hexadecimal."""
        return {row.summary.id: row.text_sha256 for row in self._rows.all()}

    def checksums_match(self, document_id: str) -> tuple[bool, bool]:
        """Say that they do: a server checks its own disks."""
        return True, True

    def replace(
        self,
        document: Document,
        encoded: Sequence[EncodedPassage],
        *,
        new: bool = False,
        read_as: str = "",
        repeated: Collection[int] = (),
    ) -> str:
        """Add a document, in place of the one that has its id; see `base.Documents.replace`.

        Raises:
            ValueError: a vector's length is not the library's.
            LibraryError: the server cannot be used, or has not stored every row.
        """
        (document_id,) = self._writer.write([Addition(document, encoded, new, read_as, repeated)])
        return document_id

    def replace_all(self, additions: Sequence[Addition]) -> tuple[str, ...]:
        """Add several documents in order, each as `replace` does; the server is waited for once."""
        return self._writer.write(additions)

    def remove(self, document_ids: Sequence[str]) -> None:
        """Remove documents, all or none.

        Raises:
            DocumentUnknown: one of the ids is not in the library; then none is removed.
        """
        self._writer.remove(document_ids)

    def move(self, document_id: str, new_id: str, source: str) -> None:
        """Give a document another id and source; its vectors stay.

        Raises:
            DocumentUnknown: no document has that id.
        """
        stored = self.stored(document_id)
        applied = self._lines.applied(key_of(document_id))
        document = replace(stored.document, id=new_id, source=source)
        self.replace(document, stored.encoded, read_as=stored.read_as, repeated=applied)
        self.remove([document_id])

    def assign(self, document_ids: Sequence[str], collection: str) -> None:
        """Let documents belong to a collection, all or none; only their own rows are written again.

        Raises:
            DocumentUnknown: one of the ids is not in the library; then none is moved.
        """
        self._writer.assign(document_ids, collection)

    def ids_in(self, collections: Collection[str]) -> frozenset[str]:
        """The ids of the documents of some collections."""
        return frozenset(row.summary.id for row in self._rows.all() if row.summary.collection in collections)

    def versions(self, document_id: str | None = None) -> tuple[DocumentVersion, ...]:
        """The present texts: a server keeps no others."""
        listed = self._rows.all() if document_id is None else [self._rows.find(document_id)]
        return tuple(DocumentVersion(row.summary, row.summary.id, row.key, "") for row in listed if row)

    def note_stored(self, document_id: str, moment: str) -> None:
        """Do nothing: a server keeps no versions."""

    def add_version(self, version: StoredDocument, of: str) -> None:
        """Refuse to.

        Raises:
            LibraryError: always.
        """
        raise LibraryError(f"{of} is on a server, {self._place}; only a library in a folder keeps versions.")

    @property
    def keeps_versions(self) -> bool:
        """Never."""
        return False

    def keep_versions(self, keep: bool) -> None:
        """Refuse to.

        Raises:
            LibraryError: versions are to be kept.
        """
        if keep:
            raise LibraryError(f"{self._place} is on a server; only a library in a folder keeps versions.")

    def _summaries(self, document_ids: Iterable[str]) -> Iterable[DocumentSummary]:
        return (row.summary for row in self._rows.some(map(key_of, document_ids)).values())

    def _characters(self, version: int, start: int, end: int) -> str:
        first, last = start // rows_of.CHARACTERS, max(start, end - 1) // rows_of.CHARACTERS
        keys = [part_key(version, rows_of.TEXT, place) for place in range(first, last + 1)]
        parts = self._parts.some(keys, partial(read_parts, self._engine))
        offset = first * rows_of.CHARACTERS
        return "".join(parts.get(key, "") for key in keys)[start - offset : end - offset]

    def _read_pages(self, versions: Sequence[int]) -> dict[int, tuple[int, ...]]:
        details = read_texts(self._engine, [(one, rows_of.DETAILS) for one in versions])
        return {one: rows_of.document_of(text, "").pages for (one, _), text in details.items()}

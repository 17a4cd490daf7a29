"""The row of each document, which names its current version, and counts of the whole library.

Within a snapshot a document's row is fetched once, so that everything read of a document is of one version.
"""

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from ...records import LibraryState
from ..contents import library_digest, unknown_document
from . import row_format as rows_of
from .engine import Engine
from .row_format import DocumentRow, key_of, note_row
from .schema import DOCUMENTS, NOTES

# Counting a library takes long. It is counted again after another machine's change, but for a twentieth of the time.
_COUNTING_SHARE = 0.05
_FIELDS = ("document", "version", "about", "sketch")
_GENERATION = "generation"


@dataclass(frozen=True, slots=True)
class LibraryCounts:
    """Counts of all documents of one generation.

    Attributes:
        date_range: the first and the last date of all documents, or None if no document has a date.
        languages: of all documents; English stands for those that are not known.
        valid_until: by `time.monotonic`; until then the library is not counted again, even if others change it.
    """

    generation: int
    state: LibraryState
    date_range: tuple[str, str] | None
    languages: frozenset[str]
    valid_until: float


class DocumentRows:
    """The rows of one library's documents. Safe to use from several threads, each with a snapshot of its own."""

    def __init__(self, engine: Engine, encoder_digest: str) -> None:
        """Store the server's collections, and the digest of the encoder that made the library."""
        self._engine = engine
        self._encoder_digest = encoder_digest
        self._lock = threading.Lock()
        self._of_thread = threading.local()
        self._counts: LibraryCounts | None = None

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Fetch each document's row, and the generation, once."""
        if self._in_snapshot:
            yield
            return
        self._of_thread.rows = {}
        try:
            yield
        finally:
            self._of_thread.rows = self._of_thread.generation = None

    @property
    def _in_snapshot(self) -> bool:
        return getattr(self._of_thread, "rows", None) is not None

    def generation(self) -> int | None:
        """The library's generation, including other machines' changes; None if the library was removed."""
        known: int | None = getattr(self._of_thread, "generation", None)
        if known is None:
            rows = self._engine.rows_having(NOTES, "key", [_GENERATION], ["data"])
            known = int(rows[0]["data"]) if rows else None
        if self._in_snapshot:
            self._of_thread.generation = known
        return known

    def begin(self) -> None:
        """Make the first generation, 0."""
        self._engine.put(NOTES, [note_row(_GENERATION, rows_of.LIBRARY, "0")])

    def changed(self) -> None:
        """Make a new generation: the time, which grows on all machines."""
        self._engine.put(NOTES, [note_row(_GENERATION, rows_of.LIBRARY, str(time.time_ns()))])
        self._counts = None
        if self._in_snapshot:
            self._of_thread.rows, self._of_thread.generation = {}, None

    def some(self, keys: Iterable[int]) -> dict[int, DocumentRow]:
        """Fetch the rows of some documents; unknown ones are left out."""
        wanted = list(dict.fromkeys(keys))
        kept: dict[int, DocumentRow | None] = getattr(self._of_thread, "rows", None) or {}
        missing = [key for key in wanted if key not in kept]
        fresh: dict[int, DocumentRow | None] = {**dict.fromkeys(missing), **self._read(missing)}
        if self._in_snapshot:
            self._of_thread.rows |= fresh
        both = {**kept, **fresh}
        return {key: row for key in wanted if (row := both.get(key)) is not None}

    def find(self, document_id: str) -> DocumentRow | None:
        """Fetch the row of the document that has the number of an id, or None."""
        return self.some([key_of(document_id)]).get(key_of(document_id))

    def get(self, document_id: str) -> DocumentRow:
        """Fetch the row of a document.

        Raises:
            DocumentUnknown: no document has that id.
        """
        row = self.find(document_id)
        if row is None or row.summary.id != document_id:
            raise unknown_document(document_id)
        return row

    def now(self, keys: Iterable[int]) -> dict[int, DocumentRow]:
        """Fetch the current rows of some documents, even within a snapshot."""
        return self._read(keys, strong=True)

    def _read(self, keys: Iterable[int], *, strong: bool = False) -> dict[int, DocumentRow]:
        rows = self._engine.rows_having(DOCUMENTS, "document", list(keys), _FIELDS, strong=strong)
        return {int(row["document"]): rows_of.document_row_from(row) for row in rows}

    def all(self) -> tuple[DocumentRow, ...]:
        """Fetch the rows of all documents, in the order of their ids."""
        found = map(rows_of.document_row_from, self._engine.all_rows(DOCUMENTS, "document", _FIELDS))
        return tuple(sorted(found, key=lambda one: one.summary.id))

    def current(self, found: Sequence[dict[str, int]]) -> list[tuple[dict[str, int], str]]:
        """The rows of passages that belong to a current version, each with its document's id."""
        documents = self.some(int(row["document"]) for row in found)
        pairs = [(row, documents.get(int(row["document"]))) for row in found]
        return [(row, one.summary.id) for row, one in pairs if one and one.version == int(row["version"])]

    def counts(self) -> LibraryCounts:
        """Count all documents and digest them, unless nothing has changed or the last count is recent."""
        generation, began = self.generation() or 0, time.monotonic()
        with self._lock:
            counts = self._counts
            if counts is None or (counts.generation != generation and began > counts.valid_until):
                listed = [one.summary for one in self.all()]
                dates = sorted(one.published for one in listed if one.published)
                described = ((one.id, one.sha256, one.title, one.publisher, one.published) for one in listed)
                state = LibraryState(
                    len(listed), sum(one.passages for one in listed), library_digest(self._encoder_digest, described)
                )
                span = (dates[0], dates[-1]) if dates else None
                languages = frozenset(one.language or "en" for one in listed)
                now = time.monotonic()
                until = now + (now - began) / _COUNTING_SHARE
                counts = self._counts = LibraryCounts(generation, state, span, languages, until)
            return counts

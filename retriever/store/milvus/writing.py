"""Documents -> rows on a server, so that a reader sees each document complete, either new or old.

There are no transactions. The passages and parts of a document are written first, under its new version. When the
server has all of them, the document's own row is written, and from then on that version is current. Then the rows of
the old version are deleted. After an interruption the old version stays current, and the same command continues.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count

from ...errors import LibraryError
from ...reading.repeated_lines import edge_lines
from ...records import Document
from ..contents import Addition
from . import row_format as rows_of
from .document_rows import DocumentRows
from .engine import Engine, Row
from .failures import MilvusFailures
from .line_notes import DocumentLines, LineNotes
from .row_format import key_of
from .schema import DOCUMENTS, PARTS, PASSAGES, SPELLINGS

_SPELLINGS_KNOWN = 1_000_000


@dataclass(frozen=True, slots=True)
class PendingDocument:
    """A document that is about to be written.

    Attributes:
        passages: the rows of its passages.
        parts: the rows of its texts.
        row: its own row.
        before: the replaced version, or None.
    """

    document: Document
    version: int
    passages: list[Row]
    parts: list[Row]
    row: Row
    lines: DocumentLines
    before: int | None


class DocumentWriter:
    """Writes and removes documents. Safe to use from several machines, for different documents."""

    def __init__(
        self,
        engine: Engine,
        rows: DocumentRows,
        lines: LineNotes,
        failures: MilvusFailures,
        place: str,
        dimension: int,
        encoder_digest: str,
    ) -> None:
        """Store the parts of the library that are written, and what it was made with."""
        self._engine = engine
        self._rows = rows
        self._lines = lines
        self._failures = failures
        self._place = place
        self._dimension = dimension
        self._encoder_digest = encoder_digest
        self._lock = threading.Lock()
        self._spellings: set[str] = set()

    def write(self, additions: Sequence[Addition]) -> tuple[str, ...]:
        """Add documents, in place of those with the same ids; waits once for the server.

        If another machine has meanwhile given the id of one to another file, it gets another id.

        Returns:
            The ids that they have.
        """
        if not additions:
            return ()
        with self._rows.snapshot():
            self._rows.some(key_of(one.document.id) for one in additions)
            pending = [self._pending(one) for one in additions]
        self._lines.write([one.lines for one in pending])
        self._engine.put(PASSAGES, [row for one in pending for row in one.passages])
        self._engine.put(PARTS, [row for one in pending for row in one.parts])
        self._write_spellings([text for one in pending for text in (one.document.title, one.document.text)])
        self._check_written(pending)
        lost = self._lost(pending)
        winners = [one for one in pending if one.version not in lost]
        self._engine.put(DOCUMENTS, [one.row for one in winners])
        lost |= self._lost(winners)  # a machine that checked at the same moment has written by now
        # A new document has no earlier rows, except those of an interrupted run.
        keys = [one.lines.document for one in pending if one.before and one.version not in lost]
        versions = [one.version for one in pending]
        for suffix in (PASSAGES, PARTS):
            self._engine.delete_having(suffix, "document", keys, also=f"version not in {versions}")
            self._engine.delete_having(suffix, "version", sorted(lost))
        self._failures.remove(one.document.source for one in winners)
        self._rows.changed()
        again = [replace(one, new=True) for one, made in zip(additions, pending, strict=True) if made.version in lost]
        new_ids = iter(self.write(again))
        return tuple(next(new_ids) if one.version in lost else one.document.id for one in pending)

    def remove(self, document_ids: Sequence[str]) -> None:
        """Remove documents, all or none.

        Raises:
            DocumentUnknown: one of the ids is not in the library; then none is removed.
        """
        rows = [self._rows.get(document_id) for document_id in document_ids]
        self._lines.note_removal(rows)
        keys = [row.key for row in rows]
        for suffix in (DOCUMENTS, PASSAGES, PARTS):  # documents' own rows first: without one, nothing else is read
            self._engine.delete_having(suffix, "document", keys)
        self._lines.remove(keys)
        self._rows.changed()

    def assign(self, document_ids: Sequence[str], collection: str) -> None:
        """Write another collection into the documents' own rows.

        Raises:
            DocumentUnknown: one of the ids is not in the library; then nothing is written.
        """
        keys = [self._rows.get(document_id).key for document_id in document_ids]
        found = self._engine.rows_having(DOCUMENTS, "document", keys, rows_of.WHOLE_ROW, strong=True)
        self._engine.put(DOCUMENTS, [rows_of.with_collection(row, collection) for row in found])
        self._rows.changed()

    def _pending(self, addition: Addition) -> PendingDocument:
        """Make the rows of a document."""
        for item in addition.encoded:
            item.check(self._dimension)
        document, before = addition.document, self._rows.find(addition.document.id)
        if addition.new and before and before.summary.source != document.source:
            document = replace(document, id=self._free_id(document))
            before = self._rows.find(document.id)
        if before and before.summary.id != document.id:
            raise LibraryError(f"{document.id} has the number of {before.summary.id}; give its file another name.")
        encoded = [replace(item, passage=replace(item.passage, document_id=document.id)) for item in addition.encoded]
        version = rows_of.version_of(document, encoded, addition.read_as, self._encoder_digest)
        lines_before = before.lines if before else frozenset()
        repeated = frozenset(addition.repeated)
        lines = DocumentLines(key_of(document.id), edge_lines(document), lines_before, repeated)
        return PendingDocument(
            document,
            version,
            list(rows_of.passage_rows(document, version, encoded)),
            list(rows_of.part_rows(document, version, encoded)),
            rows_of.document_row(document, version, encoded, addition.read_as, lines.now),
            lines,
            before.version if before else None,
        )

    def _check_written(self, pending: Sequence[PendingDocument]) -> None:
        """Wait until the server has all rows that were written, by their keys.

        Raises:
            LibraryError: some are missing.
        """
        passages = [row for one in pending for row in one.passages]
        parts = [row for one in pending for row in one.parts]
        wanted = (len(passages), len(parts))
        found = (self._engine.holds(PASSAGES, passages), self._engine.holds(PARTS, parts))
        if found != wanted:
            raise LibraryError(
                f"The server of {self._place} has only {found[0]} of {wanted[0]} passages and {found[1]} of "
                f"{wanted[1]} parts that were written; Ibid uses none of them: run the same command again."
            )

    def _lost(self, pending: Sequence[PendingDocument]) -> set[int]:
        """The versions whose id another machine has meanwhile given to another file."""
        rows = self._rows.now(one.lines.document for one in pending)
        there = [(one, rows[one.lines.document]) for one in pending if one.lines.document in rows]
        return {
            one.version
            for one, row in there
            if row.version not in (one.version, one.before) and row.summary.source != one.document.source
        }

    def _write_spellings(self, texts: Sequence[str]) -> None:
        found = rows_of.spellings_in(texts)
        with self._lock:
            new = found - self._spellings
        self._engine.put(SPELLINGS, [rows_of.spelling_row(one) for one in sorted(new)])
        with self._lock:
            if len(self._spellings) > _SPELLINGS_KNOWN:
                self._spellings.clear()
            self._spellings |= new

    def _free_id(self, document: Document) -> str:
        candidates = (f"{document.id}~{number}" for number in count(2))
        return next(one for one in candidates if not self._is_taken(one, document.source))

    def _is_taken(self, document_id: str, source: str) -> bool:
        row = self._rows.find(document_id)
        return row is not None and row.summary.source != source

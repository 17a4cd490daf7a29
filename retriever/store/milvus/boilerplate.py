"""The lines that several documents of a site share, in a library on a server."""

from collections.abc import Collection, Sequence

from ..contents import EncodedPassage, OutdatedDocument
from .document_rows import DocumentRows
from .documents import MilvusDocuments
from .line_notes import LineNotes
from .passages import MilvusPassages
from .row_format import DocumentRow, number_of


class MilvusBoilerplate:
    """Finds repeated lines, and exchanges the passages that they change."""

    def __init__(
        self, rows: DocumentRows, documents: MilvusDocuments, passages: MilvusPassages, lines: LineNotes
    ) -> None:
        """Store the parts of the library."""
        self._rows = rows
        self._documents = documents
        self._passages = passages
        self._lines = lines

    def repeated(self, lines: Collection[int]) -> frozenset[int]:
        """Find which of some `edge_lines` several documents of their site have."""
        return self._lines.repeated(lines)

    def outdated(self, count: int) -> tuple[OutdatedDocument, ...]:
        """Find documents that were cut when their sites repeated other lines than now, `count` at most."""
        return tuple(self._outdated(row) for row in self._lines.outdated(count))

    def recut(self, outdated: OutdatedDocument, gone: Collection[int], encoded: Sequence[EncodedPassage]) -> None:
        """Exchange those passages of an outdated document that change; see `base.Boilerplate.recut`."""
        stored = self._documents.stored(outdated.document.id)
        version = self._rows.get(outdated.document.id).version
        if [number_of(version, item.passage.start) for item in stored.encoded] != list(outdated.passages):
            return
        stay = [item for item in stored.encoded if number_of(version, item.passage.start) not in gone]
        ordered = sorted([*stay, *encoded], key=lambda item: item.passage.start)
        self._documents.replace(stored.document, ordered, read_as=stored.read_as, repeated=outdated.repeated)

    def _outdated(self, row: DocumentRow) -> OutdatedDocument:
        document = self._documents.get(row.summary.id)
        passages = {number_of(row.version, one.start): one for one in self._passages.of_document(row.summary.id)}
        return OutdatedDocument(row.key, document, passages, self._lines.repeated(row.lines))

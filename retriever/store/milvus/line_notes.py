"""The lines that several documents of a site share, stored as notes on a server.

Before anything changes, a note says which lines must be counted again, so that an interruption leaves none uncounted.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ...reading.repeated_lines import are_several
from . import row_format as rows_of
from .document_rows import DocumentRows
from .engine import Engine, Row
from .row_format import DocumentRow, note_row
from .schema import NOTES


@dataclass(frozen=True, slots=True)
class DocumentLines:
    """A document's edge lines.

    Attributes:
        document: its number.
        now: its new lines.
        before: its earlier lines.
        repeated: the lines that its site repeated when it was cut into passages.
    """

    document: int
    now: frozenset[int]
    before: frozenset[int]
    repeated: frozenset[int]


class LineNotes:
    """The edge lines of one library's documents."""

    def __init__(self, engine: Engine, rows: DocumentRows) -> None:
        """Store the server's collections and the rows of the documents."""
        self._engine = engine
        self._rows = rows

    def write(self, some: Sequence[DocumentLines]) -> None:
        """Note the lines of some documents and, before that, that they must be counted again."""
        self._note_change({one.document: one.now | one.before for one in some})
        gone = [_key(one.document, line) for one in some for line in one.before - one.now]
        self._engine.delete_having(NOTES, "key", gone)
        rows = [
            note_row(
                _key(one.document, line),
                rows_of.LINE,
                "",
                line=line,
                document=one.document,
                applied=line in one.repeated,
            )
            for one in some
            for line in sorted(one.now)
        ]
        self._engine.put(NOTES, rows)

    def note_removal(self, documents: Iterable[DocumentRow]) -> None:
        """Note, before some documents are removed, that their lines must be counted again."""
        self._note_change({one.key: one.lines for one in documents})

    def remove(self, documents: Sequence[int]) -> None:
        """Drop the lines of some documents."""
        self._engine.delete_having(NOTES, "document", documents, also=f"kind == {rows_of.LINE}")

    def applied(self, document: int) -> frozenset[int]:
        """The lines that a document's site repeated when it was cut into passages."""
        cut_by = f"kind == {rows_of.LINE} and applied == 1"
        rows = self._engine.rows_having(NOTES, "document", [document], ["line"], also=cut_by)
        return frozenset(int(row["line"]) for row in rows)

    def repeated(self, lines: Collection[int]) -> frozenset[int]:
        """Find which of some lines several documents of their site have."""
        having: dict[int, list[int]] = {}
        for row in self._having(lines, ["line", "document"]):
            having.setdefault(int(row["line"]), []).append(int(row["document"]))
        documents = self._rows.some({key for keys in having.values() for key in keys})

        def are_many(keys: Sequence[int]) -> bool:
            there = sorted((documents[key] for key in keys if key in documents), key=lambda one: one.summary.id)
            return are_several(one.sketch for one in there)

        return frozenset(line for line, keys in having.items() if are_many(keys))

    def outdated(self, count: int) -> tuple[DocumentRow, ...]:
        """Find documents that were cut when their sites repeated other lines than now, in the order of their ids.

        It checks only documents that share a line with one added or removed since the last complete check.

        Args:
            count: how many at most.
        """
        changes = self._engine.rows(NOTES, f"kind == {rows_of.CHANGE}", ["key", "data"])
        lines = {line for row in changes for line in json.loads(row["data"])}
        repeated = self.repeated(lines)
        rows = self._having(lines, ["line", "document", "applied"])
        documents = {int(row["document"]) for row in rows if bool(row["applied"]) != (int(row["line"]) in repeated)}
        found = sorted(self._rows.some(documents).values(), key=lambda one: one.summary.id)[:count]
        if not found:
            self._engine.delete_having(NOTES, "key", [row["key"] for row in changes])
        return tuple(found)

    def _having(self, lines: Collection[int], fields: Sequence[str]) -> list[Row]:
        return self._engine.rows_having(NOTES, "line", sorted(lines), fields, also=f"kind == {rows_of.LINE}")

    def _note_change(self, lines: Mapping[int, frozenset[int]]) -> None:
        """Note which lines must be counted again: document -> lines."""
        notes = [
            note_row(f"c{key:x}", rows_of.CHANGE, json.dumps(sorted(some)), document=key)
            for key, some in lines.items()
            if some
        ]
        self._engine.put(NOTES, notes)


def _key(document: int, line: int) -> str:
    return f"l{document:x}:{line & (2**64 - 1):x}"

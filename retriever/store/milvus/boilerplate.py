"""Which lines several documents of one site have, as `sites` judges it, counted among the notes of a server.

In: documents' edge lines. Out: those that repeat, and the documents that were cut when others did. The one decision:
that lines are to be counted anew is noted before anything changes, so that an interruption leaves nothing uncounted.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ...reading.boilerplate import are_several
from . import rows as rows_of
from .engine import NOTES, Engine, Row
from .rows import Head, note_row
from .versions import Heads


@dataclass(frozen=True, slots=True)
class Edges:
    """A document's edge lines.

    Attributes:
        document: its number.
        now: those that it will have.
        before: those that it had.
        repeated: those it was cut by.
    """

    document: int
    now: frozenset[int]
    before: frozenset[int]
    repeated: frozenset[int]


class Lines:
    """The edge lines of one library's documents."""

    def __init__(self, engine: Engine, heads: Heads) -> None:
        """Store what is asked."""
        self._engine = engine
        self._heads = heads

    def write(self, some: Sequence[Edges]) -> None:
        """Note the lines of some documents and, before anything changes, that they are to be counted anew."""
        self._to_be_counted({one.document: one.now | one.before for one in some})
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

    def removing(self, heads: Iterable[Head]) -> None:
        """Note, before some documents go, that their lines are to be counted anew."""
        self._to_be_counted({head.key: head.lines for head in heads})

    def remove(self, documents: Sequence[int]) -> None:
        """Drop the lines of some documents."""
        self._engine.delete_having(NOTES, "document", documents, also=f"kind == {rows_of.LINE}")

    def applied(self, document: int) -> frozenset[int]:
        """The lines by which a document was cut."""
        cut_by = f"kind == {rows_of.LINE} and applied == 1"
        rows = self._engine.rows_having(NOTES, "document", [document], ["line"], also=cut_by)
        return frozenset(int(row["line"]) for row in rows)

    def repeated(self, lines: Collection[int]) -> frozenset[int]:
        """Find which of some lines several documents of their site have."""
        having: dict[int, list[int]] = {}
        for row in self._having(lines, ["line", "document"]):
            having.setdefault(int(row["line"]), []).append(int(row["document"]))
        heads = self._heads.some({key for keys in having.values() for key in keys})

        def are_many(keys: Sequence[int]) -> bool:
            there = sorted((heads[key] for key in keys if key in heads), key=lambda one: one.summary.id)
            return are_several(head.sketch for head in there)

        return frozenset(line for line, keys in having.items() if are_many(keys))

    def outdated(self, count: int) -> tuple[Head, ...]:
        """Find documents that were cut by other lines than repeat now, `count` at the most, in the order of their ids.

        Only those are looked at that share a line with one that was added or removed since this last found none.
        """
        changes = self._engine.rows(NOTES, f"kind == {rows_of.CHANGE}", ["key", "data"])
        lines = {line for row in changes for line in json.loads(row["data"])}
        repeated = self.repeated(lines)
        rows = self._having(lines, ["line", "document", "applied"])
        documents = {int(row["document"]) for row in rows if bool(row["applied"]) != (int(row["line"]) in repeated)}
        found = sorted(self._heads.some(documents).values(), key=lambda head: head.summary.id)[:count]
        if not found:
            self._engine.delete_having(NOTES, "key", [row["key"] for row in changes])
        return tuple(found)

    def _having(self, lines: Collection[int], fields: Sequence[str]) -> list[Row]:
        return self._engine.rows_having(NOTES, "line", sorted(lines), fields, also=f"kind == {rows_of.LINE}")

    def _to_be_counted(self, lines: Mapping[int, frozenset[int]]) -> None:
        """Note of which lines it must be found out anew whether they repeat: document -> lines."""
        notes = [
            note_row(f"c{key:x}", rows_of.CHANGE, json.dumps(sorted(some)), document=key)
            for key, some in lines.items()
            if some
        ]
        self._engine.put(NOTES, notes)


def _key(document: int, line: int) -> str:
    return f"l{document:x}:{line & (2**64 - 1):x}"

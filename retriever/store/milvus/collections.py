"""The collections of a library on a server that were named or have members: one note."""

import json
from collections.abc import Sequence

from . import row_format as rows_of
from .document_rows import DocumentRows
from .engine import Engine
from .row_format import note_row
from .schema import NOTES

_KEY = "collections"


class MilvusCollections:
    """Lists and changes them. A change makes a new generation, since it changes what an account may see."""

    def __init__(self, engine: Engine, rows: DocumentRows) -> None:
        """Store the server's collections, and the rows of the documents, which count generations."""
        self._engine = engine
        self._rows = rows

    def all(self) -> dict[str, tuple[str, ...] | None]:
        """List them: name -> the accounts that may see it, or None if everybody may."""
        rows = self._engine.rows_having(NOTES, "key", [_KEY], ["data"], strong=True)
        kept = json.loads(rows[0]["data"]) if rows else {}
        return {name: None if members is None else tuple(members) for name, members in sorted(kept.items())}

    def save(self, name: str, members: Sequence[str] | None) -> None:
        """Add a collection, or give one other members."""
        self._write({**self.all(), name: None if members is None else tuple(members)})

    def drop(self, name: str) -> None:
        """Take a collection off the list."""
        self._write({one: members for one, members in self.all().items() if one != name})

    def _write(self, kept: dict[str, tuple[str, ...] | None]) -> None:
        self._engine.put(NOTES, [note_row(_KEY, rows_of.LIBRARY, json.dumps(kept))])
        self._rows.changed()

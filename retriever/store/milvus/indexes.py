"""The indexes of a library on a server, which the server keeps up to date itself."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext

from .document_rows import DocumentRows
from .engine import Engine
from .schema import PARTS, PASSAGES
from .searcher import MilvusSearcher


class MilvusIndexes:
    """Opens searches, and finds rows without a document."""

    def __init__(self, engine: Engine, rows: DocumentRows) -> None:
        """Store the server's collections and the rows of the documents."""
        self._engine = engine
        self._rows = rows

    def open(self, *, rebuild: bool = False) -> MilvusSearcher:
        """Search the library's present state."""
        counts = self._rows.counts()
        return MilvusSearcher(self._engine, self._rows, self._rows.generation() or 0, counts.state, counts.languages)

    def open_soon(self) -> MilvusSearcher | None:
        """As `open`."""
        return self.open()

    def noticing_damage(self) -> AbstractContextManager[None]:
        """Do nothing: the server checks its own files."""
        return nullcontext()

    def problems(self, *, repair: bool = False) -> Iterator[str]:
        """Find rows of documents that were not added or removed completely.

        Args:
            repair: remove them, and give a large library a smaller kind of index.
        """
        problems = []
        for suffix, name in ((PASSAGES, "passages"), (PARTS, "parts")):
            strays = list(self._strays(suffix))
            if strays:
                problems.append(f"{len(strays)} {name} belong to documents that were not completely added or removed")
            if repair:
                self._engine.delete_having(suffix, "version", sorted(set(strays)))
        if repair:
            self._engine.settle(self._rows.counts().state.passages)
        yield from problems

    def _strays(self, suffix: str) -> Iterator[int]:
        """The version of each row that belongs to no document."""
        current = {row.version for row in self._rows.all()}
        rows = self._engine.all_rows(suffix, "version", ["version"])
        return (int(row["version"]) for row in rows if int(row["version"]) not in current)

"""Which version of each document holds, and what all of them come to.

In: documents' numbers. Out: their heads, the one row each by which a version holds. The one decision: within a snapshot
a head is fetched once, so that all that is read of a document is of one version.
"""

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from ...records import LibraryState
from ..sqlite.library import library_digest
from . import rows as rows_of
from .engine import DOCUMENTS, NOTES, Engine
from .rows import Head, note_row

# Another machine's changes are counted when that has cost a twentieth of the time since it was last done.
_CENSUS_SHARE = 0.05
_FIELDS = ("document", "version", "about", "sketch")
_GENERATION = "generation"


@dataclass(frozen=True, slots=True)
class Census:
    """What all documents of one generation come to.

    Attributes:
        published_span: the first and the last date of all documents, or None where none has one.
        counted_until: until when, by `time.monotonic`, it is not counted anew whatever others change.
    """

    generation: int
    state: LibraryState
    published_span: tuple[str, str] | None
    counted_until: float


class Heads:
    """The heads of one library. Safe to use from several threads, each with a snapshot of its own."""

    def __init__(self, engine: Engine, encoder_digest: str) -> None:
        """Store what is asked, and by what encoder the library was made."""
        self._engine = engine
        self._encoder_digest = encoder_digest
        self._lock = threading.Lock()
        self._of_thread = threading.local()
        self._census: Census | None = None

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Take each document's head, and the generation, once."""
        if self._in_snapshot:
            yield
            return
        self._of_thread.heads = {}
        try:
            yield
        finally:
            self._of_thread.heads = self._of_thread.generation = None

    @property
    def _in_snapshot(self) -> bool:
        return getattr(self._of_thread, "heads", None) is not None

    def generation(self) -> int | None:
        """The library's generation, other machines' changes included; None where it is gone."""
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
        """Make a new generation: the time, which counts up on all machines alike."""
        self._engine.put(NOTES, [note_row(_GENERATION, rows_of.LIBRARY, str(time.time_ns()))])
        self._census = None
        if self._in_snapshot:
            self._of_thread.heads, self._of_thread.generation = {}, None

    def some(self, keys: Iterable[int]) -> dict[int, Head]:
        """Some documents' heads; what is not there is left out."""
        wanted = list(dict.fromkeys(keys))
        kept: dict[int, Head | None] = getattr(self._of_thread, "heads", None) or {}
        missing = [key for key in wanted if key not in kept]
        fresh: dict[int, Head | None] = {**dict.fromkeys(missing), **self._read(missing)}
        if self._in_snapshot:
            self._of_thread.heads |= fresh
        both = {**kept, **fresh}
        return {key: head for key in wanted if (head := both.get(key)) is not None}

    def now(self, keys: Iterable[int]) -> dict[int, Head]:
        """Some documents' heads as the server has them at this moment, whatever a snapshot holds."""
        return self._read(keys, strong=True)

    def _read(self, keys: Iterable[int], *, strong: bool = False) -> dict[int, Head]:
        rows = self._engine.rows_having(DOCUMENTS, "document", list(keys), _FIELDS, strong=strong)
        return {int(row["document"]): rows_of.head_of(row) for row in rows}

    def all(self) -> tuple[Head, ...]:
        """All documents' heads, in the order of their ids."""
        heads = map(rows_of.head_of, self._engine.all_rows(DOCUMENTS, "document", _FIELDS))
        return tuple(sorted(heads, key=lambda one: one.summary.id))

    def holding(self, found: Sequence[dict[str, int]]) -> list[tuple[dict[str, int], str]]:
        """Of some passages' rows those whose version holds, each with its document's id."""
        heads = self.some(int(row["document"]) for row in found)
        with_heads = [(row, heads.get(int(row["document"]))) for row in found]
        return [(row, head.summary.id) for row, head in with_heads if head and head.version == int(row["version"])]

    def census(self) -> Census:
        """Count all documents and digest them, unless nothing changed or that would be done too often."""
        generation, began = self.generation() or 0, time.monotonic()
        with self._lock:
            census = self._census
            if census is None or (census.generation != generation and began > census.counted_until):
                listed = [head.summary for head in self.all()]
                dates = sorted(one.published for one in listed if one.published)
                described = ((one.id, one.sha256, one.title, one.publisher, one.published) for one in listed)
                state = LibraryState(
                    len(listed), sum(one.passages for one in listed), library_digest(self._encoder_digest, described)
                )
                span = (dates[0], dates[-1]) if dates else None
                now = time.monotonic()
                census = self._census = Census(generation, state, span, now + (now - began) / _CENSUS_SHARE)
            return census

"""The search of a library's current generation: opened once, and renewed when the library changes.

A small change is indexed before the next question. A large one is indexed in a separate thread. Until it has finished,
questions use the search of the earlier generation.
"""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

from ..encoder import Encoder
from ..errors import IbidError, LibraryBusy
from ..records import LibraryState
from .base import Library, Searcher
from .open import locate, open_library

# How often a reader starts again because another thread has opened the search of a later generation meanwhile.
_ATTEMPTS = 10


class CurrentSearch:
    """Keeps the search of a library up to date. Safe to use from several threads."""

    def __init__(self, library: Library, encoder: Encoder) -> None:
        """Prepare for a library and the encoder of its vectors. The search is opened when it is needed."""
        self._library = library
        self._encoder = encoder
        self._search: Searcher | None = None
        self._opening = threading.Lock()
        self._renewing: threading.Thread | None = None

    @contextmanager
    def reading(self) -> Iterator[Searcher]:
        """Read from one generation of the library, with its search; during a large change, from the earlier one.

        Raises:
            LibraryBusy: the library changed faster than its search could be opened.
        """
        for _ in range(_ATTEMPTS):
            with self._library.snapshot(), self._library.indexes.noticing_damage():
                search = self._latest()
                if search.generation <= self._library.manifest.generation:
                    yield search
                    return
        raise LibraryBusy(f"The library {self._library.place} keeps changing; ask again in a moment.")

    def catch_up(self) -> None:
        """Wait until the indexes include the library's last change. Other threads can ask meanwhile."""
        for _ in range(2):  # an index that is being built may not include the last change yet
            search = self._latest()
            if self._renewing is None or not self._is_behind(search):
                return
            self._renewing.join()
        self._latest()

    def state(self) -> LibraryState:
        """Counts and digest of the library; those of the search, if it is up to date."""
        with self._library.snapshot():
            search = self._search
            known = search is not None and search.generation == self._library.manifest.generation
            return search.state if search and known else self._library.state()

    def drop(self, encoder: Encoder | None = None) -> None:
        """Close the search, so that it is opened again, perhaps with another encoder."""
        self._encoder = encoder or self._encoder
        self._search = None

    def _latest(self) -> Searcher:
        """The search of this thread's generation, or of a later one; while that is built, of an earlier one.

        An earlier search never shows the words of a removed document: passages are fetched from the library itself.
        """
        search = self._search
        if search is None or (self._is_behind(search) and not self._is_renewing()):
            with self._opening, self._library.snapshot():
                if self._search is None:
                    self._search = self._library.indexes.open()
                elif self._is_behind(self._search):
                    self._search = self._library.indexes.open_soon() or self._search
                    if self._is_behind(self._search) or self._search.is_worn:
                        self._renew()
                return self._search
        return search

    def _is_behind(self, search: Searcher) -> bool:
        return search.generation < self._library.manifest.generation

    def _is_renewing(self) -> bool:
        return self._renewing is not None and self._renewing.is_alive()

    def _renew(self) -> None:
        """Build the indexes in another thread, after a large change or many small ones."""
        if not self._is_renewing():
            self._renewing = threading.Thread(target=self._build_indexes, name="building indexes", daemon=True)
            self._renewing.start()

    def _build_indexes(self) -> None:
        worn = self._search is not None and self._search.is_worn
        with suppress(IbidError), closing(open_library(locate(self._library.place), self._encoder)) as library:
            self._search = library.indexes.open(rebuild=worn)

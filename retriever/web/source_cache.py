"""A cache of documents laid out for reading."""

import threading
from collections import OrderedDict

from ..interfaces.html.source import Source
from .seen import SeenLibrary

SOURCES_KEPT = 32
"""Documents that stay laid out; a long one takes a tenth of a second."""


class SourceCache:
    """The documents that were opened last. Safe to use from several threads."""

    def __init__(self, library: SeenLibrary) -> None:
        self._library = library
        self._sources: OrderedDict[tuple[str, str], Source] = OrderedDict()
        self._lock = threading.Lock()

    def source(self, document_id: str) -> Source:
        """Lay out a document, or take it from the cache if the library has not changed.

        Raises:
            DocumentUnknown: it is not in the library.
        """
        assistant = self._library.result()
        key = (document_id, assistant.state().digest)
        source = self._sources.get(key) or Source.load(assistant, document_id)
        with self._lock:
            self._sources[key] = source
            while len(self._sources) > SOURCES_KEPT:
                self._sources.popitem(last=False)
        return source

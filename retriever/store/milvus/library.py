"""A library on a Milvus server, in five collections: passages, documents, parts of texts, notes and spellings."""

import json
from collections.abc import Collection
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from ...encoder import Encoder
from ...errors import LibraryError, LibraryForeign, LibraryMissing
from ...filters import EVERYTHING, Scope
from ...records import LibraryState
from ...settings import default_library
from ..contents import Manifest
from . import row_format as rows_of
from .address import Address
from .boilerplate import MilvusBoilerplate
from .collections import MilvusCollections
from .document_rows import DocumentRows
from .documents import MilvusDocuments
from .engine import Engine
from .failures import MilvusFailures
from .indexes import MilvusIndexes
from .line_notes import LineNotes
from .passages import MilvusPassages, MilvusVectors
from .refusals import MilvusErasure, MilvusReencoding
from .row_format import note_row
from .schema import DOCUMENTS, EVERY, NOTES, PASSAGES
from .searcher import MilvusExclusion
from .writing import DocumentWriter

FORMAT = 1
_LIBRARY = "library"  # the key of the note with the library's format and encoder


class MilvusLibrary:
    """An open library. Safe to use from several threads and, for different documents, from several machines."""

    def __init__(self, engine: Engine, address: Address, manifest: Manifest) -> None:
        """Store a connected engine; `create` and `open` are the ways in."""
        self.engine = engine
        self._address = address
        self._manifest = manifest
        place, dimension, encoder_digest = str(address), manifest.dimension, manifest.encoder_digest
        self._rows = DocumentRows(engine, encoder_digest)
        lines = LineNotes(engine, self._rows)
        self.failures = MilvusFailures(engine)
        self.collections = MilvusCollections(engine, self._rows)
        self.vectors = MilvusVectors(engine, place, dimension)
        self.passages = MilvusPassages(engine, self._rows, self.vectors)
        writer = DocumentWriter(engine, self._rows, lines, self.failures, place, dimension, encoder_digest)
        self.documents = MilvusDocuments(engine, self._rows, self.vectors, lines, writer, place)
        self.boilerplate = MilvusBoilerplate(self._rows, self.documents, self.passages, lines)
        self.indexes = MilvusIndexes(engine, self._rows)
        self.reencoding = MilvusReencoding(place)
        self.erasure = MilvusErasure(place)

    @classmethod
    def create(cls, address: Address, encoder: Encoder) -> "MilvusLibrary":
        """Make an empty library, or open the one that is there.

        Raises:
            LibraryError: the server cannot be used.
            LibraryForeign: a collection of that name is not ours, or another encoder made it.
        """
        engine = Engine.connect(address)
        if any(engine.has(suffix) and not engine.is_ours(suffix) for suffix in EVERY):
            raise _not_ours(address)
        for suffix in reversed(EVERY):  # the passages last: once they are there, the others are too
            engine.create(suffix, encoder.dimension)
        engine.load()
        if _stored_manifest(engine) is None:
            made = {
                "format": FORMAT,
                "encoder": encoder.name,
                "encoder_digest": encoder.digest,
                "dimension": encoder.dimension,
                "encoder_origin": encoder.origin,
            }
            DocumentRows(engine, encoder.digest).begin()
            engine.put(NOTES, [note_row(_LIBRARY, rows_of.LIBRARY, json.dumps(made))])
        engine.close()
        return cls.open(address, encoder)

    @classmethod
    def open(cls, address: Address, encoder: Encoder) -> "MilvusLibrary":
        """Open the library of an address.

        Raises:
            LibraryMissing: there is no library.
            LibraryForeign: the collection is not ours, or another format version or encoder made it.
            LibraryError: the server is down, too old, or refuses the token.
        """
        engine = Engine.connect(address)
        manifest = _manifest(engine, address)
        if manifest.encoder_digest != encoder.digest:  # a model in a renamed folder is still the same model
            raise LibraryForeign(
                f"The library {address} was made by the encoder {manifest.encoder} "
                f"({manifest.encoder_digest[:12]}, {manifest.dimension} dimensions), not by {encoder.name} "
                f"({encoder.digest[:12]}); use that encoder, or index your documents again into another collection."
            )
        return cls(engine, address, manifest)

    @staticmethod
    def encoder_origin(address: Address) -> str | None:
        """The folder of the encoder that made a library; None for the shipped one, or where no library can be read."""
        try:
            engine = Engine.connect(address)
            try:
                return _manifest(engine, address).encoder_origin
            finally:
                engine.close()
        except LibraryError:
            return None  # `open` says what is wrong

    def close(self) -> None:
        """Disconnect."""
        self.engine.close()

    @property
    def place(self) -> str:
        """How a user names it."""
        return str(self._address)

    @property
    def folder(self) -> Path:
        """The folder of files that were uploaded to the library through this machine's page."""
        name = self.place.partition("://")[2].replace("/", "-").replace(":", "-")
        return default_library().parent / ".ibid-on-servers" / name

    @property
    def is_transactional(self) -> bool:
        """False: one collection may be some seconds behind another."""
        return False

    @property
    def manifest(self) -> Manifest:
        """What the library was made with, and its generation now, including other machines' changes.

        Raises:
            LibraryMissing: it was removed from the server meanwhile.
        """
        generation = self._rows.generation()
        if generation is None:
            raise _missing_error(self._address)
        return replace(self._manifest, generation=generation)

    def snapshot(self) -> AbstractContextManager[None]:
        """Fetch each document's row once, so that everything read of a document is of one version."""
        return self._rows.snapshot()

    def state(self) -> LibraryState:
        """Count the library and digest it: the same documents give the same digest as in a folder."""
        return self._rows.counts().state

    def exclude(self, document_ids: Collection[str], scope: Scope = EVERYTHING) -> MilvusExclusion | None:
        """Prepare to leave out of a search some documents, and all that are outside a scope; None for no document.

        The server checks each passage by itself. A list of documents is made only of chosen collections and languages.
        """
        if scope.as_of:
            raise LibraryError(f"{self.place} is on a server, which keeps no versions; ask without the date.")
        named = scope.collections or scope.languages
        chosen = [one.id for one in self.documents.all() if scope.takes(one)] if named else ()
        condition = rows_of.condition_of(document_ids, scope, chosen)
        if not condition:
            return None
        return MilvusExclusion(condition, self.engine.count(DOCUMENTS, f"not ({condition})"))

    def damage(self) -> str | None:
        """None: a server checks its own files."""
        return None


def _manifest(engine: Engine, address: Address) -> Manifest:
    """Read what a library was made with; its generation is 0 here."""
    if not engine.has(PASSAGES):
        raise _missing_error(address)
    if not all(engine.has(suffix) and engine.is_ours(suffix) for suffix in EVERY):
        raise _not_ours(address)
    engine.load()
    data = _stored_manifest(engine)
    if data is None:
        raise _missing_error(address)  # another process is about to make it
    made = json.loads(data)
    if made["format"] != FORMAT:
        raise LibraryForeign(
            f"The library {address} has format {made['format']}, this Ibid reads format {FORMAT}; "
            "index your documents again into another collection."
        )
    return Manifest(FORMAT, made["encoder"], made["encoder_digest"], made["dimension"], 0, made["encoder_origin"])


def _stored_manifest(engine: Engine) -> str | None:
    """The note of what the library was made with, even if it was written a moment ago; None if there is none yet."""
    rows = engine.rows_having(NOTES, "key", [_LIBRARY], ["data"], strong=True)
    return str(rows[0]["data"]) if rows else None


def _not_ours(address: Address) -> LibraryForeign:
    return LibraryForeign(
        f"The collection {address.collection} at {address.uri} is not a library of Ibid; name another collection."
    )


def _missing_error(address: Address) -> LibraryMissing:
    return LibraryMissing(f"There is no library at {address}; make one with: ibid index PATH --library {address}")

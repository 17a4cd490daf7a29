"""The seam: what is asked of a library and of its search, whichever form holds them.

Two forms stand behind it: one machine's (SQLite in `library`, FAISS and Tantivy in `index`) and a cluster's (Milvus in
`cluster`). The tests in `tests/test_seam.py` run on both.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from ..encoder import Vectors
from ..encoder.word_vectors import Bytes
from ..filters import EVERYTHING, Scope
from ..records import Document, DocumentSummary, Hit, LibraryState, Manifest, Passage
from ..settings import Settings
from ..text.minhash import Sketches
from .records import (
    Addition,
    DocumentOrigin,
    EncodedPassage,
    OutdatedDocument,
    ReadingFailure,
    StoredDocument,
    StoredPassage,
    TextSlice,
)

# What stands for documents that are left out of a search, None for none; its length is how many they are. A library
# makes it, and only its own `Searching` reads what is in it.
Hidden = Any


class Readable(Protocol):
    """What answers are made from. Safe to use from several threads."""

    @property
    def manifest(self) -> Manifest:
        """What the library was made with, and its generation now, other processes' changes included."""

    @property
    def is_transactional(self) -> bool:
        """Whether all that is read in a snapshot is of one generation, so that what is made of it may be kept."""

    def snapshot(self) -> AbstractContextManager[None]:
        """Read from one state of the library, as far as its form can."""

    def state(self) -> LibraryState:
        """Count the library and digest it: the same documents, metadata and encoder give the same digest."""

    def documents(self) -> tuple[DocumentSummary, ...]:
        """List the documents, in the order of their ids."""

    def summary(self, document_id: str) -> DocumentSummary:
        """Fetch a document's line in the list."""

    def titles(self, document_ids: Iterable[str]) -> dict[str, str]:
        """Fetch the titles of some documents: id -> title."""

    def published_of(self, document_ids: Iterable[str]) -> dict[str, str | None]:
        """Fetch the dates of some documents: id -> ISO 8601 date, perhaps reduced, or None."""

    def published_span(self) -> tuple[str, str] | None:
        """The first and the last date of all documents, or None where none has one."""

    def document(self, document_id: str) -> Document:
        """Fetch a document with its text."""

    def extract(self, document_id: str, start: int, end: int) -> TextSlice:
        """Cut characters `start` to `end` (excluded) out of a document's text, with what a quote says of it."""

    def passages(self, document_id: str) -> tuple[Passage, ...]:
        """Fetch a document's passages in the order of the text, furniture included."""

    def sketches(self, document_ids: Iterable[str] | None = None) -> tuple[tuple[str, ...], Sketches]:
        """The sketches of some texts, of all unless told: ids in order, and uint32 (n_documents, n_hashes)."""

    def places(self, numbers: Iterable[int]) -> dict[int, tuple[str, int]]:
        """Find where passages stand: number -> document id and start; a number that is gone is left out."""

    def fetch(self, numbers: Sequence[int]) -> dict[int, StoredPassage]:
        """Fetch passages by their numbers; a number that is gone is left out."""

    def hide(self, document_ids: Collection[str], scope: Scope = EVERYTHING) -> Hidden:
        """Prepare to leave out of a search documents, and those that a scope does not take."""

    def word_vectors(self, numbers: Sequence[int]) -> dict[int, Bytes]:
        """Fetch the word vectors of passages: number -> int8 (n_words, n_axes)."""

    def whole(self, document_id: str) -> StoredDocument:
        """Fetch a document with its passages and their vectors, so that another library can take it."""

    def failures(self) -> dict[str, ReadingFailure]:
        """The files that could not be read: source -> failure."""

    def close(self) -> None:
        """Let go of it."""


class Store(Readable, Protocol):
    """What indexing and verification ask beyond that."""

    @property
    def folder(self) -> Path:
        """Where files lie that were handed over to the library; the folder need not be there."""

    @property
    def place(self) -> str:
        """How a user names the library."""

    def replace(
        self,
        document: Document,
        encoded: Sequence[EncodedPassage],
        *,
        new: bool = False,
        read_as: str = "",
        repeated: Collection[int] = (),
    ) -> str:
        """Add a document, in place of the one that has its id if there is one; returns the id that it has."""

    def replace_some(self, some: Sequence[Addition]) -> tuple[str, ...]:
        """Add some documents, as `replace` does, none of them before all those before it; returns their ids."""

    def remove(self, document_ids: Sequence[str]) -> None:
        """Remove documents, all or none."""

    def move(self, document_id: str, new_id: str, source: str) -> None:
        """Give a document another id and source; its passages and vectors stay."""

    def repeated(self, lines: Collection[int]) -> frozenset[int]:
        """Find which of some `edge_lines` several documents of their site have."""

    def outdated(self, count: int) -> tuple[OutdatedDocument, ...]:
        """Find documents that were cut when their sites repeated other lines than now, `count` at the most."""

    def recut(self, outdated: OutdatedDocument, gone: Collection[int], encoded: Sequence[EncodedPassage]) -> None:
        """Change what other lines that its site repeats change of a document's passages."""

    def origins(self) -> dict[str, DocumentOrigin]:
        """What each document was made from, in the order of their ids: source -> origin."""

    def remember_failure(self, source: str, failure: ReadingFailure) -> None:
        """Note that a file could not be read, so that it is not tried again before it changes."""

    def forget_failures(self, sources: Iterable[str]) -> None:
        """Drop what was noted of some files."""

    def text_digests(self) -> dict[str, str]:
        """Fetch the digest that each document's text had when it was stored: id -> SHA-256, hexadecimal."""

    def stored_of(self, document_id: str) -> Iterator[StoredPassage]:
        """Go through the passages of one document that can be found."""

    def vector_of(self, number: int) -> Vectors | None:
        """Fetch one passage's vector, float32 (dimension,); None where it is missing or damaged."""

    def sealed(self, document_id: str) -> tuple[bool, bool]:
        """Whether what is stored of a document is to the byte what was stored: its own row, and its passages."""

    def damage(self) -> str | None:
        """What the engine beneath complains of, or None."""


class Searching(Protocol):
    """What finds passages, over one generation of a library."""

    @property
    def generation(self) -> int:
        """The library's generation that it searches."""

    @property
    def state(self) -> LibraryState:
        """The library's counts and digest then, which no question need ask again."""

    @property
    def is_worn(self) -> bool:
        """Whether so much has changed since its indexes were built whole that they had better be built anew."""

    def hits(
        self,
        library: Readable,
        wanted: Sequence[str],
        question_vector: Vectors,
        settings: Settings,
        count: int,
        excluded: Hidden = None,
        weights: Mapping[str, float] | None = None,
    ) -> tuple[Hit, ...]:
        """Find passages for a question: the fused ranking, best first, ties by document id and start."""

    def frequencies(self, wanted: Iterable[str], excluded: Hidden = None) -> dict[str, int]:
        """Count the passages whose own words hold each term, those excluded left out."""

    def passage_count(self, excluded: Hidden = None) -> int:
        """How many passages can be found."""

    def nearest_spelling(self, word: str) -> str:
        """The library's own spelling of a word that it does not have, or the word itself where none is near."""

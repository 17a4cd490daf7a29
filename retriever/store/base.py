"""The protocols of a library, for both back ends: a folder (SQLite, FAISS, Tantivy) or a Milvus server.

Each part of a library has one job. `tests/store/test_backends.py` runs the same tests on both back ends.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from ..encoder import Encoder, Vectors
from ..encoder.word_vectors import Bytes
from ..filters import EVERYTHING, Scope
from ..records import Document, DocumentSummary, Hit, LibraryState, Passage
from ..settings import Settings
from ..text.minhash import Sketches
from .contents import (
    Addition,
    DocumentOrigin,
    DocumentVersion,
    EncodedPassage,
    Manifest,
    OutdatedDocument,
    ReadingFailure,
    StoredDocument,
    StoredPassage,
    TextSlice,
)

# The documents that a search leaves out, or None. Its length is their number. A library makes it, and only that
# library's own searcher looks inside.
Exclusion = Any


class Documents(Protocol):
    """The documents of a library."""

    def all(self) -> tuple[DocumentSummary, ...]:
        """List the documents, in the order of their ids."""

    def summary(self, document_id: str) -> DocumentSummary:
        """Fetch a document's line in the list.

        Raises:
            DocumentUnknown: no document has that id.
        """

    def get(self, document_id: str) -> Document:
        """Fetch a document with its text.

        Raises:
            DocumentUnknown: no document has that id.
        """

    def stored(self, document_id: str) -> StoredDocument:
        """Fetch a document with its passages and their vectors, so that another library can take it.

        Raises:
            DocumentUnknown: no document has that id.
            LibraryError: stored vectors are damaged.
        """

    def word_boxes(self, document_id: str) -> bytes:
        """Fetch where a document's words stand on its pages, as `reading.geometry.WordBoxes` packs it; b"" if unknown.

        Raises:
            DocumentUnknown: no document has that id.
        """

    def text_slice(self, document_id: str, start: int, end: int) -> TextSlice:
        """Fetch characters `start` to `end` (excluded) of a document's text, with the details that a quote needs.

        Raises:
            DocumentUnknown: no document has that id.
        """

    def titles(self, document_ids: Iterable[str]) -> dict[str, str]:
        """Fetch the titles of some documents: id -> title."""

    def publication_dates(self, document_ids: Iterable[str]) -> dict[str, str | None]:
        """Fetch the dates of some documents: id -> ISO 8601 date, perhaps without day or month, or None."""

    def languages(self, document_ids: Iterable[str]) -> dict[str, str | None]:
        """Fetch the languages of some documents: id -> ISO 639-1 code, or None where it is not known."""

    def date_range(self) -> tuple[str, str] | None:
        """The first and the last date of all documents, or None if no document has a date."""

    def origins(self) -> dict[str, DocumentOrigin]:
        """The file that each document was made from, in the order of their ids: source -> origin."""

    def sketches(self, document_ids: Iterable[str] | None = None) -> tuple[tuple[str, ...], Sketches]:
        """The sketches of some texts, or of all: ids in order, and uint32 (n_documents, n_hashes)."""

    def text_digests(self) -> dict[str, str]:
        """Fetch the digest that each document's text had when it was stored: id -> SHA-256, hexadecimal."""

    def checksums_match(self, document_id: str) -> tuple[bool, bool]:
        """Whether the stored bytes of a document are unchanged: first its details, then its passages."""

    def replace(
        self,
        document: Document,
        encoded: Sequence[EncodedPassage],
        *,
        new: bool = False,
        read_as: str = "",
        repeated: Collection[int] = (),
    ) -> str:
        """Add a document, in place of the one that has its id.

        Args:
            document: the document.
            encoded: its passages, in order.
            new: its id was free when it was chosen. If another process has meanwhile given that id to another source,
                that document stays, and this one gets the next free id.
            read_as: how its file was read. The same file need not be read again in the same way.
            repeated: the `edge_lines` that its site repeated when it was cut into passages.

        Returns:
            The id that the document has.

        Raises:
            ValueError: a vector's length is not the library's.
            LibraryBusy: another process kept writing for 30 s.
        """

    def replace_all(self, additions: Sequence[Addition]) -> tuple[str, ...]:
        """Add several documents in order, each as `replace` does; returns their ids."""

    def remove(self, document_ids: Sequence[str]) -> None:
        """Remove documents, all or none.

        Raises:
            DocumentUnknown: one of the ids is not in the library; then nothing is removed.
        """

    def assign(self, document_ids: Sequence[str], collection: str) -> None:
        """Let documents belong to a collection, all or none; their passages and vectors stay.

        Raises:
            DocumentUnknown: one of the ids is not in the library; then none is moved.
        """

    def ids_in(self, collections: Collection[str]) -> frozenset[str]:
        """The ids of the documents of some collections."""

    def versions(self, document_id: str | None = None) -> tuple[DocumentVersion, ...]:
        """The texts that a document has had, oldest first, the present one last.

        Args:
            document_id: the document; None: all documents, in the order of their ids.

        Returns:
            Empty if no document has that id. A server keeps only the present ones.
        """

    def note_stored(self, document_id: str, moment: str) -> None:
        """Note when a document was stored first, in ISO 8601: where it is a copy, before this library had it.

        A server keeps no versions, and needs no such moment.
        """

    def add_version(self, version: StoredDocument, of: str) -> None:
        """Add an earlier version of a document again that was removed with it.

        Raises:
            LibraryError: a server holds the library.
        """

    @property
    def keeps_versions(self) -> bool:
        """Whether what a document said before is kept when it changes."""

    def keep_versions(self, keep: bool) -> None:
        """Keep what documents say before they change, from now on; or keep it no longer, and remove what was kept.

        Raises:
            LibraryError: a server holds the library, and versions are to be kept.
        """

    def move(self, document_id: str, new_id: str, source: str) -> None:
        """Give a document another id and source; its passages and vectors stay.

        Raises:
            DocumentUnknown: no document has that id.
        """


class Passages(Protocol):
    """The passages of a library's documents."""

    def of_document(self, document_id: str) -> tuple[Passage, ...]:
        """Fetch a document's passages in the order of the text, page furniture included."""

    def stored_in(self, document_id: str) -> Iterator[StoredPassage]:
        """Go through the searchable passages of one document."""

    def fetch(self, numbers: Sequence[int]) -> dict[int, StoredPassage]:
        """Fetch passages by their numbers; numbers of removed passages are left out."""

    def places(self, numbers: Iterable[int]) -> dict[int, tuple[str, int]]:
        """Look up passages: number -> document id and start; numbers of removed passages are left out."""


class PassageVectors(Protocol):
    """The vectors of passages and of their words."""

    def get(self, number: int) -> Vectors | None:
        """Fetch one passage's vector, float32 (dimension,); None if it is missing or damaged."""

    def of_words(self, numbers: Sequence[int]) -> dict[int, Bytes]:
        """Fetch the word vectors of passages: number -> int8 (n_words, n_axes).

        Raises:
            LibraryError: stored vectors are damaged.
        """


class Boilerplate(Protocol):
    """The lines that several documents of a site share. They are page furniture, and not part of a passage."""

    def repeated(self, lines: Collection[int]) -> frozenset[int]:
        """Find those of some `edge_lines` that several documents of their site have."""

    def outdated(self, count: int) -> tuple[OutdatedDocument, ...]:
        """Find at most `count` documents that were cut when their sites repeated other lines than now."""

    def recut(self, outdated: OutdatedDocument, gone: Collection[int], encoded: Sequence[EncodedPassage]) -> None:
        """Replace the passages of an outdated document that change; the others stay.

        If another process has cut or replaced the document meanwhile, nothing changes.

        Args:
            outdated: the document as `outdated` found it.
            gone: the numbers of the passages to remove.
            encoded: the passages in their place.

        Raises:
            ValueError: a vector's length is not the library's.
            LibraryBusy: another process kept writing for 30 s.
        """


class Failures(Protocol):
    """The files that could not be read. They are tried again only after they change."""

    def all(self) -> dict[str, ReadingFailure]:
        """List them: source -> failure."""

    def add(self, source: str, failure: ReadingFailure) -> None:
        """Note that a file could not be read."""

    def remove(self, sources: Iterable[str]) -> None:
        """Drop the notes of some files."""


class Collections(Protocol):
    """The collections that were named or have members. Each document has the name of its own."""

    def all(self) -> dict[str, tuple[str, ...] | None]:
        """List them: name -> the accounts that may see it, or None if everybody may."""

    def save(self, name: str, members: Sequence[str] | None) -> None:
        """Add a collection, or give one other members."""

    def drop(self, name: str) -> None:
        """Take a collection off the list."""


class Searcher(Protocol):
    """Finds passages in one generation of a library."""

    @property
    def generation(self) -> int:
        """The generation of the library that it searches."""

    @property
    def state(self) -> LibraryState:
        """The library's counts and digest in that generation."""

    @property
    def languages(self) -> frozenset[str]:
        """The languages of the library's documents; English stands for those that are not known."""

    @property
    def is_worn(self) -> bool:
        """Whether so much has changed since its indexes were built that they should be built again."""

    def hits(
        self,
        library: "Library",
        wanted: Sequence[str],
        question_vector: Vectors,
        settings: Settings,
        count: int,
        excluded: Exclusion = None,
        weights: Mapping[str, float] | None = None,
    ) -> tuple[Hit, ...]:
        """Find passages for a question.

        Args:
            library: the library that is searched.
            wanted: the terms of the question's words that name something.
            question_vector: float32 (dimension,), unit length.
            settings: how many passages each index returns, and the weight of each.
            count: how many passages at most.
            excluded: the documents to leave out, as `Library.exclude` made it.
            weights: term -> weight, 0..1; terms that are not in it weigh 1.

        Returns:
            The fused ranking, best first, ties by document id and start; empty for an empty library.
        """

    def frequencies(self, wanted: Iterable[str], excluded: Exclusion = None) -> dict[str, int]:
        """Count the passages whose own words include each term, without excluded documents."""

    def passage_count(self, excluded: Exclusion = None) -> int:
        """Count the searchable passages, without excluded documents."""

    def count_known(self, terms: Sequence[str], language: str) -> int:
        """Count those of some terms that the library's documents of a language have in their own words."""

    def nearest_spelling(self, word: str, language: str) -> str:
        """The nearest spelling in the library's documents of a language, or the word itself if none is near."""


class Indexes(Protocol):
    """The indexes of a library."""

    def open(self, *, rebuild: bool = False) -> Searcher:
        """Open the indexes of the library's generation, updated or built first if need be.

        Args:
            rebuild: build them whole, even if they are there; a server keeps its own.
        """

    def open_soon(self) -> Searcher | None:
        """As `open`, but None if that would take longer than a question should wait."""

    def noticing_damage(self) -> AbstractContextManager[None]:
        """Raise a LibraryError for whatever fails in this block because stored files are damaged."""

    def problems(self, *, repair: bool = False) -> Iterator[str]:
        """Compare the indexes with the library and say what differs; `repair` mends it first."""


class Reencoding(Protocol):
    """The change to another encoder: its vectors are collected next to the current ones, until all are there.

    Only a library in a folder can change its encoder; a server's raises a LibraryError.
    """

    def pending(self, encoder: Encoder, count: int) -> tuple[StoredPassage, ...]:
        """Passages that the new encoder has yet to read.

        Args:
            encoder: the new encoder; an unfinished change to another one is dropped.
            count: how many at most.
        """

    def store(self, encoder: Encoder, vectors: Mapping[int, tuple[Vectors, Bytes]]) -> None:
        """Store the new encoder's vectors: passage number -> vector, word vectors."""

    def finish(self, encoder: Encoder) -> bool:
        """Let the new encoder's vectors answer, in one transaction, if it has read every passage.

        Returns:
            Whether it had; another process may have added documents meanwhile.
        """


class Erasure(Protocol):
    """The removal of every trace of a document.

    Only a library in a folder can tell what its files still hold; a server's raises a LibraryError.
    """

    def check_possible(self) -> None:
        """Raise a LibraryError if the library cannot be searched for traces."""

    def is_used_elsewhere(self) -> bool:
        """Whether another process has the library open; on Windows it is unknown, and False."""

    def is_text_elsewhere(self, text: str, document_ids: Collection[str]) -> bool:
        """Whether any other document has a text: in its words, its title or another detail."""

    def is_vector_elsewhere(self, vector: bytes, document_ids: Collection[str]) -> bool:
        """Whether a passage of any other document has a vector."""

    def are_word_boxes_elsewhere(self, piece: bytes, document_ids: Collection[str]) -> bool:
        """Whether the packed places of any other document's words have a piece."""

    def scrub(self) -> None:
        """Write files and indexes again, so that nobody can read removed documents in them.

        Raises:
            LibraryBusy: another process uses the library, so its log could not be emptied.
        """


class Library(Protocol):
    """An open library. Safe to use from several threads; close it when done."""

    @property
    def documents(self) -> Documents:
        """Its documents."""

    @property
    def passages(self) -> Passages:
        """Their passages."""

    @property
    def vectors(self) -> PassageVectors:
        """The vectors of the passages."""

    @property
    def boilerplate(self) -> Boilerplate:
        """The lines that sites repeat."""

    @property
    def failures(self) -> Failures:
        """The files that could not be read."""

    @property
    def collections(self) -> Collections:
        """The collections that were named or have members."""

    @property
    def indexes(self) -> Indexes:
        """Its indexes."""

    @property
    def reencoding(self) -> Reencoding:
        """The change to another encoder."""

    @property
    def erasure(self) -> Erasure:
        """The removal of every trace of a document."""

    @property
    def manifest(self) -> Manifest:
        """What the library was made with, and its generation now, including other processes' changes.

        Raises:
            LibraryForeign: another process has changed its encoder since it was opened.
        """

    @property
    def is_transactional(self) -> bool:
        """Whether everything in a snapshot comes from one generation, so that results may be cached."""

    @property
    def folder(self) -> Path:
        """The folder of files that were uploaded to the library; it need not exist."""

    @property
    def place(self) -> str:
        """How a user names the library."""

    def snapshot(self) -> AbstractContextManager[None]:
        """Let this thread read one state of the library, if the back end can."""

    def state(self) -> LibraryState:
        """Count the library and digest it: the same documents, metadata and encoder give the same digest."""

    def exclude(self, document_ids: Collection[str], scope: Scope = EVERYTHING) -> Exclusion:
        """Prepare a search that leaves out some documents, and all documents outside a scope; None for no document."""

    def damage(self) -> str | None:
        """The damage that the database itself reports, in a sentence, or None."""

    def close(self) -> None:
        """Release the library."""

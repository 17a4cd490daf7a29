"""A library as an account sees it: without the documents of some collections.

In: an open library, and the collections that are hidden. Out: a library for which those documents do not exist. One
decision: everything that reads a library reads this one, so no interface needs a rule of its own.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import numpy as np

from ..filters import EVERYTHING, Scope
from ..records import Document, DocumentSummary, LibraryState, Passage
from ..text.minhash import Sketches
from .base import (
    Boilerplate,
    Collections,
    Documents,
    Erasure,
    Exclusion,
    Failures,
    Indexes,
    Library,
    PassageVectors,
    Reencoding,
)
from .contents import (
    Addition,
    DocumentOrigin,
    DocumentVersion,
    EncodedPassage,
    Manifest,
    ReadingFailure,
    StoredDocument,
    StoredPassage,
    TextSlice,
    library_digest,
    unknown_document,
)


@dataclass(frozen=True, slots=True)
class _Contents:
    """What of a library is hidden, and what is seen.

    Attributes:
        manifest: of the library then; the rest holds as long as it is the same.
        hidden: ids of the hidden documents and of their earlier versions.
        hidden_count: how many documents are hidden, without their versions.
        documents: those that are seen, in the order of their ids.
        languages: of the documents that are seen.
        state: counts and digest of what is seen.
    """

    manifest: Manifest
    hidden: frozenset[str]
    hidden_count: int
    documents: tuple[DocumentSummary, ...]
    languages: frozenset[str]
    state: LibraryState

    @classmethod
    def of(cls, library: Library, collections: frozenset[str]) -> "_Contents":
        """Read it; the library stays as it is meanwhile."""
        manifest, every = library.manifest, library.documents.all()
        hidden = library.documents.ids_in(collections)
        seen = tuple(one for one in every if one.id not in hidden)
        rows = ((one.id, one.sha256, one.title, one.publisher, one.published) for one in seen)
        digest = library_digest(manifest.encoder_digest, rows)
        state = LibraryState(len(seen), sum(one.passages for one in seen), digest)
        languages = frozenset(one.language or "en" for one in seen)
        return cls(manifest, hidden, len(every) - len(seen), seen, languages, state)


class Hidden:
    """What of a library is hidden, found once for each of its generations."""

    def __init__(self, library: Library, collections: frozenset[str]) -> None:
        """Store the library, and the names of the hidden collections."""
        self.library = library
        self.collections = collections
        self._found: _Contents | None = None

    @property
    def now(self) -> _Contents:
        """What is hidden and seen of the library as it is now."""
        found = self._found
        with self.library.snapshot():
            if found is None or found.manifest != self.library.manifest:
                found = self._found = _Contents.of(self.library, self.collections)
        return found

    @property
    def ids(self) -> frozenset[str]:
        """The ids of the hidden documents."""
        return self.now.hidden

    def check(self, document_id: str) -> None:
        """Raise the error of an unknown document for a hidden one.

        Raises:
            DocumentUnknown: the document is hidden.
        """
        if document_id in self.ids:
            raise unknown_document(document_id)


class SeenDocuments:
    """The documents of a library, without the hidden ones."""

    def __init__(self, hidden: Hidden) -> None:
        """Store what is hidden."""
        self._hidden = hidden
        self._documents: Documents = hidden.library.documents

    def all(self) -> tuple[DocumentSummary, ...]:
        """List the documents that are seen."""
        return self._hidden.now.documents

    def summary(self, document_id: str) -> DocumentSummary:
        """As `base.Documents.summary`."""
        return self._known(document_id).summary(document_id)

    def get(self, document_id: str) -> Document:
        """As `base.Documents.get`."""
        return self._known(document_id).get(document_id)

    def stored(self, document_id: str) -> StoredDocument:
        """As `base.Documents.stored`."""
        return self._known(document_id).stored(document_id)

    def word_boxes(self, document_id: str) -> bytes:
        """As `base.Documents.word_boxes`."""
        return self._known(document_id).word_boxes(document_id)

    def text_slice(self, document_id: str, start: int, end: int) -> TextSlice:
        """As `base.Documents.text_slice`."""
        return self._known(document_id).text_slice(document_id, start, end)

    def titles(self, document_ids: Iterable[str]) -> dict[str, str]:
        """As `base.Documents.titles`."""
        return self._documents.titles(self._seen(document_ids))

    def publication_dates(self, document_ids: Iterable[str]) -> dict[str, str | None]:
        """As `base.Documents.publication_dates`."""
        return self._documents.publication_dates(self._seen(document_ids))

    def languages(self, document_ids: Iterable[str]) -> dict[str, str | None]:
        """As `base.Documents.languages`."""
        return self._documents.languages(self._seen(document_ids))

    def date_range(self) -> tuple[str, str] | None:
        """The first and the last date of the documents that are seen."""
        dates = sorted(one.published for one in self.all() if one.published)
        return (dates[0], dates[-1]) if dates else None

    def origins(self) -> dict[str, DocumentOrigin]:
        """As `base.Documents.origins`."""
        ids = self._hidden.ids
        return {source: origin for source, origin in self._documents.origins().items() if origin.document_id not in ids}

    def sketches(self, document_ids: Iterable[str] | None = None) -> tuple[tuple[str, ...], Sketches]:
        """As `base.Documents.sketches`."""
        if document_ids is not None:
            return self._documents.sketches(self._seen(document_ids))
        ids, sketches = self._documents.sketches()
        kept = [at for at, document_id in enumerate(ids) if document_id not in self._hidden.ids]
        return tuple(ids[at] for at in kept), sketches[np.array(kept, dtype=np.int64)]

    def text_digests(self) -> dict[str, str]:
        """As `base.Documents.text_digests`."""
        hidden = self._hidden.ids
        return {one: digest for one, digest in self._documents.text_digests().items() if one not in hidden}

    def checksums_match(self, document_id: str) -> tuple[bool, bool]:
        """As `base.Documents.checksums_match`."""
        return self._known(document_id).checksums_match(document_id)

    def replace(
        self,
        document: Document,
        encoded: Sequence[EncodedPassage],
        *,
        new: bool = False,
        read_as: str = "",
        repeated: Collection[int] = (),
    ) -> str:
        """As `base.Documents.replace`; a hidden document is never replaced."""
        (document_id,) = self.replace_all([Addition(document, encoded, new, read_as, repeated)])
        return document_id

    def replace_all(self, additions: Sequence[Addition]) -> tuple[str, ...]:
        """As `base.Documents.replace_all`; a hidden document is never replaced."""
        return self._documents.replace_all([self._beside_hidden(one) for one in additions])

    def remove(self, document_ids: Sequence[str]) -> None:
        """As `base.Documents.remove`."""
        for document_id in document_ids:
            self._hidden.check(document_id)
        self._documents.remove(document_ids)

    def assign(self, document_ids: Sequence[str], collection: str) -> None:
        """As `base.Documents.assign`."""
        for document_id in document_ids:
            self._hidden.check(document_id)
        self._documents.assign(document_ids, collection)

    def ids_in(self, collections: Collection[str]) -> frozenset[str]:
        """As `base.Documents.ids_in`."""
        return self._documents.ids_in(collections) - self._hidden.ids

    def versions(self, document_id: str | None = None) -> tuple[DocumentVersion, ...]:
        """As `base.Documents.versions`."""
        hidden = self._hidden.ids
        return tuple(one for one in self._documents.versions(document_id) if one.document.id not in hidden)

    def note_stored(self, document_id: str, moment: str) -> None:
        """As `base.Documents.note_stored`."""
        self._known(document_id).note_stored(document_id, moment)

    def add_version(self, version: StoredDocument, of: str) -> None:
        """As `base.Documents.add_version`."""
        self._known(of).add_version(version, of)

    @property
    def keeps_versions(self) -> bool:
        """As `base.Documents.keeps_versions`."""
        return self._documents.keeps_versions

    def keep_versions(self, keep: bool) -> None:
        """As `base.Documents.keep_versions`."""
        self._documents.keep_versions(keep)

    def move(self, document_id: str, new_id: str, source: str) -> None:
        """As `base.Documents.move`."""
        self._known(document_id).move(document_id, new_id, source)

    def _beside_hidden(self, addition: Addition) -> Addition:
        """A document under an id that no hidden one has."""
        document, hidden = addition.document, self._hidden.ids
        if document.id not in hidden:
            return addition
        free = next(one for number in count(2) if (one := f"{document.id}~{number}") not in hidden)
        return replace(addition, document=replace(document, id=free), new=True)

    def _known(self, document_id: str) -> Documents:
        self._hidden.check(document_id)
        return self._documents

    def _seen(self, document_ids: Iterable[str]) -> list[str]:
        hidden = self._hidden.ids
        return [one for one in document_ids if one not in hidden]


class SeenPassages:
    """The passages of a library, without those of hidden documents."""

    def __init__(self, hidden: Hidden) -> None:
        """Store what is hidden."""
        self._hidden = hidden
        self._passages = hidden.library.passages

    def of_document(self, document_id: str) -> tuple[Passage, ...]:
        """As `base.Passages.of_document`."""
        return () if document_id in self._hidden.ids else self._passages.of_document(document_id)

    def stored_in(self, document_id: str) -> Iterator[StoredPassage]:
        """As `base.Passages.stored_in`."""
        return iter(()) if document_id in self._hidden.ids else self._passages.stored_in(document_id)

    def fetch(self, numbers: Sequence[int]) -> dict[int, StoredPassage]:
        """As `base.Passages.fetch`."""
        hidden, found = self._hidden.ids, self._passages.fetch(numbers)
        return {number: one for number, one in found.items() if one.passage.document_id not in hidden}

    def places(self, numbers: Iterable[int]) -> dict[int, tuple[str, int]]:
        """As `base.Passages.places`."""
        hidden = self._hidden.ids
        return {number: place for number, place in self._passages.places(numbers).items() if place[0] not in hidden}


class SeenFailures:
    """No failures: the list names files, and nobody can tell whose they would have become."""

    def __init__(self, failures: Failures) -> None:
        """Store the library's list."""
        self._failures = failures

    def all(self) -> dict[str, ReadingFailure]:
        """List none."""
        return {}

    def add(self, source: str, failure: ReadingFailure) -> None:
        """As `base.Failures.add`."""
        self._failures.add(source, failure)

    def remove(self, sources: Iterable[str]) -> None:
        """As `base.Failures.remove`."""
        self._failures.remove(sources)


class SeenCollections:
    """The list of collections, without the hidden ones, which nobody can change here."""

    def __init__(self, hidden: Hidden) -> None:
        """Store what is hidden."""
        self._hidden = hidden
        self._collections: Collections = hidden.library.collections

    def all(self) -> dict[str, tuple[str, ...] | None]:
        """As `base.Collections.all`."""
        hidden = self._hidden.collections
        return {name: members for name, members in self._collections.all().items() if name not in hidden}

    def save(self, name: str, members: Sequence[str] | None) -> None:
        """As `base.Collections.save`."""
        if name not in self._hidden.collections:
            self._collections.save(name, members)

    def drop(self, name: str) -> None:
        """As `base.Collections.drop`."""
        if name not in self._hidden.collections:
            self._collections.drop(name)


@dataclass(frozen=True, slots=True)
class SeenExclusion:
    """The documents that a search leaves out.

    Attributes:
        whole: as the library's own searcher takes it, with what is hidden.
        count: how many documents that are seen are left out.
    """

    whole: Exclusion
    count: int

    def __len__(self) -> int:
        """How many documents that are seen are left out."""
        return self.count


class LibraryView:
    """A library without the documents of some collections. It is closed with the library."""

    def __init__(self, library: Library, collections: frozenset[str]) -> None:
        """Store the library, and the names of the hidden collections."""
        self._library = library
        self._hidden = Hidden(library, collections)
        self.documents = SeenDocuments(self._hidden)
        self.passages = SeenPassages(self._hidden)
        self.failures = SeenFailures(library.failures)
        self.collections = SeenCollections(self._hidden)

    @property
    def hidden_collections(self) -> frozenset[str]:
        """The names of the collections that are hidden."""
        return self._hidden.collections

    @property
    def hidden_documents(self) -> frozenset[str]:
        """The ids of their documents."""
        return self._hidden.ids

    @property
    def vectors(self) -> PassageVectors:
        """Those of the whole library; they are asked for by the numbers of passages that are seen."""
        return self._library.vectors

    @property
    def boilerplate(self) -> Boilerplate:
        """That of the whole library."""
        return self._library.boilerplate

    @property
    def indexes(self) -> Indexes:
        """Those of the whole library; `SeenSearch` leaves out what is hidden."""
        return self._library.indexes

    @property
    def reencoding(self) -> Reencoding:
        """That of the whole library."""
        return self._library.reencoding

    @property
    def erasure(self) -> Erasure:
        """That of the whole library."""
        return self._library.erasure

    @property
    def manifest(self) -> Manifest:
        """As `base.Library.manifest`."""
        return self._library.manifest

    @property
    def is_transactional(self) -> bool:
        """As `base.Library.is_transactional`."""
        return self._library.is_transactional

    @property
    def folder(self) -> Path:
        """As `base.Library.folder`."""
        return self._library.folder

    @property
    def place(self) -> str:
        """As `base.Library.place`."""
        return self._library.place

    def snapshot(self) -> AbstractContextManager[None]:
        """As `base.Library.snapshot`."""
        return self._library.snapshot()

    def state(self) -> LibraryState:
        """Count and digest what is seen."""
        return self._hidden.now.state

    @property
    def languages(self) -> frozenset[str]:
        """The languages of the documents that are seen."""
        return self._hidden.now.languages

    def exclude(self, document_ids: Collection[str], scope: Scope = EVERYTHING) -> "SeenExclusion":
        """As `base.Library.exclude`, and all that is hidden, which is not counted."""
        whole = self._library.exclude({*document_ids, *self._hidden.ids}, scope)
        return SeenExclusion(whole, max(0, len(whole or ()) - self._hidden.now.hidden_count))

    def damage(self) -> str | None:
        """As `base.Library.damage`."""
        return self._library.damage()

    def close(self) -> None:
        """Do nothing: the library is open as long as others use it."""

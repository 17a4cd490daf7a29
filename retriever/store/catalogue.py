"""Look-ups in a library: its documents, their passages and near-copies, and unreadable files."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ..filters import known_collection
from ..records import CollectionSummary, Document, DocumentSummary, Passage
from ..text.differences import SentenceChange, sentence_changes
from ..text.minhash import near_copies_by_id
from .base import Library
from .contents import DocumentVersion


class Catalogue:
    """Looks up the contents of a library, and changes nothing."""

    def __init__(self, library: Library) -> None:
        """Look up in an open library."""
        self._library = library

    def documents(self) -> tuple[DocumentSummary, ...]:
        """List the documents, in the order of their ids."""
        return self._library.documents.all()

    def summary(self, document_id: str) -> DocumentSummary:
        """Fetch a document's entry of the list.

        Raises:
            DocumentUnknown: no document has that id.
        """
        return self._library.documents.summary(document_id)

    def document(self, document_id: str) -> Document:
        """Fetch a document with its text.

        Raises:
            DocumentUnknown: no document has that id.
        """
        return self._library.documents.get(document_id)

    def passages(self, document_id: str) -> tuple[Passage, ...]:
        """Fetch a document's passages in the order of its text, with its page furniture (headers, menus, footers)."""
        return self._library.passages.of_document(document_id)

    def furniture(self, document_id: str) -> tuple[tuple[int, int], ...]:
        """Find the page furniture of a document: start and end of each piece."""
        return tuple((p.start, p.end) for p in self._library.passages.of_document(document_id) if p.furniture)

    def copies(self, document_ids: Sequence[str] | None = None) -> dict[str, tuple[tuple[str, float], ...]]:
        """Find the near-copies of some documents, or of all.

        Returns:
            Id -> the others' ids and shares of common runs of words, 0..1, most alike first.

        Raises:
            DocumentUnknown: one of the ids is not in the library.
        """
        ids, sketches = self._library.documents.sketches()
        for document_id in set(document_ids or ()).difference(ids):
            self._library.documents.summary(document_id)  # raises DocumentUnknown
        return near_copies_by_id(ids, sketches, document_ids)

    def collections(self) -> tuple[CollectionSummary, ...]:
        """List the collections by name; first the documents without one, if there are any or it has members."""
        named = self._library.collections.all()
        counts = Counter(one.collection for one in self.documents())
        return tuple(CollectionSummary(name, counts[name], named.get(name)) for name in sorted({*named, *counts}))

    def versions(self, document_id: str) -> tuple[DocumentVersion, ...]:
        """The texts that a document has had, oldest first, the present one last.

        Args:
            document_id: the document, or one of its versions.

        Raises:
            DocumentUnknown: no document has that id.
        """
        self._library.documents.summary(document_id)
        (one, *_) = self._library.documents.versions(document_id)
        return self._library.documents.versions(one.of)

    def version_changes(self, before: str, after: str) -> tuple[SentenceChange, ...]:
        """The sentences in which two documents, or two versions of one, differ.

        Raises:
            DocumentUnknown: no document has one of the ids.
        """
        return tuple(sentence_changes(self.document(before).text, self.document(after).text))

    @property
    def keeps_versions(self) -> bool:
        """Whether what a document said before is kept when it changes."""
        return self._library.documents.keeps_versions

    def known_collection(self, name: str) -> str:
        """The collection that a user means, in any case; the empty name is that of no collection.

        Raises:
            QuestionError: there is none of that name.
        """
        return known_collection(["", *(one.name for one in self.collections())], name) if name.strip() else ""

    def failures(self) -> dict[str, str]:
        """The files that could not be read: path -> reason. They are tried again once they change."""
        return {source: failure.reason for source, failure in self._library.failures.all().items()}

    @property
    def place(self) -> str:
        """The library's own folder, or its address on a server, by which `Assistant.open` finds it again."""
        return str(self._library.place)

    @property
    def generation(self) -> int:
        """A number that grows with each change of the library, also by another process."""
        return self._library.manifest.generation

    @property
    def folder(self) -> Path:
        """The folder of the library, or of the files that were uploaded to it if it is on a server."""
        return self._library.folder

    @property
    def added(self) -> Path:
        """The folder of files that were uploaded to the library; it may not exist yet."""
        return self._library.folder / "added"

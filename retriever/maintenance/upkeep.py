"""The upkeep of a library, as one class: copying it, erasing documents, and taking them out for a while."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..casefile.database import CaseDatabase
from ..casefile.judged import JudgedCases
from ..casefile.records import JudgedCase
from ..casefile.upkeep import Erased, count_naming
from ..encoder import Encoder
from ..ingest.indexing import remove_documents
from ..ingest.run import Progress
from ..ingest.site_boilerplate import mark_boilerplate
from ..store.base import Library
from ..store.catalogue import Catalogue
from ..store.contents import StoredDocument
from ..store.current import CurrentSearch
from ..store.open import create_library, locate, open_library
from . import collecting
from .copy import CopyReport, check_place, copy, inventory
from .erase import TraceReport, erase, erasing


class Upkeep(Catalogue):
    """Copies a library, and erases or takes out its documents. What it holds can be looked up too."""

    def __init__(self, library: Library, encoder: Encoder) -> None:
        """Keep an open library whose vectors come from an encoder."""
        super().__init__(library)
        self._encoder = encoder
        self._search = CurrentSearch(library, encoder)

    def inventory(self) -> CopyReport:
        """Read the whole library: its counts, and a digest of every text, passage and vector in it."""
        return inventory(self._library)

    def copy_to(self, place: str | os.PathLike[str], on_progress: Progress | None = None) -> CopyReport:
        """Copy the library with its vectors to a folder or a server. It is created there if it is missing.

        Raises:
            LibraryError: another library or the library itself is there, the place cannot be used, or the copy differs
                from the original.
        """
        there = locate(place)
        check_place(self._library, there)
        create_library(there, self._encoder)
        target = open_library(there, self._encoder)
        try:
            return copy(self._library, target, self._encoder, on_progress)
        finally:
            target.close()

    def keep_versions(self, keep: bool = True) -> None:
        """Keep what documents say before they change, from now on; or keep it no longer, and remove what was kept.

        Raises:
            LibraryError: a server holds the library.
        """
        self._library.documents.keep_versions(keep)

    def with_versions(self, document_ids: Sequence[str]) -> tuple[str, ...]:
        """The ids of some documents, after those of all their earlier versions."""
        found = [one.document.id for each in document_ids for one in self._library.documents.versions(each)]
        return tuple(dict.fromkeys((*(one for one in found if one not in document_ids), *document_ids)))

    def check_forgettable(self, document_ids: Sequence[str]) -> None:
        """Check that documents can be forgotten, before any of them is.

        Raises:
            DocumentUnknown: one of the ids is not in the library.
            LibraryError: a server holds the library.
        """
        for document_id in document_ids:
            self._library.documents.summary(document_id)
        self._library.erasure.check_possible()

    @property
    def kept(self) -> CaseDatabase:
        """What users keep of the library: case files, standing questions, judged answers."""
        return CaseDatabase(self.folder)

    def kept_of(self, document_ids: Sequence[str]) -> Erased:
        """Count what `forget` would erase in the case files with some documents."""
        return count_naming(self.folder, erasing(self._library, document_ids))

    def judged_cases(self) -> tuple[JudgedCase, ...]:
        """The answers that users have called right or wrong, of all accounts, the oldest first."""
        return JudgedCases(self.kept, None).list()

    def is_used_elsewhere(self) -> bool:
        """Whether another process, such as the chat page, has the library open. On Windows this is unknown: False.

        Raises:
            LibraryError: a server holds the library; only that could tell.
        """
        return self._library.erasure.is_used_elsewhere()

    def forget(self, document_ids: Sequence[str], also: Sequence[Path] = ()) -> TraceReport:
        """Remove documents with every trace of them, and check that none is left. Their own files elsewhere stay.

        Args:
            document_ids: the documents. With none, it only cleans up after earlier removals.
            also: files beside the library's own that are searched too.

        Raises:
            DocumentUnknown: one of the ids is not in the library; then none is forgotten.
            LibraryBusy: another process uses the library, whose log therefore still holds them.
            LibraryError: a server holds the library; nothing is removed.
        """
        return erase(
            self._library, self._encoder, self.with_versions(document_ids), self.added, also, self._search.drop
        )

    def add_collection(self, name: str) -> str:
        """Name a new collection, which everybody may see. Returns its name, on one line.

        Raises:
            QuestionError: it cannot be a name, or there is one of that name.
        """
        return collecting.add(self._library, name)

    def rename_collection(self, old: str, new: str) -> str:
        """Give a collection another name; its documents and members stay. Returns the new name.

        Raises:
            QuestionError: there is no such collection, or another one has the new name.
        """
        return collecting.rename(self._library, old, new)

    def remove_collection(self, name: str) -> int:
        """Remove a collection; its documents stay in the library. Returns their number.

        Raises:
            QuestionError: there is no such collection.
            LibraryError: it has documents that only its members may see.
        """
        return collecting.remove(self._library, name)

    def set_members(self, name: str, members: Sequence[str] | None) -> str:
        """Say which accounts may see a collection; None: everybody. Returns its name.

        Raises:
            QuestionError: there is no such collection, or a name cannot be an account's.
        """
        return collecting.set_members(self._library, name, members)

    def collect(self, document_ids: Sequence[str], collection: str) -> str:
        """Let documents belong to a collection, all or none; nothing is encoded again. Returns its name.

        Args:
            document_ids: the documents.
            collection: its name, in any case; empty for the one without a name.

        Raises:
            DocumentUnknown: one of the ids is not in the library.
            QuestionError: there is no such collection.
        """
        return collecting.assign(self._library, document_ids, collection)

    def take_out(self, document_ids: Sequence[str]) -> tuple[StoredDocument, ...]:
        """Remove documents, all or none, and return them, so that `put_back` can add them again.

        Raises:
            DocumentUnknown: one of the ids is not in the library.
        """
        whole = tuple(map(self._with_earlier, document_ids))
        remove_documents(self._library, self._encoder, document_ids)
        self._search.catch_up()
        return whole

    def put_back(self, taken: Sequence[StoredDocument]) -> tuple[str, ...]:
        """Add documents again that were taken out, with their vectors. Returns their new ids."""
        ids = tuple(
            self._library.documents.replace(one.document, one.encoded, new=True, read_as=one.read_as) for one in taken
        )
        for one, document_id in zip(taken, ids, strict=True):
            self._library.documents.note_stored(document_id, one.stored_at)
            for version in one.earlier:
                self._library.documents.add_version(version, document_id)
        mark_boilerplate(self._library, self._encoder)
        self._search.catch_up()
        return ids

    def _with_earlier(self, document_id: str) -> StoredDocument:
        stored, versions = self._library.documents.stored, self._library.documents.versions(document_id)
        earlier = (
            replace(stored(one.document.id), stored_at=one.stored_at)
            for one in versions
            if not one.is_newest and one.of == document_id
        )
        stored_at = next((one.stored_at for one in versions if one.document.id == document_id), "")
        return replace(stored(document_id), stored_at=stored_at, earlier=tuple(earlier))

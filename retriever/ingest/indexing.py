"""Files and folders, or documents in memory -> documents in the library.

The steps, a module each:

    run           counts, progress and the report at the end
    discovery     files -> those that are new or have changed
    tasks         a file -> a document, read in a process of its own
    distributed   the same on many machines
    chunking      a document -> passages
    encoding      passages -> vectors
    storing       documents, passages and vectors -> the library
    boilerplate   lines that the pages of one site repeat -> furniture

A file that cannot be read is skipped with its reason, and the others are still read. For an unchanged file only its
digest is computed. After an interruption, everything stored so far is kept, and a second run continues from there.
"""

import itertools
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from ..encoder import Encoder
from ..errors import LibraryError
from ..reading.folders import SkippedFile, find_files
from ..reading.worker import Worker
from ..records import Document
from ..settings import Settings
from ..store.base import Library
from .discovery import ChangedFiles, handle_missing_files
from .kept_pages import KeptPages
from .run import IndexReport, IndexRun, Progress
from .site_boilerplate import mark_boilerplate
from .storing import PendingDocument, store_documents
from .tasks import CANNOT_BE_STORED, TaskRunner, can_be_stored, run_locally


def index_paths(
    library: Library,
    encoder: Encoder,
    paths: Sequence[Path],
    settings: Settings,
    on_progress: Progress | None = None,
    *,
    exclude: Sequence[str] = (),
    prune: bool = False,
    retry: bool = False,
    run_tasks: TaskRunner | None = None,
    collection: str = "",
) -> IndexReport:
    """Add or refresh files and folders.

    Args:
        library: the library.
        encoder: encodes what is new.
        paths: files and folders.
        settings: how large a file may be, and what it may cost to read.
        on_progress: called after each file.
        exclude: patterns of what is left out below folders, as in a `.gitignore`.
        prune: remove documents whose file has left one of the folders.
        retry: read files again that could not be read before.
        run_tasks: reads the files; None for a process on this machine.
        collection: the collection that all of these documents belong to from now on. Empty: known ones stay in theirs.

    Returns:
        Document ids added, replaced and unchanged, in the order they were read; files skipped, with reasons.
    """
    found = find_files(paths, exclude, library.folder)
    run = IndexRun(on_progress, len(found.files), skipped=list(found.skipped))
    kept = KeptPages(library.folder)
    kept.remove_old()
    with Worker(settings.limits, pages=kept, on_page=run.show_page) as worker:
        changed = ChangedFiles(library, settings, run, retry=retry, collection=collection)
        pending = changed.documents(found.files, run_tasks or partial(run_locally, worker=worker))
        store_documents(library, encoder, pending, run)
    if collection:
        _assign_others(library, collection, [*run.unchanged, *(new for _, new in run.moved)])
    handle_missing_files(library, paths, found.files, run, prune=prune)
    mark_boilerplate(library, encoder, run.count)
    run.show("")
    return run.report()


def _assign_others(library: Library, collection: str, document_ids: Sequence[str]) -> None:
    """Let documents that were not read belong to a collection too, if they do not already."""
    there = library.documents.ids_in([collection])
    if others := [one for one in document_ids if one not in there]:
        library.documents.assign(others, collection)


def index_documents(library: Library, encoder: Encoder, documents: Iterable[Document]) -> IndexReport:
    """Add or refresh documents that are already in memory."""
    run = IndexRun()
    present = {summary.id for summary in library.documents.all()}

    def changed() -> Iterator[PendingDocument]:
        for each in documents:
            document = _in_its_collection(library, each) if each.id in present else each
            if document.id in present and library.documents.get(document.id) == document:
                run.unchanged.append(document.id)
            elif not can_be_stored(document.text):
                run.skipped.append(SkippedFile(document.id, CANNOT_BE_STORED))
            else:
                yield PendingDocument.split(library, document, new=document.id not in present)
                present.add(document.id)

    store_documents(library, encoder, changed(), run)
    mark_boilerplate(library, encoder)
    return run.report()


def _in_its_collection(library: Library, document: Document) -> Document:
    """A document that replaces another one, in the same collection if it names none."""
    kept = document.collection or library.documents.summary(document.id).collection
    return replace(document, collection=kept)


def remove_documents(library: Library, encoder: Encoder, document_ids: Sequence[str]) -> None:
    """Remove documents, all or none, and unmark the lines that their sites no longer repeat.

    Raises:
        DocumentUnknown: one of the ids is not in the library; then none is removed.
    """
    library.documents.remove(document_ids)
    mark_boilerplate(library, encoder)


def free_place(folder: Path, name: str) -> Path:
    """A file's place in a folder, under a name that no other file there has."""
    named = folder / name
    others = (named.with_stem(f"{named.stem} ({count})") for count in itertools.count(2))
    return next(path for path in itertools.chain([named], others) if not path.exists())


def move(file: Path, place: Path) -> None:
    """Move a file to a place, whose folder is made if it is missing.

    Raises:
        LibraryError: it cannot be moved there.
    """
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(file, place)
    except OSError as error:
        raise LibraryError(
            f"{place.name} cannot be stored in {place.parent} ({error.strerror}); free some space there."
        ) from error

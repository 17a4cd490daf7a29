"""A library -> a copy at another place, vectors included: from a folder to a server, back, or to another folder.

Documents that are already there are not sent again, so an interrupted copy can continue. Its case files go with it, and
what its documents said before, unless the copy is on a server. At the end all texts, passages and vectors of the copy
are read back, and must have the digest of the original.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, replace

from ..casefile.upkeep import copy_case_files
from ..encoder import Encoder
from ..errors import LibraryError
from ..ingest.run import IndexRun, Progress
from ..ingest.site_boilerplate import mark_boilerplate
from ..store.base import Library
from ..store.contents import Addition, StoredDocument
from ..store.open import Place, holds_others, is_at

# Sent at once: some megabytes.
_PASSAGES_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class CopyReport:
    """What a copy of a library holds.

    Attributes:
        digest: of every text, passage and vector in it; equal where all of them are.
    """

    documents: int
    passages: int
    digest: str


def check_place(source: Library, place: Place) -> None:
    """Check, before anything is written, that a library can be copied to a place.

    Raises:
        LibraryError: the library itself is there, or a folder of other files.
    """
    if is_at(source, place):
        raise LibraryError(f"{place} is the library that would be copied; name another place for the copy.")
    if holds_others(place):
        raise LibraryError(f"{place} has files, but no library; name a new or empty folder for the copy.")


def copy(source: Library, target: Library, encoder: Encoder, on_progress: Progress | None = None) -> CopyReport:
    """Copy all documents of a library into another, which is empty or has some of them.

    Args:
        source: what is copied.
        target: made by the same encoder.
        encoder: not loaded, unless `source` was being indexed when it was last left.
        on_progress: called after each document, which it counts as a file.

    Raises:
        LibraryError: the target holds other documents, or does not hold afterwards what was sent to it.
    """
    summaries = source.documents.all()
    there = {one.id: one for one in target.documents.all()}
    if others := sorted(there.keys() - {one.id for one in summaries}):
        raise LibraryError(
            f"The library {target.place} holds documents that {source.place} does not ({others[0]}); copy into an "
            "empty one."
        )
    _check_versions(source, target)
    for name, members in source.collections.all().items():  # first, so that nobody sees in between what is closed
        target.collections.save(name, members)
    run = IndexRun(on_progress, len(summaries))
    waiting: list[Addition] = []
    for summary in summaries:
        whole = source.documents.stored(summary.id)
        if summary.id not in there or _digest(target.documents.stored(summary.id)) != _digest(whole):
            waiting.append(Addition(whole.document, whole.encoded, read_as=whole.read_as))
        if sum(len(one.encoded) for one in waiting) >= _PASSAGES_AT_ONCE:
            target.documents.replace_all(waiting)
            waiting = []
        run.files_done += 1
        run.count(summary.passages, summary.id)
    target.documents.replace_all(waiting)
    if target.is_transactional:
        _copy_versions(source, target)
    mark_boilerplate(target, encoder)
    for path, failure in source.failures.all().items():
        target.failures.add(path, failure)
    run.show("")
    before, after = (inventory(library, versions=target.is_transactional) for library in (source, target))
    if before != after:
        raise LibraryError(
            f"{target.place} holds {after.documents} documents and {after.passages} passages with the digest "
            f"{after.digest[:19]}, {source.place} {before.documents} and {before.passages} with {before.digest[:19]}; "
            "one of them was changed meanwhile, or is damaged: run the same command again."
        )
    copy_case_files(source.folder, target.folder)
    return after


def _check_versions(source: Library, target: Library) -> None:
    """Refuse to erase a version that only the target has; the others come again with their documents."""
    known, there = ({one.document.id for one in library.documents.versions()} for library in (source, target))
    if others := sorted(there - known):
        raise LibraryError(
            f"The library {target.place} keeps a version that {source.place} does not ({others[0]}); copy into an "
            "empty one."
        )
    if target.documents.keeps_versions:
        target.documents.keep_versions(False)


def _copy_versions(source: Library, target: Library) -> None:
    """Copy what the documents said before, and the wish to keep it."""
    for one in source.documents.versions():
        if one.is_newest:
            target.documents.note_stored(one.of, one.stored_at)
        else:
            version = replace(source.documents.stored(one.document.id), stored_at=one.stored_at)
            target.documents.add_version(version, one.of)
    if source.documents.keeps_versions:
        target.documents.keep_versions(True)


def inventory(library: Library, *, versions: bool = True) -> CopyReport:
    """Read a whole library: its counts, and a digest of every text, passage and vector in it, and of versions."""
    digest, documents, passages = hashlib.sha256(), 0, 0
    for summary in library.documents.all():
        documents += 1
        passages += summary.passages
        digest.update(_digest(library.documents.stored(summary.id)).encode())
    earlier = [one for one in library.documents.versions() if not one.is_newest] if versions else ()
    for one in earlier:
        digest.update(f"{one.of} {one.stored_at} {_digest(library.documents.stored(one.document.id))}".encode())
    return CopyReport(documents, passages, f"sha256:{digest.hexdigest()}")


def _digest(whole: StoredDocument) -> str:
    """A digest of all of a document, hexadecimal."""
    details = asdict(whole.document)
    word_boxes = details.pop("word_boxes")
    digest = hashlib.sha256(json.dumps([details, whole.read_as], sort_keys=True).encode())
    digest.update(word_boxes)
    for item in whole.encoded:
        digest.update(json.dumps(asdict(item.passage)).encode())
        for array in (item.vector, item.word_vectors):
            digest.update(b"-" if array is None else array.tobytes())
    return digest.hexdigest()

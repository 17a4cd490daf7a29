"""The traces of a document: pieces of it to search for in raw files, to prove that nothing of it is left.

A piece that another document contains too is no trace of this one, and is not searched for.
"""

import json
import mmap
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from ..casefile.upkeep import Erased, Erasing, erase_documents
from ..encoder import Encoder
from ..errors import LibraryError
from ..fetching.kept import PageFiles, sources_in_use
from ..ingest.arrivals import sweep, unmark
from ..ingest.indexing import remove_documents
from ..ingest.kept_pages import KeptPages
from ..records import Document
from ..store.base import Library

Item = TypeVar("Item")

# Characters and bytes of a piece: long enough to occur nowhere by chance, short enough that few cross the border of two
# pages of a file, each of 4,096 bytes.
_SHORTEST, _LONGEST = 12, 40
_VECTOR_BYTES = 96
# Pieces of a document's words, and as many of its vectors, evenly spread. A file of a gigabyte is read once for each.
_PIECES = 100


@dataclass(frozen=True, slots=True)
class Trace:
    """A piece of a document: what it is, in a word or two, and its bytes."""

    kind: str
    data: bytes


@dataclass(frozen=True, slots=True)
class RemainingTrace:
    """A trace that a file still contains."""

    kind: str
    file: Path


@dataclass(frozen=True, slots=True)
class TraceReport:
    """The result of a search for traces in raw files.

    Attributes:
        files: how many were read.
        size: bytes read.
        left: the traces that were found; empty if nothing is left.
        erased: what the case files had of the documents.
    """

    files: int
    size: int
    left: tuple[RemainingTrace, ...]
    erased: Erased = field(default_factory=Erased)


def erase(
    library: Library,
    encoder: Encoder,
    document_ids: Sequence[str],
    added: Path,
    also: Sequence[Path],
    close_search: Callable[[], None],
) -> TraceReport:
    """Remove documents and all their traces, then search the files for what is left.

    Args:
        library: the library.
        encoder: the library's encoder.
        document_ids: the documents; none only cleans up after those that were removed earlier.
        added: the folder of the files that the library keeps; a document's own file there goes too.
        also: files beside the library's own that are searched too.
        close_search: closes the search that holds the library's indexes open.

    Raises:
        DocumentUnknown: one of the ids is not in the library; then none is removed.
        LibraryBusy: another process uses the library, whose log therefore still holds them.
        LibraryError: a server holds the library; nothing is removed.
    """
    library.erasure.check_possible()
    traces = traces_of(library, document_ids)
    erased = erase_documents(library.folder, erasing(library, document_ids))
    sources = [Path(library.documents.summary(document_id).source) for document_id in document_ids]
    remove_documents(library, encoder, document_ids)
    library.failures.remove(map(str, sources))
    KeptPages(library.folder).clear()  # they may be a newer version's of one of these files
    for source in sources:
        if source.parent == Path(os.path.abspath(added)):
            with suppress(OSError):  # the search below then finds it
                source.unlink(missing_ok=True)
            unmark(library.folder, source)
    sweep(library.folder)
    PageFiles(library.folder).sweep(sources_in_use(library))
    close_search()
    library.erasure.scrub()
    return replace(find_traces(traces, [library.folder, *also]), erased=erased)


def erasing(library: Library, document_ids: Sequence[str]) -> Erasing:
    """What case files have of some documents. What they have of an earlier version is kept under its document's id."""
    ids = frozenset(document_ids)
    versions = ((one.of, one.document) for one in library.documents.versions() if one.document.id in ids)
    return Erasing(ids, frozenset((of, version.sha256) for of, version in versions if of not in ids))


def traces_of(library: Library, document_ids: Collection[str]) -> tuple[Trace, ...]:
    """Collect the traces of some documents: pieces of their words and of their places, details, digests and vectors.

    Raises:
        DocumentUnknown: one of the ids is not in the library.
    """
    found: dict[bytes, str] = {}
    for document_id in document_ids:
        document = library.documents.get(document_id)
        for kind, text in _texts(document):
            if not library.erasure.is_text_elsewhere(text, document_ids):
                found.setdefault(text.encode(), kind)
                found.setdefault(json.dumps(text)[1:-1].encode(), kind)  # as conversations keep it
        vectors = [
            item.vector.tobytes() for item in library.documents.stored(document_id).encoded if item.vector is not None
        ]
        for vector in _spread(vectors):
            if not library.erasure.is_vector_elsewhere(vector, document_ids):
                found.setdefault(vector[:_VECTOR_BYTES], "vector")
        for piece in _spread(_pieces_of(document.word_boxes)):
            if not library.erasure.are_word_boxes_elsewhere(piece, document_ids):
                found.setdefault(piece, "places of words")
    return tuple(Trace(kind, data) for data, kind in found.items())


def find_traces(traces: Sequence[Trace], places: Sequence[Path]) -> TraceReport:
    """Search the raw bytes of files, and of all files below folders.

    Raises:
        LibraryError: a file cannot be read.
    """
    files, size, left = 0, 0, []
    try:
        for file in sorted(each for place in places for each in _files(place)):
            with suppress(FileNotFoundError):  # another process has removed it meanwhile
                size += file.stat().st_size
                left += [RemainingTrace(kind, file) for kind in sorted(_kinds_in(file, traces))]
                files += 1
    except OSError as error:
        reason = f"{error.filename} could not be searched for traces ({error.strerror})"
        raise LibraryError(f"{reason}.") from error
    return TraceReport(files, size, tuple(left))


def _texts(document: Document) -> Iterator[tuple[str, str]]:
    """The words of a document in pieces, and its details."""
    lines = [line.strip()[:_LONGEST] for line in document.text.replace(". ", ".\n").splitlines()]
    yield from (("words", line) for line in _spread([line for line in lines if len(line) >= _SHORTEST]))
    details = {"id": document.id, "title": document.title, "path": document.source, "digest": document.sha256}
    details |= {"author": document.author or "", "link": document.link or ""}
    yield from ((kind, text) for kind, text in details.items() if len(text) >= _SHORTEST)


def _pieces_of(packed: bytes) -> list[bytes]:
    """Pieces of the packed places of a document's words, from their end, where two files differ."""
    ends = range(len(packed), _VECTOR_BYTES - 1, -_VECTOR_BYTES)
    return [packed[end - _VECTOR_BYTES : end] for end in ends]


def _spread(items: Sequence[Item]) -> Sequence[Item]:
    return items[:: max(1, -(-len(items) // _PIECES))]


def _files(place: Path) -> Iterator[Path]:
    for file in place.rglob("*") if place.is_dir() else (place,):
        if file.is_file():
            yield file


def _kinds_in(file: Path, traces: Sequence[Trace]) -> set[str]:
    """The kinds of traces that a file's name or bytes hold."""
    kinds = {trace.kind for trace in traces if trace.data in str(file).encode(errors="surrogateescape")}
    with file.open("rb") as stream:
        if stream.seek(0, 2):
            with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
                kinds |= {trace.kind for trace in traces if data.find(trace.data) >= 0}
    return kinds

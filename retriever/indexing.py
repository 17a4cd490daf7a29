"""Files and folders -> documents in the library: found, read, split, encoded, stored.

A file that cannot be read is skipped with its reason and the rest goes on. Each document is one transaction, so an
interruption loses nothing that was stored, and a second run goes on from there.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .encoder import Encoder, Reading
from .errors import ReadingError
from .library import Encoded, Library
from .passages import split_passages
from .reading.files import read_document
from .reading.sources import FILE_NAME as SOURCES_NAME
from .reading.sources import SourceNotes, read_sources
from .records import Document, IndexReport, Passage, Skipped
from .settings import Settings
from .word_vectors import WordAxes
from .words import words

# Called with the files done, the files in all, and the file at hand.
Progress = Callable[[int, int, str], None]

# Passages read at once: enough to fill batches of like length, few enough to show progress and to lose little.
_PASSAGES_AT_ONCE = 128


@dataclass(slots=True)
class _Tally:
    """What an indexing run has done so far."""

    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def report(self) -> IndexReport:
        """Freeze it."""
        return IndexReport(
            tuple(self.added),
            tuple(self.replaced),
            tuple(self.unchanged),
            tuple(self.skipped),
            tuple(self.warnings),
        )


def index_paths(
    library: Library,
    encoder: Encoder,
    paths: Sequence[Path],
    settings: Settings,
    on_progress: Progress | None = None,
) -> IndexReport:
    """Add or refresh files and folders.

    Returns:
        Document ids added, replaced and unchanged, in the order they were read; files skipped, with reasons.
    """
    tally = _Tally()
    found: dict[str, tuple[Path, Path]] = {}
    for file, collection in _found(paths, library.folder, tally):
        found.setdefault(os.path.abspath(file), (file, collection))
    files = list(found.values())
    index_documents(library, encoder, _read(library, files, settings, tally, on_progress), tally)
    tally.warnings.extend(_gone(library, paths, files))
    return tally.report()


def index_documents(
    library: Library, encoder: Encoder, documents: Iterable[Document], tally: _Tally | None = None
) -> IndexReport:
    """Add or refresh documents that are already in memory."""
    tally = tally or _Tally()
    present = {summary.id for summary in library.documents()}
    waiting: list[tuple[Document, tuple[Passage, ...]]] = []
    waiting_passages = 0
    for document in documents:
        if document.id in present and library.document(document.id) == document:
            tally.unchanged.append(document.id)
            continue
        if not _can_be_stored(document.text):
            tally.skipped.append(Skipped(document.id, "its text holds a NUL or half a surrogate pair; take it out"))
            continue
        passages = split_passages(document)
        waiting.append((document, passages))
        waiting_passages += len(passages)
        if waiting_passages >= _PASSAGES_AT_ONCE:
            _store(library, encoder, waiting, present, tally)
            waiting, waiting_passages = [], 0
    _store(library, encoder, waiting, present, tally)
    return tally.report()


def encode_documents(
    encoder: Encoder, documents: Sequence[tuple[Document, tuple[Passage, ...]]]
) -> list[list[Encoded]]:
    """Read the passages of some documents together, which fills the encoder's batches.

    A passage is read with its document's title before it, which says what it is about.
    """
    texts: list[str] = []
    places: list[list[tuple[int, int]]] = []
    for document, passages in documents:
        before = f"{document.title}. " if document.title else ""
        for passage in passages:
            if not passage.furniture:
                text = document.text[passage.start : passage.end]
                texts.append(before + text)
                places.append([(len(before) + word.start, len(before) + word.end) for word in words(text)])
    readings = iter(encoder.read_passages(texts, places))
    axes = WordAxes.of(encoder)
    return [[_encoded(passage, readings, axes) for passage in passages] for _, passages in documents]


def _encoded(passage: Passage, readings: Iterator[Reading], axes: WordAxes) -> Encoded:
    if passage.furniture:
        return Encoded(passage)
    reading = next(readings)
    return Encoded(passage, reading.vector, axes.pack(reading.word_vectors))


def _store(
    library: Library,
    encoder: Encoder,
    waiting: Sequence[tuple[Document, tuple[Passage, ...]]],
    present: set[str],
    tally: _Tally,
) -> None:
    if not waiting:
        return  # the encoder need not be loaded
    for (document, _), encoded in zip(waiting, encode_documents(encoder, waiting), strict=True):
        new = document.id not in present
        document_id = library.replace(document, encoded, new=new)
        (tally.added if new else tally.replaced).append(document_id)
        present.add(document_id)


def _can_be_stored(text: str) -> bool:
    """Whether SQLite can hold a text: it cuts at a NUL, and half a surrogate pair has no UTF-8."""
    return "\0" not in text and _is_utf8(text)


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _found(paths: Sequence[Path], library_folder: Path, tally: _Tally) -> Iterator[tuple[Path, Path]]:
    """Find the files below some paths, each with the folder that is its collection; hidden ones are left out."""
    for path in paths:
        if not path.is_dir():
            yield path, path.parent
            continue
        files = sorted(_below(path, library_folder, tally))
        if not files:
            tally.skipped.append(Skipped(str(path), "the folder holds no files; put documents into it"))
        yield from ((file, path) for file in files)


def _below(folder: Path, library_folder: Path, tally: _Tally) -> Iterator[Path]:
    def unreadable(error: OSError) -> None:
        tally.skipped.append(Skipped(str(error.filename), f"the folder cannot be read ({error.strerror})"))

    for parent, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = [
            name for name in folders if not name.startswith(".") and not _same(Path(parent, name), library_folder)
        ]
        yield from (Path(parent, name) for name in names if not name.startswith(".") and name != SOURCES_NAME)


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def _read(
    library: Library,
    files: Sequence[tuple[Path, Path]],
    settings: Settings,
    tally: _Tally,
    on_progress: Progress | None,
) -> Iterator[Document]:
    notes_of: dict[Path, dict[str, SourceNotes]] = {}
    taken: dict[str, str] = {summary.id: summary.source for summary in library.documents()}
    for done, (file, collection) in enumerate(files):
        if on_progress:
            on_progress(done, len(files), str(file))
        if file.parent not in notes_of:
            notes_of[file.parent] = _notes(file.parent, tally)
        source = os.path.abspath(file)
        if not _is_utf8(source):
            shown = str(file).encode(errors="backslashreplace").decode()
            tally.skipped.append(Skipped(shown, "its name is not UTF-8; rename the file"))
            continue
        known_id = library.id_of_source(source)
        document_id = known_id or _free_id(file, collection, source, taken)
        try:
            about = notes_of[file.parent].get(file.name)
            document, warnings = read_document(Path(source), document_id, about, settings.largest_file_bytes)
        except ReadingError as error:
            kept = f" What was read from it earlier stays in the library as {known_id}." if known_id else ""
            tally.skipped.append(Skipped(str(file), f"{error}{kept}"))
            continue
        taken[document_id] = source
        tally.warnings.extend(f"{file}: {warning}" for warning in warnings)
        yield document
    if on_progress and files:
        on_progress(len(files), len(files), "")


def _notes(folder: Path, tally: _Tally) -> dict[str, SourceNotes]:
    file = folder / SOURCES_NAME
    if not file.is_file():
        return {}
    try:
        return dict(read_sources(file))
    except ReadingError as error:
        tally.skipped.append(Skipped(str(file), str(error)))
        return {}


def _free_id(file: Path, collection: Path, source: str, taken: dict[str, str]) -> str:
    """The path inside the collection; where another file has that id, the collection's name is put before it."""
    document_id = file.relative_to(collection).as_posix()
    wanted = [document_id, f"{collection.resolve().name}/{document_id}"]
    wanted += [f"{wanted[1]}~{count}" for count in range(2, len(taken) + 3)]
    return next(candidate for candidate in wanted if taken.get(candidate, source) == source)


def _gone(library: Library, paths: Sequence[Path], files: Sequence[tuple[Path, Path]]) -> Iterator[str]:
    """Warn of documents whose file has left a folder that was refreshed: they stay until they are removed."""
    read = {os.path.abspath(file) for file, _ in files}
    folders = [os.path.abspath(path) for path in paths if path.is_dir()]
    for summary in library.documents():
        below = any(Path(summary.source).is_relative_to(folder) for folder in folders)
        if below and summary.source not in read:
            yield f"{summary.id}: its file is gone, the document is still in the library; drop it with: ibid remove"

"""Files and folders -> documents in the library: found, read, split, encoded, stored.

A file that cannot be read is skipped with its reason and the rest goes on; one that has not changed since costs its
digest. Each document is one transaction, so an interruption loses nothing that was stored, and a second run goes on
from there.
"""

import hashlib
import itertools
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np

from ..encoder import Encoder, Vectors
from ..encoder.word_vectors import Bytes, WordAxes
from ..errors import LibraryError, ReadingError
from ..reading.boilerplate import edge_lines, repeated_spans
from ..reading.files import READING_VERSION, digest_of, read_document
from ..reading.folders import find_files
from ..reading.sources import FILE_NAME as SOURCES_NAME
from ..reading.sources import SourceNotes, read_sources
from ..reading.worker import Worker
from ..records import Document, IndexProgress, IndexReport, Passage, Provenance, SkippedFile
from ..settings import Settings
from ..store.base import Store
from ..store.records import Addition, DocumentOrigin, EncodedPassage, ReadingFailure
from ..store.sqlite.library import Library
from ..text.tokens import words
from .chunking import split_passages

# Called after each file, and as the passages of a long one are encoded.
Progress = Callable[[IndexProgress], None]

# Passages read at once: enough to fill batches of like length, few enough to show progress and to lose little.
_PASSAGES_AT_ONCE = 128

# How far from 1 the square of a stored vector's length may be: further, and it is damaged.
_UNIT = 1e-3

# Documents cut anew at once where their site's lines have changed: one or two passages of each are encoded.
_DOCUMENTS_AT_ONCE = 64


@dataclass(slots=True)
class Run:
    """What an indexing run has done so far."""

    on_progress: Progress | None = None
    files: int = 0
    files_done: int = 0
    passages: int = 0
    began: float = field(default_factory=time.monotonic)
    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    skipped: list[SkippedFile] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    moved: list[tuple[str, str]] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)

    def show(self, name: str) -> None:
        """Tell how far it is."""
        if self.on_progress and self.files:
            seconds = time.monotonic() - self.began
            self.on_progress(IndexProgress(self.files_done, self.files, self.passages, seconds, name))

    def count(self, more: int, name: str = "") -> None:
        """Count passages that were encoded, and tell."""
        self.passages += more
        self.show(name)

    def report(self) -> IndexReport:
        """Freeze it."""
        return IndexReport(
            tuple(self.added),
            tuple(self.replaced),
            tuple(self.unchanged),
            tuple(self.skipped),
            tuple(self.warnings),
            tuple(self.moved),
            tuple(self.removed),
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that is to be read.

    Attributes:
        file: as it was found.
        source: its absolute path.
        collection: the folder that it was found in.
        about: what `sources.toml` says of it.
        sha256: hexadecimal digest of its bytes.
        read_as: what decides, beside its bytes, what is read from it.
        known: what the library has of it.
    """

    file: Path
    source: str
    collection: Path
    about: SourceNotes | None
    sha256: str
    read_as: str
    known: DocumentOrigin | None


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of a file, elsewhere perhaps: a document with its passages and their vectors, or why there is none.

    Attributes:
        encoded: None where its passages are yet to be cut and encoded.
    """

    document: Document | None = None
    warnings: tuple[str, ...] = ()
    encoded: tuple[EncodedPassage, ...] | None = None
    reason: str = ""


# Files -> what was read of each, in their order; what does so one after the other, and what does so on many machines.
Reader = Callable[[Iterable[tuple[Wanted, str]]], Iterable[tuple[Wanted, Read]]]


@dataclass(frozen=True, slots=True)
class _Split:
    """A document cut into passages, waiting to be encoded.

    Attributes:
        new: whether the library had nothing of it when its id was chosen; another process may have given that id to
            another document since, which must not be replaced.
        repeated: which of its lines its site was known to repeat.
        read_as: how its file was read.
        encoded: its passages with their vectors, where they were encoded already.
    """

    document: Document
    passages: tuple[Passage, ...]
    new: bool
    repeated: frozenset[int]
    read_as: str = ""
    encoded: tuple[EncodedPassage, ...] | None = None

    @classmethod
    def of(cls, library: Store, document: Document, *, new: bool, read_as: str = "") -> "_Split":
        """Cut a document by what its site is known to repeat."""
        repeated = library.repeated(edge_lines(document))
        passages = split_passages(document, repeated_spans(document, repeated))
        return cls(document, passages, new, repeated, read_as)


def index_paths(
    library: Store,
    encoder: Encoder,
    paths: Sequence[Path],
    settings: Settings,
    on_progress: Progress | None = None,
    *,
    exclude: Sequence[str] = (),
    prune: bool = False,
    reader: Reader | None = None,
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
        reader: reads files in place of a process of this machine.

    Returns:
        Document ids added, replaced and unchanged, in the order they were read; files skipped, with reasons.
    """
    found = find_files(paths, exclude, library.folder)
    run = Run(on_progress, len(found.files), skipped=list(found.skipped))
    with Worker(settings.limits) as worker:
        files = _Files(library, settings, run)
        read = reader or partial(_read_here, worker)
        _store_all(library, encoder, files.splits(found.files, read), run)
    _look_for_gone(library, paths, found.files, run, prune=prune)
    mark_repeated(library, encoder, run.count)
    run.show("")
    return run.report()


def index_documents(library: Store, encoder: Encoder, documents: Iterable[Document]) -> IndexReport:
    """Add or refresh documents that are already in memory."""
    run = Run()
    present = {summary.id for summary in library.documents()}

    def changed() -> Iterator[_Split]:
        for document in documents:
            if document.id in present and library.document(document.id) == document:
                run.unchanged.append(document.id)
            elif not _can_be_stored(document.text):
                run.skipped.append(SkippedFile(document.id, _CANNOT_BE_STORED))
            else:
                yield _Split.of(library, document, new=document.id not in present)
                present.add(document.id)

    _store_all(library, encoder, changed(), run)
    mark_repeated(library, encoder)
    return run.report()


def remove_documents(library: Store, encoder: Encoder, document_ids: Sequence[str]) -> None:
    """Remove documents, all or none; what only they and two others of their site had is furniture no longer.

    Raises:
        DocumentUnknown: one of the ids is not in the library; then none is removed.
    """
    library.remove(document_ids)
    mark_repeated(library, encoder)


def mark_repeated(library: Store, encoder: Encoder, on_passages: Callable[[int], None] | None = None) -> None:
    """Mark as furniture what sites repeat, and unmark what they don't; only passages that this changes are encoded.

    Interrupted, the next change of the library goes on from there.

    Args:
        library: the library, to which documents were added or from which they were removed.
        encoder: encodes what changes.
        on_passages: called now and then with how many more passages were read.
    """
    while some := library.outdated(_DOCUMENTS_AT_ONCE):
        gone, new = [], []
        for each in some:
            passages = split_passages(each.document, repeated_spans(each.document, each.repeated))
            before, after = set(each.passages.values()), set(passages)
            gone.append([number for number, passage in each.passages.items() if passage not in after])
            new.append((each.document, tuple(passage for passage in passages if passage not in before)))
        every = encode_documents(encoder, new, on_passages)
        for each, numbers, encoded in zip(some, gone, every, strict=True):
            library.recut(each, numbers, encoded)


def encode_documents(
    encoder: Encoder,
    documents: Sequence[tuple[Document, tuple[Passage, ...]]],
    on_passages: Callable[[int], None] | None = None,
    known: Mapping[tuple[str, str], EncodedPassage] | None = None,
) -> list[list[EncodedPassage]]:
    """Read the passages of some documents together, which fills the encoder's batches.

    A passage is read with its document's title before it, which says what it is about.

    Args:
        encoder: reads them.
        documents: each with its passages.
        on_passages: called now and then with how many more were read.
        known: title and text -> what was read of that before, which need not be read again.
    """
    known = known or {}
    texts: list[str] = []
    places: list[list[tuple[int, int]]] = []
    for document, passages in documents:
        for passage in passages:
            passage_text = document.text[passage.start : passage.end]
            if not passage.furniture and (document.title, passage_text) not in known:
                text, found = _with_title(document.title, passage_text)
                texts.append(text)
                places.append(found)
    read = _read(encoder, texts, places, on_passages)

    def encoded(document: Document, passage: Passage) -> EncodedPassage:
        if passage.furniture:
            return EncodedPassage(passage)
        before = known.get((document.title, document.text[passage.start : passage.end]))
        return replace(before, passage=passage) if before else EncodedPassage(passage, *next(read))

    return [[encoded(document, passage) for passage in passages] for document, passages in documents]


def _read_before(library: Store, document_id: str) -> dict[tuple[str, str], EncodedPassage]:
    """What was read of a document's passages: title and text -> that; nothing where it is new, or damaged."""
    try:
        whole = library.whole(document_id)
    except LibraryError:
        return {}
    title, text = whole.document.title, whole.document.text
    return {
        (title, text[item.passage.start : item.passage.end]): item
        for item in whole.encoded
        if item.vector is not None and abs(float(item.vector @ item.vector) - 1) < _UNIT
    }


def _with_title(title: str, text: str) -> tuple[str, list[tuple[int, int]]]:
    """What the encoder reads of a passage, and the places of the passage's own words in it."""
    before = f"{title}. " if title else ""
    return before + text, [(len(before) + word.start, len(before) + word.end) for word in words(text)]


def _read(
    encoder: Encoder,
    texts: Sequence[str],
    places: Sequence[Sequence[tuple[int, int]]],
    on_passages: Callable[[int], None] | None = None,
) -> Iterator[tuple[Vectors, Bytes]]:
    """Read texts: the vector of each, and its word vectors, packed; those of some texts together, which is quicker."""
    axes = WordAxes.of(encoder)
    for start in range(0, len(texts), _PASSAGES_AT_ONCE):
        end = start + _PASSAGES_AT_ONCE
        readings = encoder.read_passages(texts[start:end], places[start:end])
        packed = axes.pack(np.concatenate([reading.word_vectors for reading in readings]))
        ends = np.cumsum([len(reading.word_vectors) for reading in readings])
        if on_passages:
            on_passages(len(readings))
        yield from zip((reading.vector for reading in readings), np.split(packed, ends[:-1]), strict=True)


def _store_all(library: Store, encoder: Encoder, splits: Iterable[_Split], run: Run) -> None:
    """Encode and store documents, some at once."""
    waiting: list[_Split] = []
    count = 0
    for split in splits:
        waiting.append(split)
        count += len(split.passages)
        if count >= _PASSAGES_AT_ONCE:
            _store(library, encoder, waiting, run)
            waiting, count = [], 0
    _store(library, encoder, waiting, run)


def _store(library: Store, encoder: Encoder, waiting: Sequence[_Split], run: Run) -> None:
    if not waiting:
        return  # the encoder need not be loaded

    count = partial(run.count, name=waiting[0].document.id)
    known: dict[tuple[str, str], EncodedPassage] = {}
    for split in waiting:
        known |= {} if split.new or split.encoded is not None else _read_before(library, split.document.id)
    unread = [(split.document, split.passages) for split in waiting if split.encoded is None]
    every = iter(encode_documents(encoder, unread, count, known))
    additions = [
        Addition(
            split.document,
            next(every) if split.encoded is None else split.encoded,
            split.new,
            split.read_as,
            split.repeated,
        )
        for split in waiting
    ]
    for split, document_id in zip(waiting, library.replace_some(additions), strict=True):
        run.passages += 0 if split.encoded is None else sum(item.vector is not None for item in split.encoded)
        (run.added if split.new else run.replaced).append(document_id)
        run.files_done += 1
        run.show(document_id)


_CANNOT_BE_STORED = "it holds a NUL or half a surrogate pair: take it out."


def _can_be_stored(text: str) -> bool:
    """Whether SQLite can hold a text: it cuts at a NUL, and half a surrogate pair has no UTF-8."""
    return "\0" not in text and _is_utf8(text)


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _read_here(worker: Worker, wanted: Iterable[tuple[Wanted, str]]) -> Iterator[tuple[Wanted, Read]]:
    """Read files one after the other; their passages are cut when the library has what came before."""
    for each, document_id in wanted:
        yield each, read_one(each, document_id, worker)


def read_one(wanted: Wanted, document_id: str, worker: Worker) -> Read:
    """Read a file, or say why it cannot be read."""
    try:
        document, warnings = read_document(Path(wanted.source), document_id, wanted.about, wanted.sha256, worker)
        if not _can_be_stored(document.text):
            raise ReadingError(_CANNOT_BE_STORED)
    except ReadingError as error:
        return Read(reason=str(error))
    return Read(document, tuple(warnings))


class _Files:
    """The files of one run, those read that have changed."""

    def __init__(self, library: Store, settings: Settings, run: Run) -> None:
        self._library = library
        self._settings = settings
        self._run = run
        self._origins = library.origins()
        self._failures = library.failures()
        self._taken = {origin.document_id: source for source, origin in self._origins.items()}
        self._notes: dict[Path, dict[str, SourceNotes]] = {}

    def splits(self, files: Sequence[tuple[Path, Path]], reader: Reader) -> Iterator[_Split]:
        """Read what is new or has changed; note in the run what is not, and what cannot be read."""
        for wanted, read in reader(self._wanted(files)):
            split = self._split(wanted, read)
            if split is None:
                self._run.files_done += 1
            else:
                yield split

    def _wanted(self, files: Sequence[tuple[Path, Path]]) -> Iterator[tuple[Wanted, str]]:
        """The files that are to be read, each with the id that its document has, or may have."""
        for file, collection in files:
            self._run.show(str(file))
            wanted = self._one(file, collection)
            if wanted is None:
                self._run.files_done += 1
            else:
                yield wanted, self._id(wanted)

    def _one(self, file: Path, collection: Path) -> Wanted | None:
        source = os.path.abspath(file)
        if not _is_utf8(source):
            shown = str(file).encode(errors="backslashreplace").decode()
            self._run.skipped.append(SkippedFile(shown, "it has a name that is not UTF-8: rename the file."))
            return None
        about = self._about(file)
        wanted = Wanted(file, source, collection, about, "", _read_as(about), self._origins.get(source))
        try:
            wanted = replace(wanted, sha256=digest_of(Path(source), self._settings.largest_file_bytes))
        except ReadingError as error:
            self._fail(wanted, str(error))
            return None
        known, failed = wanted.known, self._failures.get(source)
        if known and (known.sha256, known.read_as) == (wanted.sha256, wanted.read_as):
            if failed:  # it was broken meanwhile
                self._library.forget_failures([source])
            self._run.unchanged.append(known.document_id)
            return None
        if failed and (failed.sha256, failed.read_as) == (wanted.sha256, wanted.read_as):
            self._fail(wanted, failed.reason)
            return None
        if not known and self._moved(file, wanted.sha256, wanted.read_as, self._id(wanted), source):
            return None
        return wanted

    def _id(self, wanted: Wanted) -> str:
        if wanted.known:
            return wanted.known.document_id
        return _free_id(wanted.file, wanted.collection, wanted.source, self._taken)

    def _split(self, wanted: Wanted, read: Read) -> _Split | None:
        """Take what was read, under the id that is free now."""
        document = read.document
        if document is None:
            self._fail(wanted, read.reason)
            return None
        document = replace(document, id=self._id(wanted))
        self._taken[document.id] = wanted.source
        self._run.warnings.extend(f"{wanted.file}: {warning}" for warning in read.warnings)
        new = wanted.known is None
        if read.encoded is None:
            return _Split.of(self._library, document, new=new, read_as=wanted.read_as)
        encoded = tuple(replace(item, passage=replace(item.passage, document_id=document.id)) for item in read.encoded)
        passages = tuple(item.passage for item in encoded)
        return _Split(document, passages, new, frozenset(), wanted.read_as, encoded)

    def _about(self, file: Path) -> SourceNotes | None:
        if file.parent not in self._notes:
            self._notes[file.parent] = _notes(file.parent, self._run)
        return self._notes[file.parent].get(file.name)

    def _moved(self, file: Path, sha256: str, read_as: str, document_id: str, source: str) -> bool:
        """Where the same bytes were read from a file that is gone, the document moves, with its vectors.

        Not where its title was made from the file's name, and that has changed: passages are read with their title.
        """
        for old, origin in self._origins.items():
            same = (origin.sha256, origin.read_as) == (sha256, read_as)
            named = origin.title_known is Provenance.UNKNOWN and Path(old).name != file.name
            if same and not named and not os.path.exists(old):
                self._library.move(origin.document_id, document_id, source)
                del self._origins[old], self._taken[origin.document_id]
                self._origins[source] = DocumentOrigin(document_id, origin.title, origin.title_known, sha256, read_as)
                self._taken[document_id] = source
                self._run.moved.append((origin.document_id, document_id))
                return True
        return False

    def _fail(self, wanted: Wanted, reason: str) -> None:
        reason = _of_it(reason, wanted.file)
        if wanted.sha256:
            self._library.remember_failure(wanted.source, ReadingFailure(wanted.sha256, wanted.read_as, reason))
        elif wanted.source in self._failures:  # it is gone, or fails for another reason now
            self._library.forget_failures([wanted.source])
        known = wanted.known
        kept = f" What was read from it earlier stays in the library as {known.document_id}." if known else ""
        self._run.skipped.append(SkippedFile(str(wanted.file), f"{reason}{kept}"))


def _of_it(reason: str, file: Path) -> str:
    """What a reader says of a file that it names, as it is said beside the file's name."""
    for name in (str(file), os.path.abspath(file), file.name):
        if reason.startswith(f"{name} "):
            return f"it{reason[len(name) :]}"
    return reason


def _read_as(about: SourceNotes | None) -> str:
    """A digest of what decides, beside a file's bytes, what is read from it."""
    return hashlib.sha256(json.dumps([READING_VERSION, asdict(about or SourceNotes())]).encode()).hexdigest()[:16]


def _notes(folder: Path, run: Run) -> dict[str, SourceNotes]:
    file = folder / SOURCES_NAME
    if not file.is_file():
        return {}
    try:
        return dict(read_sources(file))
    except ReadingError as error:
        run.skipped.append(SkippedFile(str(file), _of_it(str(error), file)))
        return {}


def _free_id(file: Path, collection: Path, source: str, taken: dict[str, str]) -> str:
    """The path inside the collection; where another file has that id, the collection's name is put before it."""
    document_id = file.relative_to(collection).as_posix()
    if taken.get(document_id, source) == source:
        return document_id
    longer = f"{collection.resolve().name}/{document_id}"
    candidates = itertools.chain([longer], (f"{longer}~{number}" for number in itertools.count(2)))
    return next(candidate for candidate in candidates if taken.get(candidate, source) == source)


def _look_for_gone(
    library: Store, paths: Sequence[Path], files: Sequence[tuple[Path, Path]], run: Run, *, prune: bool
) -> None:
    """Warn of documents whose file has left a folder that was refreshed, or remove them where that was asked for.

    Nothing is known of the files below a folder that could not be read, or that is empty, as where its disk is not
    there: their documents stay.
    """
    read = {os.path.abspath(file) for file, _ in files}
    folders = [os.path.abspath(path) for path in paths if path.is_dir()]
    unknown = [os.path.abspath(skipped.path) for skipped in run.skipped]

    def gone(source: str) -> bool:
        below = [folder for folder in (*folders, *unknown) if Path(source).is_relative_to(folder)]
        return source not in read and bool(below) and not set(below) & set(unknown)

    missing = [source for source in library.failures() if gone(source)]
    library.forget_failures(missing)
    left = {origin.document_id: source for source, origin in library.origins().items() if gone(source)}
    if prune and left:
        library.remove(list(left))
        run.removed.extend(left)
        return
    run.warnings.extend(
        f"{document_id}: its file is {'now left out' if os.path.lexists(source) else 'gone'}, the document is still in "
        "the library; drop it with: ibid remove, or index with --prune"
        for document_id, source in left.items()
    )


def reencode(library: Library, encoder: Encoder, on_progress: Progress | None = None) -> None:
    """Let another encoder read every passage, then change over to it at once; until then the first one answers.

    Interrupted, it goes on from there when it is begun again.
    """
    total = library.state().passages
    run = Run(on_progress, total)
    while True:
        while some := library.not_reencoded(encoder, _PASSAGES_AT_ONCE):
            texts, places = zip(*(_with_title(stored.title, stored.text) for stored in some), strict=True)
            read = _read(encoder, texts, places)
            library.store_reencoded(encoder, {stored.number: found for stored, found in zip(some, read, strict=True)})
            run.passages += len(some)
            run.files_done = min(total, run.files_done + len(some))
            run.show(some[0].passage.document_id)
        if library.change_over(encoder):
            return

"""Files -> those that are new or have changed since they were stored.

A file counts as changed when its bytes, its notes in `sources.toml` or the way that Ibid reads files have changed.
"""

import hashlib
import itertools
import json
import os
from collections.abc import Container, Iterator, Sequence
from dataclasses import asdict, replace
from difflib import get_close_matches
from pathlib import Path

from ..errors import ReadingError
from ..reading import ocr
from ..reading.files import READING_VERSION, digest_of, may_need_ocr
from ..reading.folders import SkippedFile, as_utf8, is_on_disk
from ..reading.sources import FILE_NAME as SOURCES_NAME
from ..reading.sources import SourceNotes, read_sources
from ..records import Provenance
from ..settings import Settings
from ..store.base import Library
from ..store.contents import ReadingFailure
from .editing import with_corrections
from .run import IndexRun
from .storing import PendingDocument
from .tasks import ReadResult, ReadTask, TaskRunner

MOST_NAMED = 5
"""Files that a warning about `sources.toml` names one by one."""


class ChangedFiles:
    """Finds the files of one run that must be read, and takes what was read of them."""

    def __init__(
        self,
        library: Library,
        settings: Settings,
        run: IndexRun,
        *,
        retry: bool = False,
        collection: str = "",
    ) -> None:
        """Fetch what the library has of each file.

        Args:
            library: the library.
            settings: how large a file may be.
            run: notes unchanged, moved and skipped files.
            retry: read files again that could not be read before.
            collection: the collection that the documents belong to; empty: for a known file its own, else none.
        """
        self._retry = retry
        self._collection = collection
        self._library = library
        self._settings = settings
        self._run = run
        self._origins = library.documents.origins()
        self._failures = library.failures.all()
        self._taken = {origin.document_id: source for source, origin in self._origins.items()}
        self._notes: dict[Path, dict[str, SourceNotes]] = {}

    def documents(self, files: Sequence[tuple[Path, Path]], run_tasks: TaskRunner) -> Iterator[PendingDocument]:
        """Read the files that are new or have changed.

        Args:
            files: each file with the folder that is its collection.
            run_tasks: reads them.
        """
        for task, result in run_tasks(self._tasks(files)):
            pending = self._pending(task, result)
            if pending is None:
                self._run.files_done += 1
            else:
                yield pending

    def _tasks(self, files: Sequence[tuple[Path, Path]]) -> Iterator[ReadTask]:
        for file, collection in files:
            self._run.show(str(file))
            task = self._task(file, collection)
            if task is None:
                self._run.files_done += 1
            else:
                yield task

    def _task(self, file: Path, collection: Path) -> ReadTask | None:
        """The task to read a file; None if it has not changed, has only moved, or cannot be read."""
        source = as_utf8(os.path.abspath(file))
        about = self._about(file)
        read_as = _reading_digest(about, by_ocr=ocr.is_installed() and may_need_ocr(Path(os.path.abspath(file))))
        task = ReadTask(file, source, collection, "", about, "", read_as, self._origins.get(source))
        try:
            task = replace(task, sha256=digest_of(Path(os.path.abspath(file)), self._settings.largest_file_bytes))
        except ReadingError as error:
            self._fail(task, str(error))
            return None
        known, failed = task.known, self._failures.get(source)
        if known and (known.sha256, known.read_as) == (task.sha256, task.read_as):
            if failed:  # it was broken in between
                self._library.failures.remove([source])
            self._run.unchanged.append(known.document_id)
            return None
        if failed and not self._retry and (failed.sha256, failed.read_as) == (task.sha256, task.read_as):
            self._fail(task, failed.reason)
            return None
        task = replace(task, document_id=self._document_id(task))
        return None if not known and self._has_moved(task) else task

    def _pending(self, task: ReadTask, result: ReadResult) -> PendingDocument | None:
        """The document that was read, under an id that is free now."""
        if result.document is None:
            self._fail(task, result.reason, interrupted=result.interrupted)
            return None
        document = replace(result.document, id=self._document_id(task), collection=self._collection)
        encoded_items = result.encoded
        if task.known:
            corrected = with_corrections(document, self._library.documents.summary(task.known.document_id))
            encoded_items = encoded_items if corrected.title == document.title else None  # encoded with their title
            document = corrected
        self._taken[document.id] = task.source
        self._run.warnings.extend(as_utf8(f"{task.file}: {warning}") for warning in result.warnings)
        new = task.known is None
        if encoded_items is None:
            return PendingDocument.split(self._library, document, new=new, read_as=task.read_as)
        encoded = tuple(replace(item, passage=replace(item.passage, document_id=document.id)) for item in encoded_items)
        passages = tuple(item.passage for item in encoded)
        return PendingDocument(document, passages, new, frozenset(), task.read_as, encoded)

    def _document_id(self, task: ReadTask) -> str:
        """The id that the file's document has; for a new file its path inside the collection.

        Where another file has that id, the collection's name is put before it.
        """
        if task.known:
            return task.known.document_id
        path = as_utf8(task.file.relative_to(task.collection).as_posix())
        if self._taken.get(path, task.source) == task.source:
            return path
        longer = f"{as_utf8(task.collection.resolve().name)}/{path}"
        candidates = itertools.chain([longer], (f"{longer}~{number}" for number in itertools.count(2)))
        return next(each for each in candidates if self._taken.get(each, task.source) == task.source)

    def _about(self, file: Path) -> SourceNotes | None:
        if file.parent not in self._notes:
            self._notes[file.parent] = _read_notes(file.parent, self._run, self._origins)
        return self._notes[file.parent].get(file.name)

    def _has_moved(self, task: ReadTask) -> bool:
        """Whether the library read the same bytes from a file that is gone; if so, its document takes the new path.

        A document whose title was made from the file's name is read again if the name has changed, since passages are
        encoded with their title.
        """
        for old, origin in self._origins.items():
            same = (origin.sha256, origin.read_as) == (task.sha256, task.read_as)
            renamed = origin.title_known is Provenance.UNKNOWN and Path(old).name != task.file.name
            if same and not renamed and not is_on_disk(old):
                self._library.documents.move(origin.document_id, task.document_id, task.source)
                del self._origins[old], self._taken[origin.document_id]
                self._origins[task.source] = replace(origin, document_id=task.document_id)
                self._taken[task.document_id] = task.source
                self._run.moved.append((origin.document_id, task.document_id))
                return True
        return False

    def _fail(self, task: ReadTask, reason: str, *, interrupted: bool = False) -> None:
        """Skip a file; the reason is stored, so that the file is not read again before it changes.

        Where the machine was the reason and not the file, it is read again by the next run.
        """
        reason = as_utf8(_without_name(reason, task.file))
        if task.sha256:
            read_as = "" if interrupted else task.read_as
            self._library.failures.add(task.source, ReadingFailure(task.sha256, read_as, reason))
        elif task.source in self._failures:  # it is gone, or now fails for another reason
            self._library.failures.remove([task.source])
        known = task.known
        kept = f" The earlier version stays in the library as {known.document_id}." if known else ""
        self._run.skipped.append(SkippedFile(as_utf8(str(task.file)), f"{reason}{kept}"))


def handle_missing_files(
    library: Library, paths: Sequence[Path], files: Sequence[tuple[Path, Path]], run: IndexRun, *, prune: bool
) -> None:
    """Warn about documents whose file is no longer in its folder, or remove them.

    Documents below a folder that is gone or could not be read stay: its disk may only be unplugged.

    Args:
        library: the library.
        paths: the files and folders of the run.
        files: the files that were found there, each with its collection.
        run: notes the warnings and removals.
        prune: remove the documents.
    """
    present = {as_utf8(os.path.abspath(file)) for file, _ in files}
    folders = [as_utf8(os.path.abspath(path)) for path in paths if path.is_dir()]
    empty = {as_utf8(os.path.abspath(path)) for path in paths if _can_be_listed(path)}
    unreadable = {as_utf8(os.path.abspath(skipped.path)) for skipped in run.skipped} - empty

    def is_missing(source: str) -> bool:
        parents = [folder for folder in (*folders, *unreadable) if Path(source).is_relative_to(folder)]
        return source not in present and bool(parents) and not unreadable.intersection(parents)

    library.failures.remove([source for source in library.failures.all() if is_missing(source)])
    missing = {
        origin.document_id: source for source, origin in library.documents.origins().items() if is_missing(source)
    }
    if prune and missing:
        library.documents.remove(list(missing))
        run.removed.extend(missing)
        return
    run.warnings.extend(
        f"{document_id}: its file is {'now excluded' if is_on_disk(source) else 'gone'}, but the document is "
        "still in the library; remove it with: ibid remove, or index with --prune"
        for document_id, source in missing.items()
    )


def _can_be_listed(folder: Path) -> bool:
    try:
        with os.scandir(folder):
            return True
    except OSError:
        return False


def _reading_digest(about: SourceNotes | None, *, by_ocr: bool) -> str:
    """A digest of what decides, apart from a file's bytes, what is read from it.

    Args:
        about: its notes in `sources.toml`.
        by_ocr: whether words in its pictures are read. It is read again once that can be done.
    """
    decides = [READING_VERSION, asdict(about or SourceNotes()), *(["ocr"] if by_ocr else [])]
    return hashlib.sha256(json.dumps(decides).encode()).hexdigest()[:16]


def _read_notes(folder: Path, run: IndexRun, known: Container[str]) -> dict[str, SourceNotes]:
    """The notes on a folder's files. A name without a file is warned of, unless the library knows the file."""
    file = folder / SOURCES_NAME
    if not file.is_file():
        return {}
    try:
        notes = dict(read_sources(file))
    except ReadingError as error:
        run.skipped.append(SkippedFile(str(file), _without_name(str(error), file)))
        return {}
    paths = {name: as_utf8(os.path.abspath(folder / name)) for name in notes}
    missing = [name for name, path in paths.items() if path not in known and not is_on_disk(path)]
    if missing:
        run.warnings.append(as_utf8(f"{file}: {_missing_names(missing, folder)}"))
    return notes


def _missing_names(missing: Sequence[str], folder: Path) -> str:
    """What to say of notes on files that are not there."""
    present = sorted(each.name for each in folder.iterdir())
    named = []
    for name in missing[:MOST_NAMED]:
        alike = get_close_matches(name, present, n=1)
        named.append(f"{name} (perhaps {alike[0]}?)" if alike else name)
    more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
    return f"no file in this folder is named {', '.join(named)}{more}; correct the names, so that the notes are used."


def _without_name(reason: str, file: Path) -> str:
    """A parser's message with "it" in place of the file's name, to be shown next to that name."""
    for name in (str(file), os.path.abspath(file), file.name):
        if reason.startswith(f"{name} "):
            return f"it{reason[len(name) :]}"
    return reason

"""One file to read -> its document, or the reason why it could not be read.

A task and its result can be pickled, so that another process or machine can do the work. `run_locally` does it here;
`distributed` does it on many machines.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import ReadingError, ReadingInterrupted
from ..reading.files import read_document
from ..reading.sources import SourceNotes
from ..reading.worker import Worker
from ..records import Document
from ..store.contents import DocumentOrigin, EncodedPassage

CANNOT_BE_STORED = "it holds a NUL or half a surrogate pair: take it out."


@dataclass(frozen=True, slots=True)
class ReadTask:
    """A file to read, because it is new or has changed.

    Attributes:
        file: the path as it was found.
        source: its absolute path, as stored.
        collection: the folder that it was found in.
        document_id: the id that its document has; for a new file, one that was free when the task was made.
        about: what `sources.toml` says about the file.
        sha256: hexadecimal digest of its bytes; empty if they could not be read.
        read_as: digest of what else decides which text is read from it.
        known: what the library has of the file, or None for a new one.
    """

    file: Path
    source: str
    collection: Path
    document_id: str
    about: SourceNotes | None
    sha256: str
    read_as: str
    known: DocumentOrigin | None


@dataclass(frozen=True, slots=True)
class ReadResult:
    """The result of a task: a document, or the reason why the file could not be read.

    Attributes:
        document: the document, under the id of its task.
        warnings: what the user should know, one sentence each.
        encoded: its passages with their vectors; None if they are still to be cut and encoded.
        reason: why the file could not be read; empty if it could.
        interrupted: whether the machine was the reason, so that another try may succeed.
    """

    document: Document | None = None
    warnings: tuple[str, ...] = ()
    encoded: tuple[EncodedPassage, ...] | None = None
    reason: str = ""
    interrupted: bool = False


TaskRunner = Callable[[Iterable[ReadTask]], Iterable[tuple[ReadTask, ReadResult]]]
"""Runs tasks and gives each with its result, in the order of the tasks."""


def run_locally(tasks: Iterable[ReadTask], worker: Worker) -> Iterator[tuple[ReadTask, ReadResult]]:
    """Read files one after the other; their passages are cut later, when the earlier files are stored."""
    for task in tasks:
        yield task, run_task(task, worker)


def run_task(task: ReadTask, worker: Worker) -> ReadResult:
    """Read one file."""
    try:
        document, warnings = read_document(
            Path(os.path.abspath(task.file)), task.document_id, task.about, task.sha256, worker
        )
        if not can_be_stored(document.text):
            raise ReadingError(CANNOT_BE_STORED)
    except ReadingError as error:
        return ReadResult(reason=str(error), interrupted=isinstance(error, ReadingInterrupted))
    return ReadResult(document, tuple(warnings))


def can_be_stored(text: str) -> bool:
    """Whether SQLite can hold a text: it cuts at a NUL, and half a surrogate pair has no UTF-8."""
    return "\0" not in text and is_utf8(text)


def is_utf8(text: str) -> bool:
    """Whether a text, or a file's name, can be written as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True

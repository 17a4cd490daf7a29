"""Files on their way into a library. They wait in its folder `arrivals`, in one folder for each process.

A process that is killed leaves its files there. The next one removes them, and so does `ibid forget`. A file that the
library has taken over, and has not read yet, has a mark. One decision: a folder belongs to who holds a lock on it, so
that two pages over one library leave each other's files alone.
"""

import secrets
import shutil
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..store.sqlite.folder_lock import FolderLock

NAME = "arrivals"
_MARKS = "handed-over"
_MARK_ATTEMPTS = 10

_ABANDONED_SECONDS = 86_400
"""After a day nobody waits for a file any more. Only this tells where the system has no locks."""


class Arrivals:
    """This process's folder for files that arrive, made for a library; it goes with this object.

    Attributes:
        folder: the folder.
    """

    def __init__(self, library_folder: Path) -> None:
        """Make the folder, and remove those of processes that have ended."""
        while True:
            self.folder = library_folder / NAME / secrets.token_hex(8)
            self.folder.mkdir(parents=True, mode=0o700)
            self._lock = FolderLock(self.folder)
            if self.folder.exists():  # else another process has swept it before it was locked
                break
        weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        sweep(library_folder)


def sweep(library_folder: Path) -> None:
    """Remove the files that waited for a library in processes that have ended."""
    for folder in (library_folder / NAME).glob("*"):
        with suppress(OSError):
            lock = FolderLock(folder)
            try:
                is_free = lock.is_held and not lock.has_others()
                if is_free or time.time() - folder.stat().st_mtime > _ABANDONED_SECONDS:
                    shutil.rmtree(folder, ignore_errors=True)
            finally:
                lock.release()
    with suppress(OSError):  # it is not empty, or there is none
        (library_folder / NAME).rmdir()


@contextmanager
def marked(library_folder: Path, file: Path) -> Iterator[None]:
    """Mark a file as not read yet, while the block reads it; the mark stays if the process is killed."""
    mark = library_folder / _MARKS / file.name
    for attempt in range(_MARK_ATTEMPTS):
        mark.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            mark.touch()
            break
        except FileNotFoundError:  # another process has removed the folder while it was empty
            if attempt == _MARK_ATTEMPTS - 1:
                raise
    try:
        yield
    finally:
        unmark(library_folder, file)


def unmark(library_folder: Path, file: Path) -> None:
    """Remove a file's mark, if it has one."""
    mark = library_folder / _MARKS / file.name
    with suppress(OSError):
        mark.unlink(missing_ok=True)
    remove_empty_marks(library_folder)


def remove_empty_marks(library_folder: Path) -> None:
    """Remove the folder of the marks unless files are marked; a killed process may leave it empty."""
    with suppress(OSError):  # it is not empty, or there is none
        (library_folder / _MARKS).rmdir()


def marked_files(library_folder: Path, added: Path) -> list[Path]:
    """The files of the folder `added` that have a mark."""
    return sorted(added / mark.name for mark in (library_folder / _MARKS).glob("*"))

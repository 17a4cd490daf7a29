"""A document that is piped into a command: bytes -> a file of the library's own folder `added`, and its document.

In: bytes and a name. Out: the report of indexing them. One decision: the same name is the same document, as for any
file. What cannot be read replaces nothing.
"""

from collections.abc import Callable
from pathlib import Path

from .arrivals import Arrivals, marked
from .indexing import move
from .run import IndexReport


def index_bytes(library_folder: Path, place: Path, content: bytes, index: Callable[[Path], IndexReport]) -> IndexReport:
    """Store bytes in a file, and index it.

    Args:
        library_folder: the library's.
        place: the file. One that is there is replaced, unless the new one cannot be read.
        content: the bytes.
        index: indexes the file.

    Raises:
        LibraryError: the file cannot be stored.
    """
    arrivals = Arrivals(library_folder)  # its folder goes with it
    earlier = place.read_bytes() if place.is_file() else None
    with marked(library_folder, place):
        _store(arrivals.folder, content, place)
        report = index(place)
        if report.skipped and earlier is None:
            place.unlink(missing_ok=True)
        elif report.skipped and earlier is not None:
            _store(arrivals.folder, earlier, place)
    return report


def _store(folder: Path, content: bytes, place: Path) -> None:
    """Write a file where nobody reads it, then move it to its place."""
    file = folder / place.name
    file.write_bytes(content)
    move(file, place)

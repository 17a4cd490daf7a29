"""Folders -> a signal whenever something in them has changed: the only home of watchfiles."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from watchfiles import watch

# Milliseconds without another change before a signal is given: an editor writes a file in several steps.
QUIET = 500


def changes(paths: Sequence[Path], library_folder: Path, stop: threading.Event | None = None) -> Iterator[None]:
    """Yield whenever a file below the paths has changed, until `stop` is set.

    Args:
        paths: files and folders that exist.
        library_folder: the library's own folder, whose changes don't count.
        stop: ends it when set.
    """
    library = library_folder.resolve()

    def counts(_: object, changed: str) -> bool:
        return not Path(changed).resolve().is_relative_to(library)

    yield from (None for _ in watch(*paths, watch_filter=counts, step=QUIET, stop_event=stop, raise_interrupt=True))

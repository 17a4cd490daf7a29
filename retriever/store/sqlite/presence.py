"""Which processes use a folder: each that does holds a shared lock on it, and can tell whether another does too.

In: a folder. Out: whether it is used elsewhere. One decision: the lock is on the folder itself, so that it needs no
file and may be taken where nothing can be written; the system lets go of it however the process ends.
"""

import os
import weakref
from contextlib import suppress
from pathlib import Path

try:
    import fcntl
except ModuleNotFoundError:  # Windows, where nobody is known to be here
    fcntl = None  # type: ignore[assignment]


class Presence:
    """That somebody in this process uses a folder, until `end`, or until nobody holds this any more."""

    def __init__(self, folder: Path) -> None:
        """Takes the lock; where there is none to be had, nobody is known to be here."""
        self._handle: int | None = None
        if fcntl is None:
            return
        with suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            self._handle = handle
            self._end = weakref.finalize(self, os.close, handle)
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)

    def has_others(self) -> bool:
        """Whether another uses the folder now."""
        if self._handle is None:
            return False
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        finally:
            with suppress(OSError):
                fcntl.flock(self._handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return False

    def end(self) -> None:
        """Uses it no more."""
        if self._handle is not None:
            self._handle = None
            self._end()

"""A shared lock on a library's folder. It shows a process that another one uses the library too.

The lock is on the folder itself, so it needs no file, and works in a read-only folder. The system releases it when the
process ends in any way.
"""

import os
import weakref
from contextlib import suppress
from pathlib import Path

try:
    import fcntl
except ModuleNotFoundError:  # Windows, where no other process can be noticed
    fcntl = None  # type: ignore[assignment]


class FolderLock:
    """A lock that is held until `release`, or until the object is garbage.

    Attributes:
        is_held: whether the system gave it; else nothing is known of other processes.
    """

    def __init__(self, folder: Path) -> None:
        """Take the lock; where the system has none, other processes go unnoticed."""
        self._handle: int | None = None
        self.is_held = False
        if fcntl is None:
            return
        with suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            self._handle = handle
            self._close = weakref.finalize(self, os.close, handle)
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            self.is_held = True

    def has_others(self) -> bool:
        """Whether another process holds the lock too."""
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

    def release(self) -> None:
        """Release the lock."""
        if self._handle is not None:
            self._handle = None
            self._close()

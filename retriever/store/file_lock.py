"""An exclusive lock on a file beside the data: one program, and one thread of it, holds it at a time.

The system releases it when the process ends in any way.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def file_lock(file: Path, *, wait: bool) -> Iterator[bool]:
    """Hold the lock of a file, which is created if it is missing, until the block ends.

    Args:
        file: it stays when the lock is released, since whoever waits for it has it open.
        wait: whether to wait while another one holds it.

    Yields:
        Whether it is held. False only without `wait`.

    Raises:
        OSError: the file cannot be created or opened.
    """
    from filelock import FileLock, Timeout  # takes 30 ms, and few commands need it

    lock = FileLock(file, mode=0o600)
    try:
        lock.acquire(blocking=wait)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()

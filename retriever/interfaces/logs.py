"""Messages beside the output of a command: on standard error, in one form, as many as the user wants.

In: log records of the package. Out: nothing; it prints. One decision: a remark of a command is a log record too, so
that one option says how much is printed.
"""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from .text import for_terminal

PACKAGE = "retriever"
LEVELS = ("debug", "info", "warning", "error")
"""From the most to the least that can be printed."""


class StandardErrorHandler(logging.Handler):
    """Prints each record with the program's name; a file's name in it can't command the terminal."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print a record to what is standard error now."""
        print(f"ibid: {for_terminal(self.format(record))}", file=sys.stderr, flush=True)


@contextmanager
def printed_logs(level: str = "warning") -> Iterator[None]:
    """Print the package's log records while the block runs.

    Args:
        level: one of `LEVELS`: the least that is printed.
    """
    logger, handler, before = logging.getLogger(PACKAGE), StandardErrorHandler(), logging.getLogger(PACKAGE).level
    logger.addHandler(handler)
    logger.setLevel(level.upper())
    try:
        yield
    finally:
        logger.setLevel(before)
        logger.removeHandler(handler)

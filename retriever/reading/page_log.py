"""The pages that OCR reads of one file: each is reported as soon as it is read, and none is read twice.

OCR takes seconds a page. So the process that reads a file reports each page, the library keeps it until the whole
document is stored, and hands it back if the reading was interrupted.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class PageLog:
    """Reports the pages of one file.

    Attributes:
        known: pages that were read before, by their number from 0, as JSON.
        report: takes the number of a page from 0, the number of pages to read by OCR, and the page as JSON.
    """

    known: Mapping[int, Any] = field(default_factory=dict)
    report: Callable[[int, int, Any], None] = lambda number, count, page: None

    def page(self, number: int, count: int, read: Callable[[], Any]) -> Any:  # noqa: ANN401 (JSON)
        """A page as it was read before, or read now and reported.

        Args:
            number: the page's number, from 0.
            count: the number of pages of the file that OCR reads.
            read: reads the page; the result can be written as JSON.
        """
        if number in self.known:
            return self.known[number]
        page = read()
        self.report(number, count, page)
        return page


_log: ContextVar[PageLog] = ContextVar("page_log", default=PageLog())  # noqa: B039 (it never changes)


def current_log() -> PageLog:
    """The log of the file that is being read."""
    return _log.get()


@contextmanager
def logging_to(log: PageLog) -> Iterator[None]:
    """Use a log for the file that is read in this block."""
    token = _log.set(log)
    try:
        yield
    finally:
        _log.reset(token)

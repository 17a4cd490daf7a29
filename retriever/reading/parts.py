"""Files inside a file (attachments of a mail, members of an archive) -> their text in the text of the whole.

A part is read like a file on the disk. Parts inside parts are read too, up to limits of depth and number.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module

from ..errors import ReadingError
from ..text.blocks import split_blocks, split_lines
from . import ocr
from .builder import ExtractBuilder, one_line
from .extract import Extract
from .formats import LINED, format_of

DEEPEST = 3
"""Files inside files: an archive attached to a mail that is attached to a mail; an archive bomb has more."""

MOST_PARTS = 2_000
"""Files inside a file; a text of each is too much for one document."""

NAMED_AT_MOST = 5
"""Unread parts that a warning names; the others are counted."""

_depth: ContextVar[int] = ContextVar("depth", default=0)


class PartReader:
    """Adds the text of the files inside one file, and remembers which of them were not read."""

    def __init__(self, builder: ExtractBuilder, name: str) -> None:
        """Args: the blocks to add to, and the whole file's name, for messages."""
        self._builder = builder
        self._name = name
        self._count = 0
        self._unread: list[str] = []

    def add(self, name: str, data: bytes, *, page: bool = False) -> None:
        """Add the text of a file, with its name as heading, or remember that it cannot be read."""
        self._count += 1
        shown = one_line(name)
        if self._count > MOST_PARTS:
            self._unread.append(f"{shown}: more than {MOST_PARTS:,} files")
            return
        try:
            with deeper(shown), ocr.switched_off():  # a mail has logos, and an archive may have thousands of pictures
                kind = format_of(shown, data)
                extract: Extract = import_module(kind.parser, __package__).read(data, shown)
        except MemoryError:
            raise
        except ReadingError as error:
            self._unread.append(str(error).removesuffix("."))
            return
        except Exception as error:  # a library stumbled over a part that it did not foresee
            self._unread.append(f"{shown} is damaged ({type(error).__name__})")
            return
        if page:
            self._builder.page()
        self._builder.add(shown, heading=True)
        _add(self._builder, extract, lined=kind.media_type in LINED)

    @property
    def unread(self) -> str:
        """The first files that were not read, each with its reason, and the number of others; "" for none."""
        more = len(self._unread) - NAMED_AT_MOST
        return "; ".join(self._unread[:NAMED_AT_MOST]) + (f"; and {more} more" if more > 0 else "")

    def warn(self) -> None:
        """Warn about the files that were not read."""
        if self._unread:
            self._builder.warn(f"{self._name} holds files that were not read: {self.unread}.")


@contextmanager
def deeper(name: str) -> Iterator[None]:
    """Count that a file inside a file is read.

    Raises:
        ReadingError: it is too deep.
    """
    if _depth.get() >= DEEPEST:
        raise ReadingError(f"{name} lies too deep inside other files: add it as a separate file.")
    token = _depth.set(_depth.get() + 1)
    try:
        yield
    finally:
        _depth.reset(token)


def _add(builder: ExtractBuilder, extract: Extract, *, lined: bool) -> None:
    """Add a part's text; where the part has no structure of its own, its blocks are found in it."""
    text = extract.text
    if not lined and extract.headings is not None and extract.furniture is not None:
        builder.add_extract(extract)
        return
    for block in split_lines(text) if lined else split_blocks(text):
        builder.add(text[block.start : block.end], heading=block.heading)
    for warning in extract.warnings:
        builder.warn(warning)

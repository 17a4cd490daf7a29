"""What the readers of structured files share: a text put together block by block, and what a file says of itself.

In come blocks in reading order, out comes an `Extract`. The one decision: a block is one line, blocks are parted
by a blank line, so that nothing downstream has to guess where a paragraph ends.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from ..errors import ReadingError
from ..records import Provenance, Span
from .extract import Extract
from .sources import NOTHING, Note

LONGEST_HEADING = 300
"""Characters over which a block is a paragraph, though it be styled as a heading; titles of papers reach 250."""

_SEPARATOR = "\n\n"
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f\ufeff\ufffe\uffff]")
_WHOLE_DATE = re.compile(r"([1-9]\d{3})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?!\d)")
_PART_DATE = re.compile(r"[1-9]\d{3}(-(0[1-9]|1[0-2]))?")
_PLACEHOLDER = re.compile(
    r"(?i)\W*(?:microsoft (?:word|excel|powerpoint)(?: - .*)?|untitled\b.*|(?:powerpoint[ -])?presentation ?\d*"
    r"|(?:word )?document ?\d*|normal|slide \d+|(?:work)?book ?\d*|unknown)\W*|\W*"
)


class ExtractBuilder:
    """A text in the making: blocks are added in reading order, then it is made an `Extract`."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._length = 0
        self._pages: list[int] = []
        self._headings: list[Span] = []
        self._furniture: list[Span] = []
        self._warnings: list[str] = []
        self._pages_waiting = 0

    def page(self) -> None:
        """Begin a page, slide or sheet; one without text starts where the next one does."""
        self._pages_waiting += 1

    def add(self, text: str, *, heading: bool = False, furniture: bool = False) -> None:
        """Add a block; white space in it becomes single blanks, and an empty block is left out."""
        line = one_line(text)
        if not line:
            return
        start = self._begin()
        self._texts.append(line)
        self._length += len(line)
        if furniture:
            self._furniture.append((start, self._length))
        elif heading and len(line) <= LONGEST_HEADING:
            self._headings.append((start, self._length))

    def add_extract(self, part: Extract) -> None:
        """Add the text of an extract with its headings, furniture and warnings; its pages are left out."""
        start = self._begin()
        self._texts.append(part.text)
        self._length += len(part.text)
        self._headings += [(first + start, last + start) for first, last in part.headings or ()]
        self._furniture += [(first + start, last + start) for first, last in part.furniture or ()]
        self._warnings += part.warnings

    def warn(self, sentence: str) -> None:
        """Note what the user should know."""
        self._warnings.append(sentence)

    def build(
        self, name: str, about: Extract, *, headline: bool = True, why_empty: str = "it may hold nothing but pictures"
    ) -> Extract:
        """The text as put together.

        Args:
            name: the file's name, for messages.
            about: what the file says of itself.
            headline: whether the first heading is a title where the file gives none.
            why_empty: the likely reason where there is no text.

        Raises:
            ReadingError: there is no text.
        """
        if not self._texts:
            raise ReadingError(f"{name} holds no text: {why_empty}.")
        text = _SEPARATOR.join(self._texts)
        title = about.title
        if headline and not title.value and self._headings:
            title = Note(text[slice(*self._headings[0])], Provenance.TEXT)
        return replace(
            about,
            text=text,
            title=title,
            pages=(*self._pages, *[self._length] * self._pages_waiting),
            headings=tuple(self._headings),
            furniture=tuple(self._furniture),
            warnings=(*about.warnings, *self._warnings),
        )

    def _begin(self) -> int:
        """Where the next block starts: behind its separator, on the pages begun since the last."""
        if self._texts:
            self._length += len(_SEPARATOR)
        self._pages += [self._length] * self._pages_waiting
        self._pages_waiting = 0
        return self._length


def one_line(text: str) -> str:
    """A text as one line that can be stored: single blanks, no control characters, no halves of letters."""
    return " ".join(_CONTROL.sub("", _SURROGATE.sub("\ufffd", text)).split())


def metadata(value: str | None, note: str | None = None) -> Note:
    """A note of what a file's metadata says, unknown where it says nothing."""
    line = one_line(value or "")
    return Note(line, Provenance.METADATA, note) if line else NOTHING


def metadata_title(value: str | None) -> Note:
    """As `metadata`, but for placeholders."""
    return NOTHING if is_placeholder(one_line(value or "")) else metadata(value)


def is_placeholder(title: str) -> bool:
    """Whether a program wrote a title because nobody gave one, such as "Document1"."""
    return _PLACEHOLDER.fullmatch(title) is not None


def metadata_date(dates: Iterable[tuple[str | None, str | None]]) -> Note:
    """The first of several ISO 8601 dates that is one, its time of day left out.

    Args:
        dates: a date as the file gives it, and what is to be known of it; the best first.
    """
    for value, note in dates:
        text = (value or "").strip()
        found = _WHOLE_DATE.match(text) or _PART_DATE.fullmatch(text)
        if found:
            return Note(found[0], Provenance.METADATA, note)
    return NOTHING


@contextmanager
def broken_file(name: str) -> Iterator[None]:
    """Say of any error that a library makes of a malformed file that the file is broken.

    The libraries' own errors for it are of a dozen kinds, from `KeyError` to those of their XML parsers.

    Raises:
        ReadingError: in place of the error.
    """
    try:
        yield
    except (ReadingError, MemoryError):
        raise
    except Exception as error:
        reason = one_line(str(error))[:200] or type(error).__name__
        raise ReadingError(
            f"{name} is broken ({reason}): open it in its program, save it anew and add it again."
        ) from error

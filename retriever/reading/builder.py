"""Blocks of text -> an `Extract`, for all parsers of structured files.

Blocks are added in reading order. Each is one line, unless it is code. A blank line separates them, so that no later
step has to guess where a paragraph ends.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from ..errors import ReadingError
from ..records import Provenance, RowStart, Span
from .extract import Extract
from .raised import settle
from .sources import NOTHING, Note

LONGEST_HEADING = 300
"""A block with more characters is a paragraph, even if styled as a heading; titles of papers reach 250."""

_SEPARATOR = "\n\n"
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f\ufeff\ufffe\uffff]")
_WHOLE_DATE = re.compile(r"([1-9]\d{3})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?!\d)")
_PART_DATE = re.compile(r"[1-9]\d{3}(-(0[1-9]|1[0-2]))?")
_PLACEHOLDER = re.compile(
    r"(?i)\W*(?:microsoft (?:word|excel|powerpoint)(?: - .*)?|untitled\b.*|(?:powerpoint[ -])?presentation ?\d*"
    r"|(?:word )?document ?\d*|normal|slide \d+|(?:work)?book ?\d*|unknown)\W*|\W*"
)
_MADE_BY_PROGRAM = re.compile(
    r"(?i)(?<!\s)\s*"
    r"(?:Description automatically generated(?: with \w+ confidence)?|AI-generated content may be incorrect)\.?"
)
"""What Office adds to the descriptions that it writes itself."""

_FILE_NAME = re.compile(r"(?i)\.(?:png|jpe?g|gif|webp|svg|bmp|tiff?|emf|wmf)$|^https?://|^\\?displaystyle|^\{\\")
"""The name of a picture's file, or a formula's source, in place of a description."""


class ExtractBuilder:
    """Collects blocks in reading order, then builds an `Extract`."""

    def __init__(self, warning: str | None = None) -> None:
        """Begin an empty extract, with a warning if the text already has one."""
        self._texts: list[str] = []
        self._length = 0
        self._pages: list[int] = []
        self._headings: list[Span] = []
        self._furniture: list[Span] = []
        self._rows: list[RowStart] = []
        self._block_quotes: list[Span] = []
        self._warnings: list[str] = [warning] if warning else []
        self._pages_waiting = 0

    def page(self) -> None:
        """Begin a page, slide or sheet. One without text starts at the same place as the next one."""
        self._pages_waiting += 1

    def add(
        self,
        text: str,
        *,
        heading: bool = False,
        furniture: bool = False,
        code: bool = False,
        row: int | None = None,
        quoted: bool = False,
    ) -> None:
        """Add a block, unless it is empty. White space becomes single spaces, but code keeps its lines.

        Args:
            text: its words.
            heading: whether it is a heading.
            furniture: whether it belongs to the page, not to the content.
            code: whether its lines matter.
            row: its number, if it is the row of a table.
            quoted: whether the file sets it as a quotation.
        """
        line = code_lines(text) if code else one_line(text)
        if not line:
            return
        start = self._begin()
        self._texts.append(line)
        self._length += len(line)
        if row is not None:
            self._rows.append((start, row))
        if quoted:
            self._block_quotes.append((start, self._length))
        if furniture:
            self._furniture.append((start, self._length))
        elif heading and len(line) <= LONGEST_HEADING:
            self._headings.append((start, self._length))

    def add_extract(self, part: Extract) -> None:
        """Add the text of an extract with its headings, furniture, rows and warnings, but not its pages."""
        start = self._begin()
        self._texts.append(part.text)
        self._length += len(part.text)
        self._headings += [(first + start, last + start) for first, last in part.headings or ()]
        self._furniture += [(first + start, last + start) for first, last in part.furniture or ()]
        self._rows += [(first + start, number) for first, number in part.rows]
        self._block_quotes += [(first + start, last + start) for first, last in part.block_quotes]
        self._warnings += part.warnings

    def warn(self, sentence: str) -> None:
        """Add a warning for the user."""
        self._warnings.append(sentence)

    def build(
        self, name: str, about: Extract, *, headline: bool = True, why_empty: str = "it may hold nothing but pictures"
    ) -> Extract:
        """Build the extract.

        Args:
            name: the file's name, for messages.
            about: the file's metadata.
            headline: whether the first heading is the title, if the file gives none.
            why_empty: the likely reason if there is no text.

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
            rows=tuple(self._rows),
            block_quotes=tuple(self._block_quotes),
            warnings=(*about.warnings, *self._warnings),
        )

    def _begin(self) -> int:
        """The start of the next block, after a separator; begins the pages since the last block."""
        if self._texts:
            self._length += len(_SEPARATOR)
        self._pages += [self._length] * self._pages_waiting
        self._pages_waiting = 0
        return self._length


def one_line(text: str) -> str:
    """A text as one line that can be stored: single spaces, no control characters, no half characters, no marks."""
    return " ".join(_CONTROL.sub("", _SURROGATE.sub("\ufffd", settle(text))).split())


def picture_line(description: str | None) -> str:
    """The line for a picture that the file describes; "" for a file name, a single word, or nothing."""
    words = one_line(_MADE_BY_PROGRAM.sub("", description or ""))
    is_name = _FILE_NAME.search(words) is not None or len(re.findall(r"[^\W\d_]{2,}", words)) < 2
    return "" if is_name else f"[Picture: {words}]"


def code_lines(text: str) -> str:
    """A text whose lines matter: like `one_line`, but with line breaks and indents, and without blank lines."""
    lines = [line.expandtabs(4) for line in text.splitlines() if line.strip()]
    margin = min((len(line) - len(line.lstrip()) for line in lines), default=0)
    kept = (line[margin:] for line in lines if one_line(line))
    return "\n".join(f"{line[: len(line) - len(line.lstrip())]}{one_line(line)}" for line in kept)


def metadata(value: str | None, note: str | None = None) -> Note:
    """A note with a value from a file's metadata; unknown if there is none."""
    line = one_line(value or "")
    return Note(line, Provenance.METADATA, note) if line else NOTHING


def metadata_title(value: str | None) -> Note:
    """As `metadata`, but unknown for a placeholder."""
    return NOTHING if is_placeholder(one_line(value or "")) else metadata(value)


def is_placeholder(title: str) -> bool:
    """Whether a title such as "Document1" comes from a program, because nobody gave one."""
    return _PLACEHOLDER.fullmatch(title) is not None


def metadata_date(dates: Iterable[tuple[str | None, str | None]]) -> Note:
    """The first valid date of several in ISO 8601, without its time of day.

    Args:
        dates: each date in the file with a remark, best first.
    """
    for value, note in dates:
        text = (value or "").strip()
        found = _WHOLE_DATE.match(text) or _PART_DATE.fullmatch(text)
        if found:
            return Note(found[0], Provenance.METADATA, note)
    return NOTHING


@contextmanager
def broken_file(name: str) -> Iterator[None]:
    """Turn any error of a library into one that says that the file is broken.

    Libraries raise a dozen kinds of errors for malformed files, from `KeyError` to the errors of XML parsers.

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
            f"{name} is broken ({reason}): open it in its program, save it again, and add the new copy."
        ) from error

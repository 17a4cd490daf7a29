"""The result of every parser: the text of a file and the file's metadata.

A parser is a module with `read(data: bytes, name: str) -> Extract`; `formats.FORMATS` lists them by suffix.
"""

from dataclasses import dataclass

from ..records import RowStart, Span
from .sources import NOTHING, Note


@dataclass(frozen=True, slots=True)
class Extract:
    """The text of a file and its structure. Positions count characters of `text`, the end excluded.

    Where a file has structure, its paragraphs, headings, list items and table rows are parted by a blank
    line, and a paragraph is one line, whatever the lines were that it was wrapped to.

    Attributes:
        text: everything to read in the file, in reading order, page furniture included.
        title: as the file's metadata or its first heading gives it.
        author: who wrote it.
        publisher: who published it.
        published: ISO 8601 date, perhaps reduced (`2022-04`).
        language: BCP 47 tag (`en`), as the file gives it.
        link: the address that the file gives for itself.
        pages: where each page, slide or sheet starts in `text`; empty for a file without pages.
        headings: spans of the headings, ascending; None where the file has no structure, so that the text must tell.
        furniture: spans of what belongs to the page and not to what is written on it (navigation, adverts, running
            heads), ascending; None as for `headings`.
        rows: the rows of its tables, ascending.
        warnings: what the user should know, one sentence each.
    """

    text: str
    title: Note = NOTHING
    author: Note = NOTHING
    publisher: Note = NOTHING
    published: Note = NOTHING
    language: str | None = None
    link: str | None = None
    pages: tuple[int, ...] = ()
    headings: tuple[Span, ...] | None = None
    furniture: tuple[Span, ...] | None = None
    rows: tuple[RowStart, ...] = ()
    warnings: tuple[str, ...] = ()

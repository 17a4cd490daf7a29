"""The result of every parser: the text of a file and the file's metadata.

A parser is a module with `read(data: bytes, name: str) -> Extract`; `formats.FORMATS` lists them by suffix.
"""

from dataclasses import dataclass

from ..records import RowStart, Span
from .sources import NOTHING, Note


@dataclass(frozen=True, slots=True)
class Extract:
    """The text of a file and its structure. Positions count characters of `text`, the end excluded.

    If a file has structure, a blank line separates its paragraphs, headings, list items and table rows. A paragraph
    is one line, even if the file wraps it.

    Attributes:
        text: everything to read in the file, in reading order, page furniture included.
        title: from the file's metadata or its first heading.
        author: who wrote it.
        publisher: who published it.
        published: ISO 8601 date, perhaps reduced (`2022-04`).
        language: BCP 47 tag (`en`) from the file.
        link: the file's own address, from the file.
        pages: where each page, slide or sheet starts in `text`; empty for a file without pages.
        headings: spans of the headings, ascending; None if the file has no structure.
        furniture: spans that belong to the page, not to the content (navigation, adverts, running heads), ascending;
            None as for `headings`.
        rows: the rows of its tables, ascending.
        warnings: sentences for the user.
        word_boxes: where the words stand on the pages, packed by `geometry.WordBoxes`; empty if that is unknown.
        block_quotes: spans of the paragraphs that the file sets as quotations, ascending.
        links: of a feed, the addresses of its articles, in its order.
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
    word_boxes: bytes = b""
    block_quotes: tuple[Span, ...] = ()
    links: tuple[str, ...] = ()

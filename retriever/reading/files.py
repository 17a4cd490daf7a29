"""A file -> a `Document` and warnings for its user.

The content of a file decides which parser it gets (`formats`). The parser reads its bytes in a separate process
(`worker`), so that no file can crash the program.
"""

import hashlib
import os
import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

from ..errors import ReadingError
from ..records import Document, Provenance, Span
from ..text.blocks import heading_text, split_blocks
from ..text.sentences import table_rows
from . import formats
from .builder import one_line
from .dates import dateline
from .extract import Extract
from .folders import as_utf8
from .front_matter import first_heading, without_front_matter
from .furniture import find_furniture
from .markdown_tables import with_named_rows
from .publishers import publisher_named
from .sources import NOTHING, Note, SourceNotes, first_known
from .worker import Worker

LONGEST_TITLE = 70
"""Characters of a title from a text's first words: a line of a list."""

_ROWS = frozenset((".tables", ".lines", ".packed", ".subtitles", ".contacts"))
"""Parsers of rows, lines and lists. The first words and the first day there say nothing about the whole file."""

_MARKED_TEXT = ("text/markdown", "text/plain")
"""Media types of texts that may have front matter."""

READING_VERSION = 11
"""Counts up when the same file gives another text, sentences, passages, places, date or publisher: then all files are
read again."""


def digest_of(path: Path, largest_file_bytes: int) -> str:
    """The SHA-256 of a file, hexadecimal.

    Raises:
        ReadingError: the file cannot be read; the message says why and what to do.
    """
    with _opened(path) as stream:
        _check_size(path, stream, largest_file_bytes)
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_bytes(path: Path, largest_file_bytes: int) -> bytes:
    """The bytes of a file.

    Raises:
        ReadingError: the file cannot be read; the message says why and what to do.
    """
    with _opened(path) as stream:
        _check_size(path, stream, largest_file_bytes)
        return stream.read()


def may_need_ocr(path: Path) -> bool:
    """Whether the text of a file may depend on OCR; False if it cannot be read."""
    try:
        with _opened(path) as stream:
            return formats.may_need_ocr(stream.read(1024))
    except ReadingError:
        return False


def read_document(
    path: Path, document_id: str, about: SourceNotes | None, sha256: str, worker: Worker
) -> tuple[Document, tuple[str, ...]]:
    """Read one file.

    Args:
        path: the file.
        document_id: the document's id.
        about: its notes in `sources.toml`, if any; they override the file's own metadata.
        sha256: its digest, as `digest_of` gave it.
        worker: reads its bytes.

    Returns:
        The document, and warnings of one sentence each.

    Raises:
        ReadingError: the file cannot become a document; the message says why and what to do.
    """
    with _opened(path) as stream:
        _check_size(path, stream, worker.limits.memory_bytes)  # it may have grown since its digest was made
        data = stream.read()
    media_type, parser = formats.format_of(path.name, data)
    extract = worker.read(data, path.name, parser, sha256)
    if media_type in _MARKED_TEXT:
        extract = without_front_matter(extract)
    if parser == ".plain":
        extract = with_named_rows(extract)
    notes = about or SourceNotes()
    is_table = parser in _ROWS
    title = first_known(notes.title, extract.title, _titled_by(path, extract, media_type, is_table=is_table))
    publisher = first_known(notes.publisher, extract.publisher, NOTHING if is_table else _printed_name(extract.text))
    published = first_known(notes.published, extract.published, NOTHING if is_table else _printed_date(extract.text))
    document = Document(
        id=document_id,
        title=title.value or as_utf8(path.name),
        text=extract.text,
        source=as_utf8(str(path)),
        media_type=media_type,
        sha256=sha256,
        publisher=publisher.value,
        published=published.value,
        known={
            "title": title.known,
            "publisher": publisher.known,
            "published": published.known,
            **({"author": extract.author.known} if extract.author.value else {}),
        },
        pages=extract.pages,
        author=extract.author.value,
        language=extract.language,
        link=extract.link,
        headings=extract.headings,
        furniture=extract.furniture,
        rows=tuple(sorted((*extract.rows, *table_rows(extract.text)))) if parser == ".plain" else extract.rows,
        warnings=tuple(dict.fromkeys(extract.warnings)),
        word_boxes=extract.word_boxes,
    )
    return document, document.warnings


def _titled_by(path: Path, extract: Extract, media_type: str, *, is_table: bool) -> Note:
    """A title for a file without one: its first heading, else its name in a readable form, else its first words.

    A name of two words or more says what a file is about ("minutes-of-the-council"); "scan_0017" doesn't. On the sample
    articles, titles from first words instead of such names made 2 of 161 first quotes wrong.
    """
    text = extract.text
    marked = first_heading(text, media_type)
    if marked:
        return Note(marked, Provenance.TEXT)
    if extract.headings is None:
        blocks = split_blocks(text)
        furniture = set(find_furniture(text, blocks))
        first = next((block for block in blocks if (block.start, block.end) not in furniture), None)
        if first is not None and first.heading and first is not blocks[-1]:
            return Note(heading_text(text[first.start : first.end]), Provenance.TEXT)
    spaced = re.sub(r"_+|(?<=[^\W\d])-+|(?<!-)-+(?=[^\W\d])", " ", path.stem).strip()
    is_told_by_name = len(re.findall(r"[^\W\d_]{3,}", spaced)) > 1
    words = "" if is_table or is_told_by_name else _first_words(text, extract.furniture or ())
    return Note(words, Provenance.INFERRED, "its first words") if words else Note(as_utf8(spaced or path.name))


def _first_words(text: str, furniture: Sequence[Span]) -> str:
    """The first words of a text without furniture, up to the end of a sentence; "" if it does not start with a word.

    A text with only these words gets no title, because they would be shown twice.
    """
    start = 0
    for first, last in furniture:
        start = last if not text[start:first].strip() else start
    begin = one_line(text[start : start + 2 * LONGEST_TITLE].strip().split("\n\n")[0])
    words = begin[: LONGEST_TITLE + 1]
    if not re.match(r"[\W_]{0,3}[^\W\d_]", words):
        return ""
    stop = re.search(r"(?<=\w\w)[.!?…。！？]+(?=\s|$)", words)
    if stop:
        return words[: stop.start()]
    if len(words) > LONGEST_TITLE:
        return f"{words[:LONGEST_TITLE].rpartition(' ')[0].rstrip(',;: ')}…"
    return "" if words == text.strip() else words


def _printed_date(text: str) -> Note:
    """The day in the first lines."""
    date = dateline(text)
    return Note(date, Provenance.INFERRED, "its first lines name the day") if date else NOTHING


def _printed_name(text: str) -> Note:
    """The publisher in the first lines."""
    name = publisher_named(text)
    return Note(name, Provenance.INFERRED, "its first lines name the publisher") if name else NOTHING


@contextmanager
def _opened(path: Path) -> Iterator[BufferedReader]:
    """Open a regular file; turn the system's errors into ones that name the file.

    Whatever stands at the path when it is opened, opening does not wait: a pipe would wait for a writer.

    Raises:
        ReadingError: it cannot be read, or is not a regular file; the message says why and what to do.
    """
    try:
        with open(path, "rb", opener=_open_at_once) as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise ReadingError(f"{path.name} is not a regular file: only regular files are read.")
            yield stream
    except FileNotFoundError as error:
        raise ReadingError(f"{path} does not exist: check its name.") from error
    except IsADirectoryError as error:
        raise ReadingError(f"{path.name} is a folder, not a file.") from error
    except PermissionError as error:
        raise ReadingError(f"Ibid is not allowed to read {path.name}: check the file's permissions.") from error
    except (OSError, ValueError) as error:
        raise ReadingError(f"{path.name} cannot be read: {getattr(error, 'strerror', None) or error}.") from error


def _check_size(path: Path, stream: BufferedReader, most: int) -> None:
    size = os.fstat(stream.fileno()).st_size
    if size >= most:
        raise ReadingError(
            f"{path.name} is too large: {size_words(size)}, and files must be smaller than {size_words(most)}; "
            "split it and add the parts."
        )


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def size_words(size: int) -> str:
    """A number of bytes, for people."""
    return f"{size / 1_000_000:.1f}".removesuffix(".0") + " MB" if size >= 100_000 else f"{size:,} bytes"

"""A file -> a `Document` and warnings for its user.

The suffix of a file decides which reader it gets. Plain text is decoded here. Every other format is read in a separate
process (`worker`), so that no file can crash the program.
"""

import hashlib
import re
from pathlib import Path
from typing import NamedTuple

from ..errors import ReadingError
from ..records import Document, Provenance
from ..text.blocks import heading_text, split_blocks
from .dates import dateline
from .extract import Extract
from .furniture import find_furniture
from .plain import decode_text
from .sources import NOTHING, Note, SourceNotes, first_known
from .worker import Worker

READING_VERSION = 3
"""Counts up when the same file gives another text, or other sentences or passages: then all files are read again."""


class Format(NamedTuple):
    """A suffix's media type, and the module that reads it in the worker, such as `.pdf`; None for plain text."""

    media_type: str
    reader: str | None = None


_WORD = "application/vnd.openxmlformats-officedocument."
FORMATS = {
    ".txt": Format("text/plain"),
    ".text": Format("text/plain"),
    ".md": Format("text/markdown"),
    ".markdown": Format("text/markdown"),
    ".pdf": Format("application/pdf", ".pdf"),
    ".html": Format("text/html", ".html"),
    ".htm": Format("text/html", ".html"),
    ".xhtml": Format("application/xhtml+xml", ".html"),
    ".docx": Format(_WORD + "wordprocessingml.document", ".docx"),
    ".pptx": Format(_WORD + "presentationml.presentation", ".pptx"),
    ".xlsx": Format(_WORD + "spreadsheetml.sheet", ".tables"),
    ".csv": Format("text/csv", ".tables"),
    ".tsv": Format("text/tab-separated-values", ".tables"),
    ".odt": Format("application/vnd.oasis.opendocument.text", ".odt"),
    ".ods": Format("application/vnd.oasis.opendocument.spreadsheet", ".odt"),
    ".odp": Format("application/vnd.oasis.opendocument.presentation", ".odt"),
    ".epub": Format("application/epub+zip", ".epub"),
    ".eml": Format("message/rfc822", ".mail"),
    ".mbox": Format("application/mbox", ".mail"),
    ".rss": Format("application/rss+xml", ".feed"),
    ".atom": Format("application/atom+xml", ".feed"),
    ".xml": Format("application/xml", ".feed"),
    ".rtf": Format("application/rtf", ".rtf"),
}
"""The suffixes that Ibid reads."""


def digest_of(path: Path, largest_file_bytes: int) -> str:
    """The SHA-256 of a file, hexadecimal.

    Raises:
        ReadingError: the file cannot be read; the message says why and what to do.
    """
    try:
        if path.is_dir():
            raise ReadingError(f"{path.name} is a folder, not a file.")
        if not path.exists():
            raise ReadingError(f"{path} does not exist: check its name.")
        if not path.is_file():
            raise ReadingError(f"{path.name} is not a regular file: only regular files are read.")
        if path.suffix.lower() not in FORMATS:
            kinds = ", ".join(FORMATS)
            raise ReadingError(f"{path.name} is not a kind of file that Ibid reads ({kinds}).")
        size = path.stat().st_size
        if size >= largest_file_bytes:
            raise ReadingError(
                f"{path.name} is too large: {_megabytes(size)}, and files must be smaller than "
                f"{_megabytes(largest_file_bytes)}; split it and add the parts."
            )
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except PermissionError as error:
        raise ReadingError(f"{path.name} may not be read: check the file's permissions.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ReadingError(f"{path.name} cannot be read: {reason}.") from error


def read_document(
    path: Path, document_id: str, about: SourceNotes | None, sha256: str, worker: Worker
) -> tuple[Document, tuple[str, ...]]:
    """Read one file.

    Args:
        path: the file.
        document_id: the document's id.
        about: its notes in `sources.toml`, if any; they override the file's own metadata.
        sha256: its digest, as `digest_of` gave it.
        worker: reads what is not plain text.

    Returns:
        The document, and warnings of one sentence each.

    Raises:
        ReadingError: the file cannot become a document; the message says why and what to do.
    """
    media_type, reader = FORMATS[path.suffix.lower()]
    extract = worker.read(path, reader) if reader else _plain(path)
    notes = about or SourceNotes()
    title = first_known(notes.title, extract.title, _titled_by(path, extract))
    publisher = first_known(notes.publisher, extract.publisher)
    published = first_known(notes.published, extract.published)
    document = Document(
        id=document_id,
        title=title.value or path.name,
        text=extract.text,
        source=str(path),
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
    )
    return document, extract.warnings


def _titled_by(path: Path, extract: Extract) -> Note:
    """A title for a file without one: the text's headline, else the readable form of the file's name."""
    text = extract.text
    if extract.headings is None:
        blocks = split_blocks(text)
        furniture = set(find_furniture(text, blocks))
        first = next((block for block in blocks if (block.start, block.end) not in furniture), None)
        if first is not None and first.heading and first is not blocks[-1]:
            return Note(heading_text(text[first.start : first.end]), Provenance.TEXT)
    spaced = re.sub(r"_+|(?<=[^\W\d])-+|-+(?=[^\W\d])", " ", path.stem).strip()
    return Note(spaced or path.name)


def _plain(path: Path) -> Extract:
    try:
        data = path.read_bytes()
    except PermissionError as error:
        raise ReadingError(f"{path.name} may not be read: check the file's permissions.") from error
    except OSError as error:
        raise ReadingError(f"{path.name} cannot be read: {error.strerror or error}.") from error
    text, warning = decode_text(data, path.name)
    date = dateline(text)
    published = Note(date, Provenance.INFERRED, "its first lines name the day") if date else NOTHING
    return Extract(text, published=published, warnings=(warning,) if warning else ())


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{size} bytes"

"""A file becomes a `Document`: the door of reading.

In comes a path, out come the document and what its user should be warned of. The one decision: the reader is
chosen by the file's suffix, never by looking inside.
"""

import hashlib
import re
from pathlib import Path

from ..errors import ReadingError
from ..records import Document, Known
from .furniture import find_furniture, heading_text, split_blocks
from .plain import decode_text
from .sources import Note, SourceNotes

MEDIA_TYPES = {
    ".txt": "text/plain",
    ".text": "text/plain",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
}
"""The suffixes that Ibid reads, and what they hold."""


def read_document(
    path: Path,
    document_id: str,
    about: SourceNotes | None,
    largest_file_bytes: int,
) -> tuple[Document, tuple[str, ...]]:
    """Read one file.

    Args:
        path: the file.
        document_id: the document's id.
        about: what `sources.toml` says of it, if anything.
        largest_file_bytes: files of this size and over are refused.

    Returns:
        The document, and warnings: one sentence each, none if all is well.

    Raises:
        ReadingError: the file cannot become a document; the message says why and what to do.
    """
    data = _read_bytes(path, largest_file_bytes)
    text, note = decode_text(data, path.name)
    notes = about or SourceNotes()
    title = _title(path, text, notes.title)
    document = Document(
        id=document_id,
        title=title.value or path.name,
        text=text,
        source=str(path),
        media_type=MEDIA_TYPES[path.suffix.lower()],
        sha256=hashlib.sha256(data).hexdigest(),
        publisher=notes.publisher.value,
        published=notes.published.value,
        known={
            "title": title.known,
            "publisher": notes.publisher.known,
            "published": notes.published.known,
        },
    )
    warning = f"{path.name} is not UTF-8 and was {note}; if its letters look wrong, save it as UTF-8."
    return document, (warning,) if note else ()


def _read_bytes(path: Path, largest_file_bytes: int) -> bytes:
    """The file's bytes, or the reason why there are none."""
    try:
        if path.is_dir():
            raise ReadingError(f"{path.name} is a folder, not a file.")
        if not path.exists():
            raise ReadingError(f"{path} does not exist: check its name.")
        if not path.is_file():
            raise ReadingError(f"{path.name} is not a regular file: only regular files are read.")
        if path.suffix.lower() not in MEDIA_TYPES:
            kinds = ", ".join(MEDIA_TYPES)
            raise ReadingError(f"{path.name} is not a kind of file that Ibid reads ({kinds}).")
        size = path.stat().st_size
        if size >= largest_file_bytes:
            raise ReadingError(
                f"{path.name} is too large: {_megabytes(size)}, and files must be smaller than "
                f"{_megabytes(largest_file_bytes)}; split it and add the parts."
            )
        return path.read_bytes()
    except PermissionError as error:
        raise ReadingError(f"{path.name} may not be read: check the file's permissions.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ReadingError(f"{path.name} cannot be read: {reason}.") from error


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{size} bytes"


def _title(path: Path, text: str, noted: Note) -> Note:
    """The title as noted, else the text's headline, else the file's name made readable."""
    if noted.value:
        return noted
    blocks = split_blocks(text)
    furniture = set(find_furniture(text, blocks))
    first = next((block for block in blocks if (block.start, block.end) not in furniture), None)
    if first is not None and first.heading and first is not blocks[-1]:
        return Note(heading_text(text[first.start : first.end]), Known.TEXT)
    spaced = re.sub(r"_+|(?<=[^\W\d])-+|-+(?=[^\W\d])", " ", path.stem).strip()
    return Note(spaced or path.name)

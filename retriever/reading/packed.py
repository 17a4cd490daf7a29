"""Archives of documents (ZIP) -> the text of each document in them, a page for each."""

from .archive import open_archive
from .builder import ExtractBuilder
from .extract import Extract
from .folders import is_left_out
from .parts import PartReader


def read(data: bytes, name: str) -> Extract:
    """Read the documents of an archive.

    Args:
        data: the file's bytes.
        name: its name, for messages.

    Returns:
        Their text; each is a page with its path as heading.

    Raises:
        ReadingError: it is encrypted, broken, not safe, or contains no readable document.
    """
    archive = open_archive(data, name)
    builder = ExtractBuilder()
    parts = PartReader(builder, name)
    for member in archive.zipped.infolist():
        if not member.is_dir() and not any(map(is_left_out, member.filename.split("/"))):
            parts.add(member.filename, archive.read(member.filename), page=True)
    parts.warn()
    return builder.build(name, Extract(""), headline=False, why_empty=parts.unread or "it has no files")

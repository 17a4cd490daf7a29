"""Small files that the tests of the readers build, and a look at what became of them."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from retriever.reading.extract import Extract


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """An archive with these members: the same bytes at any time, since parametrized tests are named by them."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for path, content in members.items():
            archive.writestr(zipfile.ZipInfo(path), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def with_members(data: bytes, members: Mapping[str, str | bytes]) -> bytes:
    """An archive with some of its members replaced."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        kept = {path: archive.read(path) for path in archive.namelist()}
    return zipped({**kept, **members})


def png() -> io.BytesIO:
    """A picture of one point."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(b"\0\0")), chunk(b"IEND", b""))
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + b"".join(parts))


def lines(extract: Extract) -> list[str]:
    """The text's blocks."""
    return extract.text.split("\n\n")


def headings(extract: Extract) -> list[str]:
    return [extract.text[start:end] for start, end in extract.headings or ()]


def furniture(extract: Extract) -> list[str]:
    return [extract.text[start:end] for start, end in extract.furniture or ()]


def pages(extract: Extract) -> list[str]:
    """The text of each page, without the blank lines behind it."""
    ends = [*extract.pages[1:], len(extract.text)]
    return [extract.text[start:end].strip() for start, end in zip(extract.pages, ends, strict=True)]

"""Electronic books (EPUB) -> their chapters in the order of the spine, with the book's metadata.

Navigation and cover are left out. Each chapter is read in full, because books have no adverts.
"""

import posixpath
from collections.abc import Iterator
from urllib.parse import unquote

from lxml import etree

from ..errors import ReadingError
from .archive import Archive, attribute, dublin_core, open_archive
from .builder import ExtractBuilder, broken_file
from .extract import Extract
from .html import add_html
from .unread import UnreadContents

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_WAYFINDING = frozenset("cover toc title-page-image".split())
_CHAPTERS = frozenset(("application/xhtml+xml", "text/html", "application/x-dtbook+xml"))


def read(data: bytes, name: str) -> Extract:
    """Read an electronic book.

    Args:
        data: the file's bytes.
        name: its name, for messages.

    Returns:
        Its text, with the headings of its chapters; it has no pages.

    Raises:
        ReadingError: it is protected, broken, not a book, or has no text.
    """
    archive = open_archive(data, name)
    if _CONTAINER not in archive:
        raise ReadingError(f"{name} is not an electronic book: check its suffix.")
    with broken_file(name):
        package_path = next((unquote(path) for path in _attributes(archive.xml(_CONTAINER), "full-path")), "")
        package = archive.xml(package_path)
        chapters = list(_chapters(package, posixpath.dirname(package_path)))
        _refuse_protected(archive, chapters)
        builder = ExtractBuilder()
        unread = UnreadContents()
        for path in chapters:
            if path in archive:
                add_html(builder, archive.read(path), unread)
        unread.warn(builder, name)
        metadata = package.find("{*}metadata")
        about = Extract("") if metadata is None else dublin_core(metadata, {"date": None})
        return builder.build(name, about)


def _attributes(root: etree._Element, local: str) -> Iterator[str]:
    """The values of an attribute, anywhere below an element."""
    return (value for element in root.iter() if (value := attribute(element, local)) is not None)


def _chapters(package: etree._Element, folder: str) -> Iterator[str]:
    """The paths of the chapters, in the order of the spine."""
    items = {item.get("id"): item for item in package.iterfind("{*}manifest/{*}item")}
    wayfinding = {
        unquote(reference.get("href", "")).partition("#")[0]
        for reference in package.iterfind("{*}guide/{*}reference")
        if reference.get("type") in _WAYFINDING
    }
    for reference in package.iterfind("{*}spine/{*}itemref"):
        item = items.get(reference.get("idref"))
        if item is None or item.get("media-type") not in _CHAPTERS or "nav" in item.get("properties", "").split():
            continue
        path = unquote(item.get("href", ""))
        if path not in wayfinding:
            yield posixpath.normpath(posixpath.join(folder, path))


def _refuse_protected(archive: Archive, chapters: list[str]) -> None:
    """Refuse a book with encrypted chapters. A book with only its fonts obscured can be read."""
    if _ENCRYPTION in archive:
        encrypted = {unquote(uri).lstrip("/") for uri in _attributes(archive.xml(_ENCRYPTION), "URI")}
        if not encrypted.isdisjoint(chapters):
            raise ReadingError(f"{archive.name} is protected against copying (DRM): add a copy without protection.")

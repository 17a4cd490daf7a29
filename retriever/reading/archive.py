"""Zipped formats (DOCX, XLSX, ODT, EPUB ...), opened only where that is safe.

Members are read into memory by name. An archive bomb is refused by the sizes in its directory, before anything is
unpacked; `zipfile` never unpacks more than those sizes.
"""

import io
import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from ..errors import ReadingError
from .builder import broken_file, metadata, metadata_date, metadata_title
from .extract import Extract

MOST_MEMBERS = 20_000
"""Files in one archive; decks and books with a picture a page have some thousands."""

LARGEST_UNPACKED_BYTES = 500_000_000
"""Size of all members unpacked; documents of that size are pictures and videos, seldom text."""

HIGHEST_RATIO = 200
"""Unpacked bytes for a packed one; real sheets of zeros reach about 100, a bomb has 1,000."""

SMALLEST_BOMB_BYTES = 10_000_000
"""A member smaller than this does no harm, whatever its ratio."""

_OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")
"""The first bytes of the container for old Office files and encrypted new ones (MS-CFB 2.2)."""

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""Name of the stream that holds an encrypted Office file (MS-OFFCRYPTO 2.3.4.4)."""

_ENCRYPTED_FLAG = 0x1
"""Bit of a member's flags (APPNOTE 4.4.4)."""

_TEMPLATES = frozenset(("python-docx", "2013-12-23T23:15:00Z", "2013-01-27T09:14:16Z", "2013-01-27T09:15:58Z"))
"""Properties from the templates of python-docx and python-pptx, which each file made with them has."""


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive that was found safe.

    Attributes:
        name: the file's name, for messages.
        zipped: its members.
    """

    name: str
    zipped: zipfile.ZipFile

    def __contains__(self, path: str) -> bool:
        """Whether there is a member at a path."""
        return path in self.zipped.NameToInfo

    def read(self, path: str) -> bytes:
        """The bytes of a member.

        Raises:
            ReadingError: the archive has no such file, or it is broken.
        """
        if path not in self:
            raise ReadingError(f"{self.name} is broken ({path} is missing): save it again, and add the new copy.")
        with broken_file(self.name):
            return self.zipped.read(path)

    def xml(self, path: str) -> etree._Element:
        """The root of a member that is XML.

        Raises:
            ReadingError: the archive has no such file, or it is broken.
        """
        return parse_xml(self.read(path), self.name)

    def related(self, path: str) -> Iterator[tuple[str, str]]:
        """The parts of an Office file that one part refers to: the kind of each relation, and its path.

        Args:
            path: the part; "" for the file itself.
        """
        folder, base = posixpath.split(path)
        relations = posixpath.join(folder, "_rels", f"{base}.rels")
        if relations not in self:
            return
        for relation in self.xml(relations):
            if relation.get("TargetMode") != "External":
                kind = relation.get("Type", "").rpartition("/")[2]
                yield kind, posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/")

    def office_facts(self) -> Extract:
        """The core properties of an Office file, as an extract without text."""
        for kind, path in self.related(""):
            if kind == "core-properties" and path in self:
                return dublin_core(self.xml(path), dates={})  # dates of creation are not dates of publication
        return Extract("")


def open_archive(data: bytes, name: str) -> Archive:
    """Open a zipped file, if it is one and is safe.

    Args:
        data: the file's bytes.
        name: its name; the suffix tells what it should be.

    Raises:
        ReadingError: it is empty, encrypted, not an archive, or too large when unpacked.
    """
    if not data:
        raise ReadingError(f"{name} is empty: there is nothing in it to read.")
    if data.startswith(_OLD_OFFICE):
        raise _old_office(data, name)
    try:
        zipped = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise ReadingError(
            f"{name} is not what its suffix says, or is cut short: open it in its program, save it and add it again."
        ) from error
    _check(zipped.infolist(), name)
    return Archive(name, zipped)


def _old_office(data: bytes, name: str) -> ReadingError:
    if _ENCRYPTED in data:
        return ReadingError(f"{name} is encrypted: open it with its password, save it without one and add it again.")
    suffix = posixpath.splitext(name)[1].lower()
    return ReadingError(f"{name} is in the old Office format: open it, save it as {suffix} and add it again.")


def _check(members: list[zipfile.ZipInfo], name: str) -> None:
    if len(members) > MOST_MEMBERS:
        raise ReadingError(f"{name} holds {len(members):,} files, and {MOST_MEMBERS:,} is the limit: split it.")
    unpacked = sum(member.file_size for member in members)
    if unpacked > LARGEST_UNPACKED_BYTES:
        raise ReadingError(
            f"{name} would unpack to {unpacked / 1e6:,.0f} MB, and {LARGEST_UNPACKED_BYTES / 1e6:,.0f} MB is the "
            "limit: split it, or take out its pictures."
        )
    for member in members:
        parts = member.filename.replace("\\", "/").split("/")
        if ".." in parts or parts[0] == "":
            raise ReadingError(f"{name} holds a file that would be unpacked outside of it: it is not safe to read.")
        if member.flag_bits & _ENCRYPTED_FLAG:
            raise ReadingError(f"{name} is encrypted: save it without a password and add it again.")
        if member.file_size > max(SMALLEST_BOMB_BYTES, HIGHEST_RATIO * member.compress_size):
            raise ReadingError(
                f"{name} is not safe to read: {member.filename} would unpack to {member.file_size / 1e6:,.0f} MB from "
                f"{member.compress_size / 1e6:.1f} MB."
            )


# XML --------------------------------------------------------------------------------------------------------


def parse_xml(data: bytes, name: str) -> etree._Element:
    """The root of an XML document; its entities stay unresolved, and nothing is fetched.

    Args:
        data: the document.
        name: the file's name, for messages.

    Raises:
        ReadingError: it is not well-formed.
    """
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    with broken_file(name):
        return etree.fromstring(data, parser)


def local_name(element: etree._Element) -> str:
    """An element's name without its namespace, which differs with a format's versions; "" for an entity."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: etree._Element, local: str) -> str | None:
    """An attribute by its name without namespace, or None."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == local:
            return str(value)
    return None


def dublin_core(root: etree._Element, dates: Mapping[str, str | None]) -> Extract:
    """Metadata in Dublin Core, as an extract without text.

    Args:
        root: the element that contains it, at any depth.
        dates: the elements that may give the date, best first, each with a remark.
    """
    said: dict[str, str] = {}
    for element in root.iter():
        text = (element.text or "").strip()
        if text and text not in _TEMPLATES:
            said.setdefault(local_name(element), text)
    return Extract(
        "",
        title=metadata_title(said.get("title")),
        author=metadata(said.get("initial-creator") or said.get("creator")),
        publisher=metadata(said.get("publisher")),
        published=metadata_date((said.get(key), note) for key, note in dates.items()),
        language=said.get("language"),
    )

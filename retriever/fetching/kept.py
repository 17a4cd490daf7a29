"""The stored files of web pages in a library's folder `web`, with what is known of each address.

In: bytes and an address. Out: a folder for each address, with one file for each version, named by its moment, and a
record in JSON. One decision: which document belongs to a file is asked of the library, so that a record never names a
document that is gone; a file that no document has is removed.
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ..errors import LibraryError
from ..reading.folders import as_utf8
from ..records import DocumentSummary
from ..store.base import Library
from ..store.file_lock import file_lock
from .addresses import WebAddress

FOLDER = "web"
_RECORD = "address.json"
_LOCK = "lock"
_NAME_LETTERS = 60
_MOMENT = re.compile(r"\.(\d{4}-\d\d-\d\dT\d{6}Z)(?:\.[a-z0-9]+)?$")
_MOMENT_FORM = "%Y-%m-%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class SavedPage:
    """What is known of an address that was fetched. Moments are in ISO 8601, in UTC; what is not known is empty.

    Attributes:
        folder: the name of its folder.
        address: as the user gave it.
        final: where its redirects led to.
        daily: whether it is fetched again once a day.
        entries: whether the pages that a feed links to are fetched too.
        feed: the address of the feed that links to it.
        fetched: when the version that is stored last came.
        checked: when the site was asked last.
        not_before: until when the site asks to be left alone.
        etag: the server's mark of the version.
        last_modified: the version's moment, as the server says it.
        sha256: hexadecimal digest of the bytes as they were received.
        problem: why the last try failed.
        seen: short digests of a feed's links that were fetched, so that none is fetched twice.
    """

    folder: str
    address: str
    final: str = ""
    daily: bool = False
    entries: bool = False
    feed: str = ""
    fetched: str = ""
    checked: str = ""
    not_before: str = ""
    etag: str = ""
    last_modified: str = ""
    sha256: str = ""
    problem: str = ""
    seen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a document was fetched, and when."""

    address: str
    fetched: datetime

    @property
    def day(self) -> str:
        """The day on which it was fetched, in UTC."""
        return self.fetched.date().isoformat()


class PageFiles:
    """The folder of the stored web pages of one library."""

    def __init__(self, library_folder: Path) -> None:
        """Args: the library's own folder; this one is made when the first page is stored."""
        self.folder = Path(os.path.abspath(library_folder / FOLDER))

    def all(self) -> tuple[SavedPage, ...]:
        """What is known of each address, in the order of their folders; a damaged record is left out."""
        found = (self._record(file) for file in sorted(self.folder.glob(f"*/{_RECORD}")))
        return tuple(page for page in found if page)

    def save(self, page: SavedPage) -> None:
        """Store what is known of an address, whole or not at all."""
        folder = self.folder / page.folder
        with _translated(folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            made = folder / f"{_RECORD}.new"
            _write(made, json.dumps(asdict(page), indent=1).encode())
            made.replace(folder / _RECORD)

    def new_folder(self, address: WebAddress, in_use: Collection[str] = ()) -> str:
        """A name for the folder of an address that no other one has.

        Args:
            address: the address.
            in_use: the folders of documents; that of this address is taken again if its record is lost.
        """
        digest = hashlib.sha256(address.text.encode()).hexdigest()[:8]
        named = re.sub(r"[^\w.-]+", "-", address.without_scheme)[:_NAME_LETTERS].strip("-.")
        name, count = f"{named}-{digest}", 1
        if name in in_use and self._record(self.folder / name / _RECORD) is None:
            return name
        while (self.folder / name).exists():
            count += 1
            name = f"{named}-{digest}-{count}"
        return name

    def store(self, page: SavedPage, name: str, suffix: str, body: bytes, moment: datetime) -> Path:
        """Write the bytes of a version into a file of their own.

        Args:
            page: its address.
            name: the beginning of the file's name.
            suffix: its end, such as `.html`.
            body: the bytes.
            moment: when they came.
        """
        folder = self.folder / page.folder
        stem = re.sub(r"[^\w-]+", "-", name)[:_NAME_LETTERS].strip("-") or "page"
        with _translated(folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            while True:
                place = folder / f"{stem}.{moment.strftime(_MOMENT_FORM)}{suffix}"
                try:
                    _write(place, body, exclusive=True)
                    return place
                except FileExistsError:  # the second one within this second
                    moment += timedelta(seconds=1)

    def is_intact(self, document: DocumentSummary) -> bool:
        """Whether a document's file is there, with the bytes that were stored."""
        with suppress(OSError), Path(document.source).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == document.sha256
        return False

    def restore(self, document: DocumentSummary, body: bytes) -> None:
        """Write the bytes of a document's file again, whole or not at all."""
        place = Path(document.source)
        with _translated(place.parent):
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            made = place.with_name(f"{place.name}.new")
            _write(made, body)
            made.replace(place)

    def has(self, source: str) -> bool:
        """Whether a document's file is one of these."""
        return Path(source).parent.parent == self.folder

    def page_of(self, source: str) -> SavedPage | None:
        """What is known of the address of a document's file; None if it was not fetched."""
        return self._record(Path(source).parent / _RECORD) if self.has(source) else None

    def origin_of(self, source: str) -> Origin | None:
        """Where and when a document's file was fetched; None if it was not."""
        page, named = self.page_of(source), _MOMENT.search(source)
        if page is None or named is None:
            return None
        moment = datetime.strptime(named[1], _MOMENT_FORM).replace(tzinfo=UTC)
        return Origin(page.final or page.address, moment)

    def sweep(self, in_use: Collection[str], only: str = "") -> None:
        """Remove the files that no document has, and the records of documents that are gone.

        Args:
            in_use: the files of all documents and their versions; with `only`, those of this address at least.
            only: the name of the folder of one address; empty: all of them.
        """
        if not self.folder.is_dir():
            return
        kept = {Path(source) for source in in_use if self.has(source)}
        with self.locked(), _translated(self.folder):
            for folder in self.folder.iterdir():
                if folder.is_dir() and only in ("", folder.name):
                    self._sweep(folder, {file for file in kept if file.parent == folder})

    def discard(self, place: Path) -> None:
        """Remove a file that could not be read, and its folder if it has no other one."""
        with suppress(OSError):
            place.unlink(missing_ok=True)
            if not any(file.name != _RECORD for file in place.parent.iterdir()):
                shutil.rmtree(place.parent)

    def _sweep(self, folder: Path, kept: Collection[Path]) -> None:
        page = self._record(folder / _RECORD)
        if not kept and (page is None or page.fetched):
            shutil.rmtree(folder)
            return
        for file in folder.iterdir():
            if file not in kept and file.name != _RECORD:
                file.unlink(missing_ok=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Store or remove files while no other program and no other thread does."""
        with _translated(self.folder):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with file_lock(self.folder / _LOCK, wait=True):
                yield

    def _record(self, file: Path) -> SavedPage | None:
        with suppress(OSError, ValueError, TypeError):
            found = json.loads(file.read_text(encoding="utf-8"))
            known = {each.name: found[each.name] for each in fields(SavedPage) if each.name in found}
            return SavedPage(**{**known, "seen": tuple(known.get("seen", ())), "folder": file.parent.name})
        return None


def sources_in_use(library: Library) -> set[str]:
    """The files of all documents of a library, and of their versions."""
    documents = library.documents
    return {*documents.origins(), *(one.document.source for one in documents.versions())}


def now_words(moment: datetime) -> str:
    """A moment as records have it."""
    return moment.isoformat(timespec="seconds")


def _write(place: Path, data: bytes, *, exclusive: bool = False) -> None:
    """Write a file for its owner only."""
    flags = os.O_WRONLY | os.O_CREAT | (os.O_EXCL if exclusive else os.O_TRUNC)
    with open(os.open(place, flags, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _translated(place: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise
    except OSError as error:
        raise LibraryError(
            f"A web page cannot be stored in {as_utf8(str(place))} ({error.strerror}); free some space there."
        ) from error

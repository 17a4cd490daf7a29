"""Adds uploaded files to the library, removes documents, and restores removed ones.

In: names and bytes from a browser or a program. Out: the state of each file. One decision: a separate thread adds a
batch of files, so that a closed tab stops nothing. The page polls its progress.
"""

import asyncio
import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import AsyncIterable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from ..assistant import Assistant
from ..check.records import CheckReport
from ..errors import FileTooLarge, IbidError, ReadingError, machine_error
from ..filters import EVERYTHING, Scope
from ..ingest.arrivals import Arrivals
from ..ingest.run import IndexProgress, Progress
from ..reading.files import size_words
from ..settings import Settings
from ..store.contents import StoredDocument

LONGEST_STEM, LONGEST_KIND = 200, 20
"""Bytes of a file's name before its last dot, and letters after it; file systems hold 255 bytes."""

MOST_WAITING, MOST_WAITING_BYTES = 1_000, 2_000_000_000
"""Files, and their bytes, that may wait at once: a large folder, and what a small disk has free."""

WAITING_SECONDS = 3_600.0
"""After that long nobody will ask to add a file that has arrived: its tab was closed."""

UNDONE_AT_MOST = 10
"""Removals that can still be undone; what they removed is held in memory."""


@dataclass(slots=True)
class UploadedFile:
    """One file of a batch, as the page lists it.

    Attributes:
        state: `waiting`, `reading`, `added`, `here` (the library had it already), or `skipped`.
        detail: its progress, or the reason why it was skipped.
        document_id: its document, new or already there.
        collection: the collection that a new document belongs to.
    """

    name: str
    state: str = "waiting"
    detail: str = ""
    file: Path | None = None
    document_id: str | None = None
    collection: str = ""


@dataclass(slots=True)
class UploadBatch:
    """Files of one user; it grows while files are added, and is `done` after the last one."""

    items: list[UploadedFile]
    done: bool = False


@dataclass(frozen=True, slots=True)
class RemovedDocument:
    """A document that was removed, and the bytes of its file if that was in the library's own folder."""

    whole: StoredDocument
    file: tuple[Path, bytes] | None


@dataclass(slots=True)
class _ArrivedFile:
    """A file that arrives, or has arrived and waits to be added."""

    file: Path
    size: int = 0
    is_whole: bool = False
    began: float = field(default_factory=time.monotonic)


class Uploads:
    """Adds and removes documents for the users of the page. It adds the files of all users one after the other."""

    def __init__(
        self, library_folder: Callable[[], Path], largest_file_bytes: int = Settings().largest_file_bytes
    ) -> None:
        """Store where files go.

        Args:
            library_folder: the folder of the library, once it is open; arriving files wait in it.
            largest_file_bytes: larger files are refused.
        """
        self.largest_file_bytes = largest_file_bytes
        self._library_folder = library_folder
        self._arrivals: Arrivals | None = None
        self._arrived: dict[str, _ArrivedFile] = {}
        self._removed: OrderedDict[str, RemovedDocument] = OrderedDict()
        self._batches: dict[str, UploadBatch] = {}
        self._books = threading.Lock()  # held for a moment, to read or change these fields
        self._one_at_a_time = threading.Lock()  # held while a file is read

    async def receive(self, name: str, size: int | None, chunks: AsyncIterable[bytes]) -> str:
        """Take a file's bytes from the browser.

        Args:
            name: the file's name, as the browser gives it.
            size: its length in bytes, if the browser gives it.
            chunks: its bytes.

        Returns:
            A key by which `start` finds it.

        Raises:
            FileTooLarge: it is too large.
            ReadingError: it cannot be stored.
            IbidError: the library cannot be opened.
        """
        kind = PurePosixPath(safe_name(name)).suffix.lower()
        if size is not None and size >= self.largest_file_bytes:
            raise self._too_large()
        key = secrets.token_urlsafe()
        try:
            arriving = await asyncio.to_thread(self._begin, key, kind)
            with arriving.file.open("wb") as stream:
                async for chunk in chunks:
                    arriving.size += len(chunk)
                    if arriving.size >= self.largest_file_bytes:
                        raise self._too_large()
                    self._check_room()
                    stream.write(chunk)
        except BaseException as error:
            self._drop(key)
            if isinstance(error, OSError):
                raise ReadingError(
                    f"it could not be stored ({error.strerror}). Free some space on the disk."
                ) from error
            raise
        arriving.is_whole = True
        return key

    def _begin(self, key: str, kind: str) -> "_ArrivedFile":
        """The place of a file that arrives. Files that nobody asked to add for long make room."""
        folder = self._library_folder()
        with self._books:
            if self._arrivals is None:
                self._arrivals = Arrivals(folder)
            late = [old for old, file in self._arrived.items() if time.monotonic() - file.began > WAITING_SECONDS]
        for old in late:
            self._drop(old)
        arriving = _ArrivedFile(self._arrivals.folder / f"{secrets.token_hex(16)}{kind}")
        with self._books:
            self._arrived[key] = arriving
        self._check_room()
        return arriving

    def _check_room(self) -> None:
        with self._books:
            count, size = len(self._arrived), sum(file.size for file in self._arrived.values())
        if count > MOST_WAITING or size > MOST_WAITING_BYTES:
            raise ReadingError("too many files are waiting to be added. Add it again when they are done.")

    def _drop(self, key: str) -> None:
        with self._books:
            arrived = self._arrived.pop(key, None)
        if arrived:
            arrived.file.unlink(missing_ok=True)

    def start(
        self, assistant: Assistant, user: str, files: Sequence[Mapping[str, str]], collection: str = ""
    ) -> UploadBatch:
        """Begin to add files, after the ones that the same user has already uploaded.

        Args:
            assistant: adds them.
            user: the key of the user.
            files: each with its `name` and `key`, or the `reason` why it was not uploaded.
            collection: the collection that their documents belong to.
        """
        items = [self._item(file, collection) for file in files]
        with self._books:
            batch = self.running(user)
            if batch:
                batch.items.extend(items)
                return batch
            batch = self._batches[user] = UploadBatch(items)
        threading.Thread(target=self._work, args=(assistant, user, batch), daemon=True).start()
        return batch

    def add(self, assistant: Assistant, name: str, key: str, collection: str = "") -> UploadedFile:
        """Add a file that was received, while its sender waits.

        Returns:
            Its state.
        """
        item = self._item({"name": name, "key": key}, collection)
        if item.file:
            with self._one_at_a_time:
                self._add(assistant, item, item.file)
        return item

    def check(
        self, assistant: Assistant, name: str, key: str, *, unmarked: bool = False, scope: Scope = EVERYTHING
    ) -> CheckReport:
        """Check a draft that was received; it is not kept.

        Raises:
            ReadingError: it cannot be read.
        """
        item = self._item({"name": name, "key": key})
        if item.file is None:
            raise ReadingError(item.detail)
        try:
            with self._one_at_a_time:
                return assistant.check(item.file.read_bytes(), name=item.name, unmarked=unmarked, scope=scope)
        finally:
            item.file.unlink(missing_ok=True)

    def running(self, user: str) -> UploadBatch | None:
        """The files that a user waits for."""
        return self._batches.get(user)

    def remove(self, assistant: Assistant, document_id: str) -> str:
        """Remove a document, and its file if that is in the library's own folder.

        Returns:
            A key by which `undo` finds it.

        Raises:
            DocumentUnknown: it is not in the library.
        """
        (whole,) = assistant.take_out([document_id])
        source, file = Path(whole.document.source), None
        if source.parent == assistant.added:
            with suppress(OSError):
                file = (source, source.read_bytes())
                source.unlink()
        key = secrets.token_urlsafe()
        with self._books:
            self._removed[key] = RemovedDocument(whole, file)
            while len(self._removed) > UNDONE_AT_MOST:
                self._removed.popitem(last=False)
        return key

    def last_removed(self, assistant: Assistant) -> tuple[str, str] | None:
        """The title and key of the last removed document that may be seen and restored; None if there is none."""
        with self._books:
            removed = [(key, one.whole.document) for key, one in reversed(self._removed.items())]
        return next(((one.title, key) for key, one in removed if assistant.may_see(one.collection)), None)

    def undo(self, assistant: Assistant, key: str) -> str:
        """Restore what was removed.

        Returns:
            The id that the document has now.

        Raises:
            IbidError: it is too late.
        """
        with self._books:
            removed = self._removed.get(key)
        if removed is None or not assistant.may_see(removed.whole.document.collection):
            raise IbidError("It is too late to undo this. Add the document again.")
        (document_id,) = assistant.put_back([removed.whole])
        with self._books:
            self._removed.pop(key, None)
        if removed.file:
            place, content = removed.file
            with suppress(OSError):
                place.write_bytes(content)
        return document_id

    def _item(self, file: Mapping[str, str], collection: str = "") -> UploadedFile:
        name = safe_name(file.get("name", ""))
        key = file.get("key", "")
        with self._books:
            arrived = self._arrived.get(key)
            if arrived is None or not arrived.is_whole:
                return UploadedFile(name, "skipped", file.get("reason") or "it was not uploaded. Add it again.")
            del self._arrived[key]
        return UploadedFile(name, file=arrived.file, collection=collection)

    def _work(self, assistant: Assistant, user: str, batch: UploadBatch) -> None:
        while waiting := self._next(user, batch):
            with self._one_at_a_time:
                self._add(assistant, *waiting)

    def _next(self, user: str, batch: UploadBatch) -> tuple[UploadedFile, Path] | None:
        """The next file of a batch. After the last one the batch is done and takes no more files."""
        with self._books:
            waiting = ((item, item.file) for item in batch.items if item.file and item.state == "waiting")
            first = next(waiting, None)
            if first is None:
                batch.done = True
                del self._batches[user]
            return first

    def _add(self, assistant: Assistant, item: UploadedFile, file: Path) -> None:
        def show(progress: IndexProgress) -> None:
            item.detail = f"{progress.passages:,} passages" if progress.passages else ""

        item.state = "reading"
        try:
            item.state, item.detail, item.document_id = self._add_file(assistant, item, file, show)
        except IbidError as error:
            item.state, item.detail = "skipped", str(error)
        except Exception as error:  # one bad file must not stop the rest
            said = machine_error(error) or f"Ibid failed on it ({type(error).__name__})."
            item.state, item.detail = "skipped", said
        finally:
            file.unlink(missing_ok=True)

    def _add_file(
        self, assistant: Assistant, item: UploadedFile, file: Path, show: Progress
    ) -> tuple[str, str, str | None]:
        with file.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        same = next((document for document in assistant.documents() if document.sha256 == sha256), None)
        if same:
            return "here", same.title, same.id
        report = assistant.hand_over(file, item.name, show, collection=item.collection)
        if report.skipped:
            return "skipped", report.skipped[0].reason, None
        (document_id,) = report.added
        passages = assistant.summary(document_id).passages
        count = f"{passages:,} passage{'s' if passages != 1 else ''}"
        return "added", "; ".join((count, *report.warnings)), document_id

    def _too_large(self) -> FileTooLarge:
        return FileTooLarge(f"it is too large: files must be smaller than {size_words(self.largest_file_bytes)}.")


def safe_name(name: str) -> str:
    """A file's name without its folders, and without characters that harm a file system or a terminal."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(letter for letter in last if letter.isalnum() or letter in " -_.,'()&+").strip(" .")
    stem, dot, kind = kept.rpartition(".")
    if not dot or len(kind) > LONGEST_KIND:
        stem, dot, kind = kept, "", ""
    return stem.encode()[:LONGEST_STEM].decode(errors="ignore").strip() + dot + kind or "document"

"""Fetches web pages into a library: once, or again each day; and the pages that a feed links to, if that is asked.

In: addresses. Out: documents, each with its stored file. One decision: a page is a new version only if its words have
changed, not the page furniture around them.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from ..encoder import Encoder
from ..errors import FetchError, SiteBusy
from ..ingest.kept_pages import KeptPages
from ..reading.worker import Worker
from ..records import DocumentSummary
from ..settings import Settings
from ..store.base import Library
from .addresses import AllowedNetwork, WebAddress
from .kept import Origin, PageFiles, SavedPage, now_words, sources_in_use
from .media import is_readable, suffix_of, text_as_utf8
from .reading import has_same_words, id_of, links_of, read_page, store

if TYPE_CHECKING:
    from .client import Page, WebClient

DUE = timedelta(hours=23)
"""After this time a followed address is fetched again: less than a day, so that a daily job always finds it due."""

MOST_ENTRIES = 20
"""Pages of one feed that are fetched at once; the others come the next time."""

_SEEN_KEPT = 1_000
FEEDS = frozenset(("application/rss+xml", "application/atom+xml"))


class FetchState(StrEnum):
    """What fetching an address has done to the library."""

    ADDED = "added"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What has become of one address.

    Attributes:
        page: what is known of it now.
        state: what has happened.
        document: its document; None if it could not be fetched.
        detail: why it failed; else empty.
    """

    page: SavedPage
    state: FetchState
    document: DocumentSummary | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Run:
    """What one command fetches and reads with; the process that reads starts with the first page."""

    client: "WebClient"
    worker: Worker


class SavedPages:
    """The web pages of a library."""

    def __init__(
        self,
        library: Library,
        encoder: Encoder,
        settings: Settings,
        on_change: Callable[[], None],
        **client: object,
    ) -> None:
        """Fetch nothing yet.

        Args:
            library: the library, or a view of it.
            encoder: encodes what is new.
            settings: the limits, and the private networks that may be connected to.
            on_change: called after a document was stored.
            client: more arguments of each `WebClient`; tests set its resolver and its sleep.
        """
        self._library = library
        self._encoder = encoder
        self._settings = settings
        self._on_change = on_change
        self._client_options = client
        self._files = PageFiles(library.folder)

    def list(self) -> tuple[tuple[SavedPage, DocumentSummary], ...]:
        """The addresses whose documents are in the library and may be seen, with these documents."""
        documents = self._documents()
        return tuple((page, documents[page.folder]) for page in self._files.all() if page.folder in documents)

    def origin(self, source: str) -> Origin | None:
        """Where and when the file of a document was fetched; None if it was not."""
        return self._files.origin_of(source)

    def fetch(
        self, address: str, *, daily: bool = False, entries: bool = False, collection: str = ""
    ) -> Iterator[Fetched]:
        """Fetch an address now; yields what has become of it, and of the pages that a feed links to.

        Args:
            address: of a page or a feed.
            daily: fetch it again once a day, while something asks for what is due.
            entries: fetch the pages that it links to as well, if it is a feed.
            collection: the collection that new documents belong to.

        Raises:
            FetchError: it cannot be fetched; then nothing is stored.
        """
        wanted = WebAddress.of(address)
        known = next((page for page, _ in self.list() if page.address == wanted.text), None)
        page = known or SavedPage(self._files.new_folder(wanted, self._documents()), wanted.text)
        page = replace(page, daily=page.daily or daily, entries=page.entries or entries)
        with self._run() as run:
            found = self._visit(run, page, collection)
            yield found
            yield from self._entries(run, found.page.folder, collection)

    def fetch_due(self) -> Iterator[Fetched]:
        """Fetch again what is followed and was not asked for in a day. A failure is yielded too."""
        now = datetime.now(UTC)
        due = [(page, document) for page, document in self.list() if page.daily and _is_due(page, now)]
        if not due:
            return
        with self._run() as run:
            for page, document in due:
                try:
                    yield self._visit(run, page, document.collection)
                except FetchError as error:
                    yield Fetched(page, FetchState.FAILED, document, str(error))
                    continue
                yield from self._entries(run, page.folder, document.collection)

    def follows(self, address: str) -> bool:
        """Whether an address is fetched again once a day."""
        with suppress(FetchError):
            wanted = WebAddress.of(address).text
            return any(page.daily and wanted in (page.address, page.final) for page, _ in self.list())
        return False

    def stop(self, address: str) -> SavedPage:
        """Follow an address no longer; its document stays.

        Raises:
            FetchError: it is not followed.
        """
        wanted = WebAddress.of(address).text
        for page, _ in self.list():
            if page.daily and wanted in (page.address, page.final):
                page = replace(page, daily=False, entries=False)
                self._files.save(page)
                return page
        raise FetchError(f"{wanted} is not fetched daily; `ibid fetch --list` says which addresses are.")

    @contextmanager
    def _run(self) -> Iterator[_Run]:
        """What one command fetches and reads with."""
        from .client import WebClient

        options = {
            "allowed": [AllowedNetwork.of(text) for text in self._settings.fetch_allow],
            "most_bytes": self._settings.largest_file_bytes,
            "seconds": self._settings.fetch_seconds,
            "accepts": is_readable,
            **self._client_options,
        }
        client = WebClient(**options)  # type: ignore[arg-type]
        for page in self._files.all():
            with suppress(ValueError, FetchError):
                asked = datetime.fromisoformat(page.checked).timestamp()
                client.note_fetched(WebAddress.of(page.final or page.address).host, asked)
        with Worker(self._settings.limits, pages=KeptPages(self._library.folder)) as worker:
            yield _Run(client, worker)

    def _documents(self) -> Mapping[str, DocumentSummary]:
        """The document of each address, by the name of its folder."""
        return {
            Path(one.source).parent.name: one for one in self._library.documents.all() if self._files.has(one.source)
        }

    def _visit(self, run: _Run, page: SavedPage, collection: str) -> Fetched:
        """Fetch an address, and store what is new. If that fails, what was known stays."""
        before = self._documents().get(page.folder)
        now = datetime.now(UTC)
        if page.not_before > now_words(now):
            until = datetime.fromisoformat(page.not_before)
            raise SiteBusy(
                f"{WebAddress.of(page.address).server} asks to be left alone until {until:%Y-%m-%d %H:%M} (UTC).",
                (until - now).total_seconds(),
            )
        can_be_same = before is not None and self._files.is_intact(before)
        try:
            known = (page.etag, page.last_modified) if can_be_same else ("", "")
            address = WebAddress.of(page.address)
            is_named_by_site = bool(page.feed) and WebAddress.of(page.feed).server != address.server
            reply = run.client.get(address, *known, is_named_by_site=is_named_by_site)
            now = datetime.now(UTC)
            if before is None:
                page, before = self._kept_as(page, reply.address.text)
            page = replace(page, final=reply.address.text, checked=now_words(now), not_before="", problem="")
            return self._take(run, page, reply, before, collection, now)
        except FetchError as error:
            if before is not None:
                wait = timedelta(seconds=error.seconds if isinstance(error, SiteBusy) else 0)
                not_before = now_words(now + wait) if wait else ""
                self._files.save(replace(page, checked=now_words(now), not_before=not_before, problem=str(error)))
            raise

    def _kept_as(self, page: SavedPage, final: str) -> tuple[SavedPage, DocumentSummary | None]:
        """The record and the document of a page that is kept already, if that is where redirects have led.

        A document whose record is lost is known by the address that it names.
        """
        for other, document in self.list():
            if final in (other.address, other.final):
                return replace(other, daily=other.daily or page.daily, entries=other.entries or page.entries), document
        recorded = {other.folder for other in self._files.all()}
        for folder, document in self._documents().items():
            if folder not in recorded and self._library.documents.get(document.id).link == final:
                return replace(page, folder=folder), document
        return page, None

    def _take(
        self, run: _Run, page: SavedPage, reply: "Page", before: DocumentSummary | None, collection: str, now: datetime
    ) -> Fetched:
        """Store what has come, if it is new."""
        if reply.body is not None:
            digest = hashlib.sha256(reply.body).hexdigest()
            is_same = before is not None and digest == page.sha256 and self._files.is_intact(before)
            page = replace(page, etag=reply.etag, last_modified=reply.last_modified, sha256=digest)
        else:
            is_same = True
        if is_same and before is not None:
            return self._unchanged(page, before, collection)
        return self._store(run, page, reply, before, collection, now)

    def _unchanged(self, page: SavedPage, before: DocumentSummary, collection: str) -> Fetched:
        self._files.save(page)
        if collection and collection != before.collection:
            self._library.documents.assign([before.id], collection)
            self._on_change()
        return Fetched(page, FetchState.UNCHANGED, self._library.documents.summary(before.id))

    def _store(
        self, run: _Run, page: SavedPage, reply: "Page", before: DocumentSummary | None, collection: str, now: datetime
    ) -> Fetched:
        """Write the file, read it, and store its document; a file that cannot be read is removed.

        Where the stored file is gone or damaged, the same bytes take its place, and other ones replace the document.
        """
        stored = replace(page, fetched=now_words(now))
        with self._files.locked():
            before = before or self._documents().get(page.folder)  # another program may have been first
            body = text_as_utf8(reply.body or b"", reply.media_type, reply.charset)
            is_intact = before is not None and self._files.is_intact(before)
            if before is not None and not is_intact and hashlib.sha256(body).hexdigest() == before.sha256:
                self._files.restore(before, body)
                page = replace(page, fetched=page.fetched or stored.fetched)
                return replace(self._unchanged(page, before, collection), state=FetchState.REPLACED)
            name = Path(id_of(reply.address)).stem
            place = self._files.store(page, name, suffix_of(reply.address, reply.media_type), body, now)
            is_stored = False
            try:
                document = read_page(run.worker, place, reply.address, before, self._settings.largest_file_bytes)
                if before and is_intact and has_same_words(document, self._library.documents.get(before.id)):
                    return self._unchanged(page, before, collection)
                document = replace(document, collection=collection or document.collection)
                if before is None:  # whatever happens next, its folder says whose it is
                    self._files.save(replace(stored, etag="", last_modified="", sha256=""))
                document_id = store(self._library, self._encoder, document, is_new=before is None)
                is_stored = True
                self._files.save(stored)
            finally:
                if not is_stored:
                    self._files.discard(place)
        self._files.sweep(sources_in_use(self._library), page.folder)
        self._on_change()
        state = FetchState.ADDED if before is None else FetchState.REPLACED
        return Fetched(stored, state, self._library.documents.summary(document_id))

    def _entries(self, run: _Run, folder: str, collection: str) -> Iterator[Fetched]:
        """Fetch the pages that a feed links to and that were not fetched yet, the first in it first."""
        feed, document = next(((page, one) for page, one in self.list() if page.folder == folder), (None, None))
        if feed is None or document is None or not feed.entries or document.media_type not in FEEDS:
            return
        collection = collection or document.collection
        new = [link for link in self._links(run, feed, document) if _short(link) not in feed.seen]
        known = {page.address for page, _ in self.list()}
        for link in new[:MOST_ENTRIES]:
            if link not in known:
                page = SavedPage(self._files.new_folder(WebAddress.of(link)), link, feed=feed.address)
                try:
                    yield self._visit(run, page, collection)
                except SiteBusy as error:
                    yield Fetched(page, FetchState.FAILED, None, str(error))
                    continue  # it is fetched the next time
                except FetchError as error:
                    yield Fetched(page, FetchState.FAILED, None, str(error))
            feed = replace(feed, seen=(*feed.seen, _short(link))[-_SEEN_KEPT:])
            self._files.save(feed)

    def _links(self, run: _Run, feed: SavedPage, document: DocumentSummary) -> Iterator[str]:
        base, found = WebAddress.of(feed.final or feed.address), dict[str, None]()
        for link in links_of(document, run.worker):
            with suppress(FetchError):  # no web page
                found[base.joined(link).text] = None
        yield from found


def _is_due(page: SavedPage, now: datetime) -> bool:
    if page.not_before > now_words(now):
        return False
    return not page.checked or now - datetime.fromisoformat(page.checked) >= DUE


def _short(link: str) -> str:
    return hashlib.sha256(link.encode()).hexdigest()[:16]

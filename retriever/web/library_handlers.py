"""Handlers of the library: welcome; open, list, add and remove documents; choose which to ask; show the timeline.

In: what a user did. Out: HTML for the page's panels. One decision: nothing here waits for the model.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from ..assistant import Assistant
from ..encoder.preparing import is_under_way
from ..errors import DocumentUnknown, FetchingOff, IbidError, OriginalChanged, QuestionError
from ..fetching.kept import Origin
from ..filters import Scope
from ..ingest.editing import EDITABLE
from ..interfaces.fetch_http import check_fetches
from ..interfaces.html.source import Link, place_of
from ..interfaces.html.templating import hint_html, render
from ..interfaces.translation.catalogue import gettext
from ..interfaces.uploads import UploadBatch, Uploads
from ..reading.page_images import original
from ..reading.sources import FILE_NAME, read_examples, read_sources
from ..records import Document, DocumentSummary
from ..settings import shipped_corpus
from . import panels
from .earlier import EarlierVersion
from .fetching import FetchSection, fetch
from .followed import FollowedFolders
from .loading import error_sentence
from .seen import SeenLibrary
from .source_cache import SourceCache
from .state import TabState
from .suggestions import SuggestionHandlers
from .timeline_panel import TimelineView, timeline_html

SLOW_SECONDS = 0.5
"""Seconds after which the page says what it is waiting for."""

POLL_SECONDS = 0.4
"""Seconds between two looks at the progress of an upload, or at whether the search is being prepared."""


class LibraryHandlers:
    """Show and change the library."""

    def __init__(
        self,
        library: SeenLibrary,
        model: SeenLibrary,
        uploads: Uploads,
        sources: SourceCache,
        suggestions: SuggestionHandlers,
        followed: FollowedFolders | None = None,
    ) -> None:
        """Store what the handlers need.

        Args:
            library: the assistant, once its library can be read.
            model: the assistant, once it can answer; only the welcome says whether it can.
            uploads: adds and removes documents.
            sources: documents laid out for reading.
            suggestions: finds questions to suggest.
            followed: the followed folders; None if the page may not name folders of this machine.
        """
        self._followed = followed
        self.suggestions = suggestions
        self._library = library
        self._model = model
        self._uploads = uploads
        self._sources = sources

    async def welcome(self) -> AsyncIterator[str]:
        """Say that the library is being opened, then what it contains, then that the user can ask."""
        try:
            if not self._library.is_loaded:
                async for preparing in _while(self._documents()):
                    yield panels.welcome_html(None, preparing=preparing)
            documents = await self._documents()
            if not self._model.is_loaded:
                examples = examples_for(documents)
                async for preparing in _while(self._model.wait()):
                    yield panels.welcome_html(documents, loading=True, preparing=preparing, examples=examples)
                documents = await self._documents()
            examples = examples_for(documents)
            yield panels.welcome_html(documents, examples=examples)
            if documents and not examples and (found := await self.suggestions.examples()):
                yield panels.welcome_html(await self._documents(), examples=found)
            self.suggestions.prepare()
        except Exception as error:  # the page must say whatever went wrong
            yield panels.welcome_html((), error=error_sentence(error))

    def open(self, state: TabState, control: Mapping[str, str]) -> str:
        """Open a document next to the chat, at a quote of the conversation or at some characters."""
        try:
            if "document" in control:
                at = Link.of(control) if "start" in control else None
                source = self._sources.source(control["document"])
                problem = file_problem(source.document)
                earlier = self._earlier(source.document, at.place_in if at else None)
                return panels.source_html(
                    source,
                    at=at,
                    back=control.get("back", ""),
                    file_problem=problem,
                    earlier=earlier,
                    fetched=self._fetched(source.document),
                )
            number, chosen = (int(part) for part in control["place"].split("."))
            quotes = state.turns[number].quotes
            source = self._sources.source(quotes[chosen].document_id)
            problem, quote = file_problem(source.document), quotes[chosen]
            earlier = self._earlier(source.document, lambda text: place_of(quote, text))
            fetched = self._fetched(source.document)
            return panels.source_html(
                source, quotes, chosen, number, file_problem=problem, earlier=earlier, fetched=fetched
            )
        except DocumentUnknown:
            return panels.message_html(
                gettext("Removed"),
                gettext("This document has been removed from the library. Add it again to read it."),
            )
        except (IndexError, ValueError):
            return panels.message_html(
                gettext("Not found"), gettext("This link doesn’t lead to a place in a document.")
            )
        except Exception as error:
            return panels.message_html(gettext("Could not open the document"), error_sentence(error))

    def _fetched(self, document: Document) -> Origin | None:
        """Where and when a document was fetched from the web."""
        return self._library.result().saved_pages.origin(document.source)

    def _earlier(
        self, document: Document, place_in: Callable[[str], tuple[int, int] | None] | None
    ) -> EarlierVersion | None:
        """The document, if it is an earlier version; or the version that has a quote which is no longer in it."""
        assistant = self._library.result()
        if place_in is None or place_in(document.text):
            return EarlierVersion.of(assistant, document.id)
        return EarlierVersion.saying(assistant, document.id, place_in)

    async def documents(
        self, scope: Scope, find: str = "", follow_error: str = "", fetched: FetchSection | None = None
    ) -> str:
        """List the documents next to the chat."""
        try:
            assistant = await self._library.wait()
            return await asyncio.to_thread(self._documents_html, assistant, scope, find, follow_error, fetched)
        except Exception as error:
            return panels.message_html(gettext("Could not list the documents"), error_sentence(error))

    async def timeline(self, scope: Scope, view: TimelineView) -> AsyncIterator[str]:
        """Show the timeline next to the chat. If it takes long, say that the documents are being read."""
        try:
            assistant = await self._library.wait()
            finding = asyncio.ensure_future(asyncio.to_thread(assistant.timeline, scope))
            if not (await asyncio.wait([finding], timeout=SLOW_SECONDS))[0]:
                yield panels.message_html(gettext("Timeline"), gettext("Reading the documents for events…"), "note")
            points, documents, asked = await finding, assistant.documents(), len(assistant.ids_in(scope))
            yield await asyncio.to_thread(timeline_html, points, documents, scope, asked, view, assistant.questions_of)
        except Exception as error:
            yield panels.message_html(gettext("Could not show the timeline"), error_sentence(error))

    async def table(self, scope: Scope, question: str) -> str:
        """Show the panel that asks each document by itself."""
        try:
            assistant = await self._library.wait()
            return panels.table_html(assistant.documents(), scope, len(assistant.ids_in(scope)), question)
        except Exception as error:
            return panels.message_html(gettext("Could not show the table"), error_sentence(error))

    async def scope_line(self, scope: Scope) -> str:
        """The line above the question's field that says which documents the question is about."""
        try:
            assistant = await self._library.wait()
            return panels.scope_html(scope, assistant.documents(), len(assistant.ids_in(scope)))
        except IbidError:
            return ""

    async def add(self, files: Sequence[Mapping[str, str]], user: str, scope: Scope) -> AsyncIterator[str]:
        """Add uploaded files, and show the progress of each. They belong to the collection that alone is asked."""
        try:
            assistant = await self._library.wait()
            collection = await asyncio.to_thread(assistant.known_collection, _only_collection(scope))
            batch = self._uploads.start(assistant, user, files, collection)
        except Exception as error:
            yield render("uploads_failed.html", message=error_sentence(error))
            return
        async for shown in _progress(batch):
            yield shown

    async def adding(self, user: str) -> AsyncIterator[str]:
        """Show the progress of the user's uploads, if there are any."""
        if batch := self._uploads.running(user):
            async for shown in _progress(batch):
                yield shown

    async def remove(self, scope: Scope, document_id: str) -> str:
        """Remove a document, and list the others with a button to restore it."""
        return await self._change(scope, lambda assistant: self._uploads.remove(assistant, document_id))

    async def edit(self, scope: Scope, document_id: str, values: Mapping[str, str]) -> str:
        """Correct the title, author, publisher and date of a document, if they differ, and list the documents."""
        return await self._change(scope, lambda assistant: _correct(assistant, document_id, values))

    async def correct(self, document_id: str, values: Mapping[str, str]) -> str:
        """Correct a document where an answer names it. Returns the line below the question's field."""
        try:
            await asyncio.to_thread(_correct, await self._library.wait(), document_id, values)
        except Exception as error:
            return hint_html(error_sentence(error))
        return hint_html(gettext("Corrected."))

    async def follow(self, scope: Scope, folder: str) -> AsyncIterator[str]:
        """Follow a folder, and show its state until it has been read."""
        followed = self._followed
        if followed is None:
            return
        try:
            assistant = await self._library.wait()
            await asyncio.to_thread(followed.add, assistant, folder)
        except IbidError as error:
            yield await self.documents(scope, follow_error=str(error))
            return
        shown = ""
        while True:
            said = [each.said for each in followed.states()]
            if str(said) != shown:
                yield await self.documents(scope)
            shown = str(said)
            if not any(each.startswith(("waiting", "reading")) for each in said):
                return
            await asyncio.sleep(POLL_SECONDS)

    async def unfollow(self, scope: Scope, folder: str) -> str:
        """Follow a folder no longer."""
        followed = self._followed
        return await self._change(scope, lambda assistant: followed.remove(assistant, folder) if followed else None)

    async def fetch(self, scope: Scope, fields: Mapping[str, str]) -> AsyncIterator[str]:
        """Fetch a web page, and list the documents; if one collection is asked, the page belongs to it."""
        address = fields.get("address", "").strip()
        try:
            assistant = await self._library.wait()
            await asyncio.to_thread(check_fetches, assistant)
            said = gettext("Fetching {address} …").format(address=address)
            yield await self.documents(scope, fetched=FetchSection(said=said, address=address))
            collection = await asyncio.to_thread(assistant.known_collection, _only_collection(scope))
            fetched = await asyncio.to_thread(fetch, assistant, fields, collection)
        except FetchingOff as error:
            yield panels.message_html(gettext("Could not fetch the page"), error_sentence(error))
            return
        except Exception as error:
            fetched = FetchSection(error=error_sentence(error), address=address)
        yield await self.documents(scope, fetched=fetched)

    async def unfetch(self, scope: Scope, address: str) -> str:
        """Follow a web address no longer."""
        return await self._change(scope, lambda assistant: assistant.saved_pages.stop(address))

    async def undo(self, scope: Scope, key: str) -> str:
        """Restore a removed document, and list the documents."""
        return await self._change(scope, lambda assistant: self._uploads.undo(assistant, key))

    async def _change(self, scope: Scope, change: Callable[[Assistant], object]) -> str:
        try:
            await asyncio.to_thread(change, await self._library.wait())
        except Exception as error:
            return panels.message_html(gettext("Could not change the library"), error_sentence(error))
        return await self.documents(scope)

    def _documents_html(
        self, assistant: Assistant, scope: Scope, find: str, follow_error: str, fetched: FetchSection | None
    ) -> str:
        documents, removed = assistant.documents(), self._uploads.last_removed(assistant)
        titles = {document.id: document.title for document in documents}
        listed = [document.id for document in panels.matching_documents(documents, find)[: panels.LISTED]]
        copies = {
            one: [titles[other] for other, _ in others if other in titles]
            for one, others in assistant.copies(listed).items()
            if others
        }
        failures = [(Path(source).name, reason) for source, reason in assistant.failures().items()]
        return panels.documents_html(
            documents,
            scope=scope,
            asked=assistant.ids_in(scope),
            find=find,
            collections=[one.name for one in assistant.collections()],
            versions=assistant.keeps_versions,
            failures=failures,
            copies=copies,
            deleted=panels.DeletedItem(*removed) if removed else None,
            largest_megabytes=self._uploads.largest_file_bytes // 1_000_000,
            followed=None if self._followed is None else self._followed.states(),
            follow_error=follow_error,
            fetching=FetchSection.of(assistant, fetched),
        )

    async def _documents(self) -> tuple[DocumentSummary, ...]:
        return (await self._library.wait()).documents()


async def _while(awaited: Awaitable[object]) -> AsyncIterator[bool]:
    """While something is awaited: whether a model is being prepared, at once and whenever that changes."""
    waiting, told = asyncio.ensure_future(awaited), None
    while not waiting.done():
        if told != (now := is_under_way()):
            told = now
            yield now
        await asyncio.wait([waiting], timeout=POLL_SECONDS)
    await waiting


def _only_collection(scope: Scope) -> str:
    """The collection that alone is asked; empty if there is no such one."""
    return next(iter(scope.collections)) if len(scope.collections) == 1 else ""


def _correct(assistant: Assistant, document_id: str, values: Mapping[str, str]) -> None:
    before = assistant.summary(document_id)
    collection = values.get("collection", before.collection)
    if collection.strip() != before.collection:
        assistant.collect([document_id], _known_or_added(assistant, collection))
    values = {name: value for name, value in values.items() if name in EDITABLE}
    changed = {name: value for name, value in values.items() if value.strip() != (getattr(before, name) or "")}
    if changed:
        assistant.edit(document_id, **changed)


def _known_or_added(assistant: Assistant, name: str) -> str:
    """The collection that a user names; a new one is made. Who may not see all of them names only known ones."""
    try:
        return assistant.known_collection(name)
    except QuestionError:
        if not assistant.sees_everything:
            raise
        return assistant.add_collection(name)


def examples_for(documents: Sequence[DocumentSummary]) -> tuple[str, ...]:
    """The example questions of the shipped corpus, if the library holds it and nothing else; else none."""
    names, examples = _shipped_examples()
    return examples if names == {document.id.rsplit("/", 1)[-1] for document in documents} else ()


@lru_cache(maxsize=1)
def _shipped_examples() -> tuple[frozenset[str], tuple[str, ...]]:
    notes = shipped_corpus() / FILE_NAME
    return frozenset(read_sources(notes)), read_examples(notes)


async def _progress(batch: UploadBatch) -> AsyncIterator[str]:
    """The progress of some uploads, whenever it changes, until all are done."""
    shown = ""
    while not batch.done:
        if (now := panels.uploads_html(batch)) != shown:
            yield now
        shown = now
        await asyncio.sleep(POLL_SECONDS)
    yield panels.uploads_html(batch)


def file_problem(document: Document) -> str:
    """Why the file that a document was read from cannot be shown, in a sentence; empty if it is still the same."""
    try:
        original(document)
    except OriginalChanged as error:
        return str(error)
    return ""

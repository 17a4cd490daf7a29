"""What the page's events do: ask, open, add, remove, recall. No layout.

In: what a reader did, and what that reader's page holds. Out: what its panels show next. One decision: nothing here
waits for the model but the event that needs it, and nothing of one reader is kept where another's event could see it.
"""

import asyncio
import logging
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from ..assistant import Assistant
from ..errors import ConversationUnknown, DocumentUnknown, IbidError
from ..filters import Scope
from ..interfaces.html import cards
from ..interfaces.html.markup import HINT, hint_html, render
from ..interfaces.html.source import Link, Source
from ..interfaces.uploads import Batch, Intake
from ..records import Answer, DocumentSummary, Quote, Turn
from . import panels as sheets
from .history import History, Kept
from .opening import Opening

EMPTY = "Type a question first, then press Enter."

SOURCES_KEPT = 32
"""Documents that stay laid out for reading; a long one takes a tenth of a second."""

SOON = 0.5
"""Seconds after which a reader is told what is waited for."""

LOOK_AGAIN = 0.4
"""Seconds between two looks at how far a batch of files is."""

logger = logging.getLogger(__name__)

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question with what the page shows for it; `turn` is None where no answer came."""

    html: str
    turn: Turn | None = None
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True)
class Room:
    """What one tab holds.

    Attributes:
        exchanges: the conversation, oldest first.
        conversation: its id in the history; None before its first answer, or where it can't be kept.
    """

    exchanges: tuple[Exchange, ...] = ()
    conversation: str | None = None

    @property
    def html(self) -> str:
        """All exchanges, oldest first."""
        if not self.exchanges:
            return ""
        return render(
            "conversation.html", conversation=self.conversation, exchanges=[one.html for one in self.exchanges]
        )


Shown = tuple[Room, str, str]
"""The room, its conversation's HTML, and the line below the question's field."""


class Desk:
    """What the page's events do. Holds the assistant and the history, and nothing of any one reader."""

    def __init__(self, library: Opening[Assistant], ready: Opening[Assistant], history: History | None) -> None:
        """Stores the assistant twice: `library` is there when it can be read, `ready` when it can answer.

        Without a history conversations are not kept.
        """
        self._library = library
        self._ready = ready
        self._history = history
        self._sources: OrderedDict[tuple[str, str], Source] = OrderedDict()
        self._shelf = threading.Lock()
        self.intake = Intake()

    async def welcome(self) -> AsyncIterator[str]:
        """The empty state: that the library is being opened, then what it holds, then that it can answer."""
        if not self._library.is_there:
            yield sheets.welcome_html(None)
        try:
            documents = await self._documents()
            if not self._ready.is_there:
                yield sheets.welcome_html(documents, loading=True)
                await loaded(self._ready)
                documents = await self._documents()
            yield sheets.welcome_html(documents)
        except Exception as error:  # a failed load must be said on the page, whatever it was
            yield sheets.welcome_html((), error=sentence(error))

    async def ask(self, question: str, room: Room, scope: Scope, reader: str, *, standing: bool = False) -> Shown:
        """Answers a question, as soon as the assistant is loaded.

        Args:
            question: as typed.
            room: the tab that asks.
            scope: which documents it asks.
            reader: whose conversation it is.
            standing: take it as it stands, whatever was said before.
        """
        question = question.strip()
        if not question:
            return room, room.html, hint_html(EMPTY)
        exchange, reply, spoken = await self._answer(question, room, scope, standing=standing)
        conversation, hint = await self._kept(reader, room.conversation, question, reply)
        room = replace(room, exchanges=(*room.exchanges, exchange), conversation=conversation)
        return room, room.html, hint_html(hint, spoken)

    async def _answer(
        self, question: str, room: Room, scope: Scope, *, standing: bool
    ) -> tuple[Exchange, Answer | str, str]:
        try:
            assistant = await loaded(self._ready)
            history = () if standing else [exchange.turn for exchange in room.exchanges if exchange.turn]
            answer, html = await asyncio.to_thread(
                self._asked, assistant, question, history, scope, len(room.exchanges)
            )
        except Exception as error:  # the conversation goes on after any failure
            said = sentence(error)
            return Exchange(cards.message_html(question, said)), said, said
        return exchange_of(answer, html), answer, cards.spoken(answer)

    def _asked(
        self, assistant: Assistant, question: str, history: Sequence[Turn], scope: Scope, number: int
    ) -> tuple[Answer, str]:
        documents = assistant.documents()
        answer = assistant.ask(question, history, scope=scope)
        return answer, self._card(number, answer, documents)

    def _card(self, number: int, answer: Answer, documents: Sequence[DocumentSummary]) -> str:
        sources = {}
        quoted = {quote.document_id for quote in answer.shown}
        for document_id in quoted.union(copy.document_id for quote in answer.shown for copy in quote.copies):
            try:
                sources[document_id] = self._source(document_id)
            except DocumentUnknown:
                continue  # an answer of an earlier day, from a document that has been removed
        return cards.turn_html(number, answer, sources, documents)

    async def _kept(
        self, reader: str, conversation: str | None, question: str, reply: Answer | str
    ) -> tuple[str | None, str]:
        """The conversation's id once the turn is kept, and the line below the question's field."""
        if self._history is None or not reader:
            return None, HINT
        append = self._history.append
        try:
            try:
                return await asyncio.to_thread(append, reader, conversation, question, reply), HINT
            except ConversationUnknown:  # it was deleted meanwhile, here or in another tab: this begins a new one
                return await asyncio.to_thread(append, reader, None, question, reply), HINT
        except IbidError as error:
            return None, f"This conversation isn’t kept: {error}"

    def open(self, room: Room, control: Mapping[str, str]) -> str:
        """Opens a document beside the chat, at a quote that is named by turn and position, or by its characters."""
        try:
            if "document" in control:
                at = Link.of(control) if "start" in control else None
                return sheets.source_html(self._source(control["document"]), at=at, back=control.get("back", ""))
            number, chosen = (int(part) for part in control["place"].split("."))
            quotes = room.exchanges[number].quotes
            return sheets.source_html(self._source(quotes[chosen].document_id), quotes, chosen, number)
        except DocumentUnknown:
            return sheets.message_html(
                "No longer here", "This document has been removed from the library; add it again to read it."
            )
        except (IndexError, ValueError):
            return sheets.message_html("Not here", "This link names no place that can be opened.")
        except Exception as error:
            return sheets.message_html("The source can’t be opened", sentence(error))

    async def documents(self, scope: Scope, find: str = "") -> str:
        """The documents, beside the chat, and the way back for what was removed last."""
        try:
            assistant = await loaded(self._library)
            return await asyncio.to_thread(self._documents_html, assistant, scope, find)
        except Exception as error:
            return sheets.message_html("The documents can’t be listed", sentence(error))

    def _documents_html(self, assistant: Assistant, scope: Scope, find: str) -> str:
        documents, undoable = assistant.documents(), self.intake.undoable()
        titles = {document.id: document.title for document in documents}
        listed = [document.id for document in sheets.found(documents, find)[: sheets.LISTED]]
        copies = {
            one: [titles[other] for other, _ in others if other in titles]
            for one, others in assistant.copies(listed).items()
            if others
        }
        failures = [(Path(source).name, reason) for source, reason in assistant.failures().items()]
        return sheets.documents_html(
            documents,
            scope=scope,
            find=find,
            failures=failures,
            copies=copies,
            undoable=sheets.Undoable(*undoable) if undoable else None,
            largest_megabytes=self.intake.largest_file_bytes // 1_000_000,
        )

    async def timeline(self, scope: Scope, find: str = "", count: int = sheets.POINTS) -> AsyncIterator[str]:
        """What happened when, beside the chat; while many documents are read for it first, that is said."""
        try:
            assistant = await loaded(self._library)
            finding = asyncio.ensure_future(asyncio.to_thread(assistant.timeline, scope))
            if not (await asyncio.wait([finding], timeout=SOON))[0]:
                yield sheets.message_html("Timeline", "The documents are being read for what happened when…", "note")
            yield sheets.timeline_html(await finding, assistant.documents(), scope, find, count)
        except Exception as error:
            yield sheets.message_html("The timeline can’t be shown", sentence(error))

    async def scope_line(self, scope: Scope) -> str:
        """The line above the question's field that says which documents are asked."""
        try:
            return sheets.scope_html(scope, await self._documents())
        except IbidError:
            return ""

    async def add(self, files: Sequence[Mapping[str, str]], reader: str) -> AsyncIterator[str]:
        """Adds files that were handed over, and shows how far each is."""
        try:
            batch = self.intake.start(await loaded(self._library), reader, files)
        except Exception as error:
            yield render("intake_failed.html", message=sentence(error))
            return
        async for shown in progress(batch):
            yield shown

    async def adding(self, reader: str) -> AsyncIterator[str]:
        """How far the files are that a reader waits for; nothing where there are none."""
        if batch := self.intake.running(reader):
            async for shown in progress(batch):
                yield shown

    async def remove(self, scope: Scope, document_id: str) -> str:
        """Removes a document; the list, with the way back."""
        return await self._with_documents(scope, lambda assistant: self.intake.remove(assistant, document_id))

    async def undo(self, scope: Scope, key: str) -> str:
        """Brings a removed document back; the list."""
        return await self._with_documents(scope, lambda assistant: self.intake.undo(assistant, key))

    async def _with_documents(self, scope: Scope, change: Callable[[Assistant], str]) -> str:
        try:
            await asyncio.to_thread(change, await loaded(self._library))
        except Exception as error:
            return sheets.message_html("The library can’t be changed", sentence(error))
        return await self.documents(scope)

    async def conversations(
        self, room: Room, reader: str, find: str = "", undoable: sheets.Undoable | None = None
    ) -> str:
        """The reader's earlier conversations, beside the chat."""
        if self._history is None or not reader:
            return sheets.message_html("Earlier conversations", "Conversations are not kept here.")
        try:
            found = await asyncio.to_thread(self._history.list, reader, find, sheets.LISTED)
            total = await asyncio.to_thread(self._history.count, reader)
        except Exception as error:
            return sheets.message_html("The conversations can’t be listed", sentence(error))
        return sheets.conversations_html(found, total, room.conversation, find, undoable)

    async def change_history(self, room: Room, reader: str, change: Callable[[History], sheets.Undoable | None]) -> str:
        """Renames, deletes or brings back; the list."""
        undoable = None
        try:
            if self._history:
                undoable = await asyncio.to_thread(change, self._history)
        except IbidError as error:
            return sheets.message_html("That can’t be done", sentence(error))
        return await self.conversations(room, reader, undoable=undoable)

    async def recall(self, room: Room, reader: str, conversation: str) -> Shown:
        """Brings back an earlier conversation of the reader's: the room, its HTML, and the line below the field."""
        try:
            if self._history is None:
                raise IbidError("Conversations are not kept here.")
            assistant = await loaded(self._library)
            turns = await asyncio.to_thread(self._history.turns, reader, conversation)
            exchanges = await asyncio.to_thread(self._recalled, assistant, turns)
        except Exception as error:
            return room, room.html, hint_html(sentence(error))
        room = replace(room, exchanges=exchanges, conversation=conversation)
        return room, room.html, hint_html(HINT)

    def _recalled(self, assistant: Assistant, turns: Sequence[Kept]) -> tuple[Exchange, ...]:
        documents = assistant.documents()
        return tuple(
            Exchange(cards.message_html(kept.question, kept.reply))
            if isinstance(kept.reply, str)
            else exchange_of(kept.reply, self._card(number, kept.reply, documents))
            for number, kept in enumerate(turns)
        )

    async def _documents(self) -> tuple[DocumentSummary, ...]:
        return (await loaded(self._library)).documents()

    def _source(self, document_id: str) -> Source:
        """A document laid out for reading; laid out again when the library has changed."""
        assistant = self._library.result()
        key = (document_id, assistant.state().digest)
        source = self._sources.get(key) or Source.take(assistant, document_id)
        with self._shelf:
            self._sources[key] = source
            while len(self._sources) > SOURCES_KEPT:
                self._sources.popitem(last=False)
        return source


async def progress(batch: Batch) -> AsyncIterator[str]:
    """How far some files are, each time that it changes, until all are done."""
    shown = ""
    while not batch.done:
        if (now := sheets.intake_html(batch)) != shown:
            yield now
        shown = now
        await asyncio.sleep(LOOK_AGAIN)
    yield sheets.intake_html(batch)


def exchange_of(answer: Answer, html: str) -> Exchange:
    """What the page keeps of an answer."""
    return Exchange(html, Turn.of(answer), answer.shown)


async def loaded(assistant: Opening[Assistant]) -> Assistant:
    """Waits without holding a thread, so that the program can be stopped meanwhile; leaves the loading alone."""
    return await asyncio.shield(asyncio.wrap_future(assistant.future()))


def sentence(error: Exception) -> str:
    """What the page says of an error: its own sentence where it was written for readers."""
    if isinstance(error, IbidError):
        return str(error)
    logger.error("unexpected error", exc_info=error)
    return f"Ibid failed here ({type(error).__name__}); the terminal it was started in shows the details."

"""Gradio's events -> calls of the handlers, with the data of the control and the user's key.

In: an event; the data of its control is in `event._data`. Out: what the handler returns.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import gradio as gr
from starlette.datastructures import Headers

from ..casefile.records import LOCAL
from ..filters import EVERY_COLLECTION, Scope
from ..ingest.editing import EDITABLE
from ..interfaces.translation.catalogue import gettext
from . import panels
from .auth import READS_ONLY, Authenticator
from .casefile_handlers import CaseFileHandlers
from .chat_handlers import ChatHandlers, Shown
from .history import History
from .library_handlers import LibraryHandlers
from .sidebar import Sidebar
from .state import TabState
from .timeline_panel import TimelineView

# The name is older than the word: browsers keep it.
USER_COOKIE = "ibid_reader"
"""The cookie by which a browser finds its own conversations again."""


def user_of(request: gr.Request) -> str:
    """The key of the browser's user; empty if the browser stores no cookie."""
    return str(request.cookies.get(USER_COOKIE, ""))


class ChatEvents:
    """Events of the chat."""

    def __init__(self, chat: ChatHandlers, library: LibraryHandlers) -> None:
        self._chat = chat
        self._library = library

    async def ask(
        self, state: TabState, scope: Scope, event: gr.EventData, request: gr.Request
    ) -> AsyncIterator[tuple[object, ...]]:
        """A user typed a question, or pressed a control that holds one. The last output is what is shown meanwhile."""
        control = event._data
        scope = Scope() if "all" in control else scope
        asked = self._chat.ask(control["question"], state, scope, user_of(request), alone="alone" in control)
        async for shown in asked:
            yield (gr.skip(), gr.skip(), gr.skip(), shown) if isinstance(shown, str) else (*shown, "")

    async def suggestions(self, state: TabState, scope: Scope, request: gr.Request) -> str:
        """An answer is shown: questions that may follow it."""
        return await self._library.suggestions.after(state, scope)

    async def scope(self, state: TabState, event: gr.EventData, request: gr.Request) -> tuple[Scope, str]:
        """The user chose which documents to ask; the conversation keeps it."""
        scope = Scope.of_fields(event._data)
        scope = replace(scope, collections=frozenset()) if EVERY_COLLECTION in scope.collections else scope
        await self._chat.keep_scope(state, user_of(request), scope)
        return scope, await self._library.scope_line(scope)

    async def conversations(self, state: TabState, event: gr.EventData, request: gr.Request) -> str:
        """The user opened or searched the list of conversations."""
        return await self._chat.conversations(state, user_of(request), event._data.get("find", ""))

    async def revise(self, state: TabState, scope: Scope, event: gr.EventData, request: gr.Request) -> Shown:
        """The user changed a question, or asks it again."""
        data = event._data
        return await self._chat.revise(int(data["number"]), data["question"], state, scope, user_of(request))

    async def drop(self, state: TabState, event: gr.EventData, request: gr.Request) -> Shown:
        """The user deleted a turn; it can be put back."""
        return await self._chat.drop(int(event._data["number"]), state, user_of(request))

    async def restore(self, state: TabState, request: gr.Request) -> Shown:
        """The user puts a deleted turn back."""
        return await self._chat.restore(state, user_of(request))

    async def recall(
        self, state: TabState, scope: Scope, event: gr.EventData, request: gr.Request
    ) -> tuple[TabState, str, str, Scope, str]:
        """The user chose an earlier conversation, with its filter."""
        shown, own = await self._chat.recall(state, user_of(request), event._data["conversation"])
        scope = scope if own is None else own
        return *shown, scope, await self._library.scope_line(scope)

    async def rename(self, state: TabState, event: gr.EventData, request: gr.Request) -> str:
        """The user renamed a conversation."""
        user, data = user_of(request), event._data
        return await self._chat.change_history(
            state, user, lambda history: history.rename(user, data["conversation"], data["title"])
        )

    async def delete(self, state: TabState, event: gr.EventData, request: gr.Request) -> str:
        """The user deleted a conversation; it can be restored."""
        user, conversation = user_of(request), event._data["conversation"]

        def delete(history: History) -> panels.DeletedItem:
            title = history.conversation(user, conversation).title
            history.delete(user, conversation)
            return panels.DeletedItem(title, conversation)

        return await self._chat.change_history(state, user, delete)

    async def undelete(self, state: TabState, event: gr.EventData, request: gr.Request) -> str:
        """The user restored a deleted conversation."""
        user, key = user_of(request), event._data["key"]
        return await self._chat.change_history(state, user, lambda history: history.undelete(user, key))

    async def delete_all(self, state: TabState, request: gr.Request) -> str:
        """The user deleted all conversations for good."""
        user = user_of(request)
        return await self._chat.change_history(state, user, lambda history: history.delete_all(user))


class SidebarEvents:
    """Events of the column beside the chat."""

    def __init__(self, sidebar: Sidebar) -> None:
        self._sidebar = sidebar

    async def show(self, state: TabState, scope: Scope, event: gr.EventData, request: gr.Request) -> str:
        """The column is to be shown, searched or sorted."""
        data = event._data
        return await self._sidebar.show(state, scope, user_of(request), data.get("find", ""), data.get("order", ""))


class CaseFileEvents:
    """Events of the case file."""

    def __init__(self, handlers: CaseFileHandlers, authenticator: Authenticator | None = None) -> None:
        self._handlers = handlers
        self._authenticator = authenticator

    def _account(self, request: gr.Request) -> str:
        """Who has signed in; the user of this machine where nobody signs in."""
        known = self._authenticator and self._authenticator.name_of(Headers(dict(request.headers)))
        return known or LOCAL

    async def show(self, event: gr.EventData, request: gr.Request) -> str:
        """The user opened the case file, or changed something in it."""
        return await self._handlers.show(self._account(request), event._data)

    async def keep(self, state: TabState, event: gr.EventData, request: gr.Request) -> str:
        """The user keeps something of an answer."""
        return await self._handlers.keep(state, self._account(request), event._data)


class LibraryEvents:
    """Events of the library."""

    def __init__(self, library: LibraryHandlers, authenticator: Authenticator | None = None) -> None:
        self._library = library
        self._authenticator = authenticator

    def _refusal(self, request: gr.Request) -> str:
        """What a reader is told who would change the library; empty for everybody else."""
        may_change = self._authenticator is None or self._authenticator.may_change(Headers(dict(request.headers)))
        return "" if may_change else panels.message_html(gettext("Could not change the library"), gettext(READS_ONLY))

    async def welcome(self, request: gr.Request) -> AsyncIterator[str]:
        """The user opened the page, or the library has changed."""
        async for shown in self._library.welcome():
            yield shown

    async def open(self, state: TabState, event: gr.EventData, request: gr.Request) -> str:
        """The user opened a document, at a quote or elsewhere."""
        return await asyncio.to_thread(self._library.open, state, event._data)

    async def documents(self, scope: Scope, event: gr.EventData, request: gr.Request) -> str:
        """The user opened or searched the list of documents."""
        return await self._library.documents(scope, event._data.get("find", ""))

    async def timeline(self, scope: Scope, event: gr.EventData, request: gr.Request) -> AsyncIterator[str]:
        """The user opened or searched the timeline, or asked for more of it."""
        data = event._data
        async for shown in self._library.timeline(scope, TimelineView.of_fields(data)):
            yield shown

    async def table(self, state: TabState, scope: Scope, request: gr.Request) -> str:
        """The user opened the table; its field holds the last question."""
        return await self._library.table(scope, state.last_question)

    async def add(self, scope: Scope, event: gr.EventData, request: gr.Request) -> AsyncIterator[str]:
        """The user uploaded files; if one collection is asked, they belong to it."""
        if self._refusal(request):
            return
        user = user_of(request) or str(request.session_hash)
        async for shown in self._library.add(event._data["files"], user, scope):
            yield shown

    async def adding(self, request: gr.Request) -> AsyncIterator[str]:
        """The user loaded the page again while files are being added."""
        async for shown in self._library.adding(user_of(request)):
            yield shown

    async def remove(self, scope: Scope, event: gr.EventData, request: gr.Request) -> str:
        """The user removed a document; it can be restored."""
        return self._refusal(request) or await self._library.remove(scope, event._data["document"])

    async def edit(self, scope: Scope, event: gr.EventData, request: gr.Request) -> str:
        """The user corrected the title, author, publisher or date of a document."""
        values = {name: str(event._data.get(name, "")) for name in (*EDITABLE, "collection") if name in event._data}
        return self._refusal(request) or await self._library.edit(scope, event._data["document"], values)

    async def follow(self, scope: Scope, event: gr.EventData, request: gr.Request) -> AsyncIterator[str]:
        """The user chose a folder to follow."""
        if said := self._refusal(request):
            yield said
            return
        async for shown in self._library.follow(scope, str(event._data.get("folder", ""))):
            yield shown

    async def unfollow(self, scope: Scope, event: gr.EventData, request: gr.Request) -> str:
        """The user follows a folder no longer."""
        return self._refusal(request) or await self._library.unfollow(scope, str(event._data["folder"]))

    async def fetch(self, scope: Scope, event: gr.EventData, request: gr.Request) -> AsyncIterator[str]:
        """The user named a web page or a feed."""
        if said := self._refusal(request):
            yield said
            return
        fields = {name: str(event._data[name]) for name in ("address", "daily", "entries") if name in event._data}
        async for shown in self._library.fetch(scope, fields):
            yield shown

    async def unfetch(self, scope: Scope, event: gr.EventData, request: gr.Request) -> str:
        """The user follows a web page no longer."""
        return self._refusal(request) or await self._library.unfetch(scope, str(event._data["address"]))

    async def correct(self, event: gr.EventData, request: gr.Request) -> str:
        """The user corrected a document where an answer names it."""
        values = {name: str(event._data.get(name, "")) for name in EDITABLE}
        return self._refusal(request) or await self._library.correct(event._data["document"], values)

    async def undo(self, scope: Scope, event: gr.EventData, request: gr.Request) -> str:
        """The user restored a removed document."""
        return self._refusal(request) or await self._library.undo(scope, event._data["key"])

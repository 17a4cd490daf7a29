"""The column beside the chat on wide screens: the documents to ask, and the last conversations.

In: a tab's state and filter. Out: HTML. One decision: no ticked box means that all documents are asked, so that a
filter stays short in a library of thousands.
"""

import asyncio
from collections.abc import Callable, Sequence

from ..errors import IbidError
from ..filters import Scope
from ..interfaces.html.templating import render
from ..records import DocumentSummary
from .conversations import Conversation
from .history import History
from .panels import LISTED, matching_documents
from .seen import SeenLibrary
from .state import TabState

RECENT = 6
"""Conversations in sight; the panel lists the others."""

_ORDERS: dict[str, Callable[[DocumentSummary], tuple[bool, str]]] = {
    "title": lambda document: (False, document.title.casefold()),
    "publisher": lambda document: (not document.publisher, (document.publisher or "").casefold()),
    "newest": lambda document: (not document.published, document.published or ""),
}


def in_order(documents: Sequence[DocumentSummary], order: str) -> list[DocumentSummary]:
    """Documents by title, by publisher or the newest first; what lacks that comes last. Any other name: as added."""
    if order not in _ORDERS:
        return list(documents)
    key = _ORDERS[order]
    if order == "newest":
        dated = sorted((one for one in documents if one.published), key=key, reverse=True)
        return [*dated, *(one for one in documents if not one.published)]
    return sorted(documents, key=key)


class Sidebar:
    """Shows the column."""

    def __init__(self, library: SeenLibrary, history: History | None) -> None:
        """Store what it shows."""
        self._library = library
        self._history = history

    async def show(self, state: TabState, scope: Scope, user: str, find: str = "", order: str = "") -> str:
        """The column's HTML; empty while the library cannot be read, because the chat says so already."""
        try:
            assistant = await self._library.wait()
            documents = assistant.documents()
            taken = assistant.ids_in(scope)
            recent = await asyncio.to_thread(self._recent, user)
        except IbidError:
            return ""
        asked = [one for one in documents if not scope.collections or one.collection in scope.collections]
        matching = matching_documents(asked, find)
        found = in_order(matching, order)[:LISTED]
        here = {one.id for one in found}
        return render(
            "sidebar.html",
            documents=found,
            count=len(documents),
            more=len(matching) - len(found),
            elsewhere=sorted(scope.documents - here),
            scope=scope,
            asked=taken,
            find=find,
            order=order,
            collections=sorted({"", *(one.name for one in assistant.collections()), *scope.collections}),
            recent=recent,
            current=state.conversation,
        )

    def _recent(self, user: str) -> tuple[Conversation, ...]:
        return self._history.list(user, limit=RECENT) if self._history and user else ()

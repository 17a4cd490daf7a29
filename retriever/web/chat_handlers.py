"""Handlers of the chat: ask a question; list, rename, delete and reopen conversations.

In: what a user did, and the state of that user's tab. Out: the new state, and the HTML that shows it. One decision:
only a question waits for the model. No user's data is stored where an event of another user could see it.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from ..assistant import Assistant
from ..errors import ConversationUnknown, DocumentUnknown, IbidError
from ..filters import Scope
from ..interfaces.html import cards
from ..interfaces.html.templating import HINT, hint_html
from ..records import Answer, DocumentSummary, Turn
from . import panels
from .history import History, StoredTurn
from .loading import Loader, error_sentence
from .source_cache import SourceCache
from .state import ShownTurn, TabState

EMPTY = "Type a question first, then press Enter."

Shown = tuple[TabState, str, str]
"""The tab's state, its conversation's HTML, and the line below the question's field."""


class ChatHandlers:
    """Answer questions and keep conversations."""

    def __init__(
        self,
        library: Loader[Assistant],
        model: Loader[Assistant],
        history: History | None,
        sources: SourceCache,
    ) -> None:
        """Store what the handlers need.

        Args:
            library: the assistant, once its library can be read.
            model: the assistant, once it can answer.
            history: the conversations; None if they are not saved.
            sources: documents laid out for reading.
        """
        self._library = library
        self._model = model
        self._history = history
        self._sources = sources

    async def ask(self, question: str, state: TabState, scope: Scope, user: str, *, alone: bool = False) -> Shown:
        """Answer a question, as soon as the model is loaded.

        Args:
            question: as typed.
            state: the tab that asks.
            scope: the documents to ask.
            user: the key of the user's conversations.
            alone: ignore the turns before it.
        """
        question = question.strip()
        if not question:
            return state, state.html, hint_html(EMPTY)
        turn, reply, spoken = await self._answer(question, state, scope, alone=alone)
        conversation, hint = await self._store(user, state.conversation, question, reply)
        state = replace(state, turns=(*state.turns, turn), conversation=conversation)
        return state, state.html, hint_html(hint, spoken)

    async def conversations(
        self, state: TabState, user: str, find: str = "", deleted: panels.DeletedItem | None = None
    ) -> str:
        """List the user's earlier conversations next to the chat."""
        if self._history is None or not user:
            return panels.message_html("Earlier conversations", "Conversations are not saved here.")
        try:
            found = await asyncio.to_thread(self._history.list, user, find, panels.LISTED)
            total = await asyncio.to_thread(self._history.count, user)
        except Exception as error:
            return panels.message_html("Could not list the conversations", error_sentence(error))
        return panels.conversations_html(found, total, state.conversation, find, deleted)

    async def change_history(
        self, state: TabState, user: str, change: Callable[[History], panels.DeletedItem | None]
    ) -> str:
        """Rename, delete or bring back a conversation, and list them again."""
        deleted = None
        try:
            if self._history:
                deleted = await asyncio.to_thread(change, self._history)
        except IbidError as error:
            return panels.message_html("Could not change the conversations", error_sentence(error))
        return await self.conversations(state, user, deleted=deleted)

    async def recall(self, state: TabState, user: str, conversation: str) -> Shown:
        """Show an earlier conversation of the user again."""
        try:
            if self._history is None:
                raise IbidError("Conversations are not saved here.")
            assistant = await self._library.wait()
            stored = await asyncio.to_thread(self._history.turns, user, conversation)
            turns = await asyncio.to_thread(self._shown_turns, assistant, stored)
        except Exception as error:
            return state, state.html, hint_html(error_sentence(error))
        state = replace(state, turns=turns, conversation=conversation)
        return state, state.html, hint_html(HINT)

    async def _answer(
        self, question: str, state: TabState, scope: Scope, *, alone: bool
    ) -> tuple[ShownTurn, Answer | str, str]:
        """The turn on the page, the answer (or the message in its place), and the words for a screen reader."""
        try:
            assistant = await self._model.wait()
            history = () if alone else [shown.turn for shown in state.turns if shown.turn]
            answer, html = await asyncio.to_thread(
                self._answer_html, assistant, question, history, scope, len(state.turns)
            )
        except Exception as error:  # the conversation goes on after any failure
            said = error_sentence(error)
            return ShownTurn(cards.message_html(question, said)), said, said
        return ShownTurn.of(answer, html), answer, cards.screen_reader_text(answer)

    def _answer_html(
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
                sources[document_id] = self._sources.source(document_id)
            except DocumentUnknown:
                continue  # an old answer, from a document that has been removed
        return cards.turn_html(number, answer, sources, documents)

    async def _store(
        self, user: str, conversation: str | None, question: str, reply: Answer | str
    ) -> tuple[str | None, str]:
        """Store the turn. Returns the conversation's id, and the line below the question's field."""
        if self._history is None or not user:
            return None, HINT
        append = self._history.append
        try:
            try:
                return await asyncio.to_thread(append, user, conversation, question, reply), HINT
            except ConversationUnknown:  # it was deleted meanwhile, here or in another tab: begin a new one
                return await asyncio.to_thread(append, user, None, question, reply), HINT
        except IbidError as error:
            return None, f"This conversation is not saved: {error}"

    def _shown_turns(self, assistant: Assistant, turns: Sequence[StoredTurn]) -> tuple[ShownTurn, ...]:
        documents = assistant.documents()
        return tuple(
            ShownTurn(cards.message_html(turn.question, turn.reply))
            if isinstance(turn.reply, str)
            else ShownTurn.of(turn.reply, self._card(number, turn.reply, documents))
            for number, turn in enumerate(turns)
        )

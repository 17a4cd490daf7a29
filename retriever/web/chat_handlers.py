"""Handlers of the chat: ask a question; list, rename, delete and reopen conversations.

In: what a user did, and the state of that user's tab. Out: the new state, and the HTML that shows it. One decision:
only a question waits for the model. No user's data is stored where an event of another user could see it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace

from ..assistant import Assistant
from ..errors import ConversationUnknown, DocumentUnknown, IbidError
from ..filters import Scope
from ..interfaces.html import cards
from ..interfaces.html.order import in_order_shown
from ..interfaces.html.templating import HINT, hint_html
from ..interfaces.translation.catalogue import gettext, gettext_noop
from ..interfaces.translation.sentences import translated
from ..records import Answer, DocumentSummary, Quote, Turn
from . import panels
from .conversations import StoredTurn, without_hidden
from .history import History
from .loading import error_sentence
from .seen import SeenLibrary
from .source_cache import SourceCache
from .state import ShownTurn, TabState

UNREAD_AFTER = 0.5
"""Seconds after which the likeliest passages are shown, if the answer is not there: a flash before it would disturb."""

EMPTY = gettext_noop("Type a question first, then press Enter.")

Shown = tuple[TabState, str, str]
"""The tab's state, its conversation's HTML, and the line below the question's field."""


class ChatHandlers:
    """Answer questions and keep conversations."""

    def __init__(
        self,
        library: SeenLibrary,
        model: SeenLibrary,
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

    async def ask(
        self, question: str, state: TabState, scope: Scope, user: str, *, alone: bool = False
    ) -> AsyncIterator[Shown | str]:
        """Answer a question, as soon as the model is loaded. Where that takes long, first yield the likeliest passages.

        Args:
            question: as typed.
            state: the tab that asks.
            scope: the documents to ask.
            user: the key of the user's conversations.
            alone: ignore the turns before it.
        """
        question = question.strip()
        if not question:
            yield state, state.html, hint_html(EMPTY)
            return
        ranked: list[tuple[Quote, ...]] = []
        answering = asyncio.ensure_future(self._answer(question, state, scope, alone=alone, on_ranked=ranked.append))
        await asyncio.wait({answering}, timeout=UNREAD_AFTER)
        if ranked and not answering.done():
            yield cards.unread_html(question, ranked[0])
        turn, spoken = await answering
        conversation, hint = await self._store(user, state.conversation, turn, scope)
        state = replace(state, turns=(*state.turns, turn), conversation=conversation)
        yield state, state.html, hint_html(hint, spoken)

    async def revise(self, number: int, question: str, state: TabState, scope: Scope, user: str) -> Shown:
        """Ask a question in the place of one that was asked before, which may be the same."""
        if not question.strip() or not 0 <= number < len(state.turns):
            return state, state.html, hint_html(EMPTY)
        before = replace(state, turns=state.turns[:number])
        turn, spoken = await self._answer(question, before, scope, alone=False)
        stored = StoredTurn(number, question, turn.reply)
        hint = await self._change_turns(state, user, lambda history, own: history.replace_turn(user, own, stored))
        state = replace(state, turns=(*before.turns, turn, *state.turns[number + 1 :]))
        return state, state.html, hint_html(hint, spoken)

    async def drop(self, number: int, state: TabState, user: str) -> Shown:
        """Delete a turn; `restore` puts it back."""
        if not 0 <= number < len(state.turns):
            return state, state.html, hint_html(HINT)
        gone = state.turns[number]
        hint = await self._change_turns(state, user, lambda history, own: history.delete_turn(user, own, number))
        turns = await self._renumbered((*state.turns[:number], *state.turns[number + 1 :]))
        state = replace(state, turns=turns, deleted=StoredTurn(number, gone.question, gone.reply))
        return state, state.html, hint_html(hint) if hint != HINT else panels.undo_html(gone.question)

    async def restore(self, state: TabState, user: str) -> Shown:
        """Put the turn back that was deleted last."""
        if not (back := state.deleted):
            return state, state.html, hint_html(HINT)
        hint = await self._change_turns(state, user, lambda history, own: history.insert_turn(user, own, back))
        turn = ShownTurn(back.question, back.reply, "")
        turns = await self._renumbered((*state.turns[: back.number], turn, *state.turns[back.number :]))
        state = replace(state, turns=turns, deleted=None)
        return state, state.html, hint_html(hint)

    async def keep_scope(self, state: TabState, user: str, scope: Scope) -> None:
        """Save the filter with the conversation, if that is saved."""
        await self._change_turns(state, user, lambda history, own: history.set_scope(user, own, scope))

    async def _change_turns(self, state: TabState, user: str, change: Callable[[History, str], None]) -> str:
        """Change the saved conversation of a tab. Returns the line below the question's field."""
        if self._history is None or state.conversation is None:
            return HINT
        try:
            await asyncio.to_thread(change, self._history, state.conversation)
        except IbidError as error:
            return gettext("This change is not saved: {reason}").format(reason=translated(str(error)))
        return HINT

    async def _renumbered(self, turns: Sequence[ShownTurn]) -> tuple[ShownTurn, ...]:
        assistant = await self._library.wait()
        stored = [StoredTurn(number, turn.question, turn.reply) for number, turn in enumerate(turns)]
        return await asyncio.to_thread(self._shown_turns, assistant, stored, [turn.scope for turn in turns])

    async def conversations(
        self, state: TabState, user: str, find: str = "", deleted: panels.DeletedItem | None = None
    ) -> str:
        """List the user's earlier conversations next to the chat."""
        if self._history is None or not user:
            return panels.message_html(gettext("Earlier conversations"), gettext("Conversations are not saved here."))
        try:
            found = await asyncio.to_thread(self._history.list, user, find, panels.LISTED)
            total = await asyncio.to_thread(self._history.count, user)
        except Exception as error:
            return panels.message_html(gettext("Could not list the conversations"), error_sentence(error))
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
            return panels.message_html(gettext("Could not change the conversations"), error_sentence(error))
        return await self.conversations(state, user, deleted=deleted)

    async def recall(self, state: TabState, user: str, conversation: str) -> tuple[Shown, Scope | None]:
        """Show an earlier conversation of the user again. Returns its filter too, or None if it can't be shown."""
        try:
            if self._history is None:
                raise IbidError("Conversations are not saved here.")
            assistant = await self._library.wait()
            stored = await asyncio.to_thread(self._history.turns, user, conversation)
            scope = await asyncio.to_thread(self._history.scope, user, conversation)
            stored = without_hidden(stored, assistant.hidden_documents)
            turns = await asyncio.to_thread(self._shown_turns, assistant, stored, [scope] * len(stored))
        except Exception as error:
            return (state, state.html, hint_html(error_sentence(error))), None
        state = TabState(turns, conversation)
        return (state, state.html, hint_html(HINT)), scope

    async def _answer(
        self,
        question: str,
        state: TabState,
        scope: Scope,
        *,
        alone: bool,
        on_ranked: Callable[[tuple[Quote, ...]], None] | None = None,
    ) -> tuple[ShownTurn, str]:
        """The turn on the page, and the words for a screen reader."""
        number = len(state.turns)
        try:
            assistant = await self._model.wait()
            history = () if alone else [turn for shown in state.turns if (turn := shown.turn)]
            answer, html = await asyncio.to_thread(
                self._answer_html, assistant, question, history, scope, number, on_ranked
            )
        except Exception as error:  # the conversation goes on after any failure
            said = error_sentence(error)
            return ShownTurn(question, said, cards.message_html(question, said, number)), translated(said)
        return ShownTurn(question, answer, html, scope), cards.screen_reader_text(answer)

    def _answer_html(
        self,
        assistant: Assistant,
        question: str,
        history: Sequence[Turn],
        scope: Scope,
        number: int,
        on_ranked: Callable[[tuple[Quote, ...]], None] | None,
    ) -> tuple[Answer, str]:
        documents = assistant.documents()
        answer = in_order_shown(assistant.ask(question, history, scope=scope, on_ranked=on_ranked))
        return answer, self._card(assistant, number, answer, documents, scope)

    def _card(
        self, assistant: Assistant, number: int, answer: Answer, documents: Sequence[DocumentSummary], scope: Scope
    ) -> str:
        sources = {}
        quoted = {quote.document_id for quote in answer.shown}
        for document_id in quoted.union(copy.document_id for quote in answer.shown for copy in quote.copies):
            try:
                sources[document_id] = self._sources.source(document_id)
            except DocumentUnknown:
                continue  # an old answer, from a document that has been removed
        return cards.turn_html(number, answer, sources, documents, scope, writes=assistant.has_writer)

    async def _store(
        self, user: str, conversation: str | None, turn: ShownTurn, scope: Scope
    ) -> tuple[str | None, str]:
        """Store the turn. Returns the conversation's id, and the line below the question's field."""
        if self._history is None or not user:
            return None, HINT
        history = self._history

        def append() -> str:
            try:
                own = history.append(user, conversation, turn.question, turn.reply)
            except ConversationUnknown:  # it was deleted meanwhile, here or in another tab: begin a new one
                own = history.append(user, None, turn.question, turn.reply)
            if scope and own != conversation:
                history.set_scope(user, own, scope)
            return own

        try:
            return await asyncio.to_thread(append), HINT
        except IbidError as error:
            return None, gettext("This conversation is not saved: {reason}").format(reason=translated(str(error)))

    def _shown_turns(
        self, assistant: Assistant, turns: Sequence[StoredTurn], scopes: Sequence[Scope]
    ) -> tuple[ShownTurn, ...]:
        documents = assistant.documents()

        def shown(number: int, turn: StoredTurn, scope: Scope) -> ShownTurn:
            if isinstance(turn.reply, str):
                return ShownTurn(turn.question, turn.reply, cards.message_html(turn.question, turn.reply, number))
            answer = in_order_shown(turn.reply)
            return ShownTurn(turn.question, answer, self._card(assistant, number, answer, documents, scope), scope)

        pairs = zip(turns, scopes, strict=True)
        return tuple(shown(number, turn, scope) for number, (turn, scope) in enumerate(pairs))

"""What the page shows while an answer is being made."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from retriever import Answer, Assistant, Quote, Scope
from retriever.web import chat_handlers
from retriever.web.chat_handlers import ChatHandlers
from retriever.web.loading import Loader
from retriever.web.source_cache import SourceCache
from retriever.web.state import TabState

QUESTION = "Who is the captain of the ferry?"


def shown_for(assistant: Assistant, question: str) -> list[object]:
    loader = Loader(lambda: assistant)
    handlers = ChatHandlers(loader, loader, None, SourceCache(loader))

    async def all_of_it() -> list[object]:
        return [shown async for shown in handlers.ask(question, TabState(), Scope(), "")]

    return asyncio.run(all_of_it())


def test_an_answer_that_is_there_soon_is_all_that_is_shown(assistant: Assistant) -> None:
    assistant.ask(QUESTION)
    ((state, html, _),) = shown_for(assistant, QUESTION)  # type: ignore[misc]
    assert len(state.turns) == 1
    assert "Tom Reed" in html


def test_passages_are_shown_while_they_are_read(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer waits here until the page has shown them."""
    were_shown, ask = threading.Event(), assistant.ask

    def slow(question: str, *rest: object, on_ranked: Callable[[tuple[Quote, ...]], None], scope: Scope) -> Answer:
        answer = ask(question, on_ranked=on_ranked, scope=scope)
        assert were_shown.wait(30)
        return answer

    unread_html = chat_handlers.cards.unread_html

    def shown(question: str, quotes: tuple[Quote, ...]) -> str:
        were_shown.set()
        return unread_html(question, quotes)

    monkeypatch.setattr(assistant, "ask", slow)
    monkeypatch.setattr(chat_handlers.cards, "unread_html", shown)
    meanwhile, (state, _, _) = shown_for(assistant, QUESTION)  # type: ignore[misc]
    assert isinstance(meanwhile, str)
    assert QUESTION in meanwhile
    assert "Tom Reed" in meanwhile
    assert len(state.turns) == 1


def test_without_a_question_nothing_is_asked(assistant: Assistant) -> None:
    ((state, _, hint),) = shown_for(assistant, "  ")  # type: ignore[misc]
    assert state.turns == ()
    assert "question" in hint

"""The chat page: layout and events.

In: an assistant that may still be loading. Out: Gradio blocks. One decision: the page never waits for the
model; what needs the assistant waits for it in its own event, so that the page is there first and keeps the
question.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from ..assistant import Assistant
from ..errors import DocumentUnknown, IbidError
from ..records import Quote, Turn
from . import cards
from .source import Source

HERE = Path(__file__).parent
SCRIPT = (HERE / "page.js").read_text(encoding="utf-8")
STYLE = (HERE / "style.css").read_text(encoding="utf-8")

HINT = "Enter asks. Shift and Enter start a new line."
EMPTY = "Type a question first, then press Enter."
WAITING = "The model is still loading. Your question is kept, and answered as soon as it is there."

MASTHEAD = "<h1>Ibid</h1><p>Answers in the documents’ own words</p>"

PAPER, INK = ("#FBF8F1", "#161513"), ("#1C1B19", "#ECE7DC")
"""Light and dark, as in style.css: Gradio paints them before that file has arrived."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question with what the page shows for it; `turn` is None where no answer came."""

    html: str
    turn: Turn | None = None
    quotes: tuple[Quote, ...] = ()


Conversation = tuple[Exchange, ...]
Answered = tuple[Conversation, str, str, str]
"""The conversation, its HTML, the text left in the question's field, and the line below that field."""


class Desk:
    """What the page's events do. Holds the assistant, and nothing of any one reader."""

    def __init__(self, library: Future[Assistant], ready: Future[Assistant]) -> None:
        """Stores the assistant twice: `library` is there when it can be read, `ready` when it can answer."""
        self._library = library
        self._ready = ready

    async def welcome(self) -> AsyncIterator[str]:
        """The empty state: that the library is being opened, then what it holds, then that it can answer."""
        if not self._library.done():
            yield cards.welcome_html(None)
        try:
            documents = (await loaded(self._library)).documents()
            if not self._ready.done():
                yield cards.welcome_html(documents, loading=True)
            yield cards.welcome_html((await loaded(self._ready)).documents())
        except Exception as error:  # a failed load must be said on the page, whatever it was
            yield cards.welcome_html((), error=sentence(error))

    async def ask(self, question: str, conversation: Conversation) -> AsyncIterator[Answered]:
        """Answers a question; while the assistant loads the question is shown and kept."""
        question = question.strip()
        if not question:
            yield conversation, page_html(conversation), "", cards.hint_html(EMPTY)
            return
        if not self._ready.done():
            waiting = Exchange(cards.message_html(question, WAITING, waiting=True))
            yield conversation, page_html((*conversation, waiting)), "", cards.hint_html(HINT, WAITING)
        exchange, spoken = await self._answer(question, conversation)
        conversation = (*conversation, exchange)
        yield conversation, page_html(conversation), "", cards.hint_html(HINT, spoken)

    async def _answer(self, question: str, conversation: Conversation) -> tuple[Exchange, str]:
        try:
            assistant = await loaded(self._ready)
            history = [exchange.turn for exchange in conversation if exchange.turn]
            answer = await asyncio.to_thread(assistant.ask, question, history)
            quotes = answer.quotes or answer.nearest
            sources = {quote.document_id: Source.take(assistant, quote.document_id) for quote in quotes}
            html = cards.turn_html(len(conversation), answer, sources, assistant.documents())
        except Exception as error:  # the conversation goes on after any failure
            return Exchange(cards.message_html(question, sentence(error))), sentence(error)
        turn = Turn(question, answer.quotes[0].text if answer.quotes else "")
        return Exchange(html, turn, quotes), cards.spoken(answer)

    async def ask_control(self, conversation: Conversation, event: gr.EventData) -> AsyncIterator[Answered]:
        """Asks the question that a control of the page carries."""
        async for answered in self.ask(event.question, conversation):
            yield answered

    def edit(self, event: gr.EventData) -> str:
        """Puts the question that a control carries into the field."""
        return str(event.question)

    def open(self, conversation: Conversation, event: gr.EventData) -> str:
        """Opens a document beside the chat, at the quote that a control names by turn and position."""
        control: dict[str, str] = event._data
        try:
            if "document" in control:
                return cards.source_html(Source.take(self._library.result(), control["document"]))
            number, chosen = (int(part) for part in control["place"].split("."))
            quotes = conversation[number].quotes
            source = Source.take(self._library.result(), quotes[chosen].document_id)
        except DocumentUnknown as error:
            raise gr.Error(str(error), print_exception=False) from error
        return cards.source_html(source, quotes, chosen, number)

    async def documents(self) -> str:
        """The list of documents, beside the chat."""
        try:
            return cards.library_html((await loaded(self._library)).documents())
        except IbidError as error:
            raise gr.Error(str(error), print_exception=False) from error


async def loaded(assistant: Future[Assistant]) -> Assistant:
    """Waits without holding a thread, so that the program can be stopped meanwhile; leaves the loading alone."""
    return await asyncio.shield(asyncio.wrap_future(assistant))


def sentence(error: Exception) -> str:
    """What the page says of an error: its own sentence where it was written for readers."""
    if isinstance(error, IbidError):
        return str(error)
    logger.error("unexpected error", exc_info=error)
    return f"Ibid failed here ({type(error).__name__}); the terminal it was started in shows the details."


def page_html(conversation: Conversation) -> str:
    """All exchanges, oldest first."""
    return f"<ol class='turns'>{''.join(exchange.html for exchange in conversation)}</ol>" if conversation else ""


def theme() -> gr.themes.Base:
    """Gradio's plainest theme without web fonts, painted with the page's own colours."""
    return gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]).set(
        body_background_fill=PAPER[0],
        body_background_fill_dark=PAPER[1],
        body_text_color=INK[0],
        body_text_color_dark=INK[1],
    )


def panel(name: str, value: str = "", script: str | None = None, template: str = "${value}") -> gr.HTML:
    """An HTML component without Gradio's own style; `name` is its id."""
    return gr.HTML(value, elem_id=name, js_on_load=script, html_template=template, apply_default_css=False)


def build_page(library: Future[Assistant], ready: Future[Assistant]) -> gr.Blocks:
    """Lays the page out and wires its events.

    Args:
        library: the assistant, there once documents can be read.
        ready: the assistant, there once it can answer.

    Returns:
        Blocks to be mounted with `theme()` and `STYLE`.
    """
    desk = Desk(library, ready)
    quiet: dict[str, Any] = {
        "show_progress": "hidden",
        "api_visibility": "private",
        "concurrency_limit": None,
    }
    page = gr.Blocks(title="Ibid", fill_width=True, analytics_enabled=False)
    with page:
        conversation = gr.State(())
        with gr.Row(elem_id="room"):
            with gr.Column(elem_id="desk"):
                with gr.Row(elem_id="top"):
                    panel("masthead", MASTHEAD)
                    documents = gr.Button("Documents", elem_classes="quiet")
                    fresh = gr.Button("New conversation", elem_classes="quiet")
                with gr.Column(elem_id="scroll"):
                    welcome = panel("welcome", cards.welcome_html(None), script=SCRIPT)
                    turns = panel("conversation", script=SCRIPT)
                with gr.Column(elem_id="composer"):
                    with gr.Row():
                        question = gr.Textbox(
                            label="Your question",
                            show_label=False,
                            container=False,
                            lines=1,
                            max_lines=6,
                            placeholder="Ask the documents",
                            elem_id="question",
                            autofocus=True,
                        )
                        ask = gr.Button("Ask", elem_id="ask")
                    hint = panel("hint", cards.hint_html(HINT), template='<p role="status">${value}</p>')
            source = panel("source", script=SCRIPT)

        answered = [conversation, turns, question, hint]
        page.load(desk.welcome, None, welcome, **quiet)
        gr.on([question.submit, ask.click], desk.ask, [question, conversation], answered, **quiet)
        documents.click(desk.documents, None, source, **quiet)
        fresh.click(lambda: ((), "", "", cards.hint_html(HINT), ""), None, [*answered, source], **quiet)
        for controls in (welcome, turns, source):
            controls.open(desk.open, conversation, source, **quiet)
            controls.ask(desk.ask_control, conversation, answered, **quiet)
            controls.edit(desk.edit, None, question, **quiet)
    return page

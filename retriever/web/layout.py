"""The chat page: layout and wiring, Gradio's only home beside `server`.

In: a desk, which does what the events ask for. Out: Gradio blocks. One decision: everything that a reader reads is
plain HTML in a few panels, and every control in them is an element with `data-do`, whose other data go to the desk.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import gradio as gr

from ..filters import Scope
from ..interfaces.html.cards import CARD_STYLE
from ..interfaces.html.markup import HINT, hint_html
from . import panels as sheets
from .handlers import Desk, Room, Shown
from .history import History

HERE = Path(__file__).parent
SCRIPT = (HERE / "page.js").read_text(encoding="utf-8")
STYLE = CARD_STYLE + (HERE / "style.css").read_text(encoding="utf-8")

MASTHEAD = "<h1>Ibid</h1><p>Answers in the documents’ own words</p>"
READER = "ibid_reader"
"""The cookie by which a browser finds its own conversations again."""

PAPER, INK = ("#FBF8F1", "#161513"), ("#1C1B19", "#ECE7DC")
"""Light and dark, as in card.css: Gradio paints them before that file has arrived."""

UNANSWERED = "() => document.querySelector('#question textarea')?.value || (sessionStorage.getItem('question') ?? '')"
"""What is typed already, else the question that had no answer yet when the page was loaded anew."""

ARRIVED = "() => { document.dispatchEvent(new Event('ibid:arrived')) }"
"""Tells the script that the page has turned to another conversation, or couldn't."""

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": None}


def reader_of(request: gr.Request) -> str:
    """The key of the browser's reader; empty where the browser keeps none."""
    return str(request.cookies.get(READER, ""))


class Events:
    """The desk's doings in the shape that Gradio calls: what a control carries is in `event._data`."""

    def __init__(self, desk: Desk) -> None:
        """Stores the desk."""
        self._desk = desk

    async def ask(self, room: Room, scope: Scope, event: gr.EventData, request: gr.Request) -> Shown:
        """A question, typed or carried by a control."""
        control = event._data
        asked = Scope() if "all" in control else scope
        return await self._desk.ask(
            control["question"], room, asked, reader_of(request), standing="standing" in control
        )

    def open(self, room: Room, event: gr.EventData) -> str:
        """A document, at a quote or elsewhere."""
        return self._desk.open(room, event._data)

    async def documents(self, scope: Scope, event: gr.EventData) -> str:
        """The list of documents."""
        return await self._desk.documents(scope, event._data.get("find", ""))

    async def timeline(self, scope: Scope, event: gr.EventData) -> AsyncIterator[str]:
        """What happened when."""
        control = event._data
        async for shown in self._desk.timeline(
            scope, control.get("find", ""), int(control.get("count", sheets.POINTS))
        ):
            yield shown

    async def scope(self, event: gr.EventData) -> tuple[Scope, str, str]:
        """Other documents to be asked, from the form's fields."""
        chosen = {name: event._data.get(name, []) for name in ("publishers", "documents")}
        several = {name: frozenset([value] if isinstance(value, str) else value) for name, value in chosen.items()}
        dates = {name: str(event._data.get(name, "")) for name in ("since", "until")}
        scope = Scope(several["publishers"], **dates, documents=several["documents"])
        return scope, await self._desk.scope_line(scope), await self._desk.documents(scope)

    async def arrive(self, event: gr.EventData, request: gr.Request) -> AsyncIterator[str]:
        """Files that were handed over."""
        async for shown in self._desk.add(event._data["files"], reader_of(request) or str(request.session_hash)):
            yield shown

    async def adding(self, request: gr.Request) -> AsyncIterator[str]:
        """The files that the reader still waits for, on a page that is loaded anew."""
        async for shown in self._desk.adding(reader_of(request)):
            yield shown

    async def remove(self, scope: Scope, event: gr.EventData) -> str:
        """A document out of the library."""
        return await self._desk.remove(scope, event._data["document"])

    async def undo(self, scope: Scope, event: gr.EventData) -> str:
        """A removed document back."""
        return await self._desk.undo(scope, event._data["key"])

    async def conversations(self, room: Room, event: gr.EventData, request: gr.Request) -> str:
        """The list of earlier conversations."""
        return await self._desk.conversations(room, reader_of(request), event._data.get("find", ""))

    async def recall(self, room: Room, event: gr.EventData, request: gr.Request) -> Shown:
        """An earlier conversation back onto the page."""
        return await self._desk.recall(room, reader_of(request), event._data["conversation"])

    async def rename(self, room: Room, event: gr.EventData, request: gr.Request) -> str:
        """Another name for a conversation."""
        reader, data = reader_of(request), event._data
        return await self._desk.change_history(
            room, reader, lambda history: history.rename(reader, data["conversation"], data["title"])
        )

    async def delete(self, room: Room, event: gr.EventData, request: gr.Request) -> str:
        """A conversation out of the history, with the way back."""
        reader, conversation = reader_of(request), event._data["conversation"]

        def delete(history: History) -> sheets.Undoable:
            title = history.conversation(reader, conversation).title
            history.delete(reader, conversation)
            return sheets.Undoable(title, conversation)

        return await self._desk.change_history(room, reader, delete)

    async def undelete(self, room: Room, event: gr.EventData, request: gr.Request) -> str:
        """A deleted conversation back."""
        reader, key = reader_of(request), event._data["key"]
        return await self._desk.change_history(room, reader, lambda history: history.undelete(reader, key))

    async def delete_all(self, room: Room, request: gr.Request) -> str:
        """All conversations of the reader out of the history, for good."""
        reader = reader_of(request)
        return await self._desk.change_history(room, reader, lambda history: history.delete_all(reader))


def theme() -> gr.themes.Base:
    """Gradio's plainest theme without web fonts, painted with the page's own colours."""
    return gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]).set(
        body_background_fill=PAPER[0],
        body_background_fill_dark=PAPER[1],
        body_text_color=INK[0],
        body_text_color_dark=INK[1],
    )


def panel(name: str, value: str = "", template: str = "${value}") -> gr.HTML:
    """An HTML component without Gradio's own style; `name` is its id, and the script runs in it."""
    return gr.HTML(value, elem_id=name, js_on_load=SCRIPT, html_template=template, apply_default_css=False)


def fresh() -> tuple[Room, str, str, str]:
    """A new conversation in the same tab, about the same documents; nothing beside it."""
    return Room(), "", hint_html(HINT), ""


def build_page(desk: Desk, *, signed_in: bool = False) -> gr.Blocks:
    """Lays the page out and wires its events.

    Args:
        desk: does what they ask for.
        signed_in: whether its readers have signed in, and may want to leave.

    Returns:
        Blocks to be mounted with `theme()` and `STYLE`.
    """
    events = Events(desk)
    page = gr.Blocks(title="Ibid", fill_width=True, analytics_enabled=False)
    with page:
        room, asked = gr.State(Room()), gr.State(Scope())
        with gr.Row(elem_id="room"):
            with gr.Column(elem_id="desk"):
                with gr.Row(elem_id="top"):
                    panel("masthead", MASTHEAD)
                    top = panel("menu", MENU.format(sign_out=SIGN_OUT if signed_in else ""))
                with gr.Column(elem_id="scroll"):
                    welcome = panel("welcome", sheets.welcome_html(None))
                    turns = panel("conversation")
                    panel("pending")
                with gr.Column(elem_id="composer"):
                    scope = panel("scope")
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
                            interactive=True,
                        )
                        gr.Button("Ask", elem_id="ask")
                    hint = panel("hint", hint_html(HINT), template='<p role="status">${value}</p>')
            sheet = panel("sheet")
            intake = panel("intake", template=f'<div data-largest="{desk.intake.largest_file_bytes}">${{value}}</div>')

        shown = [room, turns, hint]
        page.load(desk.welcome, None, welcome, **QUIET)
        page.load(events.adding, None, intake, **QUIET)
        page.load(None, None, question, js=UNANSWERED, **QUIET)
        latest, every = {**QUIET, "trigger_mode": "always_last"}, {**QUIET, "trigger_mode": "multiple"}
        for controls in (top, welcome, turns, hint, intake, scope, sheet):
            controls.ask(events.ask, [room, asked], shown, **QUIET)
            controls.open(events.open, room, sheet, **latest)
            controls.documents(events.documents, asked, sheet, **latest)
            controls.timeline(events.timeline, asked, sheet, **latest)
            controls.scope(events.scope, None, [asked, scope, sheet], **latest)
            controls.arrive(events.arrive, None, intake, **every)
            controls.conversations(events.conversations, room, sheet, **latest)
            controls.recall(events.recall, room, shown, **QUIET).then(None, js=ARRIVED, **QUIET)
            controls.fresh(fresh, None, [*shown, sheet], **QUIET).then(None, js=ARRIVED, **QUIET)
            controls.welcome(desk.welcome, None, welcome, **QUIET)
        sheet.remove(events.remove, asked, sheet, **every)
        sheet.undo(events.undo, asked, sheet, **every)
        sheet.rename(events.rename, room, sheet, **QUIET)
        sheet.delete(events.delete, room, sheet, **every)
        sheet.undelete(events.undelete, room, sheet, **every)
        sheet.delete_all(events.delete_all, room, sheet, **QUIET)
    return page


MENU = """<nav aria-label="Ibid"><button type="button" class="quiet" data-do="documents">Documents</button>
<button type="button" class="quiet" data-do="timeline">Timeline</button>
<button type="button" class="quiet" data-do="conversations">Conversations</button>
<button type="button" class="quiet" data-do="fresh" aria-label="New conversation">New</button>{sign_out}</nav>"""
SIGN_OUT = '<form method="post" action="/sign-out"><button class="quiet">Sign out</button></form>'

"""The layout of the chat page, and which event calls which handler.

In: the handlers. Out: Gradio blocks. One decision: everything that a user reads is plain HTML in a few components.
Every control is an element with `data-do`, which names its handler. The handler gets the element's other data.
"""

from pathlib import Path
from typing import Any

import gradio as gr

from ..filters import Scope
from ..interfaces.html.cards import CARD_STYLE
from ..interfaces.html.templating import HINT, hint_html
from . import panels
from .chat_handlers import ChatHandlers
from .events import ChatEvents, LibraryEvents
from .library_handlers import LibraryHandlers
from .state import TabState

HERE = Path(__file__).parent
SCRIPT = (HERE / "page.js").read_text(encoding="utf-8")
STYLE = CARD_STYLE + (HERE / "style.css").read_text(encoding="utf-8")

MASTHEAD = "<h1>Ibid</h1><p>Answers in the documents’ own words</p>"

PAPER, INK = ("#FBF8F1", "#161513"), ("#1C1B19", "#ECE7DC")
"""Light and dark, as in card.css: Gradio paints them before that file has arrived."""

UNANSWERED = "() => document.querySelector('#question textarea')?.value || (sessionStorage.getItem('question') ?? '')"
"""What is typed already, else the question that had no answer yet when the page was loaded again."""

RECALLED = "() => { document.dispatchEvent(new Event('ibid:recalled')) }"
"""Tells the script that the page shows another conversation, or could not."""

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": None}


def theme() -> gr.themes.Base:
    """Gradio's plainest theme, without web fonts, in the page's own colours."""
    return gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]).set(
        body_background_fill=PAPER[0],
        body_background_fill_dark=PAPER[1],
        body_text_color=INK[0],
        body_text_color_dark=INK[1],
    )


def component(name: str, value: str = "", template: str = "${value}") -> gr.HTML:
    """An HTML component without Gradio's own style; `name` is its id, and the script runs in it."""
    return gr.HTML(value, elem_id=name, js_on_load=SCRIPT, html_template=template, apply_default_css=False)


def new_conversation() -> tuple[TabState, str, str, str]:
    """An empty conversation in the same tab, about the same documents, with an empty panel."""
    return TabState(), "", hint_html(HINT), ""


def build_page(
    chat: ChatHandlers, library: LibraryHandlers, *, largest_file_bytes: int, signed_in: bool = False
) -> gr.Blocks:
    """Lay out the page and wire its events.

    Args:
        chat: handles the events of the chat.
        library: handles the events of the library.
        largest_file_bytes: an uploaded file must be smaller than this.
        signed_in: whether users sign in, and can sign out.

    Returns:
        Blocks, to be mounted with `theme()` and `STYLE`.
    """
    page = gr.Blocks(title="Ibid", fill_width=True, analytics_enabled=False)
    with page:
        state, scope = gr.State(TabState()), gr.State(Scope())
        with gr.Row(elem_id="layout"):
            with gr.Column(elem_id="chat"):
                with gr.Row(elem_id="top"):
                    component("masthead", MASTHEAD)
                    menu = component("menu", MENU.format(sign_out=SIGN_OUT if signed_in else ""))
                with gr.Column(elem_id="scroll"):
                    welcome = component("welcome", panels.welcome_html(None))
                    turns = component("conversation")
                    component("pending")
                with gr.Column(elem_id="composer"):
                    scope_line = component("scope")
                    with gr.Row():
                        question = _question_field()
                        gr.Button("Ask", elem_id="ask")
                    hint = component("hint", hint_html(HINT), template='<p role="status">${value}</p>')
            panel = component("panel")
            uploads = component("uploads", template=f'<div data-largest="{largest_file_bytes}">${{value}}</div>')

        shown = [state, turns, hint]
        chat_events, library_events = ChatEvents(chat), LibraryEvents(library)
        page.load(library_events.welcome, None, welcome, **QUIET)
        page.load(library_events.adding, None, uploads, **QUIET)
        page.load(None, None, question, js=UNANSWERED, **QUIET)
        latest, every = {**QUIET, "trigger_mode": "always_last"}, {**QUIET, "trigger_mode": "multiple"}
        for controls in (menu, welcome, turns, hint, uploads, scope_line, panel):
            controls.ask(chat_events.ask, [state, scope], shown, **QUIET)
            controls.open(library_events.open, state, panel, **latest)
            controls.documents(library_events.documents, scope, panel, **latest)
            controls.timeline(library_events.timeline, scope, panel, **latest)
            controls.scope(library_events.scope, None, [scope, scope_line, panel], **latest)
            controls.add_files(library_events.add, None, uploads, **every)
            controls.conversations(chat_events.conversations, state, panel, **latest)
            controls.recall(chat_events.recall, state, shown, **QUIET).then(None, js=RECALLED, **QUIET)
            controls.new(new_conversation, None, [*shown, panel], **QUIET).then(None, js=RECALLED, **QUIET)
            controls.welcome(library_events.welcome, None, welcome, **QUIET)
        panel.remove(library_events.remove, scope, panel, **every)
        panel.edit(library_events.edit, scope, panel, **QUIET)
        panel.undo(library_events.undo, scope, panel, **every)
        panel.rename(chat_events.rename, state, panel, **QUIET)
        panel.delete(chat_events.delete, state, panel, **every)
        panel.undelete(chat_events.undelete, state, panel, **every)
        panel.delete_all(chat_events.delete_all, state, panel, **QUIET)
    return page


def _question_field() -> gr.Textbox:
    return gr.Textbox(
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


MENU = """<nav aria-label="Ibid"><button type="button" class="quiet" data-do="documents">Documents</button>
<button type="button" class="quiet" data-do="timeline">Timeline</button>
<button type="button" class="quiet" data-do="conversations">Conversations</button>
<button type="button" class="quiet" data-do="new" aria-label="New conversation">New</button>{sign_out}</nav>"""
SIGN_OUT = '<form method="post" action="/sign-out"><button class="quiet">Sign out</button></form>'

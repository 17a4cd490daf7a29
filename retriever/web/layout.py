"""The layout of the chat page, and which event calls which handler.

In: the handlers. Out: Gradio blocks. One decision: everything that a user reads is plain HTML in a few components.
Every control is an element with `data-do`, which names its handler. The handler gets the element's other data. One
component, `actions`, hands all of them over.
"""

from collections.abc import Callable
from typing import Any

import gradio as gr

from ..filters import Scope
from ..interfaces.html.templating import HINT, hint_html
from .assets import ATTACH
from .auth import Authenticator
from .casefile_handlers import CaseFileHandlers
from .chat_handlers import ChatHandlers
from .event_queue import WaitingQueue
from .events import CaseFileEvents, ChatEvents, LibraryEvents, SidebarEvents
from .first_words import first_words
from .library_handlers import LibraryHandlers
from .seen import as_account
from .sidebar import Sidebar
from .state import TabState

PAPER, INK = ("#FBF8F1", "#161513"), ("#1C1B19", "#ECE7DC")
"""Light and dark, as in card.css: Gradio paints them before that file has arrived."""

UNANSWERED = "() => document.querySelector('#question textarea')?.value || (sessionStorage.getItem('question') ?? '')"
"""What is typed already, else the question that had no answer yet when the page was loaded again."""

RECALLED = "() => { document.dispatchEvent(new Event('ibid:recalled')) }"
"""Tells the script that the page shows another conversation, or could not."""

EVENTS = (
    *("wake", "sidebar", "follow", "unfollow", "fetch", "unfetch", "correct"),
    *(
        "ask",
        "revise",
        "drop",
        "restore",
        "recall",
        "new",
        "conversations",
        "rename",
        "delete",
        "undelete",
        "delete_all",
    ),
    *(
        "welcome",
        "open",
        "documents",
        "timeline",
        "table",
        "casefile",
        "keep",
        "scope",
        "add_files",
        "remove",
        "edit",
        "undo",
    ),
)
"""What the controls can ask for; Gradio takes only names that the component's script contains."""

CORRECTED = "() => { document.dispatchEvent(new Event('ibid:corrected')) }"
"""Tells the script that a document has another title, publisher or date."""

CHANGED = "() => { document.dispatchEvent(new Event('ibid:library')) }"
"""Tells the column beside the chat that a document has other details, or another collection."""

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": None}


def theme() -> gr.themes.Base:
    """Gradio's plainest theme, without web fonts, in the page's own colours."""
    return gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]).set(
        body_background_fill=PAPER[0],
        body_background_fill_dark=PAPER[1],
        body_text_color=INK[0],
        body_text_color_dark=INK[1],
    )


def component(
    name: str, value: str = "", template: str = "${value}", *, attached: bool = False, events: tuple[str, ...] = ()
) -> gr.HTML:
    """An HTML component without Gradio's own style.

    Args:
        name: its id.
        value: what it shows first.
        template: the HTML around its value.
        attached: whether the page's scripts get it.
        events: what its script can ask for; then they get it too.
    """
    script = f"{ATTACH}; {list(events)}".replace("'", '"') if attached or events else None
    return gr.HTML(value, elem_id=name, js_on_load=script, html_template=template, apply_default_css=False)


async def new_conversation(request: gr.Request) -> tuple[TabState, str, str, str]:
    """An empty conversation in the same tab, about the same documents, with an empty panel."""
    return TabState(), "", hint_html(HINT), ""


def build_page(
    chat: ChatHandlers,
    library: LibraryHandlers,
    sidebar: Sidebar,
    *,
    largest_file_bytes: int,
    kept: CaseFileHandlers,
    authenticator: Authenticator | None = None,
) -> gr.Blocks:
    """Lay out the page and wire its events.

    Args:
        chat: handles the events of the chat.
        library: handles the events of the library.
        sidebar: shows the column beside the chat.
        largest_file_bytes: an uploaded file must be smaller than this.
        kept: handles the events of the case file.
        authenticator: knows who has signed in, and may change the library; None if nobody signs in.

    Returns:
        Blocks, to be mounted with `theme()`.
    """
    first = first_words(signed_in=authenticator is not None)
    page = gr.Blocks(title="Ibid", fill_width=True, analytics_enabled=False)
    with page:
        state, scope = gr.State(TabState()), gr.State(Scope())
        actions = component("actions", events=EVENTS)
        with gr.Row(elem_id="layout"):
            side = component("sidebar", attached=True)
            with gr.Column(elem_id="chat"):
                with gr.Row(elem_id="top"):
                    component("masthead", first["masthead"]["value"])
                    component("menu", first["menu"]["value"])
                with gr.Column(elem_id="scroll"):
                    welcome = component("welcome", first["welcome"]["value"])
                    turns = component("conversation", attached=True)
                    pending = component("pending", attached=True)
                    suggested = component("suggestions", attached=True)
                with gr.Column(elem_id="composer"):
                    scope_line = component("scope", attached=True)
                    with gr.Row():
                        question = _question_field(**first["question"])
                        gr.Button(first["ask"]["value"], elem_id="ask")
                    hint = component("hint", first["hint"]["value"], '<p role="status">${value}</p>', attached=True)
            component("splitter", first["splitter"]["value"])
            panel = component("panel", attached=True)
            uploads = component(
                "uploads", "", f'<div data-largest="{largest_file_bytes}">${{value}}</div>', attached=True
            )

        shown = [state, turns, hint]
        chat_events, library_events = ChatEvents(chat, library), LibraryEvents(library, authenticator)
        column = SidebarEvents(sidebar)

        def own(handler: Callable[..., Any]) -> Callable[..., Any]:
            return as_account(handler, authenticator)

        page.load(own(library_events.welcome), None, welcome, **QUIET)
        page.load(own(library_events.adding), None, uploads, **QUIET)
        page.load(None, None, question, js=UNANSWERED, **QUIET)
        latest, every = {**QUIET, "trigger_mode": "always_last"}, {**QUIET, "trigger_mode": "multiple"}
        actions.wake(lambda: None, None, None, **every)
        actions.sidebar(own(column.show), [state, scope], side, **latest)
        for answered in (
            actions.ask(own(chat_events.ask), [state, scope], [*shown, pending], **QUIET),
            actions.revise(own(chat_events.revise), [state, scope], shown, **QUIET),
        ):
            answered.then(own(chat_events.suggestions), [state, scope], suggested, **QUIET)
        actions.drop(own(chat_events.drop), state, shown, **QUIET)
        actions.restore(own(chat_events.restore), state, shown, **QUIET)
        recalled = [*shown, scope, scope_line]
        actions.recall(own(chat_events.recall), [state, scope], recalled, **QUIET).then(None, js=RECALLED, **QUIET)
        actions.new(own(new_conversation), None, [*shown, panel], **QUIET).then(None, js=RECALLED, **QUIET)
        actions.conversations(own(chat_events.conversations), state, panel, **latest)
        actions.rename(own(chat_events.rename), state, panel, **QUIET)
        actions.delete(own(chat_events.delete), state, panel, **every)
        actions.undelete(own(chat_events.undelete), state, panel, **every)
        actions.delete_all(own(chat_events.delete_all), state, panel, **QUIET)
        actions.welcome(own(library_events.welcome), None, welcome, **QUIET)
        actions.open(own(library_events.open), state, panel, **latest)
        actions.documents(own(library_events.documents), scope, panel, **latest)
        actions.timeline(own(library_events.timeline), scope, panel, **latest)
        actions.table(own(library_events.table), [state, scope], panel, **latest)
        case_file = CaseFileEvents(kept, authenticator)
        actions.casefile(own(case_file.show), None, panel, **every)
        actions.keep(own(case_file.keep), state, hint, **every)
        actions.scope(own(chat_events.scope), state, [scope, scope_line], **every)
        actions.add_files(own(library_events.add), scope, uploads, **every)
        removed = actions.remove(own(library_events.remove), scope, panel, **every)
        removed.then(own(library_events.welcome), None, welcome, **QUIET)
        actions.edit(own(library_events.edit), scope, panel, **QUIET).then(None, js=CHANGED, **QUIET)
        actions.correct(own(library_events.correct), None, hint, **QUIET).then(None, js=CORRECTED, **QUIET)
        actions.follow(own(library_events.follow), scope, panel, **every)
        actions.unfollow(own(library_events.unfollow), scope, panel, **every)
        fetched = actions.fetch(own(library_events.fetch), scope, panel, **every)
        fetched.then(own(library_events.welcome), None, welcome, **QUIET)
        actions.unfetch(own(library_events.unfetch), scope, panel, **every)
        restored = actions.undo(own(library_events.undo), scope, panel, **every)
        restored.then(own(library_events.welcome), None, welcome, **QUIET)
    WaitingQueue.replace(page)
    return page


def _question_field(*, label: str, placeholder: str) -> gr.Textbox:
    return gr.Textbox(
        label=label,
        show_label=False,
        container=False,
        lines=1,
        max_lines=6,
        placeholder=placeholder,
        elem_id="question",
        autofocus=True,
        interactive=True,
    )

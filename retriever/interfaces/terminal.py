"""Answers on a terminal, as cards with colour, and a conversation there; elsewhere the same words, plain.

In: answers, and what the user types. Out: nothing; it prints. One decision: `text` writes the words, and this module
only adds colours. So piped output has the same words.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from ..assistant import Assistant
from ..errors import IbidError
from ..filters import EVERYTHING, Scope
from ..records import Answer, Quote, Turn
from .text import (
    LINE_WIDTH,
    answer_remarks,
    answer_text,
    on_one_line,
    overview_lines,
    quote_context,
    quote_copies,
    quote_groups,
    quote_origin,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

AROUND = 400  # characters on either side of a quote: about a paragraph
MARK, NUMBER, QUIET, VERDICT = "bold black on bright_yellow", "bold red", "dim", "bold"
"""Styles: the part that answers as with a highlighter, in colours that stand out on light and dark terminals."""

HOW = "Ask a question. A number shows that quote in its source, /new starts a new conversation, quit or Ctrl-D ends."
HELP = """Type a question in your own words, or a follow-up to the one before.
1, 2, ...   show that quote in its source
/new        start a new conversation
/help       show this help
quit, exit  end; so do q, bye and Ctrl-D"""
END = frozenset(f"{slash}{word}" for slash in ("", "/") for word in ("quit", "exit", "q", "bye"))


def show(answer: Answer, library: str | None = None) -> None:
    """Print an answer: as a card on a terminal, else as plain text.

    Args:
        answer: the answer.
        library: what the user has named with `--library`, for advice.
    """
    console = _console()
    if console is None:
        print(answer_text(answer, library), flush=True)
        return
    from rich.table import Table
    from rich.text import Text

    for remark in answer_remarks(answer, library):
        console.print(Text(remark, QUIET if remark.startswith(" ") else VERDICT))
    for title, positions in quote_groups(answer):
        for line in title:
            console.print(Text(line, VERDICT))
        for position in positions:
            quote = answer.quotes[position]
            card = Table.grid(padding=(0, 1))
            card.add_column(style=NUMBER)
            card.add_column()
            card.add_row(f"{position + 1}.", _words(quote))
            card.add_row("", Text("\n".join([quote_origin(quote), *quote_context(quote), *quote_copies(quote)]), QUIET))
            console.print(card)
    for line in overview_lines(answer.overview):
        console.print(Text(line, QUIET if line.startswith(" ") else ""))


def talk(assistant: Assistant, top: int, scope: Scope = EVERYTHING, library: str | None = None) -> None:
    """Answer each typed question, with the earlier ones as its conversation, until the end of the input.

    Args:
        assistant: answers.
        top: at most this many quotes.
        scope: the documents to ask.
        library: what the user has named with `--library`, for advice.
    """
    history: list[Turn] = []
    shown: tuple[Quote, ...] = ()
    with suppress(KeyboardInterrupt):
        for typed in _read_lines():
            if typed.lower() in END:
                return
            try:
                if typed in ("/help", "/?", "help", "?"):
                    print(HELP, flush=True)
                elif typed.startswith("/") and typed != "/new":
                    print(f"Unknown command {typed}; type /help for the commands.", flush=True)
                elif typed == "/new":
                    history, shown = [], ()
                elif typed.isdecimal():
                    print(_context_of(assistant, shown, int(typed)), flush=True)
                else:
                    answer = assistant.ask(typed, history, top=top, scope=scope)
                    history, shown = [*history, Turn.of(answer)], answer.quotes
                    show(answer, library)
            except IbidError as error:
                print(error, flush=True)


def _read_lines() -> Iterator[str]:
    """The typed or piped lines, without empty ones."""
    if not sys.stdin.isatty():
        yield from filter(None, map(str.strip, sys.stdin))
        return
    with suppress(ImportError):
        import readline  # noqa: F401 (arrow keys, and the lines typed before)
    print(HOW)
    with suppress(EOFError):
        while True:
            if typed := input("\n> ").strip():
                yield typed
    print()


def _context_of(assistant: Assistant, shown: tuple[Quote, ...], number: int) -> str:
    """The text around one of the quotes, in its document's own lines."""
    if not 1 <= number <= len(shown):
        return f"There is no quote {number}."
    quote = shown[number - 1]
    text = assistant.document(quote.document_id).text
    start, end = max(0, quote.start - AROUND), quote.end + AROUND
    before, after = text[start : quote.start], text[quote.end : end]
    lines = f"{'…' * (start > 0)}{before}»{quote.text}«{after}{'…' * (end < len(text))}".splitlines()
    return "\n".join(["", *map(on_one_line, lines), "", quote_origin(quote)])


def _words(quote: Quote) -> "Text":
    """The quote's words, with the part that answers marked."""
    from rich.text import Text

    start, end = quote.highlight or (len(quote.text), len(quote.text))
    parts = ((quote.text[:start], ""), (quote.text[start:end], MARK), (quote.text[end:], ""))
    return Text.assemble("“", *((re.sub(r"\s+", " ", on_one_line(part)), style) for part, style in parts), "”")


def _console() -> "Console | None":
    """The terminal, no wider than a readable line; None if the output is not a terminal."""
    if not sys.stdout.isatty():
        return None
    from rich.console import Console  # 0.1 s: piped output needs no colours

    console = Console(highlight=False)
    console.width = min(console.width, LINE_WIDTH)
    return console

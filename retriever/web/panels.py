"""The panels next to the chat, as HTML: a source, the documents, the timeline, earlier conversations; and the welcome.

In: records. Out: mark-up, escaped by Jinja as in `cards`.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..fetching.kept import Origin
from ..filters import EVERYTHING, Scope
from ..interfaces.html.printed import file_address, sheets_of
from ..interfaces.html.source import Link, Mark, Source
from ..interfaces.html.templating import language_words, render
from ..interfaces.html.text_view import Block, ShownTable, blocks_of
from ..interfaces.http import SHOWN
from ..interfaces.scope_names import ScopeNames
from ..interfaces.translation.catalogue import gettext
from ..interfaces.translation.formats import date_words
from ..interfaces.uploads import UploadBatch
from ..reading.formats import FORMATS
from ..records import DocumentSummary, Quote
from ..text.languages import language_of
from .conversations import Conversation
from .earlier import EarlierVersion
from .fetching import FetchSection
from .followed import FollowedFolder

LISTED = 200
"""Documents and conversations that are listed at once; who has more looks for them by their words."""

STRETCH = 100
"""Paragraphs and rows of a document that are drawn together."""

WELCOMED = 8
"""Documents that the welcome lists."""


@dataclass(frozen=True, slots=True)
class DeletedItem:
    """What was just removed, and the key that restores it."""

    title: str
    key: str


def undo_html(question: str) -> str:
    """The line below the question's field after a turn was deleted."""
    return render("undo.html", question=question)


def source_html(
    source: Source,
    quotes: Sequence[Quote] = (),
    chosen: int | None = None,
    number: int = 0,
    at: Link | None = None,
    back: str = "",
    file_problem: str = "",
    earlier: EarlierVersion | None = None,
    fetched: Origin | None = None,
) -> str:
    """A document opened for reading.

    Args:
        source: the document.
        quotes: all quotes of the answer; those from this document are marked.
        chosen: position of the quote to scroll to, or None to open the document elsewhere.
        number: the turn of the quotes.
        at: what to mark and scroll to if no quote is chosen.
        back: the panel to go back to; empty for the list of documents.
        file_problem: why its own file cannot be shown, in a sentence; empty if it can.
        earlier: a version that is no longer current: this one, or the one that has the quote.
        fetched: where and when it was fetched from the web.

    Returns:
        The panel's content.
    """
    document = source.document
    spans = {
        position: source.find_quote(quote) for position, quote in enumerate(quotes) if quote.document_id == document.id
    }
    marks = [Mark(position, span, _answer(quotes[position], span)) for position, span in spans.items() if span]
    marks.sort(key=lambda mark: mark.position != chosen)
    if at and at.stands_in(document.text):
        marks = [Mark(None, at.span)]
    length = max(len(document.text), 1)
    return render(
        "source.html",
        source=source,
        document=document,
        language=language_of(document.text, document.language),
        stretches=list(_stretches(blocks_of(source, marks))),
        sheets=() if file_problem else sheets_of(document, marks),
        file=file_address(document) if Path(document.source).is_absolute() else "",
        can_open=document.media_type in SHOWN,
        problem=file_problem,
        earlier=earlier,
        fetched=fetched,
        count=len(quotes),
        chosen=chosen,
        lost=(chosen is not None and not spans.get(chosen)) or (at is not None and not marks),
        number=number,
        back=back,
        rail=sorted(
            (round(100 * mark.span[0] / length, 1), mark.position) for mark in marks if mark.position is not None
        ),
    )


def _stretches(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    """Blocks in groups of about a hundred paragraphs or rows: a browser draws only the groups that are seen."""
    stretch: list[Block] = []
    size = 0
    for block in blocks:
        stretch.append(block)
        size += len(block.rows) if isinstance(block, ShownTable) else 1
        if size >= STRETCH:
            yield stretch
            stretch, size = [], 0
    if stretch:
        yield stretch


def _answer(quote: Quote, span: tuple[int, int]) -> tuple[int, int] | None:
    """Where the words of a quote that answer stand in the document, if the quote stands at `span`."""
    return quote.highlight and (span[0] + quote.highlight[0], span[0] + quote.highlight[1])


def documents_html(
    documents: Sequence[DocumentSummary],
    *,
    scope: Scope = EVERYTHING,
    asked: Container[str] | None = None,
    find: str = "",
    failures: Sequence[tuple[str, str]] = (),
    copies: Mapping[str, Sequence[str]] | None = None,
    deleted: DeletedItem | None = None,
    largest_megabytes: int = 50,
    followed: Sequence[FollowedFolder] | None = None,
    follow_error: str = "",
    fetching: FetchSection | None = None,
    collections: Sequence[str] = (),
    versions: bool = False,
) -> str:
    """The panel of the documents: to list, choose, add and remove them. It also names unreadable files.

    Args:
        documents: all of them.
        scope: the documents to ask.
        asked: their ids; None where the scope alone tells.
        find: words that the title, publisher or name of each listed document contains.
        failures: names of files, and why each could not be read.
        copies: id -> titles of documents with nearly the same words.
        deleted: what was just removed.
        largest_megabytes: how large a file may be.
        followed: the followed folders; None if none may be.
        follow_error: why a folder can't be followed.
        fetching: what is said of web pages; None where none are fetched.
        collections: the names of the collections; the empty one stands for the documents of none.
        versions: whether what documents said before is kept.
    """
    wanted = matching_documents(documents, find)
    return render(
        "documents.html",
        documents=wanted[:LISTED],
        more=len(wanted) - LISTED,
        count=len(documents),
        scope=scope,
        asked={one.id for one in documents if scope.takes(one)} if asked is None else asked,
        find=find,
        publishers=sorted({one.publisher or "" for one in documents}, key=lambda name: (not name, name.casefold())),
        undated=sum(not one.published for one in documents),
        failures=failures,
        copies=copies or {},
        deleted=deleted,
        suffixes=",".join(FORMATS),
        largest_megabytes=largest_megabytes,
        followed=followed,
        follow_error=follow_error,
        fetching=fetching,
        collections=sorted({"", *collections, *scope.collections}),
        languages=_languages(documents, scope),
        versions=versions,
    )


def _languages(documents: Sequence[DocumentSummary], scope: Scope) -> list[tuple[str, str]]:
    """The languages to choose from: codes and names, by name; the empty code, of documents in doubt, comes last."""
    codes = {*(one.language or "" for one in documents), *scope.languages}
    if len(codes) < 2 and not scope.languages:
        return []
    return sorted(((code, language_words(code)) for code in codes), key=lambda one: (not one[0], one[1]))


def table_html(documents: Sequence[DocumentSummary], scope: Scope, asked: int, question: str) -> str:
    """The panel that asks each document by itself.

    Args:
        documents: all of them.
        scope: the documents to ask.
        asked: how many these are.
        question: what stands in its field.
    """
    return render(
        "table.html",
        question=question,
        scope=scope,
        filter=ScopeNames.of(scope, documents).fields,
        taken=asked,
        count=len(documents),
    )


def matching_documents(documents: Sequence[DocumentSummary], find: str) -> list[DocumentSummary]:
    """The documents whose title, publisher, date and name contain all words of a search."""
    wanted = frozenset(find.casefold().split())

    def says_all(document: DocumentSummary) -> bool:
        said = f"{document.title} {document.publisher or ''} {document.published or ''} {document.id}".casefold()
        return all(word in said for word in wanted)

    return [document for document in documents if says_all(document)]


def scope_html(scope: Scope, documents: Sequence[DocumentSummary], asked: int) -> str:
    """The line above the question's field that names the documents to ask, and how many, unless that is all of them."""
    if not scope:
        return ""
    return render("scope.html", scope=scope, taken=asked, count=len(documents), chips=_chips(scope, documents))


def _chips(scope: Scope, documents: Sequence[DocumentSummary]) -> list[tuple[str, dict[str, list[str]]]]:
    """Each part of a filter in words, with the fields that stay if it is taken away."""
    parts = [
        (name or gettext("publisher unknown"), replace(scope, publishers=scope.publishers - {name}))
        for name in sorted(scope.publishers)
    ]
    for name in sorted(scope.collections):
        rest = replace(scope, collections=scope.collections - {name})
        words = gettext("collection {name}").format(name=name) if name else gettext("no collection")
        parts.append((words, rest))
    for code in sorted(scope.languages):
        parts.append((language_words(code), replace(scope, languages=scope.languages - {code})))
    if scope.since:
        words = gettext("from {date}").format(date=date_words(scope.since))
        parts.append((words, replace(scope, since="")))
    if scope.until:
        words = gettext("to {date}").format(date=date_words(scope.until))
        parts.append((words, replace(scope, until="")))
    if scope.as_of:
        words = gettext("as of {date}").format(date=date_words(scope.as_of))
        parts.append((words, replace(scope, as_of="")))
    if scope.documents:
        titles = [one.title for one in documents if one.id in scope.documents]
        several = gettext("{count} documents").format(count=len(scope.documents))
        words = titles[0] if len(titles) == 1 else several
        parts.append((words, replace(scope, documents=frozenset())))
    return [(words, rest.fields) for words, rest in parts]


def uploads_html(batch: UploadBatch) -> str:
    """The progress of uploaded files."""
    return render("uploads.html", items=batch.items, done=batch.done)


def welcome_html(
    documents: Sequence[DocumentSummary] | None,
    loading: bool = False,
    preparing: bool = False,
    error: str = "",
    examples: Sequence[str] = (),
) -> str:
    """The empty conversation: what the library contains, and example questions.

    Args:
        documents: its documents, or None while it is being opened.
        loading: whether the model is still loading, so that answers compare words only.
        preparing: whether it is being prepared for this machine.
        error: the reason why the library can't be opened.
        examples: questions that these documents answer.
    """
    return render(
        "welcome.html",
        documents=None if documents is None else documents[:WELCOMED],
        count=len(documents or ()),
        loading=loading,
        preparing=preparing,
        error=error,
        examples=examples,
    )


def message_html(title: str, message: str, kind: str = "error") -> str:
    """One sentence in place of the content: an `error`, or a `note` while it is loading."""
    return render("panel_message.html", title=title, message=message, kind=kind)


def conversations_html(
    conversations: Sequence[Conversation], total: int, current: str | None, find: str, deleted: DeletedItem | None
) -> str:
    """The user's earlier conversations.

    Args:
        conversations: the listed ones, newest first.
        total: the number of all.
        current: the id of the one on the page.
        find: the words of the search.
        deleted: what was just deleted.
    """
    return render(
        "conversations.html", conversations=conversations, total=total, current=current, find=find, deleted=deleted
    )

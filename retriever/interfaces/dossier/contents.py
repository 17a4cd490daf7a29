"""The pins of a case file with what has become of their sources, as every form shows them.

In: a case file's pins, and the documents. Out: `ShownPin`s. One decision: each quote is compared with its document once
more. What has changed or is gone is said beside the quote, which stays as it was pinned.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ...assistant import Assistant
from ...casefile.dossiers import FIRST_NAME
from ...casefile.records import CaseFile, OpenPoint, Pin, PinnedQuote
from ...check.draft import CASE_FILE
from ...citing.names import CitationStyle
from ...citing.styles import cite
from ...errors import CaseFileError, DocumentUnknown
from ...records import Document, Span
from ...text.calendar import date_words
from ..citations import cited_document
from ..html.source import NEAR, Link, Source
from ..html.templating import published, publisher_words
from ..translation.catalogue import gettext, gettext_noop
from ..translation.sentences import translated

ERASED = "These words were erased, together with their document."
WITHHELD = "This quote is of a document that this account may not see."


class PinState(StrEnum):
    """What has become of a pinned quote's source."""

    HERE = "here"
    MOVED = "moved"
    CHANGED = "changed"
    GONE = "gone"
    ERASED = "erased"
    WITHHELD = "withheld"


STATE_WORDS = {
    PinState.HERE: "",
    PinState.MOVED: gettext_noop("the document has changed since, and still has these words"),
    PinState.CHANGED: gettext_noop("the document has changed since, and no longer has these words"),
    PinState.GONE: gettext_noop("the document is no longer in the library"),
    PinState.ERASED: ERASED.rstrip("."),
    PinState.WITHHELD: WITHHELD.rstrip("."),
}
"""For people; empty where nothing has happened."""


@dataclass(frozen=True, slots=True)
class ShownPin:
    """A pin as a case file shows it.

    Attributes:
        place: its place in the case file, from 1.
        pin: the pin.
        state: what has become of its source.
        span: where its words stand now; None if they don't.
        document: its document as it is now; None if it is gone.
        origin: publisher, title, date and place, for people.
        note: its citation, as a footnote.
        reference: the entry of the bibliography, where the style has one.
        excerpt: what stands before and after its words; None if that is unknown.
    """

    place: int
    pin: Pin
    state: PinState
    span: Span | None = None
    document: Document | None = None
    origin: str = ""
    note: str = ""
    reference: str = ""
    excerpt: tuple[str, str] | None = None

    @property
    def quote(self) -> PinnedQuote | None:
        """Its words as they were pinned; None if they were erased or are withheld."""
        return None if self.state is PinState.WITHHELD else self.pin.quote

    @property
    def words(self) -> str:
        """Its words; a sentence if they were erased or are withheld."""
        return self.quote.words if self.quote else f"{STATE_WORDS[self.state]}."

    @property
    def link(self) -> Link | None:
        """The end of the page's address that opens its document at its words, or where an earlier version had them."""
        if self.document is None or self.quote is None:
            return None
        if self.span:
            return Link.over(self.document.text, self.span)
        return Link.at(self.quote.words, self.quote.start)

    @property
    def evidence(self) -> str:
        """The document's id, the place of its words and the digest when it was pinned; and what is new since."""
        return "; ".join(filter(None, (self.pinned_at, self.since)))

    @property
    def pinned_at(self) -> str:
        """The document's id, the place of its words and the digest when it was pinned; empty if it has no words."""
        quote = self.quote
        if quote is None:
            return ""
        return f"{quote.document_id}, characters {quote.start}-{quote.end}; SHA-256 {quote.sha256}"

    @property
    def since(self) -> str:
        """What has happened to its document since, and where the words are now; empty if nothing has."""
        if self.quote is None or self.state is PinState.HERE:
            return ""
        now = ""
        if self.state is PinState.MOVED and self.span and self.document:
            now = f": characters {self.span[0]}-{self.span[1]}; SHA-256 {self.document.sha256}"
        return STATE_WORDS[self.state] + now


@dataclass(frozen=True, slots=True)
class Dossier:
    """A case file with everything that is shown of it.

    Attributes:
        file: the case file.
        pins: in their order.
        points: what is missing.
        style: of its citations; None if they are not needed.
    """

    file: CaseFile
    pins: tuple[ShownPin, ...]
    points: tuple[OpenPoint, ...]
    style: CitationStyle | None = None

    @property
    def title(self) -> str:
        """Its heading: `Case file: The wall`."""
        return FIRST_NAME if self.file.name == FIRST_NAME else f"{CASE_FILE}{self.file.name}"

    def count(self, state: PinState) -> int:
        """How many pins have a state."""
        return sum(one.state is state for one in self.pins)

    @property
    def references(self) -> list[str]:
        """The bibliography: one entry for each source, in the order of the letters."""
        entries = {one.reference for one in self.pins if one.reference}
        return sorted(entries, key=lambda entry: "".join(filter(_is_sorted, entry)).casefold())

    @property
    def remarks(self) -> list[str]:
        """What its reader must know of its sources, a sentence each."""
        counts = (
            (self.count(state), STATE_WORDS[state]) for state in (PinState.MOVED, PinState.CHANGED, PinState.GONE)
        )
        return [f"{count} {'quotes' if count != 1 else 'quote'}: {words}." for count, words in counts if count]


def dossier_of(
    assistant: Assistant,
    file: CaseFile,
    pins: Sequence[Pin],
    points: Sequence[OpenPoint],
    style: CitationStyle | None = None,
    hidden: Collection[str] = (),
    reader: str | None = None,
) -> Dossier:
    """Look up what a case file's pins have become.

    Args:
        assistant: has the documents that its reader may see.
        file: the case file.
        pins: in their order.
        points: what is missing.
        style: cite in it; None: name each source as the page does.
        hidden: ids of documents that its reader may not see.
        reader: the account that reads it; None: its owner.
    """
    is_own = reader is None or reader == file.owner
    sources: dict[str, Source | None] = {}
    shown = []
    for place, pin in enumerate(pins, start=1):
        if pin.quote is None:
            shown.append(ShownPin(place, pin, PinState.ERASED))
            continue
        document_id = pin.quote.document_id
        if document_id not in sources:
            try:
                sources[document_id] = Source.load(assistant, document_id)
            except DocumentUnknown:
                sources[document_id] = None
        if document_id in hidden or (sources[document_id] is None and not is_own):  # it may have been hidden
            shown.append(ShownPin(place, pin, PinState.WITHHELD))
            continue
        shown.append(_shown(assistant, place, pin, pin.quote, sources[document_id], style))
    return Dossier(file, tuple(shown), tuple(points), style)


def quote_at(assistant: Assistant, document_id: str, span: Span, question: str = "") -> PinnedQuote:
    """Some characters of a document, to be pinned.

    Raises:
        DocumentUnknown: no document has that id.
        CaseFileError: it has no such characters, or they are no words.
    """
    document = assistant.document(document_id)
    start, end = span
    if not 0 <= start < end <= len(document.text):
        raise CaseFileError(f"{document_id} has {len(document.text):,} characters; there is no {start}:{end}.")
    words = document.text[start:end]
    start += len(words) - len(words.lstrip())
    end -= len(words) - len(words.rstrip())
    if start >= end:
        raise CaseFileError(f"{document_id} has no words at {span[0]}:{span[1]}.")
    return PinnedQuote(
        document_id=document.id,
        start=start,
        end=end,
        words=document.text[start:end],
        title=document.title,
        publisher=document.publisher,
        published=document.published,
        sha256=document.sha256,
        page=document.page_at(start),
        question=question,
    )


def find_words(assistant: Assistant, document_id: str, words: str) -> Span:
    """Where words stand in a document.

    Raises:
        DocumentUnknown: no document has that id.
        CaseFileError: they don't stand there, or at several places.
    """
    text = assistant.document(document_id).text
    if not words.strip():
        raise CaseFileError("There are no words to pin; copy some from the document.")
    start = text.find(words)
    if start < 0:
        raise CaseFileError(f"{document_id} does not have these words; `ibid show {document_id}` prints its text.")
    if text.find(words, start + 1) >= 0:
        raise CaseFileError(f"{document_id} has these words at several places; name the place with --quote START:END.")
    return start, start + len(words)


def _shown(
    assistant: Assistant,
    place: int,
    pin: Pin,
    quote: PinnedQuote,
    source: Source | None,
    style: CitationStyle | None,
) -> ShownPin:
    if source is None:
        return ShownPin(place, pin, PinState.GONE, origin=_as_pinned(quote), note=f"{_as_pinned(quote)}.")
    document = source.document
    state, span = _state(document, quote)
    if span is None:
        return ShownPin(place, pin, state, None, document, _as_pinned(quote), f"{_as_pinned(quote)}.")
    origin, note, reference = _named(source, span), "", ""
    if style is not None:
        citation = cite(cited_document(assistant, document.id, span), style)
        note, reference = citation.note, citation.reference
    return ShownPin(place, pin, state, span, document, origin, note, reference, _around(document.text, span))


def _state(document: Document, quote: PinnedQuote) -> tuple[PinState, Span | None]:
    is_same = document.sha256 == quote.sha256
    if document.text[quote.start : quote.end] == quote.words:
        return PinState.HERE if is_same else PinState.MOVED, (quote.start, quote.end)
    start = document.text.find(quote.words)
    if start < 0:
        return PinState.CHANGED, None
    return PinState.MOVED, (start, start + len(quote.words))


def _as_pinned(quote: PinnedQuote) -> str:
    """A source that is not there now, as it was named: without quotation marks, as its title is no quotation."""
    page = f"page {quote.page}" if quote.page else ""
    return ", ".join(filter(None, (quote.publisher or "", quote.title, date_words(quote.published), page)))


def _named(source: Source, span: Span) -> str:
    document = source.document
    publisher = publisher_words(document.publisher, document.known.get("publisher"))
    page = document.page_at(span[0])
    number = next((one.number for one in source.paragraphs if one.number and one.start <= span[0] < one.end), None)
    place = translated(f"{source.page_name} {page}") if page else ""
    if number and not page:
        place = gettext("paragraph {number}").format(number=number)
    return ", ".join(filter(None, (publisher, document.title, published(document), place)))


def _around(text: str, span: Span) -> tuple[str, str]:
    """What stands before and after some words, in whole words."""
    before, after = text[max(span[0] - NEAR, 0) : span[0]], text[span[1] : span[1] + NEAR]
    if span[0] > NEAR:
        before = f"…{before[before.find(' ') + 1 :]}"
    if span[1] + NEAR < len(text):
        after = f"{after[: after.rfind(' ') + 1].rstrip()}…"
    return before, after


def _is_sorted(character: str) -> bool:
    return character.isalnum() or character == " "

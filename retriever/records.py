"""The data classes that the parts of Ibid hand to each other.

Positions are counted in characters (Unicode code points) of `Document.text`, the end excluded.
"""

import hashlib
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from .errors import PageUnknown, ReadingError
from .talk import AnswerKind, Overview

Span = tuple[int, int]

RowStart = tuple[int, int]
"""Where a row of a table starts in a text, and its number in the table, from 1."""

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


class Provenance(StrEnum):
    """Where a document's title, author, publisher or date comes from."""

    TEXT = "text"
    METADATA = "metadata"
    INFERRED = "inferred"
    USER = "user"
    UNKNOWN = "unknown"


class Origin(StrEnum):
    """Where words come from."""

    TEXT = "text"
    OCR = "ocr"


READ_FROM_PICTURE = "read from a picture"
"""What is said of words that come from OCR."""


class Verdict(StrEnum):
    """What an answer claims of its first quote."""

    CLEAR = "clear"
    UNSURE = "unsure"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Document:
    """One text with its origin.

    Attributes:
        id: path relative to its collection, `/` between the parts.
        title: as the document or its `sources.toml` gives it, else made from the file's name.
        text: the whole text, unchanged; every position in Ibid counts its characters.
        source: where it was read from: a path or an address.
        media_type: e.g. `text/plain`.
        publisher: who published it, or None when unknown.
        published: ISO 8601 date, perhaps reduced (`2022-04-22`, `2022-04`, `2022`), or None when unknown.
        known: where `title`, `author`, `publisher` and `published` come from.
        pages: where each page, slide or sheet starts in `text`; empty for a text without pages.
        sha256: hexadecimal digest of the file's bytes.
        author: who wrote it, or None when unknown.
        language: BCP 47 tag, as the file gives it, or None.
        link: the address that the file gives for itself, or None.
        headings: spans of its headings, ascending; None if the text must tell.
        furniture: spans of what belongs to the page and not to what is written on it, ascending; None as before.
        rows: the rows of its tables, ascending; a row without text is left out, but counted.
        warnings: what its user should know of how its file was read, such as what was not read; one sentence each.
        word_boxes: where its words stand on its pages, as `reading.geometry.WordBoxes` packs it; empty if unknown.
        collection: the name of the library's collection that it belongs to; empty for the one without a name.
    """

    id: str
    title: str
    text: str
    source: str
    media_type: str
    sha256: str
    publisher: str | None = None
    published: str | None = None
    known: Mapping[str, Provenance] = field(default_factory=dict)
    pages: tuple[int, ...] = ()
    author: str | None = None
    language: str | None = None
    link: str | None = None
    headings: tuple[Span, ...] | None = None
    furniture: tuple[Span, ...] | None = None
    rows: tuple[RowStart, ...] = ()
    warnings: tuple[str, ...] = ()
    word_boxes: bytes = field(default=b"", repr=False)
    collection: str = ""

    @classmethod
    def from_text(
        cls,
        document_id: str,
        text: str,
        *,
        title: str | None = None,
        publisher: str | None = None,
        published: str | None = None,
        link: str | None = None,
        collection: str = "",
    ) -> "Document":
        """Make a document of a text that is in memory, for `Assistant.add`.

        Args:
            document_id: its name in the library; another document of the same id is replaced.
            text: the whole text.
            title: its title; the id if there is none.
            publisher: who published it.
            published: ISO 8601 date, perhaps reduced.
            link: its address.
            collection: the collection that it belongs to; empty: what it replaces decides, else none.

        Raises:
            ReadingError: the date is not one.
        """
        if published is not None and not _DATE.fullmatch(published):
            raise ReadingError(f"{published!r} is not a date; write 2022-04-22, 2022-04 or 2022.")
        given = {"title": title, "publisher": publisher, "published": published}
        return cls(
            id=document_id,
            title=title or document_id,
            text=text,
            source=document_id,
            media_type="text/plain",
            sha256=hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest(),
            publisher=publisher,
            published=published,
            known={name: Provenance.METADATA if value else Provenance.UNKNOWN for name, value in given.items()},
            link=link,
            collection=collection,
        )

    def page_at(self, position: int) -> int | None:
        """Number, from 1, of the page that a character stands on; None for a text without pages."""
        return page_at(self.pages, position)

    def text_of_page(self, page: int) -> str:
        """The text of a page, slide or sheet, by its number from 1.

        Raises:
            PageUnknown: the text has no such page.
        """
        if not 1 <= page <= len(self.pages):
            has = f"{len(self.pages):,} pages" if self.pages else "no pages"
            raise PageUnknown(f"{self.id} has {has}; there is no page {page}.")
        end = self.pages[page] if page < len(self.pages) else len(self.text)
        return self.text[self.pages[page - 1] : end].rstrip()


def page_at(pages: Sequence[int], position: int) -> int | None:
    """Number, from 1, of the page that a character stands on, by where the pages start; None without pages."""
    return max(1, bisect_right(pages, position)) if pages else None


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document: whole sentences under one heading, or a piece of page furniture.

    Attributes:
        document_id: the document's id.
        start: first character in `Document.text`.
        end: one past the last character.
        heading: the heading it stands under, or None.
        page: page number, counted from 1, or None for a text without pages.
        furniture: whether it belongs to the page (adverts, teasers, share buttons), not to the article.
        sentences: start and end in `Document.text` of each sentence, in order; empty for furniture.
        rows: for each sentence the number of its table's row, 0 for one outside of a table; empty if no sentence
            stands in a table.
    """

    document_id: str
    start: int
    end: int
    heading: str | None = None
    page: int | None = None
    furniture: bool = False
    sentences: tuple[tuple[int, int], ...] = ()
    rows: tuple[int, ...] = ()

    @property
    def row_range(self) -> tuple[int, int] | None:
        """The first and the last row of its table, or None if it holds no row."""
        return row_range(self.rows)

    @property
    def location(self) -> str:
        """The place, for people: `talks-2022.txt:1204-1389`."""
        return f"{self.document_id}:{self.start}-{self.end}"


def row_range(rows: Iterable[int]) -> tuple[int, int] | None:
    """The first and the last of some rows, 0 for what is not in a row; None if there is no row."""
    numbers = [row for row in rows if row]
    return (min(numbers), max(numbers)) if numbers else None


def inferred_of(known: Mapping[str, Provenance]) -> tuple[str, ...]:
    """Which of publisher and date a document doesn't say itself."""
    return tuple(name for name in ("publisher", "published") if known.get(name) is Provenance.INFERRED)


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """One line of the library's list: a document without its text.

    Attributes:
        characters: length of the text.
        passages: how many passages can be found, furniture not counted.
        warnings: as for `Document`.
        author: as for `Document`.
        collection: as for `Document`.
        language: ISO 639-1 code of the language that its text is in, or that its file names; None if it is not known.
    """

    id: str
    title: str
    publisher: str | None
    published: str | None
    known: Mapping[str, Provenance]
    media_type: str
    characters: int
    passages: int
    sha256: str
    source: str
    warnings: tuple[str, ...] = ()
    author: str | None = None
    collection: str = ""
    language: str | None = None

    @property
    def inferred(self) -> tuple[str, ...]:
        """Which of publisher and date it doesn't say itself."""
        return inferred_of(self.known)


@dataclass(frozen=True, slots=True)
class CollectionSummary:
    """One line of the list of collections.

    Attributes:
        name: its name; empty for the documents that belong to no named collection.
        documents: how many documents it has.
        members: the accounts that may see it, in the order of their names; None: everybody.
    """

    name: str
    documents: int
    members: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """Why a passage came up.

    Attributes:
        dense_rank: rank by meaning, counted from 1; None if it was not among the candidates.
        lexical_rank: rank by words, counted from 1; None if no word matched.
        matched: the question's words that stand in the passage, as the passage spells them.
    """

    dense_rank: int | None
    lexical_rank: int | None
    matched: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that a search found.

    Attributes:
        number: the passage's number in the library.
        passage: the passage.
        text: its words, `Document.text[passage.start:passage.end]` when it was indexed.
        score: fused score, 0..1, higher is better; comparable within one search only.
        why: its ranks in each arm.
        origin: whether any of its words was read from a picture; told for the hits of `Assistant.search`.
    """

    number: int
    passage: Passage
    text: str
    score: float
    why: Why
    origin: Origin = Origin.TEXT


@dataclass(frozen=True, slots=True)
class Copy:
    """Where else the words of a quote stand: in a document that is a near-copy of the quote's own.

    Attributes:
        start: first character in that document's text.
        end: one past the last.
    """

    document_id: str
    start: int
    end: int
    title: str
    publisher: str | None
    published: str | None


class ContextKind(StrEnum):
    """What a source does with words that it doesn't simply state."""

    DENIAL = "denial"
    QUESTION = "question"
    HYPOTHESIS = "hypothesis"
    QUOTATION = "quotation"


@dataclass(frozen=True, slots=True)
class Context:
    """What stands around words in their document, and makes them other than the document's own statement.

    Attributes:
        kinds: what the document does with them.
        speaker: whose words they are, as the document names him; None if it does not, or they are its own.
        cue: start and end in the document's text of the words that tell so.
        before: the five words before them in the document.
        after: the five words after them.
    """

    kinds: tuple[ContextKind, ...]
    speaker: str | None
    cue: Span | None
    before: str
    after: str

    def moved(self, distance: int) -> "Context":
        """The same context, its places counted from a place that lies this many characters before."""
        cue = (self.cue[0] + distance, self.cue[1] + distance) if self.cue else None
        return replace(self, cue=cue)


@dataclass(frozen=True, slots=True)
class Quote:
    """A slice of a document that is shown as evidence: one sentence or a few adjacent ones.

    Attributes:
        text: `Document.text[start:end]`, checked before it is shown.
        highlight: start and end inside `text` of the part that answers, or None when unsure.
        confidence: probability, 0..1, that this quote answers the question.
        as_of: ISO 8601 date, perhaps reduced, or interval (`2021-10/2022-03`): the time it speaks of; else its
            document's date; None if neither is known.
        copies: the same words in copies of its document, which are not quoted again.
        inferred: which of `publisher` and `published` its document doesn't say itself.
        sheet: the name of the sheet that it stands on, in a workbook.
        rows: the first and the last row of its table, from 1, or None if it stands in none.
        origin: whether any of its words was read from a picture.
        doubtful: start and end inside `text` of words that were read from a picture and are unsure, ascending.
        page_label: the printed number of its page, such as `iv`, if that is not `page`.
        context: what its document does with the words that answer, if it doesn't simply state them; else None.
        language: of its document, as an ISO 639-1 code; None if that is not known.
        is_earlier: whether it is from a version of its document that was not the newest when this was asked.
    """

    document_id: str
    start: int
    end: int
    text: str
    title: str
    publisher: str | None
    published: str | None
    page: int | None
    heading: str | None
    highlight: tuple[int, int] | None
    confidence: float
    why: Why
    as_of: str | None = None
    copies: tuple[Copy, ...] = ()
    inferred: tuple[str, ...] = ()
    sheet: str | None = None
    rows: tuple[int, int] | None = None
    origin: Origin = Origin.TEXT
    doubtful: tuple[Span, ...] = ()
    page_label: str | None = None
    context: Context | None = None
    language: str | None = None
    is_earlier: bool = False

    def place(self, page_name: str = "page") -> str:
        """Where it stands, for people: `page 3`, `Sheet Roof, row 7`, `page 3, read from a picture`; may be empty.

        Args:
            page_name: what a page is called in its document.
        """
        page = f"{page_name} {self.page}" if self.page else ""
        page += f" (printed “{self.page_label}”)" if page and self.page_label else ""
        seen = READ_FROM_PICTURE if self.origin is Origin.OCR else ""
        if self.rows is None:
            return ", ".join(filter(None, (page, seen)))
        first, last = self.rows
        row = f"row {first}" if first == last else f"rows {first} to {last}"
        return ", ".join(filter(None, (f"Sheet {self.sheet}" if self.sheet else page, row, seen)))

    @property
    def speaks_of(self) -> str | None:
        """The time it speaks of, where that says more than the date of its document."""
        return None if (self.published or "").startswith(self.as_of or "") else self.as_of


class DifferenceKind(StrEnum):
    """How sources that name different values for the same thing stand to each other."""

    CONFLICT = "conflict"
    LATER = "later"
    ROUNDING = "rounding"


@dataclass(frozen=True, slots=True)
class Difference:
    """Quotes (by position in the answer) that name different values for the same thing.

    Attributes:
        quotes: one for each value.
        values: as the quotes have them, in the same order; of kind `later`, in the order of time.
        kind: whether they contradict each other, follow on each other, or round each other.
        sources: for each value, the positions of all quotes that give it, its own first.
    """

    quotes: tuple[int, ...]
    values: tuple[str, ...]
    kind: DifferenceKind = DifferenceKind.CONFLICT
    sources: tuple[tuple[int, ...], ...] = ()

    @property
    def by_value(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """Each value with the positions of all quotes that give it, the best first."""
        sources = self.sources or tuple((position,) for position in self.quotes)
        return tuple(zip(self.values, sources, strict=True))

    def moved(self, move: Callable[[int], int]) -> "Difference":
        """The same difference, its positions counted in another list of quotes."""
        sources = tuple(tuple(map(move, group)) for group in self.sources)
        return replace(self, quotes=tuple(map(move, self.quotes)), sources=sources)


@dataclass(frozen=True, slots=True)
class Agreement:
    """What several sources say of the same thing, quotes named by their position in the answer."""

    same: tuple[tuple[int, ...], ...] = ()
    differing: tuple[Difference, ...] = ()

    def moved(self, move: Callable[[int], int]) -> "Agreement":
        """The same agreement, its positions counted in another list of quotes."""
        return Agreement(
            tuple(tuple(sorted(map(move, group))) for group in self.same),
            tuple(one.moved(move) for one in self.differing),
        )


@dataclass(frozen=True, slots=True)
class Covers:
    """What the library does cover, said with a refusal.

    Attributes:
        nearest: title and document id of the documents nearest to the question, best first.
        first_published: earliest date in the library, or None if no date is known.
        last_published: latest date in the library, or None.
    """

    nearest: tuple[tuple[str, str], ...]
    first_published: str | None
    last_published: str | None


@dataclass(frozen=True, slots=True)
class LibraryState:
    """Which library answered: counts and a digest over its documents and encoder."""

    documents: int
    passages: int
    digest: str


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds that each stage of one answer took."""

    encode: float
    search: float
    evidence: float
    total: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back for a question: quotes, or a refusal that says what the documents cover.

    Attributes:
        understood_as: the question as it was searched for, standing alone.
        quotes: best first; empty for a refusal (`verdict` absent).
        confidence: probability, 0..1, that the first quote answers; for a refusal, that the best one found would have.
        present: probability, 0..1, that the documents answer at all; decides a refusal; not part of the JSON contract.
        nearest: for a refusal, the best quotes found, which do not answer; not part of the JSON contract.
        left_out: how many of the library's documents were not asked; not part of the JSON contract.
        taken_as: how its words for a time were understood, where that hangs on the documents, a sentence each.
        used_turns: positions in the history of the turns that it was understood by; empty if it stands alone.
        other_readings: questions that it may as well be, standing alone; often empty.
        by_words: whether only words were compared, because the encoder was not ready; then it is never clear.
        covers: for a refusal, what the library holds; else None.
        kind: what was asked for: an answer of the documents, or something about them or the program.
        overview: what is said about the documents or the program; None for a question.
    """

    question: str
    understood_as: str
    verdict: Verdict
    confidence: float
    quotes: tuple[Quote, ...]
    agreement: Agreement
    covers: Covers | None
    library: LibraryState
    timings: Timings
    present: float = 0.0
    nearest: tuple[Quote, ...] = ()
    left_out: int = 0
    taken_as: tuple[str, ...] = ()
    kind: AnswerKind = AnswerKind.QUESTION
    overview: Overview | None = None
    used_turns: tuple[int, ...] = ()
    other_readings: tuple[str, ...] = ()
    by_words: bool = False

    @property
    def answered(self) -> bool:
        """Whether the answer gives quotes, whether it is sure of them or not."""
        return self.verdict is not Verdict.ABSENT

    @property
    def shown(self) -> tuple[Quote, ...]:
        """The quotes, or those of a refusal that do not answer."""
        return self.quotes or self.nearest


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier exchange of the chat.

    Attributes:
        question: as asked.
        answer: the words that answered it, or empty.
        shown: document id, start and end of each quote that was shown; not part of the JSON contract.
        understood_as: the question as it was understood, standing alone; empty if that is not known.
    """

    question: str
    answer: str
    shown: tuple[tuple[str, int, int], ...] = ()
    understood_as: str = ""

    @classmethod
    def of(cls, answer: Answer) -> "Turn":
        """The turn that an answer ends, for the history of the next question."""
        shown = tuple((quote.document_id, quote.start, quote.end) for quote in answer.quotes)
        return cls(answer.question, answer.quotes[0].text if answer.quotes else "", shown, answer.understood_as)

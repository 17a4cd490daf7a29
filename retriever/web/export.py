"""A conversation as a file for the user: Markdown to read, JSON for programs. `export_pages` writes HTML and Word.

In: a conversation, its turns, and the library's documents. Out: text that any editor and UTF-8 can hold. One decision:
each quote is compared with its document once more, because documents change. A quote that is no longer there is marked,
and gets no digest.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ..citing.names import CitationStyle
from ..citing.styles import cite
from ..errors import DocumentUnknown
from ..interfaces.citations import cited_quote
from ..interfaces.html.cards import NumberedQuote, difference_parts
from ..interfaces.html.source import DocumentProvider, Source
from ..interfaces.json_lines import as_json as answer_as_json
from ..interfaces.markdown_text import on_one_line, quoted
from ..interfaces.text import VERDICT_WORDS, difference_words, overview_lines, quote_context
from ..records import Answer, Covers, Quote
from ..text.calendar import date_words
from .conversations import Conversation, StoredTurn

_HALVES = re.compile(r"[\ud800-\udfff]")


class State(StrEnum):
    """What has happened to a document since it was quoted."""

    HERE = "here"
    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Sources:
    """The documents that a conversation quotes, by id, without removed ones."""

    by_id: Mapping[str, Source]
    style: CitationStyle | None = None

    @classmethod
    def load(
        cls, turns: Sequence[StoredTurn], documents: DocumentProvider, style: CitationStyle | None = None
    ) -> "Sources":
        """Fetch each quoted document once; they are cited in the style, or as the page names them."""
        taken = {}
        for document_id in {quote.document_id for kept in turns for quote in shown_quotes(kept)}:
            try:
                taken[document_id] = Source.load(documents, document_id)
            except DocumentUnknown:
                continue
        return cls(taken, style)

    def cited(self, item: NumberedQuote) -> str:
        """The source of a quote in the style; as the page names it without one, or where it is not there now."""
        quote = item.quote
        if self.style is None or self.state([quote]) is not State.HERE:
            parts = (item.publisher, f"“{quote.title}”", item.when, item.version, item.place, item.speaks_of)
            return ", ".join(filter(None, parts))
        citation = cite(cited_quote(self.by_id[quote.document_id], quote), self.style)
        needs_reference = citation.note.startswith("(") and citation.reference
        return f"{citation.note} {citation.reference}" if needs_reference else citation.note

    def state(self, quotes: Sequence[Quote]) -> State:
        """Whether a document still contains all the quotes from it."""
        source = self.by_id.get(quotes[0].document_id)
        if source is None:
            return State.GONE
        text = source.document.text
        stands = all(text[quote.start : quote.end] == quote.text for quote in quotes)
        return State.HERE if stands else State.CHANGED

    def numbered(self, quotes: Sequence[Quote]) -> list[NumberedQuote]:
        """The quotes as the page shows them; the place is empty if the quote is no longer there."""
        return [self._numbered(position, quote) for position, quote in enumerate(quotes)]

    def sha256(self, quotes: Sequence[Quote]) -> str | None:
        """The digest of a document that still contains all the quotes from it; else None."""
        here = self.state(quotes) is State.HERE
        return self.by_id[quotes[0].document_id].document.sha256 if here else None

    def _numbered(self, position: int, quote: Quote) -> NumberedQuote:
        if self.state([quote]) is not State.HERE:
            return NumberedQuote(position, quote, "", {})
        source = self.by_id[quote.document_id]
        return NumberedQuote(position, quote, source.place(quote), source.document.known)


def as_json(
    conversation: Conversation,
    turns: Sequence[StoredTurn],
    documents: DocumentProvider,
    style: CitationStyle | None = None,
) -> str:
    """Write a conversation for programs.

    Args:
        conversation: the conversation.
        turns: its turns, in order.
        documents: an assistant, or whatever holds documents.
        style: adds `citations`, one for each quote, to a turn.

    Returns:
        An object with `title`, `created`, `changed` (ISO 8601, UTC) and `turns`. A turn has the fields of
        `ask --json`, and `documents`: `id`, `title`, `publisher`, `published`, `state` and `sha256` of each quoted
        document, in the order of the quotes. A turn without an answer has `question` and `message`.
    """
    sources = Sources.load(turns, documents, style)
    fields = {
        "title": conversation.title,
        "created": conversation.created.isoformat(timespec="seconds"),
        "changed": conversation.changed.isoformat(timespec="seconds"),
        "turns": [_turn_fields(kept, sources) for kept in turns],
    }
    text = json.dumps(fields, ensure_ascii=False, indent=2)
    return _HALVES.sub(lambda half: f"\\u{ord(half[0]):04x}", text) + "\n"


def _turn_fields(kept: StoredTurn, sources: Sources) -> dict[str, object]:
    if isinstance(kept.reply, str):
        return {"question": kept.question, "message": kept.reply}
    documents = [_document_fields(quotes, sources) for quotes in _by_document(kept.reply.quotes)]
    citations = [sources.cited(item) for item in sources.numbered(kept.reply.quotes)] if sources.style else None
    return answer_as_json(kept.reply) | {"documents": documents} | ({"citations": citations} if citations else {})


def _by_document(quotes: Sequence[Quote]) -> list[list[Quote]]:
    grouped: dict[str, list[Quote]] = {}
    for quote in quotes:
        grouped.setdefault(quote.document_id, []).append(quote)
    return list(grouped.values())


def _document_fields(quotes: Sequence[Quote], sources: Sources) -> dict[str, object]:
    first = quotes[0]
    return {
        "id": first.document_id,
        "title": first.title,
        "publisher": first.publisher,
        "published": first.published,
        "state": sources.state(quotes).value,
        "sha256": sources.sha256(quotes),
    }


def as_markdown(
    conversation: Conversation,
    turns: Sequence[StoredTurn],
    documents: DocumentProvider,
    style: CitationStyle | None = None,
) -> str:
    """Write a conversation for reading.

    Args:
        conversation: the conversation.
        turns: its turns, in order.
        documents: an assistant, or whatever holds documents.
        style: of the citations; None: as the page names sources.

    Returns:
        CommonMark. The words of documents, questions and errors are plain text in it: no mark-up, image or link.
    """
    sources = Sources.load(turns, documents, style)
    blocks = [
        f"# {on_one_line(conversation.title)}",
        f"Asked of Ibid, {span_words(conversation.created, conversation.changed)}. Quotes are the documents’ "
        "own words; characters are counted from 0, the end excluded.",
    ]
    for kept in turns:
        blocks += [f"## {on_one_line(kept.question)}", *_reply_blocks(kept, sources)]
    return "\n\n".join(blocks) + "\n"


def _reply_blocks(kept: StoredTurn, sources: Sources) -> Iterator[str]:
    answer = kept.reply
    if isinstance(answer, str):
        yield on_one_line(answer)
        return
    if answer.understood_as != answer.question:
        yield f"Asked as: “{on_one_line(answer.understood_as)}”"
    yield from map(on_one_line, answer.taken_as)
    if answer.overview:
        yield from map(on_one_line, answer.overview.words)
    if VERDICT_WORDS[answer.verdict]:
        yield f"**{VERDICT_WORDS[answer.verdict]}**"
    if answer.covers and not answer.left_out:
        yield from _covers_blocks(answer.covers)
    quotes = sources.numbered(shown_quotes(kept))
    yield from _agreement_blocks(answer, quotes)
    for item in quotes:
        yield quoted(item.quote.text)
        yield _origin(item, sources)
    yield from (on_one_line(text) for text in overview_lines(answer.overview))
    asked = f", of which {answer.left_out} were not asked" if answer.left_out else ""
    yield f"Library: {answer.library.documents} documents{asked}, digest {on_one_line(answer.library.digest)}"


def _covers_blocks(covers: Covers) -> Iterator[str]:
    if covers.first_published:
        first, last = date_words(covers.first_published), date_words(covers.last_published)
        yield f"They date from {first}." if first == last else f"They date from {first} to {last}."
    if covers.nearest:
        named = (f"“{on_one_line(title)}” ({on_one_line(document_id)})" for title, document_id in covers.nearest)
        yield f"Nearest to the question: {', '.join(named)}"


def _agreement_blocks(answer: Answer, quotes: Sequence[NumberedQuote]) -> Iterator[str]:
    for difference in answer.agreement.differing:
        told = (
            f"{on_one_line(value)} ({on_one_line(named)})" for value, named, _ in difference_parts(difference, quotes)
        )
        yield f"{difference_words(difference)}: {', '.join(told)}"
    for group in answer.agreement.same:
        named = [str(position + 1) for position in group]
        yield f"Quotes {', '.join(named[:-1])} and {named[-1]} say the same."


def _origin(item: NumberedQuote, sources: Sources) -> str:
    """The origin and place of each quote: a list, numbered as on the page."""
    first, *others = origin_lines(item, sources)
    lines = [f"Quote {item.position + 1}: {first}", *others]
    return "\n".join(f"- {on_one_line(line)}" for line in lines)


def origin_lines(item: NumberedQuote, sources: Sources) -> list[str]:
    """Where a quote is from, in words; where it stands, in characters; and where else the same text stands."""
    quote = item.quote
    where = f"{quote.document_id}, characters {quote.start}-{quote.end}"
    standing = {
        State.HERE: f"SHA-256 {sources.sha256([quote])}",
        State.CHANGED: "the document has changed since, and no longer has the quote there",
        State.GONE: "the document is no longer in the library",
    }[sources.state([quote])]
    lines = [sources.cited(item), f"{where}; {standing}", *quote_context(quote)]
    for copy in quote.copies:
        at = f"{copy.document_id}, characters {copy.start}-{copy.end}"
        lines.append(f"The same text: {', '.join(filter(None, (copy.publisher, f'“{copy.title}”')))}, {at}")
    return lines


def shown_quotes(kept: StoredTurn) -> tuple[Quote, ...]:
    """The quotes of a turn; none if it has no answer."""
    return () if isinstance(kept.reply, str) else kept.reply.shown


def span_words(first: datetime, last: datetime) -> str:
    """A span of time without repeated parts: `22 April 2022, 07:15 to 07:20 UTC`."""
    day, last_day = (date_words(time.date().isoformat()) for time in (first, last))
    begun, ended = f"{first:%H:%M}", f"{last:%H:%M}"
    if day != last_day:
        return f"{day}, {begun} UTC to {last_day}, {ended} UTC"
    return f"{day}, {begun} UTC" if begun == ended else f"{day}, {begun} to {ended} UTC"

"""An answer as a card: a question with its quotes, as HTML. Pure functions, without Gradio."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlencode

from markupsafe import Markup, escape

from ...filters import EVERYTHING, Scope
from ...records import (
    READ_FROM_PICTURE,
    Answer,
    Copy,
    Difference,
    DocumentSummary,
    Origin,
    Provenance,
    Quote,
)
from ..scope_names import ScopeNames
from ..text import EARLIER_VERSION, VERDICT_WORDS, difference_words, named_sources, quote_context
from ..translation.catalogue import gettext, ngettext
from ..translation.formats import date_words, number
from ..translation.sentences import translated
from .printed import LinesPicture, pictures_of_lines
from .source import Link, Source
from .templating import labelled, published_words, publisher_words, render

CARD_STYLE = (Path(__file__).parent / "card.css").read_text(encoding="utf-8")
"""The style of an answer, and the colours of the page around it."""

_DOUBTFUL = Markup('<span class="doubtful" title="{}">{}</span>')

Parts = tuple[str, str, str]
"""Words before, in and after what answers."""
_LONGEST_KEPT = 16  # letters of a last word that stays on one line with its number; a phone's line has twenty


@dataclass(frozen=True, slots=True)
class NumberedQuote:
    """A quote as the page shows it.

    Attributes:
        position: its position in the answer.
        place: its place in the document, for people.
        known: where its document's publisher and date come from.
        gone: whether the document has been removed since.
        copies: other places with the same words, without removed documents.
        passage: what stands before and after it in its document.
        lines: the pictures of its lines, if it was read from a picture.
        author: of its document; empty where unknown.
        language: ISO 639-1 code of the document's language; None where unknown.
    """

    position: int
    quote: Quote
    place: str
    known: Mapping[str, Provenance]
    gone: bool = False
    copies: tuple[tuple[Copy, Link], ...] = ()
    passage: tuple[str, str] | None = None
    lines: tuple[LinesPicture, ...] = ()
    author: str = ""
    language: str | None = None

    @classmethod
    def of(
        cls, position: int, quote: Quote, sources: Mapping[str, Source], language: str | None = None
    ) -> "NumberedQuote":
        """A quote with the sources that are still in the library, which name it as they are corrected by now."""
        source = sources.get(quote.document_id)
        if source is None:
            return cls(position, quote, translated(quote.place()), {}, gone=True)
        copies = tuple((copy, _link(copy, sources)) for copy in quote.copies if copy.document_id in sources)
        place, passage, document = source.place(quote), source.around(quote), source.document
        fields = ("title", "publisher", "published")
        corrected = {name: getattr(document, name) for name in fields if document.known.get(name) is Provenance.USER}
        is_seen = quote.origin is Origin.OCR and document.text[quote.start : quote.end] == quote.text
        lines = pictures_of_lines(document, quote.start, quote.end) if is_seen else ()
        shown = replace(quote, **corrected)
        return cls(
            position,
            shown,
            place,
            document.known,
            copies=copies,
            passage=passage,
            lines=lines,
            author=document.author or "",
            language=language,
        )

    @property
    def publisher(self) -> str:
        """The publisher for people; empty where unknown."""
        return publisher_words(self.quote.publisher, self.known.get("publisher"))

    @property
    def publisher_inferred(self) -> bool:
        """Whether Ibid guessed the publisher."""
        return bool(self.quote.publisher) and self.known.get("publisher") is Provenance.INFERRED

    @property
    def original(self) -> tuple[Copy, Link] | None:
        """The copy that was published before the quote's own document; None if none is known to be."""
        ours = self.quote.published or ""
        dated = [(copy.published, copy, link) for copy, link in self.copies if copy.published and ours]
        earlier = [one for one in dated if one[0][: len(ours)] < ours[: len(one[0])]]
        return min(earlier, key=lambda one: one[0])[1:] if earlier else None

    @property
    def when(self) -> str:
        """The date for people; empty where unknown."""
        return published_words(self.quote.published, self.known.get("published"))

    @property
    def version(self) -> str:
        """Says that it is from an earlier version of its document; empty for the newest."""
        return gettext(EARLIER_VERSION) if self.quote.is_earlier else ""

    @property
    def speaks_of(self) -> str:
        """The time that it is about, if that says more than the date."""
        time = date_words(self.quote.speaks_of)
        return gettext("speaks of {time}").format(time=time) if time else ""

    @property
    def context(self) -> str:
        """What its document does with the words that answer; empty if it states them itself."""
        return "".join(quote_context(self.quote))

    @property
    def citation(self) -> str:
        """The quote with its origin, for a user to paste."""
        parts = (self.publisher, f"“{self.quote.title}”", self.when, self.version, self.place)
        return f"“{self.quote.text}” — {', '.join(part for part in parts if part)}."

    @property
    def link(self) -> str:
        """The end of the page's address that opens the source at this quote."""
        return f"#{urlencode({'document': self.quote.document_id, **Link.to(self.quote).fields})}"

    @property
    def parts(self) -> tuple[Parts, Parts]:
        """The text without its last word, and the last word, each split before and after the part that answers.

        The quote's number follows the last word on the same line.
        """
        text, mark = self.quote.text, self.quote.highlight
        last = max(text.rfind(" "), text.rfind("\n")) + 1
        if mark and mark[0] < last < mark[1] and len(text) - mark[0] <= _LONGEST_KEPT:
            last = mark[0]  # the marked part stays in one piece
        if len(text) - last > _LONGEST_KEPT:
            last = len(text)
        return self._parts(0, last), self._parts(last, len(text))

    def _parts(self, first: int, last: int) -> Parts:
        """Characters `first` to `last` of the text, split before and after the part that answers."""
        text = self.quote.text[:last]
        start, end = self.quote.highlight or (last, last)
        borders = (first, min(max(first, start), last), min(max(first, end), last), last)
        before, inside, after = (self._marked(text[:stop], begin) for begin, stop in pairwise(borders))
        return before, inside, after

    def _marked(self, text: str, first: int) -> str:
        """A text from a character on, with its doubtful words marked."""
        found = [(max(start, first), min(end, len(text))) for start, end in self.quote.doubtful]
        inside = [(start, end) for start, end in found if start < end]
        if not inside:
            return text[first:]
        shown, place = Markup(), first
        advice = gettext("Read from a picture, and unsure: compare it")
        for start, end in inside:
            shown += escape(text[place:start]) + _DOUBTFUL.format(advice, text[start:end])
            place = end
        return shown + escape(text[place:])


def turn_html(
    number: int,
    answer: Answer,
    sources: Mapping[str, Source],
    library: Sequence[DocumentSummary],
    scope: Scope = EVERYTHING,
    *,
    writes: bool = False,
) -> str:
    """One question with its answer.

    Args:
        number: the turn's position in the conversation, counted from 0.
        answer: the answer.
        sources: the sources of the quotes and their copies, by document id, without removed ones.
        library: every document, for the range of dates in a refusal.
        scope: the documents that were asked.
        writes: whether a language model may join the quotes.

    Returns:
        A list item with the question as its headline.
    """
    languages = {one.id: one.language for one in library}
    quotes = [
        NumberedQuote.of(position, quote, sources, languages.get(quote.document_id))
        for position, quote in enumerate(answer.shown)
    ]
    span = sorted((one for one in library if one.published and not answer.left_out), key=_published)
    asked = ScopeNames.of(scope, library).fields
    written_of = [
        {"document_id": one.quote.document_id, "start": one.quote.start, "end": one.quote.end} for one in quotes
    ]
    is_written = writes and answer.answered and answer.overview is None and not any(one.gone for one in quotes)
    values = _card_values(answer, quotes) | {"written_of": written_of if is_written else []}
    return render("turn.html", number=number, span=span, filter=asked, **values)


def notebook_html(answer: Answer) -> str:
    """An answer for a notebook: the page's card without its buttons, with its style."""
    quotes = [_without_source(position, quote) for position, quote in enumerate(answer.shown)]
    style = Markup(CARD_STYLE.replace(":root", "&"))  # noqa: S704 (our own file)
    return render("notebook.html", style=style, number=None, span=[], filter={}, **_card_values(answer, quotes))


def saved_turn_html(question: str, reply: Answer | str, quotes: Sequence[NumberedQuote]) -> str:
    """A question with its reply for a file: the page's card without its buttons.

    Args:
        question: as asked.
        reply: its answer, or the message in its place.
        quotes: those that the answer shows.
    """
    if isinstance(reply, str):
        return message_html(question, reply)
    return render("turn.html", number=None, span=[], filter={}, **_card_values(reply, quotes))


def _without_source(position: int, quote: Quote) -> NumberedQuote:
    """A quote without its source."""
    place = translated(quote.place()) or gettext("characters {start} to {end}").format(
        start=number(quote.start), end=number(quote.end)
    )
    return NumberedQuote(position, quote, place, dict.fromkeys(quote.inferred, Provenance.INFERRED))


def _card_values(answer: Answer, quotes: Sequence[NumberedQuote]) -> dict[str, object]:
    """The values that every card of an answer shows."""
    repeated = [position for group in answer.agreement.same for position in group[1:]]
    return {
        "answer": answer,
        "written_of": [],
        "quotes": quotes,
        "shown": [quote for quote in quotes if quote.position not in repeated],
        "also_in": also_in,
        "same": {group[0]: [quotes[position] for position in group[1:]] for group in answer.agreement.same},
        "differing": [
            (difference_words(difference, gettext), difference_parts(difference, quotes))
            for difference in answer.agreement.differing
        ],
        "groups": _groups(answer, quotes),
    }


def _groups(answer: Answer, quotes: Sequence[NumberedQuote]) -> list[tuple[str, list[object], list[NumberedQuote]]]:
    """The quotes of an overview by topic: its name, how its values differ, and its quotes."""
    if answer.overview is None or not quotes:
        return []
    topics = [(one.name, one.quotes) for one in answer.overview.topics] or [("", tuple(range(len(quotes))))]
    across = [one for one in answer.agreement.differing if not any(set(one.quotes) <= set(at) for _, at in topics)]
    groups: list[tuple[str, list[object], list[NumberedQuote]]] = []
    if across:  # the sources of a comparison
        groups.append(("", [(difference_words(one, gettext), difference_parts(one, quotes)) for one in across], []))
    for name, positions in topics:
        own = [one for one in answer.agreement.differing if set(one.quotes) <= set(positions)]
        told: list[object] = [(difference_words(one, gettext), difference_parts(one, quotes)) for one in own]
        groups.append((name, told, [quotes[at] for at in positions]))
    return groups


def _link(copy: Copy, sources: Mapping[str, Source]) -> Link:
    text = sources[copy.document_id].document.text
    return Link.over(text, (copy.start, copy.end))


def _published(document: DocumentSummary) -> str:
    return document.published or ""


def difference_parts(difference: Difference, quotes: Sequence[NumberedQuote]) -> list[tuple[str, str, NumberedQuote]]:
    """Each value, the sources that give it with their dates, and the first quote that has it."""
    return [
        (
            value,
            named_sources([quotes[each].quote for each in positions], difference.kind, date_words),
            quotes[positions[0]],
        )
        for value, positions in difference.by_value
    ]


def message_html(question: str, message: str, number: int | None = None) -> str:
    """A question that failed, with one clear sentence; `number` is the turn's, or None where nothing can be pressed."""
    return render("message.html", question=question, message=message, number=number)


def unread_html(question: str, quotes: Sequence[Quote]) -> str:
    """The likeliest passages for a question whose answer is still being read."""
    return render("unread.html", question=question, quotes=quotes)


def screen_reader_text(answer: Answer) -> str:
    """The words for a screen reader when an answer arrives: the first quote, and what other sources say."""
    if answer.overview and answer.overview.words:
        return " ".join(map(translated, answer.overview.words))
    if not answer.quotes:
        return translated(VERDICT_WORDS[answer.verdict])
    quotes = [NumberedQuote.of(position, quote, {}) for position, quote in enumerate(answer.quotes)]
    first, verdict = quotes[0], translated(VERDICT_WORDS[answer.verdict])
    seen = translated(READ_FROM_PICTURE) if first.quote.origin is Origin.OCR else ""
    origin = (first.quote.publisher, date_words(first.quote.published), first.version, first.speaks_of, seen)
    said = [verdict, first.quote.text, f"{', '.join(filter(None, origin))}."]
    said += [f"{also_in(len(group) - 1)}." for group in answer.agreement.same if group[0] == 0]
    for difference in answer.agreement.differing:
        told = (f"{value} ({named})" for value, named, _ in difference_parts(difference, quotes))
        said.append(f"{labelled(difference_words(difference, gettext), '; '.join(told))}.")
    return " ".join(filter(None, said))


def also_in(count: int) -> str:
    """The line that counts other sources with the same words."""
    return ngettext("Also in {num} other source", "Also in {num} other sources", count).format(num=count)

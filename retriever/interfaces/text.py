"""Records as plain text, for the terminal and for `print(as_text(record))`.

In: records. Out: lines of text, without colours. One decision: control characters of a document never reach a
terminal, because they could move its cursor.
"""

import re
import shlex
import textwrap
from collections.abc import Callable, Iterator, Sequence
from functools import singledispatch

from ..check.records import CheckReport
from ..ingest.editing import EDITABLE
from ..ingest.run import IndexReport
from ..language_names import language_name
from ..maintenance.verify import Finding
from ..records import (
    READ_FROM_PICTURE,
    Answer,
    Context,
    ContextKind,
    Copy,
    Difference,
    DifferenceKind,
    DocumentSummary,
    Hit,
    Origin,
    Provenance,
    Quote,
    Verdict,
)
from ..talk import NamedThing, Overview, OverviewDocument
from ..text.calendar import date_words
from ..timeline import MANY, Point, sections_of
from .translation.catalogue import gettext_noop

_UNFIT_FOR_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

LISTED = 20
"""Documents that an answer lists; `ibid list` prints all."""

LINE_WIDTH = 88
"""Characters of a printed line; longer ones are hard to read, and a narrow terminal breaks them."""

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202d\u202e]")
"""Characters that could move a terminal's cursor, change its colours or turn the order of letters around."""

VERDICT_WORDS = {
    Verdict.CLEAR: "",
    Verdict.UNSURE: gettext_noop("Not sure. The closest passages:"),
    Verdict.ABSENT: gettext_noop("These documents don’t say."),
}
"""The words above the quotes; none where the first quote answers clearly."""

CONTEXT_WORDS = {
    ContextKind.DENIAL: "inside a denial",
    ContextKind.QUESTION: "inside a question",
    ContextKind.HYPOTHESIS: "inside a supposition",
    ContextKind.QUOTATION: "inside a quotation",
}
"""What a document does with words that it doesn't state itself."""

EARLIER_VERSION = gettext_noop("earlier version")
"""Said of a quote from a version of its document that is not the newest."""

_SET_BY_USER = "{} set by you"

DIFFERENCE_WORDS = {
    DifferenceKind.CONFLICT: gettext_noop("Sources differ"),
    DifferenceKind.LATER: gettext_noop("Changed over time"),
    DifferenceKind.ROUNDING: gettext_noop("Roughly the same"),
}
"""The words before the values that differ."""


@singledispatch
def as_text(record: object) -> str:
    """Write a record as plain text for people.

    Args:
        record: an answer, a quote, a hit, a document summary, an index report, a finding, a point of a timeline, or
            the report of a checked draft.

    Raises:
        TypeError: there is no text for records of this type.
    """
    raise TypeError(f"There is no text for {type(record).__name__}.")


@as_text.register
def answer_text(answer: Answer, library: str | None = None) -> str:
    """Write an answer: the remarks, then the numbered quotes, as `ibid ask` prints them.

    Args:
        answer: the answer.
        library: what the user has named with `--library`, for advice.
    """
    quotes = (
        line
        for title, positions in quote_groups(answer)
        for line in (*title, *(_numbered_quote(position + 1, answer.quotes[position]) for position in positions))
    )
    return "\n".join([*answer_remarks(answer, library), *quotes, *overview_lines(answer.overview)])


@as_text.register
def quote_text(quote: Quote) -> str:
    """Write a quote above its origin."""
    return f"{wrap(f'“{quote.text}”')}\n{quote_origin(quote)}"


@as_text.register
def hit_text(hit: Hit) -> str:
    """Write the place of a passage above its words."""
    place = on_one_line(hit.passage.location) + _seen(hit.origin)
    return f"{place}\n{textwrap.indent(wrap(hit.text, LINE_WIDTH - 4), '    ')}"


def _seen(origin: Origin) -> str:
    return f"; {READ_FROM_PICTURE}" if origin is Origin.OCR else ""


@as_text.register
def document_text(document: DocumentSummary) -> str:
    """Write a document's id, title, author, origin, size, and what was not read. The origin says what is inferred."""
    author = f"by {document.author}" if document.author else None
    origin = ", ".join(filter(None, (author, *_publication(document), _set_by_user(document)))) or "origin unknown"
    passages = f"{document.passages} passage{'s' * (document.passages != 1)}"
    warnings = (wrap(warning, LINE_WIDTH - 4, "    ") for warning in document.warnings)
    collection = f"; in {document.collection}" if document.collection else ""
    language = f"; in {language_name(document.language)}" if document.language not in (None, "en") else ""
    lines = map(on_one_line, (document.id, document.title, f"{origin}; {passages}{language}{collection}"))
    return "\n    ".join((*lines, *warnings))


@as_text.register
def report_text(report: IndexReport) -> str:
    """Write the counts: `3 added, 0 replaced, 1 unchanged, 0 skipped`; moved and removed only if there are any."""
    counts = {name: len(getattr(report, name)) for name in ("added", "replaced", "unchanged", "skipped")}
    counts |= {name: count for name in ("moved", "removed") if (count := len(getattr(report, name)))}
    return ", ".join(f"{count} {name}" for name, count in counts.items())


@as_text.register
def finding_text(finding: Finding) -> str:
    """Write a finding of verification on one line."""
    return on_one_line(f"{finding.place}: {finding.problem}{' (repaired)' * finding.repaired}")


@as_text.register
def point_text(point: Point) -> str:
    """Write the time and the sentence of a timeline's point above its sources."""
    sources = (
        on_one_line(
            f"    {one.publisher or one.title}; {_place(one.document_id, one.start, one.end)}{_seen(one.origin)}"
        )
        for one in (point, *point.also)
    )
    return "\n".join([wrap(f"{point.time} {point.text}", indent="    "), *sources])


def timeline_lines(points: Sequence[Point]) -> Iterator[str]:
    """The lines of a timeline; where there are many points, with headings for years or months."""
    for time, those in sections_of(points).items():
        if len(points) > MANY:
            yield f"\n{date_words(time).removeprefix('the ')}\n"
        yield from map(as_text, those)


@as_text.register
def checked_text(report: CheckReport) -> str:
    """Write what checking a draft gave, as `ibid check` prints it."""
    from .check_text import check_text  # an answer does not need it

    return check_text(report)


def answer_remarks(answer: Answer, library: str | None = None) -> Iterator[str]:
    """Return the lines above an answer's quotes. A line that continues the line before begins with a space.

    Args:
        answer: the answer.
        library: what the user has named with `--library`, for advice.
    """
    if answer.understood_as != answer.question:
        yield f"Asked as: {answer.understood_as}"
    yield from (f"Or did you mean: {reading}" for reading in answer.other_readings)
    yield from answer.taken_as
    if answer.overview:
        yield from map(wrap, answer.overview.words)
    if not answer.answered:
        yield from _refusal(answer, library)
        return
    if VERDICT_WORDS[answer.verdict]:
        yield VERDICT_WORDS[answer.verdict]
    if answer.overview is None or not answer.overview.topics:
        yield from (_difference(difference, answer.quotes) for difference in answer.agreement.differing)
    topics = answer.overview.topics if answer.overview else ()
    yield from (_same(one) for one in answer.agreement.same if not any(set(one) <= set(each.quotes) for each in topics))


def quote_groups(answer: Answer) -> Iterator[tuple[tuple[str, ...], tuple[int, ...]]]:
    """The quotes in the order they are printed: the line above each group, or none, and positions."""
    topics = answer.overview.topics if answer.overview else ()
    if not topics:
        yield (), tuple(range(len(answer.quotes)))
        return
    differing = answer.agreement.differing
    across = [one for one in differing if not any(set(one.quotes) <= set(topic.quotes) for topic in topics)]
    if across:  # the sources of a comparison
        yield tuple(_difference(one, answer.quotes) for one in across), ()
    for topic in topics:
        own = (one for one in differing if set(one.quotes) <= set(topic.quotes))
        same = (_same(one) for one in answer.agreement.same if set(one) <= set(topic.quotes))
        yield (wrap(topic.name), *(_difference(one, answer.quotes) for one in own), *same), topic.quotes


def overview_lines(overview: Overview | None) -> Iterator[str]:
    """The lines below the quotes: what is named most, the documents, questions to ask."""
    if overview is None:
        return
    for sort, named in (("People", overview.people), ("Places", overview.places), ("Figures", overview.figures)):
        if named:
            yield wrap(f"{sort}: {', '.join(map(named_text, named))}")
    if not any(one.quotes for one in overview.documents):
        yield from (on_one_line(f"  {_listed(one)}") for one in overview.documents[:LISTED])
        if len(overview.documents) > LISTED:
            yield f"  and {len(overview.documents) - LISTED:,} more: ibid list"
    if overview.questions:
        yield from [] if overview.words and not overview.documents else ["You can ask:"]
        yield from (on_one_line(f"  {one}") for one in overview.questions)


def named_text(thing: NamedThing) -> str:
    """A name and how many sentences have it: `Joe Biden (7)`."""
    return f"{thing.name} ({thing.count})"


def _listed(document: OverviewDocument) -> str:
    origin = ", ".join(filter(None, _publication(document)))
    return f"{document.title}{f'; {origin}' if origin else ''}; {document.document_id}"


def quote_origin(quote: Quote) -> str:
    """Write the origin and place of a quote: `Reuters; Talks; 2022-04-20; talks.txt:12-40`."""
    publisher, published = _publication(quote)
    time = f"speaks of {quote.speaks_of}" if quote.speaks_of else None
    version = EARLIER_VERSION if quote.is_earlier else None
    place = _place(quote.document_id, quote.start, quote.end)
    parts = (publisher, quote.title, published, version, quote.place(), time, place)
    return on_one_line("; ".join(part for part in parts if part))


def quote_context(quote: Quote) -> list[str]:
    """What a quote's document does with the words that answer, a line; none if it states them itself.

    Who reports them is said only where the quote does not show it.
    """
    context = quote.context
    if context is None or not (context.kinds or (context.speaker and context.speaker not in quote.text)):
        return []
    return [on_one_line(context_words(context))]


def context_words(context: Context) -> str:
    """What the document does with words: `In the source: inside a denial, inside a quotation of Price`."""
    words = [CONTEXT_WORDS[kind] for kind in context.kinds]
    if context.speaker:
        words = [f"{each} of {context.speaker}" if each.endswith("quotation") else each for each in words]
        if ContextKind.QUOTATION not in context.kinds:
            words.append(f"according to {context.speaker}")
    return f"In the source: {', '.join(words)}"


def quote_copies(quote: Quote) -> list[str]:
    """List the near-copies of a quote's document that contain the same words, one per line."""
    return [on_one_line(_copy(copy)) for copy in quote.copies]


def on_one_line(text: str) -> str:
    """A text with a space in place of each control character, line ends included."""
    return CONTROL.sub(" ", text)


def for_terminal(text: str) -> str:
    """A text with a space in place of each control character, but with its lines and tabs."""
    return CONTROL.sub(lambda one: one[0] if one[0] in "\t\n" else " ", text)


def fit_for_xml(text: str) -> str:
    """A text with the sign for an unknown character in place of each that XML cannot hold."""
    return _UNFIT_FOR_XML.sub("\ufffd", text)


def wrap(text: str, width: int = LINE_WIDTH, indent: str = "") -> str:
    """Break a text into lines of at most `width` characters; `indent` comes before each line except the first."""
    return textwrap.fill(" ".join(on_one_line(text).split()), width, subsequent_indent=indent)


def _numbered_quote(number: int, quote: Quote) -> str:
    mark = f"{number}. "
    indent = " " * len(mark)
    words = wrap(f"{mark}“{quote.text}”", indent=indent)
    below = (quote_origin(quote), *quote_context(quote), *quote_copies(quote))
    return "\n".join([words, *(f"{indent}{line}" for line in below)])


def _publication(source: Quote | DocumentSummary | OverviewDocument) -> Sequence[str]:
    """Publisher and date, empty if unknown; `Reuters (inferred)`, `about 2022-04` if the document doesn't say it."""
    publisher, published = source.publisher or "", source.published or ""
    if publisher and "publisher" in source.inferred:
        publisher = f"{publisher} (inferred)"
    if published and "published" in source.inferred:
        published = f"about {published}"
    return publisher, published


def _set_by_user(document: DocumentSummary) -> str:
    """What the user has corrected of a document: `title and date set by you`; empty for nothing."""
    corrected = [name for name in EDITABLE if document.known.get(name) is Provenance.USER]
    return _SET_BY_USER.format(_join_names(corrected)) if corrected else ""


def _join_names(names: Sequence[str]) -> str:
    """Fields by their names for people: `title and date`."""
    words = ["date" if name == "published" else name for name in names]
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def _place(document_id: str, start: int, end: int) -> str:
    return f"{document_id}:{start}-{end}"


def _copy(copy: Copy) -> str:
    return f"the same text in {copy.publisher or copy.title}; {_place(copy.document_id, copy.start, copy.end)}"


def difference_words(difference: Difference, say: Callable[[str], str] = str) -> str:
    """The words before the values; of a conflict also how many sources give each: `Sources differ, 3 against 1`.

    Args:
        difference: how the sources differ.
        say: gives the words in another language.
    """
    words, against = say(DIFFERENCE_WORDS[difference.kind]), say(gettext_noop("against"))
    counts = [len(places) for _, places in difference.by_value]
    if difference.kind is not DifferenceKind.CONFLICT or max(counts) == 1:
        return words
    return f"{words}, {f' {against} '.join(map(str, counts))}"


def named_sources(
    quotes: Sequence[Quote], kind: DifferenceKind, words_of: Callable[[str | None], str] = date_words
) -> str:
    """Who gives a value, and when: `Selby Times, 3 March 2023`. Several sources are parted by semicolons.

    Args:
        quotes: all that give it, the best first.
        kind: of the difference; what changed over time was so at the time that its quote speaks of.
        words_of: writes a date for people.
    """
    times = [quote.published for quote in quotes]
    if kind is DifferenceKind.LATER:
        times = [quote.speaks_of or quote.published for quote in quotes]
    named = (
        ", ".join(filter(None, (quote.publisher or quote.title, words_of(time))))
        for quote, time in zip(quotes, times, strict=True)
    )
    return "; ".join(dict.fromkeys(named))


def _difference(difference: Difference, quotes: Sequence[Quote]) -> str:
    """List the sources of each value: `Sources differ: 12 crowns (1: The Ledger, 3 May 2023), 15 crowns (2: ...)`."""
    values = []
    for value, places in difference.by_value:
        named = named_sources([quotes[place] for place in places], difference.kind)
        values.append(f"{value} ({', '.join(str(place + 1) for place in places)}: {named})")
    return wrap(f"{difference_words(difference)}: {', '.join(values)}")


def _same(group: Sequence[int]) -> str:
    """Name the quotes that say the same: `1, 2 and 4 say the same.`."""
    return f"{', '.join(str(place + 1) for place in group[:-1])} and {group[-1] + 1} say the same."


def _refusal(answer: Answer, library: str | None) -> Iterator[str]:
    documents = answer.library.documents
    if not documents:
        option = f" --library {shlex.quote(library)}" if library else ""
        yield f"The library holds no documents; add some with: ibid index PATH{option}"
        return
    yield VERDICT_WORDS[answer.verdict]
    if answer.left_out >= documents:
        yield "No document fits the limits of the question."
    elif answer.left_out:
        yield f"Only {documents - answer.left_out} of {documents} were asked."
    if answer.covers and answer.covers.nearest:
        yield "The nearest that they cover:"
        yield from (on_one_line(f"  {title} ({document_id})") for title, document_id in answer.covers.nearest)

"""The report of a checked draft as plain text, and the words that every form of it uses.

In: a `CheckReport`. Out: lines. One decision: what is wrong comes with the difference in words, so that the draft can
be mended without opening the source.
"""

from collections.abc import Iterator

from ..check.records import Change, ChangeOf, CheckedQuotation, CheckReport, FoundPlace, Status, ValueRemark, WordChange
from .text import LINE_WIDTH, context_words, on_one_line, wrap
from .translation.catalogue import gettext, gettext_noop, ngettext

STATUS_WORDS = {
    Status.FOUND: gettext_noop("found"),
    Status.CHANGED: gettext_noop("changed"),
    Status.STITCHED: gettext_noop("stitched together"),
    Status.MISATTRIBUTED: gettext_noop("in another source"),
    Status.OUT_OF_CONTEXT: gettext_noop("out of context"),
    Status.NOT_IN_LIBRARY: gettext_noop("not in the library"),
    Status.CHANGED_SINCE: gettext_noop("changed since"),
}
"""What people read for each status."""

LONGEST_SHOWN = 240
"""Characters of a quotation in a list."""


def check_text(report: CheckReport) -> str:
    """Write the counts, then each quotation with its status, and the values that a source gives otherwise."""
    lines = [summary(report), *map(wrap, report.warnings)]
    for number, checked in enumerate(report.quotations, start=1):
        lines += ["", *quotation_lines(number, checked)]
    for remark in report.values:
        lines += ["", *value_lines(remark)]
    return "\n".join(lines)


def summary(report: CheckReport) -> str:
    """The counts in one line: `draft.md: 4 quotations; 3 found, 1 changed`."""
    count = len(report.quotations)
    if not count:
        said = gettext("no quotations")
    else:
        found = {gettext(words): report.count(status) for status, words in STATUS_WORDS.items()}
        told = (f"{number} {words}" for words, number in found.items() if number)
        counted = ngettext("{num} quotation", "{num} quotations", count).format(num=count)
        said = f"{counted}; {', '.join(told)}"
    values, more = len(report.values), ""
    if values:
        otherwise = ngettext(
            "{num} value that a source gives otherwise", "{num} values that a source gives otherwise", values
        )
        more = f"; {otherwise.format(num=values)}"
    return on_one_line(f"{report.draft}: {said}{more}")


def quotation_lines(number: int, checked: CheckedQuotation) -> Iterator[str]:
    """A quotation with its status, its differences and its place."""
    indent = " " * len(f"{number}. ")
    yield on_one_line(f"{number}. {draft_place(checked)}{STATUS_WORDS[checked.status]}")
    for line in (f"“{shortened(checked.quotation.text)}”", *remarks(checked)):
        yield indent + wrap(line, LINE_WIDTH - len(indent), f"{indent}  ")
    for line in place_lines(checked):
        yield f"{indent}{on_one_line(line)}"


def value_lines(remark: ValueRemark) -> Iterator[str]:
    """A value that a source gives otherwise, with both sentences."""
    yield wrap(f"“{remark.text}”: the source says “{remark.said}”")
    yield "   " + wrap(shortened(remark.sentence), LINE_WIDTH - 3, "   ")
    yield "   " + wrap(f"“{shortened(remark.place.text)}”", LINE_WIDTH - 3, "   ")
    yield f"   {on_one_line(place_words(remark.place))}"


def comments(report: CheckReport) -> list[tuple[str, str]]:
    """What has to be mended, as comments on a draft: the draft's words, and the comment."""
    found = [
        (
            checked.quotation.start,
            checked.quotation.text,
            "\n".join([f"{STATUS_WORDS[checked.status].capitalize()}.", *remarks(checked), *place_lines(checked)]),
        )
        for checked in report.quotations
        if checked.is_wrong
    ]
    found += [(one.start, one.text, "\n".join(line.strip() for line in value_lines(one))) for one in report.values]
    return [(words, comment) for _, words, comment in sorted(found)]


def draft_place(checked: CheckedQuotation) -> str:
    """Where a quotation stands in the draft: `line 12: `, `page 3: `, or nothing."""
    quotation = checked.quotation
    if quotation.line:
        return f"line {quotation.line}: "
    return f"page {quotation.page}: " if quotation.page else ""


def remarks(checked: CheckedQuotation) -> Iterator[str]:
    """What is to be said of a quotation, a sentence each."""
    if checked.status is Status.MISATTRIBUTED and checked.places:
        yield f"It stands in {source_words(checked.places[0])}, not in {named_words(checked)}."
    if checked.status is Status.CHANGED_SINCE:
        yield "It was quoted word for word; this file or the documents have changed since."
    if checked.status is Status.STITCHED:
        yield "Its parts stand in different places, and the draft shows no gap."
    if checked.status is Status.NOT_IN_LIBRARY and checked.places:
        yield f"The nearest: “{shortened(checked.places[0].text)}”"
    if checked.context is not None:
        yield context_words(checked.context)
    yield from map(change_words, checked.changes)


def named_words(checked: CheckedQuotation) -> str:
    """The sources that the draft names: a publisher once, else titles."""
    return " or ".join(list(dict.fromkeys(each.publisher or f"“{each.title}”" for each in checked.named))[:3])


def change_words(change: WordChange) -> str:
    """One difference in words."""
    ours, theirs = shortened(change.draft), shortened(change.source)
    shown = " (shown in the draft)" if change.honest else ""
    of = {ChangeOf.WORDS: "", ChangeOf.PUNCTUATION: "Punctuation: ", ChangeOf.CASE: "Capitals: "}[change.of]
    if change.negation:
        return f"The ellipsis leaves out “{change.negation}”: “{theirs}”"
    if change.change is Change.LEFT_OUT:
        return f"{of}{'left' if of else 'Left'} out{shown}: “{theirs}”"
    if change.change is Change.PUT_IN:
        return f"{of}{'put' if of else 'Put'} in{shown}: “{ours}”"
    return f"{of}“{ours}”{shown}; the source has “{theirs}”"


def place_lines(checked: CheckedQuotation) -> Iterator[str]:
    """Where a quotation stands: a line for each place, and for other documents that have the same words."""
    yield from dict.fromkeys(map(place_words, checked.places))
    yield from (f"also in {place_words(place)}" for place in checked.also)


def source_words(place: FoundPlace) -> str:
    """A document for people: `Reuters, “Talks in Washington”`."""
    return ", ".join(filter(None, (place.publisher, f"“{place.title}”")))


def place_words(place: FoundPlace) -> str:
    """The origin of a place: `Reuters; Talks; 2022-04-20; page 3; talks.txt:12-40; sha256 1f00ad12`."""
    page = f"page {place.page}" if place.page else ""
    where = f"{place.document_id}:{place.start}-{place.end}"
    parts = (place.publisher, place.title, place.published, page, where, f"sha256 {place.sha256[:12]}")
    return "; ".join(filter(None, parts))


def shortened(text: str, most: int = LONGEST_SHOWN) -> str:
    """A text on one line, with "…" in place of its middle if it is long."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most // 2].rstrip()} … {line[-most // 2 :].lstrip()}"

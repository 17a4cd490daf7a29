"""An evidence table for the chat page: rows as mark-up while they come, and at the end the table as files.

In: questions, and the documents of a library. Out: lines of JSON. One decision: the last line holds the files, so that
what is saved are the rows that were shown, and nothing is asked twice.
"""

from base64 import b64encode
from collections.abc import Iterator, Sequence

from ..assistant import Assistant
from ..errors import IbidError
from ..evidence.table import EvidenceRow, evidence_rows
from ..filters import Scope
from ..records import Verdict
from .html.cards import NumberedQuote
from .html.source import Link, Source
from .html.templating import render
from .json_lines import line
from .translation.catalogue import gettext, ngettext, pgettext, pgettext_noop
from .translation.formats import number
from .translation.language import ENGLISH, speak
from .translation.sentences import translated

_VERDICTS = {
    Verdict.CLEAR: pgettext_noop("verdict", "Clear"),
    Verdict.UNSURE: pgettext_noop("verdict", "Not sure"),
    Verdict.ABSENT: "",
}


def panel_lines(assistant: Assistant, questions: Sequence[str], scope: Scope, language: str = ENGLISH) -> Iterator[str]:
    """Ask each document each question, for the page.

    Args:
        assistant: has the documents.
        questions: what is asked.
        scope: the documents to ask.
        language: that the page speaks.

    Yields:
        For each row a line with `row` (mark-up), `done` and `count`; if something fails, one with `error`; and at the
        end one with `said`, and with `csv` and `xlsx` in Base64 if there is a row.
    """
    rows: list[EvidenceRow] = []
    count = 0

    def note(_: int, of: int) -> None:
        nonlocal count
        count = of

    try:
        for row in evidence_rows(assistant, questions, scope, note):
            rows.append(row)
            speak(language)  # each step may run in another context
            yield f"{line({'row': _row_html(assistant, row), 'done': len(rows), 'count': count})}\n"
    except IbidError as error:  # the rows that are done can still be saved
        speak(language)
        yield f"{line({'error': translated(str(error))})}\n"
    from .evidence_files import as_csv, as_workbook  # with openpyxl, which takes 0.2 s to import

    files = {"csv": as_csv(rows), "xlsx": as_workbook(rows)} if rows else {}
    packed = {name: b64encode(content).decode() for name, content in files.items()}
    speak(language)
    yield f"{line({'said': _said(rows), **packed})}\n"


def _said(rows: Sequence[EvidenceRow]) -> str:
    if not rows:
        return gettext("No document was asked.")
    found = [row for row in rows if row.quote]
    if not found:
        none = gettext("None of {count} documents has a quote.").format(count=number(len(rows)))
        return none if len(rows) > 1 else gettext("This document does not say.")
    asked = ngettext("{num} document", "{num} documents", len(rows)).format(num=number(len(rows)))
    clear = sum(row.verdict is Verdict.CLEAR for row in found)
    said = ngettext(
        "{num} of {documents} has a quote; {clear} clear.",
        "{num} of {documents} have a quote; {clear} clear.",
        len(found),
    )
    return said.format(num=number(len(found)), documents=asked, clear=number(clear))


def _row_html(assistant: Assistant, row: EvidenceRow) -> str:
    item = None
    if row.quote:
        item = NumberedQuote.of(
            0, row.quote, {row.document.id: Source.load(assistant, row.document.id)}, row.document.language
        )
    return render(
        "table_row.html",
        document=row.document,
        verdict=pgettext("verdict", _VERDICTS[row.verdict]) if row.quote else "",
        item=item,
        link=Link.to(row.quote) if row.quote else None,
    )

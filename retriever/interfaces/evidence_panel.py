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

_VERDICTS = {Verdict.CLEAR: "Clear", Verdict.UNSURE: "Not sure", Verdict.ABSENT: ""}


def panel_lines(assistant: Assistant, questions: Sequence[str], scope: Scope) -> Iterator[str]:
    """Ask each document each question, for the page.

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
            yield f"{line({'row': _row_html(assistant, row), 'done': len(rows), 'count': count})}\n"
    except IbidError as error:  # the rows that are done can still be saved
        yield f"{line({'error': str(error)})}\n"
    from .evidence_files import as_csv, as_workbook  # with openpyxl, which takes 0.2 s to import

    files = {"csv": as_csv(rows), "xlsx": as_workbook(rows)} if rows else {}
    packed = {name: b64encode(content).decode() for name, content in files.items()}
    yield f"{line({'said': _said(rows), **packed})}\n"


def _said(rows: Sequence[EvidenceRow]) -> str:
    if not rows:
        return "No document was asked."
    found = [row for row in rows if row.quote]
    asked = f"{len(rows):,} document{'s' if len(rows) > 1 else ''}"
    if not found:
        return f"None of {asked} has a quote." if len(rows) > 1 else "This document does not say."
    clear = sum(row.verdict is Verdict.CLEAR for row in found)
    return f"{len(found):,} of {asked} {'have' if len(found) > 1 else 'has'} a quote; {clear:,} clear."


def _row_html(assistant: Assistant, row: EvidenceRow) -> str:
    item = None
    if row.quote:
        item = NumberedQuote.of(0, row.quote, {row.document.id: Source.load(assistant, row.document.id)})
    return render(
        "table_row.html",
        document=row.document,
        verdict=_VERDICTS[row.verdict],
        item=item,
        link=Link.to(row.quote) if row.quote else None,
    )

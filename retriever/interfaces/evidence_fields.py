"""A row of an evidence table, as programs, spreadsheets and people get it: one list of columns for all.

In: rows. Out: values by column. One decision: a refusal has empty cells, so that nobody takes it for evidence.
"""

from collections.abc import Sequence
from urllib.parse import urlencode

from ..evidence.table import EvidenceRow
from ..records import Verdict
from .html.source import Link
from .text import on_one_line, wrap

COLUMNS = (
    *("question", "document", "title", "publisher", "published", "verdict", "confidence", "quote", "answer"),
    *("place", "as_of", "start", "end", "sha256", "link"),
)
"""Of a row for programs, in the order of the values."""
FILE_COLUMNS = tuple(name for name in COLUMNS if name != "link")
"""Of a file, in the order of the cells. `link` leads nowhere outside of the page."""


def row_values(row: EvidenceRow) -> dict[str, str | int | float | None]:
    """The values of a row by column; None where there is none."""
    quote, document = row.quote, row.document
    return {
        "question": row.question,
        "document": document.id,
        "title": document.title,
        "publisher": document.publisher,
        "published": document.published,
        "verdict": row.verdict.value,
        "confidence": round(row.confidence, 4) if quote else None,
        "quote": quote.text if quote else None,
        "answer": (row.marked or None) if quote else None,
        "place": (quote.place() or f"characters {quote.start} to {quote.end}") if quote else None,
        "as_of": quote.as_of if quote else None,
        "start": quote.start if quote else None,
        "end": quote.end if quote else None,
        "sha256": document.sha256,
        "link": f"#{urlencode({'document': document.id, **Link.to(quote).fields})}" if quote else None,
    }


def row_lines(row: EvidenceRow) -> list[str]:
    """A row for a terminal, below its question."""
    if row.quote is None:
        return [on_one_line(f"  {row.document.title}: nothing")]
    unsure = "not sure: " if row.verdict is Verdict.UNSURE else ""
    place = f" ({row.quote.place()})" if row.quote.place() else ""
    said = wrap(f"{row.document.title}: {unsure}“{row.quote.text}”{place}", indent="    ")
    return [f"  {line}" for line in said.split("\n")]


def counted(rows: Sequence[EvidenceRow]) -> str:
    """How many rows have evidence: `12 of 40 rows have a quote, 9 of them clear`."""
    found = [row for row in rows if row.quote]
    clear = sum(row.verdict is Verdict.CLEAR for row in found)
    return f"{len(found)} of {len(rows)} rows have a quote; {clear} are clear"

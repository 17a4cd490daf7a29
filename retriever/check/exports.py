"""An answer or a conversation that Ibid has written to a file -> the quotes in it, as a draft.

In: JSON of `ibid ask --json` or of a saved conversation; `draft` reads those saved as a page, Markdown or Word. Out: a
`Draft` of its quotes. One decision: a quote that its document no longer has was right when it was written, so that it
has changed since.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from ..errors import ReadingError
from .draft import Draft
from .records import Quotation, QuotationKind

JSON_TYPES = ("application/json", "application/jsonl")


def exported_draft(data: bytes, name: str) -> Draft | None:
    """Read the quotes of answers in JSON: one answer, one a line, or a conversation.

    Args:
        data: the file's bytes.
        name: its name.

    Returns:
        None if the file has no answer of Ibid's.

    Raises:
        ReadingError: it is nested too deep.
    """
    try:
        quotes = [text for one in _objects(data) for text in _quotes(one)]
    except RecursionError as error:
        raise ReadingError(f"{name} is nested too deep: it is no answer of Ibid's.") from error
    if not quotes:
        return None
    pieces, found, at = [], [], 0
    for text in quotes:
        found.append(Quotation(QuotationKind.EXPORTED, at, at + len(text), text))
        pieces.append(text)
        at += len(text) + 2
    whole = "\n\n".join(pieces)
    sha256 = hashlib.sha256(data).hexdigest()
    return Draft(name, sha256, whole, whole, (), tuple(found), {})


def _objects(data: bytes) -> Iterator[object]:
    """The JSON of a file as a whole, or else of each of its lines."""
    text = data.decode("utf-8-sig", "replace")
    try:
        yield json.loads(text)
    except ValueError:
        for line in text.split("\n"):
            try:
                yield json.loads(line) if line.strip() else None
            except ValueError:
                return


def _quotes(read: object) -> Iterator[str]:
    """The words of the quotes of an answer, or of all answers of a conversation."""
    fields: dict[str, Any] = read if isinstance(read, dict) else {}
    turns = fields.get("turns")
    for answer in turns if isinstance(turns, list) else [fields]:
        quotes = answer.get("quotes") if isinstance(answer, dict) else None
        for quote in quotes if isinstance(quotes, list) else ():
            is_quote = isinstance(quote, dict) and {"text", "document_id", "start", "end"} <= set(quote)
            if is_quote and isinstance(quote["text"], str) and quote["text"].strip():
                yield quote["text"]

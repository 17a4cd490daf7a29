"""An answer, a conversation or a case file that Ibid has written as JSON -> the quotes in it, as a draft.

In: JSON of an answer, a saved conversation or a case file; `draft` reads those saved in other forms. Out: a
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

_OWN_FIELDS = ({"question", "quotes", "verdict"}, {"title", "turns"}, {"case_file", "pins"})
"""The fields by which JSON of Ibid's is known: an answer, a conversation, a case file."""
JSON_TYPES = ("application/json", "application/jsonl")


def exported_draft(data: bytes, name: str) -> Draft | None:
    """Read the quotes of JSON that Ibid has written: answers, one or one a line, a conversation, or a case file.

    Args:
        data: the file's bytes.
        name: its name.

    Returns:
        None if the file is none of Ibid's.

    Raises:
        ReadingError: it is nested too deep.
    """
    try:
        read = [one for one in _objects(data) if one is not None]
        if not read or not all(map(_is_own, read)):
            return None
        quotes = [text for one in read for text in _quotes(one)]
    except RecursionError as error:
        raise ReadingError(f"{name} is nested too deep: it is no answer of Ibid's.") from error
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


def _is_own(read: object) -> bool:
    """Whether JSON is an answer, a conversation or a case file that Ibid has written."""
    return isinstance(read, dict) and any(names <= read.keys() for names in _OWN_FIELDS)


def _quotes(read: object) -> Iterator[str]:
    """The words of the quotes of an answer, of all answers of a conversation, or of a case file."""
    fields: dict[str, Any] = read if isinstance(read, dict) else {}
    turns, pins = fields.get("turns"), fields.get("pins")
    for pin in pins if isinstance(pins, list) else ():
        if _is_quote(pin, "words"):
            yield pin["words"]
    for answer in turns if isinstance(turns, list) else [fields]:
        quotes = answer.get("quotes") if isinstance(answer, dict) else None
        for quote in quotes if isinstance(quotes, list) else ():
            if _is_quote(quote, "text"):
                yield quote["text"]


def _is_quote(read: object, words: str) -> bool:
    """Whether JSON is a quote with its place: whatever stands beside it, such as a note, is none."""
    if not isinstance(read, dict) or not {words, "document_id", "start", "end"} <= read.keys():
        return False
    return isinstance(read[words], str) and bool(read[words].strip())

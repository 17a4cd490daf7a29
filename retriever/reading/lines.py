"""Text whose lines are units (JSON, YAML, XML, source code, logs) -> the same text, with nothing joined or cut.

JSON in one long line is laid out, so that a quote is one of its values, not the whole file.
"""

import json

from .extract import Extract
from .plain import decode_text

LONGEST_LINE = 400
"""Characters of a line that can be read as a quote; a longer one of JSON is laid out."""


def read(data: bytes, name: str) -> Extract:
    """Read a text whose lines are units.

    Args:
        data: the file's bytes.
        name: its name, for messages.

    Returns:
        Its text, without headings or furniture.

    Raises:
        ReadingError: it is empty or not text.
    """
    text, warning = decode_text(data, name)
    return Extract(_lay_out(text), headings=(), furniture=(), warnings=(warning,) if warning else ())


def _lay_out(text: str) -> str:
    """Lay out JSON whose lines are too long, one value a line; other text stays unchanged."""
    if not text.lstrip().startswith(("{", "[")) or max(map(len, text.splitlines())) <= LONGEST_LINE:
        return text
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):  # several values, one a line, or none
        return text

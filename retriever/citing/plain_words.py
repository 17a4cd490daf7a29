"""Words of documents as a citation can hold them: on one line, without what commands a terminal or turns letters."""

import re

_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ue000-\uf8ff]")
LONGEST = 2_000
"""Characters of a title or a name; a longer one is damage, and no style was made for it."""


def plain_words(text: str | None) -> str:
    """A text on one line, cut after `LONGEST` characters; empty for None."""
    return " ".join(_UNFIT.sub(" ", (text or "")[:LONGEST]).split())

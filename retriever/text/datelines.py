"""Where a sentence begins after its page's own date and place: "date 2022-04-22 After a period of ...".

In: a sentence, and the date of its document. Out: how many of its characters are not its own. One decision: a dateline
is a date after a word that says so, or a place and a date before a dash; in doubt the sentence keeps its words.
"""

import re

from .calendar import Time
from .time_expressions import times_in

_SAID = re.compile(r"(?i)\W*(?:date|dated|published|posted|updated)(?:\s+on)?\s*:?\s*$")
_DASH, _PLACE_WORDS = re.compile(r"\s*[–—-]\s"), 8
_BEHIND = re.compile(r"[\s|:.,–—-]*")


def dateline_length(text: str, published: str | None, language: str | None = None) -> int:
    """Count the characters before what a sentence tells; 0 for most.

    Args:
        text: the sentence.
        published: ISO 8601 date of its document, perhaps reduced, or None.
        language: of its document; None for English.
    """
    first = next(iter(times_in(text, published, language)), None)
    if first is None or not (_SAID.match(text, 0, first.start) or _is_place_and_date(text, first)):
        return 0
    behind = _BEHIND.match(text, first.end)
    end = behind.end() if behind else first.end
    return 0 if text.startswith(";", end) else end  # "Date: 3 May 2021; Hall: Alder": one field of a record


def _is_place_and_date(text: str, time: Time) -> bool:
    """Whether a sentence begins with where and when it was written: "Norvik (Harbour Gazette), 3 May 2023 – "."""
    before = text[: time.start].split()
    named = len(before) <= _PLACE_WORDS and all(word.strip("(").istitle() or word.isupper() for word in before)
    return named and _DASH.match(text, time.end) is not None

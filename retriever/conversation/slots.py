"""A fragment and an earlier question -> that question, changed: "And in March?" after "How many boats sank in May?".

In: a question without a verb, and the last one that stood alone. Out: the earlier question with the fragment's month,
year, weekday, nation ("the US one") or name instead of its own. One decision: this is done only if the earlier question
has exactly one such place. With two it would be a guess.
"""

import re

from ..text.calendar import MONTHS, WEEKDAYS
from ..text.nations import NationForm, asked_of
from ..text.tokens import FUNCTION_TERMS, term_of
from .phrases import phrases

_FRAGMENT = re.compile(
    r"\s*(?:(?:and|but|or|so)\s+)?(?:(?:what|how)\s+about\s+)?(?:(?P<preposition>in|on|for|at|from|by|to|with)\s+)?"
    r"(?P<slot>(?:(?:[A-Z]\.){2,}|[^?.!])*(?:(?:[A-Z]\.){2,}|[^?.!\s]))\s*[?.!]*\s*",
    re.IGNORECASE,
)
_KINDS = (
    re.compile(rf"\b(?:{'|'.join(name.capitalize() for name in MONTHS)})\b"),
    re.compile(r"\b(?:1\d|20)\d\d\b"),
    re.compile(rf"\b(?:{'|'.join(name.capitalize() for name in WEEKDAYS)})\b"),
)


def fill_slot(question: str, earlier: str) -> str | None:
    """Ask the earlier question about what a fragment names. None if it is no fragment, or its place is unclear."""
    fragment = _FRAGMENT.fullmatch(question)
    if fragment is None:
        return None
    slot = fragment["slot"].removeprefix("the ")
    for kind in _KINDS:
        if kind.fullmatch(slot):
            return _replaced(earlier, [match.span() for match in kind.finditer(earlier)], slot)
    if anew := _of_another_nation(slot, earlier):
        return anew
    whole = [one for one in phrases(question) if one.text == slot and one.named]
    names = [one for one in phrases(earlier) if one.named and not any(kind.search(one.text) for kind in _KINDS)]
    # In "the Cuban delegation" the name is an adjective: not every name can replace it.
    names = [one for one in names if not one.after or term_of(one.after) in FUNCTION_TERMS]
    widest = [one for one in names if not any(_within(one.start, one.end, o.start, o.end) for o in names)]
    if not whole or len(widest) != 1 or (fragment["preposition"] or widest[0].before).lower() != widest[0].before:
        return None
    return _replaced(earlier, [(widest[0].start, widest[0].end)], slot)


def _of_another_nation(slot: str, earlier: str) -> str | None:
    """Ask the earlier question about "the US one", "the US crew" (if it has a crew) or "the US"."""
    for name, noun in ((slot, ""), slot.rpartition(" ")[::2]):
        if [(one.start, one.end) for one in asked_of(name)] != [(0, len(name))] or not (noun or _says_which(name)):
            continue
        places = [(one.start, one.end) for one in asked_of(earlier)]
        behind = re.compile(rf"\s{re.escape(noun)}\b" if noun else r"\s\w")
        if noun in ("one", "ones") or any(
            behind.match(earlier, end) and (noun or _says_which(earlier[start:end])) for start, end in places
        ):
            return _replaced(earlier, places, name)
    return None


def _says_which(name: str) -> bool:
    """Whether a nation's name can stand before a noun: "Cuban" and "US" can, "Cuba" cannot."""
    return name.isupper() or any(one.naming is NationForm.ADJECTIVE for one in asked_of(name))


def _within(start: int, end: int, other_start: int, other_end: int) -> bool:
    return other_start <= start and end <= other_end and (start, end) != (other_start, other_end)


def _replaced(earlier: str, places: list[tuple[int, int]], slot: str) -> str | None:
    if len(places) != 1 or earlier[slice(*places[0])] == slot:
        return None
    return earlier[: places[0][0]] + slot + earlier[places[0][1] :]

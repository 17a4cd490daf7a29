"""A text -> the quotations in it, by their marks: “…”, "…", ‘…’, «…», »…«, „…“, 「…」 and others, nested or not.

In: a text, whose paragraphs blank lines separate. Out: spans. One decision: a mark that is never closed marks nothing,
so that a missing mark hides one quotation and not the rest of the text. Every character is looked at a fixed number of
times.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

DEEPEST = 4
"""Quotations inside quotations; where more are open, the first of them was never closed."""

LONGEST = 20_000
"""Characters of a quotation: ten pages. What is longer has lost its closing mark."""

_PAIRS = {
    "“": "”“",  # the second is of the style ”…“, seldom seen
    "„": "“”‟",
    "‟": "”",
    "«": "»",
    "»": "«»",
    "‹": "›",
    "›": "‹›",
    "‘": "’‘",
    "‚": "‘’",
    "‛": "’",
    "”": "”",
    "「": "」",
    "『": "』",
    "﹁": "﹂",
    "﹃": "﹄",
    "〝": "〞〟",
    '"': '"',
    "＂": "＂",
    "'": "'",
    "``": "''",
    "‘‘": "’’",
}
"""Opening mark -> the marks that close it."""
_ALSO_CLOSING = frozenset("“”‘’»›«‹\"'＂")
"""Marks that open in one style and close in another."""
_APOSTROPHES = frozenset("'’")
_MARK = re.compile("``|''|‘‘|’’|[“”„‟«»‹›‘’‚‛「」『』﹁﹂﹃﹄〝〞〟\"＂']")
_BREAK = re.compile(r"\n[^\S\n]*\n\s*")
_BEFORE_OPENING = frozenset("([{<—–-/:;,=>|*_~¿¡…")


@dataclass(frozen=True, slots=True)
class Marked:
    """A quotation by its marks.

    Attributes:
        start: its first character, after the opening mark.
        end: one past its last, before the closing mark.
        outer: the span with both marks.
        depth: how many quotations it stands in.
    """

    start: int
    end: int
    outer: tuple[int, int]
    depth: int


@dataclass(slots=True)
class _Open:
    """An opening mark that waits for its closing one."""

    mark: str
    start: int
    end: int


def marked_quotations(text: str) -> tuple[Marked, ...]:
    """Find the quotations of a text by their marks.

    Args:
        text: any text. A quotation may run over several paragraphs, each of which begins with an opening mark.

    Returns:
        The quotations in the order of their starts, an outer one before those in it.
    """
    found: list[tuple[int, int, int, int]] = []
    carried: _Open | None = None
    for start, end in _paragraphs(text):
        waiting = _through(text, start, end, carried, found)
        carried = waiting if waiting and _goes_on(text, end, waiting) else None
    found.sort(key=lambda one: (one[2], -one[3]))
    return tuple(_with_depth(found))


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for found in _BREAK.finditer(text):
        yield start, found.start()
        start = found.end()
    yield start, len(text)


def _through(
    text: str, start: int, end: int, carried: _Open | None, found: list[tuple[int, int, int, int]]
) -> _Open | None:
    """Add the quotations that close in a paragraph; returns the first mark that is still open, if there is one."""
    stack: list[_Open] = [carried] if carried else []
    apostrophe_closes = _later_closers(text, start, end)
    first = True
    for match in _MARK.finditer(text, start, end):
        mark = match[0]
        is_repeated = carried is not None and first and not text[start : match.start()].strip()
        first = False
        if is_repeated and carried is not None and mark == carried.mark:
            continue  # each paragraph of a long quotation begins with the opening mark
        if _closes(text, match, stack, apostrophe_closes):
            while (opened := stack.pop()).mark not in _openers_of(mark):
                pass
            if match.start() - opened.end <= LONGEST:
                found.append((opened.end, match.start(), opened.start, match.end()))
        elif _opens(text, match):
            if len(stack) == DEEPEST:
                del stack[0]  # it was probably never closed
            stack.append(_Open(mark, match.start(), match.end()))
    return next((one for one in stack if one.mark not in _APOSTROPHES), None)


def _openers_of(mark: str) -> frozenset[str]:
    return _OPENERS.get(mark, frozenset())


def _closing(closing: str) -> tuple[str, ...]:
    """The closing marks of a pair; doubled ones are one mark."""
    return (closing,) if closing in ("''", "’’") else tuple(closing)


_OPENERS = {
    close: frozenset(opening for opening, closing in _PAIRS.items() if close in _closing(closing))
    for close in {mark for closing in _PAIRS.values() for mark in _closing(closing)}
}
"""Closing mark -> the marks that it closes."""


def _closes(text: str, match: re.Match[str], stack: list[_Open], later: frozenset[int]) -> bool:
    """Whether a mark closes one of the open quotations."""
    mark = match[0]
    if not any(one.mark in _openers_of(mark) for one in stack):
        return False
    before = text[match.start() - 1 : match.start()]
    if mark in _APOSTROPHES:
        return _ends_word(text, match) and match.start() not in later
    if mark in ("“", "‘", "«", "‹", "»", "›", '"', "＂") and stack[-1].mark not in _openers_of(mark):
        return not before.isspace()
    if mark in _ALSO_CLOSING and before.isspace():
        return mark in ("”", "»") or not _opens(text, match)  # « French spaces »
    return True


def _ends_word(text: str, match: re.Match[str]) -> bool:
    """Whether an apostrophe may close a quotation: something stands before it, and no letter after it."""
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    return bool(before) and not before.isspace() and not after.isalnum()


def _later_closers(text: str, start: int, end: int) -> frozenset[int]:
    """Apostrophes of a plural ("the boys’ books’") that close nothing, because a later one does."""
    plural: set[int] = set()
    waiting: int | None = None
    for match in re.finditer("[‘’']", text[start:end]):
        at = start + match.start()
        after = text[at + 1 : at + 2]
        before = text[at - 1 : at] if at else ""
        if match[0] == "‘" or (match[0] == "'" and not before.strip()):
            waiting = None
        elif not after.isalnum() and before.strip():
            if waiting is not None:
                plural.add(waiting)
            is_plural = before == "s" and after == " " and text[at + 2 : at + 3].islower()
            waiting = at if is_plural else None
    return frozenset(plural)


def _opens(text: str, match: re.Match[str]) -> bool:
    """Whether a mark may open a quotation, by what stands around it."""
    mark = match[0]
    if mark not in _PAIRS:
        return False
    before, after = (
        text[match.start() - 1 : match.start()] if match.start() else "",
        text[match.end() : match.end() + 1],
    )
    if mark in "「『﹁﹃〝„‚":
        return True
    begins = not before or before.isspace() or before in _BEFORE_OPENING or before in _PAIRS or not before.isascii()
    if mark in ("“", "«", "‹", "``", "‘‘"):
        return bool(after)
    if mark == "’":
        return False
    return begins and bool(after) and not after.isspace()


def _goes_on(text: str, end: int, waiting: _Open) -> bool:
    """Whether the next paragraph begins with the mark that this one has left open, or its first mark closes it."""
    following = _BREAK.match(text, end)
    if following is None or end - waiting.start > LONGEST:
        return False
    start = _past_quote_sign(text, following.end())
    if text.startswith(waiting.mark, start):
        return True
    ends = _BREAK.search(text, start)
    marks = _MARK.finditer(text, start, ends.start() if ends else len(text))
    first = next((one for one in marks if one[0] not in _APOSTROPHES), None)
    if first is None or first[0] == waiting.mark or waiting.mark not in _openers_of(first[0]):
        return False
    return not text[first.start() - 1 : first.start()].isspace() and first.start() > start


def _past_quote_sign(text: str, place: int) -> int:
    """The place after a sign such as Markdown's ">" at the start of a paragraph."""
    while text[place : place + 1] in (">", " ") and text[place : place + 1]:
        place += 1
    return place


def _with_depth(found: list[tuple[int, int, int, int]]) -> Iterator[Marked]:
    ends: list[int] = []
    for start, end, first, last in found:
        while ends and ends[-1] <= first:
            ends.pop()
        yield Marked(start, end, (first, last), len(ends))
        ends.append(last)

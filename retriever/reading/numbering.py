"""The numbers of a Word file's lists, such as "3." and "(b)", which its text does not hold.

In: the part of the file that says how each level of a list is numbered. Out: the number of each paragraph, in order.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from lxml import etree

from .archive import attribute, local_name

LEVELS = 9
"""Levels of a list in Word (ECMA-376, part 1, 17.9.3)."""

_PLACE = re.compile(r"%([1-9])")
"""Where the number of a level stands in the text of another."""

_ROMAN = tuple(
    zip((1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1), "m cm d cd c xc l xl x ix v iv i".split(), strict=True)
)


class ListLevel(NamedTuple):
    """How one level of a list is numbered.

    Attributes:
        form: of its figures, by Word's name: "decimal", "lowerLetter", "upperRoman"; "bullet" or "none".
        text: what stands before a paragraph, with "%1" for the number of the first level.
        start: the first number.
    """

    form: str
    text: str
    start: int


class ListNumbers:
    """Counts the paragraphs of each list; those of one abstract list are counted together, as in Word."""

    def __init__(self, root: etree._Element | None) -> None:
        """Read the part `numbering`; without one there are no numbers."""
        self._levels: dict[str, dict[int, ListLevel]] = {}  # by the abstract list, then by the level
        self._lists: dict[str, str] = {}
        self._restarts: dict[tuple[str, int], int] = {}  # list and level -> where it begins again, once
        self._counts: dict[str, list[int | None]] = {}
        for element in () if root is None else root:
            if local_name(element) == "abstractNum":
                levels = {number: level for number, level in map(_level, _children(element, "lvl")) if number < LEVELS}
                self._levels[attribute(element, "abstractNumId") or ""] = levels
            elif local_name(element) == "num":
                for abstract in _children(element, "abstractNumId"):
                    self._lists[attribute(element, "numId") or ""] = attribute(abstract, "val") or ""
                for change in _children(element, "lvlOverride"):
                    for restart in _children(change, "startOverride"):
                        level, start = level_of(attribute(change, "ilvl")), attribute(restart, "val") or ""
                        if level is not None and start.isdecimal() and len(start) < 8:
                            self._restarts[attribute(element, "numId") or "", level] = int(start)

    def next(self, list_id: str, level: int) -> str:
        """The number of the next paragraph of a list, with a space after it; "" for a bullet or no list."""
        abstract = self._lists.get(list_id, "")
        levels = self._levels.get(abstract, {})
        if level not in levels:
            return ""
        counts = self._counts.setdefault(abstract, [None] * LEVELS)
        count_up(counts, level, levels[level].start, self._restarts.pop((list_id, level), None))
        return list_number(levels, counts, level)


def level_of(text: str | None) -> int | None:
    """A level as Word writes it, from 0; None if it is none of the nine."""
    return int(text) if text and text in tuple("012345678") else None


def count_up(counts: list[int | None], level: int, start: int, restart: int | None) -> None:
    """Count a paragraph of a list; the levels below begin again.

    Args:
        counts: the number of the last paragraph of each level, None before the first.
        level: the paragraph's, from 0.
        start: the number of the first paragraph.
        restart: this paragraph's number, where it begins the count again.
    """
    before = counts[level]
    counts[level] = restart if restart is not None else start if before is None else before + 1
    counts[level + 1 :] = [None] * (len(counts) - level - 1)


def list_number(levels: Mapping[int, ListLevel], counts: Sequence[int | None], level: int) -> str:
    """The number of the paragraph that was counted last, with a space after it; "" for a bullet."""
    if levels[level].form in ("bullet", "none"):
        return ""

    def shown(place: re.Match[str]) -> str:
        at = int(place[1]) - 1
        form, _, start = levels.get(at, ListLevel("decimal", "", 1))
        count = counts[at]
        return numeral(start if count is None else count, form)

    number = _PLACE.sub(shown, levels[level].text).strip()
    return f"{number} " if any(map(str.isalnum, number)) else ""


def numeral(count: int, form: str) -> str:
    """A number in a format of Word: Roman figures, letters (27 is "aa"), else Arabic figures."""
    if count > 0 and form.endswith("Roman"):
        text = ""
        for value, figure in _ROMAN:
            times, count = divmod(count, value)
            text += figure * min(times, 10)
    elif count > 0 and form.endswith("Letter"):
        text = "abcdefghijklmnopqrstuvwxyz"[(count - 1) % 26] * min((count - 1) // 26 + 1, 10)
    else:
        return f"{count:02}" if form == "decimalZero" else str(count)
    return text.upper() if form.startswith("upper") else text


def _level(element: etree._Element) -> tuple[int, ListLevel]:
    values = {local_name(child): attribute(child, "val") or "" for child in element}
    number, start = level_of(attribute(element, "ilvl")), values.get("start", "1")
    counted_from = int(start) if start.isdecimal() and len(start) < 8 else 1
    level = ListLevel(values.get("numFmt", "decimal"), values.get("lvlText", ""), counted_from)
    return LEVELS if number is None else number, level


def _children(parent: etree._Element, kind: str) -> Iterator[etree._Element]:
    return (child for child in parent if local_name(child) == kind)

"""The numbers of an OpenDocument file's lists and headings, such as "3." and "b)", which its text does not hold.

In: the styles of lists, and each paragraph in order. Out: the paragraph's number. A list begins again unless it says
that it goes on with another (OpenDocument 1.3, part 3, 5.3). Levels below the ninth have no number.
"""

import re
from collections.abc import Iterable

from lxml import etree

from .archive import attribute, local_name
from .numbering import LEVELS, ListLevel, count_up, list_number

MOST_STYLE_PARENTS = 20
"""Styles that a style is based on in turn; a circle must end."""

_FORMS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
"""A format of OpenDocument -> its name in Word."""

_LIST_FORMAT_PLACE = re.compile(r"%([1-9])%(\.?)")
"""Where a level's number stands in LibreOffice's own way to say it."""

_APART = frozenset(("text-box", "table-cell"))
"""What a list inside another does not belong to it for."""

_Levels = dict[int, ListLevel]


class _Counts:
    """The count of one list at each of its levels, and the style that each was last counted in."""

    def __init__(self) -> None:
        self.numbers: list[int | None] = [None] * LEVELS
        self.styles: list[str | None] = [None] * LEVELS


class OpenDocumentNumbers:
    """Counts the paragraphs of each list, and the headings."""

    def __init__(self, roots: Iterable[etree._Element]) -> None:
        """Read the styles of lists in the parts `styles.xml` and `content.xml`."""
        self._levels: dict[str, _Levels] = {}  # by the list style
        self._outline = ""  # the name of the list style of headings
        self._paragraph_styles: dict[str, tuple[str | None, str]] = {}  # -> its list style, its parent
        self._counts: dict[etree._Element, _Counts] = {}  # by the outermost list
        self._by_id: dict[str, _Counts] = {}
        self._by_style: dict[str, _Counts] = {}  # the last list of each style
        self._heading_counts = _Counts()
        for root in roots:
            for style in root.iter("{*}list-style", "{*}outline-style"):
                name = attribute(style, "name") or "Outline"
                self._levels[name] = _levels(style)
                if local_name(style) == "outline-style":
                    self._outline = name
            for style in root.iter("{*}style"):
                parent = attribute(style, "parent-style-name") or ""
                self._paragraph_styles[attribute(style, "name") or ""] = (attribute(style, "list-style-name"), parent)

    def next(self, paragraph: etree._Element) -> str:
        """The number of the file's next paragraph, with a space after it; "" for none, or where its text has it."""
        number = self._next_number(paragraph)
        return number if paragraph.find("{*}number") is None else ""

    def _next_number(self, paragraph: etree._Element) -> str:
        item = paragraph.getparent()
        if item is not None and local_name(item) == "list-item":
            return self._list_number(paragraph, item)
        own = self._list_style(paragraph)
        is_numbered = local_name(paragraph) == "h" and attribute(paragraph, "is-list-header") != "true"
        if is_numbered and own in (None, self._outline):
            level = (_number(paragraph, "outline-level") or 1) - 1
            return self._number(self._heading_counts, self._outline, level, _number(paragraph, "start-value"))
        return ""

    def _list_number(self, paragraph: etree._Element, item: etree._Element) -> str:
        first = next((part for part in item if local_name(part) in ("p", "h", "list")), None)
        if first is not paragraph:  # a further paragraph of the item
            return ""
        lists = []
        for around in item.iterancestors():
            if local_name(around) in _APART:
                break
            if local_name(around) == "list":
                lists.append(around)
        style = next(filter(None, (attribute(each, "style-name") for each in lists)), None)
        style = style or self._list_style(paragraph) or ""
        counts = self._heading_counts if style == self._outline else self._counts_of(lists[-1], style)
        return self._number(counts, style, len(lists) - 1, _number(item, "start-value"))

    def _counts_of(self, outermost: etree._Element, style: str) -> _Counts:
        """The counts of a list: its own, or those of the list that it goes on with."""
        counts = self._counts.get(outermost)
        if counts is None:
            counts = self._by_id.get(attribute(outermost, "continue-list") or "")
            if counts is None and attribute(outermost, "continue-numbering") == "true":
                counts = self._by_style.get(style)
            counts = counts or _Counts()
            self._counts[outermost] = counts
            if name := attribute(outermost, "id"):
                self._by_id[name] = counts
        self._by_style[style] = counts
        return counts

    def _number(self, counts: _Counts, style: str, level: int, restart: int | None) -> str:
        levels = self._levels.get(style, {})
        if level not in levels:
            return ""
        if counts.styles[level] not in (None, style):  # another list inside the same item
            counts.numbers[level] = None
        counts.styles[level] = style
        count_up(counts.numbers, level, levels[level].start, restart)
        return list_number(levels, counts.numbers, level)

    def _list_style(self, paragraph: etree._Element) -> str | None:
        """The list style of a paragraph's style; "" if it says that there is none."""
        name = attribute(paragraph, "style-name") or ""
        for _ in range(MOST_STYLE_PARENTS):
            own, parent = self._paragraph_styles.get(name, (None, ""))
            if own is not None or not parent:
                return own
            name = parent
        return None


def _levels(style: etree._Element) -> _Levels:
    """The levels of a list style."""
    found: _Levels = {}
    for element in style:
        level = (_number(element, "level") or 0) - 1
        if 0 <= level < LEVELS:
            form = _FORMS.get(attribute(element, "num-format") or "", "none")
            start = _number(element, "start-value")
            found[level] = ListLevel(form, _text(element, level, found), 1 if start is None else start)
    return found


def _text(element: etree._Element, level: int, above: _Levels) -> str:
    """What stands before a paragraph of a level, with "%1" for the number of the first level."""
    given = attribute(element, "num-list-format")
    if given is not None:

        def place(found: re.Match[str]) -> str:
            other = int(found[1]) - 1
            unnumbered = other < level and (other not in above or above[other].form == "none")
            return "" if unnumbered else f"%{found[1]}{found[2]}"

        return _LIST_FORMAT_PLACE.sub(place, given)
    first = max(level + 1 - (_number(element, "display-levels") or 1), 0)
    shown = [each for each in range(first, level) if each in above and above[each].form != "none"]
    places = ".".join(f"%{each + 1}" for each in (*shown, level))
    return f"{attribute(element, 'num-prefix') or ''}{places}{attribute(element, 'num-suffix') or ''}"


def _number(element: etree._Element, name: str) -> int | None:
    """A small whole number, or None."""
    written = attribute(element, name) or ""
    return int(written) if written.isdecimal() and len(written) < 8 else None

"""Pages of a PDF -> the same pages, with running heads, feet and page numbers separate from the text.

A line is a running head only at a page's edge, and only if it repeats on nearby pages or numbers them. In doubt it is
content.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from .runs import LARGER, EdgeLine, PdfPage, round_to_half
from .text_lines import TextLine, bare, line_of, rows_of

EDGE_ROWS = 3
"""Rows at the head and foot of a page among which running heads are sought; two lines are common, four are not."""

FARTHEST_REPEAT = 2
"""Pages between a running head and its next: left and right pages have their own. Headings repeat farther apart."""

LONGEST_EDGE_WORDS = 15
"""Words in a running head; a longer row that repeats is a phrase of the text."""

TIGHT_GAP = 1.6
"""Ems between two lines of one paragraph; a running head stands farther from the text, or is of another size."""

_DIGITS = re.compile(r"\d+")
_ROMAN = re.compile(r"[ivxlc]{1,7}")
_EDGE_NUMBER = re.compile(r"^\W{0,3}(\d{1,5})\b|\b(\d{1,5})\W{0,3}$")


@dataclass(frozen=True, slots=True)
class _PageEdges:
    """Lines of a page that may be running heads.

    Attributes:
        head: the first ones, from the edge inwards, with one more that they might belong to.
        foot: the same for the last ones.
        aside: sideways lines, such as a stamp along the margin.
        line_count: the number of lines on the page.
    """

    head: list[TextLine]
    foot: list[TextLine]
    aside: list[TextLine]
    line_count: int

    @classmethod
    def from_page(cls, page: PdfPage) -> "_PageEdges":
        turns = [rows_of(runs) for runs in page.turns]
        upright = turns[0] if turns else []
        rows = range(len(upright))
        head, foot = rows[: EDGE_ROWS + 1], rows[: -EDGE_ROWS - 2 : -1]
        lines = {row: line_of(upright[row]) for row in {*head, *foot}}  # a line of a short page is in both
        return cls(
            head=[lines[row] for row in head],
            foot=[lines[row] for row in foot],
            aside=[line_of(row) for turn in turns[1:] for row in turn],
            line_count=sum(map(len, turns)),
        )


def part_running_heads(pages: Sequence[PdfPage], usual_size: float) -> list[PdfPage]:
    """Separate running heads, feet and page numbers from the content of the pages.

    Args:
        pages: all pages of a document.
        usual_size: the size of most of its text, in points.

    Returns:
        The pages without running heads and feet in their runs; unchanged if nothing would be left.
    """
    edges = [_PageEdges.from_page(page) for page in pages]
    repeats = _RepeatedLines(edges, usual_size)
    taken = [_running_lines(each, number, repeats) for number, each in enumerate(edges)]
    if sum(len(head) + len(foot) for head, foot in taken) == sum(each.line_count for each in edges):
        return list(pages)
    return [_remove_lines(page, head, foot) for page, (head, foot) in zip(pages, taken, strict=True)]


class _RepeatedLines:
    """The keys of a document's running heads: lines that repeat, or number the pages."""

    def __init__(self, edges: Sequence[_PageEdges], usual_size: float) -> None:
        """Count the lines at the edges of the pages."""
        self._usual_size = usual_size
        fewest = 2 if len(edges) <= EDGE_ROWS else 3  # pages that a head repeats on; of four, some may be a title's
        places: dict[str, list[int]] = {}
        offsets: Counter[int] = Counter()
        for number, each in enumerate(edges):
            for key in {self._key(line) for line in (*each.head, *each.foot, *each.aside)}:
                places.setdefault(key, []).append(number)
            offsets.update({offset for line in (*each.head[:1], *each.foot[:1]) for offset in _offsets(line, number)})
        self._keys = {
            key
            for key, numbers in places.items()
            if key and 1 + sum(number - before <= FARTHEST_REPEAT for before, number in pairwise(numbers)) >= fewest
        }
        self._numbering = {offset for offset, count in offsets.items() if count >= max(fewest, len(edges) / 10)}

    def __contains__(self, line: TextLine) -> bool:
        """Whether a line repeats from page to page."""
        return self._key(line) in self._keys

    def numbers(self, line: TextLine, page: int) -> bool:
        """Whether a line numbers its page in step with the other pages."""
        return self._key(line) != "" and not self._numbering.isdisjoint(_offsets(line, page))

    def _key(self, line: TextLine) -> str:
        """The key of a running head: its letters, "#" for a number; empty for other lines."""
        text = line.text.casefold()
        if len(text.split()) > LONGEST_EDGE_WORDS:
            return ""
        larger = "+" if line.size >= LARGER * self._usual_size else ""  # a chapter's title is no head of its pages
        if not any(map(str.isalpha, text)):
            return larger + "#" if len(_DIGITS.findall(text)) == 1 else ""  # several numbers are a table's
        return larger + ("#" if _ROMAN.fullmatch(text) else bare(text))


def _offsets(line: TextLine, page: int) -> list[int]:
    """By how much the number at a line's start or end, if any, is ahead of the page's."""
    return [int(found.group(1) or found.group(2)) - page for found in _EDGE_NUMBER.finditer(line.text)]


def _running_lines(edges: _PageEdges, page: int, repeats: _RepeatedLines) -> tuple[list[TextLine], list[TextLine]]:
    """A page's running heads, and its running feet with repeated sideways lines, from the top down."""
    head, foot = (
        _outermost(
            lines, [line in repeats or (not place and repeats.numbers(line, page)) for place, line in enumerate(lines)]
        )
        for lines in (edges.head, edges.foot)
    )
    foot = [line for line in reversed(foot) if line not in head]
    return head, foot + [line for line in edges.aside if line in repeats]


def _outermost(lines: Sequence[TextLine], running: Sequence[bool]) -> list[TextLine]:
    """The lines from the edge inwards as long as they are running heads, without one that continues in the text."""
    count = running.index(False) if False in running else len(lines)
    count = min(count, EDGE_ROWS)
    if 0 < count < len(lines):
        last, inner = lines[count - 1], lines[count]
        alike = round_to_half(last.size) == round_to_half(inner.size)
        while count and alike and abs(lines[count - 1].baseline - lines[count].baseline) < TIGHT_GAP * inner.size:
            count -= 1
    return list(lines[:count])


def _remove_lines(page: PdfPage, head: Sequence[TextLine], foot: Sequence[TextLine]) -> PdfPage:
    """A page with some of its lines moved from its runs to its head and foot."""
    gone = {run for line in (*head, *foot) for run in line.runs}
    return replace(
        page,
        turns=[[run for run in runs if run not in gone] for runs in page.turns],
        head=tuple(EdgeLine(line.text, line.words) for line in head),
        foot=(*(EdgeLine(line.text, line.words) for line in foot), *page.foot),
    )

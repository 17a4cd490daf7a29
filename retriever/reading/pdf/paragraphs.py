"""Lines of a PDF file, in reading order -> paragraphs.

A line starts a paragraph only if its type, its place or the gap above it shows that. A paragraph may continue in the
next column or on the next page.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from .columns import FEWEST_COLUMN_LINES, Flow
from .glyphs import PrintedWord
from .hyphens import LineJoiner, is_wide
from .runs import LARGER, EdgeLine, PdfPage, round_to_half
from .style import BodyStyle
from .text_lines import TextLine

PARAGRAPH_GAP = 1.25
"""Line gaps, in units of the usual one, that separate paragraphs; half a line between paragraphs is 1.5."""

WIDE_ROOM = 0.25
"""Share of the width that a ragged line leaves at most; a line that leaves more was ended on purpose."""

FULL_ROOM = 0.15
"""Share of the width that a full line of ragged text leaves."""

INDENT = 0.8
"""Ems by which a line is indented; a first line by 1 or more."""

LOOK_BACK = 40
"""Paragraphs (feet, notes, the words in a figure) that may come between the halves of another one."""

_FINAL = ".!?…:;。！？।؟"
_CLOSERS = "\"'”’»›)]}*†‡"
BULLET = re.compile(r"[•‣◦▪■●○►✓➢]\s*\S")
_NUMBERED = re.compile(r"(?:[-–*]|\(?\d{1,3}[.)]|\[\d{1,3}\]|\(?[a-z]\))\s+\S")
_NOTE_MARKS = re.compile(r"(?:\[[\w,–-]{1,9}\])+$")
_NOTE = re.compile(r"\[\d{1,3}\] ")
_UNFINISHED = re.compile(
    r"\w[-‐,]$|\b(?:a|an|the|of|by|in|on|at|to|for|from|with|and|or|that|which|who|whose|is|are|was|were|its|their"
    r"|der|die|das|des|dem|den|und|oder|von|mit|im|le|la|les|du|de|et|el|los|las|y|del)$"
)
"""Line ends after which a sentence continues: a hyphen, a comma or a word that needs the next."""

CONTENTS = re.compile(r"(?<!\.)(?<!\. )(?:\. ?){4,}\s*(\d{1,5})$")


@dataclass(slots=True)
class PdfParagraph:
    """Lines that belong together.

    Attributes:
        parts: the parts of its text, one per line.
        words: the words of each line, with their places.
        page: on which it starts, from 0.
        size: of its first line's font, in points.
        bold: whether its first line is.
        cells: whether it is a row of a table.
        full: whether it has several lines, and the last one is as wide as the column.
        furniture: whether it belongs to the page, not to the content.
        heading: whether it is one.
        starts: the parts at which a page starts, and the page.
        table_row: its number in a table with rules, from 1.
        quoted: as for a run: which of its last page's quotations in a tagged file it is, or 0.
    """

    parts: list[str]
    words: list[Sequence[PrintedWord]]
    page: int
    size: float
    bold: bool = False
    cells: bool = False
    full: bool = False
    furniture: bool = False
    heading: bool = False
    starts: list[tuple[int, int]] = field(default_factory=list)
    table_row: int | None = None
    quoted: int = 0

    @property
    def text(self) -> str:
        """Its text, in one line."""
        return "".join(self.parts)

    @property
    def last_page(self) -> int:
        """The page on which it ends, from 0."""
        return self.starts[-1][1] if self.starts else self.page


def find_paragraphs(pages: Sequence[PdfPage], flows: Sequence[Sequence[Flow]], style: BodyStyle) -> list[PdfParagraph]:
    """Put the lines of a document together.

    Args:
        pages: its pages, for their heads and feet.
        flows: the lines of each page, in reading order.
        style: what is usual in the document.

    Returns:
        Its paragraphs in reading order; the paragraphs of each page are between its head and its foot.
    """
    joiner = LineJoiner(line.text for page in flows for flow in page for line in flow.lines)
    paragraphs: list[PdfParagraph] = []
    for number, (page, page_flows) in enumerate(zip(pages, flows, strict=True)):
        paragraphs += _furniture(page.head, number, style)
        for flow in page_flows:
            for place, paragraph in enumerate(_paragraphs(flow, number, style, joiner)):
                _add(paragraphs, paragraph, place == 0, joiner)
        paragraphs += _furniture(page.foot, number, style)
    return paragraphs


def _furniture(lines: Iterable[EdgeLine], page: int, style: BodyStyle) -> Iterator[PdfParagraph]:
    return (PdfParagraph([line.text], [line.words], page, style.size, furniture=True) for line in lines)


def _paragraphs(flow: Flow, page: int, style: BodyStyle, joiner: LineJoiner) -> Iterator[PdfParagraph]:
    lines = flow.lines
    left, rights = min(line.left for line in lines), _rights(lines)
    groups = [lines[:1]]
    for line in lines[1:]:
        if _starts_paragraph(groups[-1], line, rights[round_to_half(line.size)], style):
            groups.append([])
        groups[-1].append(line)
    for group in groups:
        first, last = group[0], group[-1]
        parts = [first.text]
        for line in group[1:]:
            joiner.append(parts, line.text)
        right = rights[round_to_half(last.size)]
        full = len(group) > 1 and last.right > right - FULL_ROOM * (right - left)
        size = min(first.size, style.size) if flow.aside else first.size  # however large, a stamp is no heading
        words: list[Sequence[PrintedWord]] = [line.words for line in group]
        row = first.table_row
        yield PdfParagraph(parts, words, page, size, first.bold, first.cells, full, table_row=row, quoted=first.quoted)


def _rights(lines: Sequence[TextLine]) -> dict[float, float]:
    """The right edge of the column for lines of each size; a headline of a line or two may be wider."""
    ends: dict[float, list[float]] = {}
    for line in lines:
        ends.setdefault(round_to_half(line.size), []).append(line.right)
    column = max((max(rights) for rights in ends.values() if len(rights) >= FEWEST_COLUMN_LINES), default=0.0)
    return {size: max(*rights, column) for size, rights in ends.items()}


def _starts_paragraph(group: Sequence[TextLine], line: TextLine, right: float, style: BodyStyle) -> bool:
    """Whether a line starts a paragraph after the lines of the one before it, in a column up to `right`."""
    above = group[-1]
    if above.quoted or line.quoted:
        return above.quoted != line.quoted
    size = max(above.size, line.size)
    if _are_unlike(above, line) or not 0 <= above.baseline - line.baseline < PARAGRAPH_GAP * style.gap(size):
        return True
    if BULLET.match(line.text) or CONTENTS.search(above.text[-80:]):
        return True
    ended = _is_ended(above.text)
    left_room = ended or above.right < right - WIDE_ROOM * (right - above.left)
    is_short = left_room and _first_word_fits(above, line, right)
    in_list = _NUMBERED.match(group[0].text) is not None
    if _NUMBERED.match(line.text) and (in_list or is_short or ended):
        return True
    if not ended and (line.text[0].islower() or (_is_unfinished(above.text) and above.text[-1] != ",")):
        return False
    if is_short and size < LARGER * style.size:
        return True
    # An indent is that of a first line, or of all lines but the first: it changes after the first or not at all.
    return len(group) > 1 and abs(line.left - above.left) > INDENT * size and not _is_centred(above, line)


def _are_unlike(above: TextLine, line: TextLine) -> bool:
    """Whether two lines cannot belong to one paragraph."""
    sizes = sorted((above.size, line.size))
    return above.cells or line.cells or above.bold != line.bold or sizes[1] > LARGER * sizes[0]


def _first_word_fits(above: TextLine, line: TextLine, right: float) -> bool:
    """Whether a line's first word, with a space, would have fitted on the line above it."""
    size = max(above.size, line.size)
    first_word = line.text.split(maxsplit=1)[0]
    width = size if is_wide(line.text[0]) else (line.right - line.left) * len(first_word) / len(line.text)
    return above.right + 1.2 * width + 0.8 * size < right


def _is_centred(above: TextLine, line: TextLine) -> bool:
    return abs(above.left + above.right - line.left - line.right) < line.size


def _is_ended(text: str) -> bool:
    return _NOTE_MARKS.sub("", text).rstrip(_CLOSERS + "0123456789").endswith(tuple(_FINAL))


def _is_unfinished(text: str) -> bool:
    """Whether a sentence continues after a line, whatever letter comes next."""
    return _UNFINISHED.search(text[-40:]) is not None


def _add(paragraphs: list[PdfParagraph], paragraph: PdfParagraph, is_first: bool, joiner: LineJoiner) -> None:
    """Add a paragraph after the earlier ones, or to the one that it continues."""
    if paragraph.quoted:
        before = _begun_quotation(paragraphs, paragraph)
    else:
        before = _first_half(paragraphs, paragraph, is_first)
    if before is None:
        paragraphs.append(paragraph)
        return
    if paragraph.page != before.last_page:
        before.starts.append((len(before.parts), paragraph.page))
    joiner.append(before.parts, paragraph.parts[0])
    before.parts += paragraph.parts[1:]
    before.words += paragraph.words
    before.full, before.quoted = paragraph.full, paragraph.quoted


def _begun_quotation(paragraphs: Sequence[PdfParagraph], rest: PdfParagraph) -> PdfParagraph | None:
    """The beginning of a quotation: the file says what belongs to it, however its words and their place look."""
    before = next((one for one in reversed(paragraphs[-LOOK_BACK:]) if one.quoted), None)
    if before is None or before.last_page == rest.page:
        return before if before and before.quoted == rest.quoted else None
    return before if rest.quoted < 0 and before.last_page == rest.page - 1 else None


def _first_half(paragraphs: Sequence[PdfParagraph], rest: PdfParagraph, is_first: bool) -> PdfParagraph | None:
    """The paragraph that this one continues, across the end of a column or page and across notes and figures."""
    first_line = rest.parts[0]
    lower = first_line[0].islower()
    if rest.cells or not (lower or is_first) or BULLET.match(first_line) or _NUMBERED.match(first_line):
        return None
    for distance, before in enumerate(reversed(paragraphs[-LOOK_BACK:])):
        if before.furniture or before.size * LARGER < rest.size or (is_first and _NOTE.match(before.parts[0])):
            continue
        alike = before.size < LARGER * rest.size and before.bold == rest.bold and not before.cells
        alike = alike and not before.quoted
        goes_on = (lower and (distance or is_first)) or before.full or _is_unfinished(before.parts[-1])
        return before if alike and goes_on and not _is_ended(before.parts[-1]) else None
    return None

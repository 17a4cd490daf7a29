"""A page's tree -> its visible text in blocks, in the order of the page, and the boxes around them.

It leaves out only what a browser does not show.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from ..builder import one_line, picture_line
from ..raised import END, LOWERED, NOTE, POWER, RAISED
from ..rows import TableGrid
from .markup import HEADINGS, Element
from .table_cells import columns_covered, data_tables, rows_covered, table_lines

_UNSEEN = frozenset(
    "script style template noscript head title select datalist textarea svg iframe object embed audio video canvas "
    "annotation annotation-xml".split()
)
_BOXES = frozenset(
    "html body address article aside blockquote button caption center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu nav ol p pre search section "
    "summary table tbody td tfoot th thead tr ul".split()
)
_MATHS = {
    "msup": (POWER,),
    "mover": (POWER,),
    "mroot": (POWER,),
    "msub": (LOWERED,),
    "munder": (LOWERED,),
    "msubsup": (LOWERED, POWER),
    "munderover": (LOWERED, POWER),
}
"""How the second and third part of an element of MathML are set."""

_PLACING = frozenset("a sup sub span small font".split())
"""Elements of HTML that may raise or lower what they hold, by themselves or by their style."""

NEAR_PICTURE = 3
"""Blocks before and after a picture that may be its caption."""

LONGEST_TERM = 120
"""Characters of a term that is defined; what is longer stands alone."""

LONGEST_NOTE_MARK = 5
"""Characters of a note's mark; a longer link names what it leads to."""

_UNNUMBERED = re.compile(r"(?i)\blist-style(?:-type)?\s*:\s*none")
_NOTES_HINT = re.compile(r"(?i)ref|note|cit|comment|breadcrumb|menu|nav")
_VERTICAL = re.compile(r"(?i)\bvertical-align\s*:\s*(super|sub)\b")
_NOTE_CLASS = re.compile(r"(?i)\b(?:foot|end)?-?_?note-?_?(?:ref|anchor|link|call)?\b|\bfn-?ref\b")
_NOTE_ROLES = frozenset(("noteref", "doc-noteref"))
_HIDDEN = re.compile(r"(?i)\b(?:display\s*:\s*none|visibility\s*:\s*hidden)")
_INVISIBLE = str.maketrans("", "", "\u00ad\u200b\u2060")  # soft hyphen, zero-width space, word joiner


@dataclass(slots=True, eq=False)
class Box:
    """An element with a box of its own; `article` fills in its sums and its score.

    Attributes:
        tag: the element's.
        hint: its class and id.
        role: its role; "hidden" if it is hidden from screen readers.
        parent: the box around it; None around the outermost.
        listed: whether it is a list item or inside one.
        excluded: whether it cannot contain an article, by the tag, role and class of it or of a box around it.
        characters: length of the text that isn't excluded.
        linked: how many of these are in links.
        prose: characters of long paragraphs, without links.
        score: how much it looks like the box of an article; higher is more.
        inner: the number of boxes directly inside.
        quoted: whether it is a block quotation or inside one.
    """

    tag: str
    hint: str
    role: str
    parent: "Box | None"
    listed: bool = False
    excluded: bool = False
    characters: float = 0
    linked: float = 0
    prose: float = 0
    score: float | None = None
    inner: int = 0
    quoted: bool = False


@dataclass(slots=True, eq=False)
class HtmlBlock:
    """A paragraph, heading, list item or data table.

    Attributes:
        lines: its text: one line, or a table's rows; of preformatted text, one string with line breaks.
        text: its words as on the page.
        linked: how many of its characters are in links.
        box: the innermost box around it.
        code: whether it is preformatted, so that its line breaks matter.
        rows: of a table, the number of each line's row, from 1.
        picture: whether it is the description of a picture, which is not prose.
    """

    lines: tuple[str, ...]
    text: str
    linked: int
    box: Box
    code: bool = False
    rows: tuple[int, ...] = ()
    picture: bool = False

    @property
    def heading(self) -> bool:
        """Whether it is a heading."""
        return self.box.tag in HEADINGS

    @property
    def linked_share(self) -> float:
        """Share of links in it, 0 to 1."""
        return self.linked / len(self.text)


def find_blocks(tree: Element) -> tuple[list[Box], list[HtmlBlock]]:
    """The boxes in the order of the page, and the blocks in them."""
    collector = _BlockCollector(data_tables(tree))
    collector.through(tree)
    return collector.boxes, list(_without_repeated_captions(collector.blocks))


def _without_repeated_captions(blocks: Sequence[HtmlBlock]) -> Iterator[HtmlBlock]:
    """The blocks without picture descriptions that nearby words repeat."""
    for place, block in enumerate(blocks):
        near = blocks[max(0, place - NEAR_PICTURE) : place + NEAR_PICTURE + 1]
        words = block.text.removeprefix("[Picture: ").removesuffix("]").rstrip(".") if block.picture else ""
        if not words or not any(words in other.text for other in near if other is not block):
            yield block


class _BlockCollector:
    """Walks through a tree, without recursion, and collects its text in blocks."""

    def __init__(self, data_tables: set[Element]) -> None:
        self.boxes: list[Box] = []
        self.blocks: list[HtmlBlock] = []
        self._data_tables = data_tables
        self._here: Box | None = None
        self._texts: list[str] = []
        self._pictures: list[str] = []  # descriptions, added after the block with the pictures
        self._linked = 0
        self._open_links = 0
        self._open_pre = 0
        self._after_break = False
        self._terms: list[HtmlBlock] = []  # of a definition list, that wait for their definition
        self._definitions: set[Box] = set()  # without a block yet
        self._numbers: dict[Box, int] = {}  # of steps without a block yet
        self._steps: set[Box] = set()  # lists that are numbered
        self._counts: dict[Box, int] = {}  # of the steps in each list

    def through(self, root: Element) -> None:
        """Walk through an element and all in it."""
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            if event == "end":
                self._leave(element)
                if element is not root:
                    self._add(element.tail)
            elif element is not root and is_unseen(element):
                walk.skip_subtree()
            else:
                self._enter(element)
                if element in self._data_tables:
                    self._add_table(element)
                    walk.skip_subtree()
                else:
                    self._add(element.text)

    def _enter(self, element: Element) -> None:
        if mark := _placement(element):
            self._texts.append(mark)
        if element.tag == "br":
            self._break()
        elif element.tag == "q":
            self._texts.append("“")
        elif element.tag == "img":
            if line := picture_line(element.get("alt")):
                self._pictures.append(line)
        elif element.tag == "a":
            self._open_links += 1
            if self._texts and self._linked and not self._texts[-1][-1:].isspace():
                before = element.getprevious()
                if before is not None and before.tag == "a" and not before.tail:
                    self._texts.append(" ")  # links of a menu, set apart by their style only
        elif element.tag in _BOXES:
            self._flush()
            self._open_box(element)

    def _open_box(self, element: Element) -> None:
        around = self._here
        hint = f"{element.get('class') or ''} {element.get('id') or ''}"
        role = "hidden" if element.get("aria-hidden") == "true" else element.get("role") or ""
        listed = element.tag == "li" or (around is not None and around.listed)
        quoted = element.tag == "blockquote" or (around is not None and around.quoted)
        self._here = Box(element.tag, hint, role, around, listed, quoted=quoted)
        if around is not None:
            around.inner += 1
        self.boxes.append(self._here)
        if element.tag == "dl":
            self._end_definitions()
        elif element.tag == "ol" and _counts_steps(element):
            self._steps.add(self._here)
        elif element.tag == "dd":
            self._definitions.add(self._here)
        elif element.tag == "li" and around is not None and around in self._steps:
            self._numbers[self._here] = self._counts[around] = self._number(element, around)
        self._open_pre += element.tag == "pre"

    def _number(self, item: Element, around: Box) -> int:
        """The number of a step: its own, or the next in its list."""
        own = item.get("value") or ("" if around in self._counts else item.getparent().get("start") or "1")
        return int(own) if re.fullmatch(r"[0-9]{1,4}", own) else self._counts.get(around, 0) + 1

    def _leave(self, element: Element) -> None:
        if is_unseen(element):
            return
        if _placement(element):
            self._texts.append(END)
        if element.tag == "a":
            self._open_links -= 1
        elif element.tag == "q":
            self._texts.append("”")
        elif element.tag in _BOXES and self._here is not None:
            self._flush()
            if element.tag == "dl":
                self._end_definitions()
            self._open_pre -= element.tag == "pre"
            self._here = self._here.parent

    def _break(self) -> None:
        """One line break is a blank; two end the paragraph."""
        if self._after_break:
            self._flush()
        elif self._texts:
            self._texts.append("\n" if self._open_pre else " ")
            self._after_break = not self._open_pre

    def _add(self, text: str | None) -> None:
        if not text:
            return
        if not text.isspace():
            self._after_break = False
            self._linked += len(one_line(text)) if self._open_links else 0
        self._texts.append(text)

    def _flush(self) -> None:
        """End the block. In preformatted text, blank lines separate several blocks."""
        self._flush_text()
        pictures, self._pictures = self._pictures, []
        if self._here is not None:
            self.blocks += (HtmlBlock((line,), line, 0, self._here, picture=True) for line in pictures)

    def _flush_text(self) -> None:
        if not self._texts:
            return
        text = "".join(self._texts).translate(_INVISIBLE)
        linked, self._texts, self._linked, self._after_break = self._linked, [], 0, False
        for part in re.split(r"\n[^\S\n]*\n", text) if self._open_pre else (text,):
            line = one_line(part)
            if line and self._here is not None:
                self._add_block(self._here, part if self._open_pre else line, line, min(linked, len(line)))

    def _add_block(self, box: Box, written: str, line: str, linked: int) -> None:
        """Add a block. A term waits for its definition, and the first block of a step gets its number."""
        if box.tag == "dt" and len(line) <= LONGEST_TERM:
            self._terms.append(HtmlBlock((line,), line, linked, box))
            return
        item = _item_of(box)
        if item in self._numbers:
            number = self._numbers.pop(item)
            written = written if written.lstrip()[:1].isdecimal() else f"{number}. {written}"
        elif self._terms and item in self._definitions:
            terms, self._terms = self._terms, []
            named = ", ".join(term.text for term in terms)
            written = line = f"{named}{' ' if named[-1] in '.!?:' else ': '}{line}"
            linked += sum(term.linked for term in terms)
        self._definitions.discard(item)
        self.blocks.append(HtmlBlock((written,), line, linked, box, code=self._open_pre > 0))

    def _end_definitions(self) -> None:
        """Add the terms without a definition."""
        self.blocks += self._terms
        self._terms = []

    def _add_table(self, table: Element) -> None:
        """Add a data table as one block, with one line per row."""
        for caption in table.iterchildren("caption"):
            self._add(" ".join(block.text for block in find_blocks(caption)[1]))
            self._flush()
        grid, headings, linked = TableGrid(), [], 0
        for row in table.iter("tr"):
            texts: list[tuple[str, int, int]] = []
            cells = list(row.iterchildren("td", "th"))
            for cell in cells:
                _, inside = find_blocks(cell)
                text = " ".join(block.text for block in inside)
                texts.append((text, columns_covered(cell), rows_covered(cell)))
                linked += sum(block.linked for block in inside)
            grid.add(texts)
            headings.append([cell.tag == "th" for cell in cells])
        text = one_line(" ".join(cell or "" for row in grid.rows for cell in row))
        if text and self._here is not None:
            numbered = tuple(table_lines(grid.rows, headings))
            rows, lines = tuple(number for number, _ in numbered), tuple(line for _, line in numbered)
            self.blocks.append(HtmlBlock(lines, text, min(linked, len(text)), self._here, rows=rows))


def _placement(element: Element) -> str | None:
    """The mark for what an element raises, lowers or calls a note's mark."""
    tag = element.tag
    if tag not in _PLACING and not tag.startswith("m"):  # those of MathML do, and few others
        return None
    around = element.getparent()
    if around is not None and around.tag in _MATHS:
        place = around.index(element) - 1
        return _MATHS[around.tag][place] if 0 <= place < len(_MATHS[around.tag]) else None
    if tag == "a":
        return NOTE if _is_note_link(element) else None
    if tag == "sup":
        return NOTE if _links_note(around) and _text_length(around) == _text_length(element) else RAISED
    if tag == "sub":
        return LOWERED
    found = _VERTICAL.search(element.get("style") or "") if tag in ("span", "small", "font") else None
    if found is None:
        return None
    return RAISED if found[1].lower() == "super" else LOWERED


def _is_note_link(link: Element) -> bool:
    """Whether a link is the mark of a note, because it says so or is raised."""
    around = link.getparent()
    is_raised = around is not None and around.tag == "sup"
    named = is_raised or link.get("epub:type") in _NOTE_ROLES or link.get("role") in _NOTE_ROLES
    if not named and not _NOTE_CLASS.search(link.get("class") or ""):
        return False
    return bool(link.get("href")) and _text_length(link) <= LONGEST_NOTE_MARK


def _links_note(element: Element | None) -> bool:
    return element is not None and element.tag == "a" and "#" in (element.get("href") or "")


def _text_length(element: Element) -> int:
    return sum(len(text.strip()) for text in element.itertext())


def _counts_steps(numbered: Element) -> bool:
    """Whether a numbered list has steps: no notes, no links, and visible numbers."""
    shown = _UNNUMBERED.search(numbered.get("style") or "") is None
    linked = sum(len(link.text_content()) for link in numbered.iter("a"))
    hint = f"{numbered.get('class') or ''} {numbered.get('id') or ''}"
    return shown and not _NOTES_HINT.search(hint) and 2 * linked < len(numbered.text_content())


def _item_of(box: Box) -> Box:
    """The list item or definition around a box, or the outermost box."""
    while box.tag not in ("li", "dd") and box.parent is not None:
        box = box.parent
    return box


def is_unseen(element: Element) -> bool:
    """Whether a browser shows nothing of an element."""
    if element.tag in ("html", "body"):
        return False  # often hidden until a script shows it
    return (
        not isinstance(element.tag, str)
        or element.tag in _UNSEEN
        or element.get("hidden") is not None
        or (element.tag == "dialog" and element.get("open") is None)
        or _HIDDEN.search(element.get("style") or "") is not None
    )

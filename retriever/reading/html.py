"""HTML: a saved page becomes its visible text, block by block, with what is not the article marked as furniture.

In come the page's bytes, out comes an `Extract`. The one decision: the article is a box of the page, found by scores
as in Arc90's Readability and grown while what it gains is prose; what stands elsewhere is furniture, and nothing is
dropped but what a browser would not show.
"""

import codecs
import json
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from lxml import etree, html

from ..errors import ReadingError
from ..records import Known
from .blocks import Blocks, metadata, one_line
from .dates import dateline, iso_date
from .extract import Extract
from .plain import decode_text
from .rows import row_lines
from .sources import Note

logging.getLogger("htmldate").addHandler(logging.NullHandler())  # its complaints are no message to a user

Element: TypeAlias = Any
"""An element of lxml, which has no types."""

# What a page holds -----------------------------------------------------------------------------------------

_UNSEEN = frozenset(
    "script style template noscript head title select datalist textarea svg iframe object embed audio video canvas "
    "annotation annotation-xml".split()
)
_BOXES = frozenset(
    "html body address article aside blockquote button caption center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu nav ol p pre search section "
    "summary table tbody td tfoot th thead tr ul".split()
)
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_NO_CELL = _HEADINGS | frozenset("table pre blockquote article section header footer main nav form hr".split())
_HIDDEN = re.compile(r"(?i)\b(?:display\s*:\s*none|visibility\s*:\s*hidden)")
_INVISIBLE = str.maketrans("", "", "\u00ad\u200b\u2060")  # soft hyphen, zero-width space, word joiner

LONGEST_CELL = 500
"""Characters; a longer cell holds prose, and its table is there for the layout."""

LARGEST_SPAN = 100
"""Columns that one cell may span; no table that is read has more, and a false number would fill the memory."""

_DATA_ADDRESS = re.compile(rb"data:[\w/+.;=-]{0,100},[^\"'()<>\s]{1000,}")
_LONG_TAG = re.compile(rb"<[A-Za-z][^<>]{20000,}")
_QUOTED = re.compile(rb"\"[^\"]*\"|'[^']*'")
_EMPTY_ELEMENT = re.compile(rb"<([A-Za-z][\w:-]*)(\s[^<>]*)?/>")
_VOID = frozenset(b"area base br col embed hr img input link meta param source track wbr".split())
_STYLING = re.compile(rb"(?i)</?(?:b|big|em|font|i|s|small|span|strong|u)(?=[\s>/])[^<>]*>")

MOST_ATTRIBUTES = 2_000
"""Attributes of one element; libxml2's time grows with their square, and real elements have dozens."""


@dataclass(slots=True, eq=False)
class _Box:
    """An element that makes a box of its own; sums count what stands anywhere inside it.

    Attributes:
        hint: its class and id.
        shunned: whether it or a box around it is no place for an article.
        characters: length of the text that isn't shunned.
        linked: how much of that is links.
        prose: characters of long paragraphs, links left out.
        score: how much it looks like the box of an article, higher is more so.
        inner: how many boxes are directly inside.
    """

    tag: str
    hint: str
    role: str
    parent: "_Box | None"
    listed: bool = False
    shunned: bool = False
    characters: float = 0
    linked: float = 0
    prose: float = 0
    score: float | None = None
    inner: int = 0


@dataclass(slots=True, eq=False)
class _Block:
    """A paragraph, heading, list item or data table.

    Attributes:
        lines: what is shown of it: one line, or a table's rows.
        text: its words as the page has them.
        linked: how many of its characters are links.
        box: the innermost box around it.
    """

    lines: tuple[str, ...]
    text: str
    linked: int
    box: _Box

    @property
    def heading(self) -> bool:
        """Whether it is a heading."""
        return self.box.tag in _HEADINGS

    @property
    def linked_share(self) -> float:
        """Share of links in it, 0 to 1."""
        return self.linked / len(self.text)


def read(data: bytes, name: str) -> Extract:
    """Read a saved web page.

    Args:
        data: the file's bytes.
        name: the file's name, for messages.

    Returns:
        Its visible text, a block a line; what is not the article is furniture.

    Raises:
        ReadingError: it is no text, holds none to see, or is nested or long beyond what is read.
    """
    return read_html(data, name=name)


def read_html(data: bytes | str, *, whole: bool = False, name: str = "the page") -> Extract:
    """Read a page, or a chapter or letter in HTML.

    Args:
        data: the page; bytes are decoded as they themselves say.
        whole: take everything for content but what is marked as navigation or a footer: it is no web page.
        name: for messages.

    Returns:
        As `read`.

    Raises:
        ReadingError: as `read`.
    """
    text, warning = (data, None) if isinstance(data, str) else _decoded(data, name)
    tree = _parsed(text, name)
    boxes, blocks = _blocks(tree)
    article = [not _is_navigation(block.box) for block in blocks] if whole else _article(boxes, blocks)
    result = Blocks()
    if warning:
        result.warn(warning)
    for block, kept in zip(blocks, article, strict=True):
        for line in block.lines:
            result.add(line, heading=block.heading, furniture=not kept)
    about = _about(tree, text, blocks, article)
    return result.extract(name, about, why_empty="a page that is made by its scripts must be saved from the browser")


# Bytes to boxes and blocks -----------------------------------------------------------------------------------

_DECLARED = re.compile(rb"(?i)<(?:meta|\?xml)\b[^<>]*?(?:charset|encoding)\s*=\s*[\"']?\s*([\w:.-]+)")
_DECLARATION_BYTES = 4_096
"""Where a page must have declared its encoding; HTML says 1024, and many put it later."""

MOST_UNDECODED = 0.001
"""Share of letters that may be broken in the encoding a page declares; more, and it is declared falsely."""


def _decoded(data: bytes, name: str) -> tuple[str, str | None]:
    """The page's text, and a warning where its encoding had to be guessed or letters are broken.

    Bytes that are UTF-8 are taken for it, whatever the page declares: pages are often saved anew by programs that
    leave the declaration as it was.
    """
    declared = _DECLARED.search(data[:_DECLARATION_BYTES])
    encoding = _encoding(declared[1].decode("ascii")) if declared else None
    if encoding and b"\0" not in data and (data.isascii() or not _is_utf_8(data)):
        text = data.decode(encoding, errors="replace")
        broken = text.count("\ufffd")
        if broken <= MOST_UNDECODED * len(text):
            return text, f"{name} has {broken} letters that are broken; they are shown as \ufffd." if broken else None
    text, note = decode_text(data, name)
    return text, f"{name} was {note}; if its letters look wrong, save it as UTF-8." if note else None


def _encoding(declared: str) -> str | None:
    """The encoding that browsers take for the one declared, or None where Python doesn't know it."""
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        return None
    return {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932"}.get(
        name, None if name.startswith("utf-16") or not _decodes_text(name) else name
    )


def _decodes_text(encoding: str) -> bool:
    """Whether an encoding makes text of bytes; some of Python's are transforms such as base64."""
    try:
        return isinstance(b"".decode(encoding), str)
    except (LookupError, UnicodeError):
        return False


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _parsed(text: str, name: str) -> Element:
    """The page's tree; nothing is fetched, and no entity is read from elsewhere."""
    data = _DATA_ADDRESS.sub(b"data:,", text.encode("utf-8", "replace"))
    if any(len(_QUOTED.sub(b"", tag[0]).split()) > MOST_ATTRIBUTES for tag in _LONG_TAG.finditer(data)):
        raise ReadingError(
            f"{name} has an element with thousands of attributes: save it as plain text and add it again."
        )
    if b"http://www.w3.org/1999/xhtml" in data[:_DECLARATION_BYTES] or data.lstrip().startswith(b"<?xml"):
        data = _EMPTY_ELEMENT.sub(_opened_and_closed, data)
    tree, complete = _tree(data)
    if not complete:  # old pages leave their fonts open, one inside the other
        tree, complete = _tree(_STYLING.sub(b"", data))
    if not complete:
        raise ReadingError(
            f"{name} nests its elements too deep, or has one too large, to be read: "
            "save it as plain text and add it again."
        )
    if tree is None:
        raise ReadingError(f"{name} holds no text: save the page anew and add it again.")
    return tree


def _opened_and_closed(element: re.Match[bytes]) -> bytes:
    """`<a id="x"/>` of XHTML as HTML needs it, or the rest of the page would stand inside."""
    if element[1].lower() in _VOID:
        return element[0]
    return b"<%b%b></%b>" % (element[1], element[2] or b"", element[1])


def _tree(data: bytes) -> tuple[Element, bool]:
    """The tree, None where there is none, and whether libxml2 read the page to its end."""
    parser = html.HTMLParser(encoding="utf-8", huge_tree=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        tree = html.document_fromstring(data, parser=parser)
    except etree.ParserError:
        tree = None
    return tree, all(error.type != etree.ErrorTypes.ERR_RESOURCE_LIMIT for error in parser.error_log)


def _blocks(tree: Element) -> tuple[list[_Box], list[_Block]]:
    """The boxes in the page's order, and the blocks in them."""
    walk = _Walk(_data_tables(tree))
    walk.through(tree)
    return walk.boxes, walk.blocks


class _Walk:
    """One walk through a tree, without recursion, that gathers text into blocks."""

    def __init__(self, data_tables: set[Element]) -> None:
        self.boxes: list[_Box] = []
        self.blocks: list[_Block] = []
        self._data_tables = data_tables
        self._here: _Box | None = None
        self._pieces: list[str] = []
        self._linked = 0
        self._open_links = 0
        self._open_pre = 0
        self._after_break = False

    def through(self, root: Element) -> None:
        """Walk through an element and all in it."""
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            if event == "end":
                self._leave(element)
                if element is not root:
                    self._add(element.tail)
            elif element is not root and _is_unseen(element):
                walk.skip_subtree()
            else:
                self._enter(element)
                if element in self._data_tables:
                    self._add_table(element)
                    walk.skip_subtree()
                else:
                    self._add(element.text)

    def _enter(self, element: Element) -> None:
        if element.tag == "br":
            self._break()
        elif element.tag == "a":
            self._open_links += 1
            if self._pieces and self._linked and not self._pieces[-1][-1:].isspace():
                before = element.getprevious()
                if before is not None and before.tag == "a" and not before.tail:
                    self._pieces.append(" ")  # links of a menu, set apart by their style only
        elif element.tag in _BOXES:
            self._flush()
            around = self._here
            hint = f"{element.get('class') or ''} {element.get('id') or ''}"
            role = "hidden" if element.get("aria-hidden") == "true" else element.get("role") or ""
            listed = element.tag == "li" or (around is not None and around.listed)
            self._here = _Box(element.tag, hint, role, around, listed)
            if around is not None:
                around.inner += 1
            self.boxes.append(self._here)
            self._open_pre += element.tag == "pre"

    def _leave(self, element: Element) -> None:
        if _is_unseen(element):
            return
        if element.tag == "a":
            self._open_links -= 1
        elif element.tag in _BOXES and self._here is not None:
            self._flush()
            self._open_pre -= element.tag == "pre"
            self._here = self._here.parent

    def _break(self) -> None:
        """One line break is a blank, two end the paragraph."""
        if self._after_break:
            self._flush()
        elif self._pieces:
            self._pieces.append("\n" if self._open_pre else " ")
            self._after_break = not self._open_pre

    def _add(self, text: str | None) -> None:
        if not text:
            return
        if not text.isspace():
            self._after_break = False
            self._linked += len(one_line(text)) if self._open_links else 0
        self._pieces.append(text)

    def _flush(self) -> None:
        """End the block; in preformatted text, blank lines part several."""
        if not self._pieces:
            return
        text = "".join(self._pieces).translate(_INVISIBLE)
        linked, self._pieces, self._linked, self._after_break = self._linked, [], 0, False
        for part in re.split(r"\n[^\S\n]*\n", text) if self._open_pre else (text,):
            line = one_line(part)
            if line and self._here is not None:
                self.blocks.append(_Block((line,), line, min(linked, len(line)), self._here))

    def _add_table(self, table: Element) -> None:
        """A data table as one block, a row a line."""
        rows, linked, headings = [], 0, []
        for row in table.iter("tr"):
            cells = []
            headings.append([cell.tag == "th" for cell in row.iterchildren("td", "th")])
            for cell in row.iterchildren("td", "th"):
                _, inside = _blocks(cell)
                cells += [" ".join(block.text for block in inside), *[""] * (_span(cell) - 1)]
                linked += sum(block.linked for block in inside)
            rows.append(cells)
        for caption in table.iterchildren("caption"):
            self._add(" ".join(block.text for block in _blocks(caption)[1]))
            self._flush()
        text = one_line(" ".join(cell for row in rows for cell in row))
        if text and self._here is not None:
            lines = tuple(_table_lines(rows, headings))
            self.blocks.append(_Block(lines, text, min(linked, len(text)), self._here))


def _is_unseen(element: Element) -> bool:
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


def _table_lines(rows: Sequence[list[str]], headings: Sequence[list[bool]]) -> Iterator[str]:
    """A table's rows as lines; where the first column names what stands beside it, that name leads the line."""
    first = next((row for row in headings if row), [])
    sideways = not all(first) and sum(row[:1] == [True] for row in headings) * 2 > len(headings)
    if not sideways:
        yield from row_lines(rows, headed=bool(first) and all(first))
        return
    for row in rows:
        head, *values = row
        rest = "; ".join(value for value in values if value)
        if head or rest:
            yield f"{head.rstrip(':')}: {rest}." if head and rest else head or rest


def _span(cell: Element) -> int:
    """How many columns a cell takes."""
    written = (cell.get("colspan") or "").strip()
    return max(1, min(int(written), LARGEST_SPAN)) if re.fullmatch(r"[0-9]{1,4}", written) else 1


def _data_tables(tree: Element) -> set[Element]:
    """The tables that hold data, not the page's layout; a table that holds another one is layout."""
    found: list[Element] = []
    opened: list[Element] = []
    layout: set[Element] = set()
    for event, element in etree.iterwalk(tree, events=("start", "end"), tag=_NO_CELL):
        if event == "start":
            for table in reversed(opened):
                if table in layout:
                    break  # and so are those around it
                layout.add(table)
            if element.tag == "table":
                opened.append(element)
                found.append(element)
        elif element.tag == "table":
            opened.pop()
    return {table for table in found if table not in layout and _holds_data(table)}


def _holds_data(table: Element) -> bool:
    """Whether a table has two rows and two columns at least, and no cell with prose."""
    widths = sorted(sum(1 for _ in row.iterchildren("td", "th")) for row in table.iter("tr"))
    return (
        table.get("role") not in ("presentation", "none")
        and len(widths) > 1
        and widths[len(widths) // 2] > 1
        and all(len("".join(cell.itertext())) <= LONGEST_CELL for cell in table.iter("td", "th"))
    )


# The article -------------------------------------------------------------------------------------------------

SHORTEST_ARTICLE = 200
"""Characters under which a page has no article: an app, a notice. All of it but navigation is content then."""

SHORT_ARTICLE = 1_000
"""Characters under which an article must hold half of the page's prose, or it is the longest entry of a list, such as
a search's results."""

MOST_LINKED = 0.5
"""Share of links over which a list or a box inside the article is one of other stories."""

SHUNNED_AT_MOST = 0.5
"""Share of the page's prose over which a box is not shunned, whatever its class says: pages name the box of all
they hold "community" or "sidebar-right"."""

CLIMB_PROSE = 0.5
"""Share of prose in what a box adds to the one inside it, from which it is the article's box: its paragraphs come in
several boxes."""

LEAST_OF_BEST = 0.1
"""Share of the page's prose in the box that scores best, before it is grown; teasers score well but hold less."""

_NOT_THE_ARTICLE = re.compile(
    r"(?i)-ad-|ai2html|banner|breadcrumbs?|combx|comment|community|cover-wrap|disqus|extra|footer|gdpr|header|legends|menu"
    r"|related|remark|replies|rss|shoutbox|sidebar|skyscraper|social|sponsor|supplemental|ad-break|agegate|pagination"
    r"|pager|popup|cookie|newsletter"
)
_PERHAPS_THE_ARTICLE = re.compile(r"(?i)\band\b|article|body|column|content|main|mathjax|shadow")
_GOOD = re.compile(r"(?i)article|body|content|entry|main|page|post|text|blog|story")
_BAD = re.compile(
    r"(?i)-ad-|\bhid(den)?\b|banner|combx|comment|com-|contact|footer|gdpr|masthead|media|meta|outbrain|promo|related"
    r"|scroll|share|shoutbox|sidebar|skyscraper|sponsor|shopping|tags|widget"
)
"""Words in classes and ids by which Arc90's Readability and its followers tell boxes apart."""

_NAVIGATION_TAGS = frozenset("nav footer menu".split())
_ASIDE_TAGS = frozenset("aside button form fieldset".split())
_NAVIGATION_ROLES = frozenset("menu menubar navigation contentinfo".split())
_ASIDE_ROLES = frozenset("complementary alert alertdialog dialog hidden".split())
_TAG_SCORES = {
    **dict.fromkeys("div article main".split(), 5),
    **dict.fromkeys("section pre td blockquote".split(), 3),
    **dict.fromkeys("ol ul dl dd li form".split(), -3),
}
_LEAVES = frozenset("p td pre tr caption blockquote li dd figcaption".split())
_LISTS = frozenset("ul ol dl div section table".split())
_PARTS = frozenset("p li tr ul ol pre blockquote table tbody dl dd".split())
_COMMA = re.compile("[,،﹐︐⹁⸴⸲、，]")

PROSE_FROM = 40
"""Characters from which a block is prose whatever it ends in; menus and headlines of teasers are mostly shorter."""

PROSE_IN_LISTS = 0.2
"""What a list item's prose counts for: teasers and galleries are lists, and few articles are."""

SENTENCE_ENDS = '.!?…。:;"”'
"""What a paragraph ends in, however short."""

SHORTEST_SCORED = 25
"""Characters of the shortest paragraph that scores; Readability's number."""


def _article(boxes: Sequence[_Box], blocks: Sequence[_Block]) -> list[bool]:
    """For each block, whether it is of the article; where there is none, whether it is anything but navigation."""
    _shun(boxes, blocks)
    article = _in_best_box(boxes, blocks)
    found = [block for block, kept in zip(blocks, article, strict=True) if kept]
    length = sum(len(block.text) for block in found)
    if length >= SHORT_ARTICLE or (length >= SHORTEST_ARTICLE and sum(map(_prose, found)) * 2 >= boxes[0].prose):
        return _with_headline(article, blocks)
    return [not _is_navigation(block.box) for block in blocks]


def _with_headline(article: list[bool], blocks: Sequence[_Block]) -> list[bool]:
    """The article with the nearest first-rank heading above it, which often has a box of its own."""
    above = range(article.index(True), -1, -1)
    place = next((place for place in above if blocks[place].box.tag == "h1" and not blocks[place].box.shunned), None)
    return [kept or number == place for number, kept in enumerate(article)]


def _is_navigation(box: _Box | None) -> bool:
    while box is not None:
        if box.tag in _NAVIGATION_TAGS or box.role in _NAVIGATION_ROLES:
            return True
        box = box.parent
    return False


def _shun(boxes: Sequence[_Box], blocks: Sequence[_Block]) -> None:
    """Mark the boxes that are no place for an article, by their tags, roles and classes."""
    _sum_up(boxes, blocks)
    most = SHUNNED_AT_MOST * max((box.prose for box in boxes), default=0)
    for box in boxes:
        if box.parent is not None and box.parent.shunned:
            box.shunned = True
        elif box.tag in ("html", "body") or box.prose > most > 0:
            box.shunned = False
        else:
            box.shunned = (
                box.tag in _NAVIGATION_TAGS | _ASIDE_TAGS
                or box.role in _NAVIGATION_ROLES | _ASIDE_ROLES
                or (_NOT_THE_ARTICLE.search(box.hint) is not None and not _PERHAPS_THE_ARTICLE.search(box.hint))
            )


def _sum_up(boxes: Sequence[_Box], blocks: Sequence[_Block]) -> None:
    """Count each box's characters, links and prose anew, what is shunned left out."""
    for box in boxes:
        box.characters = box.linked = box.prose = 0
    for block in blocks:
        if not block.box.shunned:
            block.box.characters += len(block.text)
            block.box.linked += block.linked
            if not block.heading:
                block.box.prose += _prose(block)
    for box in reversed(boxes):
        if box.parent is not None:
            box.parent.characters += box.characters
            box.parent.linked += box.linked
            box.parent.prose += box.prose


def _prose(block: _Block) -> float:
    """Characters of a paragraph, as distinct from a label or a headline; its links don't count."""
    ends = block.text[-1] in SENTENCE_ENDS or block.box.tag == "pre"
    is_prose = ends or len(block.text) >= PROSE_FROM
    return len(block.text) * (1 - block.linked_share) * (PROSE_IN_LISTS if block.box.listed else 1) if is_prose else 0


def _in_best_box(boxes: Sequence[_Box], blocks: Sequence[_Block]) -> list[bool]:
    """For each block, whether it stands in the box that scores best, grown to all of the article, less link lists."""
    _sum_up(boxes, blocks)
    _score(blocks)
    scored = [box for box in boxes if box.score is not None]
    if not scored:
        return [not block.box.shunned for block in blocks]
    least = LEAST_OF_BEST * boxes[0].prose
    top = max(scored, key=lambda box: (box.prose >= least, _final_score(box)))
    while top.tag in _PARTS and top.parent is not None:
        top = top.parent
    around = top.parent
    while around is not None:
        added = around.characters - top.characters
        if around.prose - top.prose > max(0.05 * top.prose, CLIMB_PROSE * added):
            top = around
        around = around.parent
    inside = {top, *_fitting_siblings(top, boxes)}
    roots, lists = set(inside), set()
    for box in boxes:
        if box.parent in inside:
            inside.add(box)
        if box in inside and box not in roots and (box.parent in lists or _is_link_list(box)):
            lists.add(box)
    return [block.box in inside and block.box not in lists and not block.box.shunned for block in blocks]


def _score(blocks: Iterable[_Block]) -> None:
    """Give each paragraph's points to the boxes around it: in full, half, then a sixth and less."""
    for block in blocks:
        box = block.box
        if box.shunned or block.heading or box.tag == "li" or len(block.text) < SHORTEST_SCORED:
            continue
        points = 2 + len(_COMMA.findall(block.text)) + min(len(block.text) // 100, 3)
        is_leaf = box.parent is not None and (box.tag in _LEAVES or not box.inner)
        around: _Box | None = box.parent if is_leaf else box
        for share in (1, 2, 6, 9, 12):
            if around is None:
                break
            if around.score is None:
                around.score = _TAG_SCORES.get(around.tag, 0) + _hint_score(around.hint)
            around.score += points / share
            around = around.parent


def _hint_score(hint: str) -> int:
    return 25 * (bool(_GOOD.search(hint)) - bool(_BAD.search(hint)))


def _final_score(box: _Box) -> float:
    return (box.score or 0) * (1 - box.linked / box.characters) if box.characters else 0


def _fitting_siblings(top: _Box, boxes: Sequence[_Box]) -> Iterator[_Box]:
    """Boxes beside the article's that score a fifth of it, and loose paragraphs."""
    least = max(10, 0.2 * _final_score(top))
    for box in boxes:
        if box.parent is not top.parent or box.shunned or not box.characters:
            continue
        bonus = 0.2 * _final_score(top) if box.hint == top.hint and box.hint.strip() else 0
        linked = box.linked / box.characters
        is_paragraph = box.tag in ("p", "blockquote") and (linked == 0 or (box.characters > 80 and linked < 0.25))
        if is_paragraph or (box.score is not None and _final_score(box) + bonus >= least):
            yield box


def _is_link_list(box: _Box) -> bool:
    return box.tag in _LISTS and box.characters < 2_000 and box.linked > MOST_LINKED * box.characters


# What the page says of itself --------------------------------------------------------------------------------

_TITLES = "dc.title dcterms.title og:title twitter:title citation_title parsely-title".split()
_AUTHORS = "dc.creator dcterms.creator author parsely-author article:author citation_author sailthru.author byl".split()
_PUBLISHERS = "og:site_name dc.publisher dcterms.publisher citation_publisher application-name".split()
_DATES = (
    "article:published_time og:published_time datepublished date dc.date dcterms.date dc.date.issued dcterms.issued "
    "dcterms.created parsely-pub-date sailthru.date pubdate publishdate publish-date citation_publication_date "
    "citation_date weibo:article:create_at"
).split()
_BARS = re.compile(r"\s+[|‖·•»«:-]{1,2}\s+|\s+[–—]\s+|\s*[|｜]\s*")
_SURE_BARS = frozenset("| ‖ :: » ｜".split())
_BY = re.compile(r"(?i)^(?:(?:written|posted|published)\s+)?by\b[:\s]+")
_BYLINE = re.compile(r"(?i)(?:^|[\s_-])(?:byline|author|authors|p-author|byline-?name|author-?name)(?:$|[\s_-])")
_URL_DATE = re.compile(r"/(20\d\d|19\d\d)/(\d{1,2}|[a-z]{3})/(?:(\d{1,2})(?=/))?|/(20\d\d|19\d\d)-(\d\d)-(\d\d)\b")
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(https?://\S+)\s*-->")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
_ARTICLE_TYPES = re.compile(r"Article|Posting|Report|Review|Recipe|WebPage|Book|Dataset|VideoObject|CreativeWork")

LONGEST_BYLINE_WORDS = 12
"""Three names with their commas; longer, and it is what the author is, not who."""


def _about(tree: Element, text: str, blocks: Sequence[_Block], article: Sequence[bool]) -> Extract:
    """What the page says of itself, each with how it is known; the text is left out."""
    said = _meta(tree)
    things = _linked_data(tree)
    link = _link(tree, said, text)
    publisher = _first(metadata(value) for value in (*_said(said, _PUBLISHERS), *_named(things, "publisher")))
    if not publisher.value and link:
        publisher = Note((urlsplit(link).hostname or "").removeprefix("www."), Known.INFERRED, "the page's address")
    return Extract(
        "",
        title=_title(tree, said, things, publisher.value, blocks),
        author=_author(tree, said, things),
        publisher=publisher,
        published=_published(tree, said, things, link, blocks, article),
        language=_language(tree, said),
        link=link,
    )


def _meta(tree: Element) -> dict[str, str]:
    """What the page's meta elements say, by their names in lower case; the first of a name counts."""
    said: dict[str, str] = {}
    for element in tree.iter("meta"):
        content = one_line(element.get("content") or "")
        names = f"{element.get('property') or ''} {element.get('name') or ''} {element.get('itemprop') or ''}"
        for name in names.lower().split():
            if content:
                said.setdefault(re.sub("^(dc|dcterms):", r"\1.", name), content)
    return said


def _linked_data(tree: Element) -> list[dict[str, Any]]:
    """The page's objects in JSON-LD, articles first."""
    found: list[dict[str, Any]] = []
    for script in tree.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        try:
            waiting = [json.loads(_CDATA.sub("", script.text or ""), strict=False)]
        except (ValueError, RecursionError):
            continue
        while waiting:
            thing = waiting.pop(0)
            if isinstance(thing, list):
                waiting[:0] = thing
            elif isinstance(thing, dict):
                found.append(thing)
                waiting += [thing.get("@graph"), thing.get("mainEntity")]
    return sorted(found, key=lambda thing: not _ARTICLE_TYPES.search(str(thing.get("@type"))))


def _said(said: dict[str, str], names: Iterable[str]) -> Iterator[str]:
    return (said[name] for name in names if name in said)


def _named(things: Iterable[dict[str, Any]], key: str) -> Iterator[str]:
    """The names under a key of JSON-LD: of one thing, or of several, parted by commas."""
    for thing in things:
        value = thing.get(key)
        each = value if isinstance(value, list) else [value]
        names = [name.get("name") if isinstance(name, dict) else name for name in each]
        if text := ", ".join(name for name in names if isinstance(name, str) and not name.startswith("http")):
            yield html.fromstring(f"<p>{text}</p>").text_content() if "&" in text else text


def _first(notes: Iterable[Note]) -> Note:
    return next((note for note in notes if note.value), Note())


def _title(
    tree: Element,
    said: dict[str, str],
    things: Sequence[dict[str, Any]],
    publisher: str | None,
    blocks: Sequence[_Block],
) -> Note:
    headings = [block.lines[0] for block in blocks if block.box.tag in ("h1", "h2")]
    element = next((title for title in tree.iter("title") if title.text and not title.text.isspace()), None)
    own = [one_line(element.text)] if element is not None else []
    for text in (*_said(said, _TITLES), *own, *_named(things, "headline")):
        note = metadata(_without_site(text, publisher, headings))
        if note.value:
            return note
    return Note(headings[0], Known.TEXT) if headings else Note()


def _without_site(title: str, publisher: str | None, headings: Iterable[str]) -> str:
    """A title without the site's name behind (or before) a bar, where a heading or the site's name says which is it."""
    bars = list(_BARS.finditer(title))
    if not bars:
        return title
    plain = {_plain(heading) for heading in headings}
    for bar in bars:
        for part in (title[: bar.start()], title[bar.end() :]):
            if _plain(part) in plain and _plain(part) != _plain(publisher or ""):
                return part
    last = bars[-1]
    is_site = publisher is not None and _plain(title[last.end() :]) in _plain(publisher)
    long_enough = len(title[: last.start()].split()) > 2
    return title[: last.start()] if is_site or (last[0].strip() in _SURE_BARS and long_enough) else title


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _author(tree: Element, said: dict[str, str], things: Sequence[dict[str, Any]]) -> Note:
    for text in (*_named(things, "author"), *_said(said, _AUTHORS)):
        if not re.match(r"https?://|@", text):
            return metadata(_BY.sub("", text))
    for element in tree.iter("a", "span", "p", "div", "address", "td"):
        marked = element.get("rel") == "author" or (element.get("itemprop") or "") == "author"
        if (marked or _BYLINE.search(element.get("class") or "")) and not _is_unseen(element):
            name = _BY.sub("", one_line(element.text_content()[:500]))
            if len(name) > 2 and len(name.split()) <= LONGEST_BYLINE_WORDS and "{" not in name:
                return Note(name, Known.TEXT)
    return Note()


def _published(
    tree: Element,
    said: dict[str, str],
    things: Sequence[dict[str, Any]],
    link: str | None,
    blocks: Sequence[_Block],
    article: Sequence[bool],
) -> Note:
    stated = [str(thing["datePublished"]) for thing in things if thing.get("datePublished")]
    stated += _said(said, _DATES)
    times = list(tree.iter("time"))
    stated += [
        time.get("datetime") or ""
        for time in times
        if time.get("pubdate") is not None or time.get("itemprop") == "datePublished"
    ]
    if date := next(filter(None, map(iso_date, stated)), None):
        return Note(date, Known.METADATA)
    if date := next(filter(None, (iso_date(time.get("datetime") or "") for time in times)), None):
        return Note(date, Known.INFERRED, "the first time that the page marks as one")
    start = "\n".join(block.lines[0] for block, kept in zip(blocks, article, strict=True) if kept)[:5_000]
    if date := dateline(start):
        return Note(date, Known.TEXT)
    if found := _URL_DATE.search(link or ""):
        year, month, day = (found[1], found[2], found[3]) if found[1] else (found[4], found[5], found[6])
        if date := iso_date(
            f"{day or ''} {month} {year}" if month.isalpha() else "-".join(filter(None, (year, month.zfill(2), day)))
        ):
            return Note(date, Known.INFERRED, "the page's address")
    if date := _by_htmldate(tree):
        return Note(date, Known.INFERRED, "the page's markup")
    return Note()


def _by_htmldate(tree: Element) -> str | None:
    """The date that htmldate finds in the markup, with limits that don't depend on today; None where it fails."""
    from htmldate import find_date

    try:
        found: str | None = find_date(
            tree, extensive_search=False, original_date=True, min_date="1990-01-01", max_date="2100-01-01"
        )
    except Exception:  # a page that it stumbles over has no date
        return None
    return found


def _language(tree: Element, said: dict[str, str]) -> str | None:
    declared = (tree.get("lang"), tree.get("xml:lang"), said.get("language"), said.get("og:locale"))
    tags = (re.sub(r"_", "-", tag or "").strip() for tag in declared)
    return next((tag for tag in tags if _LANGUAGE.fullmatch(tag)), None)


def _link(tree: Element, said: dict[str, str], text: str) -> str | None:
    """The page's own address, where it says it in full."""
    canonical = [
        element.get("href") for element in tree.iter("link") if (element.get("rel") or "").lower() == "canonical"
    ]
    saved = _SAVED_FROM.search(text[:_DECLARATION_BYTES])
    for link in (*canonical, said.get("og:url"), saved[1] if saved else None):
        if link and re.match(r"https?://[^\s/]+", link.strip()):
            return str(link.strip())
    return None

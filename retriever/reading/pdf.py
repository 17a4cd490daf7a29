"""PDF: a file's bytes become its text in reading order, page by page; pdfium reads, this module lays out.

In come bytes, out comes an `Extract`. A PDF knows glyphs and their places, but neither lines nor paragraphs nor
columns; these are told from the geometry alone, in four steps: glyphs to pieces (words close together on one
baseline), pieces to lines in reading order (columns one after the other), lines to paragraphs, paragraphs to text.
The one decision: in doubt a line begins no new column, a heading is a paragraph, and furniture is content.
The only home of pypdfium2.
"""

import ctypes
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate, pairwise

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ..errors import ReadingError
from ..records import Known, Span
from .extract import Extract
from .sources import Note

MOST_PAGES = 20_000
"""Pages in one file; a longer one is a whole archive, and its lines alone would fill a worker's memory."""

LARGEST_SIZE = 10_000.0
"""Points of a font; a page is at most 14,400 wide, and a broken file may name any number."""

COLUMN_GAP = 1.0
"""Ems between two pieces of one baseline that may part columns: two-column papers leave 1.2 or more."""

CELL_GAP = 2.0
"""Ems between two cells of a table row; a justified line is seldom stretched so far."""

GLUED_GAP = 0.12
"""Ems below which two pieces are one word, as a word and its footnote mark; a space is 0.2 or wider."""

FEWEST_COLUMN_LINES = 3
"""Lines that make a column; two are as well a caption or two names side by side."""

FEWEST_COLUMN_CHARACTERS = 15
"""Characters of most lines of a column: the cells of a table are shorter, the lines of a narrow column are not."""

DEEPEST_COLUMNS = 3
"""How often a region is parted in two, so that at most eight columns are told apart."""

PARAGRAPH_GAP = 1.25
"""Line gaps, in units of the usual one, that part paragraphs; half a line between paragraphs is 1.5."""

WIDE_ROOM = 0.25
"""Share of the width that a ragged line leaves at most; a line that leaves more was ended on purpose."""

FULL_ROOM = 0.15
"""Share of the width that a full line of ragged text leaves."""

TIGHT_GAP = 1.6
"""Ems between two lines of one paragraph; a running head stands farther from the text, or is of another size."""

INDENT = 0.8
"""Ems by which a line is indented; a first line by 1 or more."""

LARGER = 1.12
"""Ratio of font sizes that tells a heading from its text, or a text from its notes: 12 points against 10.5."""

LONGEST_HEADING_WORDS = 30
LONGEST_HEADING_CHARACTERS = 200
"""A title of a paper or a report reaches 25 words; a plain text's headings are held shorter, for want of a font."""

SLIGHTLY_LARGER = 1.05
"""Ratio above the size of most text that will do where smaller text follows: 12 points against 11."""

EDGE_ROWS = 3
"""Rows at the head and foot of a page among which running heads are sought; two lines are common, four are not."""

FARTHEST_REPEAT = 2
"""Pages between a running head and its next: left and right pages have their own. Headings repeat farther apart."""

LONGEST_EDGE_WORDS = 15
"""Words in a running head; a longer row that repeats is a phrase of the text."""

FEWEST_CONTENTS_LINES = 5
"""Entries in a row that make a table of contents, where a price list might have as many dots."""

LOOK_BACK = 40
"""Paragraphs (feet, notes, the words in a figure) that may stand between the halves of one that goes on."""

MOST_PAGES_NAMED = 10
"""Pages without text that a warning names one by one."""

_FINAL = ".!?…:;。！？।؟"
_CLOSERS = "\"'”’»›)]}*†‡"
_PLAIN = {
    0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st",
    0xF0B7: "•", 0xF0A7: "▪", 0x02: "-", 0xFFFE: "-",
}  # fmt: skip
_DROPPED = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2060\ufeff\ufffe\uffff\ud800-\udfff\ue000-\uf8ff]+|\u00ad(?=.)"
)
_WORD = re.compile(r"[^\s\x02\ufffe]+[\x02\ufffe]?")  # pdfium puts U+0002 or U+FFFE for a hyphen at a line's end
_BOLD = re.compile(r"bold|black|heavy|demi|cmbx|-medi", re.IGNORECASE)
_FORCE_BOLD = 1 << 18
_DIRECTIONS = ((1, 0), (0, 1), (-1, 0), (0, -1))  # in which text runs on a page, by its quarter turn
_LEFTWARD = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")  # Hebrew, Arabic and their kin
_BULLET = re.compile(r"[•‣◦▪■●○►✓➢]\s*\S")
_NUMBERED = re.compile(r"(?:[-–*]|\(?\d{1,3}[.)]|\[\d{1,3}\]|\(?[a-z]\))\s+\S")
_HYPHEN_END = re.compile(r"([^\W\d_]{1,60})([-‐\u00ad])$")
_FIRST_WORD = re.compile(r"^[^\W\d_]+")
_VOCABULARY = re.compile(r"[^\W\d_]+(?:[-‐][^\W\d_]+)*")
_CONTENTS = re.compile(r"(?:\. ?){4,}\s*(\d{1,5})$")
_DIGITS = re.compile(r"\d+")
_ROMAN = re.compile(r"[ivxlc]{1,7}")
_EDGE_NUMBER = re.compile(r"^\W{0,3}(\d{1,5})\b|\b(\d{1,5})\W{0,3}$")
_PDF_DATE = re.compile(r"(?:D:)?(\d{4})(\d{2})?(\d{2})?")
_NO_TITLE = re.compile(
    r"\W*(?:untitled\b.*|anonymous|unspecified|unknown|no title|title|(?:table of )?contents|abstract|index|scan\w*"
    r"|microsoft (?:word|powerpoint|excel)\b.*|powerpoint presentation|(?:document|presentation|book|binder) ?\d*"
    r"|(?:slide|layout) \d+|\S+\.\w{2,4}|.*://.*)\W*",
    re.IGNORECASE,
)
_NO_AUTHOR = re.compile(r"\W*(?:anonymous|unspecified|unknown|user|owner|admin(?:istrator)?|author)\W*", re.IGNORECASE)


@dataclass(slots=True)
class _Piece:
    """Words close together on one baseline, in points, as if their page were turned until they read upright."""

    text: str
    left: float
    right: float
    baseline: float
    size: float
    bold: int  # how many of its characters are


@dataclass(slots=True)
class _Line:
    """One line of a column: its pieces put together."""

    text: str
    left: float
    right: float
    baseline: float
    size: float
    bold: bool
    cells: bool  # a row of a table
    pieces: Sequence[_Piece]


@dataclass(slots=True)
class _Paragraph:
    """Lines that belong together."""

    parts: list[str]  # what its text is put together from, one a line
    page: int
    size: float
    bold: bool = False
    cells: bool = False
    furniture: bool = False
    full: bool = False  # several lines, the last of them as long as the column is wide
    starts: list[tuple[int, int]] = field(default_factory=list)  # at which part a page starts inside it, and which

    @property
    def text(self) -> str:
        return "".join(self.parts)

    @property
    def last_page(self) -> int:
        return self.starts[-1][1] if self.starts else self.page


@dataclass(slots=True)
class _Page:
    """One page's pieces by the quarter turn that they are written in, the chief one first."""

    turns: list[list[_Piece]]
    head: list[str] = field(default_factory=list)
    foot: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Style:
    """What is usual in a document: the size of its text, whether it is bold, and the line gap of each size."""

    size: float
    bold: bool
    gaps: dict[float, float]

    def gap(self, size: float) -> float:
        return self.gaps.get(_rounded(size), 1.2 * size)


def read(data: bytes, name: str) -> Extract:
    """Read a PDF file.

    Args:
        data: the file's bytes.
        name: the file's name, for messages.

    Returns:
        Its text in reading order, a paragraph a line, with pages, headings, furniture and what its metadata say.

    Raises:
        ReadingError: it is broken, encrypted, too long, or has no text.
    """
    document = _open(data, name)
    try:
        pages, unread = _read_pages(document)
        _require_text(pages, unread, name)
        outline = {_bare(title) for title in _outline(document)}
        title, author, published, language = _metadata(document)
    finally:
        document.close()
    usual_size = _usual_size(pages)
    _part_furniture(pages, usual_size)
    flows = [[_flows(pieces, DEEPEST_COLUMNS) for pieces in page.turns] for page in pages]
    style = _style([flow for page in flows for turn in page for flow in turn], usual_size)
    paragraphs: list[_Paragraph] = []
    mend = _Mender(line.text for page in flows for turn in page for flow in turn for line in flow)
    for number, page in enumerate(pages):
        _add_page(paragraphs, number, page, flows[number], style, mend)
    _mark_contents(paragraphs)
    headings = _headings(paragraphs, style, outline)
    text, spans, starts = _assemble(paragraphs, len(pages))
    return Extract(
        text=text,
        title=title if title.value else _largest(paragraphs, style),
        author=author,
        published=published,
        language=language,
        pages=starts,
        headings=tuple(span for span, heading in zip(spans, headings, strict=True) if heading),
        furniture=tuple(span for span, paragraph in zip(spans, paragraphs, strict=True) if paragraph.furniture),
        warnings=(_without_text(unread, name),) if unread else (),
    )


def _open(data: bytes, name: str) -> pdfium.PdfDocument:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if error.err_code in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY):
            raise ReadingError(
                f"{name} is encrypted and needs a password: save a copy without a password and add that."
            ) from error
        raise ReadingError(
            f"{name} is broken or no PDF: open it in a PDF viewer, save a new copy and add that."
        ) from error
    length = len(document)
    if 0 < length <= MOST_PAGES:
        return document
    document.close()
    if length:
        raise ReadingError(
            f"{name} has {length:,} pages, and at most {MOST_PAGES:,} are read: split it, add the parts."
        )
    raise ReadingError(f"{name} has no pages: there is nothing in it to read.")


def _require_text(pages: Sequence[_Page], unread: Sequence[int], name: str) -> None:
    if any(any(map(str.isalnum, piece.text)) for page in pages for pieces in page.turns for piece in pieces):
        return
    if unread:
        raise ReadingError(
            f"{name} has no text, only pictures of it: run OCR on it (for instance ocrmypdf) and add the result."
        )
    raise ReadingError(f"{name} has only empty pages: there is nothing in it to read.")


def _without_text(unread: Sequence[int], name: str) -> str:
    named = ", ".join(str(number + 1) for number in unread[:MOST_PAGES_NAMED])
    more = f" and {len(unread) - MOST_PAGES_NAMED} more" if len(unread) > MOST_PAGES_NAMED else ""
    pages = f"Page {named} of {name} has" if len(unread) == 1 else f"Pages {named}{more} of {name} have"
    return f"{pages} no text that can be read, perhaps only pictures of it: OCR (for instance ocrmypdf) would give it."


# Glyphs to pieces


def _read_pages(document: pdfium.PdfDocument) -> tuple[list[_Page], list[int]]:
    """Every page's pieces, and the numbers, from 0, of pages that show something but have no text."""
    pages, unread = [], []
    for number in range(len(document)):
        try:
            page = document[number]
        except pdfium.PdfiumError:
            pages.append(_Page([]))
            unread.append(number)
            continue
        turns: dict[int, list[_Piece]] = {}
        try:
            textpage = page.get_textpage()
            for turn, piece in _pieces(textpage):
                turns.setdefault(turn, []).append(piece)
            textpage.close()
        except pdfium.PdfiumError:
            turns = {}
        if not turns and pdfium_c.FPDFPage_CountObjects(page.raw):
            unread.append(number)
        page.close()
        pages.append(_Page(sorted(turns.values(), key=_characters, reverse=True)))
    return pages, unread


def _characters(pieces: Iterable[_Piece]) -> int:
    return sum(len(piece.text) for piece in pieces)


def _pieces(textpage: pdfium.PdfTextPage) -> Iterator[tuple[int, _Piece]]:
    """Pieces with their quarter turn, 0 to 3, in the file's order."""
    piece, turn = None, 0
    for word, spaced, word_turn in _words(textpage):
        if piece is not None and turn == word_turn and _adjoins(piece, word):
            space = " " if spaced or _distance(piece, word) > GLUED_GAP * piece.size else ""
            piece.text += space + word.text
            piece.left, piece.right = min(piece.left, word.left), max(piece.right, word.right)
            piece.baseline = word.baseline
            piece.bold += word.bold
        else:
            if piece is not None:
                yield turn, piece
            piece, turn = word, word_turn
    if piece is not None:
        yield turn, piece


def _distance(piece: _Piece, other: _Piece) -> float:
    """The gap between two pieces, whichever comes first; negative where they overlap."""
    return max(other.left - piece.right, piece.left - other.right)


def _adjoins(piece: _Piece, word: _Piece) -> bool:
    size = piece.size
    return (
        abs(piece.baseline - word.baseline) < 0.15 * size  # a raised or lowered figure is off by 0.2 or more
        and (size == word.size or max(size, word.size) < LARGER * min(size, word.size))
        and -0.5 * size < _distance(piece, word) < COLUMN_GAP * size
    )


def _words(textpage: pdfium.PdfTextPage) -> Iterator[tuple[_Piece, bool, int]]:
    """Each word that the page shows, whether a space stands before it, and its quarter turn."""
    raw = textpage.raw
    text = _glyphs(textpage)
    page_left, page_bottom, page_right, page_top = textpage.page.get_bbox()  # what is cropped nobody sees
    box, x, y = pdfium_c.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    place, size, bold, turn, baseline, end = None, 1.0, False, 0, 0.0, 0
    across, up = _DIRECTIONS[0]
    bold_fonts: dict[int, bool] = {}  # by the font's address, which holds for one page
    for match in _WORD.finditer(text):
        first, last = match.start(), match.end() - 1
        middle = (first + last) // 2  # the first may be a raised figure, as before a note
        text_object = pdfium_c.FPDFText_GetTextObject(raw, middle)
        address = ctypes.addressof(text_object.contents) if text_object else None
        if address is None or address != place:  # all glyphs of one object are alike, and on one baseline
            place = address
            size, turn = _size_and_turn(raw, middle)
            bold = _is_bold(raw, middle, text_object, bold_fonts)
            pdfium_c.FPDFText_GetCharOrigin(raw, middle, x, y)
            across, up = _DIRECTIONS[turn]
            baseline = y.value * across - x.value * up
        has_place = pdfium_c.FPDFText_GetCharOrigin(raw, first, x, y)
        has_place = pdfium_c.FPDFText_GetLooseCharBox(raw, last, box) and has_place
        word = _clean(match.group())
        if has_place and word and page_left <= x.value <= page_right and page_bottom <= y.value <= page_top:
            ends = (
                x.value * across + y.value * up,
                box.left * across + box.bottom * up,
                box.right * across + box.top * up,
            )
            spaced = " " in text[end:first]
            yield _Piece(word, min(ends), max(ends), baseline, size, len(word) if bold else 0), spaced, turn
        end = last + 1


def _glyphs(textpage: pdfium.PdfTextPage) -> str:
    """One character for each of pdfium's, so that their positions agree."""
    count = textpage.count_chars()
    text = textpage.get_text_range() if count else ""
    if len(text) == count:
        return text
    return "".join(chr(pdfium_c.FPDFText_GetUnicode(textpage.raw, number)) for number in range(count))


def _size_and_turn(raw: object, glyph: int) -> tuple[float, int]:
    """The size of a glyph's font on the page, in points, and the quarter turn that it is written in."""
    matrix = pdfium_c.FS_MATRIX()
    size, turn = pdfium_c.FPDFText_GetFontSize(raw, glyph), 0
    if pdfium_c.FPDFText_GetMatrix(raw, glyph, matrix):
        turn = round(math.atan2(matrix.b, matrix.a) / (math.pi / 2)) % 4
        size *= math.hypot(matrix.c, matrix.d)
    return min(max(size, 1.0), LARGEST_SIZE), turn


def _is_bold(raw: object, glyph: int, text_object: object, bold_fonts: dict[int, bool]) -> bool:
    font = ctypes.cast(pdfium_c.FPDFTextObj_GetFont(text_object), ctypes.c_void_p).value if text_object else None
    if not font:
        return False
    if font not in bold_fonts:
        name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
        pdfium_c.FPDFText_GetFontInfo(raw, glyph, name, len(name), flags)
        bold_fonts[font] = bool(_BOLD.search(name.value.decode("latin-1")) or flags.value & _FORCE_BOLD)
    return bold_fonts[font]


def _clean(word: str) -> str:
    if word.isascii() and word.isprintable():
        return word
    return unicodedata.normalize("NFC", _DROPPED.sub("", word.translate(_PLAIN)))


# Pieces to lines in reading order


def _rows(pieces: Iterable[_Piece]) -> list[list[_Piece]]:
    """Pieces that share a baseline, raised and lowered figures included, from the top down, each from the left."""
    rows: list[list[_Piece]] = []
    anchor = None
    for piece in sorted(pieces, key=lambda piece: (-piece.baseline, piece.left)):
        if anchor is not None and anchor.baseline - piece.baseline < min(
            0.55 * max(anchor.size, piece.size), 0.75 * min(anchor.size, piece.size)
        ):
            rows[-1].append(piece)
            anchor = max(anchor, piece, key=lambda piece: piece.size)
        else:
            rows.append([piece])
            anchor = piece
    for row in rows:
        row.sort(key=lambda piece: piece.left)
        if 2 * sum(_LEFTWARD.search(piece.text) is not None for piece in row) > len(row):
            row.reverse()
    return rows


def _line(row: Sequence[_Piece]) -> _Line:
    chief = max(row, key=lambda piece: len(piece.text))
    text, cells = row[0].text, False
    for before, piece in pairwise(row):
        gap = _distance(before, piece) / chief.size
        cell = gap > CELL_GAP and len(text) > 4  # what is shorter is a bullet or a number
        cells = cells or cell
        text += ("\t" if cell else " " if gap > GLUED_GAP else "") + piece.text
    letters = sum(len(piece.text.replace(" ", "")) for piece in row)
    return _Line(
        text=text,
        left=min(piece.left for piece in row),
        right=max(piece.right for piece in row),
        baseline=chief.baseline,
        size=chief.size,
        bold=sum(piece.bold for piece in row) >= 0.9 * letters,  # a mark or a number may be lighter
        cells=cells,
        pieces=row,
    )


def _flows(pieces: Sequence[_Piece], depth: int) -> list[list[_Line]]:
    """The lines of a region in reading order: one list for each stretch of a column."""
    if not pieces:
        return []
    rows = _rows(pieces)
    gutter = _gutter(pieces) if depth else None
    if gutter is None:
        return [[_line(row) for row in rows]]
    flows: list[list[_Line]] = []
    across: list[_Line] = []  # lines over the whole width
    for parted, band in _bands(rows, gutter):
        left = [piece for row in band for piece in row if piece.right <= gutter]
        right = [piece for row in band for piece in row if piece.right > gutter]
        if parted and _are_columns(left, right):
            flows += [across] if across else []
            flows += _flows(left, depth - 1) + _flows(right, depth - 1)
            across = []
        else:
            across += [_line(row) for row in band]
    return [*flows, across] if across else flows


def _bands(rows: Sequence[list[_Piece]], gutter: float) -> Iterator[tuple[bool, list[list[_Piece]]]]:
    """Stretches of rows that the gutter parts, and of rows that run across it."""
    band: list[list[_Piece]] = []
    parted = False
    for row in rows:
        clear = not any(piece.left < gutter < piece.right for piece in row)
        if band and clear != parted:
            yield parted, band
            band = []
        parted = clear
        band.append(row)
    if band:
        yield parted, band


def _gutter(pieces: Sequence[_Piece]) -> float | None:
    """Where a column starts to the right of which, and to the left, most pieces lie, and few across."""
    lefts = np.sort([piece.left for piece in pieces])
    rights = np.sort([piece.right for piece in pieces])
    places = np.unique(lefts) - 0.5  # glyphs overlap their origin by less than half a point
    before = np.searchsorted(rights, places, side="right")
    after = len(lefts) - np.searchsorted(lefts, places, side="left")
    worth = np.minimum(before, after) - (len(pieces) - before - after)
    worth[(before < FEWEST_COLUMN_LINES) | (after < FEWEST_COLUMN_LINES)] = -len(pieces) - 1
    best = int(np.argmax(worth))
    return float(places[best]) if worth[best] >= -len(pieces) else None


def _are_columns(left: Sequence[_Piece], right: Sequence[_Piece]) -> bool:
    """Whether two halves are read one after the other: each is lines of prose, not the cells of a table."""
    return all(len(_rows(half)) >= FEWEST_COLUMN_LINES and _is_prose(half) for half in (left, right))


def _is_prose(pieces: Sequence[_Piece]) -> bool:
    """Whether at least half of the text stands in pieces as long as a line."""
    long = sum(len(piece.text) for piece in pieces if len(piece.text) >= FEWEST_COLUMN_CHARACTERS)
    return 2 * long >= _characters(pieces)


# Furniture


def _part_furniture(pages: Sequence[_Page], usual_size: float) -> None:
    """Take running heads, feet and page numbers from the pages' pieces to their `head` and `foot`."""
    by_turn = [[[_line(row) for row in _rows(pieces)] for pieces in page.turns] for page in pages]
    edges = [_edges(turns[0]) if turns else ([], []) for turns in by_turn]
    asides = [[line for turn in turns[1:] for line in turn] for turns in by_turn]  # as a stamp along the margin
    fewest = 2 if len(pages) <= EDGE_ROWS else 3  # pages that a head repeats on; of four, some may be a title's
    places: dict[str, list[int]] = {}
    offsets: Counter[int] = Counter()
    for number, ((head, foot), aside) in enumerate(zip(edges, asides, strict=True)):
        for key in {_edge_key(line, usual_size) for line in (*head, *foot, *aside)}:
            places.setdefault(key, []).append(number)
        offsets.update({offset for line in (*head[:1], *foot[:1]) for offset in _page_offsets(line, number)})
    repeated = {
        key
        for key, numbers in places.items()
        if key and 1 + sum(number - before <= FARTHEST_REPEAT for before, number in pairwise(numbers)) >= fewest
    }
    numbering = {offset for offset, count in offsets.items() if count >= max(fewest, len(pages) / 10)}

    def is_furniture(line: _Line, number: int, place: int) -> bool:
        key = _edge_key(line, usual_size)
        return key in repeated or (place == 0 and key != "" and not numbering.isdisjoint(_page_offsets(line, number)))

    taken: list[tuple[list[_Line], list[_Line]]] = []
    for number, (edge, aside) in enumerate(zip(edges, asides, strict=True)):
        head, foot = (
            _outermost(lines, [is_furniture(line, number, place) for place, line in enumerate(lines)]) for lines in edge
        )
        in_head = {id(line) for line in head}
        foot = [line for line in reversed(foot) if id(line) not in in_head]
        taken.append((head, foot + [line for line in aside if _edge_key(line, usual_size) in repeated]))
    if sum(len(head) + len(foot) for head, foot in taken) == sum(len(turn) for turns in by_turn for turn in turns):
        return  # nothing would be left
    for page, (head, foot) in zip(pages, taken, strict=True):
        page.head, page.foot = [line.text for line in head], [line.text for line in foot]
        gone = {id(piece) for line in (*head, *foot) for piece in line.pieces}
        page.turns = [[piece for piece in pieces if id(piece) not in gone] for pieces in page.turns]


def _edges(lines: list[_Line]) -> tuple[list[_Line], list[_Line]]:
    """A page's first lines and its last ones, each from the edge inwards, and one more that they might belong to."""
    return lines[: EDGE_ROWS + 1], lines[: -EDGE_ROWS - 2 : -1]


def _outermost(lines: Sequence[_Line], furniture: Sequence[bool]) -> list[_Line]:
    """The lines from the edge inwards as long as they are furniture, but none that goes on in what is not."""
    count = furniture.index(False) if False in furniture else len(lines)
    count = min(count, EDGE_ROWS)
    if 0 < count < len(lines):
        last, inner = lines[count - 1], lines[count]
        alike = _rounded(last.size) == _rounded(inner.size)
        while count and alike and abs(lines[count - 1].baseline - lines[count].baseline) < TIGHT_GAP * inner.size:
            count -= 1
    return list(lines[:count])


def _edge_key(line: _Line, usual_size: float) -> str:
    """What a running head is known by wherever it repeats: its letters, "#" for a number; empty where it is none."""
    text = line.text.casefold()
    if len(text.split()) > LONGEST_EDGE_WORDS:
        return ""
    larger = "+" if line.size >= LARGER * usual_size else ""  # a chapter's title is no running head of its pages
    if not any(map(str.isalpha, text)):
        return larger + "#" if len(_DIGITS.findall(text)) == 1 else ""  # several numbers are a table's
    return larger + ("#" if _ROMAN.fullmatch(text) else _bare(text))


def _page_offsets(line: _Line, number: int) -> list[int]:
    """By how much the number at a line's start or end, if any, is ahead of the page's."""
    return [int(found.group(1) or found.group(2)) - number for found in _EDGE_NUMBER.finditer(line.text)]


# Lines to paragraphs


def _rounded(size: float) -> float:
    return round(2 * size) / 2


def _usual_size(pages: Iterable[_Page]) -> float:
    """The size of most of the text."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for pieces in page.turns:
            for piece in pieces:
                sizes[_rounded(piece.size)] += len(piece.text)
    return max(sizes, key=lambda size: sizes[size])


def _style(flows: Sequence[Sequence[_Line]], usual_size: float) -> _Style:
    """What most of the text looks like."""
    lightness = sum(len(line.text) * (-1 if line.bold else 1) for flow in flows for line in flow)
    gaps: dict[float, Counter[float]] = {}
    for flow in flows:
        for above, line in pairwise(flow):
            size, gap = _rounded(line.size), above.baseline - line.baseline
            if size == _rounded(above.size) and 0.9 * size <= gap <= 2.6 * size:  # up to double spacing
                gaps.setdefault(size, Counter())[_rounded(gap)] += 1
    return _Style(
        size=usual_size,
        bold=lightness < 0,
        gaps={size: max(counts, key=lambda gap: (counts[gap], -gap)) for size, counts in gaps.items()},
    )


def _add_page(
    paragraphs: list[_Paragraph],
    number: int,
    page: _Page,
    turns: Sequence[Sequence[Sequence[_Line]]],
    style: _Style,
    mend: "_Mender",
) -> None:
    """Put a page's paragraphs behind those before it, joining what goes on over a column's or the page's end."""
    paragraphs += [_Paragraph([text], number, style.size, furniture=True) for text in page.head]
    for turn, flows in enumerate(turns):
        for flow in flows:
            for place, paragraph in enumerate(_paragraphs(flow, number, style, mend)):
                if turn:  # however large, a stamp along the margin is no heading
                    paragraph.size = min(paragraph.size, style.size)
                before = _first_half(paragraphs, paragraph, place == 0)
                if before is None:
                    paragraphs.append(paragraph)
                    continue
                if number != before.last_page:
                    before.starts.append((len(before.parts), number))
                mend.append(before.parts, paragraph.parts[0])
                before.parts += paragraph.parts[1:]
                before.full = paragraph.full
    paragraphs += [_Paragraph([text], number, style.size, furniture=True) for text in page.foot]


def _first_half(paragraphs: Sequence[_Paragraph], rest: _Paragraph, is_first: bool) -> _Paragraph | None:
    """The paragraph that this one goes on with, over the end of a column or page and over notes and figures."""
    first_line = rest.parts[0]
    lower = first_line[0].islower()
    if rest.cells or not (lower or is_first) or _BULLET.match(first_line) or _NUMBERED.match(first_line):
        return None
    for distance, before in enumerate(reversed(paragraphs[-LOOK_BACK:])):
        if before.furniture or before.size * LARGER < rest.size:
            continue
        alike = before.size < LARGER * rest.size and before.bold == rest.bold and not before.cells
        goes_on = (lower and (distance or is_first)) or before.full
        return before if alike and goes_on and not _is_ended(before.parts[-1]) else None
    return None


def _paragraphs(flow: Sequence[_Line], number: int, style: _Style, mend: "_Mender") -> Iterator[_Paragraph]:
    left, right = min(line.left for line in flow), max(line.right for line in flow)
    groups = [[flow[0]]]
    for line in flow[1:]:
        if _starts_paragraph(groups[-1], line, right, style):
            groups.append([])
        groups[-1].append(line)
    for group in groups:
        first, last = group[0], group[-1]
        parts = [first.text]
        for line in group[1:]:
            mend.append(parts, line.text)
        full = len(group) > 1 and last.right > right - FULL_ROOM * (right - left)
        yield _Paragraph(parts, number, first.size, first.bold, first.cells, full=full)


def _starts_paragraph(group: Sequence[_Line], line: _Line, right: float, style: _Style) -> bool:
    """Whether a line starts a paragraph after the lines of the one before it, in a column up to `right`."""
    above = group[-1]
    size = max(above.size, line.size)
    if above.cells or line.cells or above.bold != line.bold or size > LARGER * min(above.size, line.size):
        return True
    if not 0 <= above.baseline - line.baseline < PARAGRAPH_GAP * style.gap(size):
        return True
    if _BULLET.match(line.text) or _CONTENTS.search(above.text[-80:]):
        return True
    first_word = line.text.split(maxsplit=1)[0]
    width = size if _is_wide(line.text[0]) else (line.right - line.left) * len(first_word) / len(line.text)
    ended = _is_ended(above.text)
    fits = above.right + 1.2 * width + 0.8 * size < right  # the word, with a space, would have
    is_short = fits and (ended or above.right < right - WIDE_ROOM * (right - above.left))
    in_list = _NUMBERED.match(group[0].text) is not None
    if _NUMBERED.match(line.text) and (in_list or is_short or ended):
        return True
    if not ended and line.text[0].islower():
        return False
    if is_short and size < LARGER * style.size:
        return True
    # An indent is that of a first line, or of all lines but the first: it changes after the first or not at all.
    return len(group) > 1 and abs(line.left - above.left) > INDENT * size and not _is_centred(above, line)


def _is_centred(above: _Line, line: _Line) -> bool:
    return abs(above.left + above.right - line.left - line.right) < line.size


def _is_ended(text: str) -> bool:
    return text.rstrip(_CLOSERS + "0123456789").endswith(tuple(_FINAL))


class _Mender:
    """Joins lines, and words parted at a line's end, by how the rest of the document writes them."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._words: set[str] = set()
        parted = False
        for line in lines:
            whole = _FIRST_WORD.sub("", line, count=1) if parted else line
            parted = _HYPHEN_END.search(line[-80:]) is not None
            self._words.update(_VOCABULARY.findall((_HYPHEN_END.sub("", whole) if parted else whole).casefold()))

    def append(self, parts: list[str], line: str) -> None:
        """Put a line behind others, with a space between, or with the word mended that their end parts.

        Args:
            parts: the lines before, perhaps ending in a hyphen; the line is appended.
            line: the line.
        """
        last = parts[-1]
        end, start = _HYPHEN_END.search(last[-80:]), _FIRST_WORD.match(line)
        if end and start:
            is_parted = end.group(2) == "\u00ad" or self._is_parted(end.group(1), start.group())
            parts[-1] = last[:-1] + ("" if is_parted else "-")
            parts.append(line)
        else:
            is_one_word = last.endswith("-") and last[-2:-1].strip() != ""
            parts.append(line if is_one_word or (_is_wide(last[-1]) and _is_wide(line[0])) else f" {line}")

    def _is_parted(self, before: str, after: str) -> bool:
        """Whether a hyphen only parts a word at a line's end, and is no part of its spelling."""
        first, second = before.casefold(), after.casefold()
        if first + second in self._words:
            return True
        if f"{first}-{second}" in self._words or after[0].isupper() or not before[-1].islower():
            return False
        return not (first in self._words and second in self._words)


def _is_wide(letter: str) -> bool:
    """Whether it is of a script that puts no spaces between words, as Chinese."""
    return unicodedata.east_asian_width(letter) in ("W", "F")


# Paragraphs to text


def _mark_contents(paragraphs: Sequence[_Paragraph]) -> None:
    """Mark a table of contents as furniture: entries with dots and a page number that never goes down."""
    run: list[_Paragraph] = []
    last = 0
    for paragraph in [*paragraphs, _Paragraph([], 0, 0.0)]:
        if paragraph.furniture:
            continue
        found = _CONTENTS.search(paragraph.text[-80:])
        page = int(found.group(1)) if found else -1
        if page < last:
            for entry in run if len(run) >= FEWEST_CONTENTS_LINES else ():
                entry.furniture = True
            run = []
        run, last = ([*run, paragraph], page) if found else ([], 0)


def _headings(paragraphs: Sequence[_Paragraph], style: _Style, outline: set[str]) -> list[bool]:
    """Which paragraphs are headings: in the outline, larger than most text, or bold where what follows is not."""
    headings = []
    size, bold = style.size, style.bold  # of the text that follows
    for paragraph in reversed(paragraphs):
        text = paragraph.text
        heading = False
        if not paragraph.furniture and not paragraph.cells and not paragraph.starts and _is_short(text):
            stands_out = (
                paragraph.size >= LARGER * style.size
                or paragraph.size >= max(SLIGHTLY_LARGER * style.size, LARGER * size)
                or (paragraph.bold and not bold and paragraph.size * LARGER > size)
            )
            is_name = not text.endswith((".", ",", ";")) and not _BULLET.match(text)
            heading = _is_wordy(text) and (_bare(text) in outline or (stands_out and is_name))
        if not heading and not paragraph.furniture:
            size, bold = paragraph.size, paragraph.bold
        headings.append(heading)
    return headings[::-1]


def _is_wordy(text: str) -> bool:
    """Whether a text is mostly letters, not a price or a telephone number."""
    return 2 * sum(map(str.isalpha, text)) > len(text.replace(" ", ""))


def _is_short(text: str) -> bool:
    return len(text) <= LONGEST_HEADING_CHARACTERS and len(text.split()) <= LONGEST_HEADING_WORDS


def _largest(paragraphs: Sequence[_Paragraph], style: _Style) -> Note:
    """The largest text on the first page, where it stands out."""
    first = [
        paragraph
        for paragraph in paragraphs
        if paragraph.page == 0 and not paragraph.furniture and _is_title(paragraph.text)
    ]
    if not first:
        return Note()
    largest = max(first, key=lambda paragraph: _rounded(paragraph.size))
    if largest.size < LARGER * style.size:
        return Note()
    return Note(largest.text.replace("\t", " "), Known.INFERRED, "the largest text on the first page")


def _is_title(text: str) -> bool:
    return _is_short(text) and sum(map(str.isalpha, text)) > 3 and _is_wordy(text) and not _NO_TITLE.fullmatch(text)


def _assemble(paragraphs: Sequence[_Paragraph], page_count: int) -> tuple[str, list[Span], tuple[int, ...]]:
    """The text, each paragraph's span, and where each page starts; an empty one where the next does."""
    texts = [paragraph.text for paragraph in paragraphs]
    spans: list[Span] = []
    starts: dict[int, int] = {}
    position = 0
    for paragraph, text in zip(paragraphs, texts, strict=True):
        starts.setdefault(paragraph.page, position)
        offsets = list(accumulate(map(len, paragraph.parts), initial=0)) if paragraph.starts else []
        for part, page in paragraph.starts:
            starts.setdefault(page, position + offsets[part] + paragraph.parts[part].startswith(" "))
        spans.append((position, position + len(text)))
        position += len(text) + 2
    whole = "\n\n".join(texts)
    pages = [len(whole)] * (page_count + 1)
    for page in reversed(range(page_count)):
        pages[page] = min(starts.get(page, len(whole)), pages[page + 1])
    return whole, spans, tuple(pages[:page_count])


# Metadata


def _outline(document: pdfium.PdfDocument) -> list[str]:
    try:
        return [bookmark.get_title() for bookmark in document.get_toc()]
    except (pdfium.PdfiumError, UnicodeDecodeError):
        return []


def _bare(title: str) -> str:
    """A title's letters, so that numbers, case and spacing count for nothing."""
    return "".join(letter for letter in title.casefold() if letter.isalpha())


def _metadata(document: pdfium.PdfDocument) -> tuple[Note, Note, Note, str | None]:
    """Title, author, date and language, as far as the file says and they mean something."""
    title, author, created = (
        " ".join(_clean(_value(document, key).replace("\n", " ")).split())
        for key in ("Title", "Author", "CreationDate")
    )
    length = pdfium_c.FPDFCatalog_GetLanguage(document.raw, None, 0)
    buffer = (ctypes.c_ushort * (length // 2 + 1))()
    pdfium_c.FPDFCatalog_GetLanguage(document.raw, buffer, length)
    language = bytes(buffer).decode("utf-16-le", "ignore").strip("\0 ")
    return (
        Note(title, Known.METADATA) if _is_title(title) else Note(),
        Note(author, Known.METADATA) if author and not _NO_AUTHOR.fullmatch(author) else Note(),
        _created(created),
        language.replace("_", "-") or None,
    )


def _value(document: pdfium.PdfDocument, key: str) -> str:
    try:
        return str(document.get_metadata_value(key))
    except UnicodeDecodeError:
        return ""


def _created(value: str) -> Note:
    found = _PDF_DATE.match(value)
    parts = [part for part in found.groups() if part] if found else []
    try:
        date(*map(int, [*parts, "1", "1"][:3]))
    except (TypeError, ValueError):
        return Note()
    return Note("-".join(parts), Known.METADATA)

"""Glyphs of a PDF page -> words, each with its place on the page.

A word's place is that of its glyphs. Text outside the visible page is left out.
"""

import ctypes
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ..geometry import Box
from ..raised import lowered, raised
from .direct_calls import address, content_of, find_box, find_origin, font_of, text_object_of

RAISED_BY = 0.15
"""Ems by which a figure is raised or lowered at least; glyphs of one line are drawn on one baseline."""

RAISED_IN_FULL = 0.25
"""The same for a figure in the size of its word; some files draw the words of a line a little up and down."""

LEVEL = 0.3
"""Points by which glyphs that stand level differ at most; a raised figure of the smallest print is off by more."""

SMALLER = 0.85
"""Ems of raised and lowered figures at most."""

LARGEST_SIZE = 10_000.0
"""Points of a font; a page is at most 14,400 wide, and a broken file may name any number."""

GLUED_GAP = 0.12
"""Ems below which two runs are one word, as a word and its footnote mark; a space is 0.2 or wider."""

ASCENT, DESCENT = 0.78, 0.22
"""Ems of a word's box above and below its baseline. Fonts name up to two ems, which would cover other lines."""

NOTHING_QUOTED: Mapping[int, int] = {}
"""Of a page without quoted paragraphs."""

_PLAIN = {
    0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st",
    0xF0B7: "•", 0xF0A7: "▪", 0x02: "-", 0xFFFE: "-",
}  # fmt: skip
_DROPPED = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2060\ufeff\ufffe\uffff\ud800-\udfff\ue000-\uf8ff]+|\u00ad(?=.)"
)
_WORD = re.compile(r"[^\s\x02\ufffe]+[\x02\ufffe]?")  # pdfium puts U+0002 or U+FFFE for a hyphen at a line's end
_BOLD = re.compile(r"bold|black|heavy|demi|cmbx|-medi", re.IGNORECASE)
_PERHAPS_PLACED = re.compile(r"[0-9+−–*†‡]")
LEFTWARD = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
"""Hebrew, Arabic and their kin, which run to the left."""
_BRACKETS = str.maketrans("()[]{}", ")(][}{")
_TURNED_ROUND = re.compile(r"[)\]}]\w|\w+[(\[{]$")
"""A word that no writer begins or ends so."""
_FORCE_BOLD = 1 << 18
DIRECTIONS = ((1, 0), (0, 1), (-1, 0), (0, -1))  # in which text runs on a page, by its quarter turn


class SeenPlace(NamedTuple):
    """How OCR has seen a word.

    Attributes:
        box: its place on the page as shown.
        sideways: whether it runs up or down that page.
        confidence: probability, 0..1, that it is right.
    """

    box: Box
    sideways: bool
    confidence: float


class PrintedWord(NamedTuple):
    """A word and its place, measured as `TextRun`.

    Attributes:
        text: its letters.
        left: where it starts.
        right: where it ends.
        baseline: its own; the words of a slanted line climb.
        size: of its font.
        turn: its quarter turn on the page, 0 to 3.
        seen: how OCR has seen it; None for a word of a text layer.
    """

    text: str
    left: float
    right: float
    baseline: float
    size: float
    turn: int
    seen: SeenPlace | None = None

    @classmethod
    def filling(cls, text: str, along: Sequence[float], height: Sequence[float], turn: int) -> "PrintedWord":
        """A word as large as a box: its start and end along the line, its lower and its upper edge."""
        size = height[1] - height[0]
        return cls(text, along[0], along[1], height[0] + DESCENT * size, size, turn)


@dataclass(slots=True, eq=False)
class TextRun:
    """Words close together on one baseline, measured as if the page were turned until they are upright.

    Attributes:
        text: the words.
        left: where they start, in points from the page's left edge.
        right: where they end.
        baseline: in points from the page's bottom.
        size: of their font, in points.
        bold: how many of their characters are bold.
        alone: whether they are a separate paragraph, such as a row of a table or a field of a form.
        table_row: the number of the row of a table that they are, from 1.
        words: the words, each with its own place.
        quoted: as `quoted_paragraphs` numbers what a tagged file sets as quotations; 0 outside of them.
    """

    text: str
    left: float
    right: float
    baseline: float
    size: float
    bold: int
    alone: bool = False
    table_row: int | None = None
    words: list[PrintedWord] = field(default_factory=list)
    quoted: int = 0


@dataclass(slots=True)
class _TextObject:
    """The properties that all glyphs of one text object share."""

    size: float
    bold: bool
    turn: int
    baseline: float
    quoted: int = 0


DrawnWord = tuple[PrintedWord, float, bool, bool, int]
"""A word as the file draws it: its place, its text object's baseline, whether it is bold, whether a space precedes it,
and the number of the quoted paragraph that it stands in, or 0.

There are hundreds of thousands in a long file, so it is a plain tuple.
"""


def words(textpage: pdfium.PdfTextPage, text: str, quoted: Mapping[int, int] = NOTHING_QUOTED) -> Iterator[DrawnWord]:
    """Each visible word.

    Args:
        textpage: a page.
        text: what pdfium gives as its text.
        quoted: the number of marked content -> that of the quoted paragraph that it belongs to.
    """
    raw, text = textpage.raw, _glyphs(textpage, text)
    page, shown = address(raw), textpage.page.get_bbox()  # nobody sees what is outside of it
    x, y, box = ctypes.c_double(), ctypes.c_double(), pdfium_c.FS_RECTF()
    to_x, to_y, to_box = map(ctypes.addressof, (x, y, box))
    is_leftward = LEFTWARD.search(text) is not None
    bold_fonts: dict[int, bool] = {}  # by the font's address, which holds for one page
    run, run_address, end = _TextObject(1.0, False, 0, 0.0), None, 0
    for match in _WORD.finditer(text):
        (first, after), word = match.span(), match[0]
        last, places = after - 1, None
        if last > first and not word.isalpha() and _PERHAPS_PLACED.search(word):
            places = _places(raw, first, last)
        # The first glyph may be a raised figure, as before a note.
        middle = first + places.index(0) if places else (first + last) // 2
        text_object = text_object_of(page, middle)
        if text_object is None or text_object != run_address:
            run, run_address = _text_object(raw, middle, text_object, bold_fonts, quoted), text_object
        if places:
            word = _with_marks(word, places)
        elif is_leftward:
            word = _among_leftward(raw, first, word)
        elif not (word.isascii() and word.isprintable()):
            word = clean(word)
        if not (word and find_origin(page, first, to_x, to_y) and find_box(page, last, to_box)):
            continue
        start, height = x.value, y.value
        if shown[0] <= start <= shown[2] and shown[1] <= height <= shown[3]:
            left, right = box.left, box.right
            left, right = start if start < left else left, start if start > right else right
            if run.turn:
                left, right, height = _turned(start, height, box, run.turn)
            printed = PrintedWord(word, left, right, run.baseline if places else height, run.size, run.turn)
            yield printed, run.baseline, run.bold, " " in text[end:first], run.quoted
        end = after


def _turned(x: float, y: float, box: pdfium_c.FS_RECTF, turn: int) -> tuple[float, float, float]:
    """A turned word's start, end and height, by the place of its first glyph and the box of its last."""
    across, up = DIRECTIONS[turn]
    points = (x * across + y * up, box.left * across + box.bottom * up, box.right * across + box.top * up)
    return min(points), max(points), y * across - x * up


def _glyphs(textpage: pdfium.PdfTextPage, text: str) -> str:
    """One character for each character of pdfium, so that their positions agree."""
    count = textpage.count_chars()
    if len(text) == count:
        return text
    return "".join(chr(pdfium_c.FPDFText_GetUnicode(textpage.raw, number)) for number in range(count))


def _text_object(
    raw: object, glyph: int, text_object: int | None, bold_fonts: dict[int, bool], quoted: Mapping[int, int]
) -> _TextObject:
    """The properties that a glyph shares with its text object."""
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium_c.FPDFText_GetCharOrigin(raw, glyph, x, y)
    size, turn = _size_and_turn(raw, glyph)
    across, up = DIRECTIONS[turn]
    baseline = y.value * across - x.value * up
    paragraph = quoted.get(content_of(text_object), 0) if quoted and text_object else 0
    return _TextObject(size, _is_bold(raw, glyph, text_object, bold_fonts), turn, baseline, paragraph)


def _places(raw: object, first: int, last: int) -> list[int] | None:
    """For each glyph of a word 1 if it is raised, -1 if it is lowered, else 0; None if all are level."""
    x, y = ctypes.c_double(), ctypes.c_double()
    origins = []
    for glyph in range(first, last + 1):
        pdfium_c.FPDFText_GetCharOrigin(raw, glyph, x, y)
        origins.append((x.value, y.value))
    if any(max(along) - min(along) < LEVEL for along in zip(*origins, strict=True)):
        return None
    sizes, turn = zip(*(_size_and_turn(raw, glyph) for glyph in range(first, last + 1)), strict=True)
    across, up = DIRECTIONS[turn[0]]
    heights = [right_of * -up + above * across for right_of, above in origins]
    size = max(sizes)
    if max(heights) - min(heights) < RAISED_BY * size or len(set(turn)) > 1:
        return None
    level = Counter(round(height, 1) for height, one in zip(heights, sizes, strict=True) if one > 0.9 * size)
    baseline = level.most_common(1)[0][0]
    places = [_place((height - baseline) / size, one / size) for height, one in zip(heights, sizes, strict=True)]
    return places if 0 in places and any(places) else None


def _place(above: float, size: float) -> int:
    """1 for a glyph that is raised, -1 for one that is lowered, else 0.

    Args:
        above: its height above its word's line, in the word's ems.
        size: of its font, in the word's ems.
    """
    if size <= SMALLER:
        return (above > RAISED_BY) - (above < -RAISED_BY)
    return int(RAISED_IN_FULL < above < 1)


def _with_marks(word: str, places: list[int]) -> str:
    """A word with marks around its raised or lowered parts."""
    pieces = []
    for place, group in groupby(zip(word, places, strict=True), key=lambda pair: pair[1]):
        text = clean("".join(letter for letter, _ in group))
        pieces.append(raised(text) if place > 0 else lowered(text) if place < 0 else text)
    return "".join(pieces)


def _among_leftward(raw: object, first: int, word: str) -> str:
    """A word of a page in a script that runs to the left, where pdfium turns brackets round, perhaps once too often."""
    word = clean(_leftward(raw, first, word) if LEFTWARD.search(word) else word)
    return word.translate(_BRACKETS) if _TURNED_ROUND.match(word) else word


def _leftward(raw: object, first: int, word: str) -> str:
    """A word that runs to the left. pdfium turns round the letters of one glyph too, such as Arabic's lam and alef."""
    x, y = ctypes.c_double(), ctypes.c_double()
    origins = []
    for glyph in range(first, first + len(word)):
        pdfium_c.FPDFText_GetCharOrigin(raw, glyph, x, y)
        origins.append((x.value, y.value))
    glyphs = groupby(zip(word, origins, strict=True), key=lambda pair: pair[1])
    return "".join("".join(letter for letter, _ in reversed(list(letters))) for _, letters in glyphs)


def _size_and_turn(raw: object, glyph: int) -> tuple[float, int]:
    """The size of a glyph's font on the page, in points, and its quarter turn."""
    matrix = pdfium_c.FS_MATRIX()
    size, turn = pdfium_c.FPDFText_GetFontSize(raw, glyph), 0
    if pdfium_c.FPDFText_GetMatrix(raw, glyph, matrix):
        turn = round(math.atan2(matrix.b, matrix.a) / (math.pi / 2)) % 4
        size *= math.hypot(matrix.c, matrix.d)
    return min(max(size, 1.0), LARGEST_SIZE), turn


def _is_bold(raw: object, glyph: int, text_object: int | None, bold_fonts: dict[int, bool]) -> bool:
    font = font_of(text_object) if text_object else None
    if not font:
        return False
    if font not in bold_fonts:
        name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
        pdfium_c.FPDFText_GetFontInfo(raw, glyph, name, len(name), flags)
        bold_fonts[font] = bool(_BOLD.search(name.value.decode("latin-1")) or flags.value & _FORCE_BOLD)
    return bold_fonts[font]


def clean(word: str) -> str:
    """A word as people write it: ligatures as letters, bullets of symbol fonts as bullets, no control characters."""
    if word.isascii() and word.isprintable():
        return word
    return unicodedata.normalize("NFC", _DROPPED.sub("", word.translate(_PLAIN)))


def distance(run: TextRun, other: TextRun | PrintedWord) -> float:
    """The gap between two runs or a run and a word, whichever comes first; negative where they overlap."""
    behind, before = other.left - run.right, run.left - other.right
    return behind if behind > before else before

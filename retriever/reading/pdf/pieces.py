"""The words of a PDF file become pieces: words close together on one baseline, page by page.

In come bytes, out come pages of pieces. The one decision: only words that the file draws one after the other become
one piece, so that what stands in two columns is never joined before the columns are told apart.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ...errors import ReadingError
from .glyphs import Piece, words

MOST_PAGES = 20_000
"""Pages in one file; a longer one is a whole archive, and its lines alone would fill a worker's memory."""

COLUMN_GAP = 1.0
"""Ems between two pieces of one baseline that may part columns: two-column papers leave 1.2 or more."""

GLUED_GAP = 0.12
"""Ems below which two pieces are one word, as a word and its footnote mark; a space is 0.2 or wider."""

LARGER = 1.12
"""Ratio of font sizes that tells a heading from its text, or a text from its notes: 12 points against 10.5."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page.

    Attributes:
        turns: its pieces by the quarter turn that they are written in, the chief one first.
        head: its running heads, from the top, once they are parted from the pieces.
        foot: its running feet and stamps.
    """

    turns: list[list[Piece]]
    head: tuple[str, ...] = ()
    foot: tuple[str, ...] = ()


def open_document(data: bytes, name: str) -> pdfium.PdfDocument:
    """Open a file; who opens it closes it.

    Args:
        data: the file's bytes.
        name: its name, for messages.

    Raises:
        ReadingError: it is broken, encrypted, too long, or has no pages.
    """
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


def read_pages(document: pdfium.PdfDocument) -> tuple[list[Page], list[int]]:
    """Every page's pieces, and the numbers, from 0, of pages that show something but have no text."""
    pages, unread = [], []
    for number in range(len(document)):
        page, is_unread = _read_page(document, number)
        pages.append(page)
        if is_unread:
            unread.append(number)
    return pages, unread


def _read_page(document: pdfium.PdfDocument, number: int) -> tuple[Page, bool]:
    """A page's pieces, and whether it shows something but has no text."""
    try:
        page = document[number]
    except pdfium.PdfiumError:
        return Page([]), True
    turns: dict[int, list[Piece]] = {}
    try:
        textpage = page.get_textpage()
        for turn, piece in _pieces(textpage):
            turns.setdefault(turn, []).append(piece)
        textpage.close()
    except pdfium.PdfiumError:
        turns = {}
    is_unread = not turns and pdfium_c.FPDFPage_CountObjects(page.raw) > 0
    page.close()
    return Page(sorted(turns.values(), key=characters, reverse=True)), is_unread


def _pieces(textpage: pdfium.PdfTextPage) -> Iterator[tuple[int, Piece]]:
    """Pieces with their quarter turn, 0 to 3, in the file's order."""
    piece, turn = None, 0
    for word, spaced, word_turn in words(textpage):
        if piece is not None and turn == word_turn and _adjoins(piece, word):
            space = " " if spaced or distance(piece, word) > GLUED_GAP * piece.size else ""
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


def _adjoins(piece: Piece, word: Piece) -> bool:
    size = piece.size
    return (
        abs(piece.baseline - word.baseline) < 0.15 * size  # a raised or lowered figure is off by 0.2 or more
        and (size == word.size or max(size, word.size) < LARGER * min(size, word.size))
        and -0.5 * size < distance(piece, word) < COLUMN_GAP * size
    )


def usual_size(pages: Iterable[Page]) -> float:
    """The size of most of the text."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for pieces in page.turns:
            for piece in pieces:
                sizes[rounded(piece.size)] += len(piece.text)
    return max(sizes, key=lambda size: sizes[size])


def rounded(size: float) -> float:
    """A size or gap to half a point: those that are meant to be equal then are."""
    return round(2 * size) / 2


def characters(pieces: Iterable[Piece]) -> int:
    """How many characters pieces have."""
    return sum(len(piece.text) for piece in pieces)


def distance(piece: Piece, other: Piece) -> float:
    """The gap between two pieces, whichever comes first; negative where they overlap."""
    return max(other.left - piece.right, piece.left - other.right)

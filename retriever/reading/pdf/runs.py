"""Words of a PDF file -> runs, page by page: words close together on one baseline.

Only words that the file draws one after the other become one run. So the text of two columns is never joined before
the columns are found.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ...errors import ReadingError
from ..builder import one_line
from ..geometry import LARGEST_PLACE, Box, PrintedPage
from .attachments import pinned_files
from .forms import add_form_values
from .glyphs import GLUED_GAP, DrawnWord, PrintedWord, TextRun, distance, words
from .grids import Grid, find_grids, word_rows
from .picture_objects import pictures_of
from .quoted_paragraphs import quoted_paragraphs
from .text_layer import looks_wrong

MOST_PAGES = 20_000
"""Pages in one file; a longer one is a whole archive, and its lines alone would fill a worker's memory."""

COLUMN_GAP = 1.0
"""Ems between two runs of one baseline that may part columns: two-column papers leave 1.2 or more."""

LONGEST_LABEL = 20
"""Characters of a page's printed number, as "Appendix A-12"."""

LARGER = 1.12
"""Ratio of font sizes that tells a heading from its text, or a text from its notes: 12 points against 10.5."""


class PageFrame(NamedTuple):
    """What is needed to find a place on a page as it is shown.

    Attributes:
        printed: its size as shown, and its printed number.
        box: its visible part in its own coordinates: left, bottom, right, top.
        turn: by how many quarter turns clockwise it is shown.
    """

    printed: PrintedPage
    box: Box
    turn: int


UNKNOWN_FRAME = PageFrame(PrintedPage(595.0, 842.0), (0.0, 0.0, 595.0, 842.0), 0)
"""That of a page that cannot be opened: A4."""


class EdgeLine(NamedTuple):
    """A line of a page that is no part of its text: its text, and its words with their places."""

    text: str
    words: Sequence[PrintedWord]


@dataclass(frozen=True, slots=True)
class PdfPage:
    """One page.

    Attributes:
        turns: its runs by their quarter turn, the main one first.
        head: its running heads, from the top, once they are separated from the runs.
        foot: its running feet and stamps.
        pinned: the names of files that are attached to it.
        frame: its size, its printed number and its turn.
        looks_wrong: whether its text layer may not be what it shows.
        pictures: the places of its pictures, each as that of a word without letters.
    """

    turns: list[list[TextRun]]
    head: tuple[EdgeLine, ...] = ()
    foot: tuple[EdgeLine, ...] = ()
    pinned: Sequence[str] = ()
    frame: PageFrame = UNKNOWN_FRAME
    looks_wrong: bool = False
    pictures: Sequence[PrintedWord] = ()


def open_document(data: bytes, name: str) -> pdfium.PdfDocument:
    """Open a file. The caller closes it.

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
            f"{name} is broken or not a PDF: open it in a PDF viewer, save a new copy and add that."
        ) from error
    if document.get_formtype() != pdfium_c.FORMTYPE_NONE:
        document.init_forms()  # before any page is loaded; this build of pdfium runs no scripts
    length = len(document)
    if 0 < length <= MOST_PAGES:
        return document
    document.close()
    if length:
        raise ReadingError(
            f"{name} has {length:,} pages, and at most {MOST_PAGES:,} are read: split it, add the parts."
        )
    raise ReadingError(f"{name} has no pages: there is nothing in it to read.")


def read_pages(document: pdfium.PdfDocument) -> tuple[list[PdfPage], list[int]]:
    """Every page's runs, and the numbers, from 0, of pages that show something but have no text."""
    pages, unread = [], []
    for number in range(len(document)):
        page, is_unread = _read_page(document, number)
        pages.append(page)
        if is_unread:
            unread.append(number)
    return pages, unread


def _read_page(document: pdfium.PdfDocument, number: int) -> tuple[PdfPage, bool]:
    """A page's runs, and whether it shows something but has no text."""
    try:
        page = document[number]
    except pdfium.PdfiumError:
        return PdfPage([]), True
    turns: dict[int, list[TextRun]] = {}
    is_suspicious = False
    try:
        grids = find_grids(page)
        textpage = page.get_textpage()
        text = textpage.get_text_range()
        is_suspicious = looks_wrong(text)
        for turn, run in _runs(words(textpage, text, quoted_paragraphs(page)), grids):
            turns.setdefault(turn, []).append(run)
        textpage.close()
        if 0 in turns:
            turns[0] = _with_worded_rows(turns[0], grids)
    except pdfium.PdfiumError:
        turns = {}
    _add_form_values(page, turns)
    is_unread = not turns and pdfium_c.FPDFPage_CountObjects(page.raw) > 0
    read = PdfPage(
        sorted(turns.values(), key=characters, reverse=True),
        pinned=pinned_files(page),
        frame=_frame(document, page, number),
        looks_wrong=is_suspicious,
        pictures=list(pictures_of(page)),
    )
    page.close()
    return read, is_unread


def _frame(document: pdfium.PdfDocument, page: pdfium.PdfPage, number: int) -> PageFrame:
    width, height = (min(max(side, 1.0), LARGEST_PLACE) for side in page.get_size())
    label = one_line(document.get_page_label(number))[:LONGEST_LABEL]
    return PageFrame(PrintedPage(width, height, label), page.get_bbox(), page.get_rotation() // 90)


def _add_form_values(page: pdfium.PdfPage, turns: dict[int, list[TextRun]]) -> None:
    """Put the values of a page's form after their labels, which are in the page's main quarter turn."""
    turn = max(turns, key=lambda turn: characters(turns[turn]), default=0)
    runs = turns.pop(turn, [])
    add_form_values(page, runs, turn)
    if runs:
        turns[turn] = runs


def _with_worded_rows(runs: list[TextRun], grids: Sequence[Grid]) -> list[TextRun]:
    """The runs; in a table with rules, one run per row."""
    for grid in grids:
        inside = [run for run in runs if not run.alone and grid.holds(run)]
        rows = word_rows(grid, inside) if inside else None
        if rows is not None:
            taken = set(map(id, inside))
            first = next(place for place, run in enumerate(runs) if id(run) in taken)
            runs = [*runs[:first], *rows, *(run for run in runs[first:] if id(run) not in taken)]
    return runs


def _runs(drawn: Iterable[DrawnWord], grids: Sequence[Grid]) -> Iterator[tuple[int, TextRun]]:
    """Runs with their quarter turn, 0 to 3, in the file's order."""
    run, turn = None, 0
    for word, baseline, is_bold, spaced, quoted in drawn:
        bold = len(word.text) if is_bold else 0
        if run is not None and turn == word.turn and run.quoted == quoted:
            gap = distance(run, word)
            if _adjoins(run, word.size, baseline, gap) and not (grids and _are_separated(run, word, grids)):
                run.text += (" " if spaced or gap > GLUED_GAP * run.size else "") + word.text
                if word.left < run.left:
                    run.left = word.left
                if word.right > run.right:
                    run.right = word.right
                run.baseline = baseline
                run.bold += bold
                run.words.append(word)
                continue
        if run is not None:
            yield turn, run
        turn = word.turn
        run = TextRun(word.text, word.left, word.right, baseline, word.size, bold, words=[word], quoted=quoted)
    if run is not None:
        yield turn, run


def _adjoins(run: TextRun, size: float, baseline: float, gap: float) -> bool:
    """Whether a word of a size and baseline, a gap after a run, belongs to it."""
    if abs(run.baseline - baseline) >= 0.15 * run.size:  # a raised or lowered figure is off by 0.2 or more
        return False
    if not -0.5 * run.size < gap < COLUMN_GAP * run.size:
        return False
    return size == run.size or max(size, run.size) < LARGER * min(size, run.size)


def _are_separated(run: TextRun, word: PrintedWord, grids: Sequence[Grid]) -> bool:
    """Whether the rule of a table separates a run and a word."""
    return any(grid.parts(run, word) or grid.parts(word, run) for grid in grids)


def usual_size(pages: Iterable[PdfPage]) -> float:
    """The size of most of the text."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for runs in page.turns:
            for run in runs:
                sizes[round_to_half(run.size)] += len(run.text)
    return max(sizes, key=lambda size: sizes[size])


def round_to_half(size: float) -> float:
    """Round a size or gap to half a point, so that nearly equal ones become equal."""
    return round(2 * size) / 2


def characters(runs: Iterable[TextRun]) -> int:
    """The number of characters in runs."""
    return sum(len(run.text) for run in runs)

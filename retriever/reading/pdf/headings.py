"""Paragraphs of a PDF -> which of them are headings, a table of contents, the title.

The paragraphs are marked in place. In doubt a heading is a paragraph.
"""

import re
from collections.abc import Collection, Sequence

from ...records import Provenance
from ..builder import is_placeholder
from ..sources import NOTHING, Note
from .paragraphs import BULLET, CONTENTS, PdfParagraph
from .runs import LARGER, round_to_half
from .style import BodyStyle
from .text_lines import bare

LONGEST_HEADING_WORDS = 30
LONGEST_HEADING_CHARACTERS = 200
"""A title of a paper or a report reaches 25 words; a plain text's headings are held shorter, for lack of a font."""

SLIGHTLY_LARGER = 1.05
"""Ratio to the usual size that is enough where smaller text follows: 12 points against 11."""

FEWEST_CONTENTS_LINES = 5
"""Consecutive entries that make a table of contents; a price list may have dots too."""

_NO_TITLE = re.compile(
    r"(?i)\W*+(?:anonymous|unspecified|no title|title|(?:table of )?contents|abstract|index|scan\w*|binder ?\d*"
    r"|layout \d+)\W*+|(?:\W*\s)?\S+\.\w{2,4}\W*|(?>\s*+.*?://.*)\W*"
)
"""Titles from scanners and converters, and large words on a first page that name only a part of it."""


def mark_contents(paragraphs: Sequence[PdfParagraph]) -> None:
    """Mark tables of contents as furniture: entries with dots and a page number that never goes down."""
    run: list[PdfParagraph] = []
    last = 0
    for paragraph in [*paragraphs, PdfParagraph([], [], 0, 0.0)]:
        if paragraph.furniture:
            continue
        found = CONTENTS.search(paragraph.text[-80:])
        page = int(found.group(1)) if found else -1
        if page < last:
            for entry in run if len(run) >= FEWEST_CONTENTS_LINES else ():
                entry.furniture = True
            run = []
        run, last = ([*run, paragraph], page) if found else ([], 0)


def mark_headings(paragraphs: Sequence[PdfParagraph], style: BodyStyle, outline: Collection[str]) -> None:
    """Mark the headings: paragraphs in the outline, in larger type, or in bold before text that is not bold.

    Args:
        paragraphs: a document's, its furniture marked.
        style: what is usual in it.
        outline: the headings in its outline, in the form of `bare`.
    """
    size, bold = style.size, style.bold  # of the text that follows
    for paragraph in reversed(paragraphs):
        text = paragraph.text
        if not paragraph.furniture and not paragraph.cells and not paragraph.starts and _is_short(text):
            stands_out = (
                paragraph.size >= LARGER * style.size
                or paragraph.size >= max(SLIGHTLY_LARGER * style.size, LARGER * size)
                or (paragraph.bold and not bold and paragraph.size * LARGER > size)
            )
            is_name = not text.endswith((".", ",", ";")) and not BULLET.match(text)
            paragraph.heading = _is_wordy(text) and (bare(text) in outline or (stands_out and is_name))
        if not paragraph.heading and not paragraph.furniture:
            size, bold = paragraph.size, paragraph.bold


def largest_text(paragraphs: Sequence[PdfParagraph], style: BodyStyle) -> Note:
    """The largest text on the first page, if it stands out: a title if the file gives none."""
    first = [
        paragraph
        for paragraph in paragraphs
        if paragraph.page == 0 and not paragraph.furniture and is_title(paragraph.text)
    ]
    if not first:
        return NOTHING
    largest = max(first, key=lambda paragraph: round_to_half(paragraph.size))
    if largest.size < LARGER * style.size:
        return NOTHING
    return Note(largest.text.replace("\t", " "), Provenance.INFERRED, "the largest text on the first page")


def is_title(text: str) -> bool:
    """Whether a text may be a document's title: a few words that no program or scanner wrote."""
    is_name = _is_short(text) and _is_wordy(text) and sum(map(str.isalpha, text)) > 3
    return is_name and not is_placeholder(text) and not _NO_TITLE.fullmatch(text)


def _is_wordy(text: str) -> bool:
    """Whether a text is mostly letters, not a price or a telephone number."""
    return 2 * sum(map(str.isalpha, text)) > len(text.replace(" ", ""))


def _is_short(text: str) -> bool:
    return len(text) <= LONGEST_HEADING_CHARACTERS and len(text.split()) <= LONGEST_HEADING_WORDS

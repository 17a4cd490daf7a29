"""PDF -> its text in reading order, page by page. pdfium finds the glyphs, these modules the layout.

A PDF gives the place of each glyph, but no lines, paragraphs or columns, so these are inferred from the geometry. In
doubt there is no new column, no heading and no furniture. The steps:

    glyphs         glyphs of a page -> words, each with its place; `direct_calls` makes that fast
    grids          tables with drawn rules -> a run for each row
    forms          values in a form -> runs, each value after its label
    runs           words -> runs: words close together on one baseline
    text_lines     runs -> lines
    line_numbers   pages -> pages without the line numbers of pleading paper
    running_heads  pages -> pages without running heads, feet and page numbers
    columns        pages -> lines in reading order, one column after the other
    aligned_tables tables without rules -> lines that name their columns
    style          lines -> the document's usual size, weight and line gap
    hyphens        lines -> text, with the halves of divided words joined
    paragraphs     lines -> paragraphs, which may continue in the next column or page
    headings       paragraphs -> which are headings, a table of contents, the title
    attachments    the names of the files that it carries
    properties     the file's metadata and outline
    text_layer     whether a page's text layer may be wrong
    quoted_paragraphs  what a tagged file sets as quotations
    picture_objects  where the pictures on a page stand
    page_pictures  the large ones that have no text layer
    scans          pages without (right) text -> pages with the words that OCR has read; `ocr_runs` makes runs of them
    word_places    paragraphs -> where each word of the text stands on its page

`page_bitmaps` draws a page. Only this folder imports pypdfium2.
"""

import gc
from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import replace
from itertools import accumulate

from ...errors import ReadingError
from ...records import Span
from .. import ocr
from ..extract import Extract
from ..sources import first_known
from ..unread import UnreadContents
from .aligned_tables import with_named_rows
from .attachments import attached_files
from .columns import find_flows
from .headings import largest_text, mark_contents, mark_headings
from .line_numbers import part_line_numbers
from .paragraphs import PdfParagraph, find_paragraphs
from .properties import describe, read_outline
from .running_heads import part_running_heads
from .runs import PdfPage, open_document, read_pages, usual_size
from .scans import Scans, page_warnings, read_scans
from .style import BodyStyle
from .word_places import place_words


def read(data: bytes, name: str) -> Extract:
    """Read a PDF file.

    Args:
        data: the file's bytes.
        name: the file's name, for messages.

    Returns:
        Its text in reading order, one line per paragraph, with pages, headings, furniture and metadata.

    Raises:
        ReadingError: it is broken, encrypted, too long, or has no text.
    """
    document = open_document(data, name)
    try:
        with _without_collector():
            pages, without_text = read_pages(document)
        pages, scans = read_scans(document, pages, without_text)
        _require_text(pages, scans, name)
        outline = read_outline(document)
        about = describe(document)
        attachments = [*attached_files(document), *(name for page in pages for name in page.pinned)]
    finally:
        document.close()
    warnings = (*page_warnings(scans, name), *UnreadContents(attachments=attachments).warnings(name))
    with _without_collector():
        return extract_of(pages, replace(about, warnings=warnings), outline)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Python's collector of cycles pauses: it would look at each of hundreds of thousands of words many times.

    It goes on while OCR reads, which takes long, and whose memory is not this program's.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def extract_of(pages: list[PdfPage], about: Extract, outline: Set[str] = frozenset()) -> Extract:
    """Put pages in reading order.

    Args:
        pages: the runs of each page.
        about: the file's metadata and warnings.
        outline: the titles in its outline.
    """
    size = usual_size(pages)
    pages = part_running_heads(part_line_numbers(pages), size)
    flows = with_named_rows([find_flows(page) for page in pages])
    style = BodyStyle.from_flows([flow for page in flows for flow in page], size)
    paragraphs = find_paragraphs(pages, flows, style)
    mark_contents(paragraphs)
    mark_headings(paragraphs, style, outline)
    text, spans, starts = _assemble(paragraphs, len(pages))
    spanned = list(zip(paragraphs, spans, strict=True))
    return replace(
        about,
        text=text,
        word_boxes=place_words(paragraphs, [start for start, _ in spans], [page.frame for page in pages]).to_bytes(),
        title=first_known(about.title, largest_text(paragraphs, style)),
        pages=starts,
        headings=tuple(span for paragraph, span in spanned if paragraph.heading),
        furniture=tuple(span for paragraph, span in spanned if paragraph.furniture),
        block_quotes=tuple(span for paragraph, span in spanned if paragraph.quoted),
        rows=tuple(
            (start, paragraph.table_row) for paragraph, (start, _) in spanned if paragraph.table_row is not None
        ),
    )


def _require_text(pages: Sequence[PdfPage], scans: Scans, name: str) -> None:
    if any(any(map(str.isalnum, run.text)) for page in pages for runs in page.turns for run in runs):
        return
    if scans.unread:
        raise ReadingError(f"{name} has no text, only pictures of it: {ocr.advice()}.")
    if scans.wordless:
        raise ReadingError(f"{name} has only pictures, in which no words were found: there is nothing in it to read.")
    raise ReadingError(f"{name} has only empty pages: there is nothing in it to read.")


def _assemble(paragraphs: Sequence[PdfParagraph], page_count: int) -> tuple[str, list[Span], tuple[int, ...]]:
    """The text, each paragraph's span, and each page's start; an empty page starts where the next one does."""
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

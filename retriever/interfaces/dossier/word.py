"""A case file as a Word document: each quote with a footnote that cites it, the user's notes apart from the quotes.

In: a `Dossier`. Out: bytes. One decision: what the user wrote begins with words that say so, and has a style of its
own, so that neither a reader nor `ibid check` takes it for a quotation.
"""

from io import BytesIO

from docx import Document as WordDocument
from docx.document import Document as WordPage
from docx.enum.style import WD_STYLE_TYPE
from docx.shared import Cm, Pt, RGBColor

from ...casefile.records import OpenPoint, PointKind
from ...check.draft import OPEN_POINT, OWN_NOTE, REFUSED, TAGS
from ..text import fit_for_xml
from .contents import STATE_WORDS, Dossier, PinState, ShownPin
from .footnotes import Footnotes

NOTE = "Own Note"
"""The name of the style of what the user wrote."""
_QUIET, _ACCENT = RGBColor(0x5F, 0x5A, 0x51), RGBColor(0x8A, 0x1C, 0x1C)


def as_word(dossier: Dossier) -> bytes:
    """Write a case file as a Word document."""
    page = WordDocument()
    name = fit_for_xml(dossier.file.name)
    page.core_properties.title, page.core_properties.author = name, "Ibid"
    style = page.styles.add_style(NOTE, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style, style.font.color.rgb = page.styles["Normal"], _QUIET
    style.paragraph_format.left_indent = Cm(1)
    notes = Footnotes(page)
    page.add_heading(fit_for_xml(dossier.title), level=0)
    _quiet(page, "Quotes are the documents’ own words. Notes and open points are their reader’s.")
    for remark in dossier.remarks:
        _quiet(page, remark)
    for item in dossier.pins:
        _add_pin(page, notes, item)
    _add_points(page, dossier.points)
    if dossier.references:
        page.add_heading("Sources", level=1)
        for reference in dossier.references:
            page.add_paragraph(fit_for_xml(reference))
    notes.finish()
    file = BytesIO()
    page.save(file)
    return file.getvalue()


def _add_pin(page: WordPage, notes: Footnotes, item: ShownPin) -> None:
    if item.quote is None:
        _quiet(page, item.words)
    else:
        *before, last = filter(str.strip, item.words.splitlines())
        for line in before:
            page.add_paragraph(fit_for_xml(line.strip()), style="Quote")
        quoted = page.add_paragraph(fit_for_xml(last.strip()), style="Quote")
        notes.add(quoted, fit_for_xml(item.note or f"{item.origin}."), fit_for_xml(item.evidence))
        if item.state is not PinState.HERE:
            said = STATE_WORDS[item.state]
            run = page.add_paragraph().add_run(f"{said[0].upper()}{said[1:]}.")
            run.bold, run.font.color.rgb = True, _ACCENT
    for line in filter(str.strip, item.pin.note.splitlines()):
        page.add_paragraph(fit_for_xml(f"{OWN_NOTE}{line.strip()}"), style=NOTE)
    if item.pin.tags:
        page.add_paragraph(fit_for_xml(f"{TAGS}{', '.join(item.pin.tags)}"), style=NOTE)


def _add_points(page: WordPage, points: tuple[OpenPoint, ...]) -> None:
    if not points:
        return
    page.add_heading("What is missing", level=1)
    for point in points:
        prefix = OPEN_POINT if point.kind is PointKind.OPEN else REFUSED
        done = " (done)" if point.done else ""
        page.add_paragraph(fit_for_xml(f"{prefix}{point.words}{done}"), style=NOTE)


def _quiet(page: WordPage, text: str) -> None:
    run = page.add_paragraph().add_run(fit_for_xml(text))
    run.font.size, run.font.color.rgb = Pt(9), _QUIET

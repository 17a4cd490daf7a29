"""The values in a form on a PDF page -> runs of text, each value after its label.

pdfium's text of a page has the labels of a form, but not its values. A value goes to the label next to its field, else
to the label above it, else to the field's own name. Text that was typed onto a page counts as a value too.
"""

import ctypes
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ..builder import one_line
from .glyphs import DIRECTIONS, PrintedWord, TextRun

MOST_FIELDS = 5_000
"""Fields of one page; a tax form has some hundred."""

LONGEST_VALUE = 20_000
"""Characters of one value; a field holds a letter at most."""

LABEL_ABOVE = 2.0
"""Ems from a field up to the line that names it."""

_BOXES = (pdfium_c.FPDF_FORMFIELD_CHECKBOX, pdfium_c.FPDF_FORMFIELD_RADIOBUTTON)
_VALUES = (pdfium_c.FPDF_FORMFIELD_TEXTFIELD, pdfium_c.FPDF_FORMFIELD_COMBOBOX, pdfium_c.FPDF_FORMFIELD_LISTBOX)
_PASSWORD = 1 << 13
"""Flag of a text field that shows stars (ISO 32000-1, table 228)."""

_HIDDEN = 1 << 1 | 1 << 5
"""Flags of an annotation that isn't shown (ISO 32000-1, table 165)."""

_PROGRAM_NAME = re.compile(r"(?i)(?:text|field|textfield|fill|undefined|untitled|check ?box|f\d*)?[\W_\d]*")
"""Names that programs give by default."""


@dataclass(frozen=True, slots=True)
class _Field:
    """A filled field: its place on the upright page, its value and its own name; the value as the page shows it."""

    left: float
    right: float
    bottom: float
    top: float
    value: str
    name: str
    is_box: bool
    word: PrintedWord


def add_form_values(page: pdfium.PdfPage, runs: list[TextRun], turn: int) -> None:
    """Put the values of a page's form after their labels.

    Args:
        page: the page; the document's form must be opened before it.
        runs: the page's runs in its main quarter turn; they are changed.
        turn: that turn, 0 to 3.
    """
    size = sorted(run.size for run in runs)[len(runs) // 2] if runs else 10.0
    served: set[int] = set()
    for field in sorted(_fields(page, turn), key=lambda field: (-field.top, field.left)):
        label = _label(field, runs, size)
        if label is None:
            text = f"{field.name}: {field.value}" if field.name else field.value
            middle = (field.top + field.bottom) / 2 - 0.35 * size
            runs.append(TextRun(text, field.left, field.right, middle, size, 0, alone=True, words=[field.word]))
            continue
        if field.is_box:
            label.text = f"{field.value} {label.text}"
            label.words.insert(0, field.word)
        else:
            apart = "" if id(label) in served or label.text.endswith((":", "?", "：")) else ":"
            label.text += f"{apart} {field.value}"
            label.right = max(label.right, field.right)
            label.words.append(field.word)
        label.alone = True
        served.add(id(label))


def _label(field: _Field, runs: list[TextRun], size: float) -> TextRun | None:
    """The run that names a field. The label of a box is after it; other labels are before it or above."""
    row = [run for run in runs if field.bottom - 0.3 * size <= run.baseline <= field.top]
    if field.is_box:
        behind = [run for run in row if -1 <= run.left - field.right < 3 * size]
        return min(behind, key=lambda run: run.left, default=None)
    before = [run for run in row if run.right <= field.left + 0.5 * size and any(map(str.isalpha, run.text))]
    if before:
        return max(before, key=lambda run: run.right)
    above = [
        run
        for run in runs
        if 0 <= run.baseline - field.top < LABEL_ABOVE * size
        and run.left < field.right
        and run.right > field.left
        and not run.alone
    ]
    return min(above, key=lambda run: (run.baseline, run.left), default=None)


def _fields(page: pdfium.PdfPage, turn: int) -> Iterator[_Field]:
    """The filled fields of a page, and its boxes, ticked or not."""
    for number in range(min(pdfium_c.FPDFPage_GetAnnotCount(page.raw), MOST_FIELDS)):
        annotation = pdfium_c.FPDFPage_GetAnnot(page.raw, number)
        if not annotation:
            continue
        try:
            found = _field(page, annotation, turn)
        finally:
            pdfium_c.FPDFPage_CloseAnnot(annotation)
        if found is not None and found.value:
            yield found


def _field(page: pdfium.PdfPage, annotation: object, turn: int) -> _Field | None:
    """The text that an annotation shows; None if it is hidden or not part of a form."""
    if pdfium_c.FPDFAnnot_GetFlags(annotation) & _HIDDEN:
        return None
    subtype = pdfium_c.FPDFAnnot_GetSubtype(annotation)
    value, name, is_box = "", "", False
    if subtype == pdfium_c.FPDF_ANNOT_FREETEXT:
        value = _text(lambda *into: pdfium_c.FPDFAnnot_GetStringValue(annotation, b"Contents", *into))
    elif subtype == pdfium_c.FPDF_ANNOT_WIDGET and page.formenv is not None:
        form = page.formenv.raw
        kind = pdfium_c.FPDFAnnot_GetFormFieldType(form, annotation)
        is_box = kind in _BOXES
        if is_box:
            value = "☒" if pdfium_c.FPDFAnnot_IsChecked(form, annotation) else "☐"
        elif kind in _VALUES and not pdfium_c.FPDFAnnot_GetFormFieldFlags(form, annotation) & _PASSWORD:
            value = _text(lambda *into: pdfium_c.FPDFAnnot_GetFormFieldValue(form, annotation, *into))
            alternate = _text(lambda *into: pdfium_c.FPDFAnnot_GetFormFieldAlternateName(form, annotation, *into))
            name = alternate or _text(lambda *into: pdfium_c.FPDFAnnot_GetFormFieldName(form, annotation, *into))
            name = "" if _PROGRAM_NAME.fullmatch(name) or "[0]" in name else name.rstrip(":")
    box = pdfium_c.FS_RECTF()
    if not value or not pdfium_c.FPDFAnnot_GetRect(annotation, box):
        return None
    across, up = DIRECTIONS[turn]
    along = sorted(x * across + y * up for x, y in ((box.left, box.bottom), (box.right, box.top)))
    height = sorted(y * across - x * up for x, y in ((box.left, box.bottom), (box.right, box.top)))
    word = PrintedWord.filling(value, along, height, turn)
    return _Field(along[0], along[1], height[0], height[1], value, name, is_box, word)


def _text(fetch: Callable[..., int]) -> str:
    """A text from pdfium in UTF-16, as one line."""
    length = min(fetch(None, 0), 2 * LONGEST_VALUE)
    if length < 2:
        return ""
    buffer = (ctypes.c_ushort * (length // 2 + 1))()
    fetch(buffer, length)
    return one_line(bytes(buffer).decode("utf-16-le", "replace").strip("\0"))

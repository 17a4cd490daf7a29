"""Word files (DOCX) -> text: paragraphs, headings, lists and tables in their order, then the notes.

The XML is read directly, by the local names of its elements. Libraries leave out insertions, content controls, text
boxes, notes and the strict variant of the format (ISO/IEC 29500). Deleted and hidden text and comments are left out.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import etree

from ..errors import ReadingError
from ..records import Provenance
from ..text.blocks import looks_like_heading
from .archive import Archive, attribute, local_name, open_archive
from .builder import ExtractBuilder, broken_file, one_line, picture_line
from .extract import Extract
from .numbering import ListNumbers, level_of, numeral
from .raised import lowered, note_mark, raised
from .rows import row_lines
from .sources import NOTHING, Note, first_known
from .unread import UnreadContents, is_decorative

MOST_STYLE_PARENTS = 20
"""Styles that a style is based on in turn; Word nests ten at most, and a circle must end."""

_LEFT_OUT = frozenset(
    "del moveFrom delText instrText delInstrText pPr rPr sectPr tblPr trPr tcPr sdtPr Fallback rt rubyPr object".split()
)
"""Elements whose text is not part of the document: deleted, a field's code, a property, a copy for old programs."""

_ANCHORED = frozenset(("docPr", "imagedata", "txbxContent"))
"""The properties of a drawing, a picture of an older Word, a text box."""

_DRAWN = ("{*}pic", "{*}chart", "{*}relIds")
"""What a drawing shows: a picture, a chart, a diagram."""

_OBJECTS = ("{*}OLEObject", "{*}altChunk")
"""A document of another program, and a whole document that Word would take in on opening."""

_BLANKS = frozenset("tab br cr ptab".split())
_MATHS = {"den": "/", "sup": "^", "sub": "_", "rad": "√", "num": ""}
"""What stands before a part of a formula when it is written in one line."""

_REFERENCES = {"footnoteReference": "footnotes", "endnoteReference": "endnotes"}
"""What refers to a note, and the part of the file that holds such notes."""

_HEADING_STYLE = re.compile(r"heading \d|title|subtitle")
_QUOTE_STYLE = re.compile(r"(?:intense |block )?quot(?:e|ation)s?|block text")
_CONTENTS_STYLE = re.compile(r"toc (\d|heading)|table of (figures|authorities)|index \d")


@dataclass(frozen=True, slots=True)
class _Style:
    """A style: its English name, its parent, whether it is in the outline, and whether it raises text."""

    name: str
    parent: str | None
    outlined: bool
    place: str | None = None
    list_id: str | None = None
    list_level: str | None = None


def read(data: bytes, name: str) -> Extract:
    """Read a Word file.

    Args:
        data: the file's bytes.
        name: its name, for messages.

    Returns:
        Its text; running heads come first, running feet last, both as furniture.

    Raises:
        ReadingError: it is encrypted, broken, not a Word file, or has no text.
    """
    archive = open_archive(data, name)
    main = next((path for kind, path in archive.related("") if kind == "officeDocument"), None)
    if main is None:
        raise ReadingError(f"{name} is not a Word document: check its suffix.")
    with broken_file(name):
        return _WordParser(archive, main).read()


class _WordParser:
    """One reading of one file."""

    def __init__(self, archive: Archive, main: str) -> None:
        self._archive = archive
        self._main = archive.xml(main)
        self._parts = [(kind, path) for kind, path in archive.related(main) if path in archive]
        self._builder = ExtractBuilder()
        self._styles: dict[str, _Style] = {}
        self._boxes: list[etree._Element] = []
        self._pictures: list[str] = []  # descriptions
        self._note_numbers: dict[tuple[str, str], str] = {}  # by the kind of note and its id
        self._languages: Counter[str | None] = Counter()
        self._own_language: str | None = None
        self._title = NOTHING
        self._numbers = ListNumbers(None)
        self._unread = UnreadContents()

    def read(self) -> Extract:
        if local_name(self._main) != "document":
            raise ReadingError(f"{self._archive.name} is not a Word document: check its suffix.")
        for root in self._roots("styles"):
            self._read_styles(root)
        self._numbers = ListNumbers(next(self._roots("numbering"), None))
        self._running("header")
        self._unread = UnreadContents(objects=sum(1 for _ in self._main.iter(*_OBJECTS)))
        self._body(self._main)
        for kind in ("footnotes", "endnotes"):
            for root in self._roots(kind):
                self._notes(root, kind)
        self._unread.warn(self._builder, self._archive.name)
        self._running("footer")
        facts = self._archive.office_facts()
        language = self._languages.most_common(1)[0][0] if self._languages else None
        about = replace(
            facts,
            title=first_known(self._title, facts.title),
            language=facts.language or language or self._own_language,
        )
        extract = self._builder.build(self._archive.name, about)
        return extract if extract.headings else replace(extract, headings=None)  # typed by hand: the text must tell

    def _roots(self, kind: str) -> Iterator[etree._Element]:
        return (self._archive.xml(path) for relation, path in self._parts if relation == kind)

    # Parts ---------------------------------------------------------------------------------------------------

    def _read_styles(self, root: etree._Element) -> None:
        for style in root:
            if local_name(style) == "style":
                outline = _value(style, "outlineLvl")
                self._styles[attribute(style, "styleId") or ""] = _Style(
                    (_value(style, "name") or "").lower(),
                    _value(style, "basedOn"),
                    level_of(outline) is not None,
                    _value(style, "vertAlign", "rPr"),
                    _value(style, "numId", "pPr"),
                    _value(style, "ilvl", "pPr"),
                )
            elif local_name(style) == "docDefaults":
                self._own_language = _value(style, "lang")

    def _running(self, kind: str) -> None:
        """Add the running heads or feet, each text only once, because sections repeat them."""
        lines = (self._text(paragraph) for root in self._roots(kind) for paragraph in _paragraphs(root))
        for line in dict.fromkeys(map(one_line, lines)):
            self._builder.add(line, furniture=True)
        self._pictures = []  # logos

    def _notes(self, root: etree._Element, kind: str) -> None:
        """Add the footnotes or endnotes, each after its number. Notes with a type are the lines above the notes."""
        for note in root:
            if attribute(note, "type") in (None, "normal"):
                number = self._note_numbers.get((kind, attribute(note, "id") or ""))
                text = " ".join(map(self._text, _paragraphs(note)))
                self._builder.add(f"[{number}] {text}" if number and text.strip() else text)

    def _note_reference(self, reference: etree._Element, kind: str) -> str:
        """The mark of a note: the number that Word shows by default."""
        key = (kind, attribute(reference, "id") or "")
        if attribute(reference, "customMarkFollows") not in (None, "0", "false"):
            return ""
        if key not in self._note_numbers:
            count = sum(other == kind for other, _ in self._note_numbers) + 1
            self._note_numbers[key] = numeral(count, "lowerRoman") if kind == "endnotes" else str(count)
        return note_mark(self._note_numbers[key])

    # Blocks --------------------------------------------------------------------------------------------------

    def _body(self, parent: etree._Element) -> None:
        """Add the paragraphs and tables below an element, in their order."""
        for element in parent:
            kind = local_name(element)
            if kind == "p":
                self._paragraph(element)
            elif kind == "tbl":
                self._table(element)
            elif kind not in _LEFT_OUT:
                self._body(element)

    def _paragraph(self, paragraph: etree._Element) -> None:
        text = self._text(paragraph)
        style_id = _value(paragraph, "pStyle", "pPr") or ""
        names = self._style_names(style_id)
        outline = _value(paragraph, "outlineLvl", "pPr")
        outlined = any(style.outlined for style in self._styles_of(style_id)) or level_of(outline) is not None
        contents = any(_CONTENTS_STYLE.fullmatch(name) for name in names)
        heading = outlined or any(_HEADING_STYLE.fullmatch(name) for name in names)
        heading = heading or (_is_bold([paragraph]) and looks_like_heading(text))
        number = self._list_number(paragraph, style_id)
        quoted = any(_QUOTE_STYLE.fullmatch(name) for name in names)
        self._builder.add(number + text if text.strip() else "", heading=heading, furniture=contents, quoted=quoted)
        if "title" in names[:1] and not self._title.value and text.strip():
            self._title = Note(one_line(text), Provenance.TEXT)
        self._add_boxes()

    def _numbered(self, paragraph: etree._Element) -> str:
        """The text of a paragraph in a cell, with its number in a list; a cell may have nothing but a number."""
        number = self._list_number(paragraph, _value(paragraph, "pStyle", "pPr") or "")
        return number + self._text(paragraph)

    def _list_number(self, paragraph: etree._Element, style_id: str) -> str:
        """The number of a paragraph in its list, by its own properties or those of its style."""
        list_id = _value(paragraph, "numId", "pPr")
        level = _value(paragraph, "ilvl", "pPr")
        for style in self._styles_of(style_id):
            list_id = style.list_id if list_id is None else list_id
            level = style.list_level if level is None else level
        return self._numbers.next(list_id or "", level_of(level) or 0)

    def _add_boxes(self) -> None:
        """Add the pictures and text boxes found so far, after the paragraph or table that contains their anchor."""
        boxes, self._boxes = self._boxes, []
        for line in dict.fromkeys(self._pictures):
            self._builder.add(line)
        self._pictures = []
        for box in boxes:
            self._body(box)

    def _styles_of(self, style_id: str) -> Iterator[_Style]:
        """A style and those that it is based on."""
        for _ in range(MOST_STYLE_PARENTS):
            style = self._styles.get(style_id)
            if style is None:
                return
            yield style
            style_id = style.parent or ""

    def _style_names(self, style_id: str) -> list[str]:
        return [style.name for style in self._styles_of(style_id)]

    def _table(self, table: etree._Element) -> None:
        rows = [row for row in _below(table, "tr") if not _has(row, "trPr", "del")]
        cells = [list(_below(row, "tc")) for row in rows]
        if len(rows) == 1 or all(len(row) < 2 for row in cells):  # a frame around text, not a table
            for row in cells:
                for cell in row:
                    self._body(cell)
            return
        texts: list[list[str | None]] = []
        for row in cells:
            texts.append(self._row(row, texts[-1] if texts else []))
        marked = bool(rows) and (_has(rows[0], "trPr", "tblHeader") or _is_bold(cells[0]) > _is_bold(cells[1]))
        for number, line in row_lines(texts, headed=marked):
            self._builder.add(line, row=number)
        self._add_boxes()

    def _row(self, cells: list[etree._Element], above: list[str | None]) -> list[str | None]:
        """The texts of a row's cells by column. A cell merged with the one above repeats its text."""
        row: list[str | None] = []
        for cell in cells:
            text: str | None = " ".join(map(self._numbered, _paragraphs(cell)))
            merged = next((mark for mark in _children(cell, "tcPr") for mark in _children(mark, "vMerge")), None)
            if merged is not None and attribute(merged, "val") != "restart" and len(row) < len(above):
                text = above[len(row)]
            span = _value(cell, "gridSpan", "tcPr") or "1"
            row += [text] + [None] * (min(int(span), 64) - 1 if span.isdecimal() else 0)
        return row

    # Text ----------------------------------------------------------------------------------------------------

    def _text(self, element: etree._Element) -> str:
        return "".join(self._texts(element))

    def _texts(self, parent: etree._Element) -> Iterator[str]:
        """The text below an element; text boxes in it are added later."""
        for element in parent:
            kind = local_name(element)
            if kind == "t":
                yield element.text or ""
            elif kind in _BLANKS:
                yield " "
            elif kind == "noBreakHyphen":
                yield "-"
            elif kind in _REFERENCES:
                yield self._note_reference(element, _REFERENCES[kind])
            elif kind in _ANCHORED:
                self._collect_anchored(element)
            elif kind in _MATHS:
                part = self._text(element).strip()
                yield _MATHS[kind] + (f"({part})" if len(part) > 1 and kind != "rad" else part) if part else ""
            elif kind == "r":
                yield from self._run(element)
            elif kind not in _LEFT_OUT:
                yield from self._texts(element)

    def _collect_anchored(self, element: etree._Element) -> None:
        """Keep a text box, or the description of a picture, for later; count what has none."""
        if local_name(element) == "txbxContent":
            self._boxes.append(element)
            return
        if local_name(element) == "docPr":
            line, drawn = picture_line(attribute(element, "descr")), _drawn(element.getparent())
        else:
            line, drawn = picture_line(attribute(element.getparent(), "alt")), {"pic"}
        if line:
            self._pictures.append(line)
        elif "pic" in drawn and not is_decorative(element):
            self._unread.pictures += 1
        self._unread.charts += not drawn.isdisjoint(("chart", "relIds"))

    def _run(self, run: etree._Element) -> Iterator[str]:
        hidden = next((mark for mark in _children(run, "rPr") for mark in _children(mark, "vanish")), None)
        if hidden is not None and attribute(hidden, "val") not in ("0", "false"):
            return
        text = "".join(self._texts(run))
        self._languages[_value(run, "lang", "rPr") or self._own_language] += len(text)
        yield self._placed(run, text)

    def _placed(self, run: etree._Element, text: str) -> str:
        """A run's text, marked if the run or its style raises or lowers it."""
        place = _value(run, "vertAlign", "rPr")
        if place is None:
            styles = self._styles_of(_value(run, "rStyle", "rPr") or "")
            place = next((style.place for style in styles if style.place is not None), None)
        if place is None:
            position = _value(run, "position", "rPr") or ""
            size = _value(run, "sz", "rPr") or ""
            if position.lstrip("-").isdecimal() and size.isdecimal():
                place = "superscript" if int(position) > 0 else "subscript" if int(position) < 0 else None
        return raised(text) if place == "superscript" else lowered(text) if place == "subscript" else text


# XML --------------------------------------------------------------------------------------------------------


def _children(parent: etree._Element, kind: str) -> Iterator[etree._Element]:
    return (child for child in parent if local_name(child) == kind)


def _drawn(drawing: etree._Element) -> set[str]:
    """What a drawing shows, but not the drawings in its text boxes."""
    return {
        local_name(part)
        for part in drawing.iter(*_DRAWN)
        if next(part.iterancestors("{*}inline", "{*}anchor"), None) is drawing
    }


def _has(element: etree._Element, properties: str, mark: str) -> bool:
    """Whether an element's properties contain a mark."""
    return any(True for part in _children(element, properties) for _ in _children(part, mark))


def _value(element: etree._Element, kind: str, properties: str | None = None) -> str | None:
    """The value of the first property of a kind, anywhere below an element or below its properties only."""
    for part in [element] if properties is None else _children(element, properties):
        for found in part.iter():
            if local_name(found) == kind:
                return attribute(found, "val")
    return None


def _below(parent: etree._Element, kind: str) -> Iterator[etree._Element]:
    """The rows of a table or the cells of a row, including those in content controls and insertions."""
    for element in parent:
        found = local_name(element)
        if found == kind:
            yield element
        elif found not in _LEFT_OUT and found not in ("tbl", "p"):
            yield from _below(element, kind)


def _paragraphs(parent: etree._Element) -> Iterator[etree._Element]:
    """All paragraphs below an element, also in tables, but not inside other paragraphs."""
    for element in parent:
        if local_name(element) == "p":
            yield element
        elif local_name(element) not in _LEFT_OUT:
            yield from _paragraphs(element)


def _is_bold(parts: list[etree._Element]) -> bool:
    """Whether all text in a paragraph, or in a row's cells, is bold: people mark headings so if they use no styles."""
    runs = [run for part in parts for run in part.iter("{*}r") if run.find("{*}t") is not None]
    return bool(runs) and all(_has(run, "rPr", "b") for run in runs)

"""OpenDocument files -> text: texts (ODT), presentations (ODP) and sheets (ODS).

All three are made of the same elements, so one walk over the body reads them. A slide or a sheet begins a page.
Deleted text and comments are left out.
"""

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from ..errors import ReadingError
from ..records import Provenance
from .archive import Archive, attribute, dublin_core, local_name, open_archive
from .builder import ExtractBuilder, broken_file, one_line, picture_line
from .extract import Extract
from .odt_numbering import OpenDocumentNumbers
from .raised import lowered, note_mark, raised
from .rows import TableGrid, row_lines
from .sources import NOTHING, Note, first_known
from .unread import UnreadContents

MOST_REPEATS = 64
"""Copies made of a repeated cell; a sheet's last cell is repeated to its edge, 16,384 columns away."""

_LEFT_OUT = frozenset(
    "tracked-changes annotation annotation-end forms desc title settings ruby-text page-number page-count".split()
)
_CONTENTS = frozenset("table-of-content alphabetical-index illustration-index table-index user-index".split())
_OBJECTS = frozenset("object object-ole".split())
_BLANKS = frozenset("s tab line-break".split())
_BODIES = frozenset("text presentation spreadsheet drawing".split())


def read(data: bytes, name: str) -> Extract:
    """Read an OpenDocument text, presentation or sheet.

    Args:
        data: the file's bytes.
        name: its name, for messages.

    Returns:
        Its text, notes at the end, contents and running heads as furniture; slides and sheets are pages.

    Raises:
        ReadingError: it is encrypted, broken, not an OpenDocument file, or has no text.
    """
    archive = open_archive(data, name)
    if "content.xml" not in archive:
        raise ReadingError(f"{name} is not an OpenDocument file: check its suffix.")
    if "META-INF/manifest.xml" in archive and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise ReadingError(f"{name} is encrypted: open it with its password, save it without one and add it again.")
    with broken_file(name):
        return _OdfParser(archive).read()


class _OdfParser:
    """One reading of one file."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._content = archive.xml("content.xml")
        self._builder = ExtractBuilder()
        self._later: list[etree._Element] = []  # text boxes, added after the paragraph that holds them
        self._pictures: list[str] = []  # descriptions, likewise
        self._notes: list[str] = []
        self._unread = UnreadContents()
        self._numbers = OpenDocumentNumbers(())
        self._title = NOTHING
        self._parents: dict[str, str] = {}  # the style that an automatic style is made from
        self._positions: dict[str, str] = {}  # of a style: "super 58%", "-33% 58%"

    def read(self) -> Extract:
        styles = [self._archive.xml("styles.xml")] if "styles.xml" in self._archive else []
        for style in (style for root in (*styles, self._content) for style in root.iter("{*}style")):
            for properties in style.iterfind("{*}text-properties"):
                if position := attribute(properties, "text-position"):
                    self._positions[attribute(style, "name") or ""] = position
        for style in self._content.iter("{*}style"):
            self._parents[attribute(style, "name") or ""] = attribute(style, "parent-style-name") or ""
        self._numbers = OpenDocumentNumbers((*styles, self._content))
        self._running_heads()
        for body in self._content.iterfind("{*}body/*"):
            if local_name(body) in _BODIES:
                self._body(body)
        for note in self._notes:
            self._builder.add(note)
        self._unread.warn(self._builder, self._archive.name)
        facts = Extract("")
        if "meta.xml" in self._archive:
            facts = dublin_core(
                self._archive.xml("meta.xml"), dates={}
            )  # dates of creation are not dates of publication
        about = replace(facts, title=first_known(self._title, facts.title))
        extract = self._builder.build(self._archive.name, about)
        return extract if extract.headings else replace(extract, headings=None)  # typed by hand: the text must tell

    def _running_heads(self) -> None:
        """Add the heads and feet of the master pages, each text once."""
        if "styles.xml" not in self._archive:
            return
        lines = (
            one_line(self._text(paragraph))
            for part in self._archive.xml("styles.xml").iterfind("{*}master-styles/{*}master-page/*")
            if local_name(part).startswith(("header", "footer"))
            for paragraph in part.iter("{*}p")
        )
        for line in dict.fromkeys(lines):
            self._builder.add(line, furniture=True)
        self._pictures, self._unread = [], UnreadContents()  # logos

    def _body(self, parent: etree._Element, *, heading: bool = False, furniture: bool = False) -> None:
        """Add the content below an element, in order."""
        for element in parent:
            kind = local_name(element)
            if kind in ("p", "h"):
                self._paragraph(element, heading=heading or kind == "h", furniture=furniture)
            elif kind == "table":
                self._table(element)
            elif kind == "page":
                self._builder.page()
                self._body(element)
            elif kind == "frame":
                title = attribute(element, "class") in ("title", "subtitle")
                self._body(element, heading=heading or title, furniture=furniture)
                self._builder.add(self._description(element), furniture=furniture)
            elif kind not in _LEFT_OUT:
                self._body(element, heading=heading, furniture=furniture or kind in _CONTENTS)

    def _paragraph(self, paragraph: etree._Element, *, heading: bool, furniture: bool) -> None:
        text = self._text(paragraph)
        style = attribute(paragraph, "style-name") or ""
        style = self._parents.get(style) or style
        if style == "Title" and not self._title.value and text.strip():
            self._title = Note(one_line(text), Provenance.TEXT)
        number = "" if furniture else self._numbers.next(paragraph)
        heading = heading or style in ("Title", "Subtitle")
        quoted = style in ("Quotations", "Quote")
        self._builder.add(number + text if text.strip() else "", heading=heading, furniture=furniture, quoted=quoted)
        boxes, self._later = self._later, []
        pictures, self._pictures = self._pictures, []
        for line in pictures:
            self._builder.add(line, furniture=furniture)
        for box in boxes:
            self._body(box, furniture=furniture)

    def _table(self, table: etree._Element) -> None:
        sheet = local_name(table.getparent()) == "spreadsheet"
        if sheet:
            self._builder.page()
            self._builder.add(attribute(table, "name") or "", heading=True)
        grid = TableGrid()
        numbers: list[int] = []
        below = 1
        for row in _rows(table):
            grid.add(self._cells(row))
            numbers.append(below)
            below += _count(row, "number-rows-repeated")
        headed = sheet or any(True for _ in table.iterchildren("{*}table-header-rows"))
        for place, line in row_lines(grid.rows, headed=headed):
            self._builder.add(line, row=numbers[place - 1])

    def _cells(self, row: etree._Element) -> Iterator[tuple[str, int, int]]:
        """The text of each cell of a row, and the columns and rows that it covers, without covered cells."""
        for cell in row.iterchildren("{*}table-cell"):
            paragraphs = cell.iter("{*}p", "{*}h")
            text = " ".join(self._numbers.next(paragraph) + self._text(paragraph) for paragraph in paragraphs)
            covered = (_count(cell, "number-columns-spanned"), _count(cell, "number-rows-spanned"))
            for _ in range(min(_count(cell, "number-columns-repeated"), MOST_REPEATS)):
                yield text, min(covered[0], MOST_REPEATS), covered[1]

    def _text(self, element: etree._Element) -> str:
        return "".join(self._texts(element))

    def _texts(self, parent: etree._Element) -> Iterator[str]:
        """The text of an element; notes and text boxes in it are added later."""
        yield parent.text or ""
        for element in parent:
            kind = local_name(element)
            if kind in _BLANKS:
                yield " "
            elif kind == "number":  # of a list, as the program that wrote the file counted
                yield f"{self._text(element)} "
            elif kind == "note":
                yield self._note(element)
            elif kind == "text-box":
                self._later.append(element)
            elif kind == "frame":
                self._pictures.append(self._description(element))
                yield from self._texts(element)
            elif kind == "span":
                yield self._placed(element)
            elif kind not in _LEFT_OUT:
                yield from self._texts(element)
            yield element.tail or ""

    def _note(self, note: etree._Element) -> str:
        """Collect a note with its number, to add it later; returns its mark in the text."""
        number = one_line("".join(self._text(part) for part in note.iterfind("{*}note-citation")))
        text = " ".join(self._text(part) for part in note.iterfind("{*}note-body/*"))
        self._notes.append(f"[{number}] {text}" if number and text.strip() else text)
        return note_mark(number)

    def _description(self, frame: etree._Element) -> str:
        """What a file says of the picture in a frame; where it says nothing, "", and the frame's contents count."""
        found = next((each for kind in ("desc", "title") for each in frame.iterchildren(f"{{*}}{kind}")), None)
        line = "" if found is None else picture_line(found.text)
        kinds = {local_name(child) for child in frame}
        if not kinds.isdisjoint(_OBJECTS):  # its picture is a preview
            self._unread.objects += 1
        elif "image" in kinds and not line and attribute(frame, "decorative") != "true":
            self._unread.pictures += 1
        return line

    def _placed(self, span: etree._Element) -> str:
        """A span's text, marked if its style raises or lowers it."""
        name = attribute(span, "style-name") or ""
        position = self._positions.get(name) or self._positions.get(self._parents.get(name, "")) or ""
        text = self._text(span)
        if position.startswith(("sub", "-")):
            return lowered(text)
        return raised(text) if position.startswith("super") or position.strip("+0%")[:1].isdecimal() else text


def _count(cell: etree._Element, name: str) -> int:
    """A number of columns or rows; 1 if it is not given."""
    written = attribute(cell, name) or ""
    return max(1, int(written)) if written.isdecimal() and len(written) < 8 else 1


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    """The rows of a table, also in groups; empty rows repeated to the sheet's edge come only once."""
    for element in table:
        if local_name(element) == "table-row":
            yield element
        elif local_name(element) in ("table-header-rows", "table-rows", "table-row-group"):
            yield from _rows(element)

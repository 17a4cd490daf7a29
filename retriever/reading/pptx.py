"""PowerPoint files (PPTX) -> text: a slide is a page, its title a heading, its notes come last.

Shapes are read from top to bottom and from left to right as the slide shows them, not in the order of the file.
"""

import io
from collections.abc import Iterable, Iterator

from lxml import etree
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.shapes.autoshape import Shape
from pptx.shapes.base import BaseShape
from pptx.shapes.graphfrm import GraphicFrame
from pptx.shapes.group import GroupShape
from pptx.shapes.picture import Picture
from pptx.slide import Slide
from pptx.table import _Cell

from .archive import local_name, open_archive, parse_xml
from .builder import ExtractBuilder, broken_file, picture_line
from .extract import Extract
from .raised import lowered, raised
from .rows import TableGrid, row_lines
from .unread import UnreadContents, is_decorative

LINE_HEIGHT = 228_600
"""Shapes whose tops differ by less than a quarter of an inch (in EMU, 914,400 an inch) stand side by side."""

_TITLES = {PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE, PP_PLACEHOLDER.VERTICAL_TITLE}
_FURNITURE = {PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.HEADER}
_DIAGRAM = "/diagramData"
"""How the type of a slide's relation to the text of its SmartArt ends."""

_OBJECT = "/ole"
"""How the kind of a frame ends that holds another program's document."""


def read(data: bytes, name: str) -> Extract:
    """Read a PowerPoint file.

    Args:
        data: the file's bytes.
        name: its name, for messages.

    Returns:
        Its text, a page for each slide, hidden ones too; slide numbers, dates and footers as furniture.

    Raises:
        ReadingError: it is encrypted, broken, not a PowerPoint file, or has no text.
    """
    archive = open_archive(data, name)
    builder = ExtractBuilder()
    unread = UnreadContents()
    with broken_file(name):
        for slide in Presentation(io.BytesIO(data)).slides:
            builder.page()
            for shape in _in_reading_order(slide.shapes):
                _add_shape(builder, shape, unread)
            for line in _diagram_lines(slide, name):
                builder.add(line)
            if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
                for paragraph in slide.notes_slide.notes_text_frame.paragraphs:
                    builder.add(_text(paragraph._p))
        unread.warn(builder, name)
        return builder.build(name, archive.office_facts())


def _in_reading_order(shapes: Iterable[BaseShape]) -> Iterator[BaseShape]:
    """Shapes in reading order, the title first; a group stays together."""
    ordered = sorted(shapes, key=lambda s: (not _is_a(s, _TITLES), (s.top or 0) // LINE_HEIGHT, s.left or 0))
    for shape in ordered:
        if isinstance(shape, GroupShape):
            yield from _in_reading_order(shape.shapes)
        else:
            yield shape


def _is_a(shape: BaseShape, kinds: set[PP_PLACEHOLDER]) -> bool:
    return shape.is_placeholder and shape.placeholder_format.type in kinds


def _add_shape(builder: ExtractBuilder, shape: BaseShape, unread: UnreadContents) -> None:
    if isinstance(shape, GraphicFrame) and shape.has_table:
        grid = TableGrid()
        for row in shape.table.rows:
            own = (cell for cell in row.cells if not cell.is_spanned)
            grid.add((_cell_text(cell), max(cell.span_width, 1), max(cell.span_height, 1)) for cell in own)
        for number, line in row_lines(grid.rows, headed=shape.table.first_row):
            builder.add(line, row=number)
        return
    if isinstance(shape, GraphicFrame) and shape.has_chart:
        lines = _chart_lines(shape)
    elif isinstance(shape, Shape):
        lines = (_text(paragraph._p) for paragraph in shape.text_frame.paragraphs)
    else:
        lines = iter(())
    if _is_a(shape, _TITLES):
        builder.add(" ".join(lines), heading=True)
        return
    for line in lines:
        builder.add(line, furniture=_is_a(shape, _FURNITURE))
    properties = next(shape._element.iter("{*}cNvPr"), None)
    line = picture_line(None if properties is None else properties.get("descr"))
    builder.add(line)
    if isinstance(shape, GraphicFrame) and any(
        data.get("uri", "").endswith(_OBJECT) for data in shape._element.iter("{*}graphicData")
    ):
        unread.objects += 1
    elif isinstance(shape, Picture) and not line and not (properties is not None and is_decorative(properties)):
        unread.pictures += 1


def _cell_text(cell: _Cell) -> str:
    return "\n".join(_text(paragraph._p) for paragraph in cell.text_frame.paragraphs)


def _text(paragraph: etree._Element) -> str:
    """A paragraph's text, with marks around raised and lowered runs."""
    pieces = []
    for element in paragraph:
        kind = local_name(element)
        if kind == "br":
            pieces.append("\v")
        elif kind in ("r", "fld"):
            text = "".join(part.text or "" for part in element.iterfind("{*}t"))
            baseline = next((run.get("baseline") or "" for run in element.iterfind("{*}rPr")), "").strip("%")
            if baseline.strip("-0"):
                text = lowered(text) if baseline.startswith("-") else raised(text)
            pieces.append(text)
        else:
            pieces += [part.text or "" for part in element.iter("{*}t")]
    return "".join(pieces)


def _chart_lines(shape: GraphicFrame) -> Iterator[str]:
    """A chart's title, then its values: one line per category, with the names of the series."""
    space = shape.chart._chartSpace
    for title in space.iterfind("{*}chart/{*}title"):
        yield "".join(text.text or "" for text in title.iter("{*}t"))
    lines: dict[str, list[str]] = {}
    for series in space.iter("{*}ser"):
        name = next((value.text or "" for value in series.iterfind("{*}tx//{*}v")), "")
        labels = _points(series, "cat") or _points(series, "xVal")
        for index, value in (_points(series, "val") or _points(series, "yVal")).items():
            lines.setdefault(labels.get(index, ""), []).append(f"{name}: {value}" if name else value)
    for label, values in lines.items():
        yield "; ".join([label, *values] if label else values) + "."


def _points(series: etree._Element, kind: str) -> dict[str, str]:
    """The cached values of a part of a chart's series, by their place in it."""
    points = series.iterfind(f"{{*}}{kind}//{{*}}pt")
    return {point.get("idx", ""): point.findtext("{*}v") or "" for point in points}


def _diagram_lines(slide: Slide, name: str) -> Iterator[str]:
    """The paragraphs of a slide's SmartArt."""
    for relation in slide.part.rels.values():
        if relation.reltype.endswith(_DIAGRAM) and not relation.is_external:
            for paragraph in parse_xml(relation.target_part.blob, name).iter("{*}p"):
                yield "".join(text.text or "" for text in paragraph.iter("{*}t"))

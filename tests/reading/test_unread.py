"""What a file holds that was not read is said once for the file, in its warnings."""

import io
import re
import zipfile
from collections.abc import Callable

import docx
import pypdfium2
import pypdfium2.raw as pdfium_c
from docx.document import Document
from lxml import etree
from openpyxl import Workbook
from openpyxl.chart import BarChart
from openpyxl.drawing.image import Image
from pptx import Presentation
from pptx.presentation import Presentation as Deck
from reportlab.pdfgen.canvas import Canvas

from retriever.reading import docx as docx_reader
from retriever.reading import epub, html, odt, pdf, rtf, tables
from retriever.reading import pptx as pptx_reader
from retriever.reading.extract import Extract
from retriever.reading.unread import NAMED_AT_MOST, UnreadContents
from tests.office import lines, png, with_members, zipped

WORDS = "A map of Varn with its two harbours"
DECORATIVE = '<d:decorative xmlns:d="urn:decorative" val="1"/>'
SPACE = "urn:oasis:names:tc:opendocument:xmlns:"


def word(write: Callable[[Document], object]) -> Extract:
    document = docx.Document()
    document.add_paragraph("Before.")
    write(document)
    target = io.BytesIO()
    document.save(target)
    return docx_reader.read(target.getvalue(), "a.docx")


def slides(write: Callable[[Deck], object]) -> Extract:
    deck = Presentation()
    deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = "Before."
    write(deck)
    target = io.BytesIO()
    deck.save(target)
    return pptx_reader.read(target.getvalue(), "a.pptx")


def open_document(body: str, head: str = "") -> Extract:
    spaces = (
        f'xmlns:office="{SPACE}office:1.0" xmlns:draw="{SPACE}drawing:1.0" xmlns:text="{SPACE}text:1.0" '
        f'xmlns:svg="{SPACE}svg-compatible:1.0" xmlns:style="{SPACE}style:1.0"'
    )
    content = (
        f"<office:document-content {spaces}><office:body><office:text><text:p>Before.</text:p>{body}"
        "</office:text></office:body></office:document-content>"
    )
    styles = (
        f"<office:document-styles {spaces}><office:master-styles><style:master-page><style:header><text:p>Annals{head}"
        "</text:p></style:header></style:master-page></office:master-styles></office:document-styles>"
    )
    return odt.read(zipped({"content.xml": content, "styles.xml": styles}), "a.odt")


def counted(extract: Extract) -> list[str]:
    """The warnings, up to what was met."""
    return [warning.partition(":")[0] for warning in extract.warnings]


def test_pictures_without_a_description_are_counted_in_word() -> None:
    def write(document: Document) -> None:
        for description in ("", "a.png", WORDS, ""):
            document.add_picture(png())
            list(document.element.body.iter("{*}docPr"))[-1].set("descr", description)
        list(document.element.body.iter("{*}docPr"))[-1].append(etree.fromstring(DECORATIVE))
        document.sections[0].header.paragraphs[0].add_run().add_picture(png())

    assert counted(word(write)) == ["a.docx has 2 pictures without a description"]


def test_a_picture_in_a_text_box_counts_once() -> None:
    def write(document: Document) -> None:
        document.add_picture(png())
        drawing = next(document.element.body.iter("{*}drawing"))
        paragraph = drawing.getparent().getparent()
        space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
        box = etree.fromstring(f'<w:txbxContent xmlns:w="{space}"><w:p><w:r/></w:p></w:txbxContent>')
        box[0][0].append(drawing)
        outer = etree.SubElement(paragraph[-1], f"{{{space}}}drawing")
        anchor = etree.SubElement(outer, "{urn:drawing}anchor")
        etree.SubElement(anchor, "{urn:drawing}docPr")
        anchor.append(box)

    assert counted(word(write)) == ["a.docx has a picture without a description"]


def test_charts_objects_and_older_pictures_of_word_are_named() -> None:
    def write(document: Document) -> None:
        run = document.add_paragraph().add_run()._r
        run.append(etree.fromstring('<o:object xmlns:o="urn:o"><o:imagedata/><o:OLEObject/></o:object>'))
        run.append(
            etree.fromstring(f'<o:pict xmlns:o="urn:o"><o:shape alt="{WORDS}"><o:imagedata/></o:shape></o:pict>')
        )
        run.append(etree.fromstring('<o:pict xmlns:o="urn:o"><o:shape><o:imagedata/></o:shape></o:pict>'))
        run.append(etree.fromstring('<o:inline xmlns:o="urn:o"><o:docPr/><o:graphic><o:chart/></o:graphic></o:inline>'))

    extract = word(write)
    assert lines(extract) == ["Before.", f"[Picture: {WORDS}]"]
    assert [warning.split(":")[0].split(", such")[0] for warning in extract.warnings] == [
        "a.docx has a picture without a description",
        "a.docx has a chart or diagram",
        "a.docx has an embedded object",
    ]


def test_pictures_and_objects_of_slides_are_counted_once_for_the_file() -> None:
    def write(deck: Deck) -> None:
        shapes = deck.slides[0].shapes
        for description in ("", WORDS, ""):
            shapes.add_picture(png(), 0, 1_000_000)._element.nvPicPr.cNvPr.set("descr", description)
        second = deck.slides.add_slide(deck.slide_layouts[6]).shapes
        second.add_picture(png(), 0, 0)._element.nvPicPr.cNvPr.set("descr", "")
        mark = etree.SubElement(second.add_picture(png(), 0, 0)._element.nvPicPr.cNvPr, "ext")
        mark.getparent().set("descr", "")
        mark.append(etree.fromstring(DECORATIVE))
        second.add_ole_object(io.BytesIO(b"a sheet"), "Excel.Sheet.12", 0, 0, icon_file=png())

    pictures, objects = slides(write).warnings
    assert pictures.startswith("a.pptx has 3 pictures without a description")
    assert objects.startswith("a.pptx has an embedded object")


def test_pictures_and_objects_are_counted_in_open_document() -> None:
    extract = open_document(
        "<text:p><draw:frame><draw:image/></draw:frame><draw:frame><draw:image/>"
        f"<svg:desc>{WORDS}</svg:desc></draw:frame><draw:frame draw:decorative='true'><draw:image/></draw:frame>"
        "<draw:frame><draw:object/><draw:image/></draw:frame></text:p><draw:frame><draw:image/></draw:frame>",
        head=f"<draw:frame><draw:image/></draw:frame><draw:frame><draw:image/><svg:desc>{WORDS}</svg:desc></draw:frame>",
    )
    assert lines(extract) == ["Annals", "Before.", f"[Picture: {WORDS}]"]
    assert [warning.split(":")[0].split(", such")[0] for warning in extract.warnings] == [
        "a.odt has 2 pictures without a description",
        "a.odt has an embedded object",
    ]


def test_files_attached_to_a_pdf_or_pinned_to_its_page_are_named() -> None:
    target = io.BytesIO()
    canvas = Canvas(target)
    canvas.drawString(72, 700, "Read the attached budget of the harbour.")
    canvas.save()
    document = pypdfium2.PdfDocument(target.getvalue())
    document.new_attachment("budget.xlsx").set_data(b"a sheet")
    page = document[0]
    pin = pdfium_c.FPDFPage_CreateAnnot(page.raw, pdfium_c.FPDF_ANNOT_FILEATTACHMENT)
    name = "räume.txt\0".encode("utf-16-le")
    words = (pdfium_c.FPDF_WCHAR * (len(name) // 2)).from_buffer_copy(name)
    assert pdfium_c.FPDFAnnot_AddFileAttachment(pin, words)
    pdfium_c.FPDFPage_CloseAnnot(pin)
    changed = io.BytesIO()
    document.save(changed)
    page.close()
    document.close()
    (warning,) = pdf.read(changed.getvalue(), "a.pdf").warnings
    assert warning.startswith("a.pdf has 2 attached files not read (budget.xlsx, räume.txt)")


def test_many_attached_files_are_counted() -> None:
    names = [f"{number}.txt" for number in range(NAMED_AT_MOST + 2)]
    (warning,) = UnreadContents(attachments=names).warnings("a.pdf")
    assert f"({', '.join(names[:NAMED_AT_MOST])} and 2 more)" in warning


def test_nothing_is_said_of_a_file_without_them() -> None:
    assert word(lambda document: None).warnings == slides(lambda deck: None).warnings == ()
    assert open_document("").warnings == ()


def test_pictures_and_charts_of_sheets_are_counted_once_for_the_file() -> None:
    book = Workbook()
    for sheet in (book.active, book.create_sheet("Roof")):
        sheet.append(["Boat", "Berth"])
        sheet.append(["Gull", 12])
        sheet.add_image(Image(png()), "D4")
    book.active.add_chart(BarChart(), "D9")
    target = io.BytesIO()
    book.save(target)
    with zipfile.ZipFile(target) as archive:
        path = "xl/drawings/drawing2.xml"
        drawing = re.sub(
            rb'(cNvPr id="\d+" name="[^"]*")( descr="[^"]*")?', rf'\1 descr="{WORDS}"'.encode(), archive.read(path)
        )
    extract = tables.read(with_members(target.getvalue(), {path: drawing}), "a.xlsx")
    assert counted(extract) == ["a.xlsx has a picture without a description", "a.xlsx has a chart or diagram"]
    assert f"[Picture: {WORDS}]" in lines(extract)


def test_pictures_and_objects_of_rich_text_are_counted() -> None:
    picture = r"{\*\shppict{\pict\pngblip 89504e47}}{\nonshppict{\pict\wmetafile8 0100}}"
    described = r"{\*\shppict{\pict{\*\picprop{\sp{\sn wzDescription}{\sv " + WORDS + r"}}}\pngblip 89504e47}}"
    embedded = r"{\object\objemb{\*\objdata 0105}{\result{\pict\wmetafile8 0100}}}"
    data = r"{\rtf1 Before.\par " + picture + r"\par " + described + r"\par " + embedded + r"\par Behind.\par}"
    extract = rtf.read(data.encode(), "a.rtf")
    assert [warning.split(":")[0].split(", such")[0] for warning in extract.warnings] == [
        "a.rtf has a picture without a description",
        "a.rtf has an embedded object",
    ]
    assert lines(extract) == ["Before.", "Behind.", f"[Picture: {WORDS}]"]


PICTURES = (
    f"<article><h1>Boats</h1><p>{'The boats of Varn sail at dawn. ' * 9}</p>"
    '<img src="a.png"><img src="b.png" alt="IMG_7.png">'
    f'<img src="c.png" alt=""><img src="d.png" width="16"><img src="e.png" alt="{WORDS}">'
    '<figure><img src="f.png"><figcaption>The harbour in May.</figcaption></figure></article>'
)


def test_pictures_of_a_page_are_counted_but_no_signs_and_none_outside_of_its_article() -> None:
    page = f'<html><body><div><img src="logo.png"></div>{PICTURES}</body></html>'
    assert counted(html.read(page.encode(), "a.html")) == ["a.html has 2 pictures without a description"]


def test_pictures_of_a_book_are_counted_over_its_chapters() -> None:
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata/><manifest>'
        '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="b" href="b.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="a"/><itemref idref="b"/></spine></package>'
    )
    chapter = f"<html><body>{PICTURES}</body></html>"
    container = '<container><rootfiles><rootfile full-path="book.opf"/></rootfiles></container>'
    members = {"META-INF/container.xml": container, "book.opf": package, "a.xhtml": chapter, "b.xhtml": chapter}
    assert counted(epub.read(zipped(members), "a.epub")) == ["a.epub has 4 pictures without a description"]

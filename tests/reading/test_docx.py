"""Word files."""

import io
from collections.abc import Callable
from datetime import datetime

import docx
import pytest
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from lxml import etree

from retriever.errors import ReadingError
from retriever.reading.docx import read
from retriever.reading.extract import Extract
from retriever.reading.numbering import ListNumbers
from retriever.records import Provenance
from tests.office import furniture, headings, lines, with_members, zipped

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def made(write: Callable[[Document], object]) -> Extract:
    return read(saved(write), "a.docx")


def saved(write: Callable[[Document], object]) -> bytes:
    document = docx.Document()
    write(document)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def made_of_xml(body: str) -> Extract:
    """What becomes of a document with this in its body."""

    def write(document: Document) -> None:
        for element in parse_xml(f"<w:body {W}>{body}</w:body>"):
            document.element.body.insert(len(document.element.body) - 1, element)

    return made(write)


def test_headings_paragraphs_and_lists_keep_their_order() -> None:
    def write(document: Document) -> None:
        document.add_heading("The river Varn", 0)
        document.add_heading("Source", 1)
        document.add_paragraph("It rises in\nthe hills.")
        document.add_paragraph("Otters", style="List Bullet")

    extract = made(write)
    assert lines(extract) == ["The river Varn", "Source", "It rises in the hills.", "Otters"]
    assert headings(extract) == ["The river Varn", "Source"]
    assert (extract.title.value, extract.title.known) == ("The river Varn", Provenance.TEXT)


def test_a_style_of_ones_own_is_a_heading_if_it_is_based_on_one() -> None:
    def write(document: Document) -> None:
        style = document.styles.add_style("Kapitel", WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Heading 2"]
        document.add_paragraph("Anfang", style="Kapitel")

    assert headings(made(write)) == ["Anfang"]


def test_a_short_bold_paragraph_is_a_heading() -> None:
    def write(document: Document) -> None:
        document.add_paragraph().add_run("Purpose").bold = True
        document.add_paragraph().add_run("All of this is said aloud.").bold = True

    assert headings(made(write)) == ["Purpose"]


def test_a_file_without_headings_leaves_them_to_the_text() -> None:
    assert made(lambda document: document.add_paragraph("Only this.")).headings is None


def test_tables_stand_in_their_place_with_the_names_of_their_columns() -> None:
    def write(document: Document) -> None:
        document.add_paragraph("Before.")
        table = document.add_table(2, 2)
        for cell, text in zip(table._cells, ["Name", "Age", "Ada", "36"], strict=True):
            cell.text = text
        document.add_paragraph("After.")

    assert lines(made(write)) == ["Before.", "Name: Ada; Age: 36.", "After."]


def test_a_bold_first_row_names_the_columns_of_words() -> None:
    def write(document: Document) -> None:
        table = document.add_table(2, 2)
        for cell, text in zip(table._cells, ["", "", "Ada", "London"], strict=True):
            cell.text = text
        for cell, text in zip(table.rows[0].cells, ["Name", "Town"], strict=True):
            cell.paragraphs[0].add_run(text).bold = True

    assert lines(made(write)) == ["Name: Ada; Town: London."]


def test_a_cell_merged_downwards_is_said_in_each_row() -> None:
    def write(document: Document) -> None:
        table = document.add_table(3, 2)
        for cell, text in zip(table._cells, ["Land", "Area", "Varn", "3", "", "4"], strict=True):
            cell.text = text
        table.cell(1, 0).merge(table.cell(2, 0))

    assert lines(made(write)) == ["Land: Varn; Area: 3.", "Land: Varn; Area: 4."]


def test_a_table_of_one_cell_is_a_frame_around_paragraphs() -> None:
    def write(document: Document) -> None:
        cell = document.add_table(1, 1).cell(0, 0)
        cell.text = "First."
        cell.add_paragraph("Second.")

    assert lines(made(write)) == ["First.", "Second."]


def test_running_heads_are_furniture_and_come_once() -> None:
    def write(document: Document) -> None:
        document.sections[0].header.paragraphs[0].text = "Annals of Varn"
        document.sections[0].footer.paragraphs[0].text = "Printed in Varn"
        document.add_paragraph("Text.")
        section = document.add_section()
        section.header.is_linked_to_previous = False
        section.header.paragraphs[0].text = "Annals of Varn"

    extract = made(write)
    assert lines(extract) == ["Annals of Varn", "Text.", "Printed in Varn"]
    assert furniture(extract) == ["Annals of Varn", "Printed in Varn"]


def test_deletions_are_out_and_insertions_in() -> None:
    assert lines(
        made_of_xml(
            "<w:p><w:r><w:t xml:space='preserve'>It is </w:t></w:r>"
            "<w:del w:id='1'><w:r><w:delText>old</w:delText></w:r></w:del>"
            "<w:ins w:id='2'><w:r><w:t>new</w:t></w:r></w:ins>"
            "<w:moveFrom w:id='3'><w:r><w:t>gone</w:t></w:r></w:moveFrom>"
            "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r><w:r><w:t>.</w:t></w:r></w:p>"
        )
    ) == ["It is new."]


def test_content_controls_and_fields_are_read_and_contents_are_furniture() -> None:
    extract = made_of_xml(
        "<w:sdt><w:sdtContent><w:p><w:pPr><w:pStyle w:val='TOC1'/></w:pPr><w:r><w:t>Source 1</w:t></w:r></w:p>"
        "</w:sdtContent></w:sdt>"
        "<w:p><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>one</w:t><w:tab/><w:t>two</w:t></w:r></w:p>"
    )
    assert lines(extract) == ["Source 1", "one two"]


def test_text_boxes_stand_behind_their_paragraph_once() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>Boxed.</w:t></w:r></w:p></w:txbxContent>"
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    extract = made_of_xml(
        f"<w:p><w:r><mc:AlternateContent {mc}><mc:Choice Requires='wps'>{box}</mc:Choice>"
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>Around.</w:t></w:r></w:p>"
    )
    assert lines(extract) == ["Around.", "Boxed."]


def test_formulas_are_written_in_one_line() -> None:
    m = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    extract = made_of_xml(
        f"<w:p><m:oMath {m}><m:r><m:t>x=</m:t></m:r><m:f><m:num><m:r><m:t>ab</m:t></m:r></m:num>"
        "<m:den><m:sSup><m:e><m:r><m:t>c</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:den></m:f>"
        "</m:oMath></w:p>"
    )
    assert lines(extract) == ["x=(ab)/(c^2)"]


def test_notes_stand_at_the_end() -> None:
    note = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
    notes = (
        f"<w:footnotes {W}><w:footnote w:type='separator' w:id='0'>{note.format('line')}</w:footnote>"
        f"<w:footnote w:id='1'>{note.format('See Ada.')}</w:footnote></w:footnotes>"
    )
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://x/footnotes" Target="footnotes.xml"/></Relationships>'
    )
    data = saved(lambda document: document.add_paragraph("Text."))
    data = with_members(data, {"word/footnotes.xml": notes, "word/_rels/document.xml.rels": relations})
    assert lines(read(data, "a.docx")) == ["Text.", "See Ada."]
    reference = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="1"/></w:r>'
    body = parse_xml(f"<w:p {W}><w:r><w:t>It cost 1200</w:t></w:r>{reference}<w:r><w:t> crowns.</w:t></w:r></w:p>")
    data = saved(lambda document: document.element.body.insert(0, body))
    data = with_members(data, {"word/footnotes.xml": notes, "word/_rels/document.xml.rels": relations})
    assert lines(read(data, "a.docx")) == ["It cost 1200[1] crowns.", "[1] See Ada."]


def test_the_strict_variety_is_read_too() -> None:
    strict = "http://purl.oclc.org/ooxml"
    kind = f"{strict}/officeDocument/relationships/officeDocument"
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{kind}" Target="word/document.xml"/>'
        "</Relationships>"
    )
    body = (
        f'<w:document xmlns:w="{strict}/wordprocessingml/main"><w:body><w:p><w:r><w:t>Strict.</w:t></w:r></w:p>'
        "</w:body></w:document>"
    )
    assert read(zipped({"_rels/.rels": rels, "word/document.xml": body}), "a.docx").text == "Strict."


def test_what_the_file_says_of_itself() -> None:
    def write(document: Document) -> None:
        properties = document.core_properties
        properties.title, properties.author = "On Varn", "Ada"
        properties.modified = datetime(2022, 4, 21, 9)
        document.add_paragraph("Text.")

    extract = made(write)
    assert (extract.title.value, extract.author.value, extract.published.value) == ("On Varn", "Ada", None)
    assert extract.language == "en-US"


def test_what_the_template_says_is_not_said_of_the_file() -> None:
    extract = made(lambda document: document.add_paragraph("Text."))
    assert extract.author.value is None
    assert extract.published.value is None


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (zipped({"xl/workbook.xml": "<workbook/>"}), "is not a Word document"),
        (saved(lambda document: None), "holds no text"),
        (with_members(saved(lambda document: None), {"word/document.xml": "<w:document"}), "is broken"),
    ],
)
def test_what_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(ReadingError, match=rf"^a\.docx {reason}"):
        read(data, "a.docx")


def test_the_numbers_of_lists_stand_in_the_text() -> None:
    def write(document: Document) -> None:
        for text in ("Open the valve.", "Wait."):
            document.add_paragraph(text, style="List Number")
        document.add_paragraph("Otters", style="List Bullet")
        document.add_paragraph("Close it.", style="List Number")

    assert lines(made(write)) == ["1. Open the valve.", "2. Wait.", "Otters", "3. Close it."]


def test_the_numbers_of_a_list_in_the_cells_of_a_table_stand_in_its_rows() -> None:
    def write(document: Document) -> None:
        table = document.add_table(rows=3, cols=3)
        for row, texts in zip(
            table.rows, [("No.", "Task", "Hours"), ("", "Oil", "2"), ("", "Paint", "5")], strict=True
        ):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
        for row in table.rows[1:]:
            row.cells[0].paragraphs[0].style = "List Number"
        document.add_paragraph("Rest.", style="List Number")

    assert lines(made(write)) == ["No.: 1.; Task: Oil; Hours: 2.", "No.: 2.; Task: Paint; Hours: 5.", "3. Rest."]


def test_levels_of_a_list_are_counted_anew_below_each_item() -> None:
    def level(number: int, form: str, text: str) -> str:
        return (
            f'<w:lvl w:ilvl="{number}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
            f'<w:lvlText w:val="{text}"/></w:lvl>'
        )

    numbering = (
        f'<w:numbering {W}><w:abstractNum w:abstractNumId="7">{level(0, "decimal", "%1.")}'
        f"{level(1, 'lowerLetter', '(%2)')}{level(2, 'upperRoman', '%1.%2.%3')}</w:abstractNum>"
        '<w:num w:numId="3"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="5"><w:abstractNumId w:val="7"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num></w:numbering>'
    )
    numbers = ListNumbers(etree.fromstring(numbering))
    levels = (0, 1, 1, 2, 0, 1)
    assert [numbers.next("3", each) for each in levels] == ["1. ", "(a) ", "(b) ", "1.b.I ", "2. ", "(a) "]
    assert numbers.next("4", 0) == ""
    assert [numbers.next("5", 0), numbers.next("5", 0)] == ["1. ", "2. "]  # begun anew

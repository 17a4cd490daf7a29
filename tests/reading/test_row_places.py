"""Each row of a table has its number, in every format that has tables, and an answer says it."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from openpyxl import Workbook

from retriever import Assistant, as_text
from retriever.interfaces.html.source import Source
from retriever.interfaces.schemas import QuoteSchema
from retriever.reading import docx as docx_reader
from retriever.reading import html, odt, rtf, tables
from retriever.reading.extract import Extract
from retriever.records import Quote, Why
from retriever.text.sentences import table_rows
from tests.office import zipped
from tests.world import WordEncoder

HEADER = ("Keeper", "Boat", "Crowns")
ROWS = [("Ada Brook", "Gull", "12"), ("Tom Reed", "Tern", "15"), ("Mira Holt", "Auk", "9")]
TABLE = [HEADER, *ROWS]
QUOTE = Quote("a", 0, 3, "Ada", "On a", None, None, None, None, None, 0.9, Why(1, 1, ()))


def numbered(extract: Extract) -> list[tuple[str, int]]:
    """The beginning of each row, and its number."""
    return [(extract.text[start : start + 6], number) for start, number in extract.rows]


def workbook() -> bytes:
    book = Workbook()
    book.active.title = "Notes"
    book.active.append(["Nothing of the roof."])
    sheet = book.create_sheet("Roof")
    sheet.append(["The keepers of the roof"])
    sheet.append([])
    for row in TABLE:
        sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def plain(rows: list[tuple[str, ...]]) -> bytes:
    target = io.StringIO()
    csv.writer(target).writerows(rows)
    return target.getvalue().encode()


def test_a_row_of_a_sheet_has_the_number_that_the_program_shows() -> None:
    extract = tables.read(workbook(), "a.xlsx")
    assert numbered(extract) == [("Nothin", 1), ("The ke", 1), ("Keeper", 4), ("Keeper", 5), ("Keeper", 6)]


def test_an_empty_line_of_a_table_in_plain_text_is_counted() -> None:
    extract = tables.read(b"Name,Age\nAda,36\n\nTom,40\n", "a.csv")
    assert [number for _, number in extract.rows] == [2, 4]


def test_rows_of_a_word_table_are_counted_with_the_names() -> None:
    document = docx.Document()
    document.add_paragraph("Before.")
    table = document.add_table(rows=0, cols=3)
    for row in TABLE:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.add_paragraph("Behind.")
    target = io.BytesIO()
    document.save(target)
    extract = docx_reader.read(target.getvalue(), "a.docx")
    assert numbered(extract) == [("Keeper", 2), ("Keeper", 3), ("Keeper", 4)]


def test_rows_of_a_page_s_table_are_counted() -> None:
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in ROWS)
    names = "".join(f"<th>{name}</th>" for name in HEADER)
    page = f"<body><p>Before the table.</p><table><tr>{names}</tr>{rows}</table><p>Behind.</p></body>"
    assert numbered(html.read_html(page, whole=True)) == [("Keeper", 2), ("Keeper", 3), ("Keeper", 4)]


def test_rows_that_a_sheet_leaves_out_are_counted_in_open_document() -> None:
    def row(*cells: str, repeated: str = "") -> str:
        made = "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in cells)
        return f"<table:table-row{repeated}>{made or '<table:table-cell/>'}</table:table-row>"

    table = row("Name", "Age") + row("Ada", "36") + row(repeated=' table:number-rows-repeated="5"') + row("Tom", "40")
    space = "urn:oasis:names:tc:opendocument:xmlns:"
    content = (
        f'<office:document-content xmlns:office="{space}office:1.0" xmlns:table="{space}table:1.0" '
        f'xmlns:text="{space}text:1.0"><office:body><office:spreadsheet><table:table table:name="Roof">{table}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    extract = odt.read(zipped({"content.xml": content}), "a.ods")
    assert [number for _, number in extract.rows] == [2, 8]


def test_rows_of_rich_text_are_counted() -> None:
    data = rb"{\rtf1 Before.\par Name\cell Age\cell\row Ada\cell 36\cell\row Behind.\par}"
    assert [number for _, number in rtf.read(data, "a.rtf").rows][-1] == 2


def test_rows_of_a_markdown_table_are_counted_with_the_names() -> None:
    text = "Before.\n\n| Name | Age |\n|---|---|\n| Ada | 36 |\n| Tom | 40 |\n\nBehind.\n"
    assert [(text[start : start + 5], number) for start, number in table_rows(text)] == [
        ("| Nam", 1),
        ("| Ada", 2),
        ("| Tom", 3),
    ]


@pytest.fixture
def assistant(tmp_path: Path) -> Assistant:
    files = tmp_path / "files"
    files.mkdir()
    (files / "roof.xlsx").write_bytes(workbook())
    (files / "boats.csv").write_bytes(plain([("Captain", "Ship", "Price"), ("Tom Reed", "Petrel", "40")]))
    made = Assistant.open(tmp_path / "library", encoder=WordEncoder(), create=True)
    made.index([files])
    return made


def quote_of(assistant: Assistant, question: str, words: str) -> Quote:
    return next(quote for quote in assistant.ask(question).shown if words in quote.text)


def test_an_answer_says_sheet_and_row(assistant: Assistant) -> None:
    quote = quote_of(assistant, "How many crowns does the keeper Tom Reed pay?", "Tern")
    assert quote.text == "Keeper: Tom Reed; Boat: Tern; Crowns: 15."
    assert (quote.sheet, quote.rows, quote.page) == ("Roof", (5, 5), 2)
    assert quote.place() == "Sheet Roof, row 5"
    assert "Sheet Roof, row 5" in as_text(quote)
    assert Source.load(assistant, "roof.xlsx").place(quote) == "Sheet Roof, row 5"


def test_json_has_sheet_and_rows() -> None:
    fields = QuoteSchema.model_validate(replace(QUOTE, sheet="Roof", rows=(5, 6))).fields()
    assert (fields["sheet"], fields["rows"]) == ("Roof", [5, 6])
    fields = QuoteSchema.model_validate(QUOTE).fields()
    assert (fields["sheet"], fields["rows"]) == (None, None)


def test_the_place_of_several_rows_names_the_first_and_the_last() -> None:
    assert replace(QUOTE, rows=(5, 6)).place() == "rows 5 to 6"
    assert replace(QUOTE, rows=(5, 5), page=3).place("slide") == "slide 3, row 5"
    assert QUOTE.place() == ""


def test_a_table_without_sheets_says_its_row(assistant: Assistant) -> None:
    quote = quote_of(assistant, "What is the price of the ship of captain Tom Reed?", "Petrel")
    assert (quote.sheet, quote.rows) == (None, (2, 2))
    assert Source.load(assistant, "boats.csv").place(quote) == "row 2"


def test_the_cell_that_is_asked_for_is_marked(assistant: Assistant) -> None:
    quote = quote_of(assistant, "What is the price of the ship of captain Tom Reed?", "Petrel")
    assert quote.highlight is None or quote.text[slice(*quote.highlight)] == "40"


def test_a_document_keeps_its_rows(assistant: Assistant) -> None:
    document = assistant.document("boats.csv")
    assert document.rows == ((0, 2),)

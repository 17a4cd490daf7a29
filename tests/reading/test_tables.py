"""Workbooks, and tables in plain text."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from openpyxl import Workbook

from retriever.errors import ReadingError
from retriever.reading import tables
from retriever.reading.extract import Extract
from retriever.reading.tables import read
from tests.office import headings, lines, pages, with_members, zipped


def made(write: Callable[[Workbook], object]) -> Extract:
    return read(saved(write), "a.xlsx")


def saved(write: Callable[[Workbook], object]) -> bytes:
    workbook = Workbook()
    write(workbook)
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def test_a_sheet_is_a_page_and_a_row_a_line_with_the_names_of_its_columns() -> None:
    def write(workbook: Workbook) -> None:
        workbook.active.title = "People"
        workbook.active.append(["Name", "Born", "Share", "Note"])
        workbook.active.append(["Ada", date(1815, 12, 10), 0.125, None])
        workbook.active["C2"].number_format = "0.0%"
        towns = workbook.create_sheet("Towns")
        towns.append(["Varn"])

    extract = made(write)
    assert pages(extract) == ["People\n\nName: Ada; Born: 1815-12-10; Share: 12.5%; Note: —.", "Towns\n\nVarn"]
    assert headings(extract) == ["People", "Towns"]
    assert extract.title.value is None


def test_a_merged_cell_stands_in_each_row_that_it_covers_and_a_title_names_nothing() -> None:
    def write(workbook: Workbook) -> None:
        sheet = workbook.active
        sheet.append(["Roof repairs, spring 2031"])
        sheet.append([])
        sheet.append(["Site", "Task", "Owner", "Cost"])
        sheet.append(["North wing", "Slating", "Benedikta Rau", 4200])
        sheet.append([None, "Gutters", "Piet Oosterhuis", 1310.5])
        sheet.append(["South wing", "Slating", None, 5150])
        sheet.merge_cells("A1:D1")
        sheet.merge_cells("A4:A5")

    assert lines(made(write))[1:] == [
        "Roof repairs, spring 2031",
        "Site: North wing; Task: Slating; Owner: Benedikta Rau; Cost: 4200.",
        "Site: North wing; Task: Gutters; Owner: Piet Oosterhuis; Cost: 1310.5.",
        "Site: South wing; Task: Slating; Owner: —; Cost: 5150.",
    ]


def test_formulas_without_a_stored_value_are_named() -> None:
    def write(workbook: Workbook) -> None:
        workbook.active.title = "Order"
        workbook.active.append(["Item", "Price", "Count", "Total"])
        workbook.active.append(["Lantern", 12.5, 4, "=B2*C2"])

    (warning,) = made(write).warnings
    assert "Order!D2" in warning


def test_a_formula_whose_value_is_an_empty_text_has_one() -> None:
    def write(workbook: Workbook) -> None:
        workbook.active.append(["Item", '=""'])

    path = "xl/worksheets/sheet1.xml"
    sheet = zipfile.ZipFile(io.BytesIO(saved(write))).read(path).replace(b'<c r="B1">', b'<c r="B1" t="str">')
    assert read(with_members(saved(write), {path: sheet}), "a.xlsx").warnings == ()


def test_hidden_sheets_are_left_out_and_named() -> None:
    def write(workbook: Workbook) -> None:
        workbook.active.append(["seen"])
        hidden = workbook.create_sheet("Drafts")
        hidden.append(["unseen"])
        hidden.sheet_state = "hidden"

    extract = made(write)
    assert "unseen" not in extract.text
    assert extract.warnings == ('The sheet "Drafts" of a.xlsx is hidden and was not read.',)


def test_values_are_shown_as_in_the_program() -> None:
    values = [True, datetime(2022, 4, 21, 9, 30), datetime(2022, 4, 21), time(9, 30), 0.1 + 0.2, "#N/A"]

    def write(workbook: Workbook) -> None:
        workbook.active.append(values)
        workbook.active["F1"].data_type = "e"

    # openpyxl writes the formats "yyyy-mm-dd h:mm:ss" and "h:mm:ss"
    assert lines(made(write))[1:] == ["TRUE; 2022-04-21 9:30:00; 2022-04-21 0:00:00; 9:30:00; 0.3."]


def test_a_date_is_read_as_its_sheet_shows_it() -> None:
    def write(workbook: Workbook) -> None:
        workbook.active.append(["Item", "Delivered", "Worked", "Paid"])
        workbook.active.append(["Lantern", date(2031, 2, 28), timedelta(hours=30), datetime(2031, 3, 4)])
        for cell, number_format in zip("BCD", ("DD/MM/YYYY", "[h]:mm", "mm-dd-yy"), strict=True):
            workbook.active[f"{cell}2"].number_format = number_format

    assert lines(made(write))[1:] == ["Item: Lantern; Delivered: 28/02/2031; Worked: 30:00; Paid: 2031-03-04."]


def test_the_limit_on_cells_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_CELLS", 5)
    extract = read(b"a,b\n1,2\n3,4\n5,6\n", "a.csv")
    assert lines(extract) == ["a: 1; b: 2."]
    assert "after 5 filled cells" in extract.warnings[0]


def test_cells_far_to_the_right_use_up_the_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_PLACES", 2 * 16_384)

    def write(workbook: Workbook) -> None:
        for row in (1, 2, 3):
            workbook.active.cell(row, 16_384, f"far {row}")

    extract = made(write)
    assert lines(extract)[1:] == ["far 1", "far 2"]
    assert "were not read" in extract.warnings[0]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_told_from_the_table(delimiter: str) -> None:
    rows = [["Name", "Town", "Note"], ["Ada", "London", "a poet's child"], ["Bob", "Varn", ""]]
    text = "\n".join(delimiter.join(row) for row in rows)
    assert lines(read(text.encode(), "a.csv")) == [
        "Name: Ada; Town: London; Note: a poet's child.",
        "Name: Bob; Town: Varn; Note: —.",
    ]


def test_a_cell_may_hold_commas_and_line_breaks() -> None:
    assert lines(read(b'Name,Note\nAda,"long,\nand wide"\n', "a.csv")) == ["Name: Ada; Note: long, and wide."]


def test_one_column_is_a_list() -> None:
    assert lines(read(b"Otters\nHerons\n", "a.csv")) == ["Otters", "Herons"]


def test_an_encoding_that_was_guessed_is_said() -> None:
    text = "Nom;Ville\nThérèse;Orléans\nGaël;Besançon\nFrançois;Angoulême\nZoé;Nîmes\n"
    extract = read(text.encode("cp1252"), "a.csv")
    assert lines(extract)[0] == "Nom: Thérèse; Ville: Orléans."
    assert "was read as cp1252" in extract.warnings[0]


def test_tabs_part_the_cells_of_a_tsv() -> None:
    assert lines(read(b"Name, first\tAge\nAda\t36\n", "a.tsv")) == ["Name, first: Ada; Age: 36."]


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "a.csv", "is empty"),
        (b",,\n,,\n", "a.csv", "holds no text: it may hold nothing but delimiters"),
        (b'Name,Age\n"' + b"x" * 1_000_001, "a.csv", "cannot be read as a table"),
        (saved(lambda workbook: None), "a.xlsx", "holds no values"),
        (zipped({"a": "b"}), "a.xlsx", "is broken"),
        (
            with_members(saved(lambda w: w.active.append([1])), {"xl/worksheets/sheet1.xml": "<a"}),
            "a.xlsx",
            "is broken",
        ),
    ],
)
def test_what_is_refused(data: bytes, name: str, reason: str) -> None:
    with pytest.raises(ReadingError, match=rf"^{name} {reason}"):
        read(data, name)

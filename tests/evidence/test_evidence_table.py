"""The evidence table: a row for each document and question, refusals empty, and no cell that a spreadsheet runs."""

import argparse
import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from fastapi.testclient import TestClient

from retriever import Assistant, Document, Scope, Verdict
from retriever.__main__ import main
from retriever.errors import IbidError
from retriever.evidence.table import EvidenceRow, evidence_rows
from retriever.interfaces.evidence_fields import COLUMNS, row_values
from retriever.interfaces.evidence_files import as_csv, as_workbook
from retriever.interfaces.http import build_api
from retriever.interfaces.table_command import table
from retriever.interfaces.uploads import Uploads

QUESTIONS = ["Who is the keeper of the lighthouse?", "What does a ticket for the ferry cost?"]


@pytest.fixture
def rows(assistant: Assistant) -> list[EvidenceRow]:
    return list(evidence_rows(assistant, QUESTIONS))


def test_each_document_gets_a_row_for_each_question(rows: list[EvidenceRow], assistant: Assistant) -> None:
    ids = [each.id for each in assistant.documents()]
    assert [(row.question, row.document.id) for row in rows] == [(q, each) for q in QUESTIONS for each in ids]
    for row in rows:
        assert (row.quote is None) == (row.verdict is Verdict.ABSENT)
        if row.quote:
            assert row.quote.document_id == row.document.id
            assert row.marked in row.quote.text
            text = assistant.document(row.document.id).text
            assert text[row.quote.start : row.quote.end] == row.quote.text


def test_a_row_does_not_depend_on_the_other_documents(rows: list[EvidenceRow], assistant: Assistant) -> None:
    alone = list(evidence_rows(assistant, QUESTIONS, Scope(documents=frozenset(["ferry.txt"]))))
    assert alone == [row for row in rows if row.document.id == "ferry.txt"]


def test_a_refusal_is_an_empty_cell(rows: list[EvidenceRow]) -> None:
    refused = next(row for row in rows if row.quote is None)
    values = row_values(refused)
    assert tuple(values) == COLUMNS
    empty = {"confidence", "quote", "answer", "place", "as_of", "start", "end", "link"}
    assert {name for name, value in values.items() if value is None} >= empty


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_spreadsheet_takes_words_for_a_formula(start: str, assistant: Assistant) -> None:
    assistant.add([Document.from_text("notes.txt", "Nothing.", title=start, publisher=start)])
    made = list(evidence_rows(assistant, ["=Who lit the lamp?"], Scope(documents=frozenset(["notes.txt"]))))
    (cells,) = list(csv.reader(io.StringIO(as_csv(made).decode("utf-8-sig"), newline="")))[1:]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)
    book = openpyxl.load_workbook(io.BytesIO(as_workbook(made)))
    texts = [cell for sheet in book for line in sheet.iter_rows() for cell in line if isinstance(cell.value, str)]
    assert all(cell.data_type == "s" for cell in texts)
    risky = [cell for cell in texts if cell.value.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert risky
    assert all(cell.quotePrefix for cell in risky)


def test_a_file_names_a_place_outside_of_the_page(rows: list[EvidenceRow], assistant: Assistant) -> None:
    for cells, row in zip(csv.DictReader(io.StringIO(as_csv(rows).decode("utf-8-sig"), newline="")), rows, strict=True):
        assert not any(cell.startswith("#") for cell in cells.values())
        document = assistant.document(cells["document"])
        assert cells["sha256"] == document.sha256
        if row.quote:
            assert document.text[int(cells["start"]) : int(cells["end"])] == row.quote.text


def test_an_interrupted_table_keeps_its_rows_and_promises_no_more(
    rows: list[EvidenceRow], assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> Iterator[EvidenceRow]:
        yield rows[0]
        raise KeyboardInterrupt

    file = tmp_path / "table.csv"
    monkeypatch.setattr("retriever.interfaces.table_command.evidence_rows", interrupted)
    chosen = argparse.Namespace(csv=file, xlsx=None, json=False, quiet=True)
    with pytest.raises(IbidError, match=r"table\.csv has the rows that are done"):
        table(assistant, QUESTIONS, Scope(), chosen)
    assert file.read_bytes() == as_csv(rows[:1])


def test_http_sends_a_line_for_each_row(assistant: Assistant, tmp_path: Path, rows: list[EvidenceRow]) -> None:
    class Ready:
        def result(self) -> Assistant:
            return assistant

    client = TestClient(build_api(Ready(), Uploads(lambda: tmp_path)))
    lines = client.post("/table", json={"questions": QUESTIONS}).text.splitlines()
    assert [json.loads(line) for line in lines] == [row_values(row) for row in rows]
    assert client.post("/table", json={"questions": []}).status_code == 422
    assert client.post("/table", json={"questions": ["?"]}).status_code == 422


@pytest.mark.model
def test_the_command_writes_what_it_finds(
    real_library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed, file, place = tmp_path / "questions.jsonl", tmp_path / "table.csv", ["--library", str(real_library)]
    listed.write_text('{"question": "Who led the Cuban delegation?"}\n\n', encoding="utf-8")
    assert main(["table", "--batch", str(listed), "--csv", str(file), *place]) == 0
    assert len(list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"), newline="")))) == 5
    assert main(["table", *place]) == 1
    assert main(["table", "x", "--csv", str(tmp_path / "no" / "a.csv"), *place]) == 1
    listed.write_text("{}\n", encoding="utf-8")
    assert main(["table", "--batch", str(listed), *place]) == 1
    assert "line 1" in capsys.readouterr().err

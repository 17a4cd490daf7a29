"""The proof of absence: what it names, that it is the same bytes again, and that an answer gets none."""

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from retriever import Assistant, QuestionError, Scope
from retriever.__main__ import main
from retriever.interfaces.absence_report import absence_fields, absence_text, refused
from retriever.interfaces.http import build_api
from retriever.interfaces.uploads import Uploads

QUESTION = "Who painted the lamps of the cathedral?"


def test_a_report_names_what_was_searched(assistant: Assistant, varn: Path) -> None:
    (varn / "broken.pdf").write_bytes(b"%PDF-1.7 no more")
    assistant.index([varn])
    report = refused(assistant, QUESTION)
    fields = absence_fields(report)
    documents = assistant.documents()
    assert [each["id"] for each in fields["documents"]] == [each.id for each in documents]  # type: ignore[attr-defined]
    assert report.passages == assistant.state().passages
    forms = {each.word: dict(each.forms) for each in report.words}
    assert forms == {"painted": {}, "lamps": {"lamp": 2}, "cathedral": {}}
    assert 0 < len(report.nearest) <= 5
    for quote in report.nearest:
        assert assistant.document(quote.document_id).text[quote.start : quote.end] == quote.text
        assert 0 <= quote.confidence < 1
    assert [Path(name).name for name in report.unread] == ["broken.pdf"]
    text = absence_text(report)
    assert all(each.sha256 in text for each in documents)
    assert "broken.pdf" in text


def test_a_second_search_gives_the_same_bytes(assistant: Assistant) -> None:
    first = json.dumps(absence_fields(refused(assistant, QUESTION)))
    assistant.ask("Who is the keeper of the lighthouse?")
    assert json.dumps(absence_fields(refused(assistant, QUESTION))) == first


def test_documents_that_were_not_asked_are_named_apart(assistant: Assistant) -> None:
    report = refused(assistant, QUESTION, Scope(documents=frozenset(["ferry.txt"])))
    assert [each.id for each in report.asked] == ["ferry.txt"]
    assert [each.id for each in report.left_out] == ["harbour.txt", "lighthouse.txt"]
    assert {quote.document_id for quote in report.nearest} <= {"ferry.txt"}


def test_what_is_answered_or_has_no_words_has_no_report(assistant: Assistant) -> None:
    for question in ("Who is the keeper of the lighthouse?", "?"):
        with pytest.raises(QuestionError):
            refused(assistant, question)


def test_http_gives_the_report(assistant: Assistant, tmp_path: Path) -> None:
    class Ready:
        def result(self) -> Assistant:
            return assistant

    client = TestClient(build_api(Ready(), Uploads(lambda: tmp_path)))
    said = client.post("/absence", json={"question": QUESTION})
    assert said.json() == json.loads(json.dumps(absence_fields(refused(assistant, QUESTION))))
    answered = client.post("/absence", json={"question": "Who is the keeper of the lighthouse?"})
    assert (answered.status_code, list(answered.json())) == (422, ["error"])


@pytest.mark.model
def test_the_command_writes_a_report_or_says_why_not(real_library: Path, tmp_path: Path) -> None:
    place = ["--library", str(real_library)]
    files = [tmp_path / "one.txt", tmp_path / "two.txt"]
    for file in files:
        assert main(["absence", "How tall is the lighthouse of Havana?", "--output", str(file), *place]) == 0
    assert files[0].read_bytes() == files[1].read_bytes()
    assert main(["absence", "Who led the Cuban delegation?", *place]) == 1
    assert main(["absence", "How tall is the lighthouse of Havana?", "--output", str(tmp_path), *place]) == 1

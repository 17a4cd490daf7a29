"""The evidence table and the report of a refusal, as the chat page gets them."""

import asyncio
import json
import re
from base64 import b64decode
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from fastapi.testclient import TestClient

from retriever import Answer, Assistant, Document, QuestionError, Scope
from retriever.evidence.table import evidence_rows
from retriever.interfaces.evidence_files import as_csv
from retriever.interfaces.evidence_panel import panel_lines
from retriever.interfaces.html import cards
from retriever.interfaces.http import build_api
from retriever.interfaces.scope_names import ScopeNames
from retriever.interfaces.uploads import Uploads
from retriever.talk import AnswerKind
from retriever.web.events import LibraryEvents
from retriever.web.library_handlers import LibraryHandlers
from retriever.web.loading import Loader
from retriever.web.state import ShownTurn, TabState

QUESTION = "Who is the keeper of the lighthouse?"


def told(assistant: Assistant, scope: Scope | None = None) -> list[dict[str, Any]]:
    return [json.loads(line) for line in panel_lines(assistant, [QUESTION], scope or Scope())]


def test_rows_come_one_by_one_and_the_files_hold_the_same_rows(assistant: Assistant, tmp_path: Path) -> None:
    rows = list(evidence_rows(assistant, [QUESTION]))
    client = TestClient(build_api(SimpleNamespace(result=lambda: assistant), Uploads(lambda: tmp_path)))
    asked = client.post("/table", json={"questions": [QUESTION], "form": "panel"})
    *lines, last = [json.loads(line) for line in asked.text.splitlines()]
    assert [(line["done"], line["count"]) for line in lines] == [(at, len(rows)) for at in range(1, len(rows) + 1)]
    for line, row in zip(lines, rows, strict=True):
        place = re.search(r'data-start="(\d+)" data-end="(\d+)"', line["row"])
        assert (place and tuple(map(int, place.groups()))) == (row.quote and (row.quote.start, row.quote.end))
        assert (f"<strong>{row.marked}</strong>" in line["row"]) or not row.marked
    assert b64decode(last["csv"]) == as_csv(rows)
    assert b64decode(last["xlsx"]).startswith(b"PK")
    assert client.post("/table", json={"questions": ["?"], "form": "panel"}).status_code == 422


def test_the_words_of_a_document_are_never_mark_up(assistant: Assistant) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    text = f"The keeper of the lighthouse is Ada {hostile} Holm."
    assistant.add([Document.from_text("x.txt", text, title=hostile, publisher=hostile)])
    first, _ = told(assistant, Scope(documents=frozenset({"x.txt"})))
    assert "&lt;img" in first["row"]
    assert "<img" not in first["row"]


def test_rows_that_are_done_are_kept_when_something_fails(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask, asked = assistant.ask_document, []

    def fail_later(question: str, document_id: str, as_of: str = "") -> Answer:
        asked.append(document_id)
        if len(asked) > 1:
            raise QuestionError("The library is away.")
        return ask(question, document_id, as_of)

    monkeypatch.setattr(assistant, "ask_document", fail_later)
    first, failed, last = told(assistant)
    assert first["done"] == 1
    assert failed == {"error": "The library is away."}
    assert asked[0] in b64decode(last["csv"]).decode("utf-8-sig")


def test_a_filter_that_takes_no_document_has_no_rows_and_no_files(assistant: Assistant) -> None:
    (last,) = told(assistant, Scope(since="2999"))
    assert set(last) == {"said"}


def test_a_request_names_exactly_the_documents_of_the_filter(assistant: Assistant) -> None:
    texts = {"a.txt": "Post", "b.txt": "Post of Varn"}
    assistant.add([Document.from_text(name, "The lamp burns.", publisher=by) for name, by in texts.items()])
    for scope in (Scope(publishers=frozenset({"Post"})), Scope(publishers=frozenset({""})), Scope(since="1999")):
        named = ScopeNames.of(scope, assistant.documents()).scope(assistant)
        taken = [[each.id for each in assistant.documents() if one.takes(each)] for one in (scope, named)]
        assert taken[0] == taken[1]
    assert ScopeNames.of(Scope(publishers=frozenset({"gone"})), assistant.documents()).sources == ("gone",)


def test_the_panel_opens_with_the_last_question_and_the_filter(assistant: Assistant) -> None:
    answer = replace(assistant.ask(QUESTION), understood_as="Who keeps <it>?")
    asked = (
        ShownTurn(QUESTION, answer, ""),
        ShownTurn("Help!", replace(answer, kind=AnswerKind.HELP, understood_as="Help!"), ""),
    )
    loader = Loader(lambda: assistant)
    library = LibraryHandlers(loader, loader, None, None, None)  # type: ignore[arg-type]
    scope = Scope(documents=frozenset({"ferry.txt"}))
    html = asyncio.run(LibraryEvents(library).table(TabState(asked), scope, gr.Request()))
    assert 'value="Who keeps &lt;it&gt;?"' in html
    assert "ferry.txt" in html
    assert TabState().last_question == ""


def test_a_refusal_of_some_documents_can_be_proved_with_the_filter(assistant: Assistant) -> None:
    scope = Scope(documents=frozenset({"ferry.txt"}))
    answer = assistant.ask("Who painted the ceiling of the chapel?", scope=scope)
    html = cards.turn_html(0, answer, {}, assistant.documents(), scope)
    found = re.search(r'class="why searched"[^>]* data-filter="([^"]*)"', html)
    assert found
    assert json.loads(found[1].replace("&#34;", '"')) == {"documents": ["ferry.txt"]}
    assert "searched" not in cards.turn_html(0, answer, {}, assistant.documents())

"""The library over HTTP, as a program meets it: what it answers, what it refuses, and how it describes itself."""

import json
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from retriever import Assistant, LibraryAway, LibraryBusy, Scope, as_json
from retriever.interfaces.http import LARGEST_BODY_BYTES, build_api
from retriever.interfaces.json_lines import line
from retriever.interfaces.requests import BatchLine
from retriever.interfaces.schemas import RESPONSES, json_schemas, timeline_fields
from retriever.interfaces.uploads import Uploads
from tests.world import FERRY, TEXTS

CAPTAIN = "Who is the captain of the ferry?"
BALLOON = b"The balloon over Varn\n\nThe balloon rose above Port Elm in June. Its pilot was Nora Vale.\n"


@pytest.fixture
def client(assistant: Assistant) -> Iterator[TestClient]:
    ready: Future[Assistant] = Future()
    ready.set_result(assistant)
    uploads = Uploads(lambda: assistant.folder, largest_file_bytes=1_000_000)
    with TestClient(build_api(ready, uploads), raise_server_exceptions=False) as client:
        yield client


def check(fields: dict, name: str) -> None:
    Draft202012Validator({**json_schemas(), "$ref": f"#/$defs/{name}"}).validate(fields)


def untimed(fields: dict) -> str:
    return line({**fields, "milliseconds": None})


def test_a_question_is_answered_as_the_assistant_answers_it(client: TestClient, assistant: Assistant) -> None:
    response = client.post("/ask", json={"question": CAPTAIN, "top": 1, "id": "7"})
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    check(response.json(), "AnswerSchema")
    assert untimed(response.json()) == untimed(as_json(assistant.ask(CAPTAIN, top=1), "7"))


def test_a_draft_is_checked_and_not_kept(client: TestClient, assistant: Assistant) -> None:
    draft = "He said: “A ticket costs 13 crowns.”".encode()
    response = client.post("/check", params={"name": "../draft.txt"}, content=draft)
    check(response.json(), "CheckSchema")
    (found,) = response.json()["quotations"]
    assert (found["status"], found["changes"][0]["source"]) == ("changed", "12")
    assert "draft.txt" not in {document.id for document in assistant.documents()}
    page = client.post("/check", params={"name": "draft.txt", "form": "page"}, content=draft)
    assert page.headers["content-type"].startswith("text/html")
    assert "<del>" in page.text
    limited = client.post("/check", params={"name": "d.txt", "documents": "harbour.txt"}, content=draft)
    (only,) = limited.json()["quotations"]
    assert {place["document_id"] for place in only["places"]} <= {"harbour.txt"}
    for content, name, status in ((b"", "a.txt", 422), (b"\x00\x01", "a.pdf", 422), (b"x" * 1_000_000, "a.txt", 413)):
        refused = client.post("/check", params={"name": name}, content=content)
        assert (refused.status_code, list(refused.json())) == (status, ["error"])
    assert client.post("/check", content=draft).status_code == 422


def test_an_id_comes_back_as_it_was_given(client: TestClient) -> None:
    for id in ("", "\u0000", "\ud800", "\u2028", 7, None):
        asked = json.dumps({"question": CAPTAIN, "id": id})
        for path in ("/ask", "/batch"):
            answer = client.post(path, content=asked, headers={"content-type": "application/json"})
            assert answer.json()["id"] == id
    for asked, wrong in (
        ('{"question": "ferry", "id": [7]}', "id must be text or a number"),
        ('{"id": 7}', "question is missing; it must be given"),
        ("[]", "it must be an object"),
        ('{"question": 7}', "question must be text"),
        ('{"question": "ferry", "history": ["lamp"]}', "history.0 must be an object"),
        ('{"question": "ferry", "history": [{"question": "lamp", "answer": 7}]}', "history.0.answer must be text"),
        ('{"question": "ferry", "history": [{"q": "lamp"}]}', "history.0.question is missing; it must be given"),
        ('{"question": "ferry", "sources": [7]}', "sources.0 must be text"),
    ):
        assert client.post("/batch", content=asked).json()["error"].startswith(f"line 1: {wrong}; expected ")


def test_a_follow_up_is_understood_by_its_history(client: TestClient) -> None:
    turn = {"question": "Who lit the lighthouse?", "answer": "?"}
    answer = client.post("/ask", json={"question": "And who is its keeper?", "history": [turn]}).json()
    assert "lighthouse" in answer["understood_as"]


@pytest.mark.parametrize(
    ("scope", "ids"),
    [
        ({}, set(TEXTS)),
        ({"documents": ["ferry.txt"]}, {"ferry.txt"}),
        ({"sources": ["island post"]}, {"harbour.txt"}),
        ({"since": "2020"}, {"harbour.txt"}),
        ({"until": "2020"}, {"ferry.txt"}),
        ({"languages": ["english"]}, set(TEXTS)),
    ],
)
def test_a_search_finds_passages_of_the_documents_that_are_asked(client: TestClient, scope: dict, ids: set) -> None:
    found = client.post("/search", json={"question": "lamp ferry harbour", **scope}).json()
    check(found, "SearchSchema")
    assert {hit["document_id"] for hit in found["hits"]} == ids
    for hit in found["hits"]:
        assert TEXTS[hit["document_id"]][hit["start"] : hit["end"]] == hit["text"]


def test_a_batch_answers_each_line_and_names_those_that_it_cannot(client: TestClient, assistant: Assistant) -> None:
    asked = [{"id": "a", "question": CAPTAIN}, {"id": "b", "question": "Why do volcanoes erupt?"}]
    content = "\n".join([json.dumps(asked[0]), "", "{", json.dumps(asked[1])])
    response = client.post("/batch", content=content, params={"top": 2})
    assert response.headers["content-type"] == "application/x-ndjson"
    first, bad, last = (json.loads(text) for text in response.text.splitlines())
    for told in (first, bad, last):
        check(told, "ErrorSchema" if "error" in told else "AnswerSchema")
    assert bad["error"].startswith("line 3: not JSON; expected ")
    for answer, question in zip([first, last], asked, strict=True):
        expected = BatchLine.from_text(json.dumps(question))
        assert untimed(answer) == untimed(as_json(assistant.ask(expected.question, top=2), expected.id))


def test_a_batch_of_nothing_is_said_to_be_empty(client: TestClient) -> None:
    response = client.post("/batch")
    assert (response.status_code, response.json()) == (
        422,
        {"error": "The request is empty; send one question per line."},
    )


def test_documents_are_listed_shown_and_removed(client: TestClient, varn: Path) -> None:
    listed = client.get("/documents").json()
    check(listed, "DocumentsSchema")
    assert [one["id"] for one in listed["documents"]] == list(TEXTS)
    shown = client.get("/documents/ferry.txt").json()
    check(shown, "WholeDocumentSchema")
    assert shown["text"] == FERRY
    removed = client.delete("/documents/ferry.txt")
    check(removed.json(), "RemovedSchema")
    assert removed.json() == {"removed": "ferry.txt"}
    assert client.get("/documents/ferry.txt").status_code == 404
    assert (varn / "ferry.txt").read_text() == FERRY


def test_a_document_is_corrected(client: TestClient) -> None:
    document = client.patch("/documents/ferry.txt", json={"publisher": "Varn Herald"}).json()
    assert (document["publisher"], document["known"]["publisher"]) == ("Varn Herald", "user")
    assert client.patch("/documents/ferry.txt", json={"published": "soon"}).status_code == 422
    assert client.patch("/documents/none.txt", json={"title": "A title"}).status_code == 404


def test_a_document_in_a_folder_is_found_by_its_whole_id(client: TestClient, assistant: Assistant, varn: Path) -> None:
    (varn / "1920").mkdir()
    (varn / "1920" / "a b.txt").write_text("The mill of Varn burned down in 1920.")
    assistant.index([varn])
    assert client.get("/documents/1920/a b.txt").json()["id"] == "1920/a b.txt"
    assert client.get("/documents/1920%2Fa%20b.txt").json()["id"] == "1920/a b.txt"


def test_a_file_is_added_once_and_answers_at_once(client: TestClient) -> None:
    added = client.post("/documents", params={"name": "balloon.txt"}, content=BALLOON).json()
    check(added, "AddedSchema")
    assert (added["state"], added["document"]["title"]) == ("added", "The balloon over Varn")
    again = client.post("/documents", params={"name": "other.txt"}, content=BALLOON).json()
    assert (again["state"], again["document"]) == ("here", added["document"])
    hits = client.post("/search", json={"question": "balloon pilot"}).json()["hits"]
    assert hits[0]["document_id"] == added["document"]["id"]
    assert client.delete(f"/documents/{added['document']['id']}").status_code == 200


@pytest.mark.parametrize(
    ("name", "content", "status", "reason"),
    [
        ("picture.gif", b"GIF89a\0", 422, "it is a picture"),
        ("empty.txt", b"", 422, "is empty"),
        ("large.txt", b"x" * 1_000_001, 413, "it is too large: files must be smaller than 1 MB."),
    ],
)
def test_a_file_that_is_not_taken_is_said_to_be(
    client: TestClient, name: str, content: bytes, status: int, reason: str
) -> None:
    response = client.post("/documents", params={"name": name}, content=content)
    assert response.status_code == status
    check(response.json(), "ErrorSchema")
    assert reason in response.json()["error"]
    assert len(client.get("/documents").json()["documents"]) == 3


NO_JSON = "The request is not a JSON object; send one, as Content-Type: application/json."


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"question": "?!"}, "The question has no words to search for; ask it in words."),
        ({"question": CAPTAIN, "top": 0}, "top must be 1 or more."),
        ({"question": CAPTAIN, "top": 51}, "top must be 50 or less."),
        ({"question": CAPTAIN, "top": 1.5}, "top must be a whole number."),
        ({"question": CAPTAIN, "top": "many"}, "top must be a whole number."),
        ({"question": CAPTAIN, "top": [1]}, "top must be a whole number."),
        ({"question": CAPTAIN, "top": "9" * 5000}, "top must be a whole number."),
        ({"question": CAPTAIN, "tpo": 1}, "tpo is not known; /api/openapi.json lists the fields."),
        ({}, "question is missing; it must be given."),
        ({"question": 7}, "question must be text."),
        ({"question": ""}, "question must not be empty."),
        ({"question": "\ud800"}, "question must be text without half a character."),
        ({"question": CAPTAIN, "sources": "Herald"}, "sources must be a list."),
        (
            {"question": CAPTAIN, "languages": ["de"]},
            "No document here is in the language 'de'. The languages are: English (en).",
        ),
        ({"question": CAPTAIN, "history": ["x"]}, "history.0 must be an object."),
        ({"question": CAPTAIN, "history": [{"answer": "x"}]}, "history.0.question is missing; it must be given."),
        ({"question": CAPTAIN, "documents": ["mill.txt"]}, "No document has the id 'mill.txt'"),
        ([], NO_JSON),
        (None, NO_JSON),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(client: TestClient, body: object, said: str) -> None:
    response = client.post("/ask", content=json.dumps(body), headers={"content-type": "application/json"})
    assert response.status_code in (404, 422)
    check(response.json(), "ErrorSchema")
    assert response.json()["error"].startswith(said)


def test_what_is_wrong_in_the_address_is_said_to_stand_there(client: TestClient) -> None:
    for method, address, said in (
        ("POST", "/documents", "name in the address is missing; it must be given."),
        ("POST", "/documents?name=", "name in the address must not be empty."),
        ("POST", "/batch?top=x", "top in the address must be a whole number."),
        ("GET", "/timeline?source=Herald", "source in the address is not known; /api/openapi.json lists the fields."),
    ):
        assert client.request(method, address, content=b"x").json() == {"error": said}


def test_what_is_nested_without_end_is_no_question(client: TestClient) -> None:
    response = client.post("/ask", content=b"[" * 100_000, headers={"content-type": "application/json"})
    assert (response.status_code, response.json()) == (400, {"error": NO_JSON})


@pytest.mark.parametrize(
    ("scope", "ids"),
    [({}, {"lighthouse.txt", "harbour.txt"}), ({"documents": ["lighthouse.txt"]}, {"lighthouse.txt"})],
)
def test_what_happened_is_told_as_the_command_line_tells_it(
    client: TestClient, assistant: Assistant, scope: dict, ids: set
) -> None:
    told = client.get("/timeline", params=scope).json()
    check(told, "TimelineSchema")
    points = assistant.timeline(Scope(documents=frozenset(scope["documents"])) if scope else Scope())
    assert told == timeline_fields(points)
    as_of = client.get("/timeline", params={**scope, "as_of": "1801"}).json()
    check(as_of, "TimelineSchema")
    there = Scope(documents=frozenset(scope.get("documents", ())), as_of="1801")
    assert as_of["taken_as"] == list(assistant.as_of_remarks(there)) != told["taken_as"] == []
    assert {point["document_id"] for point in told["timeline"]} <= ids


@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded"])
def test_what_is_no_json_is_said_to_be(client: TestClient, content_type: str) -> None:
    response = client.post("/ask", content="question=x", headers={"content-type": content_type})
    assert response.status_code == 422
    assert "Content-Type: application/json" in response.json()["error"]


@pytest.mark.parametrize("path", ["/ask", "/batch", "/search"])
def test_a_request_that_is_too_large_is_refused(client: TestClient, path: str) -> None:
    response = client.post(path, content=b" " * (LARGEST_BODY_BYTES + 1), headers={"content-type": "application/json"})
    assert response.status_code == 413
    assert response.json() == {"error": "The request is too large; send less than 10 MB at a time."}


def test_what_is_not_there_says_where_to_look(client: TestClient) -> None:
    nowhere, ask = client.get("/nowhere"), client.get("/ask")
    assert (nowhere.status_code, ask.status_code) == (404, 405)
    assert nowhere.json() == {"error": "There is nothing at /nowhere; /api/openapi.json lists what there is."}
    assert ask.json() == {"error": "/ask does not take GET; send POST."}
    put = client.put("/documents")
    assert put.headers["allow"] == "GET, POST"
    assert put.json() == {"error": "/documents does not take PUT; send GET or POST."}
    assert client.get("/docs").status_code == 404, "its scripts would come from elsewhere"


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (LibraryBusy("It is busy; wait."), 503, "It is busy; wait."),
        (LibraryAway("It does not answer."), 503, "It does not answer."),
        (ZeroDivisionError(), 500, "Ibid failed"),
    ],
)
def test_what_fails_is_said_with_its_status(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, said: str
) -> None:
    def fail(_: Assistant) -> None:
        raise error

    monkeypatch.setattr("retriever.assistant.Assistant.documents", fail)
    response = client.get("/documents")
    assert response.status_code == status
    assert said in response.json()["error"]


def test_who_asks_before_the_library_is_open_is_told_why_it_is_not() -> None:
    ready: Future[Assistant] = Future()
    ready.set_exception(LibraryBusy("It is busy; wait."))
    with TestClient(build_api(ready, Uploads(Path))) as client:
        assert client.post("/ask", json={"question": CAPTAIN}).json() == {"error": "It is busy; wait."}


def test_it_says_how_one_signs_in_if_one_does(assistant: Assistant, client: TestClient) -> None:
    assert "security" not in client.get("/openapi.json").json()
    ready: Future[Assistant] = Future()
    ready.set_result(assistant)
    described = build_api(ready, Uploads(lambda: assistant.folder), signs_in=True).openapi()
    schemes = described["components"]["securitySchemes"]
    assert {scheme["scheme"] for scheme in schemes.values()} == {"basic", "bearer"}
    assert [list(way) for way in described["security"]] == [[name] for name in schemes]


def test_it_describes_itself_by_the_schemas_of_the_contract(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    assert set(described["paths"]) == {
        "/ask",
        "/web",
        "/batch",
        "/search",
        "/table",
        "/absence",
        "/write",
        "/timeline",
        "/check",
        "/collections",
        "/documents",
        "/documents/{document_id}",
        "/documents/{document_id}/pages/{page}.png",
        "/documents/{document_id}/file",
        "/documents/{document_id}/citation",
        "/case-files",
        "/case-files/{file_id}",
        "/case-files/{file_id}/export",
        "/case-files/{file_id}/pins",
        "/case-files/{file_id}/missing",
        "/pins/{number}",
        "/missing/{number}",
        "/standing",
        "/standing/run",
        "/standing/notices",
        "/standing/feed",
        "/standing/{number}",
        "/cases",
        "/cases/{number}",
        "/documents/{document_id}/versions",
    }
    known = described["components"]["schemas"]
    assert known["QuoteSchema"]["properties"]["why"] == {"$ref": "#/components/schemas/WhySchema"}
    named = set(json.dumps(described).split('"#/components/schemas/')[1:])
    assert {text.split('"', 1)[0] for text in named} <= set(known)
    assert {each.__name__ for each in RESPONSES} - {"ExcerptSchema", "DocumentListSchema"} <= set(known)  # of agents
    for name, schema in json_schemas()["$defs"].items():
        if "properties" in schema and name in known:
            assert list(known[name]["properties"]) == list(schema["properties"])
    for schema in known.values():
        Draft202012Validator.check_schema(schema)
    for path in described["paths"].values():
        for operation in path.values():
            assert operation["summary"]
            assert operation["description"]
            assert set(operation["responses"]) == {"200", "default"}

"""Case files, standing questions and judged answers over HTTP and on the page, for whoever has signed in."""

import asyncio
import base64
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from docx import Document as WordDocument
from fastapi import FastAPI
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from retriever import Assistant
from retriever.casefile.standing import StandingQuestions
from retriever.interfaces import http as api
from retriever.interfaces.schemas import json_schemas
from retriever.interfaces.uploads import Uploads
from retriever.web.auth import Authenticator, Passwords, Tokens
from retriever.web.casefile_handlers import CaseFileHandlers
from retriever.web.loading import Loader
from retriever.web.middleware import SecurityMiddleware
from retriever.web.seen import SeenLibrary
from retriever.web.standing_watch import StandingWatch
from retriever.web.state import ShownTurn, TabState
from tests.world import FERRY

TWELVE = "A ticket costs 12 crowns."
CAPTAIN = "Who is the captain of the ferry?"
SCHEMAS = json_schemas()


def check(fields: dict, name: str) -> dict:
    Draft202012Validator({**SCHEMAS, "$ref": f"#/$defs/{name}"}).validate(fields)
    return fields


@pytest.fixture
def clients(assistant: Assistant, tmp_path: Path) -> Iterator[Callable[[str], TestClient]]:
    """The interface behind the middleware, as each of two keepers and a reader meets it: by a token."""
    tokens = Tokens(tmp_path / "tokens")
    names = frozenset({"ada", "tom", "ines"})
    authenticator = Authenticator(Passwords(tmp_path / "none"), names, readers=frozenset({"ines"}), tokens=tokens)
    app = FastAPI()
    app.add_middleware(SecurityMiddleware, port=7860, authenticator=authenticator)
    loaded = SeenLibrary(Loader(lambda: assistant), authenticator)
    app.mount(api.PATH, api.build_api(loaded, Uploads(lambda: assistant.folder), signs_in=True))
    made = {name: tokens.new(name) for name in names}
    opened: list[TestClient] = []

    def client(name: str, *, basic: bool = False) -> TestClient:
        sent = f"Bearer {made[name]}"
        if basic:
            sent = f"Basic {base64.b64encode(f'{name}:{made[name]}'.encode()).decode()}"
        one = TestClient(app, "http://127.0.0.1:7860", headers={"Authorization": sent})
        opened.append(one)
        return one

    yield client
    for one in opened:
        one.close()


def test_a_case_file_over_http(clients: Callable[[str], TestClient]) -> None:
    ada = clients("ada")
    file = check(ada.post("/api/case-files", json={"name": "The wall"}).json(), "CaseFileSchema")
    path = f"/api/case-files/{file['id']}"
    body = {"document_id": "ferry.txt", "words": TWELVE, "note": "old", "tags": ["price"]}
    made = check(ada.post(f"{path}/pins", json=body).json(), "PinnedSchema")
    start = FERRY.index("The captain")
    other = ada.post(f"{path}/pins", json={"document_id": "ferry.txt", "start": start, "end": start + 37}).json()
    assert ada.patch(f"/api/pins/{other['number']}", json={"place": 1, "note": "new"}).status_code == 200
    point = check(ada.post(f"{path}/missing", json={"words": "Who paid?"}).json(), "MissingSchema")
    ada.patch(f"/api/missing/{point['number']}", json={"done": True})
    shown = check(ada.get(path).json(), "DossierSchema")
    assert [(one["words"], one["note"], one["state"]) for one in shown["pins"]] == [
        ("The captain of the ferry is Tom Reed.", "new", "here"),
        (TWELVE, "old", "here"),
    ]
    assert shown["missing"][0]["done"] is True
    word = ada.get(f"{path}/export", params={"style": "apa"})
    assert TWELVE in [one.text for one in WordDocument(BytesIO(word.content)).paragraphs]
    assert TWELVE in ada.get(f"{path}/export", params={"format": "html"}).text
    assert ada.delete(f"/api/pins/{made['number']}").json() == {"number": made["number"]}
    for response, status in (
        (ada.post(f"{path}/pins", json={"document_id": "none.txt", "words": "x"}), 404),
        (ada.post(f"{path}/pins", json={"document_id": "ferry.txt"}), 422),
        (ada.post(f"{path}/pins", json={"document_id": "ferry.txt", "words": TWELVE, "start": 1}), 422),
        (ada.post(f"{path}/pins", json={"document_id": "ferry.txt", "words": TWELVE, "colour": "red"}), 422),
        (ada.get("/api/case-files/none"), 404),
        (ada.get(f"{path}/export", params={"format": "rtf"}), 422),
        (ada.delete("/api/pins/99"), 404),
        (ada.delete("/api/pins/99999999999999999999999"), 404),
        (ada.put(path), 405),
    ):
        assert (response.status_code, list(response.json())) == (status, ["error"])


def test_accounts_do_not_see_each_others_but_what_is_shared(
    clients: Callable[[str], TestClient], assistant: Assistant
) -> None:
    ada, tom, ines = clients("ada"), clients("tom"), clients("ines")
    file = ines.post("/api/case-files", json={"name": "Mine"}).json()  # a reader keeps what is the reader's own
    path = f"/api/case-files/{file['id']}"
    number = ines.post(f"{path}/pins", json={"document_id": "ferry.txt", "words": TWELVE}).json()["number"]
    assert ada.get("/api/case-files").json() == {"case_files": []}
    assert (ada.get(path).status_code, ada.delete(f"/api/pins/{number}").status_code) == (404, 404)
    ines.patch(path, json={"shared": True})
    assert [one["owner"] for one in tom.get("/api/case-files").json()["case_files"]] == ["ines"]
    assert tom.get(path).json()["pins"][0]["words"] == TWELVE
    assert (tom.patch(path, json={"name": "His"}).status_code, tom.delete(path).status_code) == (403, 403)
    assert ines.delete("/api/documents/ferry.txt").status_code == 403
    keeper = ada.post("/api/case-files", json={"name": "Hers"}).json()
    ada.patch(f"/api/case-files/{keeper['id']}", json={"shared": True})
    assert ines.post(f"/api/case-files/{keeper['id']}/missing", json={"words": "x"}).status_code == 403
    assistant.add_collection("Closed")
    assistant.set_members("Closed", ["ines"])
    assistant.collect(["ferry.txt"], "Closed")
    (hidden,) = check(tom.get(path).json(), "DossierSchema")["pins"]
    assert (hidden["state"], hidden["words"], hidden["document_id"]) == ("withheld", None, None)
    assert TWELVE not in tom.get(f"{path}/export", params={"format": "html"}).text
    assert ines.get(path).json()["pins"][0]["words"] == TWELVE


def test_standing_questions_and_their_feed_over_http(
    clients: Callable[..., TestClient], assistant: Assistant, varn: Path
) -> None:
    ada, tom = clients("ada"), clients("tom")
    check(ada.post("/api/standing", json={"question": CAPTAIN}).json(), "StandingSchema")
    assert ada.post("/api/standing/run").json() == {"notices": []}
    assert ada.get("/api/standing").json()["standing"][0]["answering"] == 1
    (varn / "ferry.txt").write_text(FERRY.replace("Tom Reed", "Nora Vale"))
    assistant.index([varn])
    (notice,) = check(ada.post("/api/standing/run").json(), "NoticesSchema")["notices"]
    assert (notice["kind"], notice["user"], "Nora Vale" in notice["words"]) == ("changed", "ada", True)
    feed = clients("ada", basic=True).get("/api/standing/feed")
    assert feed.headers["content-type"].startswith("application/atom+xml")
    (entry,) = ElementTree.fromstring(feed.content).iter("{http://www.w3.org/2005/Atom}entry")
    link = entry.find("{http://www.w3.org/2005/Atom}link")
    assert link is not None
    assert "#document=ferry.txt&start=" in link.get("href", "")
    assert tom.get("/api/standing/notices").json() == {"notices": []}
    assert b"<entry>" not in tom.get("/api/standing/feed").content
    assert TestClient(ada.app, "http://127.0.0.1:7860").get("/api/standing/feed").status_code == 401
    assert tom.delete(f"/api/standing/{notice['standing']}").status_code == 404
    assert ada.delete(f"/api/standing/{notice['standing']}").status_code == 200


def test_answers_are_judged_over_http(clients: Callable[[str], TestClient], assistant: Assistant) -> None:
    ada = clients("ada")
    number = ada.post("/api/cases", json={"judgement": "right", "question": CAPTAIN}).json()["number"]
    again = ada.post("/api/cases", json={"judgement": "wrong", "question": CAPTAIN, "quote": 0}).json()["number"]
    refused = ada.post("/api/cases", json={"judgement": "right", "question": "Why do volcanoes erupt?"}).json()[
        "number"
    ]
    kept = check(ada.get("/api/cases").json(), "CasesSchema")["cases"]
    assert [(one["number"], one["judgement"]) for one in kept] == [(again, "wrong"), (refused, "right")]
    assert assistant.document("ferry.txt").text[kept[0]["start"] : kept[0]["end"]] == kept[0]["words"]
    assert (kept[1]["verdict"], kept[1]["words"]) == ("absent", None)
    assert ada.post("/api/cases", json={"judgement": "right", "question": CAPTAIN, "quote": 50}).status_code == 422
    assert ada.delete(f"/api/cases/{number}").status_code == 404
    assert clients("tom").get("/api/cases").json() == {"cases": []}


async def _kept(handlers: CaseFileHandlers, state: TabState, **data: str) -> str:
    return await handlers.keep(state, "", data)


def test_the_page_keeps_only_what_is_on_it(assistant: Assistant) -> None:
    model = Loader(lambda: assistant)
    handlers = CaseFileHandlers(SeenLibrary(model, None), StandingWatch(model))
    state = TabState((ShownTurn(CAPTAIN, assistant.ask(CAPTAIN), ""), ShownTurn("x", "a message", "")))
    for data in (
        {"place": "7.0"},
        {"place": "0.99"},
        {"place": "x.y"},
        {"number": "1"},
        {},
        {"place": "0.0", "what": "y"},
    ):
        said = asyncio.run(_kept(handlers, state, **{"what": "pin", **data}))
        assert 'class="said"' in said
        assert "Pinned" not in said
    assert "Pinned" in asyncio.run(_kept(handlers, state, what="pin", place="0.0"))
    for change in ({"change": "delete", "file": "none"}, {"change": "move", "pin": "x", "to": "1"}, {"key": "99"}):
        assert 'role="alert"' in asyncio.run(handlers.show("", change))
    assert "Tom Reed" in asyncio.run(handlers.show("", {"change": "no such change"}))


def test_the_page_notices_a_change_by_another_process(assistant: Assistant, varn: Path) -> None:
    questions = StandingQuestions(assistant.kept)
    asked, seen = StandingWatch._look(assistant, -1, -1, is_woken=False)
    assert (asked, seen) == (-1, -1)  # nobody has saved a question
    questions.add(CAPTAIN)
    asked, seen = StandingWatch._look(assistant, -1, -1, is_woken=True)
    (varn / "ferry.txt").write_text(FERRY.replace("Tom Reed", "Nora Vale"))
    assistant.index([varn])
    before = asked
    asked, seen = StandingWatch._look(assistant, asked, seen, is_woken=False)
    assert (asked, questions.notices()) == (before, ())  # it may still be changing
    StandingWatch._look(assistant, asked, seen, is_woken=False)
    assert len(questions.notices()) == 1

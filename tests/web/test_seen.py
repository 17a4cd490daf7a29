"""Whoever signs in sees only the collections that they may, on the page, for programs and for agents."""

import ast
import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from starlette.testclient import TestClient

from retriever import Assistant, Document
from retriever.filters import Scope
from retriever.interfaces.uploads import Uploads
from retriever.web import layout
from retriever.web.auth import Authenticator, Passwords, Tokens
from retriever.web.chat_handlers import ChatHandlers
from retriever.web.events import ChatEvents, LibraryEvents, SidebarEvents
from retriever.web.history import History
from retriever.web.library_handlers import LibraryHandlers
from retriever.web.loading import Loader
from retriever.web.seen import SeenLibrary, answer_as, as_account
from retriever.web.server import programs_app
from retriever.web.sidebar import Sidebar
from retriever.web.source_cache import SourceCache
from retriever.web.state import TabState
from retriever.web.suggestions import SuggestionHandlers
from tests.world import WordEncoder, write_world

PORT = 7862
SECRET = "On 3 May 2031 the captain of the secret boats was Zelda Quill. The secret boats cost 99 crowns."
WHO = "Who was the captain of the secret boats?"
BROWSER = "the key of a browser"


@dataclass
class Served:
    """The page's server, with a token for each of two accounts; only Ada may see the collection `Case Q`."""

    client: TestClient
    whole: Assistant
    authenticator: Authenticator
    history: History
    tokens: dict[str, str] = field(default_factory=dict)

    def as_(self, name: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[name]}"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("seen")
    whole = Assistant.open(folder / "library", encoder=WordEncoder(), create=True)
    whole.index([write_world(folder / "varn")])
    (folder / "secret.txt").write_text(SECRET, encoding="utf-8")
    whole.index([folder / "secret.txt"], collection="Case Q")
    whole.add([Document.from_text("private", "The inn serves eel pie to Zelda Quill.", collection="Case Q")])
    whole.set_members("Case Q", ["ada"])
    tokens = Tokens(folder / "tokens")
    made = {name: tokens.new(name) for name in ("ada", "tom")}
    authenticator = Authenticator(Passwords(folder / "passwords"), frozenset(made), tokens=tokens)
    history = History.open(folder / "talks.db")
    seen = SeenLibrary(Loader(lambda: whole), authenticator)
    app = programs_app(seen, seen, seen, Uploads(lambda: whole.folder), history, PORT, authenticator=authenticator)
    with TestClient(app, base_url=f"http://127.0.0.1:{PORT}") as client:
        yield Served(client, whole, authenticator, history, made)
    whole.close()


PROGRAMS: list[tuple[str, str, Any]] = [
    ("GET", "/api/documents", None),
    ("GET", "/api/collections", None),
    ("GET", "/api/timeline", None),
    ("POST", "/api/ask", {"question": WHO}),
    ("POST", "/api/ask", {"question": WHO, "documents": ["secret.txt"]}),
    ("POST", "/api/ask", {"question": WHO, "collections": ["Case Q"]}),
    ("POST", "/api/ask", {"question": "What are these documents about?"}),
    ("POST", "/api/batch", {"question": WHO}),
    ("POST", "/api/search", {"question": WHO}),
    ("POST", "/api/table", {"questions": [WHO]}),
    ("POST", "/api/absence", {"question": "Why do volcanoes erupt?"}),
    (
        "POST",
        "/api/write",
        {"question": WHO, "quotes": [{"document_id": "secret.txt", "start": 0, "end": 40}]},
    ),
    ("POST", "/api/check?name=draft.txt", "It is said: “the captain of the secret boats was Zelda Quill”."),
    ("GET", "/api/documents/secret.txt", None),
    ("GET", "/api/documents/secret.txt/file", None),
    ("GET", "/api/documents/secret.txt/citation", None),
    ("GET", "/api/documents/secret.txt/pages/1.png", None),
    ("PATCH", "/api/documents/secret.txt", {"collection": ""}),
    ("PATCH", "/api/documents/ferry.txt", {"collection": "Case Q"}),
    ("DELETE", "/api/documents/secret.txt", None),
    ("POST", "/api/documents?name=new.txt&collection=case+q", "The mill grinds at night."),
]


@pytest.mark.parametrize(("method", "path", "body"), PROGRAMS, ids=[f"{one[0]} {one[1]}" for one in PROGRAMS])
def test_a_program_is_told_nothing_of_a_closed_collection(served: Served, method: str, path: str, body: Any) -> None:
    given = {"content": body.encode()} if isinstance(body, str) else {"json": body} if body else {}
    answer = served.client.request(method, path, headers=served.as_("tom"), **given)
    said = answer.text.replace("the captain of the secret boats was Zelda Quill", "")
    for asked in [body] if isinstance(body, str) else (body or {}).values():
        said = said.replace(json.dumps(asked, ensure_ascii=False).strip('[]"'), "")  # what was asked is said again
    assert not [word for word in ("Zelda", "Quill", 'secret.txt"', "private", "2031", "ada") if word in said]
    assert "Case Q" not in said.replace("named 'Case Q'", "").replace("named 'case q'", "")
    assert served.whole.summary("secret.txt").collection == "Case Q"
    assert len(served.whole.documents()) == 5


def test_a_member_sees_it(served: Served) -> None:
    ada = served.as_("ada")
    assert served.client.post("/api/ask", json={"question": WHO}, headers=ada).json()["quotes"][0]["document_id"] == (
        "secret.txt"
    )
    listed = served.client.get("/api/documents?collections=case+q", headers=ada).json()["documents"]
    assert [one["id"] for one in listed] == ["private", "secret.txt"]
    assert served.client.get("/api/collections", headers=ada).json()["collections"][1]["members"] == ["ada"]


def test_a_program_moves_a_document_and_adds_one_to_a_collection(served: Served) -> None:
    tom = served.as_("tom")
    served.whole.add_collection("Boats")
    moved = served.client.patch("/api/documents/ferry.txt", json={"collection": "boats"}, headers=tom)
    assert moved.json()["collection"] == "Boats"
    added = served.client.post(
        "/api/documents", params={"name": "mill.txt", "collection": "BOATS"}, content=b"The mill grinds.", headers=tom
    )
    assert added.json()["document"]["collection"] == "Boats"
    assert served.client.delete("/api/documents/mill.txt", headers=tom).status_code == 200
    served.whole.remove_collection("Boats")
    for unknown in ({"collection": "Nowhere"}, {"collection": "Case Q"}):
        assert served.client.patch("/api/documents/ferry.txt", json=unknown, headers=tom).status_code == 422


def call(served: Served, name: str, tool: str, **arguments: Any) -> str:
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
    accepts = {"Accept": "application/json, text/event-stream"}
    return served.client.post("/mcp", json=asked, headers={**served.as_(name), **accepts}).text


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("ask", {"question": WHO}),
        ("search", {"question": WHO}),
        ("timeline", {}),
        ("list_documents", {}),
        ("list_documents", {"collections": ["Case Q"]}),
        ("read_source", {"document_id": "secret.txt"}),
    ],
)
def test_an_agent_is_told_nothing_of_a_closed_collection(served: Served, tool: str, arguments: dict[str, Any]) -> None:
    assert "Quill" in call(served, "ada", tool, **arguments) or tool == "list_documents"
    assert "secret.txt" in call(served, "ada", tool, **arguments)
    said = call(served, "tom", tool, **arguments)
    assert "Quill" not in said
    assert "secret.txt" not in said.replace("'secret.txt'", "")


def event(name: str, served: Served, **data: Any) -> tuple[gr.EventData, gr.Request]:
    request = gr.Request(headers=served.as_(name), cookies={"ibid_reader": BROWSER}, session_hash="s")
    return gr.EventData(None, data), request


@dataclass
class Page:
    """The page's events, as they are wired, for one account."""

    served: Served
    chat: ChatEvents
    library: LibraryEvents
    column: SidebarEvents

    def html(self, name: str, handler: Callable[..., Any], *values: Any, **data: Any) -> str:
        own = as_account(handler, self.served.authenticator)
        given = event(name, self.served, **data)
        wanted = [one for one in given if type(one).__name__ in {"EventData", "Request"}]
        takes = own.__wrapped__.__annotations__  # type: ignore[attr-defined]
        wanted = [one for one in wanted if isinstance(one, gr.Request) or "event" in takes]

        async def run() -> list[Any]:
            answer_as("")
            made = own(*values, *wanted)
            return [one async for one in made] if hasattr(made, "__aiter__") else [await made]

        return str(asyncio.run(run()))


@pytest.fixture(scope="module")
def page(served: Served) -> Page:
    loaded: Loader[Assistant] = Loader(lambda: served.whole)
    seen = SeenLibrary(loaded, served.authenticator)
    sources = SourceCache(seen)
    chat = ChatHandlers(seen, seen, served.history, sources)
    uploads = Uploads(lambda: served.whole.folder)
    library = LibraryHandlers(seen, seen, uploads, sources, SuggestionHandlers(seen))
    return Page(
        served,
        ChatEvents(chat, library),
        LibraryEvents(library, served.authenticator),
        SidebarEvents(Sidebar(seen, served.history)),
    )


def test_the_page_shows_nothing_of_a_closed_collection(page: Page) -> None:
    whole, closed = Scope(), Scope(collections=frozenset(["Case Q"]))
    shown: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = [
        (page.library.welcome, (), {}),
        (page.library.documents, (whole,), {"find": ""}),
        (page.library.timeline, (whole,), {}),
        (page.library.table, (TabState(), whole), {}),
        (page.library.open, (TabState(),), {"document": "secret.txt"}),
        (page.column.show, (TabState(), whole), {}),
        (page.chat.ask, (TabState(), whole), {"question": WHO}),
        (page.chat.ask, (TabState(), closed), {"question": WHO}),
        (page.chat.scope, (TabState(),), {"documents": "secret.txt"}),
    ]
    for handler, values, data in shown:
        said = page.html("tom", handler, *values, **data).replace(WHO, "")
        assert not [word for word in ("Quill", "private", "On 3 May 2031") if word in said], handler.__name__
    assert "Quill" in page.html("ada", page.library.open, TabState(), document="secret.txt")
    assert "secret.txt" in page.html("ada", page.library.documents, Scope())
    assert "Case Q" in page.html("ada", page.column.show, TabState(), Scope())


def test_a_saved_answer_is_closed_to_who_may_not_see_its_document_now(page: Page, served: Served) -> None:
    saved = served.history.append(BROWSER, None, WHO, served.whole.ask(WHO))
    assert "Quill" in page.html("ada", page.chat.recall, TabState(), Scope(), conversation=saved)
    assert "Quill" not in page.html("tom", page.chat.recall, TabState(), Scope(), conversation=saved)
    for kind in ("md", "json", "html"):
        cookies = {"Cookie": f"ibid_reader={BROWSER}"}
        for name, told in (("ada", True), ("tom", False)):
            kept = served.client.get(f"/conversations/{saved}.{kind}", headers={**served.as_(name), **cookies})
            assert kept.status_code == 200
            assert ("Quill" in kept.text) == told


def test_a_removed_document_is_named_only_to_who_may_see_it(served: Served) -> None:
    uploads, tom = Uploads(lambda: served.whole.folder), served.whole.seen_by("tom")
    key = uploads.remove(served.whole, "private")
    assert uploads.last_removed(served.whole) == ("private", key)
    assert uploads.last_removed(tom) is None
    with pytest.raises(Exception, match="too late"):
        uploads.undo(tom, key)
    assert uploads.undo(served.whole, key) == "private"
    assert served.whole.summary("private").collection == "Case Q"


def test_every_event_of_the_page_says_who_sent_it() -> None:
    tree = ast.parse(Path(layout.__file__).read_text(encoding="utf-8"))
    calls = [one for one in ast.walk(tree) if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute)]
    wired = [ast.unparse(one.args[0]) for one in calls if any(each.arg is None for each in one.keywords) and one.args]
    own = [one for one in wired if one.startswith("own(")]
    assert len(own) > 25
    assert set(wired) - set(own) <= {"None", "new_conversation", "lambda: None"}


def test_without_sign_in_everything_is_seen(served: Served) -> None:
    answer_as("")
    assert SeenLibrary(Loader(lambda: served.whole), None).result() is served.whole

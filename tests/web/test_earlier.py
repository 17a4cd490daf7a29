"""A quote or a link to what a document no longer says shows the version that said it, and what has changed."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from retriever import Assistant, Document, as_text
from retriever.filters import Scope
from retriever.interfaces.html.cards import NumberedQuote, turn_html
from retriever.interfaces.html.source import Link, Source
from retriever.interfaces.http import build_api
from retriever.interfaces.mcp import build_server
from retriever.interfaces.uploads import Uploads
from retriever.web.conversations import FORGOTTEN
from retriever.web.forget import forget, plan_lines
from retriever.web.history import History
from retriever.web.library_handlers import LibraryHandlers
from retriever.web.loading import Loader
from retriever.web.seen import SeenLibrary
from retriever.web.source_cache import SourceCache
from retriever.web.state import ShownTurn, TabState
from retriever.web.suggestions import SuggestionHandlers
from retriever.web.timeline_panel import TimelineView

KEY = "a-browser-key-that-is-long-enough-for-it"
WHO = "Who is the captain of the ferry?"


@pytest.fixture
def changed(empty_assistant: Assistant) -> Assistant:
    empty_assistant.keep_versions()
    for year, name in ((2020, "Ann Poole"), (2024, "Ben Ash")):
        text = f"The captain of the ferry is {name}. A ticket costs 12 crowns."
        empty_assistant.add([Document.from_text("ferry", text, title="The ferry", published=str(year))])
    return empty_assistant


def test_a_forgotten_version_leaves_the_conversations(empty_assistant: Assistant, tmp_path: Path) -> None:
    file = tmp_path / "talk" / "talk.db"
    history, conversation = History.open(file), None
    empty_assistant.keep_versions()
    for name in ("Ann Poole", "Ben Ash", "Cora Lind"):
        text = f"The captain of the ferry is {name}. A ticket costs 12 crowns."
        empty_assistant.add([Document.from_text("ferry", text, title="The ferry")])
        conversation = history.append(KEY, conversation, WHO, empty_assistant.ask(WHO))
    assert conversation
    asked = empty_assistant.ask(WHO, scope=Scope(as_of="9999"))
    history.append(KEY, conversation, "What does a ticket cost?", asked)
    assert any("1 answer in conversations" in line for line in plan_lines(empty_assistant, ["ferry@1"], file))
    answers, report = forget(empty_assistant, ["ferry@1"], file)
    assert (answers, report.left) == (1, ())
    replies = [turn.reply for turn in history.turns(KEY, conversation)]
    assert [reply == FORGOTTEN for reply in replies] == [True, False, False, False]
    assert b"Ann Poole" not in b"".join(each.read_bytes() for each in file.parent.iterdir())
    assert forget(empty_assistant, ["ferry"], file)[0] == 3


@pytest.fixture
def handlers(changed: Assistant) -> LibraryHandlers:
    seen = SeenLibrary(Loader(lambda: changed), None)
    return LibraryHandlers(seen, seen, Uploads(lambda: changed.folder), SourceCache(seen), SuggestionHandlers(seen))


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


async def last_of(shown: AsyncIterator[str]) -> str:
    return [one async for one in shown][-1]


def test_a_link_to_what_has_changed_shows_the_difference(changed: Assistant, handlers: LibraryHandlers) -> None:
    text = changed.document("ferry@1").text
    link = Link.over(text, (0, text.index(".") + 1))
    shown = handlers.open(TabState(), {"document": "ferry", **link.fields})
    assert "<del>The captain of the ferry is Ann Poole.</del>" in shown
    assert "<ins>The captain of the ferry is Ben Ash.</ins>" in shown
    to = re.search(r'data-document="ferry@1" data-start="(\d+)" data-end="(\d+)" data-digest="(\w+)"', shown)
    assert to
    start, end, digest = to.groups()
    assert text[int(start) : int(end)] == "The captain of the ferry is Ann Poole."
    earlier = handlers.open(TabState(), {"document": "ferry@1", "start": start, "end": end, "digest": digest})
    assert "The captain of the ferry is Ann Poole." in words(re.findall(r"<mark.*?</mark>", earlier)[0])
    assert 'data-document="ferry"' in earlier


def test_an_old_answer_shows_it_too(changed: Assistant, handlers: LibraryHandlers) -> None:
    answer = changed.ask(WHO, scope=Scope(as_of="2020"))
    saved = answer.quotes[0]
    assert saved.document_id == "ferry@1"
    state = TabState((ShownTurn(WHO, answer, ""),))
    assert "Open what it says now" in words(handlers.open(state, {"place": "0.0"}))
    assert "changed" not in handlers.open(TabState(), {"document": "ferry"}).replace("What has changed", "")
    listed = asyncio.run(handlers.documents(Scope(as_of="2020")))
    assert 'name="as_of" value="2020"' in listed
    assert "ferry@1" not in listed


def test_a_quote_of_an_earlier_version_says_so(changed: Assistant, client: TestClient) -> None:
    for day, is_earlier in (("2020", True), ("2024", False)):
        answer = changed.ask(WHO, scope=Scope(as_of=day))
        card = words(turn_html(0, answer, {}, changed.documents()))
        assert [said in text for said, text in (("earlier version", card), ("earlier version", as_text(answer)))] == [
            is_earlier
        ] * 2
        (quote, *_) = client.post("/ask", json={"question": WHO, "as_of": day}).json()["quotes"]
        assert quote["is_earlier"] is is_earlier
        for source in Source.load(changed, quote["document_id"]), None:
            cited = NumberedQuote.of(0, answer.quotes[0], {quote["document_id"]: source} if source else {}).citation
            assert ("earlier version" in cited) is is_earlier


def test_before_a_document_existed_the_page_says_that_it_is_not_asked(
    changed: Assistant, handlers: LibraryHandlers
) -> None:
    changed.add([Document.from_text("harbour", "Mira Holt is the harbour master.", published=None)])
    before, then = Scope(as_of="2019"), Scope(as_of="2020")
    assert "1 of 2 documents" in words(asyncio.run(handlers.scope_line(before)))
    assert "2 of 2 documents" in words(asyncio.run(handlers.scope_line(then)))
    assert "From 1 of 2 documents" in words(asyncio.run(last_of(handlers.timeline(before, TimelineView()))))
    listed = asyncio.run(handlers.documents(before))
    assert listed.count("not asked") == 1
    note = "1 document without a date is left out while one of these is set."
    assert listed.index('name="until"') < listed.index(note) < listed.index('name="as_of"'), "it is asked as of a day"


def test_without_versions_an_old_link_says_only_that_it_changed(changed: Assistant, handlers: LibraryHandlers) -> None:
    link = Link.over(changed.document("ferry@1").text, (0, 30))
    changed.keep_versions(False)
    shown = handlers.open(TabState(), {"document": "ferry", **link.fields})
    assert "This document has changed" in words(shown)
    assert "<del>" not in shown


@pytest.fixture
def client(changed: Assistant) -> Iterator[TestClient]:
    with TestClient(build_api(Loader(lambda: changed), Uploads(lambda: changed.folder))) as opened:
        yield opened


def test_a_program_asks_as_of_a_day(client: TestClient) -> None:
    for path, field in (("/ask", "quotes"), ("/search", "hits")):
        found = client.post(path, json={"question": WHO, "as_of": "2021-05"}).json()[field]
        assert (found[0]["document_id"], "Ann Poole" in found[0]["text"]) == ("ferry@1", True)
        assert client.post(path, json={"question": WHO}).json()[field][0]["document_id"] == "ferry"
    assert client.post("/ask", json={"question": WHO, "as_of": "soon"}).status_code == 422


def test_the_page_and_programs_prove_an_absence_as_of_a_day(changed: Assistant, client: TestClient) -> None:
    why = "Why do volcanoes erupt?"
    scope = Scope(as_of="2020")
    card = turn_html(0, changed.ask(why, scope=scope), {}, changed.documents(), scope=scope)
    (filter_,) = re.findall(r'data-filter="([^"]*)"', card)
    asked = {"question": why, **json.loads(unescape(unescape(filter_)))}
    assert [one["id"] for one in client.post("/absence", json=asked).json()["documents"]] == ["ferry@1"]


def test_a_program_reads_the_versions(client: TestClient) -> None:
    told = client.get("/documents/ferry/versions").json()
    assert [(one["id"], one["current_from"], one["newest"]) for one in told["versions"]] == [
        ("ferry@1", "2020", False),
        ("ferry", "2024", True),
    ]
    assert told["versions"][0]["changes"][0]["after"] == ["The captain of the ferry is Ben Ash."]
    assert client.get("/documents/ferry@1/versions").json() == told
    assert client.get("/documents/nothing/versions").status_code == 404


def test_an_agent_asks_as_of_a_day(changed: Assistant) -> None:
    server = build_server(lambda: changed)
    result = asyncio.run(server.call_tool("ask", {"question": WHO, "as_of": "2022"}))
    assert "Ann Poole" in str(result)

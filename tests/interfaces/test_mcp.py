"""The tools for agents: called by the official client, in this process, over a process's streams and over HTTP."""

import json
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
import uvicorn
from jsonschema import Draft202012Validator
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult

from retriever import Assistant, Scope, as_json
from retriever.interfaces.mcp import build_server
from retriever.interfaces.schemas import timeline_fields
from retriever.web.auth import Authenticator, Passwords
from retriever.web.middleware import LARGEST_BODY_BYTES, SecurityMiddleware
from retriever.web.server import agents_app, listen
from tests.interfaces.test_http import CAPTAIN, check, untimed
from tests.paths import ROOT
from tests.world import FERRY

SERVER = """
import sys
import retriever.assistant
from tests.world import WordEncoder
retriever.assistant._default_encoder = lambda _: WordEncoder()
from retriever.__main__ import main
sys.exit(main(["mcp", "--library", sys.argv[1]]))
"""


def call(server: Any, tool: str, **arguments: Any) -> CallToolResult:
    async def talk() -> CallToolResult:
        async with Client(server) as client:
            return await client.call_tool(tool, arguments)

    return anyio.run(talk)


@contextmanager
def served(assistant: Assistant, authenticator: Authenticator | None = None) -> Iterator[str]:
    """The tools behind the guard on a port of this machine: their address."""
    ready: Future[Assistant] = Future()
    ready.set_result(assistant)
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        app = SecurityMiddleware(agents_app(ready, ready), port=port, authenticator=authenticator)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{port}/mcp"
        finally:
            server.should_exit = True
            thread.join()


def call_over_http(address: str, tool: str, auth: tuple[str, str] | None = None, **arguments: Any) -> CallToolResult:
    async def talk() -> CallToolResult:
        async with (
            httpx2.AsyncClient(auth=auth, trust_env=False) as http,
            Client(streamable_http_client(address, http_client=http)) as client,
        ):
            return await client.call_tool(tool, arguments)

    return anyio.run(talk)


def told(result: CallToolResult) -> dict:
    """What a tool gave, seen to be the same as text and as fields."""
    (content,) = result.content
    assert not result.is_error, content
    assert json.loads(content.text) == result.structured_content
    return json.loads(content.text)


def test_a_question_is_answered_as_the_assistant_answers_it(assistant: Assistant) -> None:
    answer = told(call(build_server(lambda: assistant), "ask", question=CAPTAIN, top=1))
    check(answer, "AnswerSchema")
    assert untimed(answer) == untimed(as_json(assistant.ask(CAPTAIN, top=1)))


def test_a_follow_up_is_understood_by_its_history(assistant: Assistant) -> None:
    history = [{"question": "Who lit the lighthouse?", "answer": "?"}]
    answer = told(call(build_server(lambda: assistant), "ask", question="And who is its keeper?", history=history))
    assert "lighthouse" in answer["understood_as"]


def test_a_search_finds_passages_with_their_place(assistant: Assistant) -> None:
    found = told(call(build_server(lambda: assistant), "search", question=CAPTAIN, count=1))
    check(found, "SearchSchema")
    (hit,) = found["hits"]
    assert FERRY[hit["start"] : hit["end"]] == hit["text"]


@pytest.mark.parametrize(
    "scope", [{"sources": ["herald"]}, {"documents": ["ferry.txt"]}, {"since": "2018", "until": "2020"}], ids=str
)
def test_an_agent_asks_only_some_documents(assistant: Assistant, scope: dict) -> None:
    server = build_server(lambda: assistant)
    hits = told(call(server, "search", question="lamp ferry harbour", **scope))["hits"]
    assert {hit["document_id"] for hit in hits} == {"ferry.txt"}
    asked = told(call(server, "ask", question="Who is the harbour master?", **scope))
    assert {quote["document_id"] for quote in asked["quotes"]} <= {"ferry.txt"}


def test_what_happened_is_listed_the_weightiest_of_it_where_an_agent_wants_little(assistant: Assistant) -> None:
    server = build_server(lambda: assistant)
    points = told(call(server, "timeline", documents=["lighthouse.txt"]))
    check(points, "TimelineSchema")
    every = assistant.timeline(Scope(documents=frozenset({"lighthouse.txt"})))
    assert points == timeline_fields(every)
    assert len(told(call(server, "timeline", count=1))["timeline"]) == 1


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, FERRY),
        ({"start": -200, "end": 9}, FERRY[:9]),
        ({"start": 4, "end": 9}, FERRY[4:9]),
        ({"start": 9, "end": 4}, ""),
        ({"start": 10_000}, ""),
    ],
)
def test_a_source_is_read_as_it_stands(assistant: Assistant, asked: dict, expected: str) -> None:
    shown = told(call(build_server(lambda: assistant), "read_source", document_id="ferry.txt", **asked))
    check(shown, "ExcerptSchema")
    assert shown["text"] == expected == FERRY[shown["start"] : shown["end"]]
    assert shown["characters"] == len(FERRY)


def test_the_documents_are_listed_in_parts(assistant: Assistant) -> None:
    server = build_server(lambda: assistant)
    every = told(call(server, "list_documents"))
    check(every, "DocumentListSchema")
    assert [one["id"] for one in every["documents"]] == ["ferry.txt", "harbour.txt", "lighthouse.txt"]
    part = told(call(server, "list_documents", start=1, count=1))
    assert (part["documents"], part["start"], part["total"]) == (every["documents"][1:2], 1, 3)
    assert told(call(server, "list_documents", start=-5)) == every
    assert told(call(server, "list_documents", start=9))["documents"] == []
    assert told(call(server, "list_documents", sources=["herald"]))["total"] == 1


def test_no_more_of_a_source_is_read_at_once_than_an_agent_can_hold(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retriever.interfaces.mcp.LONGEST_READ", 10)
    server = build_server(lambda: assistant)
    assert told(call(server, "read_source", document_id="ferry.txt", start=2))["text"] == FERRY[2:12]
    assert told(call(server, "read_source", document_id="ferry.txt", end=100))["text"] == FERRY[:10]


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("ask", {"question": "?!"}, "no words"),
        ("ask", {"question": CAPTAIN, "top": 0}, "top"),
        ("search", {"question": CAPTAIN, "sources": ["Mill"]}, "published by 'Mill'"),
        ("timeline", {"languages": ["Deutsch"]}, "The languages are: English (en)."),
        ("list_documents", {"languages": [""]}, "The languages are: English (en)."),
        (
            "ask",
            {"question": CAPTAIN, "source": ["herald"]},
            "source is not known; the arguments of ask are",
        ),
        ("ask", {"top": 3}, "question is missing; it must be given."),
        ("ask", {"question": CAPTAIN, "history": [{"question": "x", "who": "y"}]}, "history.0.who is not known"),
        ("read_source", {"document_id": "mill.txt"}, "'mill.txt'"),
    ],
)
def test_what_cannot_be_done_is_told_to_the_agent(
    assistant: Assistant, capfd: pytest.CaptureFixture[str], tool: str, arguments: dict, said: str
) -> None:
    result = call(build_server(lambda: assistant), tool, **arguments)
    assert result.is_error
    (line,) = result.content[0].text.splitlines()
    assert said in line
    assert not line.startswith("Error executing")
    assert capfd.readouterr() == ("", "")


def test_the_tools_say_what_they_do_and_that_they_only_read(assistant: Assistant) -> None:
    async def talk() -> None:
        async with Client(build_server(lambda: assistant)) as client:
            assert "never an instruction" in (client.instructions or "")
            tools = (await client.list_tools()).tools
            assert [tool.name for tool in tools] == ["ask", "search", "timeline", "list_documents", "read_source"]
            for tool in tools:
                Draft202012Validator.check_schema(tool.output_schema)
                assert tool.output_schema["properties"]
                assert tool.input_schema["additionalProperties"] is False
                assert tool.description
                assert tool.annotations
                assert tool.annotations.read_only_hint
                assert all(one.get("description") for one in tool.input_schema["properties"].values())

    anyio.run(talk)


def test_an_agent_talks_to_the_command(assistant: Assistant, tmp_path: Path) -> None:
    command = StdioServerParameters(
        command=sys.executable, args=["-c", SERVER, str(tmp_path / "library")], cwd=ROOT, env={"PYTHONPATH": str(ROOT)}
    )
    answer = told(call(command, "ask", question=CAPTAIN))
    assert untimed(answer) == untimed(as_json(assistant.ask(CAPTAIN)))


def test_an_agent_is_answered_over_http_as_the_assistant_answers(assistant: Assistant) -> None:
    with served(assistant) as address:
        answer = told(call_over_http(address, "ask", question=CAPTAIN))
        assert untimed(answer) == untimed(as_json(assistant.ask(CAPTAIN)))
        wrong = call_over_http(address, "read_source", document_id="mill.txt")
    assert wrong.is_error
    assert "'mill.txt'" in wrong.content[0].text


def test_over_http_only_an_agent_that_signs_in_is_answered(assistant: Assistant, tmp_path: Path) -> None:
    passwords = Passwords(tmp_path / "passwords")
    passwords.set("ada", "a lamp of 1904")
    with served(assistant, Authenticator(passwords, frozenset({"ada"}))) as address:
        for auth in (None, ("ada", "a lamp of 1905"), ("tom", "a lamp of 1904")):
            with pytest.raises(BaseExceptionGroup) as refused:
                call_over_http(address, "ask", auth, question=CAPTAIN)
            assert refused.group_contains(MCPError, match="Sign in first: send name and password")
        bare = httpx2.post(address, json={}, trust_env=False)
        assert (bare.status_code, bare.headers["www-authenticate"].split()[0]) == (401, "Basic")
        assert told(call_over_http(address, "ask", ("ada", "a lamp of 1904"), question=CAPTAIN))["answered"]


def test_over_http_an_agent_is_bound_as_the_page_is(assistant: Assistant) -> None:
    with served(assistant) as address, httpx2.Client(trust_env=False) as client:
        for header in ({"host": "varn.example"}, {"origin": "https://varn.example"}, {"sec-fetch-site": "cross-site"}):
            assert client.post(address, json={}, headers=header).status_code == 403
        for refused in (client.get(address), client.delete(address)):  # nothing would come, there is no session
            assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
            assert "use POST" in refused.json()["error"]["message"]
        assert client.post(address, content=b" " * (LARGEST_BODY_BYTES + 1)).status_code == 413
        assert client.post(f"{address}/x", json={}).status_code == 403

"""The same thirty questions through every interface: the same bytes come back, but for the times and the ids."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import anyio
import httpx
import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from retriever import Assistant, SentenceEncoder, Turn, as_json
from retriever.__main__ import main
from retriever.interfaces.frameworks.langchain import IbidRetriever
from retriever.interfaces.json_lines import line
from retriever.interfaces.mcp import build_server
from retriever.interfaces.schemas import search_fields
from tests.paths import ROOT
from tests.serving import Server

EVERY = 7  # of the 209 questions of the QA set: 30, of every category, three of them follow-ups

pytestmark = pytest.mark.model


def asked() -> list[dict[str, Any]]:
    rows = [json.loads(row) for row in (ROOT / "eval/questions.jsonl").read_text(encoding="utf-8").splitlines()]
    return [{key: row[key] for key in ("id", "question", "history") if key in row} for row in rows[::EVERY]]


QUESTIONS = asked()
BATCH = "".join(f"{json.dumps(question)}\n" for question in QUESTIONS)


def untimed(answer: Mapping[str, object]) -> str:
    return line({**answer, "id": None, "milliseconds": None})


@pytest.fixture(scope="module")
def expected(real_library: Path) -> list[str]:
    """What Python gives."""
    with Assistant.open(real_library) as assistant:
        return [
            untimed(as_json(assistant.ask(one["question"], [Turn(**turn) for turn in one.get("history", [])])))
            for one in QUESTIONS
        ]


@pytest.fixture(scope="module")
def server(real_library: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("served"), real_library)
    server.start()
    yield server
    server.stop()
    assert "Traceback" not in server.log


def curl(*arguments: str, given: str = "") -> str:
    done = subprocess.run(
        ["curl", "--silent", "--show-error", "--noproxy", "*", *arguments],
        input=given,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_the_questions_are_thirty_of_every_verdict_with_follow_ups(expected: list[str]) -> None:
    assert len(QUESTIONS) == len(expected) == 30
    assert {json.loads(answer)["verdict"] for answer in expected} == {"clear", "unsure", "absent"}
    assert sum("history" in question for question in QUESTIONS) >= 3


def test_the_command_line_gives_the_same(
    expected: list[str], real_library: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = SentenceEncoder.shipped()  # loaded once: the commands run one after the other
    monkeypatch.setattr("retriever.assistant._default_encoder", lambda _: encoder)
    alone = {one["question"]: answer for one, answer in zip(QUESTIONS, expected, strict=True) if "history" not in one}
    for question in alone:
        assert main(["ask", question, "--json", "--library", str(real_library)]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert [untimed(json.loads(answer)) for answer in printed] == list(alone.values())


def test_a_batch_gives_the_same(
    expected: list[str], real_library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "batch.jsonl").write_text(BATCH, encoding="utf-8")
    main(["ask", "--batch", str(tmp_path / "batch.jsonl"), "--json", "--library", str(real_library)])
    printed = [json.loads(answer) for answer in capsys.readouterr().out.splitlines()]
    assert [answer["id"] for answer in printed] == [question["id"] for question in QUESTIONS]
    assert [untimed(answer) for answer in printed] == expected


def test_http_gives_the_same(expected: list[str], server: Server) -> None:
    with httpx.Client(base_url=f"{server.address}api", trust_env=False, timeout=60) as client:
        answers = [client.post("/ask", json=question).json() for question in QUESTIONS]
    assert [answer["id"] for answer in answers] == [question["id"] for question in QUESTIONS]
    assert [untimed(answer) for answer in answers] == expected


def test_curl_is_given_the_same_lines(expected: list[str], server: Server) -> None:
    lines = curl("--data-binary", "@-", f"{server.address}api/batch", given=BATCH).splitlines()
    assert [line(json.loads(text)) for text in lines] == lines, "the bytes that the command line prints"
    assert [untimed(json.loads(text)) for text in lines] == expected


def test_an_agent_is_given_the_same(expected: list[str], real_library: Path) -> None:
    async def talk() -> list[str]:
        arguments = ["-m", "retriever", "mcp", "--library", str(real_library)]
        command = StdioServerParameters(command=sys.executable, args=arguments, cwd=ROOT)
        async with Client(command) as client:
            wanted = [{key: one[key] for key in ("question", "history") if key in one} for one in QUESTIONS]
            return [untimed((await client.call_tool("ask", one)).structured_content) for one in wanted]

    assert anyio.run(talk) == expected


def test_an_agent_is_given_the_same_over_http(expected: list[str], server: Server) -> None:
    async def talk() -> list[str]:
        async with (
            httpx2.AsyncClient(trust_env=False, timeout=60) as http,
            Client(streamable_http_client(f"{server.address}mcp", http_client=http)) as client,
        ):
            wanted = [{key: one[key] for key in ("question", "history") if key in one} for one in QUESTIONS]
            return [untimed((await client.call_tool("ask", one)).structured_content) for one in wanted]

    assert anyio.run(talk) == expected


def test_a_search_finds_the_same(server: Server, real_library: Path) -> None:
    questions = [question["question"] for question in QUESTIONS]
    with Assistant.open(real_library) as assistant:
        expected = [line(search_fields(assistant, one, assistant.search(one, count=5))) for one in questions]
        retriever = IbidRetriever(assistant=assistant, count=5)
        in_langchain = [[{"text": one.page_content, **one.metadata} for one in retriever.invoke(q)] for q in questions]
        tools = build_server(lambda: assistant)

        async def talk() -> list[str]:
            async with Client(tools) as client:
                wanted = [{"question": one, "count": 5} for one in questions]
                return [(await client.call_tool("search", one)).content[0].text for one in wanted]

        assert anyio.run(talk) == expected
    with httpx.Client(base_url=f"{server.address}api", trust_env=False, timeout=60) as client:
        assert [client.post("/search", json={"question": one, "count": 5}).text for one in questions] == expected
    assert in_langchain == [json.loads(one)["hits"] for one in expected]


@pytest.mark.parametrize(
    "header", ["Host: varn.example", "Origin: https://varn.example", "Host: 127.0.0.1:1"], ids=lambda one: one
)
def test_other_sites_are_refused_in_json(server: Server, header: str) -> None:
    refused = json.loads(curl("--header", header, f"{server.address}api/documents"))
    assert refused == {"error": "Ibid answers only its own page and programs on this machine."}


def test_the_description_says_where_the_interface_is(server: Server) -> None:
    described = json.loads(curl(f"{server.address}api/openapi.json"))
    assert described["servers"] == [{"url": "/api"}]

"""While the encoder is prepared, questions are answered by words: in Python, over HTTP, for agents and in the chat."""

import asyncio
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from retriever import Assistant, Document, EncoderError, Scope, Verdict, as_json, as_text
from retriever.answering.pipeline import MEANWHILE
from retriever.encoder.preparing import STEPS, tell
from retriever.interfaces.uploads import Uploads
from retriever.web.auth import Authenticator, Passwords, Tokens
from retriever.web.casefile_handlers import CaseFileHandlers
from retriever.web.chat_handlers import ChatHandlers
from retriever.web.history import History
from retriever.web.library_handlers import LibraryHandlers
from retriever.web.loading import Loader
from retriever.web.meanwhile import Meanwhile
from retriever.web.seen import SeenLibrary
from retriever.web.server import programs_app
from retriever.web.source_cache import SourceCache
from retriever.web.standing_watch import StandingWatch
from retriever.web.state import TabState
from retriever.web.suggestions import SuggestionHandlers
from tests.world import LateEncoder, write_world

PORT = 7863
CAPTAIN = "Who is the captain of the ferry?"
SENTENCE = "The captain of the ferry is Tom Reed."
USER = "the key of a browser"
SECRET = "The captain of the secret boats is Zelda Quill."


@dataclass
class Late:
    """A library whose encoder is being prepared.

    Attributes:
        assistant: the whole.
        encoder: ready as soon as `prepare` is called.
        library: the assistant, which is open.
        model: the same, once its encoder is ready.
    """

    assistant: Assistant
    encoder: LateEncoder
    library: Loader[Assistant]
    model: Loader[Assistant]

    @property
    def asking(self) -> Meanwhile:
        return Meanwhile(self.library, self.model, patience=0)

    def prepare(self) -> None:
        self.encoder.ready.set()
        self.model.result()


@pytest.fixture
def late(tmp_path: Path) -> Iterator[Late]:
    encoder = LateEncoder()
    assistant = Assistant.open(tmp_path / "library", encoder=encoder, create=True)
    assistant.index([write_world(tmp_path / "varn")])
    assistant.add([Document.from_text("secret", SECRET, collection="Case Q")])
    assistant.set_members("Case Q", ["ada"])
    encoder.ready.clear()

    def warm() -> Assistant:
        assistant.warm_up()
        return assistant

    made = Late(assistant, encoder, Loader(lambda: assistant), Loader(warm))
    yield made
    made.prepare()
    assistant.close()


def client_of(late: Late, authenticator: Authenticator | None = None) -> TestClient:
    seen, whole, asking = (SeenLibrary(one, authenticator) for one in (late.library, late.model, late.asking))
    app = programs_app(
        seen, whole, asking, Uploads(lambda: late.assistant.folder), None, PORT, authenticator=authenticator
    )
    return TestClient(app, base_url=f"http://127.0.0.1:{PORT}")


def untimed(fields: dict[str, Any]) -> dict[str, Any]:
    return {**fields, "milliseconds": None}


def test_words_find_the_answer_which_says_so_and_is_never_clear(late: Late) -> None:
    answer = late.assistant.by_words.ask(CAPTAIN)
    assert SENTENCE in answer.quotes[0].text
    assert answer.by_words
    assert answer.verdict is Verdict.UNSURE
    assert answer.taken_as == (MEANWHILE,)
    assert MEANWHILE in as_text(answer)
    assert answer.quotes[0].why.dense_rank is None


def test_what_words_do_not_find_is_refused_with_the_same_remark(late: Late) -> None:
    answer = late.assistant.by_words.ask("Why do volcanoes erupt?")
    assert answer.verdict is Verdict.ABSENT
    assert answer.taken_as == (MEANWHILE,)


def test_the_same_question_gets_the_full_answer_once_the_encoder_is_ready(late: Late) -> None:
    late.asking.result().ask(CAPTAIN)
    late.prepare()
    answer = late.asking.result().ask(CAPTAIN)
    assert not answer.by_words
    assert MEANWHILE not in answer.taken_as
    late.assistant.verify(repair=True)  # empties the cache
    assert untimed(as_json(answer)) == untimed(as_json(late.assistant.ask(CAPTAIN)))


def test_what_is_added_meanwhile_waits_for_the_encoder_and_is_whole(late: Late) -> None:
    with ThreadPoolExecutor() as threads:
        adding = threads.submit(late.assistant.by_words.add, [Document.from_text("mill", "The mill costs 3 crowns.")])
        assert SENTENCE in late.assistant.by_words.ask(CAPTAIN).quotes[0].text
        assert not adding.done()
        late.prepare()
        assert adding.result().added == ("mill",)
    assert late.assistant.verify() == ()


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "words"),
    [("Who led the Cuban delegation?", "Carlos Fernández de Cossío"), ("Wer leitete die Delegation?", "")],
)
def test_with_the_shipped_encoder_no_answer_is_clear_by_luck(real_library: Path, question: str, words: str) -> None:
    with Assistant.open(real_library) as assistant:
        answer = assistant.by_words.ask(question)
        assert answer.verdict is not Verdict.CLEAR
        assert words in " ".join(quote.text for quote in answer.shown)


def test_a_model_that_is_soon_loaded_is_waited_for(late: Late) -> None:
    patient = Meanwhile(late.library, late.model, patience=60)
    with ThreadPoolExecutor() as threads:
        first = threads.submit(patient.result)
        second = threads.submit(asyncio.run, patient.wait())
        late.prepare()
        assert first.result() is second.result() is late.assistant


def test_a_model_that_cannot_be_loaded_is_said_and_no_words_stand_in_for_it(late: Late) -> None:
    def fail() -> Assistant:
        raise EncoderError("The weights were altered.")

    broken = Meanwhile(late.library, Loader(fail), patience=60)
    for _ in range(2):
        with pytest.raises(EncoderError, match="altered"):
            broken.result()


def test_over_http_one_question_is_answered_at_once_and_what_needs_the_encoder_waits(late: Late) -> None:
    with client_of(late) as client, ThreadPoolExecutor() as threads:
        waiting = [
            threads.submit(client.post, "/api/search", json={"question": CAPTAIN}),
            threads.submit(client.post, "/api/batch", content=json.dumps({"question": CAPTAIN})),
        ]
        answer = client.post("/api/ask", json={"question": CAPTAIN}).json()
        assert (answer["by_words"], answer["verdict"], answer["taken_as"]) == (True, "unsure", [MEANWHILE])
        assert SENTENCE in answer["quotes"][0]["text"]
        assert client.get("/api/documents/ferry.txt").json()["id"] == "ferry.txt"
        assert not any(one.done() for one in waiting)
        late.prepare()
        full = client.post("/api/ask", json={"question": CAPTAIN}).json()
        assert not full["by_words"]
        assert untimed(full) == untimed(as_json(late.assistant.ask(CAPTAIN)))
        assert waiting[0].result().json()["hits"]
        assert not waiting[1].result().json()["by_words"]


def test_an_agent_is_answered_at_once(late: Late) -> None:
    def call() -> dict[str, Any]:
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
        params = {"name": "ask", "arguments": {"question": CAPTAIN}}
        headers = {"Accept": "application/json, text/event-stream"}
        done = client.post("/mcp", json={**body, "params": params}, headers=headers).json()
        fields: dict[str, Any] = done["result"]["structuredContent"]
        return fields

    with client_of(late) as client:
        assert call()["by_words"]
        late.prepare()
        assert not call()["by_words"]


def test_who_may_not_see_a_collection_does_not_see_it_by_words(late: Late, tmp_path: Path) -> None:
    tokens = Tokens(tmp_path / "tokens")
    made = {name: {"Authorization": f"Bearer {tokens.new(name)}"} for name in ("ada", "tom")}
    guard = Authenticator(Passwords(tmp_path / "passwords"), frozenset(made), tokens=tokens)
    with client_of(late, guard) as client:
        asked = {"question": "Who is the captain of the secret boats?"}
        assert "Zelda" in client.post("/api/ask", json=asked, headers=made["ada"]).text
        assert "Zelda" not in client.post("/api/ask", json=asked, headers=made["tom"]).text


def test_the_chat_keeps_what_was_said_by_words_as_such_and_as_no_judged_answer(late: Late, tmp_path: Path) -> None:
    history = History.open(tmp_path / "talks.db")
    seen, asking = SeenLibrary(late.library, None), SeenLibrary(late.asking, None)
    chat = ChatHandlers(seen, asking, history, SourceCache(seen))

    async def ask(state: TabState) -> tuple[TabState, str]:
        found = [one async for one in chat.ask(CAPTAIN, state, Scope(), USER) if isinstance(one, tuple)]
        return found[-1][:2]

    state, html = asyncio.run(ask(TabState()))
    assert MEANWHILE in html
    (kept,) = history.turns(USER, state.conversation or "")
    assert not isinstance(kept.reply, str)
    assert kept.reply.by_words
    case_file = CaseFileHandlers(asking, StandingWatch(late.model))
    for what in ("right", "wrong", "missing"):
        assert "ask again" in asyncio.run(case_file.keep(state, USER, {"what": what, "place": "0.0"}))
    assert "Pinned" in asyncio.run(case_file.keep(state, USER, {"what": "pin", "place": "0.0"}))
    late.prepare()
    state, html = asyncio.run(ask(state))
    assert not state.turns[-1].reply.by_words  # type: ignore[union-attr]
    assert html.count(MEANWHILE) == 1


def test_the_page_says_while_the_search_is_prepared_and_no_longer(assistant: Assistant) -> None:
    opened, loaded = threading.Event(), threading.Event()

    def after(ready: threading.Event) -> SeenLibrary:
        return SeenLibrary(Loader(lambda: assistant if ready.wait(30) else None), None)  # type: ignore[arg-type, return-value]

    library, model = after(opened), after(loaded)
    received, sources = Uploads(lambda: assistant.folder), SourceCache(library)
    handlers = LibraryHandlers(library, model, received, sources, SuggestionHandlers(library))

    async def come() -> list[str]:
        welcome = handlers.welcome()
        shown = [await anext(welcome)]
        for happens in (lambda: tell(0), opened.set, lambda: tell(len(STEPS)), loaded.set):
            happens()
            shown.append(await anext(welcome))
        await welcome.aclose()
        return shown

    try:
        shown = asyncio.run(come())
    finally:
        tell(len(STEPS))
    told = [
        tuple(one in html for one in ("being prepared", "Opening", "only words", "You get quotes")) for html in shown
    ]
    assert told == [
        (False, True, False, False),
        (True, True, False, False),
        (True, False, True, False),
        (False, False, True, False),
        (False, False, False, True),
    ]

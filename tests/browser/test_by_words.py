"""A page whose encoder is prepared while somebody asks already. The encoder waits for an event; all else is real."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from anyio.from_thread import start_blocking_portal
from playwright.sync_api import Browser, expect

from retriever import Assistant
from retriever.answering.pipeline import MEANWHILE
from retriever.web import server
from tests.browser.conftest import LOADS_WITHIN, Reader, ask, picture
from tests.world import LateEncoder, write_world

CAPTAIN = "Who is the captain of the ferry?"
SENTENCE = "The captain of the ferry is Tom Reed."

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::Warning")]  # Gradio's own, of what it imports


@dataclass
class LateServer:
    """The page in this process.

    Attributes:
        address: of the page.
        encoder: prepared once it is ready.
        opening: the library is opened once this is set.
    """

    address: str
    encoder: LateEncoder
    opening: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def late(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LateServer]:
    monkeypatch.setenv("IBID_HISTORY", str(tmp_path / "talks.db"))
    encoder = LateEncoder()
    assistant = Assistant.open(tmp_path / "library", encoder=encoder, create=True)
    assistant.index([write_world(tmp_path / "varn")])
    encoder.ready.clear()
    listener = server.listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    late = LateServer(f"http://127.0.0.1:{port}/", encoder)

    def opened() -> Assistant:
        assert late.opening.wait(60)
        return assistant

    with start_blocking_portal() as loop:  # built where no loop runs, Gradio makes two that it never closes
        app = loop.call(server.build_app, opened, port, server.open_history(tmp_path / "talks.db"))
    served = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1, ws="none"))
    running = threading.Thread(target=served.run, kwargs={"sockets": [listener]})
    running.start()
    yield late
    late.opening.set()
    encoder.ready.set()
    served.should_exit = True
    running.join(60)
    assistant.close()


def test_words_answer_while_the_encoder_is_prepared_and_the_full_answer_follows(
    late: LateServer, reader: Reader
) -> None:
    late.opening.set()
    page = reader(at=late.address)
    expect(page.locator(".welcome")).to_contain_text("only words are compared")
    turn = ask(page, CAPTAIN)
    expect(turn.locator(".quote.lead")).to_contain_text(SENTENCE)
    expect(turn.locator(".understood")).to_have_text(MEANWHILE)
    expect(turn.locator(".verdict")).to_contain_text("Not sure")
    picture(page, "by-words")
    late.encoder.ready.set()
    expect(reader(at=late.address).locator(".welcome")).to_contain_text("You get quotes", timeout=LOADS_WITHIN)
    full = ask(page, CAPTAIN)
    expect(full.locator(".quote.lead")).to_contain_text(SENTENCE)
    expect(full.locator(".understood")).to_have_count(0)


def test_a_question_waits_while_the_documents_are_opened(late: LateServer, browser: Browser) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(late.address)
        page.locator("#question textarea").fill(CAPTAIN)
        page.keyboard.press("Enter")
        expect(page.locator(".waiting")).to_contain_text("as soon as the documents are open")
        late.opening.set()
        expect(page.locator(".turn .quote.lead")).to_contain_text(SENTENCE, timeout=LOADS_WITHIN)

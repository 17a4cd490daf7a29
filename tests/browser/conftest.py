"""The real page over the shipped articles, in Debian's Chromium; nothing is downloaded."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.paths import ROOT
from tests.serving import Server
from tests.writer import running

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PICTURES = ROOT / "test-results" / "pictures"
LOADS_WITHIN = 90_000  # milliseconds; the model is loaded once for all tests

expect.set_options(timeout=30_000)  # milliseconds; a busy machine is slow, and nothing here is a test of speed

Reader = Callable[..., Page]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    if not CHROMIUM.exists():
        missing = f"{CHROMIUM} is missing: install it with `apt-get install chromium`"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return {**browser_type_launch_args, "executable_path": str(CHROMIUM), "args": FLAGS}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server of most tests; they leave its documents as they were."""
    server = Server(tmp_path_factory.mktemp("page"))
    with running() as writer:
        writer.words = lambda quotes: f"{quotes[0]['quote']} Nobody ever <b>counted</b> them."
        server.environment["IBID_WRITER"] = writer.address
        server.start()
        yield server
        server.stop()
    assert "Traceback" not in server.log


@pytest.fixture(scope="session")
def address(server: Server) -> str:
    return server.address


@pytest.fixture
def own_server(tmp_path: Path, server: Server) -> Iterator[Server]:
    """A server that a test may change, stop and start again; its library is a copy."""
    with urlopen(server.address):  # the other one has made its library once it answers
        own = Server(tmp_path)
    own.start()
    yield own
    own.stop()


@pytest.fixture
def reader(browser: Browser, address: str) -> Iterator[Reader]:
    """Opens the page in a context of its own; sees that no request leaves this machine and no script fails."""
    outside: list[str] = []
    errors: list[str] = []
    contexts: list[BrowserContext] = []

    def come(width: int = 1280, height: int = 800, at: str = address, path: str = "", **settings: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **settings)
        contexts.append(context)
        # A firewall that drops what leaves this machine: such a request never ends.
        context.route(
            lambda url: not url.startswith((at, "data:", "blob:")), lambda route: outside.append(route.request.url)
        )
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(at + path)
        expect(page.locator("#question textarea")).to_be_visible(timeout=LOADS_WITHIN)
        expect(page.locator(".documents li").first).to_be_attached(timeout=LOADS_WITHIN)
        return page

    yield come
    for context in contexts:
        context.close()
    assert outside == []
    assert errors == []


def ask(page: Page, question: str) -> Locator:
    """Asks, and waits for the turn that answers."""
    before = page.locator(".turns .turn").count()
    field = page.locator("#question textarea")
    field.fill(question)
    field.press("Enter")  # what the page did a moment ago may have moved the focus
    turns = page.locator(".turns .turn")
    expect(turns).to_have_count(before + 1, timeout=LOADS_WITHIN)
    expect(turns.last.locator(".question")).to_have_text(question)
    return turns.last


def picture(page: Page, name: str, **settings: Any) -> None:
    """Keeps a screenshot, in a folder that git ignores, for somebody to look at."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.wait_for_timeout(300)  # the panel slides
    page.screenshot(path=PICTURES / f"{name}.png", **settings)

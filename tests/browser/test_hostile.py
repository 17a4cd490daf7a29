"""Hostile words in each place that the page shows: nothing runs, nothing is asked for, nothing breaks the layout."""

import json
import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LOADS_WITHIN, Reader, Server, ask
from tests.paths import ROOT

pytestmark = pytest.mark.browser

MARK = "walrus"
RUNS = "window.__ran=1"
HOSTILE = {
    "script": f"{MARK} <script>{RUNS}</script></script></style></textarea></title><script>{RUNS}</script>",
    "handler": f"{MARK} <img src=x onerror='{RUNS}'><svg onload='{RUNS}'><b onmouseover={RUNS}> \" "
    f"autofocus onfocus={RUNS} '",
    "link": f"{MARK} <a href='javascript:{RUNS}'>go</a> [go](javascript:{RUNS}) "
    f"<iframe src='javascript:{RUNS}'></iframe>",
    "request": f"{MARK} <img src=//evil.example/i><link rel=stylesheet href=//evil.example/c> ![i](//evil.example/m) "
    "<style>*{background:url(//evil.example/s)}</style><form action=//evil.example/f><button>Go</button></form>",
    "template": f"{MARK} ${{{RUNS}}} {{{{constructor.constructor('{RUNS}')()}}}} {{%raw%}} #{{7*7}} <%= 7*7 %>",
    "bidi": f"{MARK} \u202egpj.exe\u202c \u2066\u2067\u2069 \u200b\ufeff \x07\x1b[31m \ufffe é\u0301\u0301\u0301",
    "large": f"{MARK} " + "W" * 1_000_000,
}

WRITES = """
import json, sys
from pathlib import Path
from retriever import Assistant, Document
from retriever.records import Provenance
hostile = json.load(sys.stdin)
with Assistant.open(Path(sys.argv[1]), create=True) as assistant:
    for kind, text in hostile.items():
        body = f"The {text} of Varn weighed {len(kind)}00 kilos. It was seen by the keeper in 1951.\\n\\nThe end of it."
        known = {name: Provenance.TEXT for name in ("title", "publisher", "published", "author")}
        assistant.add([Document(
            id=f"{kind} {text[:300]}".replace("/", "|"), title=text, text=body, source=f"/nowhere/{kind}",
            media_type="text/plain", sha256="0" * 64, publisher=text[:5000], published="2018-06-02", known=known,
            author=text[:5000], link=f"javascript:{text[:200]}", language=text[:100],
        )])
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Server:  # type: ignore[misc]
    """The page over a library in which every detail of every document is hostile."""
    own = Server(tmp_path_factory.mktemp("hostile"))
    command = [sys.executable, "-c", WRITES, str(own.library)]
    subprocess.run(command, input=json.dumps(HOSTILE), text=True, check=True, cwd=ROOT)
    own.start()
    yield own
    own.stop()


def assert_harmless(page: Page) -> None:
    """Nothing ran, nothing was built of the words, and nothing is wider than the window."""
    assert page.evaluate("window.__ran") is None
    inside = (
        "#layout :is(script, iframe, object, embed, form[action], link, img, svg[onload], [onerror], [onmouseover])"
    )
    assert page.locator(inside).count() == 0
    leads_to = page.evaluate("[...document.querySelectorAll('#layout a')].map(a => a.protocol)")
    assert set(leads_to) <= {"http:", "https:"}
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")


def test_hostile_documents_and_questions_are_words_in_every_place(reader: Reader, hostile: Server) -> None:
    page = reader(at=hostile.address)
    dialogs: list[str] = []
    broken: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda message: broken.append(message.text) if "Content Security" in message.text else None)
    assert_harmless(page)
    for kind in ("script", "request", "large"):
        question = f"How many kilos did the {HOSTILE[kind][:400]} weigh?"
        turn = ask(page, " ".join(question.split()))
        expect(turn).to_contain_text("walrus")
        assert_harmless(page)
    page.locator("button[data-do=documents]").first.click()
    expect(page.locator("#panel .panel")).to_be_visible(timeout=LOADS_WITHIN)
    expect(page.locator("#panel")).to_contain_text(MARK, timeout=LOADS_WITHIN)
    assert_harmless(page)
    page.keyboard.press("Escape")
    page.locator(".turns [data-do=open]").first.click()
    expect(page.locator("#panel")).to_contain_text("weighed", timeout=LOADS_WITHIN)
    assert_harmless(page)
    page.keyboard.press("Escape")
    page.locator("button[data-do=conversations]").first.click()
    expect(page.locator("#panel")).to_contain_text(MARK, timeout=LOADS_WITHIN)
    assert_harmless(page)
    page.goto(
        f"{hostile.address}?__theme=<script>{RUNS}</script>&view={HOSTILE['handler'][:80]}#{HOSTILE['script'][:80]}"
    )
    expect(page.locator("#question textarea")).to_be_visible(timeout=LOADS_WITHIN)
    assert_harmless(page)
    assert dialogs == []
    assert broken == [], "the page asked for nothing that its policy forbids"


def test_an_injected_script_or_handler_would_not_run(reader: Reader) -> None:
    """Where escaping failed, the policy would still stop it."""
    page = reader()
    page.evaluate(
        """(code) => {
        const made = document.createElement('script'); made.textContent = code; document.body.append(made);
        const div = document.createElement('div'); div.innerHTML = `<img src=x onerror="${code}">`;
        const link = document.createElement('a'); link.href = `javascript:${code}`;
        document.body.append(div, link); link.click();
        }""",
        RUNS,
    )
    page.wait_for_timeout(500)
    assert page.evaluate("window.__ran") is None
    fetched = "fetch('http://evil.example/').then(() => 'sent', () => 'stopped')"
    assert page.evaluate(fetched) == "stopped"

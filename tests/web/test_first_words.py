"""The page's first words in the language of each request, and no word of one request in another."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from types import SimpleNamespace
from typing import cast

import gradio as gr
import pytest
from starlette.responses import HTMLResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from retriever.interfaces.html.templating import HINT, hint_html
from retriever.interfaces.translation.catalogue import gettext
from retriever.interfaces.translation.language import COOKIE, ENGLISH, speak
from retriever.web.first_words import first_words, in_language
from retriever.web.layout import new_conversation
from retriever.web.middleware import SecurityMiddleware
from retriever.web.seen import as_account

PORT = 7863
CONFIG = {
    "components": [
        {"id": 1, "props": {"elem_id": "menu", "value": "<nav>Documents</nav>", "visible": True}},
        {"id": 2, "props": {"elem_id": "question", "placeholder": "Ask the documents", "label": "Your question"}},
        {"id": 3, "props": {"value": ""}},
    ],
    "title": "Ibid",
}
PAGE = (
    '<!doctype html>\n<html\n\tlang="en"\n><head>'
    f"<script>window.gradio_config = {json.dumps(CONFIG)};</script></head><body></body></html>"
)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    yield
    speak(ENGLISH)


async def page(scope: Scope, receive: Receive, send: Send) -> None:
    await HTMLResponse(PAGE)(scope, receive, send)


@pytest.fixture
def browser() -> TestClient:
    return TestClient(SecurityMiddleware(page, PORT), base_url=f"http://127.0.0.1:{PORT}")


def config_of(html: str) -> dict[str, list[dict[str, dict[str, str]]]]:
    start = html.index("gradio_config = ") + len("gradio_config = ")
    return cast(dict[str, list[dict[str, dict[str, str]]]], json.JSONDecoder().raw_decode(html, start)[0])


def test_a_german_browser_gets_german_and_any_other_the_same_english(browser: TestClient) -> None:
    german = browser.get("/", headers={"accept-language": "de-AT,de;q=0.9"}).text
    assert 'lang="de"' in german
    menu, question, other = (one["props"] for one in config_of(german)["components"])
    assert "Dokumente" in menu["value"]
    assert menu["visible"] is True
    assert question == {"elem_id": "question", "placeholder": "Fragen Sie die Dokumente", "label": "Ihre Frage"}
    assert other == {"value": ""}
    english = browser.get("/", headers={"accept-language": "en-GB"}).text
    assert browser.get("/", headers={"accept-language": "nl"}).text == english
    assert config_of(english) == CONFIG
    assert 'lang="en"' in english


def test_the_choice_of_the_user_counts_more_than_the_browser(browser: TestClient) -> None:
    headers = {"accept-language": "de", "cookie": f"{COOKIE}=es"}
    assert 'lang="es"' in browser.get("/", headers=headers).text


def test_the_words_of_the_scripts_come_with_the_page(browser: TestClient) -> None:
    html = browser.get("/", headers={"accept-language": "fr"}).text
    start = html.index('id="words">') + len('id="words">')
    words = json.loads(html[start : html.index("</script>", start)])
    assert words["Copied"] == "Copié"
    assert all(words.values())


def test_no_word_can_end_the_script_that_it_stands_in() -> None:
    speak("de")
    html = in_language(PAGE, signed_in=False)
    config = html[html.index("gradio_config") : html.index("</script>", html.index("gradio_config"))]
    assert "<" not in config


def test_each_component_of_the_first_words_is_on_the_page() -> None:
    assert first_words(signed_in=True)["menu"]["value"].count("sign-out") == 1
    assert set(first_words(signed_in=False)) == {"masthead", "menu", "welcome", "question", "ask", "hint", "splitter"}


def request_in(language: str) -> gr.Request:
    request = gr.Request()
    request.request = SimpleNamespace(headers={"accept-language": language})
    return request


def test_two_browsers_with_two_languages_are_answered_at_once() -> None:
    async def slowly(request: gr.Request) -> AsyncIterator[str]:
        for _ in range(3):
            await asyncio.sleep(0)
            yield await asyncio.to_thread(gettext, "Documents")

    async def said(language: str) -> list[str]:
        return [one async for one in as_account(slowly, None)(request_in(language))]

    async def both() -> list[list[str]]:
        return await asyncio.gather(said("de"), said("es"), said("en"))

    assert asyncio.run(both()) == [["Dokumente"] * 3, ["Documentos"] * 3, ["Documents"] * 3]


def test_a_new_conversation_begins_in_the_language_of_its_browser() -> None:
    shown = asyncio.run(as_account(new_conversation, None)(request_in("de")))
    assert "Eingabe zum Fragen" in shown[2]
    speak(ENGLISH)
    assert shown[2] != hint_html(HINT)

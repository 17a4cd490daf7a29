"""The page's own files, and the head of its HTML."""

import gzip

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from retriever.web.assets import SCRIPT, STYLE, contents, finish_page, prefix, serve_asset

GRADIO = """<html><head><meta property="og:title" content="Gradio" />
<meta
  name="twitter:description" content="Click to try out the app!" />
<script>window.gradio_config = {};</script><script>load("iframeResizer.contentWindow.min.js")</script>
<link rel="manifest" href="/manifest.json" /><script type="module" src="./assets/index.js"></script>
<link rel="stylesheet" href="./assets/index.css"></head><body></body></html>"""


@pytest.fixture
def browser() -> TestClient:
    return TestClient(Starlette(routes=[Route("/page/{digest}/{name}", serve_asset)]))


def test_the_page_says_nothing_about_gradio() -> None:
    page = finish_page(GRADIO)
    assert 'content="Gradio"' not in page
    assert "twitter" not in page
    assert "manifest" not in page
    assert "iframeResizer" not in page
    assert "window.gradio_config" in page


def test_our_script_runs_before_gradio_s_and_our_style_counts_last() -> None:
    page = finish_page(GRADIO)
    assert page.index(f"{prefix()}/{SCRIPT}") < page.index("index.js")
    assert page.index(f"{prefix()}/{STYLE}") > page.index("index.css")


def test_each_file_is_kept_for_ever_and_packed(browser: TestClient) -> None:
    for name, content in contents().items():
        answer = browser.get(f"{prefix()}/{name}")
        assert answer.content == content
        assert "immutable" in answer.headers["cache-control"]
    packed = browser.get(f"{prefix()}/{STYLE}", headers={"accept-encoding": "gzip"})
    assert int(packed.headers["content-length"]) == len(gzip.compress(contents()[STYLE], mtime=0))


@pytest.mark.parametrize("path", ["/page/000000000000/page.css", f"{prefix()}/nothing.js", f"{prefix()}/..%2Fauth.py"])
def test_no_other_file_is_served(browser: TestClient, path: str) -> None:
    assert browser.get(path).status_code == 404

"""The evidence table on the real page: each document is asked by itself."""

import csv
import io
from pathlib import Path

import openpyxl
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import Reader, ask, picture

QUESTION = "How many Cubans crossed the border in March 2022?"


def test_the_table_asks_each_document_opens_its_quotes_and_is_saved(reader: Reader) -> None:
    page = reader(390, 800)
    ask(page, QUESTION)
    page.locator("#menu [data-do=table]").click()
    panel = page.locator("[data-panel=table]")
    expect(panel.get_by_label("Question for each document")).to_have_value(QUESTION)
    panel.get_by_role("button", name="Ask each").focus()
    page.keyboard.press("Enter")
    expect(panel.locator(".saves")).to_be_visible()
    expect(panel.get_by_role("status")).to_contain_text("of 5 documents")
    rows = panel.locator("tbody tr")
    expect(rows).to_have_count(5)
    for row in rows.all():
        assert (row.locator(".said button").count() == 0) == (row.locator("td").first.inner_text() == "")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the table scrolls in itself"
    picture(page, "table-light-390")
    assert Axe().run(page).response["violations"] == []

    with page.expect_download() as saved:
        panel.get_by_role("link", name="CSV").click()
    lines = list(csv.DictReader(io.StringIO(Path(saved.value.path()).read_text("utf-8-sig"), newline="")))
    quotes = [line["quote"] for line in lines]
    assert [bool(quote) for quote in quotes] == [row.locator(".said button").count() == 1 for row in rows.all()]
    with page.expect_download() as saved:
        panel.get_by_role("link", name="Workbook").click()
    book = openpyxl.load_workbook(io.BytesIO(Path(saved.value.path()).read_bytes()))
    assert [row[7].value or "" for row in list(book["Evidence"].rows)[1:]] == quotes

    quote = panel.locator(".said button").first
    words = quote.inner_text()
    quote.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-panel=source] mark").first).to_be_in_viewport()
    assert words.startswith(page.locator("[data-panel=source] mark").first.inner_text()[:20])
    page.go_back()
    expect(rows).to_have_count(5)
    page.go_forward()
    page.get_by_role("button", name="Back to the table").click()
    expect(rows).to_have_count(5)
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    page.locator("#menu [data-do=table]").click()
    expect(panel.locator("form")).to_be_visible()
    expect(rows).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Table", exact=True)).to_be_focused()

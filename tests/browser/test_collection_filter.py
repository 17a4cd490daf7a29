"""Collections on the page: a document is moved into one, it is asked alone, and the address keeps the choice."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Reader, ask, picture
from tests.serving import Server


def test_a_collection_is_made_asked_and_kept_in_the_address(reader: Reader, own_server: Server) -> None:
    page = reader(width=1500, height=900, at=own_server.address)
    page.locator("#menu [data-do=documents]").click()
    entry = page.locator("#panel .documents > li", has_text="NBC").first
    title = entry.locator("cite").inner_text()
    entry.locator("details summary").click()
    entry.get_by_label("Collection").fill("Border")
    entry.get_by_role("button", name="Save").click()
    expect(page.locator("#panel .documents > li", has_text=", in Border")).to_have_count(1)
    column = page.locator("#side-collection")
    expect(column.locator("option")).to_have_text(["All collections", "No collection", "Border"])
    page.keyboard.press("Escape")
    column.select_option("Border")
    expect(page.locator("#scope .chip")).to_have_text(re.compile("collection Border"))
    expect(page).to_have_url(re.compile("collections=Border"))
    expect(page.locator(".side-list cite")).to_have_text([re.compile(re.escape(title[:40]))])
    turn = ask(page, "How many Cubans were apprehended at the border in March?")
    expect(turn).to_contain_text("1 of 5")
    picture(page, "collection")
    page.reload()
    expect(page.locator("#scope .chip")).to_have_text(re.compile("collection Border"))
    page.locator("#side-collection").select_option("*")
    expect(page.locator("#scope .chip")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("collections="))

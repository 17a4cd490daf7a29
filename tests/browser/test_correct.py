"""A reader corrects what the library says of a document, on the page."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Reader, Server, picture


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_title_publisher_and_date_are_corrected_and_marked(
    reader: Reader, own_server: Server, scheme: str, width: int
) -> None:
    page = reader(width, 800, at=own_server.address, color_scheme=scheme)
    page.get_by_role("button", name="Documents", exact=True).click()
    first = page.locator("[data-panel=documents] li").first
    first.locator("summary").click()
    picture(page, f"correct-{scheme}-{width}")
    first.get_by_label("Publisher").fill("The Varn Herald")
    first.get_by_label("Date").fill("11 March 2022")
    first.get_by_role("button", name="Save").click()
    corrected = page.locator("[data-panel=documents] li", has_text="The Varn Herald (set by you)")
    expect(corrected).to_contain_text("11 March 2022 (set by you)", timeout=30_000)
    expect(corrected).not_to_contain_text("title set by you")
    picture(page, f"corrected-{scheme}-{width}")
    corrected.locator("summary").click()
    corrected.get_by_label("Date").fill("some day")
    corrected.get_by_role("button", name="Save").click()
    expect(page.locator(".panel")).to_contain_text("'some day' is not a date")

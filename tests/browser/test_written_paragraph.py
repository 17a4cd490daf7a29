"""What a language model makes of the quotes, on the real page: marked, linked, struck through, and nothing but text."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import Reader, ask, picture


def test_written_sentences_lead_to_their_quotes_or_are_struck_through(reader: Reader) -> None:
    page = reader(390, 800)
    turn = ask(page, "Who led the Cuban delegation?")
    quotes = turn.locator("figure.quote").all_inner_texts()
    fold = turn.locator("details.writing")
    assert fold.locator(".written").inner_text() == "", "nothing is written before it is asked for"
    fold.locator("summary").focus()
    page.keyboard.press("Enter")
    written = fold.locator(".written")
    struck = written.locator("s")
    expect(struck).to_contain_text("Nobody ever <b>counted</b> them.")
    expect(struck.locator(".unseen")).to_have_text("Struck through, because no quote says this: ")
    assert written.locator("b").count() == 0
    expect(fold.locator(".written-by")).to_contain_text("It is no quote.")
    assert turn.locator("figure.quote").all_inner_texts() == quotes
    fold.scroll_into_view_if_needed()
    picture(page, "written-light-390")
    assert Axe().run(page).response["violations"] == []
    written.locator("button").first.click()
    expect(page.locator("[data-panel=source] mark").first).to_be_in_viewport()
    page.keyboard.press("Escape")
    page.reload()
    expect(page.locator("details.writing .written")).to_have_text("Writing …")

"""What the address keeps, Back, two tabs, and what can be done with a single turn."""

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import LOADS_WITHIN, Reader, ask

QUESTION = "How many Cubans were apprehended at the border in March?"
OTHER = "Who led the Cuban delegation?"


def open_panel(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.locator(f"[data-panel={name.lower()}]")).to_be_visible(timeout=LOADS_WITHIN)


def second_tab(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    expect(page.locator("#question textarea")).to_be_visible(timeout=LOADS_WITHIN)
    return page


def test_a_reload_keeps_conversation_panel_filter_and_draft(reader: Reader) -> None:
    page = reader()
    ask(page, QUESTION)
    open_panel(page, "Documents")
    page.get_by_role("button", name="Only Trump admin says").click()
    expect(page.locator("#scope .chip")).to_be_visible()
    page.locator("#question textarea").fill("And what")
    page.wait_for_function("location.hash.includes('draft=And+what')")
    page.reload()
    expect(page.locator(".turns .question")).to_have_text([QUESTION], timeout=LOADS_WITHIN)
    expect(page.locator("[data-panel=documents]")).to_be_visible(timeout=LOADS_WITHIN)
    expect(page.locator("#scope .chip")).to_contain_text("Trump admin says")
    expect(page.locator("#question textarea")).to_have_value("And what")


def test_back_closes_a_panel_and_leads_to_the_conversation_before(reader: Reader) -> None:
    page = reader()
    ask(page, QUESTION)
    open_panel(page, "Timeline")
    page.go_back()
    expect(page.locator("#panel .panel")).to_have_count(0)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".turns .turn")).to_have_count(0)
    ask(page, OTHER)
    page.go_back()
    expect(page.locator(".turns .question")).to_have_text([QUESTION], timeout=LOADS_WITHIN)
    page.go_forward()
    expect(page.locator(".turns .question")).to_have_text([OTHER], timeout=LOADS_WITHIN)


def test_closing_a_panel_leaves_no_step_that_opens_it_again(reader: Reader) -> None:
    page = reader()
    ask(page, QUESTION)
    entries = page.evaluate("history.length")
    open_panel(page, "Documents")
    page.keyboard.press("Escape")
    expect(page.locator("#panel .panel")).to_have_count(0)
    page.wait_for_function("!location.hash.includes('panel')")
    assert page.evaluate("history.length") <= entries + 1
    page.reload()
    expect(page.locator(".turns .turn")).to_have_count(1, timeout=LOADS_WITHIN)
    expect(page.locator("#panel .panel")).to_have_count(0)


def test_a_turn_is_edited_asked_again_deleted_and_put_back_and_the_other_tab_follows(reader: Reader) -> None:
    page = reader()
    ask(page, QUESTION)
    ask(page, OTHER)
    tab = second_tab(page.context, page.url)
    expect(tab.locator(".turns .question")).to_have_text([QUESTION, OTHER], timeout=LOADS_WITHIN)
    turn = page.locator(".turns .turn").nth(1)
    turn.get_by_role("button", name="Edit").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("Does Cuba receive deportation flights?")
    page.keyboard.press("Enter")
    for each in (page, tab):
        expect(each.locator(".turns .question").nth(1)).to_have_text("Does Cuba receive deportation flights?")
    page.locator(".turns .turn").nth(1).locator(".byline").first.click()
    expect(page.locator("mark.chosen").first).to_be_in_viewport()
    page.locator(".turns .turn").first.get_by_role("button", name="Delete").click()
    for each in (page, tab):
        expect(each.locator(".turns .turn")).to_have_count(1)
    expect(page.locator("#panel .panel")).to_have_count(0)  # its place had the number of its turn
    page.locator("#hint").get_by_role("button", name="Undo").click()
    for each in (page, tab):
        expect(each.locator(".turns .question").first).to_have_text(QUESTION)
        expect(each.locator(".turns .turn")).to_have_count(2)


def test_a_question_that_has_its_answer_does_not_come_back(reader: Reader) -> None:
    page = reader()
    ask(page, QUESTION)
    page.evaluate("question => sessionStorage.setItem('question', question)", QUESTION)  # the tab was closed too early
    page.reload()
    expect(page.locator(".turns .turn")).to_have_count(1, timeout=LOADS_WITHIN)
    expect(page.locator("#question textarea")).to_have_value("")

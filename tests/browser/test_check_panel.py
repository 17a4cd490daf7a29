"""A reader checks a draft on the page: the report opens in the panel, and leads to the source."""

from playwright.sync_api import expect

from tests.browser.conftest import Reader, picture

DRAFT = "Reuters says “U.S. border authorities apprehended more than 42,000 Cubans at the U.S.-Mexico border”.\n"


def test_a_draft_is_compared_with_the_documents_of_the_filter(reader: Reader) -> None:
    page = reader(path="#publishers=NBC+News")
    page.get_by_role("button", name="Documents", exact=True).click()
    page.locator("#check summary").click()
    with page.expect_request(lambda request: "/api/check" in request.url) as asked:
        page.locator("[data-draft]").set_input_files(
            {"name": "draft.txt", "mimeType": "text/plain", "buffer": DRAFT.encode()}
        )
    assert "sources=NBC+News" in asked.value.url
    expect(page.locator("#check-report")).to_contain_text("1 quotation")


def test_a_draft_is_checked_in_the_panel_of_the_documents(reader: Reader) -> None:
    page = reader(1280, 800)
    page.get_by_role("button", name="Documents", exact=True).click()
    page.locator("#check summary").click()
    page.locator("[data-draft]").set_input_files(
        {"name": "draft.txt", "mimeType": "text/plain", "buffer": DRAFT.encode()}
    )
    report = page.locator("#check-report")
    expect(report).to_contain_text("1 quotation; 1 changed")
    expect(report.locator("del")).to_contain_text("42,000")
    expect(report.locator("ins")).to_contain_text("32,000")
    picture(page, "check-light-1280")
    report.locator("[data-do=open]").click()
    expect(page.locator("[data-panel=source] mark").first).to_contain_text("32,000")

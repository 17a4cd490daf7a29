"""The case file on the page: pin, note, order, what is missing, standing questions, right and wrong, and the export."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from retriever import Assistant
from retriever.casefile.database import CaseDatabase
from tests.browser.conftest import Reader, ask, picture
from tests.serving import Server

QUESTION = "How many Cubans were apprehended at the border in March?"
NOWHERE = "Who won the 1998 football World Cup?"


@pytest.fixture(autouse=True)
def _nothing_stays(server: Server) -> Iterator[None]:
    """The library is as it was for the other tests."""
    yield
    for log in ("", "-wal", "-shm"):
        CaseDatabase(server.library).file.with_name(f"casefile.db{log}").unlink(missing_ok=True)


def open_case_file(page: Page) -> None:
    page.locator("#menu [data-do=casefile]").click()
    expect(page.locator("[data-panel=casefile]")).to_be_visible()


def axe(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found] == []


def test_what_is_kept_of_answers_becomes_a_checked_document(reader: Reader, server: Server, tmp_path: Path) -> None:
    page = reader()
    turn = ask(page, QUESTION)
    for what, place, said in (("pin", 0, "Pinned"), ("right", 0, "Kept as right"), ("pin", 1, "Pinned")):
        turn.locator(f"[data-what={what}]:visible").nth(place).click()
        expect(page.locator("#hint .said")).to_contain_text(said)
    turn.get_by_role("button", name="Keep asking").click()
    expect(page.locator("#hint .said")).to_contain_text("asked again")
    refused = ask(page, NOWHERE)
    refused.get_by_role("button", name="as missing").click()
    expect(page.locator("#hint .said")).to_contain_text("missing")
    page.locator("#hint [data-do=casefile]").click()
    panel = page.locator("[data-panel=casefile]")
    expect(panel.locator(".pins > li")).to_have_count(2)
    first = panel.locator(".pins blockquote").first.inner_text()
    panel.locator("summary[aria-label^=Note]").first.click()
    panel.locator("textarea").first.fill("Compare “nobody ever said these words at all”.")
    panel.locator("[name=tags]").first.fill("border, <b>March</b>")
    panel.get_by_role("button", name="Save").first.click()
    expect(panel.locator(".own").first).to_contain_text("nobody ever said")
    panel.get_by_role("button", name="Move quote 1 down").press("Enter")
    expect(panel.locator(".pins blockquote").last).to_have_text(first)
    panel.locator("#missing-words").fill("Who counted them?")
    panel.locator("#missing-words").press("Enter")
    expect(panel.locator(".points li", has_text="Who counted them?")).to_be_visible()
    expect(panel.locator(".points li", has_text=NOWHERE)).to_contain_text("Not answered")
    with page.expect_download() as saved:
        panel.get_by_role("link", name="Word").click()
    exported = tmp_path / "dossier.docx"
    saved.value.save_as(exported)
    with Assistant.open(server.library) as assistant:
        report = assistant.check(exported)
    assert (report.is_clean, len(report.quotations)) == (True, 2)
    with page.expect_download() as saved:
        panel.get_by_role("link", name="PDF").click()
    saved.value.save_as(printed := tmp_path / saved.value.suggested_filename)
    assert (printed.suffix, printed.read_bytes()[:5]) == (".pdf", b"%PDF-")
    panel.locator("#missing-words").fill("Who is 𐘀?")
    panel.locator("#missing-words").press("Enter")
    expect(panel.locator(".points li", has_text="𐘀")).to_be_visible()
    panel.get_by_role("link", name="PDF").click()
    expect(panel.locator("#no-pdf")).to_contain_text("No font on this machine has 𐘀")
    panel.locator(".pins .entry").first.click()
    expect(page.locator("[data-panel=source] mark").first).to_be_visible()
    page.get_by_role("button", name="Back to the case file").click()
    panel.get_by_role("button", name="Take out quote 1").click()
    expect(panel.locator(".pins > li")).to_have_count(1)
    panel.locator(".undo button").click()
    expect(panel.locator(".pins > li")).to_have_count(2)
    panel.locator("#cases summary").click()
    panel.get_by_role("button", name="Remove the case").click()
    expect(panel.locator("#cases")).to_have_count(0)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_axe_finds_nothing_in_the_case_file(reader: Reader, scheme: str, width: int) -> None:
    page = reader(width, 800, color_scheme=scheme)
    turn = ask(page, QUESTION)
    turn.hover()
    picture(page, f"casefile-answer-{scheme}-{width}")
    turn.get_by_role("button", name="Pin quote 1 to the case file").click()
    expect(page.locator("#hint .said")).to_contain_text("Pinned")
    turn.get_by_role("button", name="Keep asking").click()
    turn.get_by_role("button", name="Wrong: quote 1").click()
    expect(page.locator("#hint .said")).to_contain_text("Kept as wrong")
    open_case_file(page)
    panel = page.locator("[data-panel=casefile]")
    panel.locator("summary[aria-label^=Note]").click()
    panel.locator("textarea").fill("Own words.")
    panel.get_by_role("button", name="Save").click()
    expect(panel.locator(".own")).to_be_visible()
    panel.locator("#cases summary").click()
    axe(page)
    picture(page, f"casefile-{scheme}-{width}")
    panel.locator("#cases").scroll_into_view_if_needed()
    picture(page, f"casefile-below-{scheme}-{width}")

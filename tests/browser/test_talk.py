"""Talk about the documents and the program, suggestions and the timeline, on the real page."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LOADS_WITHIN, Reader, ask
from tests.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.model]


def test_talk_is_answered_without_a_refusal(reader: Reader) -> None:
    page = reader()
    for number, (sentence, part) in enumerate(
        (
            ("thanks", ".told"),
            ("help", ".examples button"),
            ("list the documents", ".documents .entry"),
            ("What are these documents about?", ".most dt"),
            ("Compare what Reuters and AP say about the talks", ".topic"),
            ("Do they contradict each other?", ".told, .topic"),
        )
    ):
        ask(page, sentence)
        turn = page.locator(".turns > .turn").nth(number)
        expect(turn.locator(f".overview :is({part})").first).to_be_visible()
        expect(turn.locator(".refusal")).to_have_count(0)


def test_an_overview_opens_a_document_and_asks_a_question(reader: Reader) -> None:
    page = reader()
    ask(page, "Summarise the NBC article")
    overview = page.locator(".overview")
    expect(overview.locator("figure")).not_to_have_count(0)
    overview.locator(".byline").first.click()
    expect(page.locator("[data-panel=source] #panel-title")).to_contain_text("Trump admin")
    question = overview.locator(".examples button").first
    text = question.inner_text()
    question.click()
    answered = page.locator(".turns > .turn").nth(1)
    expect(answered.locator(".question")).to_have_text(text)
    expect(answered.locator(".quote.lead")).to_be_visible()
    expect(answered.locator(".refusal, .verdict")).to_have_count(0)


def test_under_an_answer_follow_ups_are_suggested_and_answered(reader: Reader) -> None:
    page = reader()
    ask(page, "Who led the Cuban delegation?")
    suggested = page.locator("#suggestions button")
    expect(suggested.first).to_be_visible(timeout=LOADS_WITHIN)  # found after the answer, by asking
    assert 1 <= suggested.count() <= 3
    text = suggested.first.inner_text()
    suggested.first.click()
    answered = page.locator(".turns > .turn").nth(1)
    expect(answered.locator(".question")).to_have_text(text)
    expect(answered.locator(".quote.lead")).to_be_visible()
    expect(answered.locator(".refusal, .verdict")).to_have_count(0)
    expect(page.locator("#suggestions button", has_text=text)).to_have_count(0)


def test_the_examples_are_of_the_documents_that_are_there(reader: Reader, own_server: Server) -> None:
    page = reader(at=own_server.address)
    examples = page.locator("#welcome .examples button")
    expect(examples).not_to_have_count(0)
    before = examples.all_inner_texts()
    page.locator("#menu [data-do=documents]").click()
    page.locator("[data-panel=documents] [data-do=remove]").first.click()
    expect(page.locator("#welcome h2")).to_contain_text("4 documents")
    expect(examples).not_to_have_count(0)
    assert examples.all_inner_texts() != before


def test_the_timeline_jumps_to_a_year_filters_by_document_and_asks(reader: Reader) -> None:
    page = reader()
    page.locator("#menu [data-do=timeline]").click()
    sheet = page.locator("[data-panel=timeline]")
    bars = sheet.locator(".axis button")
    expect(bars.first).to_be_visible()
    every = sheet.locator(".count").inner_text()
    bars.last.click()
    expect(sheet.locator(".chosen-year")).to_be_visible()
    expect(sheet.locator(".year")).to_have_count(1)
    sheet.locator(".chosen-year button").click()
    expect(sheet.locator(".chosen-year")).to_have_count(0)
    sheet.locator("select").select_option(index=1)
    expect(sheet.locator(".count")).not_to_have_text(every)
    about = sheet.locator("[data-do=ask]").first
    question = about.get_attribute("data-question") or ""
    about.click()
    expect(page.locator(".turns > .turn .question")).to_have_text(question)

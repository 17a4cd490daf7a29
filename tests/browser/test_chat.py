"""The chat page as a reader meets it: asks, reads, opens the source; by mouse, by keyboard, on a phone."""

import re
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LOADS_WITHIN, Reader, ask, picture

pytestmark = pytest.mark.browser

QUESTION = "How many Cubans were apprehended at the border in March?"


def test_a_question_is_answered_by_a_quote_with_its_publisher_title_and_place(reader: Reader) -> None:
    page = reader()
    ask(page, QUESTION)
    lead = page.locator(".quote.lead")
    expect(lead).to_contain_text("apprehended more than 32,000 Cubans at the U.S.-Mexico border in March")
    byline = lead.locator(".byline")
    expect(byline).to_contain_text("Reuters")
    expect(byline).to_contain_text("U.S., Cuba to hold high-level migration talks in Washington")
    expect(byline).to_contain_text(re.compile(r"paragraph \d+"))
    expect(page.locator("#hint").get_by_role("status")).to_contain_text("32,000 Cubans")


def test_the_byline_opens_the_source_at_the_highlighted_quote(reader: Reader) -> None:
    page = reader()
    ask(page, QUESTION)
    page.locator(".byline").first.click()
    source = page.get_by_role("dialog", name="U.S., Cuba to hold high-level migration talks in Washington")
    expect(source.locator(".masthead")).to_contain_text("Reuters")
    chosen = source.locator("mark.chosen")
    expect(chosen).to_contain_text("apprehended more than 32,000 Cubans")
    expect(chosen).to_be_in_viewport(ratio=1)
    expect(source.locator(".furniture").first).to_have_text("Share post:")
    source.get_by_role("button", name="Next").click()
    expect(page.get_by_role("dialog").locator(".count")).to_contain_text("Quote 2 of")  # perhaps of another document


def test_what_the_documents_do_not_say_is_refused_with_what_they_cover(reader: Reader) -> None:
    page = reader()
    ask(page, "Who won the 1998 football World Cup?")
    expect(page.locator(".refusal")).to_have_text("These documents don’t say.")
    expect(page.locator(".quote.lead")).to_have_count(0)
    page.locator(".topics button").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_every_example_has_a_clear_answer(reader: Reader) -> None:
    page = reader()
    examples = page.locator(".examples button").all_inner_texts()
    assert len(examples) == 5
    for number, example in enumerate(examples):
        if number == 0:
            page.get_by_role("button", name=example).click()
        else:
            ask(page, example)
        turn = page.locator(".turn").nth(number)
        expect(turn.locator(".quote.lead")).to_be_visible(timeout=LOADS_WITHIN)
        expect(turn.locator(".verdict")).to_have_count(0)


def test_the_keyboard_alone_asks_opens_and_comes_back(reader: Reader) -> None:
    page = reader()
    expect(page.locator("#question textarea")).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".quote.lead")).to_be_visible(timeout=LOADS_WITHIN)
    number = page.locator(".quote.lead .number")
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if number.evaluate("element => element === document.activeElement"):
            break
    expect(number).to_be_focused()
    assert number.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("mark.chosen")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(number).to_be_focused()


@pytest.mark.parametrize("width", [320, 390])
def test_on_a_phone_the_source_slides_over_the_chat_and_closes(reader: Reader, width: int) -> None:
    page = reader(width, 700)
    ask(page, QUESTION)
    page.locator(".byline").first.click()
    expect(page.locator("mark.chosen")).to_be_in_viewport()
    expect(page.locator("#chat")).to_have_attribute("inert", "")
    page.wait_for_function("document.querySelector('.panel').getBoundingClientRect().left === 0")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.locator("#chat")).not_to_have_attribute("inert", "")
    expect(page.locator(".byline").first).to_be_focused()


@pytest.mark.parametrize(("scheme", "paper"), [("light", "rgb(251, 248, 241)"), ("dark", "rgb(22, 21, 19)")])
def test_light_and_dark_follow_the_system(reader: Reader, scheme: str, paper: str) -> None:
    page = reader(color_scheme=scheme)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == paper


def test_an_empty_question_asks_nothing_and_says_what_to_do(reader: Reader) -> None:
    page = reader()
    page.locator("#question textarea").fill("   ")
    page.keyboard.press("Enter")
    expect(page.locator("#hint").get_by_role("status")).to_have_text("Type a question first, then press Enter.")
    expect(page.locator(".turn")).to_have_count(0)


def test_a_question_without_words_gets_one_clear_sentence_and_the_next_is_answered(reader: Reader) -> None:
    page = reader()
    ask(page, "🙂🙂")
    expect(page.locator(".error")).to_have_text(re.compile(r"^The question .*\.$"))
    ask(page, QUESTION)
    expect(page.locator(".quote.lead")).to_be_visible()


def test_mark_up_in_a_question_is_shown_and_not_run(reader: Reader) -> None:
    page = reader()
    hostile = "<img src=x onerror='document.title=1'> ${document.title=2} {{value}} Cubans in March?"
    ask(page, hostile)
    expect(page.locator(".turn img")).to_have_count(0)
    expect(page).to_have_title("Ibid")


def test_each_tab_has_its_own_conversation_and_can_begin_a_new_one(reader: Reader) -> None:
    one, other = reader(), reader()
    ask(one, QUESTION)
    expect(other.locator(".turn")).to_have_count(0)
    one.get_by_role("button", name="New conversation").click()
    expect(one.locator(".turn")).to_have_count(0)
    expect(one.locator(".welcome")).to_be_visible()


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}, {"Origin": "null"}], ids=str
)
def test_foreign_hosts_and_origins_are_refused(address: str, headers: dict[str, str]) -> None:
    connection = HTTPConnection(urlsplit(address).netloc, timeout=20)
    connection.request("GET", "/config", headers=headers)
    assert connection.getresponse().status == 403
    connection.close()


def test_every_answer_carries_the_content_security_policy(address: str) -> None:
    connection = HTTPConnection(urlsplit(address).netloc, timeout=20)
    connection.request("GET", "/")
    policy = connection.getresponse().headers["Content-Security-Policy"]
    connection.close()
    assert "connect-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


def test_one_conversation_tells_who_agrees_and_who_differs(reader: Reader) -> None:
    """The articles' own cases; the picture is `docs/pictures/sources.png`."""
    page = reader(width=900, height=4800)
    rounding = ask(page, "How many Cubans were apprehended at the border in March?")
    expect(rounding.locator(".differing")).to_contain_text("Roughly the same")
    expect(rounding.locator(".differing .value")).to_contain_text(["more than 32,000", "32,500"])
    expect(rounding.locator(".quote.lead strong")).to_have_text("more than 32,000")
    led = ask(page, "Who led the Cuban delegation?")
    expect(led.locator(".same > summary").first).to_have_text(re.compile("Also in [23] other sources"))
    expect(led.locator(".differing")).to_have_count(0)
    first = ask(page, "Since when had migration talks not been held?")
    expect(first.locator(".quote.lead strong")).to_have_text("2018")
    met = ask(page, "On what date did U.S. and Cuban officials meet in Washington?")
    expect(met.locator(".quote.lead strong")).to_have_text(re.compile("^April 21"))
    changed = ask(page, "Does Cuba receive deportation flights?")
    expect(changed.locator(".differing")).to_contain_text("Changed over time")
    expect(changed.locator(".differing .named")).to_contain_text(["2022", "2025"])
    expect(changed.locator(".quote.lead strong")).to_contain_text("will continue receiving deportation flights")
    page.locator(".turn").first.scroll_into_view_if_needed()
    end = changed.locator(".quote").last.bounding_box()
    assert end is not None
    picture(page, "sources", clip={"x": 0, "y": 0, "width": 900, "height": end["y"] + end["height"] + 24})

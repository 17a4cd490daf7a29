"""The rest of the page: documents, filters, conversations, links, exports, bad input, and what everyone can use."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect
from reportlab.pdfgen.canvas import Canvas

from retriever.web.auth import Passwords
from tests.browser.conftest import LOADS_WITHIN, Reader, Server, ask, picture

pytestmark = pytest.mark.browser

QUESTION = "How many Cubans were apprehended at the border in March?"
LEAD = "apprehended more than 32,000 Cubans"
BALLOON = "The balloon over Varn rose in June 1987. Its pilot was Nora Vale, who had built it in a barn."


@pytest.fixture
def balloon(tmp_path: Path) -> Path:
    """A PDF of two pages; the second tells of a balloon."""
    file = tmp_path / "balloon.pdf"
    canvas = Canvas(str(file))
    canvas.setTitle("A balloon")
    canvas.drawString(72, 720, "The island of Varn has a harbour and a lighthouse.")
    canvas.showPage()
    for line, words in enumerate(BALLOON.split(". ")):
        canvas.drawString(72, 720 - 20 * line, words if words.endswith(".") else f"{words}.")
    canvas.save()
    return file


def open_sheet(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.locator(f"[data-panel={name.lower()}]")).to_be_visible()


def remove(page: Page, title: str) -> None:
    page.get_by_role("button", name=f"Remove {title}").click()
    expect(page.locator(".undo")).to_contain_text(f"Removed “{title}”")


# Signing in and out


@pytest.fixture
def guarded(tmp_path: Path, server: Server) -> Iterator[Server]:
    """A server where readers sign in."""
    Passwords(tmp_path / "passwords").set("ada", "a lamp of 1904")
    own = Server(tmp_path, server.library, "--auth", "ada")
    own.start()
    yield own
    own.stop()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_a_reader_signs_in_and_out_in_any_light_and_width(
    browser: Browser, guarded: Server, scheme: Any, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.goto(guarded.address)
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill("a guess")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("Wrong name or password.")
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    picture(page, f"sign-in-{scheme}")
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill("a lamp of 1904")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".documents li").first).to_be_attached(timeout=LOADS_WITHIN)
    leave = page.get_by_role("button", name="Sign out")
    box = leave.bounding_box()
    assert box
    assert box["x"] + box["width"] <= width - 16, "the page's margin"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    picture(page, f"signed-in-{scheme}")
    leave.click()
    expect(page.get_by_label("Password")).to_be_visible()
    page.goto(guarded.address)
    expect(page.get_by_label("Password")).to_be_visible()
    context.close()


# Documents


def test_a_pdf_is_added_answers_on_its_page_and_is_removed_and_brought_back(reader: Reader, balloon: Path) -> None:
    page = reader()
    open_sheet(page, "Documents")
    empty = balloon.with_name("empty.txt")
    empty.write_text("")
    page.locator("input[type=file]:not([data-draft])").set_input_files([balloon, empty])
    uploads = page.locator(".uploads[data-done]")
    expect(uploads).to_contain_text("balloon.pdf added", timeout=LOADS_WITHIN)
    expect(uploads.locator(".skipped")).to_contain_text("empty.txt skipped: it is empty")
    expect(page.locator(".panel .documents li")).to_have_count(6)
    picture(page, "documents-added")
    page.get_by_role("button", name="Dismiss").click()
    expect(uploads).to_have_count(0)

    turn = ask(page, "Who was the pilot of the balloon?")
    expect(turn.locator(".quote.lead")).to_contain_text("Nora Vale")
    expect(turn.locator(".quote.lead .byline")).to_contain_text("page 2")
    turn.locator(".byline").first.click()
    expect(page.locator(".box.chosen").first).to_be_in_viewport()
    page.get_by_role("button", name="Text", exact=True).click()
    expect(page.locator(".panel .page")).to_have_text(["Page 1", "Page 2"])
    expect(page.locator("mark.chosen").first).to_be_in_viewport()

    open_sheet(page, "Documents")
    remove(page, "A balloon")
    assert "Nora Vale" not in ask(page, "Who was the balloon's pilot?").inner_text()
    open_sheet(page, "Timeline")
    open_sheet(page, "Documents")  # the way back is still there
    page.locator(".undo").get_by_role("button", name="Undo").click()
    expect(page.locator(".panel .documents li")).to_have_count(6)
    expect(ask(page, "Who was the pilot of the balloon?").locator(".quote.lead")).to_contain_text("Nora Vale")
    remove(page, "A balloon")
    expect(page.locator(".panel .documents li")).to_have_count(5)
    page.locator(".turn").first.locator(".byline").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("This document has been removed")


def test_files_that_are_dropped_on_the_page_are_added(reader: Reader) -> None:
    page = reader()
    dropped = page.evaluate_handle(
        """() => { const data = new DataTransfer();
        data.items.add(new File(["The kite of Varn flew over Port Elm for nine hours."], "the-kite-of-varn.txt"));
        data.items.add(new File(["MZ\\0"], "setup.exe")); return data; }"""
    )
    page.dispatch_event("#chat", "dragover", {"dataTransfer": dropped})
    expect(page.locator("body")).to_have_class(re.compile("dropping"))
    page.dispatch_event("#chat", "drop", {"dataTransfer": dropped})
    uploads = page.locator(".uploads[data-done]")
    expect(uploads.locator("li")).to_have_text(
        [re.compile("setup.exe skipped: it is a program"), re.compile("the-kite-of-varn.txt added: 1 passage")],
        timeout=LOADS_WITHIN,
    )
    expect(page.locator(".welcome")).to_contain_text("Ask about these 6 documents")
    open_sheet(page, "Documents")
    page.get_by_role("button", name="Remove the kite of varn").click()
    expect(page.locator(".panel .documents li")).to_have_count(5)


def test_a_file_of_500_megabytes_is_refused_before_it_is_sent(reader: Reader) -> None:
    page = reader()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "uploads" in request.url else None)
    page.evaluate(
        """() => { const file = new File(["x"], "dump.txt"); Object.defineProperty(file, "size", { value: 5e8 });
        document.dispatchEvent(new CustomEvent("ibid:files", { detail: [file] })); }"""
    )
    expect(page.locator(".uploads .skipped")).to_contain_text("too large: files must be smaller than 50 MB")
    assert sent == []


def test_a_document_is_found_in_the_list_while_its_words_are_typed(reader: Reader) -> None:
    page = reader()
    open_sheet(page, "Documents")
    page.get_by_label("Find a document").press_sequentially("nbc 2025")
    expect(page.locator(".panel .documents li")).to_have_count(1)
    expect(page.get_by_label("Find a document")).to_be_focused()
    expect(page.get_by_label("Find a document")).to_have_value("nbc 2025")


def test_only_some_documents_are_asked_until_all_are_again(reader: Reader) -> None:
    page = reader()
    open_sheet(page, "Documents")
    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("NBC News").check()
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#scope .chip")).to_contain_text("NBC News")
    expect(page.locator(".panel .left-out")).to_have_count(4)
    picture(page, "filtered")
    turn = ask(page, QUESTION)
    assert LEAD not in turn.inner_text()
    page.locator("#scope").get_by_role("button", name="Clear").click()
    page.locator("#question textarea").focus()
    expect(page.locator("#scope .chip")).to_have_count(0)
    expect(page.locator(".panel .left-out")).to_have_count(0)
    expect(page.locator("#question textarea")).to_be_focused()  # the list was renewed meanwhile
    expect(ask(page, QUESTION).locator(".quote.lead")).to_contain_text(LEAD)


def test_a_filter_by_date_leaves_out_what_is_older(reader: Reader) -> None:
    page = reader()
    open_sheet(page, "Documents")
    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("From").fill("2024-01-01")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#scope .chip")).to_contain_text("from 1 January 2024")
    page.get_by_role("button", name="Close", exact=True).click()
    turn = ask(page, "Who won the 1998 football World Cup?")
    turn.get_by_role("button", name="Ask all of them").click()
    expect(page.locator(".turn")).to_have_count(2)


# Conversations


def test_a_conversation_is_found_again_renamed_deleted_and_brought_back(reader: Reader) -> None:
    page = reader()
    ask(page, QUESTION)
    expect(page).to_have_url(re.compile("#conversation="))
    page.reload()
    expect(page.locator(".quote.lead")).to_contain_text(LEAD, timeout=LOADS_WITHIN)
    page.locator(".byline").first.click()
    expect(page.locator("mark.chosen")).to_contain_text(LEAD)

    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".turn")).to_have_count(0)
    ask(page, "Who led the Cuban delegation?")
    open_sheet(page, "Conversations")
    expect(page.locator(".conversations cite")).to_have_text(["Who led the Cuban delegation?", QUESTION])
    page.get_by_label("Find a conversation").fill("apprehended")
    expect(page.locator(".conversations cite")).to_have_text([QUESTION])
    page.locator(".conversations .entry").click()
    expect(page.locator(".turn .question")).to_have_text([QUESTION])

    open_sheet(page, "Conversations")
    expect(page.locator(".conversations cite")).to_have_count(2)
    page.get_by_label(f"Rename {QUESTION}").click()
    page.get_by_label("New name").filter(visible=True).fill("Figures of March")
    page.get_by_role("button", name="Rename", exact=True).filter(visible=True).click()
    expect(page.locator(".conversations cite").first).to_have_text(re.compile("Figures of March|Who led"))
    picture(page, "conversations")
    page.get_by_role("button", name="Delete Figures of March").click()
    expect(page.locator(".conversations cite")).to_have_text(["Who led the Cuban delegation?"])
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".conversations cite")).to_have_count(2)
    page.get_by_text("Delete all conversations").click()
    page.get_by_role("button", name="Delete all 2").click()
    expect(page.locator(".conversations")).to_contain_text("No conversations yet")


def test_a_question_waits_for_the_conversation_that_is_on_its_way(reader: Reader) -> None:
    page = reader()
    ask(page, QUESTION)
    held: list[Route] = []

    def hold(route: Route) -> None:
        sent = route.request.post_data_json
        held.append(route) if "conversation" in (sent["event_data"] or {}) else route.continue_()

    page.route("**/queue/join*", hold)
    page.reload()
    field = page.locator("#question textarea")
    field.fill("Who led the Cuban delegation?")
    expect(page.locator("body.leaving")).to_be_attached()
    field.press("Enter")
    page.wait_for_timeout(500)
    expect(field).to_have_value("Who led the Cuban delegation?")
    for route in held:
        route.continue_()
    questions = page.locator(".turns .question")
    expect(questions).to_have_text([QUESTION, "Who led the Cuban delegation?"], timeout=LOADS_WITHIN)
    expect(field).to_have_value("")


def test_two_readers_do_not_see_each_other_s_conversations_and_two_tabs_have_their_own(reader: Reader) -> None:
    one, other = reader(), reader()
    ask(one, QUESTION)
    tab = one.context.new_page()
    tab.goto(one.url.split("#")[0])
    expect(tab.locator(".welcome")).to_be_visible()
    expect(tab.locator(".turn")).to_have_count(0)
    open_sheet(other, "Conversations")
    expect(other.locator(".conversations")).to_contain_text("No conversations yet")
    other.goto(one.url)
    other.reload()
    expect(other.locator("#hint")).to_contain_text("conversation", timeout=LOADS_WITHIN)
    expect(other.locator(".turn")).to_have_count(0)


def test_a_conversation_is_exported_with_quotes_places_and_digests(reader: Reader) -> None:
    page = reader()
    ask(page, QUESTION)
    open_sheet(page, "Conversations")
    with page.expect_download() as download:
        page.get_by_label(f"Export {QUESTION} as JSON").click()
    [turn] = json.loads(download.value.path().read_text(encoding="utf-8"))["turns"]
    assert LEAD in turn["quotes"][0]["text"]
    assert re.fullmatch("[0-9a-f]{64}", turn["documents"][0]["sha256"])
    with page.expect_download() as download:
        page.get_by_label(f"Export {QUESTION} as Markdown").click()
    text = download.value.path().read_text(encoding="utf-8")
    assert download.value.suggested_filename.endswith(".md")
    assert "Reuters" in text
    assert "paragraph" in text


def test_the_link_of_a_quote_opens_its_source_there(reader: Reader) -> None:
    page = reader()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    turn = ask(page, QUESTION)
    turn.get_by_role("button", name="Copy link").first.click()
    expect(turn.get_by_role("button", name="Copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    turn.get_by_role("button", name="Copy with citation").first.click()
    page.wait_for_function("navigator.clipboard.readText().then((text) => text.includes('Reuters'))")
    other = page.context.new_page()
    other.goto(link)
    expect(other.locator("mark.chosen")).to_contain_text(LEAD, timeout=LOADS_WITHIN)
    expect(other.locator("mark.chosen")).to_be_in_viewport()


def test_what_was_understood_can_be_changed_and_asked_again(reader: Reader) -> None:
    page = reader()
    ask(page, "Who is Carlos Fernandez de Cossio?")
    turn = ask(page, "What did he criticize?")
    understood = "Asked as: “What did Carlos Fernandez de Cossio criticize?”"
    expect(turn.locator("details.understood")).to_contain_text(understood)
    turn.locator(".understood summary").click()
    turn.get_by_label("The question, as Ibid should understand it").fill(QUESTION)
    picture(page, "understood")
    turn.get_by_role("button", name="Ask again").click()
    expect(page.locator(".turn .question").last).to_have_text(QUESTION)
    last = page.locator(".turn").last
    expect(last.locator(".understood")).to_have_count(0)
    expect(last.locator(".quote.lead")).to_contain_text(LEAD)


def test_what_is_typed_while_an_answer_comes_stays_in_the_field(reader: Reader) -> None:
    page = reader()
    field = page.locator("#question textarea")
    field.fill(QUESTION)
    field.press("Enter")
    expect(field).to_have_value("")
    page.keyboard.type("Who led the Cuban")
    expect(page.locator(".turns .turn")).to_have_count(1, timeout=LOADS_WITHIN)
    expect(field).to_have_value("Who led the Cuban")


def test_an_empty_understanding_asks_nothing_and_the_next_question_is_answered(reader: Reader) -> None:
    page = reader()
    ask(page, "Who is Carlos Fernandez de Cossio?")
    turn = ask(page, "What did he criticize?")
    turn.locator(".understood summary").click()
    turn.get_by_label("The question, as Ibid should understand it").fill("   ")
    turn.get_by_role("button", name="Ask again").click()
    expect(page.locator("#hint")).to_contain_text("Type a question first")
    expect(ask(page, QUESTION).locator(".quote.lead")).to_contain_text(LEAD)


def test_next_walks_through_the_quotes_of_one_document_without_loading_it_again(reader: Reader) -> None:
    page = reader()
    ask(page, QUESTION)
    page.locator(".byline").first.click()
    count = page.locator(".panel .count")
    expect(count).to_have_text(re.compile("Quote 1 of"))
    total = int(count.inner_text().split()[-1])
    for number in [*range(2, total + 1), 1]:
        page.get_by_role("button", name="Next", exact=True).click()
        expect(count).to_have_text(f"Quote {number} of {total}")
        expect(page.locator("mark.chosen").first).to_be_in_viewport()
        expect(page.locator(".rail [aria-current=true]")).to_have_attribute("aria-label", f"Quote {number}")


def test_seven_tabs_can_be_open_at_once(reader: Reader) -> None:
    page = reader()
    for _ in range(6):
        page = page.context.new_page()
        page.goto(page.context.pages[0].url)
        expect(page.locator(".examples li")).to_have_count(5, timeout=LOADS_WITHIN)
    expect(ask(page, QUESTION).locator(".quote.lead")).to_contain_text(LEAD)


# When things go wrong


def test_a_server_that_stops_is_said_and_the_page_goes_on_when_it_is_back(reader: Reader, own_server: Server) -> None:
    page = reader(at=own_server.address)
    ask(page, QUESTION)
    own_server.kill()
    page.locator("#question textarea").fill("Who led the Cuban delegation?")
    page.keyboard.press("Enter")
    expect(page.locator("#hint")).to_contain_text("Ibid has stopped", timeout=LOADS_WITHIN)
    picture(page, "stopped")
    own_server.start()
    expect(page.locator("#hint")).not_to_contain_text("stopped", timeout=LOADS_WITHIN)  # now it is loaded anew
    expect(page.locator(".turn .question")).to_have_text([QUESTION], timeout=LOADS_WITHIN)
    expect(page.locator("#question textarea")).to_have_value("Who led the Cuban delegation?", timeout=LOADS_WITHIN)
    page.locator("#question textarea").press("Enter")
    expect(page.locator(".turn")).to_have_count(2, timeout=LOADS_WITHIN)


def test_a_library_that_vanished_is_said_in_a_sentence(reader: Reader, own_server: Server) -> None:
    page = reader(at=own_server.address)
    ask(page, QUESTION)
    for file in own_server.library.glob("library.db*"):
        file.unlink()
    turn = ask(page, "Who led the Cuban delegation?")
    expect(turn.locator(".error, .quote.lead").first).to_be_visible()
    assert "Traceback" not in own_server.log


@pytest.mark.parametrize(
    "question",
    [
        "word " * 10_000,
        "<script>document.title='run'</script>",
        "**bold** [x](javascript:alert(1)) ![i](//evil.example/i)",
    ],
    ids=["10,000 words", "script", "markdown"],
)
def test_a_bad_question_gets_one_sentence_or_an_answer_and_nothing_runs(reader: Reader, question: str) -> None:
    page = reader()
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".turn")).to_have_count(1, timeout=LOADS_WITHIN)
    said = page.locator(".turn .error, .turn .refusal, .turn .quote.lead, .turn .told")
    expect(said.first).to_be_visible()
    expect(page.locator(".turn a:not([download]), .turn img, .turn .question strong")).to_have_count(0)
    expect(page).to_have_title("Ibid")


def test_hostile_names_and_documents_are_shown_as_text(reader: Reader) -> None:
    page = reader()
    page.evaluate(
        """() => { const text = "<script>document.title='run'</script> The <img src=x onerror=document.title='run'>"
        + " whale of Varn weighed 40 tons. [link](javascript:alert(1)) {{value}} ${document.title='run'}";
        const file = new File([text], "<img src=x onerror=document.title='run'>.txt");
        document.dispatchEvent(new CustomEvent("ibid:files", { detail: [file] })); }"""
    )
    expect(page.locator(".uploads[data-done] .added")).to_be_visible(timeout=LOADS_WITHIN)
    turn = ask(page, "How much did the whale of Varn weigh?")
    turn.locator(".byline").first.click()
    expect(page.locator("mark.chosen")).to_contain_text("40 tons")
    open_sheet(page, "Documents")
    expect(page.locator("#layout img, #layout script")).to_have_count(0)
    expect(page).to_have_title("Ibid")
    page.locator(".panel .documents li", has_text="onerror").get_by_role("button", name="Remove").click()
    expect(page.locator(".panel .documents li")).to_have_count(5)


# Time


def test_the_timeline_opens_a_source_at_the_event_and_takes_the_reader_back(reader: Reader) -> None:
    page = reader()
    open_sheet(page, "Timeline")
    sheet = page.locator("[data-panel=timeline]")
    expect(sheet.locator("h3").first).to_have_text("1990s")
    point = sheet.locator(".point", has_text="Over 900,000 people were allowed in the country")
    point.click()
    expect(page.locator("[data-panel=source] mark")).to_contain_text("Over 900,000 people")
    expect(page.locator("[data-panel=source] mark")).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Back to the timeline").click()
    expect(point).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Timeline")).to_be_focused()


def test_the_timeline_is_found_by_words_and_is_of_what_is_asked(reader: Reader) -> None:
    page = reader()
    open_sheet(page, "Timeline")
    page.get_by_label("Find an event").fill("nicaragua")
    points = page.locator("[data-panel=timeline] .point")
    expect(points).to_have_count(1)
    expect(points).to_contain_text("November 2021")
    open_sheet(page, "Documents")
    page.get_by_role("button", name="Only Trump admin says").click()
    expect(page.locator("#scope")).to_contain_text("1 of 5 documents")
    open_sheet(page, "Timeline")
    expect(page.locator("[data-panel=timeline]")).to_contain_text("From 1 of 5 documents")
    expect(points.locator(".origin", has_not_text="NBC News")).to_have_count(0)
    expect(points).not_to_have_count(0)


# Several sources


def test_what_changed_over_time_stands_in_order_and_opens_each_source(reader: Reader) -> None:
    page = reader()
    turn = ask(page, "Does Cuba receive deportation flights?")
    differing = turn.get_by_role("group", name="Changed over time")
    expect(differing.locator("li")).to_contain_text(["Reuters, April 2022", "NBC News, 2025"])
    expect(page.locator("#hint").get_by_role("status")).to_contain_text("Changed over time: not accepted")
    differing.locator("li button").last.click()
    expect(page.locator("mark.chosen")).to_contain_text("continue receiving deportation flights")


def test_values_that_only_round_each_other_are_said_to_be_roughly_the_same(reader: Reader) -> None:
    page = reader()
    turn = ask(page, QUESTION)
    expect(turn.get_by_role("group", name="Roughly the same")).to_contain_text("more than 32,000")
    expect(turn.locator(".quote.lead .byline")).to_contain_text("speaks of March 2022")
    turn.get_by_text("Also in 2 other sources").click()
    expect(turn.locator(".same blockquote").first).to_contain_text("32,500")


# For everyone


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(reader: Reader, scheme: str, width: int) -> None:
    page = reader(width, 800, color_scheme=scheme)
    seen = "dark" if scheme == "dark" else "light"

    def check(name: str) -> None:
        picture(page, f"{name}-{seen}-{width}")
        found = Axe().run(page).response["violations"]
        assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found] == []

    check("welcome")
    ask(page, QUESTION)
    page.locator(".why summary").first.click()
    ask(page, "Who won the 1998 football World Cup?")
    check("refusal")
    page.locator(".byline").first.click()
    expect(page.locator("mark.chosen")).to_be_visible()
    check("source")
    page.keyboard.press("Escape")
    open_sheet(page, "Documents")
    page.get_by_text("Filter", exact=True).click()
    check("documents")
    page.keyboard.press("Escape")
    open_sheet(page, "Timeline")
    check("timeline")
    page.keyboard.press("Escape")
    open_sheet(page, "Conversations")
    check("conversations")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Look and shortcuts").click()
    check("look")
    page.keyboard.press("Escape")
    turn = page.locator(".turns .turn").first
    turn.hover()
    turn.get_by_role("button", name="Edit").click()
    check("edit")


@pytest.mark.parametrize("width", [320, 390, 1024, 1280, 3840])
def test_nothing_is_cut_off_at_any_width(reader: Reader, width: int) -> None:
    page = reader(width, 900)
    ask(page, QUESTION)
    for name in ("Documents", "Timeline", "Conversations"):
        open_sheet(page, name)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        bylines = page.locator("figcaption:visible")
        assert bylines.evaluate_all("all => all.length && all.every(one => one.scrollWidth <= one.clientWidth)")
        page.keyboard.press("Escape")
    picture(page, f"answer-{width}")


def test_the_keyboard_alone_opens_the_lists_and_comes_back(reader: Reader) -> None:
    page = reader()
    page.keyboard.press("Tab")
    page.locator("#menu button").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The documents", exact=True).last).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#menu button").first).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#question textarea")).to_be_focused()
    ask(page, QUESTION)
    page.keyboard.press("ArrowUp")
    expect(page.locator("#question textarea")).to_have_value(QUESTION)


def test_a_book_opens_at_its_quote(reader: Reader, tmp_path: Path) -> None:
    page = reader()
    book = tmp_path / "book-of-lamps.txt"
    chapters = [f"In the year {year} the keeper of lamp {year} wrote nothing.\n\n" for year in range(1000, 3000)]
    book.write_text("".join([*chapters[:1700], "The green whale of Varn sang for nine nights.\n\n", *chapters[1700:]]))
    open_sheet(page, "Documents")
    page.locator("input[type=file]:not([data-draft])").set_input_files(book)
    expect(page.locator(".uploads[data-done]")).to_contain_text("book-of-lamps.txt added", timeout=LOADS_WITHIN)
    page.get_by_role("button", name="Dismiss").click()
    ask(page, "How long did the green whale sing?").locator(".byline").first.click()
    expect(page.locator("mark.chosen")).to_contain_text("nine nights")
    page.wait_for_timeout(500)
    expect(page.locator("mark.chosen")).to_be_in_viewport(ratio=1)
    open_sheet(page, "Documents")
    page.get_by_role("button", name="Remove book of lamps").click()
    expect(page.locator(".panel .documents li")).to_have_count(5)


def test_the_page_speaks_the_browser_s_language_and_the_one_that_its_reader_chooses(reader: Reader) -> None:
    page = reader(390, 844, locale="de-AT")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator("#question textarea")).to_have_attribute("placeholder", "Fragen Sie die Dokumente")
    turn = ask(page, "How many Cubans were apprehended at the border in March?")
    expect(turn.locator(".lead .byline").first).to_contain_text("etwa April 2022")
    expect(turn.locator(".lead blockquote").first).to_have_attribute("lang", "en")
    picture(page, "german-390")
    page.locator("#menu [data-do=look]").click()
    page.get_by_label("Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator(".turn .lead .byline").first).to_contain_text("date estimée : avril 2022")
    expect(page.locator("#ask")).to_have_text("Demander")
    page.locator("#menu [data-do=look]").click()
    page.get_by_label("Comme le navigateur").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")

"""The column of documents, folders that are followed, pasted texts, what a citation shows; paper and look."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import LOADS_WITHIN, Reader, ask, picture
from tests.serving import Server

QUESTION = "How many Cubans were apprehended at the border in March?"


def test_ticked_documents_are_asked_and_the_conversation_keeps_them(reader: Reader) -> None:
    page = reader(width=1440, height=900)
    ask(page, QUESTION)
    boxes = page.locator("#sidebar [type=checkbox]")
    expect(boxes).to_have_count(5)
    boxes.nth(0).check()
    expect(page.locator("#scope")).to_contain_text("1 of 5 documents")
    boxes.nth(1).check()
    expect(page.locator("#scope .chip")).to_contain_text("2 documents")
    picture(page, "column")
    page.get_by_role("button", name="New conversation").click()
    page.locator("#scope .chip").click()
    expect(page.locator("#scope .chip")).to_have_count(0)
    page.locator("#sidebar").get_by_role("button", name=QUESTION).click()
    expect(page.locator("#scope .chip")).to_contain_text("2 documents", timeout=LOADS_WITHIN)


def test_the_column_is_searched_and_sorted(reader: Reader) -> None:
    page = reader(width=1440, height=900)
    entries = page.locator("#sidebar .side-list").first.locator("li")
    expect(entries).to_have_count(5)
    page.locator("#side-order").select_option("title")
    expect(entries.first).to_contain_text("003 us cuba")
    page.locator("#side-find").fill("reuters")
    expect(entries).to_have_count(1)
    expect(page.locator("#side-find")).to_be_focused()


def test_a_citation_shows_its_passage_to_pointer_and_keyboard(reader: Reader) -> None:
    page = reader()
    turn = ask(page, QUESTION)
    turn.locator(".number").first.hover()
    expect(page.get_by_role("tooltip").locator("mark")).to_contain_text("apprehended more than 32,000 Cubans")
    page.keyboard.press("Escape")
    expect(page.get_by_role("tooltip")).to_have_count(0)


def test_a_folder_is_followed_and_a_text_is_pasted(reader: Reader, own_server: Server, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "gull.txt").write_text("The gull\n\nThe gull of Varn laid three eggs in 1907.\n")
    page = reader(at=own_server.address)
    page.get_by_role("button", name="Documents", exact=True).click()
    page.get_by_text("Follow a folder").click()
    page.locator("#folder").fill(str(folder / "nothing"))
    page.keyboard.press("Enter")
    expect(page.locator("#follow .error")).to_contain_text("is not a folder")
    page.locator("#folder").fill(str(folder))
    page.keyboard.press("Enter")
    expect(page.locator("#follow li")).to_contain_text("followed: 1 document", timeout=LOADS_WITHIN)
    page.get_by_text("Paste a text").click()
    page.locator("#paste [name=title]").fill("The mill")
    page.locator("#paste textarea").fill("The mill of Varn ground 12 tons of wheat in 1911.")
    page.locator("#paste .button").click()
    expect(page.locator(".uploads[data-done] .added")).to_be_visible(timeout=LOADS_WITHIN)
    ask(page, "How much wheat did the mill of Varn grind?")
    expect(page.locator(".turn").last.locator(".quote.lead")).to_contain_text("12 tons")


def test_a_conversation_is_printed_unfolded_with_its_sources_as_notes(reader: Reader) -> None:
    page = reader()
    turn = ask(page, QUESTION)
    page.emulate_media(media="print")
    expect(turn.locator(".footnotes li").first).to_be_visible()
    expect(turn.locator(".same figure").first).to_be_visible()
    for control in ("#composer", "#menu", ".turn-actions", "figcaption"):
        expect(page.locator(control).first).to_be_hidden()
    numbers = [number.rsplit(None, 1)[-1] for number in turn.locator(".number").all_text_contents()]
    assert numbers == [str(number + 1) for number in range(len(numbers))]


def test_colours_and_letters_are_chosen_and_stay(reader: Reader) -> None:
    page = reader()
    size = page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Look and shortcuts").click()
    page.get_by_label("Dark").check()
    page.get_by_label("Largest").check()
    page.locator("#look").get_by_role("button", name="Close").click()
    page.reload()
    expect(page.locator("#question textarea")).to_be_visible(timeout=LOADS_WITHIN)
    page.wait_for_function("getComputedStyle(document.body).backgroundColor === 'rgb(22, 21, 19)'")
    assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") > size


def test_the_panel_is_widened_by_the_keyboard_and_stays_so(reader: Reader) -> None:
    page = reader()
    page.get_by_role("button", name="Documents", exact=True).click()
    panel = page.locator("#panel .panel")
    before = panel.bounding_box()
    page.get_by_role("separator").focus()
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(100)
    wider = panel.bounding_box()
    assert before
    assert wider
    assert wider["width"] > before["width"] + 50
    page.reload()
    expect(panel).to_be_visible(timeout=LOADS_WITHIN)
    again = panel.bounding_box()
    assert again
    assert abs(again["width"] - wider["width"]) < 2

"""A PDF as printed, next to the chat: the quote boxed where it stands, by mouse, keyboard and on a phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from openpyxl import Workbook
from playwright.sync_api import Page, expect
from reportlab.pdfgen.canvas import Canvas

from retriever import Assistant
from tests.browser.conftest import LOADS_WITHIN, Reader, ask, picture
from tests.serving import Server

PAGES = [
    ["The foundry of Varn", "The foundry of Varn was founded by Nell Ashdown in 1871.", "It made anchors and chains."],
    ["The bell", "The great bell of the foundry weighs 2,100 kilograms.", "It was cast in one night."],
    ["The end", "The foundry closed in 1932, after a fire in the pattern loft.", "Its gate still stands."],
]
CASTINGS = [
    ["Article", "Casting", "Alloy of the melt", "Height in metres", "Buyer of the casting", "Year of the order"],
    *(
        [f"B-{number}", f"Bollard {number}", "grey iron", 1 + number / 10, "Harbour of Oster", 1930]
        for number in range(9)
    ),
    ["K-77", "Bandstand", "bronze and brass", 4.25, "Town council of Melby", 1931],
]
QUESTION = "How much does the great bell of the foundry weigh?"


@pytest.fixture(scope="module")
def foundry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose library holds one PDF with printed page numbers."""
    folder = tmp_path_factory.mktemp("foundry")
    file = folder / "foundry.pdf"
    canvas = Canvas(str(file), pagesize=(595, 842))
    canvas.addPageLabel(0, style="ROMAN_LOWER", start=4)
    for lines in PAGES:
        for place, line in enumerate(lines):
            canvas.setFont("Times-Bold" if place == 0 else "Times-Roman", 16 if place == 0 else 12)
            canvas.drawString(72, 500 - 40 * place, line)
        canvas.showPage()
    canvas.save()
    book = Workbook()
    for row in CASTINGS:
        book.active.append(row)
    book.save(folder / "castings.xlsx")
    with Assistant.open(folder / "library", create=True) as assistant:
        assistant.index([file, folder / "castings.xlsx"])
    server = Server(folder, folder / "library")
    server.start()
    yield server
    server.stop()
    assert "Traceback" not in (folder / "log").read_text()


def opened(reader: Reader, foundry: Server, **settings: object) -> Page:
    """The page with the answer's document open."""
    page = reader(at=foundry.address, **settings)
    turn = ask(page, QUESTION)
    turn.locator("[data-do=open]").first.click()
    expect(page.locator(".printed .box.chosen").first).to_be_in_viewport(timeout=LOADS_WITHIN)
    return page


def drawn(page: Page, number: int) -> int:
    """The width in pixels of a page's image, once it is there."""
    image = page.locator(f".sheet[data-page='{number}'] img")
    page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=image.element_handle())
    return int(image.evaluate("image => image.naturalWidth"))


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("light", {}),
        ("dark", {"color_scheme": "dark"}),
        ("phone", {"width": 390, "height": 844, "device_scale_factor": 2}),
    ],
)
def test_the_quote_is_boxed_on_its_page(
    reader: Reader, foundry: Server, name: str, settings: dict[str, object]
) -> None:
    page = opened(reader, foundry, **settings)
    drawn(page, 2)
    box = page.locator(".box.chosen").first.bounding_box()
    sheet = page.locator(".sheet[data-page='2']").bounding_box()
    assert box is not None
    assert sheet is not None
    scale = sheet["width"] / 595
    assert box["x"] - sheet["x"] == pytest.approx(72 * scale, abs=2)
    assert box["y"] - sheet["y"] == pytest.approx((842 - 460 - 0.78 * 12) * scale, abs=2)
    assert page.locator(".page-number").input_value() == "2"
    expect(page.locator(".printed-number")).to_contain_text("“v”")
    image = page.locator(".sheet[data-page='2'] img")
    assert "2,100 kilograms" in (image.get_attribute("alt") or "")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, f"printed-{name}")


def test_the_image_is_as_sharp_as_the_screen(reader: Reader, foundry: Server) -> None:
    for density in (1, 2):
        page = opened(reader, foundry, width=1440, device_scale_factor=density)
        shown = page.locator(".sheet[data-page='2']").evaluate("sheet => sheet.clientWidth")
        page.wait_for_function(
            "([image, least]) => image.complete && new URL(image.currentSrc).searchParams.get('width') >= least",
            arg=[page.locator(".sheet[data-page='2'] img").element_handle(), 0.9 * shown * density],
        )


def test_the_text_is_one_click_away_and_stays_chosen(reader: Reader, foundry: Server) -> None:
    page = opened(reader, foundry)
    page.get_by_role("button", name="Text", exact=True).click()
    expect(page.locator(".printed")).to_be_hidden()
    expect(page.locator("mark.chosen").first).to_be_in_viewport()
    expect(page.get_by_role("button", name="Text", exact=True)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    page.locator(".turns [data-do=open]").first.click()
    expect(page.locator("mark.chosen").first).to_be_in_viewport()
    page.get_by_role("button", name="Page", exact=True).click()
    expect(page.locator(".box.chosen").first).to_be_in_viewport()


def test_keys_turn_pages_and_zoom(reader: Reader, foundry: Server) -> None:
    page = opened(reader, foundry)
    number = page.locator(".page-number")
    page.locator(".printed").focus()
    page.keyboard.press("ArrowLeft")
    expect(number).to_have_value("1")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(number).to_have_value("3")
    width = page.locator(".sheet").first.evaluate("sheet => sheet.clientWidth")
    page.keyboard.press("+")
    page.keyboard.press("+")
    expect(page.locator(".zoomed")).to_have_text("150%")
    assert page.locator(".sheet").first.evaluate("sheet => sheet.clientWidth") == pytest.approx(1.5 * width, abs=2)
    page.keyboard.press("0")
    expect(page.locator(".zoomed")).to_have_text("100%")
    number.fill("2")
    number.press("Enter")
    expect(page.locator(".sheet[data-page='2']")).to_be_in_viewport()


def test_the_next_quote_of_the_document_is_boxed_without_a_new_page(reader: Reader, foundry: Server) -> None:
    page = opened(reader, foundry)
    places = page.locator(".box[data-place]").evaluate_all("boxes => [...new Set(boxes.map(box => box.dataset.place))]")
    assert len(places) > 1
    chosen = page.locator(".box.chosen").first.get_attribute("data-place")
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.locator(".box.chosen").first).to_be_in_viewport()
    assert page.locator(".box.chosen").first.get_attribute("data-place") != chosen


def test_the_readers_own_file_opens_and_a_changed_one_is_said(reader: Reader, foundry: Server, tmp_path: Path) -> None:
    page = opened(reader, foundry)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download").click()
    waiting.value.save_as(tmp_path / "copy.pdf")
    file = foundry.library.parent / "foundry.pdf"
    data = file.read_bytes()
    assert (tmp_path / "copy.pdf").read_bytes() == data
    assert page.get_by_role("link", name="Open file").get_attribute("target") == "_blank"
    page.keyboard.press("Escape")
    file.write_bytes(data + b"\n")
    try:
        page.locator(".turns [data-do=open]").first.click()
        expect(page.locator(".problem")).to_contain_text("has changed")
        expect(page.locator("mark.chosen").first).to_be_in_viewport()
        expect(page.get_by_role("link", name="Download")).to_have_count(0)
    finally:
        file.write_bytes(data)


@pytest.mark.parametrize(
    ("name", "settings"), [("table", {"color_scheme": "dark"}), ("table-phone", {"width": 390, "height": 844})]
)
def test_a_sheet_is_shown_as_a_table(reader: Reader, foundry: Server, name: str, settings: dict[str, object]) -> None:
    page = reader(at=foundry.address, **settings)
    ask(page, "Who was the buyer of the casting K-77?").locator("[data-do=open]").first.click()
    answer = page.locator(".panel td mark.chosen strong")
    expect(answer).to_be_in_viewport(timeout=LOADS_WITHIN)
    assert answer.inner_text() == "Town council of Melby"
    assert page.locator(".panel th[scope=col]").all_inner_texts() == ["Row", *CASTINGS[0]]
    assert page.locator(".panel tr:has(mark.chosen) th[scope=row]").inner_text() == "11"
    box, panel = page.locator(".panel .table").bounding_box(), page.locator(".panel").bounding_box()
    assert box is not None
    assert panel is not None
    assert panel["x"] <= box["x"]
    assert box["x"] + box["width"] <= panel["x"] + panel["width"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, name)
    assert Axe().run(page).violations_count == 0

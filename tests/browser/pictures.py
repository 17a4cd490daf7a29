"""Makes the pictures in `docs/` from the current page over the sample articles: python -m tests.browser.pictures

`docs/report.png` shows an evaluation: python -m eval --compare --report REPORT.html, then --report REPORT.html here.
"""

import argparse
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS, LOADS_WITHIN, ask
from tests.paths import ROOT
from tests.serving import Server

COLOURS = 64  # enough for letters, and a quarter of the bytes
GAP = 24  # pixels between a wide page and a phone's
QUESTION = "How many Cubans were apprehended at the border in March?"


@contextmanager
def opened(browser: Browser, address: str, *, wide: bool = True, dark: bool = False) -> Iterator[Page]:
    width = 1280 if wide else 390
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme="dark" if dark else "light", reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(address)
    expect(page.locator("#question textarea")).to_be_visible(timeout=LOADS_WITHIN)
    expect(page.locator(".documents li").first).to_be_attached(timeout=LOADS_WITHIN)
    yield page
    context.close()


def shot(page: Page) -> Image.Image:
    page.evaluate("document.activeElement.blur()")
    page.mouse.move(0, 0)
    page.wait_for_timeout(800)  # the panel slides, and the page scrolls
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def side_by_side(pictures: list[Image.Image]) -> Image.Image:
    whole = Image.new("RGB", (sum(one.width for one in pictures) + GAP * (len(pictures) - 1), 800), "white")
    left = 0
    for one in pictures:
        whole.paste(one, (left, 0))
        left += one.width + GAP
    return whole


def save(picture: Image.Image, name: str) -> None:
    few = picture.quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(ROOT / "docs" / f"{name}.png", optimize=True)


def open_panel(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.locator(f"[data-panel={name.lower()}] li").first).to_be_visible(timeout=LOADS_WITHIN)


def page_picture(browser: Browser, address: str) -> Image.Image:
    with opened(browser, address) as page:
        turn = ask(page, QUESTION)
        turn.locator(".quote.lead [data-do=open]").first.click()
        expect(page.locator("mark.chosen").first).to_be_visible()
        return shot(page)


def timeline_picture(browser: Browser, address: str) -> Image.Image:
    with opened(browser, address) as page, opened(browser, address, wide=False, dark=True) as phone:
        ask(page, "Does Cuba receive deportation flights?")
        open_panel(page, "Timeline")
        open_panel(phone, "Timeline")
        return side_by_side([shot(page), shot(phone)])


def documents_picture(browser: Browser, address: str) -> Image.Image:
    with opened(browser, address, dark=True) as page, opened(browser, address, wide=False) as phone:
        ask(page, QUESTION)
        open_panel(page, "Documents")
        ask(phone, "Who won the 1998 football World Cup?")
        return side_by_side([shot(page), shot(phone)])


def report_picture(browser: Browser, report: Path) -> Image.Image:
    page = browser.new_page(viewport={"width": 1280, "height": 890})  # without the latency of this machine
    page.goto(report.absolute().as_uri())
    return shot(page)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--report", type=Path, help="the evaluation's report; without it docs/report.png stays")
    report = parser.parse_args().report
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        server = Server(Path(folder))
        server.start()
        try:
            save(page_picture(browser, server.address), "page")
            save(timeline_picture(browser, server.address), "timeline")
            save(documents_picture(browser, server.address), "documents")
        finally:
            server.stop()
        if report:
            save(report_picture(browser, report), "report")


if __name__ == "__main__":
    main()

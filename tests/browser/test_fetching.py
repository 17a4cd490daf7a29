"""A user fetches a web page on the page, from a site of this machine that the owner allows."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Reader, Server, picture
from tests.web_site import Site, page, served


@pytest.fixture
def site() -> Iterator[Site]:
    with served() as made:
        yield made


@pytest.fixture
def fetching_server(tmp_path: Path, real_library: Path, site: Site) -> Iterator[Server]:
    """A server whose owner has started it with `--fetch`."""
    server = Server(tmp_path, Path(shutil.copytree(real_library, tmp_path / "library")), "--fetch")
    config = tmp_path / "config.toml"
    config.write_text(f"fetch_allow = {json.dumps(site.allowed)}\n")
    server.environment["IBID_CONFIG"] = str(config)
    server.start()
    yield server
    server.stop()
    assert "Traceback" not in server.log


def test_a_page_is_fetched_by_its_address_and_says_so(reader: Reader, fetching_server: Server, site: Site) -> None:
    site.answers["/ferry"] = page("The ferry to Varn", "The captain of the ferry is Tom Reed. It sails at nine.")
    shown = reader(1280, 800, at=fetching_server.address)
    shown.get_by_role("button", name="Documents", exact=True).click()
    section = shown.locator("#fetch")
    section.locator("summary").click()
    field = section.get_by_label("The address of a page or a feed")
    field.fill("http://127.0.0.1/private")
    section.get_by_role("button", name="Fetch", exact=True).click()
    expect(section.get_by_role("alert")).to_contain_text("this machine or a private network")
    expect(field).to_have_value("http://127.0.0.1/private")
    picture(shown, "fetch-refused-light-1280")
    field.fill(f"{site.address}/ferry")
    section.get_by_label("again each day").check()
    section.get_by_role("button", name="Fetch", exact=True).click()
    expect(section.get_by_role("status")).to_contain_text("Added: The ferry to Varn")
    row = section.locator("li", has_text=f"{site.address}/ferry")
    expect(row).to_contain_text("again each day")
    picture(shown, "fetch-light-1280")
    row.get_by_role("button", name="Open").click()
    expect(shown.locator("[data-panel=source]")).to_contain_text("Fetched on")
    expect(shown.locator("[data-panel=source] .head .by a")).to_have_attribute("href", f"{site.address}/ferry")
    picture(shown, "fetched-source-light-1280")
    phone = reader(390, 800, at=fetching_server.address, color_scheme="dark")
    phone.get_by_role("button", name="Documents", exact=True).click()
    expect(phone.locator("#fetch li")).to_contain_text("again each day")
    picture(phone, "fetch-dark-390")
    phone.locator("#fetch").get_by_role("button", name="Stop").click()
    expect(phone.locator("#fetch li")).not_to_contain_text("again each day")


def test_without_the_owner_s_switch_the_page_offers_nothing_of_it(reader: Reader) -> None:
    shown = reader()
    shown.get_by_role("button", name="Documents", exact=True).click()
    expect(shown.locator("#paste")).to_be_visible()
    expect(shown.locator("#fetch")).to_have_count(0)

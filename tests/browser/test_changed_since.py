"""A document changes after it was quoted: the old answer opens what it said, and shows the difference."""

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Reader, ask, picture
from tests.serving import Server

LEASE = "The rent of the mill is {} crowns a month. The lease of the mill ends in May 2034. Pets are not allowed."


def index(server: Server, folder: Path, rent: int) -> None:
    (folder / "lease.txt").write_text(LEASE.format(rent), encoding="utf-8")
    command = [sys.executable, "-m", "retriever", "index", str(folder), "--keep-versions"]
    subprocess.run(command, env=server.environment, check=True, capture_output=True)


def test_an_old_answer_shows_what_has_changed_since(reader: Reader, own_server: Server, tmp_path: Path) -> None:
    folder = tmp_path / "leases"
    folder.mkdir()
    page = reader(width=1500, height=900, at=own_server.address)
    index(own_server, folder, 500)
    turn = ask(page, "How much is the rent of the mill?")
    expect(turn.locator("figure").first).to_contain_text("500 crowns")
    index(own_server, folder, 620)
    turn.locator("[data-do=open][data-place]").first.click()
    changed = page.locator("#panel .changed")
    expect(changed.locator("del")).to_have_text("The rent of the mill is 500 crowns a month.")
    expect(changed.locator("ins")).to_have_text("The rent of the mill is 620 crowns a month.")
    picture(page, "changed-since")
    changed.get_by_role("button", name="Open the version that says it").click()
    expect(page.locator("#panel mark", has_text="500 crowns")).to_have_count(1)
    page.reload()  # the address is a link to that version
    expect(page.locator("#panel mark", has_text="500 crowns")).to_have_count(1)
    page.get_by_role("button", name="Open what it says now").click()
    expect(page.locator("#panel article")).to_contain_text("620 crowns")

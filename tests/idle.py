"""What the page costs while nobody uses it, and how much a browser loads: `python -m tests.idle --seconds 60`.

Prints the share of a core and the wake-ups of a server that is left alone, and the bytes of a first and a second visit
with Debian's Chromium.
"""

import argparse
import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import BrowserContext, expect, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS, LOADS_WITHIN
from tests.serving import Server

_SETTLES = 10.0  # seconds in which it must do next to nothing: after a first visit it prepares what may be asked next
_NEXT_TO_NOTHING = 0.1  # seconds of processor time in them


def sample(process: int) -> tuple[int, int]:
    """Ticks of processor time, and voluntary switches of all threads, since the process began."""
    ticks = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    threads = (thread.joinpath("status").read_text() for thread in Path(f"/proc/{process}/task").iterdir())
    lines = (line for status in threads for line in status.splitlines())
    return sum(map(int, ticks)), sum(int(line.split()[1]) for line in lines if line.startswith("voluntary"))


def settle(process: int) -> None:
    """Wait until a process has nothing more to do."""
    while True:
        before, _ = sample(process)
        time.sleep(_SETTLES)
        after, _ = sample(process)
        if after - before <= _NEXT_TO_NOTHING * os.sysconf("SC_CLK_TCK"):
            return


def visit(context: BrowserContext, address: str) -> tuple[int, int]:
    """Bytes and files that a browser receives until the page can be used."""
    page = context.new_page()
    sizes: list[int] = []
    network = context.new_cdp_session(page)
    network.send("Network.enable")

    def add(event: dict[str, Any]) -> None:
        sizes.append(int(event["encodedDataLength"]))

    network.on("Network.loadingFinished", add)
    page.goto(address)
    expect(page.locator(".documents li").first).to_be_attached(timeout=LOADS_WITHIN)
    page.wait_for_timeout(1000)
    page.close()
    received = [size for size in sizes if size]
    return sum(received), len(received)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long the server is left alone")
    seconds = parser.parse_args().seconds
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder))
        server.start()
        try:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            context = browser.new_context()
            for name in ("first", "second"):
                size, files = visit(context, server.address)
                print(f"{name} visit: {size:,} bytes in {files} files")
            browser.close()
            assert server.process
            settle(server.process)
            ticks, switches = sample(server.process)
            time.sleep(seconds)
            later_ticks, later_switches = sample(server.process)
        finally:
            server.stop()
    share = 100 * (later_ticks - ticks) / os.sysconf("SC_CLK_TCK") / seconds
    print(f"idle: {share:.2f} % of a core, {(later_switches - switches) / seconds:.1f} wake-ups a second")


if __name__ == "__main__":
    main()

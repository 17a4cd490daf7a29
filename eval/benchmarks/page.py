"""`python -m eval.benchmarks.page`: how long a user of the chat page waits.

`ibid serve` serves the page over a library of the shipped articles, and Chromium opens it. Three waits are measured:
from the start of the program to the page, from the address to the question field, and from Enter to the answer. It
needs the test extra and Debian's chromium.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from eval.benchmarks.serving import serving

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
QUESTIONS = (
    "How many Cubans were apprehended at the border in March?",
    "Who led the Cuban delegation?",
    "Why did Cubans fly to Nicaragua?",
    "What does Cuba blame for irregular migration?",
    "How many Cubans have a final deportation order?",
)
"""The page's own examples."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Start the page, load it and ask, and print the medians.

    Returns:
        The exit status.
    """
    parser = argparse.ArgumentParser(prog="python -m eval.benchmarks.page", description=__doc__)
    parser.add_argument("--times", type=int, default=10, metavar="N", help="loads, and rounds of questions")
    times = parser.parse_args(arguments).times
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright, serving(Path(folder)) as served:
        address, started = served
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        print(f"start of the program to the page, with a library to make: {started:.1f} s")
        _load(browser, address, times)
        _ask(browser, address, times)
    return 0


def _load(browser: Browser, address: str, times: int) -> None:
    """Load the page in a new browser context each time."""
    paints, fields, weights = [], [], []
    for _ in range(times):
        with browser.new_context() as context:
            page = context.new_page()
            began = time.perf_counter()
            page.goto(address)
            page.locator("#question textarea").wait_for()
            fields.append(1000 * (time.perf_counter() - began))
            paints.append(
                page.evaluate("performance.getEntriesByName('first-contentful-paint').map((e) => e.startTime)[0]")
            )
            weights.append(
                page.evaluate("performance.getEntriesByType('resource').reduce((sum, e) => sum + e.transferSize, 0)")
            )
    print(f"address to first paint: median {statistics.median(paints):.0f} ms of {times}")
    print(
        f"address to the field: median {statistics.median(fields):.0f} ms, {statistics.median(weights) / 1000:.0f} kB"
    )


def _ask(browser: Browser, address: str, times: int) -> None:
    """Ask the examples in rounds, each round in a new conversation."""
    page = browser.new_page()
    page.goto(address)
    page.locator(".examples").wait_for(timeout=120_000)
    page.locator("[data-loading]").wait_for(state="detached", timeout=120_000)
    waits = []
    for _ in range(times):
        for question in QUESTIONS:
            page.locator("#question textarea").fill(question)
            # The time is taken in the page itself.
            waits.append(
                page.evaluate(
                    """() => new Promise((resolve) => {
                        const turns = document.querySelector("#conversation");
                        const before = turns.querySelectorAll(".turn").length;
                        const began = performance.now();
                        new MutationObserver((_, observer) => {
                            if (turns.querySelectorAll(".turn").length === before) return;
                            observer.disconnect();
                            requestAnimationFrame(() => resolve(performance.now() - began));
                        }).observe(turns, { childList: true, subtree: true });
                        document.querySelector("#ask").click();
                    })"""
                )
            )
        page.get_by_role("button", name="New conversation").click()
        page.locator(".turns .turn").first.wait_for(state="detached")
    waits.sort()
    print(
        f"question to card: median {statistics.median(waits):.0f} ms, p95 {waits[int(0.95 * len(waits))]:.0f} ms "
        f"of {len(waits)}"
    )


if __name__ == "__main__":
    sys.exit(main())

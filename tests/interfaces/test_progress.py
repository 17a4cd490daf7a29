"""The progress of indexing, in words and as a bar."""

import io
from collections.abc import Callable

import pytest
from rich.console import Console

from retriever.encoder.preparing import STEPS
from retriever.ingest.run import IndexProgress
from retriever.interfaces.progress import SECONDS_BETWEEN_LINES, IndexDisplay, PreparationDisplay, progress_text

SOME = IndexProgress(3, 12, 240, 5.0, "/varn/report.pdf")


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (SOME, "3 of 12 files, 240 passages, 48 a second, 15 s left: report.pdf"),
        (IndexProgress(3, 12, 240, 60.0, "a.md"), "3 of 12 files, 240 passages, 4 a second, 3 min left: a.md"),
        (IndexProgress(0, 1, 0, 0.0, "report.pdf"), "0 of 1 file: report.pdf"),
        (IndexProgress(0, 2000, 0, 3.0), "0 of 2,000 files"),
        (IndexProgress(2, 2, 1500, 3.0), "2 of 2 files, 1,500 passages, 500 a second"),
        (IndexProgress(0, 2, 10, 0.0), "0 of 2 files, 10 passages, 0 a second"),
    ],
)  # fmt: skip
def test_how_far_it_is_in_words(at: IndexProgress, words: str) -> None:
    assert progress_text(at) == words


def test_preparing_a_model_is_said_once_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    for quiet in (False, True):
        display = PreparationDisplay(quiet=quiet)
        for done in range(len(STEPS) + 1):
            display(done)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert all(step in printed.err for step in STEPS)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Turns the clock on."""
    now = [0.0]
    monkeypatch.setattr("retriever.interfaces.progress.time.monotonic", lambda: now[0])

    def turn(seconds: float) -> None:
        now[0] += seconds

    return turn


def test_a_run_that_is_soon_done_prints_nothing(
    clock: Callable[[float], None], capsys: pytest.CaptureFixture[str]
) -> None:
    with IndexDisplay() as display:
        display.update(SOME)
        clock(SECONDS_BETWEEN_LINES - 0.1)
        display.update(SOME)
    assert capsys.readouterr() == ("", "")


def test_without_a_terminal_a_line_is_printed_now_and_then(
    clock: Callable[[float], None], capsys: pytest.CaptureFixture[str]
) -> None:
    with IndexDisplay() as display:
        for _ in range(5):
            clock(SECONDS_BETWEEN_LINES / 2)
            display.update(SOME)
    assert capsys.readouterr() == ("", f"indexing: {progress_text(SOME)}\n" * 2)


def on_terminal() -> tuple[IndexDisplay, io.StringIO]:
    display, screen = IndexDisplay(), io.StringIO()
    display._console = Console(file=screen, force_terminal=True, width=100)
    return display, screen


def test_on_a_terminal_a_bar_shows_how_far_it_is_and_goes_with_the_block() -> None:
    display, screen = on_terminal()
    with display:
        display.update(SOME)
        display._bar.refresh()  # type: ignore[union-attr]
        assert "3 of 12 files, 240 passages, 48 a second" in screen.getvalue()
        display.update(IndexProgress(4, 12, 240, 5.0, "[bold]odd.txt"))
        display._bar.refresh()  # type: ignore[union-attr]
        assert "[bold]odd.txt" in screen.getvalue(), "a name is no markup"
    assert display._bar is None
    assert screen.getvalue().endswith("\x1b[2K"), "its line is wiped"


def test_where_nothing_is_done_no_bar_is_shown() -> None:
    display, screen = on_terminal()
    with display:
        pass
    assert screen.getvalue() == ""


def test_the_bar_goes_when_the_run_is_interrupted() -> None:
    display, _ = on_terminal()

    def interrupted() -> None:
        with display:
            display.update(SOME)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert display._bar is None

"""Shows progress on standard error: a bar on a terminal, else a line now and then."""

import sys
import time
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ..encoder.preparing import STEPS
from ..ingest.run import IndexProgress
from .text import on_one_line

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

SECONDS_BETWEEN_LINES = 10.0


class IndexDisplay:
    """Shows the progress of an indexing run, if there is something to do."""

    def __init__(self, *, quiet: bool = False) -> None:
        """Set the time of the first line; quietly, nothing is shown."""
        self._is_quiet = quiet
        self._bar: Progress | None = None
        self._next_line = time.monotonic() + SECONDS_BETWEEN_LINES

    def __enter__(self) -> "IndexDisplay":
        """Return itself; the bar goes with the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def update(self, at: IndexProgress) -> None:
        """Show the progress."""
        if self._is_quiet:
            return
        if self._console.is_terminal:
            self._show_bar(at)
        elif time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + SECONDS_BETWEEN_LINES
            print(on_one_line(f"indexing: {progress_text(at)}"), file=sys.stderr, flush=True)

    @cached_property
    def _console(self) -> "Console":
        from rich.console import Console  # 0.1 s: `ibid ask` shows no progress

        return Console(stderr=True)

    def _show_bar(self, at: IndexProgress) -> None:
        from rich.progress import BarColumn, Progress, TextColumn

        if self._bar is None:
            columns = (BarColumn(bar_width=24), TextColumn("{task.description}", markup=False))
            self._bar = Progress(*columns, console=self._console, transient=True)
            self._bar.add_task("", total=at.files)
            self._bar.start()
        task = self._bar.task_ids[0]
        self._bar.update(task, completed=at.files_done, total=at.files, description=progress_text(at))


class PreparationDisplay:
    """Shows that a model is prepared for this machine, once: a bar on a terminal, else a line at its start."""

    def __init__(self, *, quiet: bool = False) -> None:
        """Quietly, nothing is shown."""
        self._is_quiet = quiet
        self._bar: Progress | None = None

    def __call__(self, done: int) -> None:
        """Show that so many steps are done."""
        if self._is_quiet:
            return
        if done == 0:
            steps = f"{', '.join(STEPS[:-1])} and {STEPS[-1]}"
            print(f"ibid: preparing this machine for search by meaning, once: {steps}.", file=sys.stderr, flush=True)
        if sys.stderr.isatty():
            self._show_bar(done)

    def _show_bar(self, done: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        if self._bar is None:
            columns = (BarColumn(bar_width=24), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._bar.add_task("", total=len(STEPS))
            self._bar.start()
        if done == len(STEPS):
            self._bar.stop()
            self._bar = None
            return
        self._bar.update(self._bar.task_ids[0], completed=done, description=STEPS[done])


def progress_text(at: IndexProgress) -> str:
    """The progress in words: `3 of 12 files, 240 passages, 48 a second, 2 min left: report.pdf`."""
    parts = [f"{at.files_done:,} of {at.files:,} file{'s' * (at.files != 1)}"]
    if at.passages:
        parts += [f"{at.passages:,} passages", f"{at.rate:.0f} a second"]
    if at.seconds_left is not None and at.files_done < at.files:
        minutes, seconds = divmod(round(at.seconds_left), 60)
        parts.append(f"{minutes} min left" if minutes else f"{seconds} s left")
    return ", ".join(parts) + (f": {Path(at.name).name}" if at.name else "")

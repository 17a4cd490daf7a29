"""What an indexing run has done so far, how far it is, and the report at its end."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ..records import IndexProgress, IndexReport, SkippedFile

Progress = Callable[[IndexProgress], None]
"""Called after each file, and while the passages of a long file are encoded."""


@dataclass(slots=True)
class IndexRun:
    """Counts and lists that grow while an indexing run goes on; `report` freezes them.

    Attributes:
        on_progress: called by `show`.
        files: how many files there are.
        files_done: how many of them are finished, whether stored, unchanged or skipped.
        passages: how many passages were encoded.
        began: `time.monotonic()` at the start.
    """

    on_progress: Progress | None = None
    files: int = 0
    files_done: int = 0
    passages: int = 0
    began: float = field(default_factory=time.monotonic)
    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    skipped: list[SkippedFile] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    moved: list[tuple[str, str]] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)

    def show(self, name: str) -> None:
        """Report the progress; `name` is the file or document at hand."""
        if self.on_progress and self.files:
            seconds = time.monotonic() - self.began
            self.on_progress(IndexProgress(self.files_done, self.files, self.passages, seconds, name))

    def count(self, more: int, name: str = "") -> None:
        """Count passages that were encoded, and report the progress."""
        self.passages += more
        self.show(name)

    def report(self) -> IndexReport:
        """Make the report of what the run has done."""
        return IndexReport(
            tuple(self.added),
            tuple(self.replaced),
            tuple(self.unchanged),
            tuple(self.skipped),
            tuple(self.warnings),
            tuple(self.moved),
            tuple(self.removed),
        )
